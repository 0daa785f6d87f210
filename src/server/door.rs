//! The one door: pages, forms and sockets find out who somebody is, and whether they may,
//! through these functions and no others. It is asked again at every page, form, socket,
//! frame and replay.
//!
//! Rules today: rooms are public, so everybody reads; who has a name writes.

use super::{
    App,
    address::Visit,
    emoji, session,
    store::{Missed, Page, Sent, Session, SessionHash, SessionToken},
};
use crate::protocol::{
    Body, Cid, Name, Online, Person, Refusal, RefusalCode, Room, RoomId, RoomName, RoomSnapshot,
    Seq, Slug, Topic,
};
use axum::http::HeaderMap;
use sha2::{Digest, Sha256};
use std::{fmt::Write as _, net::IpAddr, time::Instant};

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Nothing for a visitor.
    session: Option<(SessionHash, Session)>,
    /// What limits by address are counted on.
    address: IpAddr,
}

impl Caller {
    /// Who it is; nothing for a visitor.
    #[must_use]
    pub fn me(&self) -> Option<&Person> {
        self.session.as_ref().map(|(_, session)| &session.person)
    }

    /// What limits by address are counted on.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// Who it is.
    ///
    /// # Errors
    /// [`RefusalCode::NameNeeded`] for a visitor.
    pub fn person(&self) -> Result<&Person, Refusal> {
        self.me().ok_or_else(|| RefusalCode::NameNeeded.into())
    }
}

impl App {
    /// Finds the session that a request brings.
    ///
    /// # Errors
    /// When the store cannot say.
    pub async fn caller(&self, headers: &HeaderMap, visit: &Visit) -> Result<Caller, Refusal> {
        let mut caller = Caller {
            session: None,
            address: visit.limit_key(),
        };
        if let Some(token) = session::token(headers, visit.https) {
            let hash = token.hash();
            if let Some(session) = self.store.session(&hash).await? {
                if let Err(error) = self.store.touch_session(&hash, &session).await {
                    tracing::warn!(%error, "a session was not written down as seen");
                }
                caller.session = Some((hash, session));
            }
        }
        Ok(caller)
    }

    /// The same caller as of now: somebody may have signed out meanwhile, or be called
    /// something else.
    ///
    /// # Errors
    /// When the store cannot say.
    pub async fn again(&self, caller: &Caller) -> Result<Caller, Refusal> {
        let session = match &caller.session {
            Some((hash, _)) => {
                let session = self.store.session(hash).await?;
                session.map(|session| (*hash, session))
            }
            None => None,
        };
        Ok(Caller {
            session,
            address: caller.address,
        })
    }

    /// Counts one request of this address.
    ///
    /// # Errors
    /// [`RefusalCode::TooFast`].
    pub fn count_request(&self, address: IpAddr) -> Result<(), Refusal> {
        self.rates.requests.take(address).map_err(too_fast)
    }

    /// A room that the caller may read.
    ///
    /// # Errors
    /// [`RefusalCode::NoSuchRoom`], also for one that they may not know of.
    pub fn readable(&self, _caller: &Caller, room: RoomId) -> Result<Room, Refusal> {
        let room = self.hub.room(room);
        room.ok_or_else(|| RefusalCode::NoSuchRoom.into())
    }

    /// The same by its place in the URL.
    ///
    /// # Errors
    /// [`RefusalCode::NoSuchRoom`].
    pub fn readable_by_slug(&self, caller: &Caller, slug: &str) -> Result<Room, Refusal> {
        let slug = Slug::parse(slug)?;
        let room = self.hub.room_by_slug(&slug);
        let room = room.ok_or(RefusalCode::NoSuchRoom)?;
        self.readable(caller, room.id)
    }

    /// A page of a room's history.
    ///
    /// # Errors
    /// [`RefusalCode::NoSuchRoom`], or what the store says.
    pub async fn page(
        &self,
        caller: &Caller,
        room: RoomId,
        before: Option<Seq>,
    ) -> Result<Page, Refusal> {
        self.readable(caller, room)?;
        Ok(self.store.page(room, before).await?)
    }

    /// What came behind a place in a room's log.
    ///
    /// # Errors
    /// [`RefusalCode::NoSuchRoom`], or what the store says.
    pub async fn missed(
        &self,
        caller: &Caller,
        room: RoomId,
        after: Seq,
    ) -> Result<Missed, Refusal> {
        self.readable(caller, room)?;
        Ok(self.store.missed(room, after).await?)
    }

