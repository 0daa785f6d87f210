//! Texts that have done harm elsewhere, or could. The end-to-end tests send the same file
//! through a real browser.

use super::properties::check;
use crate::markdown::{Block, Inline, parse};

fn texts() -> Vec<String> {
    serde_json::from_str(include_str!("../hostile.json")).unwrap()
}

#[test]
fn there_are_enough_of_them() {
    let mut texts = texts();
    let all = texts.len();
    texts.sort();
    texts.dedup();
    assert!(all >= 500, "{all}");
    assert_eq!(texts.len(), all, "each once");
}

#[test]
fn none_of_them_does_harm_or_is_lost() {
    for text in texts() {
        assert_eq!(check(&text), Ok(()));
    }
}

/// What a browser is given to show never has a control character: a server's page and a
/// script would treat it differently.
#[test]
fn none_of_them_shows_control_characters() {
    fn clean(text: &str) -> bool {
        !text.contains(|c: char| c.is_control() && c != '\n' && c != '\t')
    }
    fn inline(part: &Inline) -> bool {
        match part {
            Inline::Text(text) | Inline::Code(text) => clean(text),
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strike(content) => {
                content.iter().all(inline)
            }
            Inline::Link { href, content } => clean(href) && content.iter().all(inline),
            Inline::Break => true,
        }
    }
    fn block(part: &Block) -> bool {
        match part {
            Block::Paragraph(content) => content.iter().all(inline),
            Block::Code { language, text } => clean(text) && language.as_deref().is_none_or(clean),
            Block::Quote(content) => content.iter().all(block),
            Block::List { items, .. } => items.iter().flatten().all(block),
        }
    }
    for text in texts() {
        assert!(parse(&text).iter().all(block), "{text:?}");
    }
}
