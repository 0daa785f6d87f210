//! What is done to messages after they were said: once, like sending, and seen by everybody
//! in the same order.

use super::{
    Store, StoreError,
    column::rows,
    log,
    messages::{Asked, BodyHash, Sent, Words, hash},
    people,
    writer::Write,
};
use crate::planted::{Mistake, planted};
use crate::protocol::{
    Body, Cid, Emoji, Event, Millis, Person, RoomId, Seq, UserId, What,
    limits::{REACTIONS, VERSIONS_KEPT},
};
use rusqlite::{OptionalExtension, params};

/// What a message said until it was edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Since when it said so.
    pub at: Millis,
    /// What it said.
    pub text: String,
}

/// A message as it stands before it is amended.
struct Target {
    by: UserId,
    /// Nothing when it was deleted.
    body: Option<String>,
    /// Since when it says what it says.
    since: Millis,
    amended: Seq,
}

impl Store {
    /// Writes a message anew; what it said before is kept for its author. The same words
    /// again change nothing.
    ///
    /// # Errors
    /// [`StoreError::NotYours`], [`StoreError::MessageDeleted`],
    /// [`StoreError::NoSuchMessage`], [`StoreError::CidReused`] if the `cid` stands for
    /// something else, and what every write can meet.
    pub async fn edit(
        &self,
        user: UserId,
        room: RoomId,
        cid: Cid,
        of: Seq,
        submitted: &Body,
        text: String,
    ) -> Result<Sent, StoreError> {
        let hash = hash(submitted);
        self.write(move |write| write.edit(user, room, cid, of, text, hash))
            .await
    }

    /// Takes a message back: its words, what it said before and its reactions are gone.
    ///
    /// # Errors
    /// Like [`Store::edit`], but for a message that is deleted already.
    pub async fn delete(
        &self,
        user: UserId,
        room: RoomId,
        cid: Cid,
        of: Seq,
    ) -> Result<Sent, StoreError> {
        self.write(move |write| write.delete(user, room, cid, of))
            .await
    }

    /// Puts an emoji under a message, or takes it away. What is so already stays so.
    ///
    /// # Errors
    /// [`StoreError::TooManyReactions`], [`StoreError::MessageDeleted`],
    /// [`StoreError::NoSuchMessage`], [`StoreError::CidReused`], and what every write can
    /// meet.
    pub async fn react(
        &self,
        user: UserId,
        room: RoomId,
        cid: Cid,
        of: Seq,
        emoji: Emoji,
        on: bool,
    ) -> Result<Sent, StoreError> {
        self.write(move |write| write.react(user, room, cid, of, emoji, on))
            .await
    }

    /// What a message said before, oldest first, at most
    /// [`crate::protocol::limits::VERSIONS_KEPT`].
    ///
    /// # Errors
    /// What every read can meet.
    pub async fn versions(&self, room: RoomId, seq: Seq) -> Result<Vec<Version>, StoreError> {
        self.read(move |db| {
            let versions = db
                .prepare_cached(
                    "SELECT at, body FROM versions WHERE room_id = ?1 AND seq = ?2 ORDER BY until",
                )?
                .query_map(params![room, seq], |row| {
                    Ok(Version {
                        at: row.get(0)?,
                        text: row.get(1)?,
                    })
                })?
                .collect::<Result<_, _>>()?;
            Ok(versions)
        })
        .await
    }
}

