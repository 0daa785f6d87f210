//! Emoji by their shortcodes: `:robot:` becomes 🤖 when a message is taken, so that
//! browsers need no table to show it.

use crate::{
    markdown,
    protocol::{Emoji, RefusalCode},
};
use axum::body::Bytes;
use sha2::{Digest, Sha256};
use std::{borrow::Cow, fmt::Write as _, sync::LazyLock};

/// Letters of the longest shortcode and some more: what is further apart is no pair of colons.
const LONGEST: usize = 48;

/// Puts emoji in the place of the shortcodes that are known, outside of code and links;
/// everything else stays.
#[must_use]
pub fn from_shortcodes(text: &str) -> String {
    if !text.contains(':') {
        return text.to_owned();
    }
    markdown::replace_text(text, |words| Cow::Owned(in_words(words)))
}

fn in_words(text: &str) -> String {
    let mut taken = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(colon) = rest.find(':') {
        let (before, code) = rest.split_at(colon);
        taken.push_str(before);
        let code = &code[1..];
        let end = code.bytes().take(LONGEST).position(|byte| byte == b':');
        let emoji = end.and_then(|end| emojis::get_by_shortcode(&code[..end]).zip(Some(end)));
        if let Some((emoji, end)) = emoji {
            taken.push_str(emoji.as_str());
            rest = &code[end + 1..];
        } else {
            taken.push(':');
            rest = code;
        }
    }
    taken.push_str(rest);
    taken
}

/// One emoji, or one shortcode, as the Unicode charts have it.
///
/// # Errors
/// [`RefusalCode::EmojiUnknown`] for everything else.
pub fn one(text: &str) -> Result<Emoji, RefusalCode> {
    let text = text.trim();
    let code = text
        .strip_prefix(':')
        .and_then(|code| code.strip_suffix(':'));
    let emoji = match code {
        Some(code) => emojis::get_by_shortcode(code),
        None => emojis::get(text),
    };
    emoji
        .map(|emoji| Emoji::known(emoji.as_str()))
        .ok_or(RefusalCode::EmojiUnknown)
}

/// The table for completion: `[["robot","🤖"], ...]` in the order of the Unicode charts.
#[derive(Debug)]
pub struct Table {
    /// JSON.
    pub json: Bytes,
    /// The first twelve letters of its SHA-256 in hex.
    pub hash: String,
}

/// The table, made when it is asked for first.
pub static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let rows: Vec<_> = emojis::iter()
        .flat_map(|emoji| emoji.shortcodes().map(|code| (code, emoji.as_str())))
        .collect();
    let json = serde_json::to_vec(&rows).expect("pairs of text are JSON");
    let hash = short_hash(&json);
    Table {
        json: json.into(),
        hash,
    }
});

/// The first twelve letters of the SHA-256 in hex: enough to tell versions of a file apart.
#[must_use]
pub fn short_hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(6).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_shortcodes_become_emoji() {
        assert_eq!(from_shortcodes("hi :robot:!"), "hi \u{1F916}!");
        assert_eq!(from_shortcodes(":+1::-1:"), "\u{1F44D}\u{1F44E}");
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "",
            ":",
            "::",
            "10:30:45",
            ":nothing_like_that:",
            "a : b",
            "http://x:80/",
            "`:robot:` and http://x/:robot:",
            "```\n:robot:\n```",
            "\u{1F916}:\u{1F916}",
        ] {
            assert_eq!(from_shortcodes(text), text);
        }
        assert_eq!(from_shortcodes("12:robot:"), "12\u{1F916}");
        assert_eq!(from_shortcodes("no:thing:robot:"), "no:thing\u{1F916}");
    }

    #[test]
    fn one_emoji_is_one_whatever_way_it_was_typed() {
        let heart = one("\u{2764}\u{FE0F}").unwrap();
        assert_eq!(one("\u{2764}"), Ok(heart.clone()), "without the selector");
        assert_eq!(one(" :heart: "), Ok(heart));
        assert!(
            one("\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}").is_ok(),
            "a family"
        );
        for none in [
            "",
            "a",
            ":",
            "::",
            ":nothing_like_that:",
            "\u{1F916}\u{1F916}",
            "1",
        ] {
            assert_eq!(one(none), Err(RefusalCode::EmojiUnknown), "{none}");
        }
    }

    #[test]
    fn the_table_has_pairs() {
        let table: Vec<(String, String)> = serde_json::from_slice(&TABLE.json).unwrap();
        assert!(table.contains(&("robot".to_owned(), "\u{1F916}".to_owned())));
        assert_eq!(TABLE.hash.len(), 12);
    }
}
