mod blocks;
mod hostile;
mod inlines;
mod links;
mod oracle;
mod properties;
mod whole;

use super::{Block, Inline, parse};

/// A tree as short text, so that tests can be read: `(em …)`, `(strong …)`, `(strike …)`,
/// `(code …)`, `(link <href> …)`, `/` for a line break, `{…}` for blocks.
fn sketch(text: &str) -> String {
    blocks(&parse(text))
}

fn blocks(blocks: &[Block]) -> String {
    let all: Vec<String> = blocks.iter().map(block).collect();
    all.join(" ")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(content) => format!("{{p {}}}", inlines(content)),
        Block::Code { language, text } => {
            format!(
                "{{code:{} {text}}}",
                language.as_deref().unwrap_or_default()
            )
        }
        Block::Quote(content) => format!("{{quote {}}}", blocks(content)),
        Block::List { start, items } => {
            let items: Vec<String> = items.iter().map(|item| blocks(item)).collect();
            let start = start.map_or("-".to_owned(), |start| start.to_string());
            format!("{{list:{start} {}}}", items.join(" | "))
        }
    }
}

fn inlines(inlines: &[Inline]) -> String {
    inlines.iter().map(inline).collect()
}

fn inline(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) => text.clone(),
        Inline::Code(text) => format!("(code {text})"),
        Inline::Emphasis(content) => format!("(em {})", inlines(content)),
        Inline::Strong(content) => format!("(strong {})", inlines(content)),
        Inline::Strike(content) => format!("(strike {})", inlines(content)),
        Inline::Link { href, content } => format!("(link <{href}> {})", inlines(content)),
        Inline::Break => "/".to_owned(),
    }
}

/// Each text must give the sketch beside it.
fn assert_sketches(examples: &[(&str, &str)]) {
    for (text, expected) in examples {
        assert_eq!(sketch(text), *expected, "{text:?}");
    }
}

/// Like [`assert_sketches`], for one paragraph each.
fn assert_paragraphs(examples: &[(&str, &str)]) {
    for (text, expected) in examples {
        assert_eq!(sketch(text), format!("{{p {expected}}}"), "{text:?}");
    }
}
