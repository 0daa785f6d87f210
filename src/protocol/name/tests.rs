use super::Name;
use crate::protocol::{RefusalCode, limits};

fn name(text: &str) -> Name {
    Name::parse(text).unwrap_or_else(|code| panic!("{text:?}: {code:?}"))
}

/// Whether two people could not use these names at once.
fn collide(one: &str, other: &str) -> bool {
    let (one, other) = (name(one), name(other));
    one.key() == other.key() || one.skeleton() == other.skeleton()
}

#[test]
fn people_everywhere_can_write_their_names() {
    for text in [
        "Ada",
        "O'Brien",
        "Anne-Marie",
        "J. R. R. Tolkien",
        "Jo (she/her)",
        "R2-D2",
        "José",
        "Nguyễn Thị Minh Khai",
        "Gal·la",
        "Łukasz",
        "Straße",
        "Οδυσσέας",
        "Саша",
        "Հայկ",
        "ქეთი",
        "فاطمة",
        "مُحَمَّد",
        "محمد علی",
        "علی\u{200C}رضا",
        "שָׂרָה",
        "अदिति शर्मा",
        "தமிழ்",
        "ปรีชา",
        "ཚེ་རིང",
        "መስፍን",
        "김민준",
        "王小明",
        "さくら",
        "ジョン・スミス",
        "ʻIolani",
        // Assigned after Unicode 6.3: Adlam, Osage, a rare character in Chinese names.
        "\u{1E900}\u{1E922}\u{1E923}",
        "\u{104B0}\u{104D8}",
        "\u{2B8B8}\u{30000}",
    ] {
        assert_eq!(name(text).as_str(), text);
    }
}

#[test]
fn white_space_is_folded() {
    assert_eq!(name("  Ada \t\u{3000} Lovelace\n").as_str(), "Ada Lovelace");
    assert_eq!(name("Ada\u{A0}Lovelace").as_str(), "Ada Lovelace");
    for blank in ["", " ", "\t\n", "\u{3000}"] {
        assert_eq!(Name::parse(blank), Err(RefusalCode::NameEmpty), "{blank:?}");
    }
}

#[test]
fn a_name_has_a_letter_or_a_digit() {
    for nothing in [".", "- -", "'", "(...)"] {
        assert_eq!(
            Name::parse(nothing),
            Err(RefusalCode::NameEmpty),
            "{nothing:?}"
        );
    }
    assert_eq!(name("7").as_str(), "7");
}

#[test]
fn one_name_has_one_spelling() {
    assert_eq!(name("Jose\u{301}"), name("José"), "decomposed");
    assert_eq!(name("Ａｄａ　１").as_str(), "Ada 1", "full-width");
    assert_eq!(name("ｶﾅ").as_str(), "カナ", "half-width");
    assert_eq!(
        name("O\u{2019}Brien"),
        name("O'Brien"),
        "a phone's apostrophe"
    );
    assert_eq!(name("Anne\u{2011}Marie"), name("Anne-Marie"));
}

#[test]
fn characters_that_deceive_are_refused() {
    for (what, text) in [
        ("control", "A\u{0}da"),
        ("escape", "A\u{1B}[31mda"),
        ("bidi override", "A\u{202E}da"),
        ("bidi isolate", "A\u{2066}da"),
        ("bidi mark", "Ada\u{200F}"),
        ("zero-width space", "A\u{200B}da"),
        ("only a zero-width space", "\u{200B}"),
        ("zero-width joiner in Latin", "A\u{200D}da"),
        ("zero-width non-joiner in Latin", "A\u{200C}da"),
        ("word joiner", "A\u{2060}da"),
        ("byte order mark", "\u{FEFF}Ada"),
        ("soft hyphen", "A\u{AD}da"),
        ("grapheme joiner", "A\u{34F}da"),
        ("variation selector", "A\u{FE0F}da"),
        ("newer variation selector", "\u{1820}\u{180F}"),
        ("tag", "Ada\u{E0041}"),
        ("hangul filler", "\u{3164}"),
        ("blank braille", "\u{2800}"),
        ("private use", "A\u{E000}"),
        ("unassigned", "A\u{378}"),
        ("not a character", "A\u{FFFE}"),
        ("ligature", "ﬁn"),
        ("Roman numeral sign", "Henry Ⅷ"),
        ("mathematical letter", "𝐀da"),
        ("circled letter", "Ⓐda"),
        ("emoji", "Ada 😀"),
        ("badge", "Ada ✔"),
        ("tatweel", "محـمد"),
        ("mixed direction in a word", "Adaعلي"),
        ("a mark on nothing", "Ada \u{301}b"),
        ("the same mark twice", "Ada\u{307}\u{307}"),
        ("a heap of marks", "a\u{300}\u{301}\u{302}\u{303}\u{304}"),
    ] {
        assert_eq!(
            Name::parse(text),
            Err(RefusalCode::NameCharacters),
            "{what}: {text:?}"
        );
    }
}

