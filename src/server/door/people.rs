//! How one becomes somebody, and a member.

use super::{Caller, too_fast};
use crate::{
    protocol::{Cid, Name, Refusal, RefusalCode, RoomId, UserId},
    server::{
        App,
        store::{SessionToken, StoreError},
    },
};
use sha2::{Digest, Sha256};
use std::{fmt::Write as _, sync::Arc};

impl App {
    /// Makes a visitor a guest with this name. Whoever has a name already keeps it. A page
    /// that asks again under its `cid` for the same name gets the same session again.
    ///
    /// # Errors
    /// Everything that `Name::parse` finds, and `NameTaken`.
    pub async fn join(
        &self,
        caller: &mut Caller,
        name: &str,
        cid: Option<Cid>,
    ) -> Result<Option<Arc<SessionToken>>, Refusal> {
        if caller.session.is_some() {
            return Ok(None);
        }
        let name = Name::parse(name)?;
        self.rates.joins.take(caller.address).map_err(too_fast)?;
        let token = match cid {
            Some(cid) => self.session_of_page(cid, name).await?,
            None => Arc::new(self.store.create_session(name, None).await?.1),
        };
        let hash = token.hash();
        let session = self.store.session(&hash).await?;
        caller.session = session.map(|session| (hash, session));
        Ok(Some(token))
    }

    /// The session that this page made for this name, or a new one. The name is asked of the
    /// store, so that one that was changed or given up meanwhile is nobody's claim.
    async fn session_of_page(&self, cid: Cid, name: Name) -> Result<Arc<SessionToken>, Refusal> {
        let made = self.rates.joined.made(cid);
        let store = self.store.clone();
        // A task of its own, because the request ends with its connection: a session that is
        // made must be remembered all the same.
        let task = tokio::spawn(async move {
            let mut made = made.lock().await;
            if let Some(token) = &*made
                && let Some(session) = store.session(&token.hash()).await?
                && session.person.name == name
            {
                return Ok(token.clone());
            }
            let (_, token) = store.create_session(name, None).await?;
            let token = Arc::new(token);
            *made = Some(token.clone());
            Ok::<_, StoreError>(token)
        });
        Ok(task.await.map_err(|_| RefusalCode::Internal)??)
    }

    /// Gives the caller another name. An e-mail address, where the host allows Gravatar,
    /// becomes their picture; an empty one changes nothing.
    ///
    /// # Errors
    /// Everything that `Name::parse` finds, `EmailInvalid`,
    /// `NameTaken`.
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

    /// Makes a member of somebody who opens a room. Whoever opens rooms faster than
    /// memberships may change reads on, and is a member the next time, or when they say
    /// something: a page that is only looked at is never refused.
    ///
    /// # Errors
    /// `NameNeeded`, `NoSuchRoom`.
    pub async fn enter(&self, caller: &Caller, room: RoomId) -> Result<(), Refusal> {
        match self.become_member(caller, room).await {
            Err(refusal) if refusal.code == RefusalCode::TooFast => Ok(()),
            entered => entered,
        }
    }

    /// Makes somebody who asks for it a member of a room. Each membership that begins or
    /// ends is a line in a room's log, and so counts as a change.
    ///
    /// # Errors
    /// `NameNeeded`, `NoSuchRoom`, `TooFast`.
    pub async fn become_member(&self, caller: &Caller, room: RoomId) -> Result<(), Refusal> {
        let person = caller.person()?;
        self.readable(caller, room)?;
        if !self.is_member(person.id, room).await? {
            self.rates.changes.take(person.id).map_err(too_fast)?;
            self.add_member(person.id, room).await?;
        }
        Ok(())
    }

    /// Makes somebody new a member of the room where they chose their name: that was
    /// counted already.
    ///
    /// # Errors
    /// `NameNeeded`, `NoSuchRoom`.
    pub async fn enter_first(&self, caller: &Caller, room: RoomId) -> Result<(), Refusal> {
        let person = caller.person()?;
        self.readable(caller, room)?;
        self.add_member(person.id, room).await
    }

    /// Ends a membership.
    ///
    /// # Errors
    /// `NameNeeded`, `NoSuchRoom`, `TooFast`.
    pub async fn leave(&self, caller: &Caller, room: RoomId) -> Result<(), Refusal> {
        let person = caller.person()?;
        self.readable(caller, room)?;
        if self.is_member(person.id, room).await? {
            self.rates.changes.take(person.id).map_err(too_fast)?;
            self.store.leave(person.id, room).await?;
        }
        Ok(())
    }

    async fn add_member(&self, user: UserId, room: RoomId) -> Result<(), Refusal> {
        let announce = self.hub.announces(room);
        self.store.enter(user, room, announce).await?;
        Ok(())
    }

    async fn is_member(&self, user: UserId, room: RoomId) -> Result<bool, Refusal> {
        Ok(self.store.memberships(user).await?.contains(&room))
    }
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
