//! Sessions: how a browser is known again, and when a name is free again.

use super::{Change, SessionHash, SessionToken, Store, StoreError, members, people, writer::Write};
use crate::protocol::{Millis, Name, Person, UserId, What, limits::SESSION_IDLE};
use rusqlite::{Connection, OptionalExtension, params};
use std::time::Duration;

/// A session in use is written down as seen at most this often.
const SEEN_EVERY: Duration = Duration::from_secs(60 * 60);
/// Sessions that one command ends: others want to write too.
const EXPIRED_AT_ONCE: u32 = 50;

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose it is, as of now.
    pub person: Person,
    /// When it began.
    pub created: Millis,
    /// When it was last written down as seen: up to an hour before it really was.
    pub seen: Millis,
}

impl Store {
    /// A new guest: a person with this name, and their session.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`], and what every write can meet.
    pub async fn create_session(
        &self,
        name: Name,
        gravatar: Option<String>,
    ) -> Result<(Person, SessionToken), StoreError> {
        let token = SessionToken::random()?;
        let hash = token.hash();
        let person = self
            .write(move |write| {
                let person = people::add(write.db, name, gravatar, write.now)?;
                write
                    .db
                    .prepare_cached(
                        "INSERT INTO sessions (hash, user_id, created_at, seen_at)
                         VALUES (?1, ?2, ?3, ?3)",
                    )?
                    .execute(params![hash, person.id, write.now])?;
                Ok(person)
            })
            .await?;
        Ok((person, token))
    }

    /// The session of a token, if there is one.
    ///
    /// # Errors
    /// What every read can meet.
    pub async fn session(&self, token: &SessionHash) -> Result<Option<Session>, StoreError> {
        let known = &self.0.memory.known;
        let unknown = match known.find(token) {
            Ok(session) => return Ok(Some(session)),
            Err(unknown) => unknown,
        };
        let hash = *token;
        let found = self.read(move |db| Ok(session(db, hash)?)).await?;
        if let Some(session) = &found {
            known.learn(hash, session.clone(), &unknown);
        }
        Ok(found)
    }

    /// Writes down that a session is in use, unless that was done within the hour. `session`
    /// is what [`Store::session`] said.
    ///
    /// # Errors
    /// What every write can meet.
    pub async fn touch_session(
        &self,
        token: &SessionHash,
        session: &Session,
    ) -> Result<(), StoreError> {
        // Either way round: a clock that was wrong for a while must not keep a session
        // alive for ever.
        let since = (self.0.clock)().0.abs_diff(session.seen.0);
        if u128::from(since) < SEEN_EVERY.as_millis() {
            return Ok(());
        }
        let hash = *token;
        self.write(move |write| {
            write
                .db
                .prepare_cached("UPDATE sessions SET seen_at = ?2 WHERE hash = ?1")?
                .execute(params![hash, write.now])?;
            Ok(())
        })
        .await?;
        self.0.memory.known.forget(token);
        Ok(())
    }

    /// Signs out. With the last session of a guest their name is free for others, and they
    /// are no member of any room. Returns whose session it was; nothing if there was none.
    ///
    /// # Errors
    /// What every write can meet.
    pub async fn end_session(&self, token: &SessionHash) -> Result<Option<UserId>, StoreError> {
        let hash = *token;
        self.write(move |write| write.end_session(hash)).await
    }

    /// Ends the sessions that nobody used for [`SESSION_IDLE`]. Returns how many.
    ///
    /// # Errors
    /// What every write can meet; those that were ended stay so.
    pub async fn expire_sessions(&self) -> Result<usize, StoreError> {
        let mut ended = 0;
        loop {
            let now = self.write(|write| write.expire_sessions()).await?;
            ended += now;
            if now == 0 {
                return Ok(ended);
            }
        }
    }

    /// Gives somebody another name, and another picture if `gravatar` says so. The log of
    /// each of their rooms tells the name.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`], [`StoreError::NoSuchUser`], and what every write can meet.
    pub async fn rename(
        &self,
        user: UserId,
        name: Name,
        gravatar: Option<Option<String>>,
    ) -> Result<Person, StoreError> {
        self.write(move |write| write.rename(user, name, gravatar))
            .await
    }
}

impl Write<'_> {
    fn end_session(&mut self, hash: SessionHash) -> Result<Option<UserId>, StoreError> {
        let user: Option<UserId> = self
            .db
            .prepare_cached("DELETE FROM sessions WHERE hash = ?1 RETURNING user_id")?
            .query_row([hash], |row| row.get(0))
            .optional()?;
        let Some(user) = user else {
            return Ok(None);
        };
        let others = self
            .db
            .prepare_cached("SELECT 1 FROM sessions WHERE user_id = ?1")?
            .exists([user])?;
        if !others {
            let person = people::acting(self.db, user)?;
            for room in members::memberships(self.db, user)? {
                self.leave(&person, room)?;
            }
            people::release(self.db, user)?;
        }
        self.changes.push(Change::SessionEnded { user });
        Ok(Some(user))
    }

    fn expire_sessions(&mut self) -> Result<usize, StoreError> {
        let idle = i64::try_from(SESSION_IDLE.as_millis()).unwrap_or(i64::MAX);
        let before = Millis(self.now.0.saturating_sub(idle));
        let expired: Vec<SessionHash> = self
            .db
            .prepare_cached("SELECT hash FROM sessions WHERE seen_at < ?1 LIMIT ?2")?
            .query_map(params![before, EXPIRED_AT_ONCE], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for hash in &expired {
            self.end_session(*hash)?;
        }
        Ok(expired.len())
    }

    fn rename(
        &mut self,
        user: UserId,
        name: Name,
        gravatar: Option<Option<String>>,
    ) -> Result<Person, StoreError> {
        let before = people::acting(self.db, user)?;
        let person = Person {
            id: user,
            name,
            gravatar: gravatar.unwrap_or_else(|| before.gravatar.clone()),
        };
        if person == before {
            return Ok(person);
        }
        people::change(self.db, &person)?;
        self.changes.push(Change::Person(person.clone()));
        if person.name != before.name {
            for room in members::memberships(self.db, user)? {
                let what = What::Renamed {
                    from: before.name.clone(),
                    to: person.name.clone(),
                };
                self.log(room, &person, what)?;
            }
        }
        Ok(person)
    }
}

fn session(db: &Connection, hash: SessionHash) -> rusqlite::Result<Option<Session>> {
    db.prepare_cached(
        "SELECT id, name, gravatar, sessions.created_at, seen_at
         FROM sessions JOIN users ON id = user_id WHERE hash = ?1",
    )?
    .query_row([hash], |row| {
        Ok(Session {
            person: people::person(row)?,
            created: row.get(3)?,
            seen: row.get(4)?,
        })
    })
    .optional()
}
