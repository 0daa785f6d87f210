//! What was read of logs lately up to their end: most of what is read is just that again.

use super::Change;
use crate::{
    protocol::{Event, RoomId, Seq},
    server::slice::bytes,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// So many pieces are kept; then it begins anew.
const MOST: usize = 64;
/// Longer ones are read each time.
const BYTES: usize = 64 * 1024;

/// Pieces of logs, as they are for a visitor.
#[derive(Default)]
pub(super) struct Newest(Mutex<HashMap<Piece, Arc<Read>>>);

/// Which piece of a log.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Piece {
    /// The last page of a room.
    Page(RoomId),
    /// The first portion of what came behind a place.
    Behind(RoomId, Seq),
}

/// What a piece is while this is the room's newest event. It needs no other sign of being out
/// of date: whatever changes a message, or what stands under it, is an event itself.
pub(super) struct Read {
    pub head: Seq,
    pub events: Vec<Event>,
    /// Whether there is more before a page.
    pub older: bool,
}

impl Newest {
    pub(super) fn find(&self, piece: Piece, head: Seq) -> Option<Arc<Read>> {
        let found = self.lock().get(&piece).cloned();
        found.filter(|read| read.head == head)
    }

    pub(super) fn keep(&self, piece: Piece, read: Arc<Read>) {
        let mut pieces = self.lock();
        if bytes(&read.events) > BYTES {
            pieces.remove(&piece);
            return;
        }
        if pieces.len() >= MOST && !pieces.contains_key(&piece) {
            pieces.clear();
        }
        pieces.insert(piece, read);
    }

    /// Lets go of words that were deleted.
    pub(super) fn forget_deleted(&self, changes: &[Change]) {
        if changes.iter().any(Change::takes_words) {
            self.lock().clear();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Piece, Arc<Read>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
