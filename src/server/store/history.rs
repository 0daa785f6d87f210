//! Reading a room's log: pages of the past, and what somebody missed.

use super::{
    Moment, Store, StoreError,
    column::rows,
    log,
    members::read_seq,
    newest::{Piece, Read},
    people, reactions,
};
use crate::protocol::{
    Event, Person, RoomId, Seq, UserId, What,
    limits::{PAGE_EVENTS, REPLAY_CHUNK, REPLAY_EVENTS},
};
use crate::server::slice::first_slice;
use rusqlite::{Connection, OptionalExtension, params};
use std::sync::Arc;

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

impl Missed {
    /// Whether nothing was missed.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Events { events, .. } if events.is_empty())
    }
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
        self.at_once(move |moment| moment.page(room, before, viewer))
            .await
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
        self.at_once(move |moment| moment.missed(room, after, viewer))
            .await
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
            let (mut events, _) = before(db, room, seq.next(), 1)?;
            events.retain(|event| event.seq == seq);
            if let Some(viewer) = viewer {
                reactions::own(db, room, &mut events, viewer)?;
            }
            let people = people::named_by(db, &events)?;
            Ok(events.pop().and_then(|event| match event.what {
                What::Message(_) => Some(StoredMessage { event, people }),
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

impl Moment<'_> {
    /// As [`Store::page`].
    pub fn page(
        &self,
        room: RoomId,
        end: Option<Seq>,
        viewer: Option<UserId>,
    ) -> Result<Page, StoreError> {
        let head = log::head(self.db, room)?;
        let (mut events, older) = match end.filter(|end| *end <= head) {
            Some(end) => before(self.db, room, end, PAGE_EVENTS)?,
            None => {
                let read = self.read_again(Piece::Page(room), head, || {
                    before(self.db, room, head.next(), PAGE_EVENTS)
                })?;
                (read.events.clone(), read.older)
            }
        };
        let mut read = None;
        if let Some(viewer) = viewer {
            reactions::own(self.db, room, &mut events, viewer)?;
            read = read_seq(self.db, viewer, room)?;
        }
        Ok(Page {
            people: people::named_by(self.db, &events)?,
            events,
            older,
            head,
            read,
        })
    }

    /// As [`Store::missed`].
    pub fn missed(
        &self,
        room: RoomId,
        after: Seq,
        viewer: Option<UserId>,
    ) -> Result<Missed, StoreError> {
        let head = log::head(self.db, room)?;
        let gap = head.0.checked_sub(after.0);
        if gap.is_none_or(|gap| gap > count(REPLAY_EVENTS)) {
            return Ok(Missed::TooMany);
        }
        let read = self.read_again(Piece::Behind(room, after), head, || {
            let end = head.min(Seq(after.0.saturating_add(count(REPLAY_CHUNK))));
            let mut events = between(self.db, room, after.next(), end.next())?;
            reactions::fill(self.db, room, &mut events)?;
            events.truncate(first_slice(&events));
            Ok((events, false))
        })?;
        let mut events = read.events.clone();
        if let Some(viewer) = viewer {
            reactions::own(self.db, room, &mut events, viewer)?;
        }
        Ok(Missed::Events {
            people: people::named_by(self.db, &events)?,
            events,
            head,
        })
    }

    /// A piece that reaches to the end of a log, and whether there is more before it: as it
    /// was read before, or read now and kept.
    fn read_again(
        &self,
        piece: Piece,
        head: Seq,
        read: impl FnOnce() -> rusqlite::Result<(Vec<Event>, bool)>,
    ) -> rusqlite::Result<Arc<Read>> {
        if let Some(read) = self.newest.find(piece, head) {
            return Ok(read);
        }
        let (events, older) = read()?;
        let read = Arc::new(Read {
            head,
            events,
            older,
        });
        self.newest.keep(piece, read.clone());
        Ok(read)
    }
}

/// The last `most` events before `end` that are shown by themselves, and whether there are
/// more before these.
fn before(
    db: &Connection,
    room: RoomId,
    end: Seq,
    most: usize,
) -> rusqlite::Result<(Vec<Event>, bool)> {
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
    reactions::fill(db, room, &mut events)?;
    Ok((events, older))
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
