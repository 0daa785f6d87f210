//! What holds for every text.

use crate::markdown::{Block, Inline, NESTING, only_emoji, parse, plain, replace_text};
use proptest::prelude::*;
use std::borrow::Cow;
use std::time::{Duration, Instant};

/// All that a tree holds, in order: text, code, languages, numbers of items, hrefs.
fn held(blocks: &[Block], held_so_far: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(content) => held_inline(content, held_so_far),
            Block::Code { language, text } => {
                held_so_far.push_str(language.as_deref().unwrap_or_default());
                held_so_far.push_str(text);
            }
            Block::Quote(content) => held(content, held_so_far),
            Block::List { start, items } => {
                for (number, item) in items.iter().enumerate() {
                    if let Some(start) = start {
                        held_so_far.push_str(&(start + number as u64).to_string());
                    }
                    held(item, held_so_far);
                }
            }
        }
    }
}

fn held_inline(inlines: &[Inline], held: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) => held.push_str(text),
            Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strike(content) => {
                held_inline(content, held);
            }
            Inline::Link { href, content } => {
                held_inline(content, held);
                held.push_str(href);
            }
            Inline::Break => {}
        }
    }
}

/// The first letter or digit of the source that the tree does not hold in its order.
pub(super) fn lost(text: &str) -> Option<char> {
    let mut all = String::new();
    held(&parse(text), &mut all);
    let letters = |text: &str| -> Vec<char> {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let mut all = letters(&all).into_iter();
    letters(text)
        .into_iter()
        .find(|c| !all.any(|held| held == *c))
}

/// All hrefs of a tree.
pub(super) fn hrefs(blocks: &[Block]) -> Vec<&str> {
    fn inline<'a>(inlines: &'a [Inline], found: &mut Vec<&'a str>) {
        for part in inlines {
            match part {
                Inline::Text(_) | Inline::Code(_) | Inline::Break => {}
                Inline::Emphasis(content) | Inline::Strong(content) | Inline::Strike(content) => {
                    inline(content, found);
                }
                Inline::Link { href, content } => {
                    found.push(href);
                    let before = found.len();
                    inline(content, found);
                    assert_eq!(found.len(), before, "a link in a link");
                }
            }
        }
    }
    fn block<'a>(blocks: &'a [Block], found: &mut Vec<&'a str>) {
        for part in blocks {
            match part {
                Block::Paragraph(content) => inline(content, found),
                Block::Code { .. } => {}
                Block::Quote(content) => block(content, found),
                Block::List { items, .. } => items.iter().for_each(|item| block(item, found)),
            }
        }
    }
    let mut found = Vec::new();
    block(blocks, &mut found);
    found
}

/// How deep blocks and inlines go.
fn depth(blocks: &[Block]) -> usize {
    fn inline(inlines: &[Inline]) -> usize {
        let depths = inlines.iter().map(|part| match part {
            Inline::Text(_) | Inline::Code(_) | Inline::Break => 0,
            Inline::Emphasis(content)
            | Inline::Strong(content)
            | Inline::Strike(content)
            | Inline::Link { content, .. } => 1 + inline(content),
        });
        depths.max().unwrap_or(0)
    }
    let depths = blocks.iter().map(|block| match block {
        Block::Paragraph(content) => inline(content),
        Block::Code { .. } => 0,
        Block::Quote(content) => 1 + depth(content),
        Block::List { items, .. } => 1 + items.iter().map(|item| depth(item)).max().unwrap_or(0),
    });
    depths.max().unwrap_or(0)
}

/// Whether an href is one that a browser may be sent to.
pub(super) fn is_harmless(href: &str) -> bool {
    let scheme = ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| href.starts_with(scheme));
    scheme && !href.contains(|c: char| c.is_control() || c.is_whitespace() || "\"<>\\`".contains(c))
}

