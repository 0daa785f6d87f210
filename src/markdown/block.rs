//! Lines to blocks.

mod fence;
mod list;
mod quote;

use super::NESTING;
use fence::Fences;

/// A block whose text is still slices of the source.
pub(super) enum Shape<'a> {
    Paragraph(Vec<&'a str>),
    Code {
        language: Option<&'a str>,
        lines: Vec<&'a str>,
    },
    Quote(Vec<Shape<'a>>),
    List {
        start: Option<u64>,
        items: Vec<Vec<Shape<'a>>>,
    },
}

/// A shape, and how many lines it took.
type Found<'a> = (Shape<'a>, usize);

/// The blocks of a message.
pub(super) fn shapes(text: &str) -> Vec<Shape<'_>> {
    let lines: Vec<&str> = text.lines().collect();
    blocks(&lines, 0)
}

fn blocks<'a>(lines: &[&'a str], depth: usize) -> Vec<Shape<'a>> {
    let mut shapes = Vec::new();
    let mut paragraph = Vec::new();
    let mut fences = Fences::default();
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        let rest = &lines[at..];
        let (found, before) = if let Some(found) = nested(rest, depth, paragraph.is_empty()) {
            (Some(found), "")
        } else if let Some((found, before)) = fences.code(rest) {
            (Some(found), before)
        } else {
            (None, line)
        };
        if !is_blank(before) {
            paragraph.push(before.trim_end());
        }
        let ends = found.is_some() || is_blank(line);
        if ends && !paragraph.is_empty() {
            shapes.push(Shape::Paragraph(std::mem::take(&mut paragraph)));
        }
        let (shape, used) = found.map_or((None, 1), |(shape, used)| (Some(shape), used));
        shapes.extend(shape);
        at += used;
    }
    if !paragraph.is_empty() {
        shapes.push(Shape::Paragraph(paragraph));
    }
    shapes
}

/// A block of blocks, unless it would be nested too deep: then it shows as typed.
fn nested<'a>(lines: &[&'a str], depth: usize, fresh: bool) -> Option<Found<'a>> {
    if depth >= NESTING {
        return None;
    }
    quote::quote(lines, depth).or_else(|| list::list(lines, depth, fresh))
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// Columns of white space at the start of a line.
fn indent(line: &str) -> usize {
    let mut columns = 0;
    for c in line.chars() {
        match c {
            ' ' => columns += 1,
            '\t' => columns += 4 - columns % 4,
            _ => break,
        }
    }
    columns
}

/// The line without up to so many columns of white space.
fn without_indent(line: &str, most: usize) -> &str {
    let mut columns = 0;
    for (at, c) in line.char_indices() {
        match c {
            ' ' if columns < most => columns += 1,
            '\t' if columns < most => columns += 4 - columns % 4,
            _ => return &line[at..],
        }
    }
    &line[line.len()..]
}
