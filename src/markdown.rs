//! Markdown to a tree: for now only paragraphs, until the parser lands.
#[derive(PartialEq, Eq, Clone, Debug)]
pub enum Block {
    Paragraph(Vec<Inline>),
    Code {
        language: Option<String>,
        text: String,
    },
    Quote(Vec<Block>),
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
}
#[derive(PartialEq, Eq, Clone, Debug)]
pub enum Inline {
    Text(String),
    Code(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Strike(Vec<Inline>),
    Link { href: String, content: Vec<Inline> },
    Break,
}
pub fn parse(text: &str) -> Vec<Block> {
    vec![Block::Paragraph(vec![Inline::Text(text.into())])]
}
pub fn only_emoji(_b: &[Block]) -> bool {
    false
}
