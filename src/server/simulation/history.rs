//! What was said, acknowledged and committed in a run, and the first thing that was wrong.

use crate::{
    protocol::{Cid, Event, RoomId, Seq, UserId, What},
    server::store::{Change, simulated::Disk},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

/// Something that somebody said.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub tab: usize,
    pub by: UserId,
    pub room: RoomId,
    /// Counted by the tab.
    pub number: u64,
    pub text: String,
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
    /// The rooms' logs as they are committed.
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
            let log = self.logs.entry(room).or_default();
            let known = Seq(log.len() as u64);
            if head > known {
                log.extend(disk.events_after(room, known));
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
    pub fn check_told(&mut self, in_transaction: bool) {
        let told = std::mem::take(&mut *self.told.lock().expect("nobody panics with it"));
        if told.is_empty() {
            return;
        }
        if in_transaction {
            self.violate(format!("told before the commit: {told:?}"));
        }
        for change in told {
            if let Change::Events { room, events, .. } = change {
                for event in events {
                    self.check_seen(room, &event, "the hub");
                }
            }
        }
    }

    /// Whoever sees an event sees what the log says.
    pub fn check_seen(&mut self, room: RoomId, event: &Event, who: &str) {
        let log = self.logs.get(&room);
        let place = usize::try_from(event.seq.0).unwrap_or(usize::MAX);
        let kept = log.and_then(|log| log.get(place.wrapping_sub(1)));
        if kept != Some(event) {
            let wrong = format!("{who} saw {event:?} in {room:?}, but the log has {kept:?}");
            self.violate(wrong);
        }
    }

    /// A tab heard that its message is kept.
    pub fn acknowledge(&mut self, cid: Cid, room: RoomId, seq: Seq, in_transaction: bool) {
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
        let place = usize::try_from(seq.0).unwrap_or(usize::MAX);
        let log = self.logs.get(&room);
        let kept = log.and_then(|log| log.get(place.wrapping_sub(1)));
        let is_it = kept.is_some_and(
            |event| matches!(&event.what, What::Message { cid: kept, .. } if *kept == cid),
        );
        if !is_it {
            self.violate(format!(
                "{cid} was acknowledged as {seq:?} in {room:?}, where the log has {kept:?}"
            ));
        }
    }
}
