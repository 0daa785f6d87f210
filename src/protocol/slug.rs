//! Places of rooms in URLs.

use super::{
    RefusalCode, limits,
    text::{is_blank, is_control},
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A room's place in the URL: lower-case letters and digits of any script, and dashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// The slug of the room that everybody starts in.
    #[must_use]
    pub fn default_room() -> Self {
        Self("general".to_owned())
    }

    /// Parses what stands in a URL or a frame. Takes a little more than `Slug::of` makes, as
    /// a browser has no tables to tell a vowel sign from a symbol; no room is there then.
    ///
    /// # Errors
    /// [`RefusalCode::NoSuchRoom`], because no room can have such a slug.
    pub fn parse(text: &str) -> Result<Self, RefusalCode> {
        let fits = !text.is_empty() && text.chars().count() <= limits::SLUG_CHARS;
        if fits && text.chars().all(may_stand) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RefusalCode::NoSuchRoom)
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a letter may stand in a slug. Lower case is what lower-casing leaves alone: some
/// capitals, like those in circles, have no small letters.
fn may_stand(c: char) -> bool {
    if c.is_ascii() {
        return c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    let lower = c.to_lowercase().eq([c]);
    lower && !c.is_whitespace() && !is_control(c) && !is_blank(c)
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod of {
    use super::{Slug, is_blank};
    use crate::protocol::{RefusalCode, RoomName, limits};
    use unicode_normalization::UnicodeNormalization;
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

    impl Slug {
        /// The slug that a room's name makes: its words in lower case, joined by dashes.
        /// Names that differ in case, width, composition, punctuation or by characters that
        /// cannot be seen make the same slug, and so cannot both be rooms.
        ///
        /// # Errors
        /// [`RefusalCode::RoomNameEmpty`] when no letter or digit is left.
        pub fn of(name: &RoomName) -> Result<Self, RefusalCode> {
            let lower = name.as_str().nfkc().collect::<String>().to_lowercase();
            let mut slug = String::new();
            let mut between = false;
            for c in lower.nfkc() {
                if c.is_alphanumeric() {
                    if between && !slug.is_empty() {
                        slug.push('-');
                    }
                    between = false;
                    slug.push(c);
                } else if is_mark(c) && !between && !slug.is_empty() {
                    // A vowel sign or an accent. Lower-casing leaves a dot on the Turkish İ.
                    if !(c == '\u{307}' && slug.ends_with('i')) {
                        slug.push(c);
                    }
                } else if !is_silent(c) {
                    between = true;
                }
            }
            if let Some((end, _)) = slug.char_indices().nth(limits::SLUG_CHARS) {
                slug.truncate(end);
            }
            Self::parse(slug.trim_end_matches('-')).map_err(|_| RefusalCode::RoomNameEmpty)
        }

        /// Equal for slugs that look alike (UTS 39, section 4): "general" and a copy of it
        /// with a Cyrillic "е".
        #[must_use]
        pub fn skeleton(&self) -> String {
            unicode_security::skeleton(&self.0).collect()
        }
    }

    fn is_mark(c: char) -> bool {
        let mark = matches!(
            c.general_category(),
            GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark
        );
        mark && !is_blank(c)
    }

    /// What does not end a word: an apostrophe, and what cannot be seen.
    fn is_silent(c: char) -> bool {
        matches!(c, '\'' | '\u{2019}') || (is_blank(c) && !c.is_whitespace())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::RoomName;

    fn of(name: &str) -> Result<String, RefusalCode> {
        Slug::of(&RoomName::parse(name).unwrap()).map(|slug| slug.0)
    }

    #[test]
    fn room_names_make_slugs_in_every_script() {
        for (name, slug) in [
            ("Book Club!", "book-club"),
            ("  C++ & Rust  ", "c-rust"),
            ("Ada's room", "adas-room"),
            ("Café", "café"),
            ("Straße", "straße"),
            ("Λόγος", "λόγος"),
            ("مرحبا", "مرحبا"),
            ("हिन्दी", "हिन्दी"),
            ("ไม่มีชื่อ", "ไม่มีชื่อ"),
            ("தமிழ்", "தமிழ்"),
            ("日本語 の部屋", "日本語-の部屋"),
            ("한국어", "한국어"),
            ("İstanbul", "istanbul"),
            ("🅐 room", "🅐-room"),
            ("2 🤖 + 2 👍🏽", "2-2"),
        ] {
            assert_eq!(of(name).as_deref(), Ok(slug), "{name}");
        }
    }

    #[test]
    fn one_name_makes_one_slug() {
        for (one, other) in [
            ("Café", "Cafe\u{301}"),
            ("general", "ｇｅｎｅｒａｌ"),
            ("general", "GENERAL"),
            ("general", "gen\u{200B}eral"),
            ("general", "gene\u{2060}ral\u{AD}"),
            ("general", "𝐠𝐞𝐧𝐞𝐫𝐚𝐥"),
            ("می\u{200C}خواهم", "میخواهم"),
            ("🎉 party", "party"),
        ] {
            assert_eq!(of(one), of(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_name_without_letters_makes_no_slug() {
        for name in ["😀", "!?", "---", "\u{301}", "'"] {
            assert_eq!(of(name), Err(RefusalCode::RoomNameEmpty), "{name}");
        }
    }

    #[test]
    fn what_looks_like_a_room_has_its_skeleton() {
        let skeleton = |name: &str| Slug::parse(name).unwrap().skeleton();
        assert_eq!(skeleton("general"), skeleton("g\u{435}neral"));
        assert_eq!(skeleton("moin"), skeleton("rnoin"));
        assert_ne!(skeleton("general"), skeleton("genera1s"));
    }

    #[test]
    fn only_slugs_are_slugs() {
        for wrong in [
            "",
            "Upper",
            "Ünten",
            "a b",
            "a\u{A0}b",
            "a\u{200B}b",
            "a\u{202E}b",
            "a\u{85}b",
            "a/b",
            "../x",
            "a.b",
            "a?b",
            "a%2Fb",
            &"s".repeat(limits::SLUG_CHARS + 1),
        ] {
            assert_eq!(
                Slug::parse(wrong),
                Err(RefusalCode::NoSuchRoom),
                "{wrong:?}"
            );
        }
        assert!(Slug::parse(&"s".repeat(limits::SLUG_CHARS)).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn what_a_name_makes_can_be_parsed(text in "\\PC{1,60}") {
            if let Ok(slug) = RoomName::parse(&text).and_then(|name| Slug::of(&name)) {
                proptest::prop_assert_eq!(Slug::parse(slug.as_str()), Ok(slug.clone()));
                proptest::prop_assert!(slug.0.contains(char::is_alphanumeric));
            }
        }

        /// A slug is made of what the name says: each letter that lower-casing knows.
        #[test]
        fn a_short_name_of_letters_is_its_own_slug(text in "[a-z0-9]{1,40}") {
            proptest::prop_assert_eq!(of(&text), Ok(text));
        }
    }
}
