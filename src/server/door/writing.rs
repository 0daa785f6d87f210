//! What one may say, and what one may make of rooms.

use super::{Caller, too_fast};
use crate::{
    protocol::{Body, Cid, Refusal, RefusalCode, Room, RoomId, RoomName, Slug, Topic},
    server::{App, emoji, store::Sent},
};
use std::time::Instant;

impl App {
    /// Says something. A retry of the same action has the effect of once.
    ///
    /// # Errors
    /// Everything that `Body::parse` finds, `CidReused` and so on.
    pub async fn say(
        &self,
        caller: &Caller,
        room: RoomId,
        cid: Cid,
        body: &str,
    ) -> Result<Sent, Refusal> {
        let person = caller.person()?;
        // A room will read this name; no visitor may be known by it any more.
        self.rates.joined.forget(cid);
        self.rates.sends.take(person.id).map_err(too_fast)?;
        self.readable(caller, room)?;
        let submitted = Body::parse(body)?;
        let text = emoji::from_shortcodes(submitted.as_str());
        let announce = self.hub.announces(room);
        let taken = Instant::now();
        let sent = self
            .store
            .send(person.id, room, cid, &submitted, text, announce)
            .await?;
        if !sent.again {
            self.counters.messages.increment(1);
        }
        self.counters.send_seconds.record(taken.elapsed());
        Ok(sent)
    }

    /// Makes a room.
    ///
    /// # Errors
    /// Everything that `RoomName::parse`, `Slug::of` and `Topic::parse` find,
    /// `RoomTaken`, `TooFast` and so on.
    pub async fn create_room(
        &self,
        caller: &Caller,
        name: &str,
        topic: &str,
    ) -> Result<Room, Refusal> {
        let person = caller.person()?;
        let name = RoomName::parse(name)?;
        let slug = Slug::of(&name)?;
        let topic = Topic::parse(topic)?;
        self.rates.changes.take(person.id).map_err(too_fast)?;
        // Two at the very same moment may both pass; the store only knows equal ones.
        if self.hub.has_look_alike(&slug) {
            return Err(RefusalCode::RoomTaken.into());
        }
        // Behind what the person may mend: a name that is taken costs no room.
        self.rates.rooms.take(caller.address).map_err(too_fast)?;
        Ok(self.store.create_room(person.id, name, slug, topic).await?)
    }

    /// Sets what a room is about.
    ///
    /// # Errors
    /// Everything that `Topic::parse` finds, `NameNeeded` and so on.
    pub async fn set_topic(
        &self,
        caller: &Caller,
        room: RoomId,
        topic: &str,
    ) -> Result<(), Refusal> {
        let person = caller.person()?;
        self.readable(caller, room)?;
        let topic = Topic::parse(topic)?;
        self.rates.changes.take(person.id).map_err(too_fast)?;
        self.store.set_topic(person.id, room, topic).await?;
        Ok(())
    }
}
