//! Text to pieces, from left to right, each byte looked at a bounded number of times.

use super::{Piece, Run, flank};
use crate::markdown::link;
use std::collections::BTreeMap;
use std::ops::Range;

struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// Where the text begins that is no piece yet.
    plain: usize,
    pieces: Vec<Piece>,
    /// Pieces that are a `[` without its `]` yet.
    brackets: Vec<usize>,
    /// Brackets below this hold a link already, and links hold no links.
    dead: usize,
    /// Starts of the runs of backticks, by length.
    backticks: BTreeMap<usize, Vec<usize>>,
}

pub(super) fn scan(text: &str) -> Vec<Piece> {
    let mut scan = Scan {
        text,
        at: 0,
        plain: 0,
        pieces: Vec::new(),
        brackets: Vec::new(),
        dead: 0,
        backticks: backticks(text),
    };
    while let Some(c) = scan.rest().chars().next() {
        match c {
            '\\' => scan.backslash(),
            '`' => scan.code(),
            '*' | '_' | '~' => scan.run(c),
            '[' => scan.open_bracket(),
            ']' => scan.close_bracket(),
            'h' | 'H' => scan.url(),
            '\n' => scan.single(|_| Piece::Break),
            _ => scan.at += c.len_utf8(),
        }
    }
    scan.flush();
    scan.pieces
}

fn backticks(text: &str) -> BTreeMap<usize, Vec<usize>> {
    let mut runs: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let length = run_length(&text[start..], '`');
        runs.entry(length).or_default().push(start);
        at = start + length;
    }
    runs
}

fn run_length(text: &str, mark: char) -> usize {
    text.len() - text.trim_start_matches(mark).len()
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn before(&self) -> Option<char> {
        self.text[..self.at].chars().next_back()
    }

    /// Makes a piece of the text before this place.
    fn flush(&mut self) {
        if self.plain < self.at {
            self.pieces.push(Piece::Text(self.plain..self.at));
        }
        self.plain = self.at;
    }

    /// Adds a piece of so many bytes.
    fn push(&mut self, bytes: usize, piece: Piece) {
        self.flush();
        self.pieces.push(piece);
        self.at += bytes;
        self.plain = self.at;
    }

    fn single(&mut self, piece: impl Fn(Range<usize>) -> Piece) {
        self.push(1, piece(self.at..self.at + 1));
    }

    fn backslash(&mut self) {
        let escaped = self.rest()[1..].chars().next();
        let (start, end) = (self.at + 1, self.at + 2);
        match escaped {
            // Two backslashes are two: "\\host\share".
            Some('\\') => self.at = end,
            // The arm of "¯\_(ツ)_/¯" stays on.
            Some(c) if c.is_ascii_punctuation() && self.before() == Some('¯') => {
                self.push(2, Piece::Verbatim(self.at..end));
            }
            Some(c) if c.is_ascii_punctuation() => self.push(2, Piece::Verbatim(start..end)),
            _ => self.at += 1,
        }
    }

    fn code(&mut self) {
        let length = run_length(self.rest(), '`');
        let inside = self.at + length;
        let closing = self.backticks.get(&length).and_then(|starts| {
            let next = starts.partition_point(|start| *start < inside);
            starts.get(next).copied()
        });
        let Some(closing) = closing else {
            self.at = inside;
            return;
        };
        let whole = closing + length - self.at;
        self.push(whole, Piece::Code(inside..closing));
    }

    fn run(&mut self, mark: char) {
        let length = run_length(self.rest(), mark);
        let range = self.at..self.at + length;
        let after = self.text[range.end..].chars().next();
        let (can_open, can_close) = if mark == '~' && length != 2 {
            (false, false)
        } else {
            flank::flank(mark, self.before(), after)
        };
        let run = Run {
            range,
            mark,
            can_open,
            can_close,
            left: length,
            closes: Vec::new(),
            opens: Vec::new(),
        };
        self.push(length, Piece::Run(run));
    }

    fn open_bracket(&mut self) {
        self.single(Piece::Text);
        self.brackets.push(self.pieces.len() - 1);
    }

    fn close_bracket(&mut self) {
        self.flush();
        let opening = self.brackets.pop();
        let dead = self.brackets.len() < self.dead;
        self.dead = self.dead.min(self.brackets.len());
        let Some(opening) = opening.filter(|_| !dead) else {
            return self.single(Piece::Text);
        };
        let Some((length, target)) = link::target(&self.text[self.at + 1..]) else {
            return self.single(Piece::Text);
        };
        let whole = 1 + length;
        let href = link::href(&target).filter(|href| link::is_honest(&self.label(opening), href));
        let Some(href) = href else {
            return self.push(whole, Piece::Verbatim(self.at..self.at + whole));
        };
        let end = self.pieces.len();
        self.pieces[opening] = Piece::LinkStart { href, end };
        self.push(whole, Piece::LinkEnd(self.at..self.at + whole));
        self.dead = self.brackets.len();
    }

    /// What shows between a bracket and this place.
    fn label(&self, opening: usize) -> String {
        let pieces = self.pieces[opening + 1..].iter();
        let shown = pieces.filter_map(|piece| match piece {
            Piece::Text(range)
            | Piece::Verbatim(range)
            | Piece::Code(range)
            | Piece::Url(range, _) => Some(&self.text[range.clone()]),
            Piece::Break => Some(" "),
            Piece::Run(_) | Piece::LinkStart { .. } | Piece::LinkEnd(_) => None,
        });
        shown.collect()
    }

    fn url(&mut self) {
        let within = self.before().is_some_and(|c| c.is_ascii_alphanumeric());
        let Some(length) = link::bare(self.rest()).filter(|_| !within) else {
            self.at += 1;
            return;
        };
        let range = self.at..self.at + length;
        match link::href(&self.text[range.clone()]) {
            Some(href) => self.push(length, Piece::Url(range, href)),
            // Taken as a whole, or a long row of these would be looked at again and again.
            None => self.at = range.end,
        }
    }
}
