use crate::markdown::{only_emoji, parse, plain, replace_text};
use std::borrow::Cow;

/// Turns `:robot:` into `!`, as the server turns it into an emoji.
fn robots(text: &str) -> String {
    replace_text(text, |words| {
        Cow::Owned(words.replace(":robot:", "!").replace(":thumbs_up:", "?"))
    })
}

#[test]
fn shortcodes_are_replaced_where_they_are_words() {
    for (text, expected) in [
        (":robot:", "!"),
        ("a :robot: *:robot:*", "a ! *!*"),
        ("> :robot:\n- :robot:", "> !\n- !"),
        ("- a\n\n    :robot:", "- a\n\n    !"),
        ("[:robot:](http://a/:robot:)", "[!](http://a/:robot:)"),
        ("  a\r\n :robot: \r\nb", "  a\r\n ! \r\nb"),
        (":thumbs_up: _:thumbs_up:_ :thumbs_up:", "? _?_ ?"),
        ("```\n:robot:\n```\n:robot:", "```\n:robot:\n```\n!"),
        (":robot: ```\n:robot:\n```", "! ```\n:robot:\n```"),
    ] {
        assert_eq!(robots(text), expected, "{text:?}");
    }
}

#[test]
fn shortcodes_elsewhere_stay() {
    for text in [
        "`:robot:`",
        "a `b :robot:` c",
        "~~~\n:robot:",
        "```:robot:\na\n```",
        "http://a/:robot:/b",
        "[a](http://a/:robot:)",
        "[a](javascript:robot:)",
        "\\:robot:",
        ":robot\\:",
        ":ro\nbot:",
    ] {
        assert_eq!(robots(text), text, "{text:?}");
    }
}

#[test]
fn previews_are_one_line_of_words() {
    for (text, expected) in [
        ("**a** _b_\n`c`", "a b c"),
        ("> a\n\nb", "a b"),
        ("1. a\n2. b", "a b"),
        ("```rust\nc  d\n```", "c d"),
        ("[a](http://b) http://c", "a http://c"),
        ("", ""),
    ] {
        assert_eq!(plain(&parse(text)), expected, "{text:?}");
    }
}

#[test]
fn up_to_three_emoji_show_large() {
    for text in [
        "😀",
        " 😀 ",
        "😀😀😀",
        "😀 🤖\u{20}👍🏽",
        "❤️",
        "☺️",
        "👩‍👩‍👧‍👦",
        "🧑🏿‍💻",
        "🏳️‍🌈",
        "🇫🇷",
        "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        "1️⃣",
        "⭐",
        "🫶",
    ] {
        assert!(only_emoji(&parse(text)), "{text:?}");
    }
}

#[test]
fn everything_else_does_not() {
    for text in [
        "",
        " ",
        "a",
        "7",
        "#",
        "😀😀😀😀",
        "😀 a",
        "a😀",
        "😀\n😀",
        "😀\n\n😀",
        "**😀**",
        "> 😀",
        "- 😀",
        "`😀`",
        "[😀](http://a)",
        "❤\u{FE0E}",
        "✔",
        "©",
        "\u{200D}",
        "\u{FE0F}",
        "😀\u{200D}",
        "🇫",
        "→",
        "漢",
    ] {
        assert!(!only_emoji(&parse(text)), "{text:?}");
    }
}

#[cfg(feature = "ssr")]
#[test]
fn every_emoji_that_a_shortcode_makes_shows_large() {
    for emoji in emojis::iter() {
        assert!(only_emoji(&parse(emoji.as_str())), "{:?}", emoji.name());
    }
}