#[test]
fn a_name_is_as_long_as_people_count() {
    let most = limits::NAME_GRAPHEMES;
    let long = |letter: &str, count: usize| Name::parse(&letter.repeat(count));
    assert!(long("a", most).is_ok());
    assert_eq!(long("a", most + 1), Err(RefusalCode::NameTooLong));
    // A letter of two code points and four bytes, at both limits at once.
    assert_eq!(limits::NAME_BYTES, 4 * most);
    assert!(long("ж\u{301}", most).is_ok());
    assert_eq!(long("ж\u{301}", most + 1), Err(RefusalCode::NameTooLong));
    // A letter of nine bytes: the bytes run out first.
    let most = limits::NAME_BYTES / 9;
    assert!(long("क्ष", most).is_ok());
    assert_eq!(long("क्ष", most + 1), Err(RefusalCode::NameTooLong));
    assert_eq!(long("a", 60_000), Err(RefusalCode::NameTooLong));
}

#[test]
fn case_makes_no_other_name() {
    for (one, other) in [
        ("Ada", "ADA"),
        ("José", "JOSÉ"),
        ("Straße", "STRASSE"),
        ("ẞen", "ssen"),
        ("Οδυσσέας", "ΟΔΥΣΣΈΑΣ"),
        ("Саша", "САША"),
    ] {
        assert_eq!(name(one).key(), name(other).key(), "{one} {other}");
    }
}

#[test]
fn names_that_look_alike_collide() {
    for (one, other) in [
        ("Ada", "Ad\u{430}"),
        ("Ada", "\u{410}da"),
        ("Ada", "АDА"),
        ("Marnie", "Mamie"),
        ("MARK", "rnark"),
        ("Paul", "PauI"),
        ("Paul", "Pau1"),
        ("Paul", "Pau|"),
        ("PAUL", "PauI"),
        ("Bob", "B0b"),
        ("ian", "\u{399}an"),
        ("Ian", "\u{406}an"),
        ("Ada", "Ada."),
        ("Ada", "A da"),
        ("Ada", "-Ada-"),
        ("Ada Lovelace", "ada_lovelace"),
        ("O'Brien", "OBrien"),
        ("O'Brien", "O\u{2BC}Brien"),
        ("Adrian", "Adri\u{307}an"),
        ("علی\u{200C}رضا", "علیرضا"),
    ] {
        assert!(collide(one, other), "{one:?} {other:?}");
    }
}

#[test]
fn names_that_differ_to_the_eye_do_not_collide() {
    for (one, other) in [
        ("Ada", "Ida"),
        ("Zoe", "Zoë"),
        ("Neil", "Nell"),
        ("Kai", "Kal"),
        ("Anna", "Anne"),
        ("Саша", "Маша"),
        ("王小明", "王大明"),
        ("ー", "一二"),
        ("Ada 1", "Ada 2"),
    ] {
        assert!(!collide(one, other), "{one:?} {other:?}");
    }
}

#[test]
fn every_name_has_a_key_and_a_skeleton() {
    for text in ["ー", "ꓹ", "\u{2BC}", "ǃ", "一"] {
        assert!(!name(text).key().is_empty(), "{text:?}");
        assert!(!name(text).skeleton().is_empty(), "{text:?}");
    }
}

#[test]
fn a_name_is_a_string_on_the_wire() {
    let wire = serde_json::to_string(&name("Ada")).unwrap();
    assert_eq!(wire, "\"Ada\"");
    assert_eq!(serde_json::from_str::<Name>(&wire).unwrap(), name("Ada"));
}

#[test]
fn an_avatar_shows_the_first_letter() {
    for (text, initial) in [
        ("ada", "A"),
        ("(jo)", "J"),
        ("émile", "É"),
        ("ßen", "ß"),
        ("ქეთი", "ქ"),
        ("саша", "С"),
        ("王小明", "王"),
        ("7 of 9", "7"),
    ] {
        assert_eq!(name(text).initial(), initial);
    }
    assert_eq!(Name(String::new()).initial(), "?");
}

proptest::proptest! {
    #[test]
    fn parsing_a_name_again_changes_nothing(text in "\\PC{0,40}") {
        if let Ok(name) = Name::parse(&text) {
            proptest::prop_assert_eq!(Name::parse(name.as_str()), Ok(name.clone()));
            proptest::prop_assert!(!name.initial().is_empty());
            proptest::prop_assert!(!name.key().is_empty());
        }
    }
}
