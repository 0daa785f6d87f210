//! How a room's log grows: the next place is taken from the room's row in the same
//! transaction, so that there are no gaps and nothing is out of order.

use super::{Change, StoreError, messages::BodyHash, writer::Write};
use crate::protocol::{Event, Message, Name, Person, RoomId, Seq, Topic, What};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// The kinds of events as the database counts them.
pub(super) const MESSAGE: i64 = 1;
const JOINED: i64 = 2;
const LEFT: i64 = 3;
const RENAMED: i64 = 4;
const TOPIC: i64 = 5;
pub(super) const EDITED: i64 = 6;
pub(super) const DELETED: i64 = 7;
pub(super) const REACTED: i64 = 8;
pub(super) const TOOK_BACK: i64 = 9;

/// The kinds that only amend a message, from the first one on.
pub(super) const AMENDMENTS: i64 = EDITED;

/// Rows that [`event`] reads. What an edit says is what its message says today.
pub(super) const SELECT: &str = "
    SELECT one.seq, one.at, one.user_id, one.kind, one.body, one.was, one.cid, one.of_seq,
           one.edited_at, one.amended, message.body
    FROM events AS one
    LEFT JOIN events AS message ON message.room_id = one.room_id AND message.seq = one.of_seq";

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

    /// The same with words, and the hash of these as they were submitted.
    pub(super) fn log_words(
        &mut self,
        room: RoomId,
        by: &Person,
        what: What,
        hash: BodyHash,
    ) -> Result<Event, StoreError> {
        self.append(room, by, what, Some(hash))
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
                "INSERT INTO events
                     (room_id, seq, at, user_id, kind, body, was, cid, hash, of_seq)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute(params![
                room,
                event.seq,
                event.at,
                event.by,
                columns.kind,
                columns.body,
                columns.was,
                event.what.cid(),
                hash,
                event.what.amends(),
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
}

impl<'a> Columns<'a> {
    fn of(what: &'a What) -> Result<Self, StoreError> {
        let plain = |kind, body| Self {
            kind,
            body,
            was: None,
        };
        Ok(match what {
            What::Message(message) => plain(MESSAGE, Some(&message.text)),
            // What it says now stands in the row of the message.
            What::Edited { .. } => plain(EDITED, None),
            What::Deleted { .. } => plain(DELETED, None),
            What::Reacted { emoji, on, .. } => {
                let kind = if *on { REACTED } else { TOOK_BACK };
                plain(kind, Some(emoji.as_str()))
            }
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

/// Reads an event from a row of [`SELECT`], in its current form but for its reactions.
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let kind = row.get(3)?;
    let what = match kind {
        MESSAGE => {
            let text: Option<String> = row.get(4)?;
            What::Message(Message {
                deleted: text.is_none(),
                edited: row.get(8)?,
                amended: row.get(9)?,
                ..Message::new(row.get(6)?, text.unwrap_or_default())
            })
        }
        EDITED | DELETED => {
            let (cid, of) = (row.get(6)?, row.get(7)?);
            let text: Option<String> = row.get(10)?;
            match text {
                Some(text) if kind == EDITED => What::Edited { cid, of, text },
                _ => What::Deleted { cid, of },
            }
        }
        REACTED | TOOK_BACK => What::Reacted {
            cid: row.get(6)?,
            of: row.get(7)?,
            emoji: row.get(4)?,
            on: kind == REACTED,
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
