//! What waits for one connection: bounded, and empty most of the time.

use super::{
    frame::{Bundle, Frame, Parcel},
    outlet::Outlet,
    sync::{Mutex, MutexGuard, Notify},
};
use crate::{
    planted::{Mistake, planted},
    protocol::{CloseCode, RoomId, Seq},
};
use std::{
    collections::VecDeque,
    sync::{Arc, OnceLock, PoisonError},
};

/// The queue between the hub and one connection. Pushing never waits: while the connection
/// has nothing to say of its own a frame goes straight to its socket, and what the socket
/// does not take at once waits here. Whoever does not empty their mailbox is closed with
/// [`CloseCode::TooSlow`], and a resume brings what was thrown away.
///
/// Everything that a push looks at is in one line of memory, and the socket's number in a second
/// one, as long as nothing waits: a crowd is thousands of mailboxes, and none of them is in the
/// cache.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Mailbox {
    /// Nothing for a connection that takes everything from here.
    outlet: OnceLock<Arc<dyn Outlet>>,
    state: Mutex<State>,
    capacity: usize,
    /// One permit is enough: only the connection's own task waits.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    closed: Option<CloseCode>,
    /// The connection's task waits, and has written everything: the outlet is ours.
    is_ours: bool,
    /// The connection is over: the outlet never is.
    is_over: bool,
    /// What is not there most of the time: then neither is this.
    backlog: Option<Box<Backlog>>,
}

#[derive(Debug, Default)]
struct Backlog {
    /// What the socket did not take at once of a frame that it has begun to take.
    rest: Option<Frame>,
    waiting: VecDeque<Parcel>,
    /// What a replay or a snapshot has told already, until the live feed is past it.
    told: Vec<(RoomId, Seq)>,
}

