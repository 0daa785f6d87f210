//! People: who they are, and whether their name is theirs.

use super::{StoreError, database};
use crate::protocol::{Event, Millis, Name, Person, UserId, What};
use rusqlite::{Connection, OptionalExtension, params};

/// Everybody that the events name, and those who reacted to them, each once.
pub(super) fn named_by(db: &Connection, events: &[Event]) -> rusqlite::Result<Vec<Person>> {
    let mut ids: Vec<UserId> = events.iter().map(|event| event.by).collect();
    for event in events {
        if let What::Message(message) = &event.what {
            ids.extend(message.reactions.iter().flat_map(|one| &one.by));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    let mut select = db.prepare_cached("SELECT id, name, gravatar FROM users WHERE id = ?1")?;
    ids.into_iter()
        .map(|id| select.query_row([id], person))
        .collect()
}

/// Somebody who may act: their name is in use.
pub(super) fn acting(db: &Connection, user: UserId) -> Result<Person, StoreError> {
    db.prepare_cached("SELECT id, name, gravatar FROM users WHERE id = ?1 AND in_use = 1")?
        .query_row([user], person)
        .optional()?
        .ok_or(StoreError::NoSuchUser)
}

/// Somebody new, whose name is in use from now.
pub(super) fn add(
    db: &Connection,
    name: Name,
    gravatar: Option<String>,
    now: Millis,
) -> Result<Person, StoreError> {
    let id = db
        .prepare_cached(
            "INSERT INTO users (name, name_key, skeleton, gravatar, in_use, created_at)
             VALUES (?1, ?2, ?3, ?4, 1, ?5) RETURNING id",
        )?
        .query_row(
            params![name, name.key(), name.skeleton(), gravatar, now],
            |row| row.get(0),
        )
        .map_err(taken)?;
    Ok(Person { id, name, gravatar })
}

/// Writes somebody's new name and picture.
pub(super) fn change(db: &Connection, person: &Person) -> Result<(), StoreError> {
    let name = &person.name;
    db.prepare_cached(
        "UPDATE users SET name = ?2, name_key = ?3, skeleton = ?4, gravatar = ?5 WHERE id = ?1",
    )?
    .execute(params![
        person.id,
        name,
        name.key(),
        name.skeleton(),
        person.gravatar
    ])
    .map_err(taken)?;
    Ok(())
}

/// Frees somebody's name for others. Their messages keep showing it.
pub(super) fn release(db: &Connection, user: UserId) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE users SET in_use = 0 WHERE id = ?1")?
        .execute([user])?;
    Ok(())
}

/// The table has no other unique indexes than those of names in use.
fn taken(error: rusqlite::Error) -> StoreError {
    if database::refused_as_double(&error) {
        StoreError::NameTaken
    } else {
        error.into()
    }
}

pub(super) fn person(row: &rusqlite::Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        gravatar: row.get(2)?,
    })
}
