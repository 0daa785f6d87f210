//! What one may read.

use super::Caller;
use crate::{
    protocol::{Online, Refusal, RoomId, RoomSnapshot, Seq},
    server::{
        App,
        store::{Missed, Page},
    },
};

impl App {
    /// A page of a room's history.
    ///
    /// # Errors
    /// `NoSuchRoom`, or what the store says.
    pub async fn page(
        &self,
        caller: &Caller,
        room: RoomId,
        before: Option<Seq>,
    ) -> Result<Page, Refusal> {
        self.readable(caller, room)?;
        let me = caller.me().map(|me| me.id);
        Ok(self.store.page(room, before, me).await?)
    }

    /// What came behind a place in a room's log, a portion at a time.
    ///
    /// # Errors
    /// `NoSuchRoom`, or what the store says.
    pub async fn missed(
        &self,
        caller: &Caller,
        room: RoomId,
        after: Seq,
    ) -> Result<Missed, Refusal> {
        self.readable(caller, room)?;
        let me = caller.me().map(|me| me.id);
        Ok(self.store.missed(room, after, me).await?)
    }

    /// A room as of now for this caller, or with a page of its past. Who is online is asked
    /// before the database is read: what changes meanwhile comes as a difference.
    ///
    /// # Errors
    /// `NoSuchRoom`, or what the store says.
    pub async fn snapshot(
        &self,
        caller: &Caller,
        room: RoomId,
        before: Option<Seq>,
    ) -> Result<RoomSnapshot, Refusal> {
        let online = self.hub.online(room);
        self.snapshot_with(caller, room, before, online).await
    }

    /// The same with the list that following the room gave.
    ///
    /// # Errors
    /// `NoSuchRoom`, or what the store says.
    pub async fn snapshot_with(
        &self,
        caller: &Caller,
        room: RoomId,
        before: Option<Seq>,
        online: Online,
    ) -> Result<RoomSnapshot, Refusal> {
        let room = self.readable(caller, room)?;
        let page = self.page(caller, room.id, before).await?;
        let mut people = page.people;
        let listed = online.people.iter();
        let missing: Vec<_> = listed
            .filter(|one| people.iter().all(|known| known.id != one.id))
            .cloned()
            .collect();
        people.extend(missing);
        Ok(RoomSnapshot {
            room,
            head: page.head,
            events: page.events,
            older: page.older,
            people,
            online,
            read: page.read.unwrap_or(page.head),
            member: page.read.is_some(),
        })
    }

    /// Moves the caller's read position forward. Others of their devices hear of it.
    ///
    /// # Errors
    /// `NameNeeded`, `NoSuchRoom`.
    pub async fn mark_read(&self, caller: &Caller, room: RoomId, seq: Seq) -> Result<(), Refusal> {
        let person = caller.person()?;
        self.readable(caller, room)?;
        self.store.mark_read(person.id, room, seq).await?;
        Ok(())
    }
}
