//! Sending: once, whatever happens on the way.

use super::{Store, StoreError, people, writer::Write};
use crate::protocol::{Body, Cid, Millis, RoomId, Seq, UserId};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

/// SHA-256 of a message as it was submitted: a retry must be of the same.
pub(super) type BodyHash = [u8; 32];

/// A message that is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its place in the room.
    pub seq: Seq,
    /// When it was taken.
    pub at: Millis,
    /// Whether it was there already: this was a retry, and nothing was changed.
    pub again: bool,
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
        let hash: BodyHash = Sha256::digest(submitted.as_str()).into();
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
        // Before anything else: the message of a retry is kept, even if its room or its
        // sender could not take a new one now.
        if let Some(first) = kept(self.db, user, cid)? {
            return if first.room == room && first.hash == hash {
                Ok(first.sent)
            } else {
                Err(StoreError::CidReused)
            };
        }
        let by = people::acting(self.db, user)?;
        self.enter(&by, room, announce)?;
        let event = self.log_message(room, &by, cid, text, hash)?;
        Ok(Sent {
            seq: event.seq,
            at: event.at,
            again: false,
        })
    }
}

struct Kept {
    room: RoomId,
    hash: BodyHash,
    sent: Sent,
}

fn kept(db: &Connection, user: UserId, cid: Cid) -> rusqlite::Result<Option<Kept>> {
    db.prepare_cached("SELECT room_id, hash, seq, at FROM events WHERE user_id = ?1 AND cid = ?2")?
        .query_row(params![user, cid], |row| {
            Ok(Kept {
                room: row.get(0)?,
                hash: row.get(1)?,
                sent: Sent {
                    seq: row.get(2)?,
                    at: row.get(3)?,
                    again: true,
                },
            })
        })
        .optional()
}
