//! Lines of a paragraph to inlines, in three steps: `scan` finds code, links and runs of
//! `*`, `_` and `~`; `pair` finds which runs belong together; `build` makes the tree.

mod build;
mod flank;
mod pair;
mod scan;

use super::Inline;
use std::ops::Range;

/// A piece of a paragraph; the ranges are bytes of its text.
#[derive(Debug)]
pub(super) enum Piece {
    /// Text as it stands.
    Text(Range<usize>),
    /// Text that is no word: behind a backslash, or where a link would go that is none.
    Verbatim(Range<usize>),
    /// The inside of a code span.
    Code(Range<usize>),
    /// A URL as it stands, with what it links to.
    Url(Range<usize>, String),
    /// `*`, `_` or `~`.
    Run(Run),
    /// The `[` of a link, and the piece that is its [`Piece::LinkEnd`].
    LinkStart { href: String, end: usize },
    /// What stands behind the text of a link: `](`, where it goes, `)`.
    LinkEnd(Range<usize>),
    /// The end of a line.
    Break,
}

/// A run of one mark.
#[derive(Debug)]
pub(super) struct Run {
    /// All of it.
    range: Range<usize>,
    mark: char,
    can_open: bool,
    can_close: bool,
    /// Marks that belong to no other run, and show.
    left: usize,
    /// What ends here, innermost first.
    closes: Vec<Style>,
    /// What starts here, innermost first.
    opens: Vec<Style>,
}

/// What a pair of runs means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Emphasis,
    Strong,
    Strike,
}

impl Style {
    /// Marks on each side.
    fn marks(self) -> usize {
        if self == Self::Emphasis { 1 } else { 2 }
    }
}

/// The tree of a paragraph.
pub(super) fn parse(lines: &[&str]) -> Vec<Inline> {
    let text = lines.join("\n");
    build::tree(&text, &pieces(&text))
}

/// Everything in a paragraph, in order.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = scan::scan(text);
    pair::pair(&mut pieces);
    pieces
}

impl Piece {
    /// Where a shortcode may stand: text that shows, marks included, but no code, no URL and
    /// nothing that was escaped.
    pub(super) fn words(&self) -> Option<Range<usize>> {
        match self {
            Self::Text(range) => Some(range.clone()),
            Self::Run(run) if run.left == run.range.len() => Some(run.range.clone()),
            _ => None,
        }
    }
}
