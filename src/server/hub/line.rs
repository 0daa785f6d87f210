//! A connection as the hub sees it.

use super::mailbox::Mailbox;
use crate::protocol::{RoomId, UserId};
use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
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
    /// Which ones.
    pub rooms: HashSet<RoomId>,
    /// Set when the connection ended: it follows nothing any more.
    pub ended: bool,
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
