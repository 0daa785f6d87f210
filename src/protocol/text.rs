//! Text from people, parsed into types that cannot be wrong.

use super::{RefusalCode, limits};
use serde::{Deserialize, Serialize};

/// A message as it was written: not blank, within its limits, without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

/// A room's name as people read it: one line, not blank.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoomName(String);

/// What a room is about: one line, may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Topic(String);

impl Body {
    /// Parses a message. Line ends become `\n`; blank lines at both ends go.
    ///
    /// # Errors
    /// [`RefusalCode::MessageEmpty`], [`RefusalCode::MessageTooLong`] or
    /// [`RefusalCode::MessageCharacters`].
    pub fn parse(text: &str) -> Result<Self, RefusalCode> {
        let text = without_blank_ends(text);
        if text.chars().all(is_blank) {
            return Err(RefusalCode::MessageEmpty);
        }
        if text
            .chars()
            .any(|c| is_control(c) && c != '\n' && c != '\t')
        {
            return Err(RefusalCode::MessageCharacters);
        }
        if text.chars().count() > limits::MESSAGE_CHARS || json_bytes(&text) > limits::MESSAGE_BYTES
        {
            return Err(RefusalCode::MessageTooLong);
        }
        Ok(Self(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How much of the limit a draft uses, whichever limit it meets first: letters used and
    /// letters allowed, for the counter beside the composer.
    #[must_use]
    pub fn room_left(text: &str) -> i64 {
        let text = without_blank_ends(text);
        let chars = text.chars().count();
        let bytes = json_bytes(&text);
        let bytes_left = signed(limits::MESSAGE_BYTES) - signed(bytes);
        let bytes_a_char = bytes.div_ceil(chars.max(1)).max(1);
        let by_bytes = bytes_left.div_euclid(signed(bytes_a_char));
        (signed(limits::MESSAGE_CHARS) - signed(chars)).min(by_bytes)
    }
}

impl RoomName {
    /// Parses a room's name.
    ///
    /// # Errors
    /// [`RefusalCode::RoomNameEmpty`], [`RefusalCode::RoomNameTooLong`] or
    /// [`RefusalCode::LineCharacters`].
    pub fn parse(text: &str) -> Result<Self, RefusalCode> {
        let line = one_line(text)?;
        if line.chars().all(is_blank) {
            return Err(RefusalCode::RoomNameEmpty);
        }
        if line.chars().count() > limits::ROOM_NAME_CHARS {
            return Err(RefusalCode::RoomNameTooLong);
        }
        Ok(Self(line))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Topic {
    /// Parses a topic; blank is none.
    ///
    /// # Errors
    /// [`RefusalCode::TopicTooLong`] or [`RefusalCode::LineCharacters`].
    pub fn parse(text: &str) -> Result<Self, RefusalCode> {
        let line = one_line(text)?;
        if line.chars().all(is_blank) {
            return Ok(Self::default());
        }
        if line.chars().count() > limits::TOPIC_CHARS {
            return Err(RefusalCode::TopicTooLong);
        }
        Ok(Self(line))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A message as it is kept: line ends are `\n`, and blank lines at both ends are gone.
fn without_blank_ends(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_end();
    let blank = text.len() - text.trim_start().len();
    let first_line = text[..blank].rfind('\n').map_or(0, |at| at + 1);
    text[first_line..].to_owned()
}

fn one_line(text: &str) -> Result<String, RefusalCode> {
    if text.trim().chars().any(is_control) {
        return Err(RefusalCode::LineCharacters);
    }
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Control characters, and the characters that turn the direction of the text around them
/// (U+061C, U+200E, U+200F are harmless marks and stay).
pub(super) fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters that show nothing on their own.
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
                | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}'
                | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D159}'
                | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
        )
}

/// Bytes of the text as a JSON string without its quotes.
fn json_bytes(text: &str) -> usize {
    text.chars()
        .map(|c| {
            if matches!(c, '"' | '\\' | '\n' | '\t') {
                2
            } else {
                c.len_utf8()
            }
        })
        .sum()
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_at_the_limit_passes_and_one_letter_more_does_not() {
        let at_limit = "a".repeat(limits::MESSAGE_CHARS);
        assert!(Body::parse(&at_limit).is_ok());
        assert_eq!(Body::room_left(&at_limit), 0);
        let over = at_limit + "a";
        assert_eq!(Body::parse(&over), Err(RefusalCode::MessageTooLong));
        assert_eq!(Body::room_left(&over), -1);
    }

    #[test]
    fn what_is_not_kept_is_not_counted() {
        let padded = format!("\n \n{}\n \n", "a".repeat(limits::MESSAGE_CHARS));
        assert!(Body::parse(&padded).is_ok());
        assert_eq!(Body::room_left(&padded), 0);
    }

    #[test]
    fn a_message_of_wide_letters_must_still_fit_into_a_frame() {
        let at_limit = "\u{6F22}".repeat(limits::MESSAGE_BYTES / 3);
        assert!(Body::parse(&at_limit).is_ok());
        assert_eq!(Body::room_left(&at_limit), 0);
        let over = at_limit + "\u{6F22}";
        assert_eq!(Body::parse(&over), Err(RefusalCode::MessageTooLong));
        assert!(Body::room_left(&over) < 0);
    }

    #[test]
    fn json_bytes_counts_what_serde_writes() {
        for text in [
            "plain",
            "a \"quote\" and \\ and \n and \t",
            "\u{1F916}\u{6F22}\u{E9}",
        ] {
            let written = serde_json::to_string(text).unwrap();
            assert_eq!(json_bytes(text), written.len() - 2, "{text:?}");
        }
    }

    #[test]
    fn blank_messages_are_empty_whatever_they_are_made_of() {
        for blank in [
            "",
            "  ",
            "\n\n",
            "\u{200B}",
            "\u{3164}\u{2800}",
            "\t\u{FEFF}\n",
            "\u{61C}\u{1D173}",
        ] {
            assert_eq!(
                Body::parse(blank),
                Err(RefusalCode::MessageEmpty),
                "{blank:?}"
            );
        }
    }

    #[test]
    fn a_message_keeps_its_shape() {
        let body = Body::parse("\r\n    indented\r\nnext\r\n\r\n").unwrap();
        assert_eq!(body.as_str(), "    indented\nnext");
        let body = Body::parse(" \t\n  \n  a  b\n\n c \n \n").unwrap();
        assert_eq!(body.as_str(), "  a  b\n\n c");
        assert_eq!(Body::parse("a\u{0}b"), Err(RefusalCode::MessageCharacters));
        assert_eq!(
            Body::parse("a\u{202E}b"),
            Err(RefusalCode::MessageCharacters)
        );
    }

    #[test]
    fn lines_have_their_limits() {
        assert!(RoomName::parse(&"r".repeat(limits::ROOM_NAME_CHARS)).is_ok());
        assert_eq!(
            RoomName::parse(&"r".repeat(limits::ROOM_NAME_CHARS + 1)),
            Err(RefusalCode::RoomNameTooLong)
        );
        assert_eq!(
            RoomName::parse("two\nlines"),
            Err(RefusalCode::LineCharacters)
        );
        assert!(Topic::parse(&"t".repeat(limits::TOPIC_CHARS)).is_ok());
        assert_eq!(
            Topic::parse(&"t".repeat(limits::TOPIC_CHARS + 1)),
            Err(RefusalCode::TopicTooLong)
        );
        for blank in ["", "  ", "\u{200B}", "\u{3164} \u{2060}"] {
            assert_eq!(Topic::parse(blank).unwrap(), Topic::default(), "{blank:?}");
            assert_eq!(RoomName::parse(blank), Err(RefusalCode::RoomNameEmpty));
        }
    }
}
