//! Changing words in the source, for emoji shortcodes.

use super::block::{Shape, shapes};
use super::inline;
use std::borrow::Cow;
use std::ops::Range;

/// Gives `replace` every stretch of text that shows as words, and puts what it returns in its
/// place. Code, URLs, the targets of links and escaped characters are left alone, and all
/// the rest of the source stays byte for byte.
pub fn replace_text<F>(text: &str, mut replace: F) -> String
where
    F: for<'a> FnMut(&'a str) -> Cow<'a, str>,
{
    let mut ranges = Vec::new();
    words_of_blocks(text, &shapes(text), &mut ranges);
    let mut replaced = String::with_capacity(text.len());
    let mut copied = 0;
    for range in ranges {
        replaced.push_str(&text[copied..range.start]);
        replaced.push_str(&replace(&text[range.clone()]));
        copied = range.end;
    }
    replaced.push_str(&text[copied..]);
    replaced
}

fn words_of_blocks(source: &str, blocks: &[Shape<'_>], ranges: &mut Vec<Range<usize>>) {
    for block in blocks {
        match block {
            Shape::Paragraph(lines) => words_of_lines(source, lines, ranges),
            Shape::Code { .. } => {}
            Shape::Quote(blocks) => words_of_blocks(source, blocks, ranges),
            Shape::List { items, .. } => {
                for item in items {
                    words_of_blocks(source, item, ranges);
                }
            }
        }
    }
}

/// The stretches of a paragraph, as ranges of the source.
fn words_of_lines(source: &str, lines: &[&str], ranges: &mut Vec<Range<usize>>) {
    // Where each line starts in the paragraph, and where in the source.
    let mut starts = Vec::with_capacity(lines.len());
    let mut at = 0;
    for line in lines {
        starts.push((at, line.as_ptr() as usize - source.as_ptr() as usize));
        at += line.len() + 1;
    }
    for words in inline::pieces(&lines.join("\n"))
        .iter()
        .filter_map(inline::Piece::words)
    {
        let line = starts.partition_point(|(start, _)| *start <= words.start) - 1;
        let (start, in_source) = starts[line];
        let words = words.start - start + in_source..words.end - start + in_source;
        match ranges.last_mut() {
            // An underscore that is none of emphasis, as in ":thumbs_up:".
            Some(last) if last.end == words.start => last.end = words.end,
            _ => ranges.push(words),
        }
    }
}
