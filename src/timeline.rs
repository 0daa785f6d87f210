//! A room as a pure reducer: events in, rows out.
//!
//! Live frames, replays after a lost connection, pages of history and doubles may come in
//! any mixture; the timeline equals the log. It knows no clock, no socket and no screen.

mod rows;

pub use rows::{Notice, Row, RowKey, RowPage};

use crate::protocol::{Cid, Event, RefusalCode, RoomSnapshot, Seq, UserId, What};
use std::sync::Arc;

/// What a client knows of one room: a run of its log without gaps, and what this person
/// sent that is not in it yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Without gaps, oldest first.
    events: Vec<Arc<Event>>,
    /// The newest event known; the place where the next one must fit.
    last: Seq,
    /// Whether the log goes on before the first of `events`.
    older: bool,
    /// The first event of each page that another was put before, newest first.
    seams: Vec<Seq>,
    /// In the order in which they were sent.
    pending: Vec<Pending>,
}

/// A message of this person on its way into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The name of the action; the event in the log carries the same.
    pub cid: Cid,
    /// As it was typed.
    pub text: String,
    /// How it stands.
    pub state: PendingState,
}

/// How a send stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PendingState {
    /// Waiting for a connection, or for the answer.
    Waiting,
    /// Acknowledged; its event is on the way.
    Sent(Seq),
    /// Refused: it needs a decision.
    Failed(RefusalCode),
}

/// What became of events that were handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// All were known.
    Nothing,
    /// The timeline goes further now.
    Grew,
    /// Events are missing behind this place: ask for them. What lies beyond the gap was
    /// not kept; it comes again with the answer.
    Gap(Seq),
}

impl Timeline {
    /// A room as the server described it at one moment.
    #[must_use]
    pub fn of(snapshot: &RoomSnapshot) -> Self {
        let events: Vec<_> = snapshot.events.iter().cloned().map(Arc::new).collect();
        let last = events.last().map_or(snapshot.head, |event| event.seq);
        Self {
            events,
            last,
            older: snapshot.older,
            seams: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// Starts again from a snapshot after a gap too long to replay. What this person sent
    /// stays, unless the log has it.
    pub fn reset(&mut self, snapshot: &RoomSnapshot) {
        let mut pending = std::mem::take(&mut self.pending);
        let kept = |state: &PendingState| matches!(state, PendingState::Sent(seq) if *seq <= snapshot.head);
        pending.retain(|pending| !kept(&pending.state));
        *self = Self {
            pending,
            ..Self::of(snapshot)
        };
        let events = self.events.clone();
        for event in &events {
            self.settle(event);
        }
    }

    /// Takes a newer snapshot of the same log: goes on where that joins what is known, so
    /// that nobody's place in the history is lost, and starts again where it does not.
    pub fn refresh(&mut self, snapshot: &RoomSnapshot) {
        let first = snapshot.events.first();
        if first.is_none_or(|first| first.seq <= self.last.next()) {
            self.extend(snapshot.events.iter().cloned());
        } else {
            self.reset(snapshot);
        }
    }

    /// The log is another one, in which nothing is acknowledged: what was sent is sent again.
    pub fn forget_acknowledgements(&mut self) {
        for pending in &mut self.pending {
            if matches!(pending.state, PendingState::Sent(_)) {
                pending.state = PendingState::Waiting;
            }
        }
    }

    /// Nothing goes out by itself any more: each message needs a decision.
    pub fn hold(&mut self, code: RefusalCode) {
        for pending in &mut self.pending {
            if pending.state == PendingState::Waiting {
                pending.state = PendingState::Failed(code);
            }
        }
    }

    /// The newest event without a gap before it.
    #[must_use]
    pub fn last(&self) -> Seq {
        self.last
    }

    /// The oldest event known; the place before which to ask for history.
    #[must_use]
    pub fn first(&self) -> Option<Seq> {
        self.events.first().map(|event| event.seq)
    }

    /// Whether there is history before the first event.
    #[must_use]
    pub fn has_older(&self) -> bool {
        self.older
    }

    /// The events, oldest first.
    #[must_use]
    pub fn events(&self) -> &[Arc<Event>] {
        &self.events
    }

    /// What this person sent that is not in the log yet, oldest first.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// Takes events in the order given, live or replayed.
    pub fn extend(&mut self, events: impl IntoIterator<Item = Event>) -> Applied {
        let before = self.last;
        for event in events {
            if event.seq <= self.last {
                continue;
            }
            if event.seq != self.last.next() {
                return Applied::Gap(self.last);
            }
            self.last = event.seq;
            self.settle(&event);
            self.events.push(Arc::new(event));
        }
        if self.last > before {
            Applied::Grew
        } else {
            Applied::Nothing
        }
    }

    /// Puts a page of history before what is known. A page that does not end right before
    /// it (asked for twice, or before a reset) is ignored.
    pub fn prepend(&mut self, page: Vec<Event>, older: bool) -> bool {
        let Some(first) = self.first() else {
            return false;
        };
        let Some(page_last) = page.last().map(|event| event.seq) else {
            self.older = self.older && older;
            return false;
        };
        if page_last.next() != first {
            return false;
        }
        self.older = older;
        self.seams.push(first);
        self.events.splice(0..0, page.into_iter().map(Arc::new));
        true
    }

    /// Shows a message at once, before the server has it.
    pub fn send(&mut self, cid: Cid, text: String) {
        self.pending.push(Pending {
            cid,
            text,
            state: PendingState::Waiting,
        });
    }

    /// The server keeps the message. If its event came first there is nothing to do.
    pub fn acknowledge(&mut self, cid: Cid, seq: Seq) {
        if seq <= self.last {
            self.forget(cid);
        } else {
            self.set_state(cid, PendingState::Sent(seq));
        }
    }

    /// The server does not take the message.
    pub fn refuse(&mut self, cid: Cid, code: RefusalCode) {
        self.set_state(cid, PendingState::Failed(code));
    }

    /// Tries a refused message again.
    pub fn retry(&mut self, cid: Cid) {
        self.set_state(cid, PendingState::Waiting);
    }

    /// Takes a pending message away and gives its text back.
    pub fn forget(&mut self, cid: Cid) -> Option<String> {
        let at = self.pending.iter().position(|pending| pending.cid == cid)?;
        Some(self.pending.remove(at).text)
    }

    /// Messages of others behind a place.
    #[must_use]
    pub fn messages_after(&self, place: Seq, me: Option<UserId>) -> usize {
        let behind = self
            .events
            .iter()
            .rev()
            .take_while(|event| event.seq > place);
        behind
            .filter(|event| is_message(event) && Some(event.by) != me)
            .count()
    }

    fn set_state(&mut self, cid: Cid, state: PendingState) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.cid == cid) {
            pending.state = state;
        }
    }

    /// An event that is this person's own pending message takes its place.
    fn settle(&mut self, event: &Event) {
        if let What::Message { cid, .. } = &event.what {
            self.forget(*cid);
        }
    }
}

fn is_message(event: &Event) -> bool {
    matches!(event.what, What::Message { .. })
}

#[cfg(test)]
mod tests;
