//! Sending: once, whatever happens on the way.

use super::{Store, StoreError, log, people, writer::Write};
use crate::planted::{Mistake, planted};
use crate::protocol::{Body, Cid, Emoji, Event, Message, Millis, RoomId, Seq, UserId, What};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

/// SHA-256 of a message as it was submitted: a retry must be of the same.
pub(super) type BodyHash = [u8; 32];

/// A message, or what was done to one, that is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its place in the room's log.
    pub seq: Seq,
    /// When it was taken.
    pub at: Millis,
    /// Whether it was there already: this was a retry, and nothing was changed.
    pub again: bool,
}

impl Sent {
    /// What has just been done.
    pub(super) fn of(event: &Event) -> Self {
        Self {
            seq: event.seq,
            at: event.at,
            again: false,
        }
    }
}

impl Store {
    /// Keeps a message; the sender becomes a member first if they are none, which the log
    /// tells if `announce`. `submitted` is what the client sent and will send again in a
    /// retry, `text` what others will read.
    ///
    /// # Errors
    /// [`StoreError::CidReused`] if the `cid` stands for another message or another room,
    /// [`StoreError::NoSuchRoom`], [`StoreError::NoSuchUser`], and what every write can meet.
    pub async fn send(
        &self,
        user: UserId,
        room: RoomId,
        cid: Cid,
        submitted: &Body,
        text: String,
        announce: bool,
    ) -> Result<Sent, StoreError> {
        let hash = hash(submitted);
        self.write(move |write| write.send(user, room, cid, hash, text, announce))
            .await
    }
}

impl Write<'_> {
    fn send(
        &mut self,
        user: UserId,
        room: RoomId,
        cid: Cid,
        hash: BodyHash,
        text: String,
        announce: bool,
    ) -> Result<Sent, StoreError> {
        let asked = Asked {
            room,
            kind: log::MESSAGE,
            of: None,
            words: Words::Hash(hash),
        };
        if let Some(sent) = self.done_before(user, cid, &asked)? {
            return Ok(sent);
        }
        let by = people::acting(self.db, user)?;
        self.enter(&by, room, announce)?;
        let what = What::Message(Message::new(cid, text));
        let event = self.log_words(room, &by, what, hash)?;
        Ok(Sent::of(&event))
    }

    /// What came of the same action, if it was done already. Asked before anything else: the
    /// outcome of a retry is kept, even if its room or its sender could not do it now.
    pub(super) fn done_before(
        &self,
        user: UserId,
        cid: Cid,
        asked: &Asked,
    ) -> Result<Option<Sent>, StoreError> {
        match kept(self.db, user, cid)? {
            None => Ok(None),
            Some(first)
                if planted(Mistake::ForgetfulDedupe)
                    && self.now.0.abs_diff(first.sent.at.0) > 30_000 =>
            {
                Ok(None)
            }
            Some(first) if first.is_of(asked) => Ok(Some(first.sent)),
            Some(_) => Err(StoreError::CidReused),
        }
    }
}

/// What a retry must repeat.
pub(super) fn hash(submitted: &Body) -> BodyHash {
    Sha256::digest(submitted.as_str()).into()
}

/// What a `cid` stands for: whoever asks again must ask for the same.
pub(super) struct Asked {
    pub room: RoomId,
    /// The kind of event.
    pub kind: i64,
    /// The message that it is done to.
    pub of: Option<Seq>,
    pub words: Words,
}

/// What was said with an action.
pub(super) enum Words {
    /// Nothing.
    None,
    /// An emoji.
    Emoji(Emoji),
    /// Of a text.
    Hash(BodyHash),
}

struct Kept {
    room: RoomId,
    kind: i64,
    of: Option<Seq>,
    /// Gone with a deleted message.
    hash: Option<BodyHash>,
    body: Option<String>,
    sent: Sent,
}

impl Kept {
    fn is_of(&self, asked: &Asked) -> bool {
        let words = match &asked.words {
            Words::None => true,
            Words::Emoji(emoji) => self.body.as_deref() == Some(emoji.as_str()),
            Words::Hash(hash) => self.hash.is_none_or(|kept| kept == *hash),
        };
        (self.room, self.kind, self.of) == (asked.room, asked.kind, asked.of) && words
    }
}

fn kept(db: &Connection, user: UserId, cid: Cid) -> rusqlite::Result<Option<Kept>> {
    db.prepare_cached(
        "SELECT room_id, kind, of_seq, hash, body, seq, at
         FROM events WHERE user_id = ?1 AND cid = ?2",
    )?
    .query_row(params![user, cid], |row| {
        Ok(Kept {
            room: row.get(0)?,
            kind: row.get(1)?,
            of: row.get(2)?,
            hash: row.get(3)?,
            body: row.get(4)?,
            sent: Sent {
                seq: row.get(5)?,
                at: row.get(6)?,
                again: true,
            },
        })
    })
    .optional()
}
