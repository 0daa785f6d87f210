//! The log, ready to be asked.

use super::{Log, Mark, Place, Violation};
use hubbub::protocol::{Cid, Event, RoomId, Seq, UserId};
use std::collections::HashMap;

/// The log by place and by action.
pub struct Ledger<'l> {
    at: HashMap<(RoomId, Seq), &'l Event>,
    by_action: HashMap<(UserId, Cid), Vec<(RoomId, &'l Event)>>,
}

impl<'l> Ledger<'l> {
    pub fn of(log: &'l Log) -> Self {
        let mut ledger = Self {
            at: HashMap::new(),
            by_action: HashMap::new(),
        };
        for (room, events) in log {
            for event in events {
                ledger.at.insert((*room, event.seq), event);
                if let Some(cid) = Mark::of(event).cid {
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
        if is_same && meant.as_ref().is_some_and(|meant| meant.is_kept_as(&mark)) {
            return None;
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
            _ => Violation::Ghost {
                place: place.clone(),
                room,
                seq: seen.seq,
                what: match meant {
                    Some(meant) => format!("seen as {mark}, in the log as {meant}"),
                    None => format!("seen as {mark}, not in the log"),
                },
            },
        })
    }
}
