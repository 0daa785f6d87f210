//! Which names may be chosen.
//!
//! A name is what RFC 8265, section 3.5, calls an application-layer construct: one or more
//! userparts with single spaces between, each enforced by the profile
//! `UsernameCasePreserved` (section 3.4). The profile maps full-width letters, composes
//! (NFC), keeps bidirectional words readable (RFC 5893), allows joiners only where the
//! script needs them, and refuses control, bidi, default-ignorable, private-use and
//! unassigned characters. All ASCII punctuation passes ("O'Brien", "Anne-Marie",
//! "J. R.", "Jo (she/her)").
//!
//! Not the profile `Nickname` (RFC 8266): it lets every symbol in. So there are no emoji in
//! names, on purpose: many differ little or not at all between fonts, and a crown or a check
//! mark beside a name reads like a badge that the place has given.

use super::Name;
use crate::protocol::{RefusalCode, limits};
use precis_profiles::UsernameCasePreserved;
use precis_profiles::precis_core::{
    DerivedPropertyValue, IdentifierClass, StringClass, profile::Rules,
};
use unicode_normalization::{UnicodeNormalization, is_nfkc};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_security::skeleton;
use unicode_segmentation::UnicodeSegmentation;

/// Marks on one letter. UTS 39, section 5.4, finds that no language needs more.
const MARKS: usize = 4;

impl Name {
    /// Parses a name. White space at the ends goes, inside it becomes single spaces.
    ///
    /// # Errors
    /// [`RefusalCode::NameEmpty`] (also when no letter or digit is in it),
    /// [`RefusalCode::NameTooLong`] or [`RefusalCode::NameCharacters`].
    pub fn parse(text: &str) -> Result<Self, RefusalCode> {
        // Spares the rules a whole form of text; width mapping and NFC shrink a name, but
        // never to an eighth.
        if text.trim().len() > 8 * limits::NAME_BYTES {
            return Err(RefusalCode::NameTooLong);
        }
        let words = text.split_whitespace().map(word);
        let name = words.collect::<Result<Vec<_>, _>>()?.join(" ");
        if !name.contains(char::is_alphanumeric) {
            return Err(RefusalCode::NameEmpty);
        }
        if name.len() > limits::NAME_BYTES || name.graphemes(true).count() > limits::NAME_GRAPHEMES
        {
            return Err(RefusalCode::NameTooLong);
        }
        Ok(Self(name))
    }

    /// Equal for names that differ in case only, or that look alike when both are written
    /// in lower case. Two people cannot use names with one key.
    #[must_use]
    pub fn key(&self) -> String {
        glyphs(&fold(&self.0))
    }

    /// Equal for names that look alike as they stand, whatever their case then: "Paul" and
    /// "PauI" with a capital I, which [`Name::key`] cannot see, as it compares "paui". Two
    /// people cannot use names with one skeleton.
    ///
    /// Both leave out spaces and punctuation, so that nobody becomes "Ada." or "A da" beside
    /// Ada. Accents count: Zoe and Zoë may both be here.
    #[must_use]
    pub fn skeleton(&self) -> String {
        glyphs(&fold(&skeleton(&self.0).collect::<String>()))
    }
}

/// One userpart: the rules of the profile in the order of RFC 8264, section 7. They are
/// applied one by one because the crate's own `enforce` refuses every vowel mark inside a
/// Hebrew or Arabic word: it takes rule 3 of RFC 5893 to mean that marks may only end it.
fn word(typed: &str) -> Result<String, RefusalCode> {
    let refused = |_| RefusalCode::NameCharacters;
    let profile = UsernameCasePreserved::new();
    let straight: String = typed.chars().map(straight).collect();
    let wide = profile.width_mapping_rule(straight).map_err(refused)?;
    // The tables of the class end with Unicode 6.3; what was assigned since then passes by
    // the same derivation, here.
    let known: String = wide.chars().filter(|c| !is_newer_letter(*c)).collect();
    IdentifierClass::default().allows(known).map_err(refused)?;
    let word: String = wide.nfc().collect();
    if has_odd_marks(&word) {
        return Err(RefusalCode::NameCharacters);
    }
    let bare: String = word.chars().filter(|c| !is_mark(*c)).collect();
    profile.directionality_rule(bare).map_err(refused)?;
    Ok(word)
}

/// What keyboards and phones set for an apostrophe or a hyphen, as one types it.
fn straight(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{2010}' | '\u{2011}' => '-',
        c => c,
    }
}

/// Whether a character is a letter, mark or digit (RFC 8264, section 9.1) that the profile's
/// tables do not know yet, and that is stable (9.17) and visible (9.13).
fn is_newer_letter(c: char) -> bool {
    use GeneralCategory::{
        DecimalNumber, LowercaseLetter, ModifierLetter, NonspacingMark, OtherLetter, SpacingMark,
        UppercaseLetter,
    };
    let letter = matches!(
        c.general_category(),
        LowercaseLetter
            | UppercaseLetter
            | OtherLetter
            | DecimalNumber
            | ModifierLetter
            | NonspacingMark
            | SpacingMark
    );
    // The skeleton leaves out what is default-ignorable; the Khitan filler is as empty.
    let visible = || skeleton(c.encode_utf8(&mut [0; 4])).next().is_some() && c != '\u{16FE4}';
    let class = IdentifierClass::default();
    !c.is_ascii()
        && class.get_value_from_char(c) == DerivedPropertyValue::Unassigned
        && letter
        && is_nfkc(c.encode_utf8(&mut [0; 4]))
        && visible()
}

/// Marks that stand on no letter, on top of themselves, or in a heap (UTS 39, section 5.4).
fn has_odd_marks(word: &str) -> bool {
    if word.chars().next().is_some_and(is_mark) {
        return true;
    }
    let mut heap = Vec::new();
    word.nfd().any(|c| {
        if c.general_category() != GeneralCategory::NonspacingMark {
            heap.clear();
            return false;
        }
        let again = heap.contains(&c);
        heap.push(c);
        again || heap.len() > MARKS
    })
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Full case folding by the standard library: down, up (which opens "ß" and ligatures), and
/// down again letter by letter (which knows no final sigma).
fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .collect()
}

/// The prototype (UTS 39, section 4) without what is neither letter, digit nor mark, and
/// without the dot that combines with a dotted letter and so cannot be seen.
fn glyphs(text: &str) -> String {
    let whole: String = skeleton(text).collect();
    let mut glyphs = String::with_capacity(whole.len());
    for c in whole.chars() {
        let dotted = c == '\u{307}' && glyphs.ends_with(['i', 'j']);
        if (c.is_alphanumeric() || is_mark(c)) && !dotted {
            glyphs.push(c);
        }
    }
    // The Japanese long mark and a few other letters look like punctuation.
    if glyphs.is_empty() { whole } else { glyphs }
}