impl Write<'_> {
    fn edit(
        &mut self,
        user: UserId,
        room: RoomId,
        cid: Cid,
        of: Seq,
        text: String,
        hash: BodyHash,
    ) -> Result<Sent, StoreError> {
        let asked = Asked {
            room,
            kind: log::EDITED,
            of: Some(of),
            words: Words::Hash(hash),
        };
        if let Some(sent) = self.done_before(user, cid, &asked)? {
            return Ok(sent);
        }
        let by = people::acting(self.db, user)?;
        let target = self.target(room, of)?;
        let before = target.body.as_deref().ok_or(StoreError::MessageDeleted)?;
        if target.by != user {
            return Err(StoreError::NotYours);
        }
        if *before == text {
            return Ok(self.nothing_to_do(of, &target));
        }
        let what = What::Edited {
            cid,
            of,
            text: text.clone(),
        };
        let event = self.log_words(room, &by, what, hash)?;
        self.db
            .prepare_cached(
                "INSERT INTO versions (room_id, seq, until, at, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![room, of, event.seq, target.since, before])?;
        self.db
            .prepare_cached(
                "DELETE FROM versions WHERE room_id = ?1 AND seq = ?2 AND until <= (
                     SELECT until FROM versions WHERE room_id = ?1 AND seq = ?2
                     ORDER BY until DESC LIMIT 1 OFFSET ?3)",
            )?
            .execute(params![room, of, rows(VERSIONS_KEPT)])?;
        self.db
            .prepare_cached(
                "UPDATE events SET body = ?3, edited_at = ?4, amended = ?5
                 WHERE room_id = ?1 AND seq = ?2",
            )?
            .execute(params![room, of, text, event.at, event.seq])?;
        Ok(Sent::of(&event))
    }

    fn delete(
        &mut self,
        user: UserId,
        room: RoomId,
        cid: Cid,
        of: Seq,
    ) -> Result<Sent, StoreError> {
        let asked = Asked {
            room,
            kind: log::DELETED,
            of: Some(of),
            words: Words::None,
        };
        if let Some(sent) = self.done_before(user, cid, &asked)? {
            return Ok(sent);
        }
        let by = people::acting(self.db, user)?;
        let target = self.target(room, of)?;
        if target.by != user {
            return Err(StoreError::NotYours);
        }
        if target.body.is_none() {
            return Ok(self.nothing_to_do(of, &target));
        }
        let event = self.log(room, &by, What::Deleted { cid, of })?;
        if planted(Mistake::ReplayDeleted) {
            return Ok(Sent::of(&event));
        }
        // The hashes go, too: whoever guesses a short text could find it by them.
        for gone in [
            "DELETE FROM versions WHERE room_id = ?1 AND seq = ?2",
            "DELETE FROM reactors WHERE room_id = ?1 AND seq = ?2",
            "DELETE FROM reactions WHERE room_id = ?1 AND seq = ?2",
            "UPDATE events SET hash = NULL WHERE room_id = ?1 AND of_seq = ?2",
        ] {
            self.db.prepare_cached(gone)?.execute(params![room, of])?;
        }
        self.db
            .prepare_cached(
                "UPDATE events SET body = NULL, hash = NULL, edited_at = NULL, amended = ?3
                 WHERE room_id = ?1 AND seq = ?2",
            )?
            .execute(params![room, of, event.seq])?;
        Ok(Sent::of(&event))
    }

    fn react(
        &mut self,
        user: UserId,
        room: RoomId,
        cid: Cid,
        of: Seq,
        emoji: Emoji,
        on: bool,
    ) -> Result<Sent, StoreError> {
        let asked = Asked {
            room,
            kind: if on { log::REACTED } else { log::TOOK_BACK },
            of: Some(of),
            words: Words::Emoji(emoji.clone()),
        };
        if let Some(sent) = self.done_before(user, cid, &asked)? {
            return Ok(sent);
        }
        let by = people::acting(self.db, user)?;
        let target = self.target(room, of)?;
        if target.body.is_none() {
            return Err(StoreError::MessageDeleted);
        }
        if self.has_reacted(room, of, &emoji, user)? == on {
            return Ok(self.nothing_to_do(of, &target));
        }
        let event = if on {
            self.put_emoji(&by, room, cid, of, emoji)?
        } else {
            self.take_emoji(&by, room, cid, of, emoji)?
        };
        self.db
            .prepare_cached("UPDATE events SET amended = ?3 WHERE room_id = ?1 AND seq = ?2")?
            .execute(params![room, of, event.seq])?;
        Ok(Sent::of(&event))
    }

    fn put_emoji(
        &mut self,
        by: &Person,
        room: RoomId,
        cid: Cid,
        of: Seq,
        emoji: Emoji,
    ) -> Result<Event, StoreError> {
        let (kinds, has_it): (i64, bool) = self
            .db
            .prepare_cached(
                "SELECT count(*), ifnull(sum(emoji = ?3), 0) FROM reactions
                 WHERE room_id = ?1 AND seq = ?2",
            )?
            .query_row(params![room, of, emoji], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if kinds >= rows(REACTIONS) && !has_it {
            return Err(StoreError::TooManyReactions);
        }
        let what = What::Reacted {
            cid,
            of,
            emoji: emoji.clone(),
            on: true,
        };
        let event = self.log(room, by, what)?;
        self.db
            .prepare_cached(
                "INSERT INTO reactions (room_id, seq, emoji, since, count)
                 VALUES (?1, ?2, ?3, ?4, 1)
                 ON CONFLICT (room_id, seq, emoji) DO UPDATE SET count = count + 1",
            )?
            .execute(params![room, of, emoji, event.seq])?;
        self.db
            .prepare_cached(
                "INSERT INTO reactors (room_id, seq, emoji, user_id, since)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![room, of, emoji, by.id, event.seq])?;
        Ok(event)
    }

    fn take_emoji(
        &mut self,
        by: &Person,
        room: RoomId,
        cid: Cid,
        of: Seq,
        emoji: Emoji,
    ) -> Result<Event, StoreError> {
        self.db
            .prepare_cached(
                "DELETE FROM reactors
                 WHERE room_id = ?1 AND seq = ?2 AND emoji = ?3 AND user_id = ?4",
            )?
            .execute(params![room, of, emoji, by.id])?;
        for less in [
            "DELETE FROM reactions WHERE room_id = ?1 AND seq = ?2 AND emoji = ?3 AND count = 1",
            "UPDATE reactions SET count = count - 1
             WHERE room_id = ?1 AND seq = ?2 AND emoji = ?3",
        ] {
            self.db
                .prepare_cached(less)?
                .execute(params![room, of, emoji])?;
        }
        let what = What::Reacted {
            cid,
            of,
            emoji,
            on: false,
        };
        self.log(room, by, what)
    }

    fn has_reacted(
        &self,
        room: RoomId,
        of: Seq,
        emoji: &Emoji,
        user: UserId,
    ) -> rusqlite::Result<bool> {
        self.db
            .prepare_cached(
                "SELECT 1 FROM reactors
                 WHERE room_id = ?1 AND seq = ?2 AND emoji = ?3 AND user_id = ?4",
            )?
            .exists(params![room, of, emoji, user])
    }

    fn target(&self, room: RoomId, of: Seq) -> Result<Target, StoreError> {
        log::head(self.db, room)?;
        self.db
            .prepare_cached(
                "SELECT user_id, body, ifnull(edited_at, at), amended FROM events
                 WHERE room_id = ?1 AND seq = ?2 AND kind = ?3",
            )?
            .query_row(params![room, of, log::MESSAGE], |row| {
                Ok(Target {
                    by: row.get(0)?,
                    body: row.get(1)?,
                    since: row.get(2)?,
                    amended: row.get(3)?,
                })
            })
            .optional()?
            .ok_or(StoreError::NoSuchMessage)
    }

    /// The message is as it was asked to be: whoever asked sees that once they know it in
    /// its newest form.
    fn nothing_to_do(&self, of: Seq, target: &Target) -> Sent {
        Sent {
            seq: target.amended.max(of),
            at: self.now,
            again: true,
        }
    }
}
