//! What was said, acknowledged and committed in a run, and the first thing that was wrong.

use crate::{
    protocol::{Cid, Event, Message, RoomId, Seq, UserId, What},
    server::store::{Change, simulated::Disk},
    timeline::Deed,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

/// What was said before a run.
pub(super) const BEFORE: &str = "before";

/// Something that somebody did in a room.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub tab: usize,
    pub by: UserId,
    pub room: RoomId,
    /// Counted by the tab.
    pub number: u64,
    pub deed: Deed,
}

/// Everything that must agree in the end.
#[derive(Default)]
pub(super) struct History {
    pub said: BTreeMap<Cid, Said>,
    pub acknowledged: BTreeMap<Cid, (RoomId, Seq)>,
    /// What needed a decision by its author: it has no place in their order.
    pub late: BTreeSet<Cid>,
    /// Acknowledged while a transaction was open: looked up when it is not.
    pub unconfirmed: Vec<Cid>,
    /// The rooms' logs as they are committed, each event as it was when it came.
    pub logs: BTreeMap<RoomId, Vec<Event>>,
    /// What the store told since the last look.
    pub told: Arc<Mutex<Vec<Change>>>,
    pub violation: Option<String>,
}

impl History {
    /// Notes that something is wrong. The first thing counts.
    pub fn violate(&mut self, what: impl Into<String>) {
        self.violation.get_or_insert(what.into());
    }

    /// Reads what was committed since the last time.
    pub fn learn(&mut self, disk: &Disk) {
        for (room, head) in disk.heads() {
            let known = self.logs.get(&room).map_or(0, Vec::len);
            if head == Seq(known as u64) {
                continue;
            }
            let log = self.logs.entry(room).or_default();
            let known = Seq(known as u64);
            for event in disk.events_after(room, known) {
                log.push(as_it_came(event, &self.said));
            }
            let gap = log
                .iter()
                .zip(1..)
                .skip(usize::try_from(known.0).unwrap_or(0))
                .find(|(event, seq)| event.seq.0 != *seq);
            if let Some((event, seq)) = gap {
                let wrong = format!("room {room:?}: {event:?} stands in place {seq}");
                self.violate(wrong);
            }
        }
    }

    /// Everything that the store has told must be committed.
    pub fn check_told(&mut self) {
        let told = std::mem::take(&mut *self.told.lock().expect("nobody panics with it"));
        for change in told {
            if let Change::Events { room, events, .. } = change {
                for event in events {
                    self.check_seen(room, &event, Seq(0), "the hub");
                }
            }
        }
    }

    /// How long each log is.
    pub fn heads(&self) -> BTreeMap<RoomId, Seq> {
        let heads = self.logs.iter();
        heads
            .map(|(room, log)| (*room, Seq(log.len() as u64)))
            .collect()
    }

    /// A message in its form after these many events of the log.
    pub fn form(&self, room: RoomId, seq: Seq, up_to: Seq) -> Option<Event> {
        let log = self.logs.get(&room)?;
        let mut event = log.get(place(seq))?.clone();
        if let What::Message(message) = &mut event.what {
            let end = log.len().min(place(up_to.next()));
            for amendment in log[..end].iter().skip(place(seq)) {
                if amendment.what.amends() == Some(seq) {
                    message.amend(amendment);
                }
            }
        }
        Some(event)
    }

    /// Whoever sees an event sees what the log says; and nothing of what was deleted before
    /// `since`.
    pub fn check_seen(&mut self, room: RoomId, event: &Event, since: Seq, who: &str) {
        let log = self.logs.get(&room).map_or(&[][..], Vec::as_slice);
        let Some(came) = log.get(place(event.seq)) else {
            return self.violate(format!("{who} saw {event:?} of {room:?}: not committed"));
        };
        let is_deleted = |of: Seq, since: Seq| {
            let before = &log[..log.len().min(place(since.next()))];
            let deletes =
                |one: &Event| matches!(one.what, What::Deleted { of: gone, .. } if gone == of);
            before.iter().any(deletes)
        };
        let fits = match (&event.what, &came.what) {
            (What::Message(message), _) => {
                self.form(room, event.seq, message.amended).as_ref() == Some(event)
                    && (message.deleted || !is_deleted(event.seq, since))
            }
            // A replay tells what the message says by now.
            (
                What::Edited { cid, of, text },
                What::Edited {
                    cid: one, of: it, ..
                },
            ) => {
                let later = log[place(event.seq)..].iter();
                let says = |one: &Event| match &one.what {
                    What::Edited { of, text: said, .. } => of == it && said == text,
                    _ => false,
                };
                (cid, of) == (one, it) && later.clone().any(says) && !is_deleted(*of, since)
            }
            (
                What::Deleted { cid, of },
                What::Edited {
                    cid: one, of: it, ..
                },
            ) => (cid, of) == (one, it) && is_deleted(*of, Seq(u64::MAX - 1)),
            _ => event == came,
        };
        if !fits || (event.seq, event.at, event.by) != (came.seq, came.at, came.by) {
            let wrong = format!("{who} saw {event:?} in {room:?}, but the log has {came:?}");
            self.violate(wrong);
        }
    }

    /// A tab heard that its message is kept.
    pub fn acknowledge(&mut self, cid: Cid, room: RoomId, seq: Seq, in_transaction: bool) {
        let is_said = self
            .said
            .get(&cid)
            .is_some_and(|said| said.deed.of().is_none());
        if !is_said {
            // What is so already is acknowledged without an event of its own.
            return;
        }
        let first = *self.acknowledged.entry(cid).or_insert((room, seq));
        if first != (room, seq) {
            self.violate(format!(
                "{cid} was acknowledged as {first:?} and as {seq:?}"
            ));
        }
        if in_transaction {
            self.unconfirmed.push(cid);
        } else {
            self.confirm(cid);
        }
    }

    /// Looks up what was acknowledged while nobody could.
    pub fn confirm_all(&mut self) {
        for cid in std::mem::take(&mut self.unconfirmed) {
            self.confirm(cid);
        }
    }

    fn confirm(&mut self, cid: Cid) {
        let Some((room, seq)) = self.acknowledged.get(&cid).copied() else {
            return;
        };
        let log = self.logs.get(&room);
        let kept = log.and_then(|log| log.get(place(seq)));
        let is_it = kept.is_some_and(|event| event.what.cid() == Some(cid));
        if !is_it {
            self.violate(format!(
                "{cid} was acknowledged as {seq:?} in {room:?}, where the log has {kept:?}"
            ));
        }
    }
}

/// Where an event stands in a log without gaps.
fn place(seq: Seq) -> usize {
    usize::try_from(seq.0).map_or(usize::MAX, |seq| seq.wrapping_sub(1))
}

/// The disk has events in their current form only; who did it knows what they said.
fn as_it_came(mut event: Event, said: &BTreeMap<Cid, Said>) -> Event {
    let deed = event.what.cid().and_then(|cid| said.get(&cid));
    match (&mut event.what, deed.map(|said| &said.deed)) {
        (What::Message(message), Some(Deed::Say(text))) => {
            *message = Message::new(message.cid, text.clone());
        }
        (What::Message(message), None) => {
            *message = Message::new(message.cid, BEFORE.to_owned());
        }
        (what @ (What::Edited { .. } | What::Deleted { .. }), Some(Deed::Edit(of, text))) => {
            *what = What::Edited {
                cid: what.cid().expect("both have one"),
                of: *of,
                text: text.clone(),
            };
        }
        _ => {}
    }
    event
}
