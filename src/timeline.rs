//! A room as a pure reducer: events in, rows out.
//!
//! Live frames, replays after a lost connection, pages of history and doubles may come in
//! any mixture; the timeline equals the log. It knows no clock, no socket and no screen.

mod pending;
mod rows;

pub use pending::{Deed, Pending, PendingState, Shown, State};
pub use rows::{Notice, Row, RowKey, RowPage};

use crate::protocol::{Cid, Event, RoomSnapshot, Seq, UserId, What, limits::PAGE_EVENTS};
use std::sync::Arc;

/// Pages that are asked for again when too much was missed: what somebody reads who went so
/// far up, and less than what a server answers in one go.
const RENEWED_PAGES: usize = 40;

/// Pages that somebody who follows what is new has on the screen, at most; half of them stay when
/// there are more.
const PAGES_SHOWN: usize = 8;

/// What a client knows of one room: a run of its log without gaps, and what this person
/// did that is not in it yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Oldest first, each in its current form. What only amends a message is in that
    /// message, and not here.
    events: Vec<Arc<Event>>,
    /// The newest event known; the place where the next one must fit.
    last: Seq,
    /// Whether the log goes on before the first of `events`.
    older: bool,
    /// The first event of each page but the oldest, newest first.
    seams: Vec<Seq>,
    /// How many pages were begun since, at the newer end.
    begun: usize,
    /// In the order in which they were sent.
    pending: Vec<Pending>,
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
        Self {
            events,
            last: snapshot.head,
            older: snapshot.older,
            seams: Vec::new(),
            begun: 0,
            pending: Vec::new(),
        }
    }

    /// Starts again from a snapshot after a gap too long to replay. What this person did
    /// stays, unless the log has it.
    pub fn reset(&mut self, snapshot: &RoomSnapshot) {
        let pending = std::mem::take(&mut self.pending);
        *self = Self {
            pending,
            begun: self.begun,
            ..Self::of(snapshot)
        };
        let cids: Vec<Cid> = self
            .events
            .iter()
            .filter_map(|one| one.what.cid())
            .collect();
        self.pending.retain(|pending| !cids.contains(&pending.cid));
        self.settle_sent();
    }

    /// Whether a newer snapshot of the same log has something that is not known here.
    #[must_use]
    pub fn is_behind(&self, snapshot: &RoomSnapshot) -> bool {
        snapshot.head > self.last
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
            if let Some(of) = event.what.amends() {
                self.amend(of, &event);
            } else {
                self.begin_page(event.seq);
                self.events.push(Arc::new(event));
            }
        }
        self.settle_sent();
        if self.last > before {
            Applied::Grew
        } else {
            Applied::Nothing
        }
    }

    /// Begins a page with this event if the newest one is full.
    fn begin_page(&mut self, next: Seq) {
        let newest = self.seams.first().and_then(|seam| self.at(*seam));
        if self.events.len() - newest.unwrap_or_default() >= PAGE_EVENTS {
            self.seams.insert(0, next);
            self.begun += 1;
        }
    }

    /// Whether there are more than [`PAGES_SHOWN`], all of which are drawn.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.seams.len() >= PAGES_SHOWN
    }

    /// Gives up the oldest pages of a long timeline, for whoever only follows what is new; they
    /// can be asked for like any history. They stay where little was said since, and where this
    /// person's own deeds wait.
    pub fn trim(&mut self) {
        let kept = &self.seams[..self.seams.len().min(PAGES_SHOWN / 2)];
        let Some((&first, newer)) = kept.split_last().filter(|_| self.is_long()) else {
            return;
        };
        let waits = |pending: &Pending| pending.deed.of().is_some_and(|of| of < first);
        let said = self
            .events
            .iter()
            .filter(|event| event.seq >= first && is_message(event));
        if said.count() < PAGE_EVENTS || self.pending.iter().any(waits) {
            return;
        }
        self.seams.truncate(newer.len());
        self.events.retain(|event| event.seq >= first);
        self.older = true;
    }

    /// Takes what events beyond a gap do to messages that are known. It is not all that was
    /// done to them: what a page says of them later counts.
    pub fn glimpse(&mut self, events: &[Event]) {
        for event in events {
            if let Some(at) = event.what.amends().and_then(|of| self.at(of))
                && let What::Message(message) = &mut Arc::make_mut(&mut self.events[at]).what
                && event.seq > message.amended
            {
                message.change(event.at, event.by, &event.what);
            }
            self.settle(event);
        }
    }

    /// Where to ask for pages that renew what is known, from its beginning: at most
    /// [`RENEWED_PAGES`].
    #[must_use]
    pub fn places(&self) -> Vec<Seq> {
        let pages = self.events.chunks(PAGE_EVENTS).take(RENEWED_PAGES);
        let last = pages.filter_map(|page| page.last());
        last.map(|event| event.seq.next()).collect()
    }

    /// Takes a page of history, the one before `before`: puts it before what is known. One
    /// that does not end there (asked for twice, or before a reset) only renews what it has
    /// of messages that are known.
    pub fn prepend(&mut self, before: Seq, page: Vec<Event>, older: bool) -> bool {
        if self.first() != Some(before) {
            page.into_iter().for_each(|event| self.renew(event));
            return false;
        }
        self.older = older;
        if page.is_empty() {
            return false;
        }
        self.seams.push(before);
        self.events.splice(0..0, page.into_iter().map(Arc::new));
        true
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

    /// The newest message of somebody that is still there.
    #[must_use]
    pub fn last_message_of(&self, user: Option<UserId>) -> Option<Seq> {
        let mut newest = self.events.iter().rev();
        let last = newest.find(|event| is_message(event) && Some(event.by) == user);
        last.map(|event| event.seq)
    }

    /// A message as it is known here.
    fn at(&self, seq: Seq) -> Option<usize> {
        self.events
            .binary_search_by_key(&seq, |event| event.seq)
            .ok()
    }

    fn amend(&mut self, of: Seq, amendment: &Event) {
        if let Some(at) = self.at(of)
            && let What::Message(message) = &mut Arc::make_mut(&mut self.events[at]).what
        {
            message.amend(amendment);
        }
    }

    /// Takes a message in a newer form.
    fn renew(&mut self, event: Event) {
        if let Some(at) = self.at(event.seq)
            && let (What::Message(known), What::Message(newer)) =
                (&self.events[at].what, &event.what)
            && newer.amended > known.amended
        {
            self.events[at] = Arc::new(event);
        }
    }
}

/// Whether somebody said something that is still there.
#[must_use]
pub fn is_message(event: &Event) -> bool {
    matches!(&event.what, What::Message(message) if !message.deleted)
}

#[cfg(test)]
mod tests;