impl Mailbox {
    /// An empty one for so many frames.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self {
            outlet: OnceLock::new(),
            state: Mutex::default(),
            capacity,
            changed: Notify::new(),
        }
    }

    /// From now on frames may go straight to the socket, and to no other.
    pub fn open(&self, outlet: Arc<dyn Outlet>) {
        let _ = self.outlet.set(outlet);
    }

    /// Has the memory brought that a push will look at: for many mailboxes one after the other
    /// it comes at the same time, where each push would wait for its own.
    pub(super) fn warm(&self) {
        if let Some(outlet) = self.outlet.get() {
            outlet.warm();
        }
    }

    /// Puts frames in; into a closed mailbox nothing goes. Returns how many of them went
    /// straight to the socket.
    pub fn push(&self, bundle: &Bundle) -> usize {
        let mut state = self.lock();
        if state.closed.is_some() {
            return 0;
        }
        let (written, behind) = state.write_now(self.outlet.get(), bundle);
        if !behind.is_empty() {
            state.keep(behind, self.capacity);
        }
        if state.is_empty() {
            return written;
        }
        drop(state);
        if planted(Mistake::MissedWakeUp) {
            self.changed.notify_waiters();
        } else if !planted(Mistake::LostWakeUp) {
            self.changed.notify_one();
        }
        written
    }

    /// Takes nothing more in. What waits already can still be taken out.
    pub fn close(&self, code: CloseCode) {
        let mut state = self.lock();
        state.closed.get_or_insert(code);
        drop(state);
        self.changed.notify_one();
    }

    /// The connection is over: nothing goes to its socket any more, whoever still knows of it.
    pub fn retire(&self) {
        let mut state = self.lock();
        (state.is_ours, state.is_over) = (false, true);
    }

    /// Moves everything that waits to the end of a queue.
    pub fn take(&self, into: &mut VecDeque<Parcel>) {
        let mut state = self.lock();
        into.extend(state.take_rest());
        if let Some(backlog) = &mut state.backlog {
            into.append(&mut backlog.waiting);
        }
        state.forget_empty();
    }

    /// The reason, once it is closed.
    #[must_use]
    pub fn closed(&self) -> Option<CloseCode> {
        self.lock().closed
    }

    /// Leaves the socket to the mailbox, and returns when something waits or the mailbox is
    /// closed. Cancel-safe; [`Mailbox::hold`] before anything is written.
    pub async fn filled(&self) {
        self.until(|state| {
            let is_filled = !state.is_empty();
            state.is_ours = !is_filled && !state.is_over && self.outlet.get().is_some();
            is_filled
        })
        .await;
    }

    /// The socket is the connection's own again, and everything put here waits for it. What
    /// this returns goes out before all else: the other side has its beginning.
    #[must_use]
    pub fn hold(&self) -> Option<Parcel> {
        let mut state = self.lock();
        state.is_ours = false;
        let rest = state.take_rest();
        state.forget_empty();
        rest
    }

    /// A replay or a snapshot has told the room up to here: what waits of that is superfluous,
    /// and so is what still comes of it, if it may. The feed is in order: the first frame that is
    /// new makes the note superfluous, too.
    pub fn note_told(&self, room: RoomId, seq: Seq, may_come: bool) {
        let mut state = self.lock();
        if !may_come && state.backlog.is_none() {
            return;
        }
        let backlog = state.backlog.get_or_insert_default();
        backlog.told.retain(|(told, _)| *told != room);
        backlog.told.push((room, seq));
        let waiting = std::mem::take(&mut backlog.waiting);
        for parcel in waiting {
            if !backlog.is_told(&parcel) {
                backlog.waiting.push_back(parcel);
            }
        }
        if !may_come {
            backlog.told.retain(|(told, _)| *told != room);
        }
        state.forget_empty();
    }

    /// Returns when the mailbox is closed. Cancel-safe.
    pub async fn shut(&self) {
        self.until(|state| state.closed.is_some()).await;
    }

    async fn until(&self, holds: impl Fn(&mut State) -> bool) {
        while !holds(&mut self.lock()) {
            self.changed.notified().await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Writes frames if the socket is ours; returns how many it took, and those that it did
    /// not begin to take.
    fn write_now<'b>(
        &mut self,
        outlet: Option<&Arc<dyn Outlet>>,
        bundle: &'b Bundle,
    ) -> (usize, &'b [Parcel]) {
        let backlog = self.backlog.as_deref();
        let is_noted = backlog.is_some_and(|backlog| backlog.has_noted(bundle.parcels()));
        let Some(outlet) = outlet.filter(|_| self.is_ours && !is_noted) else {
            return (0, bundle.parcels());
        };
        let written = outlet.write_now(bundle.bytes());
        if written == bundle.bytes().len() {
            return (bundle.parcels().len(), &[]);
        }
        let (rest, behind) = bundle.behind(written);
        self.is_ours = rest.is_none();
        let begun = usize::from(rest.is_some());
        if rest.is_some() {
            self.backlog.get_or_insert_default().rest = rest;
        }
        (bundle.parcels().len() - behind.len() - begun, behind)
    }

    /// Keeps frames that are new to the client, as long as there is room.
    fn keep(&mut self, parcels: &[Parcel], capacity: usize) {
        let backlog = self.backlog.get_or_insert_default();
        for parcel in parcels {
            if backlog.is_told(parcel) {
                continue;
            }
            if backlog.waiting.len() >= capacity {
                self.closed = Some(CloseCode::TooSlow);
                backlog.waiting = VecDeque::new();
                break;
            }
            backlog.waiting.push_back(parcel.clone());
            // What comes after this waits behind it.
            self.is_ours = false;
        }
        self.forget_empty();
    }

    /// Whether there is nothing to do for the connection.
    fn is_empty(&self) -> bool {
        let waits = |backlog: &Backlog| backlog.rest.is_some() || !backlog.waiting.is_empty();
        self.closed.is_none() && !self.backlog.as_deref().is_some_and(waits)
    }

    fn take_rest(&mut self) -> Option<Parcel> {
        let frame = self.backlog.as_mut()?.rest.take()?;
        Some(Parcel {
            up_to: None,
            is_rest: true,
            frame,
        })
    }

    fn forget_empty(&mut self) {
        let is_needless = |backlog: &mut Box<Backlog>| {
            backlog.rest.is_none() && backlog.waiting.is_empty() && backlog.told.is_empty()
        };
        self.backlog.take_if(is_needless);
    }
}

