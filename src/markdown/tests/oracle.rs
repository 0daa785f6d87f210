//! Our inline rules against `pulldown-cmark`'s, over texts made of everything that means
//! something to both.

use super::inlines;
use crate::markdown::{Block, Inline, parse, plain};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};

/// The tree that `pulldown-cmark` makes of one paragraph.
fn theirs(text: &str) -> Vec<Inline> {
    let mut open: Vec<Vec<Inline>> = vec![Vec::new()];
    let mut hrefs = Vec::new();
    for event in Parser::new_ext(text, Options::ENABLE_STRIKETHROUGH) {
        let inline = match event {
            Event::Start(tag) => {
                if let Tag::Link { dest_url, .. } = tag {
                    hrefs.push(dest_url.into_string());
                }
                open.push(Vec::new());
                continue;
            }
            Event::End(tag) => {
                use pulldown_cmark::TagEnd;
                let content = open.pop().unwrap();
                match tag {
                    TagEnd::Emphasis => Inline::Emphasis(content),
                    TagEnd::Strong => Inline::Strong(content),
                    TagEnd::Strikethrough => Inline::Strike(content),
                    TagEnd::Link => Inline::Link {
                        href: hrefs.pop().unwrap(),
                        content,
                    },
                    TagEnd::Paragraph => return content,
                    other => panic!("{text:?}: {other:?}"),
                }
            }
            Event::Code(code) => Inline::Code(code.into_string()),
            Event::SoftBreak | Event::HardBreak => Inline::Break,
            Event::Text(part) => {
                let content = open.last_mut().unwrap();
                if let Some(Inline::Text(text)) = content.last_mut() {
                    text.push_str(&part);
                } else {
                    content.push(Inline::Text(part.into_string()));
                }
                continue;
            }
            other => panic!("{text:?}: {other:?}"),
        };
        open.last_mut().unwrap().push(inline);
    }
    Vec::new()
}

fn ours(text: &str) -> Vec<Inline> {
    match parse(text).as_slice() {
        [Block::Paragraph(content)] => content.clone(),
        other => panic!("{text:?}: {other:?}"),
    }
}

/// A tree to compare. Spaces at the end of a line inside a code span do not count.
fn loosely(tree: &[Inline]) -> String {
    let sketch = inlines(tree);
    let words: Vec<&str> = sketch.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Whether a link is none to us: it has no word to click on, or leads nowhere.
fn has_other_link(tree: &[Inline]) -> bool {
    tree.iter().any(|part| match part {
        Inline::Link { href, content } => {
            let words = plain(&[Block::Paragraph(content.clone())]);
            href != "mailto:a@b" || !words.contains(char::is_alphanumeric)
        }
        Inline::Emphasis(content) | Inline::Strong(content) => has_other_link(content),
        _ => false,
    })
}

/// Texts that both read alike: no blocks, no block that a line in the middle could start,
/// and none of our differences (see the head of the module `markdown`).
fn texts() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "a",
        "b",
        "é",
        " ",
        " ",
        "*",
        "*",
        "**",
        "***",
        "_",
        "__",
        "`",
        "``",
        "\\*",
        "\\`",
        "\\[",
        ".",
        ",",
        "(",
        ")",
        "[",
        "]",
        "](mailto:a@b)",
        "!\\[",
        "“",
        "”",
        "—",
        "\nx",
        "\\y",
    ]);
    prop::collection::vec(parts, 0..24).prop_map(|parts| format!("a{}z", parts.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn inlines_are_read_as_commonmark_reads_them(text in texts()) {
        let theirs = theirs(&text);
        // Images, fences behind text, and some links are ours.
        if text.contains("![") || text.contains("```") || has_other_link(&theirs) {
            return Ok(());
        }
        prop_assert_eq!(loosely(&ours(&text)), loosely(&theirs), "{:?}", text);
    }
}
