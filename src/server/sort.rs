//! How people sort: the order of the Unicode Collation Algorithm (UTS #10) with the root
//! locale, numbers by their value, and differences of accent and case last.
//!
//! There is one order for everybody: whoever looks, the list is the same.

use crate::protocol::{Person, RoomSummary, Slug};
use icu_collator::{
    Collator, CollatorBorrowed, CollatorPreferences,
    options::{AlternateHandling, CollatorOptions, Strength},
    preferences::CollationNumericOrdering,
};
use std::{cmp::Ordering, sync::LazyLock};

static COLLATOR: LazyLock<CollatorBorrowed<'static>> = LazyLock::new(|| {
    let mut preferences = CollatorPreferences::default();
    preferences.numeric_ordering = Some(CollationNumericOrdering::True);
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Tertiary);
    // Spaces and dashes count: "Al Z" stands before "Ala".
    options.alternate_handling = Some(AlternateHandling::NonIgnorable);
    Collator::try_new(preferences, options).expect("the tables are part of this program")
});

/// Sorts people by name; two of the same name (one of them gone) by who came first.
pub fn people(people: &mut [Person]) {
    people.sort_by(person_order);
}

/// The order of two people in a list.
#[must_use]
pub fn person_order(a: &Person, b: &Person) -> Ordering {
    text_order(a.name.as_str(), b.name.as_str()).then(a.id.cmp(&b.id))
}

/// Sorts rooms: the default room first, the others by name.
pub fn rooms(rooms: &mut [RoomSummary]) {
    let default = Slug::default_room();
    rooms.sort_by(|a, b| {
        let later = |summary: &RoomSummary| summary.room.slug != default;
        later(a)
            .cmp(&later(b))
            .then_with(|| text_order(a.room.name.as_str(), b.room.name.as_str()))
            .then(a.room.id.cmp(&b.room.id))
    });
}

fn text_order(a: &str, b: &str) -> Ordering {
    COLLATOR.compare(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Name, UserId};

    fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
        let ids = (0..).map(UserId);
        let mut list: Vec<_> = names
            .iter()
            .zip(ids)
            .map(|(name, id)| Person {
                id,
                name: Name::parse(name).unwrap(),
                gravatar: None,
            })
            .collect();
        people(&mut list);
        let place = |person: &Person| usize::try_from(person.id.0).unwrap();
        list.iter().map(|person| names[place(person)]).collect()
    }

    #[test]
    fn case_and_accents_come_last() {
        assert_eq!(
            sorted(&["zoe", "\u{C4}nne", "bo", "Ann", "Zo\u{EB}", "anne", "Bob"]),
            ["Ann", "anne", "\u{C4}nne", "bo", "Bob", "zoe", "Zo\u{EB}"]
        );
        assert_eq!(sorted(&["ADA", "Ada", "ada"]), ["ada", "Ada", "ADA"]);
    }

    #[test]
    fn numbers_sort_by_their_value() {
        assert_eq!(
            sorted(&["Guest 10", "guest 9", "Guest 100", "Guest 2"]),
            ["Guest 2", "guest 9", "Guest 10", "Guest 100"]
        );
    }

    #[test]
    fn words_stay_together_and_scripts_too() {
        assert_eq!(
            sorted(&[
                "\u{5F20}\u{4F1F}",
                "Alan",
                "\u{410}\u{43D}\u{43D}\u{430}",
                "Al Z"
            ]),
            [
                "Al Z",
                "Alan",
                "\u{410}\u{43D}\u{43D}\u{430}",
                "\u{5F20}\u{4F1F}"
            ]
        );
    }

    #[test]
    fn of_two_with_one_name_the_first_stays_first() {
        let ada = |id| Person {
            id: UserId(id),
            name: Name::parse("Ada").unwrap(),
            gravatar: None,
        };
        let mut list = [ada(2), ada(1)];
        people(&mut list);
        assert_eq!(list, [ada(1), ada(2)]);
    }
}
