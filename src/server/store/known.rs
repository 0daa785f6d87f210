//! Sessions that were asked for lately: every page and every socket begins with one, and mostly
//! with one that began something a moment ago.

use super::{Change, Session, SessionHash};
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

/// So many are remembered; then the memory begins anew. Each takes about 200 bytes.
const MOST: usize = 20_000;

/// The memory. What a commit changes is forgotten before anybody is told of it: whoever was
/// answered that they are signed out is nobody from then on.
#[derive(Default)]
pub(super) struct Known(Mutex<Sessions>);

#[derive(Default)]
struct Sessions {
    found: HashMap<SessionHash, Session>,
    /// How often something was forgotten.
    forgotten: u64,
}

/// Where the memory stood when it did not know a session.
pub(super) struct Unknown(u64);

impl Known {
    pub(super) fn find(&self, token: &SessionHash) -> Result<Session, Unknown> {
        let sessions = self.lock();
        let found = sessions.found.get(token).cloned();
        found.ok_or(Unknown(sessions.forgotten))
    }

    /// Remembers what the database said, unless something was forgotten since: then it may
    /// have said it before.
    pub(super) fn learn(&self, token: SessionHash, session: Session, since: &Unknown) {
        let mut sessions = self.lock();
        if sessions.forgotten != since.0 {
            return;
        }
        if sessions.found.len() >= MOST {
            sessions.found.clear();
        }
        sessions.found.insert(token, session);
    }

    pub(super) fn forget(&self, token: &SessionHash) {
        let mut sessions = self.lock();
        sessions.forgotten += 1;
        sessions.found.remove(token);
    }

    /// Forgets whoever is not what they were.
    pub(super) fn forget_changed(&self, changes: &[Change]) {
        let users: HashSet<_> = changes.iter().filter_map(changed).collect();
        if users.is_empty() {
            return;
        }
        let mut sessions = self.lock();
        sessions.forgotten += 1;
        sessions
            .found
            .retain(|_, session| !users.contains(&session.person.id));
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whose sessions are not what they were.
fn changed(change: &Change) -> Option<crate::protocol::UserId> {
    match change {
        Change::Person(person) => Some(person.id),
        Change::SessionEnded { user } => Some(*user),
        _ => None,
    }
}
