//! What people write, read as Markdown: a small tree, never an HTML string, the same for
//! server and browser.
//!
//! The subset: emphasis, strike, code, fenced code, quotes, lists, links. Everything else
//! (HTML, entities, headings, images, tables, rules, footnotes, reference definitions) shows
//! as it was typed; nothing that somebody typed may vanish. The inline rules are
//! CommonMark's, held against `pulldown-cmark` by a test; that crate itself would have added
//! 62 kB (brotli) to the WASM, this adds 21 at most. Where CommonMark surprises people
//! who chat, this differs on purpose:
//!
//! - A line break is a line break.
//! - Quotes and list items end with their lines; nothing continues them lazily.
//! - Numbers in lists show as typed: a number out of order starts a list of its own.
//! - Indented text is text. A fence may follow text on its line, and may close at the end of
//!   a line.
//! - `>.<`, `>= 5` and `¯\_(ツ)_/¯` are what they look like; so are `2*3*4` and `\\host\share`.
//! - Strike needs two tildes ("~5 to ~6" is a guess, not a correction).
//! - Emphasis closes beside Chinese, Japanese and Korean punctuation.
//! - A link goes to http, https or mailto, has a text that can be seen, and that text names
//!   no other place than the link leads to. Titles are not hidden in it.

mod block;
mod emoji;
mod inline;
mod link;
mod replace;
#[cfg(test)]
mod tests;

pub use emoji::only_emoji;
pub use replace::replace_text;

/// A part of a message that stands on lines of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Text.
    Paragraph(Vec<Inline>),
    /// Fenced code.
    Code {
        /// The word behind the fence.
        language: Option<String>,
        /// Lines with `\n` between them.
        text: String,
    },
    /// Something quoted.
    Quote(Vec<Block>),
    /// A list.
    List {
        /// The number of the first item; nothing for bullets.
        start: Option<u64>,
        /// The items.
        items: Vec<Vec<Block>>,
    },
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text as it shows.
    Text(String),
    /// Code as it shows.
    Code(String),
    /// `*emphasis*`.
    Emphasis(Vec<Inline>),
    /// `**strong**`.
    Strong(Vec<Inline>),
    /// `~~strike~~`.
    Strike(Vec<Inline>),
    /// A link; its content has no links.
    Link {
        /// Where to: `http://`, `https://` or `mailto:`, nothing else.
        href: String,
        /// What shows.
        content: Vec<Inline>,
    },
    /// The next line.
    Break,
}

/// Blocks inside blocks, and inlines inside inlines. What is nested deeper shows as typed.
const NESTING: usize = 16;

/// Parts of one message that are drawn as marked up; see [`weight`]. Eight thousand letters
/// could otherwise make a page of a megabyte, and fifty such messages stop every browser.
const MARKUP: usize = 2_000;
/// What a block of code counts, with its frame and its button.
const CODE_WEIGHT: usize = 10;

/// Reads a message. Never fails, and takes time linear in its length. A message of more than
/// [`MARKUP`] parts shows as it was typed.
#[must_use]
pub fn parse(text: &str) -> Vec<Block> {
    let blocks: Vec<_> = block::shapes(text).into_iter().map(Block::from).collect();
    if weight(&blocks) <= MARKUP {
        return blocks;
    }
    vec![Block::Code {
        language: None,
        text: shown(text),
    }]
}

/// How many parts a page needs to draw these blocks.
fn weight(blocks: &[Block]) -> usize {
    let of = |block: &Block| match block {
        Block::Paragraph(content) => 1 + inline_weight(content),
        Block::Code { .. } => CODE_WEIGHT,
        Block::Quote(content) => 1 + weight(content),
        Block::List { items, .. } => 1 + items.iter().map(|item| 1 + weight(item)).sum::<usize>(),
    };
    blocks.iter().map(of).sum()
}

fn inline_weight(inlines: &[Inline]) -> usize {
    let of = |inline: &Inline| match inline {
        Inline::Text(_) | Inline::Code(_) | Inline::Break => 1,
        Inline::Emphasis(content)
        | Inline::Strong(content)
        | Inline::Strike(content)
        | Inline::Link { content, .. } => 1 + inline_weight(content),
    };
    inlines.iter().map(of).sum()
}

impl From<block::Shape<'_>> for Block {
    fn from(shape: block::Shape<'_>) -> Self {
        let all = |shapes: Vec<block::Shape<'_>>| shapes.into_iter().map(Self::from).collect();
        match shape {
            block::Shape::Paragraph(lines) => Self::Paragraph(inline::parse(&lines)),
            block::Shape::Code { language, lines } => Self::Code {
                language: language.map(str::to_owned),
                text: shown(&lines.join("\n")),
            },
            block::Shape::Quote(blocks) => Self::Quote(all(blocks)),
            block::Shape::List { start, items } => Self::List {
                start,
                items: items.into_iter().map(all).collect(),
            },
        }
    }
}

/// The words alone on one line, for previews and titles.
#[must_use]
pub fn plain(blocks: &[Block]) -> String {
    let mut text = String::new();
    blocks_to_plain(blocks, &mut text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn blocks_to_plain(blocks: &[Block], text: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(content) => inlines_to_plain(content, text),
            Block::Code { text: code, .. } => text.push_str(code),
            Block::Quote(content) => blocks_to_plain(content, text),
            Block::List { items, .. } => items.iter().for_each(|item| blocks_to_plain(item, text)),
        }
        text.push('\n');
    }
}

fn inlines_to_plain(inlines: &[Inline], text: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(part) | Inline::Code(part) => text.push_str(part),
            Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Strike(content)
            | Inline::Link { content, .. } => inlines_to_plain(content, text),
            Inline::Break => text.push('\n'),
        }
    }
}

/// Text with a visible sign for control characters: browsers drop some of them when they
/// read a page, but not when a script sets the text, and the two must agree.
fn shown(text: &str) -> String {
    let sign = |c: char| {
        if c.is_control() && c != '\n' && c != '\t' {
            char::REPLACEMENT_CHARACTER
        } else {
            c
        }
    };
    text.chars().map(sign).collect()
}
