//! Who belongs to a room, and how far they have read.

use super::{Change, ReadTo, Store, StoreError, log, people, writer::Write};
use crate::protocol::{Person, RoomId, Seq, UserId, What, limits::UNREAD_COUNTED};
use rusqlite::{Connection, OptionalExtension, params};

/// Unread messages are looked for among this many events of a room: somebody who only ever
/// speaks and never reads must not make each visit read a whole log.
const UNREAD_SCANNED: u64 = 1_000;

impl Store {
    /// Makes somebody a member, which the room's log tells if `announce`. What is in the
    /// room already counts as read. Returns whether they were none before.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`], [`StoreError::NoSuchUser`], and what every write can meet.
    pub async fn enter(
        &self,
        user: UserId,
        room: RoomId,
        announce: bool,
    ) -> Result<bool, StoreError> {
        self.write(move |write| {
            let person = people::acting(write.db, user)?;
            write.enter(&person, room, announce)
        })
        .await
    }

    /// Ends a membership, which the log tells if it told of its beginning. Returns whether
    /// there was one.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`], [`StoreError::NoSuchUser`], and what every write can meet.
    pub async fn leave(&self, user: UserId, room: RoomId) -> Result<bool, StoreError> {
        self.write(move |write| {
            let person = people::acting(write.db, user)?;
            log::head(write.db, room)?;
            write.leave(&person, room)
        })
        .await
    }

    /// Moves somebody's read position forward, never back and never behind the newest event.
    /// Returns where it is now and what is unread behind it. Who is no member has none, and
    /// has read everything.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`], and what every write can meet.
    pub async fn mark_read(
        &self,
        user: UserId,
        room: RoomId,
        seq: Seq,
    ) -> Result<(Seq, u32), StoreError> {
        self.write(move |write| write.mark_read(user, room, seq))
            .await
    }

    /// How far somebody has read; the newest event for who is no member.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`], and what every read can meet.
    pub async fn read_position(&self, user: UserId, room: RoomId) -> Result<Seq, StoreError> {
        self.read(move |db| {
            let head = log::head(db, room)?;
            Ok(read_seq(db, user, room)?.unwrap_or(head))
        })
        .await
    }

    /// The rooms that somebody is a member of.
    ///
    /// # Errors
    /// What every read can meet.
    pub async fn memberships(&self, user: UserId) -> Result<Vec<RoomId>, StoreError> {
        self.read(move |db| Ok(memberships(db, user)?)).await
    }
}

impl Write<'_> {
    /// As [`Store::enter`]; does nothing for members.
    pub(super) fn enter(
        &mut self,
        person: &Person,
        room: RoomId,
        announce: bool,
    ) -> Result<bool, StoreError> {
        if read_seq(self.db, person.id, room)?.is_some() {
            return Ok(false);
        }
        let head = log::head(self.db, room)?;
        let read = if announce { head.next() } else { head };
        self.db
            .prepare_cached(
                "INSERT INTO members (user_id, room_id, joined_at, read_seq, announced)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![person.id, room, self.now, read, announce])?;
        self.count(room, 1)?;
        self.changes.push(Change::Entered {
            room,
            person: person.clone(),
        });
        if announce {
            self.log(room, person, What::Joined)?;
        }
        Ok(true)
    }

    /// As [`Store::leave`].
    pub(super) fn leave(&mut self, person: &Person, room: RoomId) -> Result<bool, StoreError> {
        let announced: Option<bool> = self
            .db
            .prepare_cached(
                "DELETE FROM members WHERE user_id = ?1 AND room_id = ?2 RETURNING announced",
            )?
            .query_row(params![person.id, room], |row| row.get(0))
            .optional()?;
        let Some(announced) = announced else {
            return Ok(false);
        };
        self.count(room, -1)?;
        if announced {
            self.log(room, person, What::Left)?;
        }
        self.changes.push(Change::Went {
            room,
            user: person.id,
        });
        Ok(true)
    }

    fn mark_read(
        &mut self,
        user: UserId,
        room: RoomId,
        seq: Seq,
    ) -> Result<(Seq, u32), StoreError> {
        let head = log::head(self.db, room)?;
        let Some(before) = read_seq(self.db, user, room)? else {
            return Ok((head, 0));
        };
        let read = seq.min(head).max(before);
        let unread = unread(self.db, user, room, read, head)?;
        if read > before {
            self.db
                .prepare_cached(
                    "UPDATE members SET read_seq = ?3 WHERE user_id = ?1 AND room_id = ?2",
                )?
                .execute(params![user, room, read])?;
            self.changes.push(Change::Read(ReadTo {
                user,
                room,
                seq: read,
                unread,
                head,
            }));
        }
        Ok((read, unread))
    }

    fn count(&self, room: RoomId, more: i64) -> rusqlite::Result<()> {
        self.db
            .prepare_cached("UPDATE rooms SET members = members + ?2 WHERE id = ?1")?
            .execute(params![room, more])?;
        Ok(())
    }
}

pub(super) fn memberships(db: &Connection, user: UserId) -> rusqlite::Result<Vec<RoomId>> {
    db.prepare_cached("SELECT room_id FROM members WHERE user_id = ?1 ORDER BY room_id")?
        .query_map([user], |row| row.get(0))?
        .collect()
}

/// Messages of others behind `read`, counted up to [`UNREAD_COUNTED`].
pub(super) fn unread(
    db: &Connection,
    user: UserId,
    room: RoomId,
    read: Seq,
    head: Seq,
) -> rusqlite::Result<u32> {
    let from = read.max(Seq(head.0.saturating_sub(UNREAD_SCANNED)));
    if from >= head {
        return Ok(0);
    }
    db.prepare_cached(
        "SELECT count(*) FROM (
             SELECT 1 FROM events
             WHERE room_id = ?1 AND seq > ?2 AND kind = ?3 AND user_id <> ?4 AND body IS NOT NULL
             LIMIT ?5)",
    )?
    .query_row(
        params![room, from, log::MESSAGE, user, UNREAD_COUNTED],
        |row| row.get(0),
    )
}

pub(super) fn read_seq(
    db: &Connection,
    user: UserId,
    room: RoomId,
) -> rusqlite::Result<Option<Seq>> {
    db.prepare_cached("SELECT read_seq FROM members WHERE user_id = ?1 AND room_id = ?2")?
        .query_row(params![user, room], |row| row.get(0))
        .optional()
}