    /// A room as of now for this caller, or with a page of its past. Who is online is asked
    /// before the database is read: what changes meanwhile comes as a difference.
    ///
    /// # Errors
    /// [`RefusalCode::NoSuchRoom`], or what the store says.
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
    /// [`RefusalCode::NoSuchRoom`], or what the store says.
    pub async fn snapshot_with(
        &self,
        caller: &Caller,
        room: RoomId,
        before: Option<Seq>,
        online: Online,
    ) -> Result<RoomSnapshot, Refusal> {
        let room = self.readable(caller, room)?;
        let page = self.store.page(room.id, before).await?;
        let (read, member) = match caller.me() {
            Some(me) => {
                let member = self.store.memberships(me.id).await?.contains(&room.id);
                let read = self.store.read_position(me.id, room.id).await?;
                (if member { read } else { page.head }, member)
            }
            None => (page.head, false),
        };
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
            read,
            member,
        })
    }

    /// Says something. A retry of the same action has the effect of once.
    ///
    /// # Errors
    /// Everything that [`Body::parse`] finds, [`RefusalCode::CidReused`] and so on.
    pub async fn say(
        &self,
        caller: &Caller,
        room: RoomId,
        cid: Cid,
        body: &str,
    ) -> Result<Sent, Refusal> {
        let person = caller.person()?;
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

    /// Makes a visitor a guest with this name. Whoever has a name already keeps it.
    ///
    /// # Errors
    /// Everything that [`Name::parse`] finds, and [`RefusalCode::NameTaken`].
    pub async fn join(
        &self,
        caller: &mut Caller,
        name: &str,
    ) -> Result<Option<SessionToken>, Refusal> {
        if caller.session.is_some() {
            return Ok(None);
        }
        let name = Name::parse(name)?;
        self.rates.joins.take(caller.address).map_err(too_fast)?;
        let (_, token) = self.store.create_session(name, None).await?;
        let hash = token.hash();
        let session = self.store.session(&hash).await?;
        caller.session = session.map(|session| (hash, session));
        Ok(Some(token))
    }

    /// Makes somebody a member of a room.
    ///
    /// # Errors
    /// [`RefusalCode::NameNeeded`], [`RefusalCode::NoSuchRoom`].
    pub async fn enter(&self, caller: &Caller, room: RoomId) -> Result<(), Refusal> {
        let person = caller.person()?;
        self.readable(caller, room)?;
        let announce = self.hub.announces(room);
        self.store.enter(person.id, room, announce).await?;
        Ok(())
    }

    /// Ends a membership.
    ///
    /// # Errors
    /// [`RefusalCode::NameNeeded`], [`RefusalCode::NoSuchRoom`].
    pub async fn leave(&self, caller: &Caller, room: RoomId) -> Result<(), Refusal> {
        let person = caller.person()?;
        self.readable(caller, room)?;
        self.store.leave(person.id, room).await?;
        Ok(())
    }

    /// Sets what a room is about.
    ///
    /// # Errors
    /// Everything that [`Topic::parse`] finds, [`RefusalCode::NameNeeded`] and so on.
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

    /// Makes a room.
    ///
    /// # Errors
    /// Everything that [`RoomName::parse`], [`Slug::of`] and [`Topic::parse`] find,
    /// [`RefusalCode::RoomTaken`] and so on.
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
        Ok(self.store.create_room(person.id, name, slug, topic).await?)
    }

    /// Gives the caller another name. An e-mail address, where the host allows Gravatar,
    /// becomes their picture; an empty one changes nothing.
    ///
    /// # Errors
    /// Everything that [`Name::parse`] finds, [`RefusalCode::EmailInvalid`],
    /// [`RefusalCode::NameTaken`].
    pub async fn rename(
        &self,
        caller: &mut Caller,
        name: &str,
        email: &str,
        forget_email: bool,
    ) -> Result<(), Refusal> {
        let person = caller.person()?.clone();
        let name = Name::parse(name)?;
        let gravatar = if forget_email {
            Some(None)
        } else if self.config.gravatar && !email.trim().is_empty() {
            Some(Some(gravatar(email)?))
        } else {
            None
        };
        self.rates.changes.take(person.id).map_err(too_fast)?;
        let person = self.store.rename(person.id, name, gravatar).await?;
        if let Some((_, session)) = &mut caller.session {
            session.person = person;
        }
        Ok(())
    }

    /// Ends the session, if there is one.
    ///
    /// # Errors
    /// What the store says.
    pub async fn sign_out(&self, caller: &mut Caller) -> Result<(), Refusal> {
        if let Some((hash, _)) = &caller.session {
            self.store.end_session(hash).await?;
            caller.session = None;
        }
        Ok(())
    }

    /// Moves the caller's read position forward. Others of their devices hear of it.
    ///
    /// # Errors
    /// [`RefusalCode::NameNeeded`], [`RefusalCode::NoSuchRoom`].
    pub async fn mark_read(&self, caller: &Caller, room: RoomId, seq: Seq) -> Result<(), Refusal> {
        let person = caller.person()?;
        self.readable(caller, room)?;
        self.store.mark_read(person.id, room, seq).await?;
        Ok(())
    }
}

/// What to say when a bucket is empty.
#[must_use]
pub fn too_fast(wait: std::time::Duration) -> Refusal {
    Refusal::retry_after(RefusalCode::TooFast, wait)
}

/// SHA-256 of the address in lower case, as gravatar.com asks for it.
fn gravatar(email: &str) -> Result<String, RefusalCode> {
    let email = email.trim().to_lowercase();
    let plain = email
        .chars()
        .all(|c| !c.is_whitespace() && !c.is_control() && c != ',');
    let sides = email.split_once('@');
    let whole = sides.is_some_and(|(name, host)| {
        !name.is_empty() && host.len() > 2 && host.contains('.') && !host.contains('@')
    });
    if !plain || !whole || email.len() > 254 {
        return Err(RefusalCode::EmailInvalid);
    }
    let digest = Sha256::digest(email.as_bytes());
    Ok(digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_its_hash_and_nothing_else_does() {
        let hash = gravatar(" Ada@Example.org ").unwrap();
        assert_eq!(hash.len(), 64);
        assert_eq!(gravatar("ada@example.org").unwrap(), hash);
        for wrong in ["", "ada", "@example.org", "ada@", "a@b@c.d", "a b@c.de"] {
            assert_eq!(gravatar(wrong), Err(RefusalCode::EmailInvalid), "{wrong}");
        }
    }
}
