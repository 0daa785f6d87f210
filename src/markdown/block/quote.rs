//! Quotes: lines that start with `>`.

use super::{Found, Shape, blocks, is_blank};

/// The quote that starts here.
pub(super) fn quote<'a>(lines: &[&'a str], depth: usize) -> Option<Found<'a>> {
    let quoted: Vec<&str> = lines.iter().map_while(|line| unquoted(line)).collect();
    if quoted.is_empty() {
        return None;
    }
    let used = quoted.len();
    let empty = |line: &&str| is_blank(line.trim_matches(['>', ' ', '\t']));
    let shape = if quoted.iter().all(empty) {
        // Somebody points at something; an empty quote would show nothing of it.
        Shape::Paragraph(lines[..used].iter().map(|line| line.trim_end()).collect())
    } else {
        Shape::Quote(blocks(&quoted, depth + 1))
    };
    Some((shape, used))
}

/// The line behind its `>`, if it has one that is no face, arrow or comparison.
fn unquoted(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('>')?;
    if rest.starts_with(['=', ':', ';', '.', ',', '_', '-', '<', '^', '/', '\\', '|']) {
        return None;
    }
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}
