//! Reading a room's log: pages of the past, and what somebody missed.

use super::{Store, StoreError, log, people};
use crate::protocol::{
    Event, Person, RoomId, Seq,
    limits::{PAGE_EVENTS, REPLAY_CHUNK, REPLAY_EVENTS},
};
use crate::server::slice::first_slice;
use rusqlite::{Connection, params};

/// A page of a room's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Everybody the events name.
    pub people: Vec<Person>,
    /// Up to [`PAGE_EVENTS`] events in order.
    pub events: Vec<Event>,
    /// Whether there are events before these.
    pub older: bool,
    /// The room's newest event at this moment.
    pub head: Seq,
}

/// What came behind a place in a room's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missed {
    /// The first of it, as much as one frame holds, in order; nothing, if nothing was missed.
    Events {
        /// Everybody the events name.
        people: Vec<Person>,
        /// Without a gap.
        events: Vec<Event>,
        /// The room's newest event at this moment.
        head: Seq,
    },
    /// More than [`REPLAY_EVENTS`], or the place is not in this log.
    TooMany,
}

impl Store {
    /// The last [`PAGE_EVENTS`] events before a place, or the newest ones.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`], and what every read can meet.
    pub async fn page(&self, room: RoomId, before: Option<Seq>) -> Result<Page, StoreError> {
        self.read(move |db| page(db, room, before)).await
    }

    /// What came behind `after`, a portion at a time.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`], and what every read can meet.
    pub async fn missed(&self, room: RoomId, after: Seq) -> Result<Missed, StoreError> {
        self.read(move |db| missed(db, room, after)).await
    }
}

fn page(db: &Connection, room: RoomId, before: Option<Seq>) -> Result<Page, StoreError> {
    let head = log::head(db, room)?;
    let end = before.map_or(head.next(), |before| before.min(head.next()));
    let start = Seq(end.0.saturating_sub(count(PAGE_EVENTS)).max(1));
    let events = between(db, room, start, end)?;
    Ok(Page {
        people: people::named_by(db, &events)?,
        older: start > Seq(1),
        events,
        head,
    })
}

fn missed(db: &Connection, room: RoomId, after: Seq) -> Result<Missed, StoreError> {
    let head = log::head(db, room)?;
    match head.0.checked_sub(after.0) {
        Some(gap) if gap <= count(REPLAY_EVENTS) => {
            let end = head.min(Seq(after.0.saturating_add(count(REPLAY_CHUNK))));
            let mut events = between(db, room, after.next(), end.next())?;
            events.truncate(first_slice(&events));
            Ok(Missed::Events {
                people: people::named_by(db, &events)?,
                events,
                head,
            })
        }
        _ => Ok(Missed::TooMany),
    }
}

/// The events from `start` up to, but not including, `end`: as there are no gaps, their
/// number is known before they are read.
fn between(db: &Connection, room: RoomId, start: Seq, end: Seq) -> rusqlite::Result<Vec<Event>> {
    db.prepare_cached(&format!(
        "SELECT {} FROM events WHERE room_id = ?1 AND seq >= ?2 AND seq < ?3 ORDER BY seq",
        log::COLUMNS
    ))?
    .query_map(params![room, start, end], log::event)?
    .collect()
}

fn count(limit: usize) -> u64 {
    u64::try_from(limit).unwrap_or(u64::MAX)
}
