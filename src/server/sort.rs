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
