//! What one may do to messages. Everybody with a name reacts; only its author writes a
//! message anew or takes it back, and reads what it said before.

use super::{Caller, too_fast};
use crate::{
    protocol::{Body, Cid, Person, Refusal, RefusalCode, RoomId, Seq},
    server::{
        App, emoji,
        store::{Sent, StoredMessage, Version},
    },
};

impl App {
    /// Writes a message of the caller's anew.
    ///
    /// # Errors
    /// Everything that `Body::parse` finds, `NotYours`, `MessageDeleted`, `NoSuchMessage`,
    /// `CidReused` and so on.
    pub async fn edit(
        &self,
        caller: &Caller,
        room: RoomId,
        cid: Cid,
        of: Seq,
        body: &str,
    ) -> Result<Sent, Refusal> {
        let person = self.amending(caller, room, cid)?;
        let submitted = Body::parse(body)?;
        let text = emoji::from_shortcodes(submitted.as_str());
        let edited = self
            .store
            .edit(person.id, room, cid, of, &submitted, text)
            .await?;
        Ok(edited)
    }

    /// Takes a message of the caller's back.
    ///
    /// # Errors
    /// `NotYours`, `NoSuchMessage`, `CidReused` and so on.
    pub async fn delete(
        &self,
        caller: &Caller,
        room: RoomId,
        cid: Cid,
        of: Seq,
    ) -> Result<Sent, Refusal> {
        let person = self.amending(caller, room, cid)?;
        Ok(self.store.delete(person.id, room, cid, of).await?)
    }

    /// Puts an emoji under a message, or takes the caller's away.
    ///
    /// # Errors
    /// `EmojiUnknown`, `TooManyReactions`, `MessageDeleted`, `NoSuchMessage`, `CidReused` and
    /// so on.
    pub async fn react(
        &self,
        caller: &Caller,
        room: RoomId,
        cid: Cid,
        of: Seq,
        emoji: &str,
        on: bool,
    ) -> Result<Sent, Refusal> {
        let person = self.amending(caller, room, cid)?;
        let emoji = emoji::one(emoji)?;
        let reacted = self.store.react(person.id, room, cid, of, emoji, on);
        Ok(reacted.await?)
    }

    /// A message as the caller may read it, with what it said before if it is theirs.
    ///
    /// # Errors
    /// `NoSuchMessage`, or what the store says.
    pub async fn message(
        &self,
        caller: &Caller,
        room: RoomId,
        seq: Seq,
    ) -> Result<(StoredMessage, Vec<Version>), Refusal> {
        self.readable(caller, room)?;
        let me = caller.me().map(|me| me.id);
        let stored = self.store.message(room, seq, me).await?;
        let stored = stored.ok_or(RefusalCode::NoSuchMessage)?;
        let versions = if me == Some(stored.event.by) {
            self.store.versions(room, seq).await?
        } else {
            Vec::new()
        };
        Ok((stored, versions))
    }

    /// Who does something to a message; counted like saying something.
    fn amending<'a>(
        &self,
        caller: &'a Caller,
        room: RoomId,
        cid: Cid,
    ) -> Result<&'a Person, Refusal> {
        let person = caller.person()?;
        // A room will read this name; no visitor may be known by it any more.
        self.rates.joined.forget(cid);
        self.rates.sends.take(person.id).map_err(too_fast)?;
        self.readable(caller, room)?;
        Ok(person)
    }
}
