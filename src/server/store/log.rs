//! How a room's log grows: the next place is taken from the room's row in the same
//! transaction, so that there are no gaps and nothing is out of order.

use super::{Change, StoreError, messages::BodyHash, writer::Write};
use crate::protocol::{Cid, Event, Name, Person, RoomId, Seq, Topic, What};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The kinds of events as the database counts them.
pub(super) const MESSAGE: i64 = 1;
const JOINED: i64 = 2;
const LEFT: i64 = 3;
const RENAMED: i64 = 4;
const TOPIC: i64 = 5;

/// The columns that [`event`] reads, in its order.
pub(super) const COLUMNS: &str = "seq, at, user_id, kind, body, was, cid";

impl Write<'_> {
    /// Adds something that `by` did to the room's log.
    pub(super) fn log(
        &mut self,
        room: RoomId,
        by: &Person,
        what: What,
    ) -> Result<Event, StoreError> {
        self.append(room, by, what, None)
    }

    /// Adds a message, with the hash of its body as it was submitted.
    pub(super) fn log_message(
        &mut self,
        room: RoomId,
        by: &Person,
        cid: Cid,
        text: String,
        hash: BodyHash,
    ) -> Result<Event, StoreError> {
        self.append(room, by, What::Message { cid, text }, Some(hash))
    }

    fn append(
        &mut self,
        room: RoomId,
        by: &Person,
        what: What,
        hash: Option<BodyHash>,
    ) -> Result<Event, StoreError> {
        let event = Event {
            seq: next(self.db, room)?,
            at: self.now,
            by: by.id,
            what,
        };
        let columns = Columns::of(&event.what)?;
        self.db
            .prepare_cached(
                "INSERT INTO events (room_id, seq, at, user_id, kind, body, was, cid, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                room,
                event.seq,
                event.at,
                event.by,
                columns.kind,
                columns.body,
                columns.was,
                columns.cid,
                hash
            ])?;
        self.changes.push(Change::Events {
            room,
            people: vec![by.clone()],
            events: vec![event.clone()],
        });
        Ok(event)
    }
}

/// The newest event's place.
pub(super) fn head(db: &Connection, room: RoomId) -> Result<Seq, StoreError> {
    db.prepare_cached("SELECT head FROM rooms WHERE id = ?1")?
        .query_row([room], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NoSuchRoom)
}

fn next(db: &Connection, room: RoomId) -> Result<Seq, StoreError> {
    db.prepare_cached("UPDATE rooms SET head = head + 1 WHERE id = ?1 RETURNING head")?
        .query_row([room], |row| row.get(0))
        .optional()?
        .ok_or(StoreError::NoSuchRoom)
}

struct Columns<'a> {
    kind: i64,
    body: Option<&'a str>,
    was: Option<&'a Name>,
    cid: Option<Cid>,
}

impl<'a> Columns<'a> {
    fn of(what: &'a What) -> Result<Self, StoreError> {
        let plain = |kind, body| Self {
            kind,
            body,
            was: None,
            cid: None,
        };
        Ok(match what {
            What::Message { cid, text } => Self {
                cid: Some(*cid),
                ..plain(MESSAGE, Some(text))
            },
            What::Joined => plain(JOINED, None),
            What::Left => plain(LEFT, None),
            What::Renamed { from, to } => Self {
                was: Some(from),
                ..plain(RENAMED, Some(to.as_str()))
            },
            What::Topic { topic } => plain(TOPIC, Some(topic.as_str())),
            What::Unknown => return Err(StoreError::failed("an unknown event cannot be kept")),
        })
    }
}

/// Reads an event from a row of [`COLUMNS`].
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let what = match row.get(3)? {
        MESSAGE => What::Message {
            cid: row.get(6)?,
            text: row.get(4)?,
        },
        JOINED => What::Joined,
        LEFT => What::Left,
        RENAMED => What::Renamed {
            from: row.get(5)?,
            to: row.get(4)?,
        },
        TOPIC => What::Topic {
            topic: row.get::<_, Topic>(4)?,
        },
        _ => What::Unknown,
    };
    Ok(Event {
        seq: row.get(0)?,
        at: row.get(1)?,
        by: row.get(2)?,
        what,
    })
}