/// What must hold for a text, whatever it is.
pub(super) fn check(text: &str) -> Result<(), String> {
    let tree = parse(text);
    if let Some(letter) = lost(text) {
        return Err(format!("{text:?} lost {letter:?}: {tree:?}"));
    }
    if let Some(href) = hrefs(&tree).into_iter().find(|href| !is_harmless(href)) {
        return Err(format!("{text:?} leads to {href:?}"));
    }
    if depth(&tree) > 2 * NESTING + 1 {
        return Err(format!("{text:?} is {} deep", depth(&tree)));
    }
    let copy = replace_text(text, |words| Cow::Borrowed(words));
    if copy != text {
        return Err(format!("{text:?} became {copy:?}"));
    }
    let (_, _) = (plain(&tree), only_emoji(&tree));
    Ok(())
}

/// Texts made of everything that means something to us.
fn texts() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "a",
        "B",
        "7",
        "é",
        "漢",
        "。",
        "😀",
        " ",
        "  ",
        "    ",
        "\t",
        "\n",
        "\n\n",
        "\r\n",
        "*",
        "**",
        "_",
        "~",
        "~~",
        "`",
        "```",
        "~~~",
        "\\",
        "\\\\",
        ">",
        "> ",
        "- ",
        "+ ",
        "* ",
        "1. ",
        "2) ",
        "[",
        "]",
        "](",
        "(",
        ")",
        "<",
        "](http://c.d)",
        "](javascript:e)",
        "http://",
        "https://f.g/h",
        "www.",
        "mailto:",
        "@",
        ":",
        ".",
        "&amp;",
        "#",
        "|",
        "---",
        "¯\\_",
        "\0",
        "\u{200B}",
        "\u{202E}",
        "![",
        "]: ",
        "\"",
        "'",
        "!",
        "?",
    ]);
    prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn nothing_is_lost_and_no_link_does_harm(text in texts()) {
        prop_assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn nothing_is_lost_of_any_text(text in any::<String>()) {
        prop_assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn shortcodes_change_nothing_else(text in texts()) {
        let marked = replace_text(&text, |words| Cow::Owned(format!("⟨{words}⟩")));
        prop_assert_eq!(marked.replace(['⟨', '⟩'], ""), text);
    }
}

/// Without optimisation the slowest of them takes a tenth of this on a quiet machine.
const ENOUGH: Duration = Duration::from_millis(300);

/// The longest messages that there are, made to take long.
#[test]
fn hostile_texts_take_no_longer_than_others() {
    let parts = [
        "> ",
        ">",
        ">\n",
        "- ",
        "- a\n",
        "-\n",
        "1. ",
        "  - a\n",
        "*",
        "*a",
        "*a ",
        "a*",
        "**a",
        "**a*",
        "_a",
        "_a_",
        "*a **b ",
        "*_",
        "a**b",
        "~~a",
        "~~",
        "[",
        "]",
        "[]",
        "[a](",
        "[a](b",
        "[](<",
        "[a](<b",
        "![",
        "[[a](http://b)",
        "[a](http://b)",
        "`",
        "`a",
        "``a`",
        "`` ` ",
        "a ```b\n",
        "```\n",
        "```a\n",
        "~~~\n",
        "http://",
        "http://a ",
        "http://a)",
        "http://a@b ",
        "h",
        "\\",
        "\\*",
        "<",
        "&",
        "\n",
        " ",
        "\t",
        "a\n\n",
        "(",
        ")",
        "[a](((",
        "¯\\_",
        "\u{301}",
        "漢*",
        "> - ",
    ];
    for part in parts {
        for text in [
            part.repeat(8_000 / part.chars().count()),
            format!("http://a{}", part.repeat(7_000 / part.chars().count())),
            format!("[{}](http://a)", part.repeat(7_000 / part.chars().count())),
            (1..120)
                .map(|n| format!("{}a", part.repeat(n % 7 + n / 8)))
                .collect(),
        ] {
            // A busy machine may slow down a try or two, but not all of them.
            let quick = || {
                let start = Instant::now();
                let _ = parse(&text);
                start.elapsed() < ENOUGH
            };
            assert!((0..10).any(|_| quick()), "{part:?}");
            let tree = parse(&text);
            assert!(depth(&tree) <= 2 * NESTING + 1, "{part:?}");
            assert_eq!(lost(&text), None, "{part:?}");
        }
    }
}