impl Backlog {
    /// Whether a note says something about one of these.
    fn has_noted(&self, parcels: &[Parcel]) -> bool {
        let is_noted = |(room, _)| self.told.iter().any(|(told, _)| *told == room);
        parcels
            .iter()
            .any(|parcel| parcel.up_to.is_some_and(is_noted))
    }

    /// Whether the client knows these events already.
    fn is_told(&mut self, parcel: &Parcel) -> bool {
        let Some((room, last)) = parcel.up_to else {
            return false;
        };
        let Some(at) = self.told.iter().position(|(other, _)| *other == room) else {
            return false;
        };
        if self.told[at].1 >= last {
            return true;
        }
        self.told.swap_remove(at);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::ServerFrame, server::hub::outlet::Ear};
    use futures_util::FutureExt;

    #[test]
    fn a_full_mailbox_closes_and_forgets() {
        let mailbox = Mailbox::new(2);
        let pong = Bundle::plain(&ServerFrame::Pong);
        mailbox.push(&pong);
        mailbox.push(&pong);
        assert_eq!(mailbox.closed(), None, "full is not too full");
        mailbox.push(&pong);
        assert_eq!(mailbox.closed(), Some(CloseCode::TooSlow));
        mailbox.push(&pong);
        let mut taken = VecDeque::new();
        mailbox.take(&mut taken);
        assert!(taken.is_empty());
    }

    #[test]
    fn the_first_reason_to_close_stays_and_what_waited_can_be_taken() {
        let mailbox = Mailbox::new(2);
        mailbox.push(&Bundle::plain(&ServerFrame::Pong));
        mailbox.close(CloseCode::GoingAway);
        mailbox.close(CloseCode::SessionEnded);
        assert_eq!(mailbox.closed(), Some(CloseCode::GoingAway));
        let mut taken = VecDeque::new();
        mailbox.take(&mut taken);
        assert_eq!(taken.len(), 1);
    }

    #[test]
    fn nothing_goes_to_the_socket_of_a_connection_that_is_over() {
        let (mailbox, socket) = (Mailbox::new(2), Arc::new(Ear::default()));
        mailbox.open(socket.clone());
        assert!(mailbox.filled().now_or_never().is_none());
        let pong = Bundle::plain(&ServerFrame::Pong);
        assert_eq!(mailbox.push(&pong), 1);
        mailbox.retire();
        assert!(mailbox.filled().now_or_never().is_none());
        assert_eq!(mailbox.push(&pong), 0);
        assert_eq!(*socket.0.lock().unwrap(), pong.bytes());
    }

    #[test]
    fn a_note_stays_only_as_long_as_what_it_names_may_come() {
        let (mailbox, socket) = (Mailbox::new(4), Arc::new(Ear::default()));
        mailbox.open(socket.clone());
        let up_to = |seq| {
            Bundle::new(vec![Parcel {
                up_to: Some((RoomId(1), Seq(seq))),
                ..Parcel::plain(&ServerFrame::Pong)
            }])
        };
        mailbox.push(&up_to(1));
        mailbox.push(&up_to(3));
        mailbox.note_told(RoomId(1), Seq(2), false);
        let mut waiting = VecDeque::new();
        mailbox.take(&mut waiting);
        assert_eq!(waiting.len(), 1, "the second is new");
        assert!(mailbox.lock().backlog.is_none());
        mailbox.note_told(RoomId(1), Seq(4), true);
        assert!(mailbox.filled().now_or_never().is_none());
        assert_eq!((mailbox.push(&up_to(4)), mailbox.push(&up_to(5))), (0, 0));
        mailbox.take(&mut waiting);
        assert_eq!(waiting.len(), 2, "the fourth was told");
        assert!(mailbox.lock().backlog.is_none());
    }
}
