//! Reading a room's log: pages of the past, and what somebody missed.

use super::{Store, StoreError, column::rows, log, members::read_seq, people, reactions};
use crate::protocol::{
    Event, Person, RoomId, Seq, UserId, What,
    limits::{PAGE_EVENTS, REPLAY_CHUNK, REPLAY_EVENTS},
};
use crate::server::slice::first_slice;
use rusqlite::{Connection, OptionalExtension, params};

/// A page of a room's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Everybody the events name.
    pub people: Vec<Person>,
    /// Up to [`PAGE_EVENTS`] events in order, each in its current form.
    pub events: Vec<Event>,
    /// Whether there are events before these.
    pub older: bool,
    /// The room's newest event at this moment.
    pub head: Seq,
    /// How far the viewer has read at this moment; nothing for who is no member.
    pub read: Option<Seq>,
}

/// A message in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its event, in its current form.
    pub event: Event,
    /// Who wrote it and who reacted to it.
    pub people: Vec<Person>,
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
    /// The last [`PAGE_EVENTS`] events before a place, or the newest ones, without those
    /// that only amend a message, for `viewer` to find their own reactions.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`], and what every read can meet.
    pub async fn page(
        &self,
        room: RoomId,
        before: Option<Seq>,
        viewer: Option<UserId>,
    ) -> Result<Page, StoreError> {
        self.read(move |db| page(db, room, before, viewer)).await
    }

    /// What came behind `after`, a portion at a time, all of it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`], and what every read can meet.
    pub async fn missed(
        &self,
        room: RoomId,
        after: Seq,
        viewer: Option<UserId>,
    ) -> Result<Missed, StoreError> {
        self.read(move |db| missed(db, room, after, viewer)).await
    }

    /// One message in its current form.
    ///
    /// # Errors
    /// What every read can meet.
    pub async fn message(
        &self,
        room: RoomId,
        seq: Seq,
        viewer: Option<UserId>,
    ) -> Result<Option<StoredMessage>, StoreError> {
        self.read(move |db| {
            let mut page = before(db, room, seq.next(), viewer, 1)?;
            let found = page.events.pop().filter(|event| event.seq == seq);
            Ok(found.and_then(|event| match event.what {
                What::Message(_) => Some(StoredMessage {
                    event,
                    people: page.people,
                }),
                _ => None,
            }))
        })
        .await
    }

    /// The place before which the page stands that begins right behind `after`.
    ///
    /// # Errors
    /// What every read can meet.
    pub async fn page_behind(&self, room: RoomId, after: Seq) -> Result<Option<Seq>, StoreError> {
        self.read(move |db| {
            let last: Option<Seq> = db
                .prepare_cached(
                    "SELECT seq FROM events WHERE room_id = ?1 AND seq > ?2 AND kind < ?3
                     ORDER BY seq LIMIT 1 OFFSET ?4",
                )?
                .query_row(
                    params![room, after, log::AMENDMENTS, rows(PAGE_EVENTS - 1)],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(last.map(Seq::next))
        })
        .await
    }
}

fn page(
    db: &Connection,
    room: RoomId,
    end: Option<Seq>,
    viewer: Option<UserId>,
) -> Result<Page, StoreError> {
    let head = log::head(db, room)?;
    let end = end.map_or(head.next(), |end| end.min(head.next()));
    let read = viewer.map(|viewer| read_seq(db, viewer, room));
    Ok(Page {
        head,
        read: read.transpose()?.flatten(),
        ..before(db, room, end, viewer, PAGE_EVENTS)?
    })
}

/// The last `most` events before `end` that are shown by themselves.
fn before(
    db: &Connection,
    room: RoomId,
    end: Seq,
    viewer: Option<UserId>,
    most: usize,
) -> Result<Page, StoreError> {
    let mut events: Vec<Event> = db
        .prepare_cached(&format!(
            "{} WHERE one.room_id = ?1 AND one.seq < ?2 AND one.kind < ?3
             ORDER BY one.seq DESC LIMIT ?4",
            log::SELECT
        ))?
        .query_map(
            params![room, end, log::AMENDMENTS, rows(most + 1)],
            log::event,
        )?
        .collect::<Result<_, _>>()?;
    let older = events.len() > most;
    events.truncate(most);
    events.reverse();
    reactions::fill(db, room, &mut events, viewer)?;
    Ok(Page {
        people: people::named_by(db, &events)?,
        events,
        older,
        head: end,
        read: None,
    })
}

fn missed(
    db: &Connection,
    room: RoomId,
    after: Seq,
    viewer: Option<UserId>,
) -> Result<Missed, StoreError> {
    let head = log::head(db, room)?;
    match head.0.checked_sub(after.0) {
        Some(gap) if gap <= count(REPLAY_EVENTS) => {
            let end = head.min(Seq(after.0.saturating_add(count(REPLAY_CHUNK))));
            let mut events = between(db, room, after.next(), end.next())?;
            reactions::fill(db, room, &mut events, viewer)?;
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
        "{} WHERE one.room_id = ?1 AND one.seq >= ?2 AND one.seq < ?3 ORDER BY one.seq",
        log::SELECT
    ))?
    .query_map(params![room, start, end], log::event)?
    .collect()
}

fn count(limit: usize) -> u64 {
    u64::try_from(limit).unwrap_or(u64::MAX)
}
