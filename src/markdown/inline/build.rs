//! Pieces to a tree.

use super::{Piece, Run, Style};
use crate::markdown::{Inline, NESTING, shown};
use std::ops::Range;

/// A tree that grows.
struct Tree<'a> {
    text: &'a str,
    /// What is open, outermost first, and what each holds so far. Never empty.
    open: Vec<(What<'a>, Vec<Inline>)>,
    /// What is open inside the innermost of those and shows as typed, as it is too deep.
    flat: usize,
}

#[derive(Clone, Copy)]
enum What<'a> {
    Paragraph,
    Style(Style),
    Link(&'a str),
}

pub(super) fn tree(text: &str, pieces: &[Piece]) -> Vec<Inline> {
    let mut tree = Tree {
        text,
        open: vec![(What::Paragraph, Vec::new())],
        flat: 0,
    };
    for piece in pieces {
        match piece {
            Piece::Text(range) | Piece::Verbatim(range) => tree.text(range),
            Piece::Code(range) => tree.push(Inline::Code(code(&text[range.clone()]))),
            Piece::Url(range, href) => tree.url(range, href),
            Piece::Run(run) => tree.run(run),
            Piece::LinkStart { href, .. } => tree.open(What::Link(href), "["),
            Piece::LinkEnd(range) => tree.close(range),
            Piece::Break => tree.push(Inline::Break),
        }
    }
    // Every run and link that opens also closes, so this is the paragraph.
    tree.open
        .pop()
        .map(|(_, content)| content)
        .unwrap_or_default()
}

impl<'a> Tree<'a> {
    fn push(&mut self, inline: Inline) {
        if let Some((_, content)) = self.open.last_mut() {
            content.push(inline);
        }
    }

    fn text(&mut self, range: &Range<usize>) {
        self.typed(&self.text[range.clone()]);
    }

    fn typed(&mut self, typed: &str) {
        let typed = shown(typed);
        let Some((_, content)) = self.open.last_mut() else {
            return;
        };
        match content.last_mut() {
            Some(Inline::Text(text)) => text.push_str(&typed),
            _ => content.push(Inline::Text(typed)),
        }
    }

    fn url(&mut self, range: &Range<usize>, href: &str) {
        let within = |(what, _): &(What<'_>, _)| matches!(what, What::Link(_));
        if self.open.iter().any(within) {
            return self.text(range);
        }
        let content = vec![Inline::Text(shown(&self.text[range.clone()]))];
        self.push(Inline::Link {
            href: href.to_owned(),
            content,
        });
    }

    fn run(&mut self, run: &Run) {
        // From the left: what ends here, marks that show, what starts here (outermost first).
        let mut at = run.range.start;
        for style in &run.closes {
            self.close(&(at..at + style.marks()));
            at += style.marks();
        }
        if run.left > 0 {
            self.text(&(at..at + run.left));
            at += run.left;
        }
        for style in run.opens.iter().rev() {
            let marks = &self.text[at..at + style.marks()];
            self.open(What::Style(*style), marks);
            at += style.marks();
        }
    }

    /// Opens something, or shows its marks when it would be too deep.
    fn open(&mut self, what: What<'a>, marks: &str) {
        if self.flat > 0 || self.open.len() > NESTING {
            self.flat += 1;
            self.typed(marks);
        } else {
            self.open.push((what, Vec::new()));
        }
    }

    /// Closes what was opened last; `marks` are what stands there.
    fn close(&mut self, marks: &Range<usize>) {
        if self.flat > 0 {
            self.flat -= 1;
            return self.text(marks);
        }
        let Some((what, content)) = self.open.pop() else {
            return;
        };
        self.push(match what {
            What::Style(Style::Emphasis) => Inline::Emphasis(content),
            What::Style(Style::Strong) => Inline::Strong(content),
            What::Style(Style::Strike) => Inline::Strike(content),
            What::Link(href) => Inline::Link {
                href: href.to_owned(),
                content,
            },
            // Closed by nothing.
            What::Paragraph => return self.open.push((what, content)),
        });
    }
}

/// The inside of a code span: one line, and without the spaces that keep backticks apart.
fn code(text: &str) -> String {
    let line = shown(text).replace('\n', " ");
    match line
        .strip_prefix(' ')
        .and_then(|line| line.strip_suffix(' '))
    {
        Some(inner) if !inner.trim().is_empty() => inner.to_owned(),
        _ => line,
    }
}
