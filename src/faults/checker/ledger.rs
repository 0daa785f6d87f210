//! The log, ready to be asked.

use super::{END, Log, Mark, Place, Violation, forms::Forms};
use crate::history::{Deed, History, Submitted};
use hubbub::protocol::{Cid, Event, RoomId, Seq, UserId};
use std::collections::{BTreeMap, HashMap};

/// The log by place and by action.
pub struct Ledger<'l> {
    pub forms: Forms,
    at: BTreeMap<(RoomId, Seq), &'l Event>,
    by_action: HashMap<(UserId, Cid), Vec<(RoomId, &'l Event)>>,
}

impl<'l> Ledger<'l> {
    pub fn of(log: &'l Log, histories: &[History]) -> Self {
        let mut ledger = Self {
            forms: Forms::of(log, histories),
            at: BTreeMap::new(),
            by_action: HashMap::new(),
        };
        for (room, events) in log {
            for event in events {
                ledger.at.insert((*room, event.seq), event);
                if let Some(cid) = event.what.cid() {
                    let kept = ledger.by_action.entry((event.by, cid)).or_default();
                    kept.push((*room, event));
                }
            }
        }
        ledger
    }

    /// Where an action is kept.
    pub fn kept(&self, user: UserId, cid: Cid) -> Option<(RoomId, &'l Event)> {
        self.by_action.get(&(user, cid))?.first().copied()
    }

    /// Whether what is at a place only changes a message further up.
    pub fn amends(&self, room: RoomId, seq: Seq) -> bool {
        let there = self.at.get(&(room, seq));
        there.is_some_and(|there| there.what.amends().is_some())
    }

    /// The places of what pages tell, from this one on.
    pub fn shown_from(&self, room: RoomId, first: Seq) -> impl Iterator<Item = Seq> {
        let behind = self.at.range((room, first)..=(room, END));
        behind
            .filter(|(_, event)| event.what.amends().is_none())
            .map(|((_, seq), _)| *seq)
    }

    /// Whether a message is deleted in the end.
    pub fn is_deleted(&self, room: RoomId, message: Seq) -> bool {
        let newest = self.forms.at(room, message, END);
        newest.is_some_and(|form| form.deleted)
    }

    /// Whether a message was, at a place in the log, as somebody asked it to be.
    pub fn is_done(&self, user: UserId, asked: &Submitted, place: Seq) -> bool {
        let Some(message) = asked.deed.of() else {
            return false;
        };
        if !self.forms.is_about(asked.room, message, place) {
            return false;
        }
        let Some(form) = self.forms.at(asked.room, message, place) else {
            return false;
        };
        match &asked.deed {
            Deed::Say(_) => false,
            Deed::Edit(_, text) => form.text == *text,
            Deed::Delete(_) => form.deleted,
            Deed::React(_, emoji, on) => form.has(emoji.as_str(), user) == *on,
        }
    }

    /// Actions that took effect more than once.
    pub fn doubles(&self) -> impl Iterator<Item = Violation> {
        let twice = self.by_action.iter().filter(|(_, kept)| kept.len() > 1);
        twice.map(|((_, cid), kept)| {
            let places = kept
                .iter()
                .map(|(room, event)| format!("{}/{}", room.0, event.seq.0));
            Violation::Doubled {
                place: Place::Log,
                room: kept[0].0,
                what: format!("{cid} at {}", places.collect::<Vec<_>>().join(" and ")),
            }
        })
    }

    /// What is wrong with an event that somebody saw, if anything.
    pub fn disagreement(&self, place: &Place, room: RoomId, seen: &Event) -> Option<Violation> {
        let there = self.at.get(&(room, seen.seq));
        let (meant, mark) = (there.map(|there| Mark::of(there)), Mark::of(seen));
        let is_same = there.is_some_and(|there| (there.by, there.at) == (seen.by, seen.at));
        let ghost = |what| Violation::Ghost {
            place: place.clone(),
            room,
            seq: seen.seq,
            what,
        };
        if is_same
            && let Some(meant) = &meant
            && meant.may_be_told_as(&mark)
        {
            let is_gone = |of: Seq| self.is_deleted(room, of);
            return if mark == *meant || mark.of.is_some_and(is_gone) {
                self.forms.disagreement(room, seen, 0).map(ghost)
            } else {
                Some(ghost("told as deleted, and it is not".to_owned()))
            };
        }
        let elsewhere = mark.cid.and_then(|cid| self.kept(seen.by, cid));
        Some(match elsewhere {
            Some((other, event)) if (other, event.seq) != (room, seen.seq) => Violation::Reorder {
                place: place.clone(),
                room,
                what: format!(
                    "seen at {}, in the log at {} of room {}",
                    seen.seq.0, event.seq.0, other.0
                ),
            },
            _ => ghost(match meant {
                Some(meant) => format!("seen as {mark}, in the log as {meant}"),
                None => format!("seen as {mark}, not in the log"),
            }),
        })
    }
}
