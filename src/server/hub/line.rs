//! A connection as the hub sees it.

use super::{
    frame::Bundle,
    mailbox::Mailbox,
    sync::{Mutex, MutexGuard},
};
use crate::{
    protocol::{Person, RoomId, UserId},
    server::metrics::FRAMES_OUT,
};
use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, PoisonError},
};

/// One connection: whose it is, what waits for it, which rooms it follows.
#[derive(Debug)]
pub struct Line {
    /// Counted from 0 since the start of the server.
    pub id: u64,
    /// Nothing for a visitor.
    pub user: Option<UserId>,
    /// What waits for it.
    pub mailbox: Mailbox,
    /// Locked before the room's own lock, so that leaving and following cannot cross.
    follows: Mutex<Follows>,
}

/// The rooms that a line follows.
#[derive(Debug, Default)]
pub(super) struct Follows {
    /// Which ones, in an order that is always the same.
    pub rooms: BTreeSet<RoomId>,
    /// Set when the connection ended: it follows nothing any more.
    pub ended: bool,
    /// Whose it is, if that was told since it began: newer than what the database said to
    /// somebody who asked before.
    pub person: Option<Person>,
    /// Rooms of which its person is no member any more, if that was told since it began.
    pub left: HashSet<RoomId>,
}

impl Line {
    pub(super) fn new(id: u64, user: Option<UserId>, queue_frames: usize) -> Self {
        Self {
            id,
            user,
            mailbox: Mailbox::new(queue_frames),
            follows: Mutex::default(),
        }
    }

    /// Whether it follows this room.
    #[must_use]
    pub fn is_following(&self, room: RoomId) -> bool {
        self.follows().rooms.contains(&room)
    }

    pub(super) fn follows(&self) -> MutexGuard<'_, Follows> {
        self.follows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts frames into every mailbox. This is the fast path: to a room of a thousand it is
/// walked a thousand times for each message, and what it costs beside the writes themselves
/// stands in `docs/PERFORMANCE.md`.
pub(super) fn tell<'l>(lines: impl IntoIterator<Item = &'l Arc<Line>>, bundle: &Bundle) {
    let written = lines.into_iter().map(|line| line.mailbox.push(bundle));
    FRAMES_OUT.increment(written.sum::<usize>() as u64);
}
