//! The one door: pages, forms and sockets find out who somebody is, and whether they may,
//! through these functions and no others. It is asked again at every page, form, socket,
//! frame and replay; who signs out or is no member any more is cut off by the hub at once.
//!
//! Rules today: rooms are public, so everybody reads; who has a name writes. `reading`,
//! `writing`, `amending` and `people` are what the door lets through.

mod amending;
mod people;
mod reading;
mod writing;

use super::{
    App,
    address::Visit,
    session,
    store::{Session, SessionHash},
};
use crate::protocol::{Person, Refusal, RefusalCode, Room, RoomId, Slug};
use axum::http::HeaderMap;
use std::{net::IpAddr, time::Duration};

/// Who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Nothing for a visitor.
    session: Option<(SessionHash, Session)>,
    /// What limits by address are counted on.
    address: IpAddr,
}

impl Caller {
    /// A visitor, or somebody whose session could not be looked up.
    #[must_use]
    pub fn nobody(address: IpAddr) -> Self {
        Self {
            session: None,
            address,
        }
    }

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
        let mut caller = Caller::nobody(visit.limit_key());
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
}

/// What to say when a bucket is empty.
#[must_use]
pub fn too_fast(wait: Duration) -> Refusal {
    Refusal::retry_after(RefusalCode::TooFast, wait)
}
