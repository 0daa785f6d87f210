//! What waits for one connection: bounded, and empty most of the time.

use super::{
    frame::Parcel,
    sync::{Mutex, MutexGuard, Notify},
};
use crate::{
    planted::{Mistake, planted},
    protocol::CloseCode,
};
use std::{collections::VecDeque, sync::PoisonError};

/// The queue between the hub and one connection. Pushing never waits: whoever does not
/// empty their mailbox is closed with [`CloseCode::TooSlow`], and a resume brings what was
/// thrown away.
#[derive(Debug)]
pub struct Mailbox {
    capacity: usize,
    state: Mutex<State>,
    /// One permit is enough: only the connection's own task waits.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Parcel>,
    closed: Option<CloseCode>,
}

impl Mailbox {
    /// An empty one for so many frames.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity,
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Puts a frame in; into a closed mailbox nothing goes.
    pub fn push(&self, parcel: Parcel) {
        let mut state = self.lock();
        if state.closed.is_some() {
            return;
        }
        if state.waiting.len() >= self.capacity {
            state.closed = Some(CloseCode::TooSlow);
            state.waiting = VecDeque::new();
        } else {
            state.waiting.push_back(parcel);
        }
        drop(state);
        if planted(Mistake::MissedWakeUp) {
            self.changed.notify_waiters();
        } else if !planted(Mistake::LostWakeUp) {
            self.changed.notify_one();
        }
    }

    /// Takes nothing more in. What waits already can still be taken out.
    pub fn close(&self, code: CloseCode) {
        let mut state = self.lock();
        state.closed.get_or_insert(code);
        drop(state);
        self.changed.notify_one();
    }

    /// Moves everything that waits into an empty queue.
    pub fn take(&self, into: &mut VecDeque<Parcel>) {
        std::mem::swap(&mut self.lock().waiting, into);
    }

    /// The reason, once it is closed.
    #[must_use]
    pub fn closed(&self) -> Option<CloseCode> {
        self.lock().closed
    }

    /// Returns when something waits or the mailbox is closed. Cancel-safe.
    pub async fn filled(&self) {
        self.until(|state| !state.waiting.is_empty() || state.closed.is_some())
            .await;
    }

    /// Returns when the mailbox is closed. Cancel-safe.
    pub async fn shut(&self) {
        self.until(|state| state.closed.is_some()).await;
    }

    async fn until(&self, holds: impl Fn(&State) -> bool) {
        while !holds(&self.lock()) {
            self.changed.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::ServerFrame;

    #[test]
    fn a_full_mailbox_closes_and_forgets() {
        let mailbox = Mailbox::new(2);
        let pong = Parcel::plain(&ServerFrame::Pong);
        mailbox.push(pong.clone());
        mailbox.push(pong.clone());
        assert_eq!(mailbox.closed(), None, "full is not too full");
        mailbox.push(pong.clone());
        assert_eq!(mailbox.closed(), Some(CloseCode::TooSlow));
        mailbox.push(pong);
        let mut taken = VecDeque::new();
        mailbox.take(&mut taken);
        assert!(taken.is_empty());
    }

    #[test]
    fn the_first_reason_to_close_stays_and_what_waited_can_be_taken() {
        let mailbox = Mailbox::new(2);
        mailbox.push(Parcel::plain(&ServerFrame::Pong));
        mailbox.close(CloseCode::GoingAway);
        mailbox.close(CloseCode::SessionEnded);
        assert_eq!(mailbox.closed(), Some(CloseCode::GoingAway));
        let mut taken = VecDeque::new();
        mailbox.take(&mut taken);
        assert_eq!(taken.len(), 1);
    }
}
