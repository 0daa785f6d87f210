//! What one may read.

use super::Caller;
use crate::{
    protocol::{Online, Refusal, ResumeAt, Room, RoomId, RoomSnapshot, RoomSummary, Seq},
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
        Ok(snapshot_of(room, page, online))
    }

    /// A room as [`App::snapshot`] has it, and the list of all rooms: what a page begins with.
    ///
    /// # Errors
    /// `NoSuchRoom`, or what the store says.
    pub async fn view(
        &self,
        caller: &Caller,
        room: RoomId,
        before: Option<Seq>,
    ) -> Result<(RoomSnapshot, Vec<RoomSummary>), Refusal> {
        let online = self.hub.online(room);
        let room = self.readable(caller, room)?;
        let (id, me) = (room.id, caller.me().map(|me| me.id));
        let read = self
            .store
            .at_once(move |moment| Ok((moment.page(id, before, me)?, moment.rooms(me)?)));
        let (page, rooms) = read.await?;
        Ok((snapshot_of(room, page, online), rooms))
    }

    /// The list of all rooms, and what came behind places in the first of these: up to one
    /// where something did, since a client is told a portion at a time.
    ///
    /// # Errors
    /// `NoSuchRoom`, or what the store says.
    pub async fn return_to(
        &self,
        caller: &Caller,
        places: Vec<ResumeAt>,
    ) -> Result<(Vec<RoomSummary>, Vec<Missed>), Refusal> {
        for at in &places {
            self.readable(caller, at.room)?;
        }
        let me = caller.me().map(|me| me.id);
        let read = self.store.at_once(move |moment| {
            let rooms = moment.rooms(me)?;
            let mut all = Vec::new();
            for at in places {
                let missed = moment.missed(at.room, at.last, me)?;
                let is_something = !missed.is_nothing();
                all.push(missed);
                if is_something {
                    break;
                }
            }
            Ok((rooms, all))
        });
        Ok(read.await?)
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

fn snapshot_of(room: Room, page: Page, online: Online) -> RoomSnapshot {
    let mut people = page.people;
    let listed = online.people.iter();
    let missing: Vec<_> = listed
        .filter(|one| people.iter().all(|known| known.id != one.id))
        .cloned()
        .collect();
    people.extend(missing);
    RoomSnapshot {
        room,
        head: page.head,
        events: page.events,
        older: page.older,
        people,
        online,
        read: page.read.unwrap_or(page.head),
        member: page.read.is_some(),
    }
}
