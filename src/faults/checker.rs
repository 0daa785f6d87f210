//! Holds what every client submitted, was told and saw against the log, and names each thing
//! that must not be: the promises of `docs/PROTOCOL.md`, read backwards.
//!
//! The log is the judge of everything but itself; for itself it has to be without gaps and
//! doubles. A view that agrees with the log place by place has the log's order, so all views
//! that pass have one order.

mod ledger;
mod mark;
#[cfg(test)]
mod tests;
mod violation;

pub use violation::{Place, Violation};

use crate::history::{History, Run};
use hubbub::protocol::{Cid, Event, RoomId, Seq, UserId, limits::REPLAY_EVENTS};
use ledger::Ledger;
use mark::Mark;
use std::collections::{BTreeMap, HashMap};

/// Rooms with their events in order, as the database has them.
pub type Log = BTreeMap<RoomId, Vec<Event>>;

/// So many are shown; where one thing goes wrong, thousands follow.
const SHOWN: usize = 20;

/// Everything that goes against the promises, worst first.
pub fn check(log: &Log, histories: &[History]) -> Vec<Violation> {
    let ledger = Ledger::of(log);
    let mut found = Vec::new();
    for (room, events) in log {
        check_run(&Place::Log, *room, events.iter(), &mut found);
    }
    found.extend(ledger.doubles());
    check_ghosts(log, histories, &mut found);
    for history in histories {
        check_submitted(&ledger, history, &mut found);
        check_acknowledged(&ledger, history, &mut found);
        check_views(&ledger, history, &mut found);
        check_resumes(history, &mut found);
    }
    found.sort();
    found
}

/// Fails with the violations, if there are any.
pub fn hold(log: &Log, histories: &[History]) {
    let found = check(log, histories);
    let shown: Vec<_> = found
        .iter()
        .take(SHOWN)
        .map(|one| format!("  {one}"))
        .collect();
    assert!(
        found.is_empty(),
        "{} violations:\n{}",
        found.len(),
        shown.join("\n")
    );
}

/// A log and a view alike: each event one place behind the one before.
fn check_run<'e>(
    place: &Place,
    room: RoomId,
    events: impl Iterator<Item = &'e Event>,
    found: &mut Vec<Violation>,
) {
    let mut before = match place {
        Place::Log => Some(Seq(0)),
        // A view begins with the page that its room was begun with.
        Place::View(_) => None,
    };
    for event in events {
        let place = || place.clone();
        let seq = event.seq;
        match before {
            Some(last) if seq == last => found.push(Violation::Doubled {
                place: place(),
                room,
                what: format!("place {}", seq.0),
            }),
            Some(last) if seq < last => found.push(Violation::Reorder {
                place: place(),
                room,
                what: format!("{} came behind {}", seq.0, last.0),
            }),
            Some(last) if seq > last.next() => found.push(Violation::Gap {
                place: place(),
                room,
                after: last,
                next: seq,
            }),
            _ => {}
        }
        before = Some(seq);
    }
}

/// Nothing is in the log under somebody's name that they did not submit.
fn check_ghosts(log: &Log, histories: &[History], found: &mut Vec<Violation>) {
    let mut submitted: HashMap<(UserId, Cid), Mark> = HashMap::new();
    for history in histories {
        for one in &history.submitted {
            if let Some(user) = history.user {
                submitted.insert((user, one.cid), Mark::submitted(one));
            }
        }
    }
    let known: Vec<UserId> = histories.iter().filter_map(|one| one.user).collect();
    for (room, events) in log {
        for event in events.iter().filter(|event| known.contains(&event.by)) {
            let mark = Mark::of(event);
            let Some(cid) = mark.cid else { continue };
            let what = match submitted.get(&(event.by, cid)) {
                None => "nobody submitted it".to_owned(),
                Some(meant) if !meant.is_kept_as(&mark) => {
                    format!("{} became {}", meant.body, mark.body)
                }
                Some(_) => continue,
            };
            found.push(Violation::Ghost {
                place: Place::Log,
                room: *room,
                seq: event.seq,
                what,
            });
        }
    }
}

/// Everything submitted is decided, and one sender's order in a room is the log's.
fn check_submitted(ledger: &Ledger<'_>, history: &History, found: &mut Vec<Violation>) {
    let Some(user) = history.user else { return };
    let mut newest: HashMap<RoomId, Seq> = HashMap::new();
    for one in &history.submitted {
        let who = || history.who.clone();
        let kept = ledger.kept(user, one.cid);
        let is_decided = kept.is_some()
            || history.refused.iter().any(|(cid, _)| *cid == one.cid)
            || history.acknowledged.iter().any(|told| told.cid == one.cid);
        if !is_decided {
            found.push(Violation::Stuck {
                who: who(),
                room: one.room,
                cid: one.cid,
            });
        }
        let Some((_, event)) = kept else { continue };
        let last = newest.entry(one.room).or_default();
        if event.seq < *last {
            found.push(Violation::Reorder {
                place: Place::Log,
                room: one.room,
                what: format!(
                    "{} said {} after what is at {}",
                    history.who, event.seq.0, last.0
                ),
            });
        }
        *last = event.seq.max(*last);
    }
}

/// What was acknowledged is there, and where it was said to be.
fn check_acknowledged(ledger: &Ledger<'_>, history: &History, found: &mut Vec<Violation>) {
    let Some(user) = history.user else { return };
    for told in &history.acknowledged {
        let (who, room, cid) = (history.who.clone(), told.room, told.cid);
        match ledger.kept(user, cid) {
            None => found.push(Violation::Lost {
                who,
                room,
                cid,
                seq: told.seq,
            }),
            Some((kept, event)) => {
                let said = (told.room, told.seq, told.at);
                if said != (kept, event.seq, event.at) {
                    found.push(Violation::AckLies {
                        who,
                        room,
                        cid,
                        told: told.seq,
                        kept: event.seq,
                    });
                }
            }
        }
    }
}

fn check_views(ledger: &Ledger<'_>, history: &History, found: &mut Vec<Violation>) {
    let place = Place::View(history.who.clone());
    for (room, runs) in &history.views {
        for Run(events) in runs {
            check_run(&place, *room, events.iter().map(AsRef::as_ref), found);
            let mut seen: HashMap<(UserId, Cid), Seq> = HashMap::new();
            for event in events {
                let mark = Mark::of(event);
                if let Some(cid) = mark.cid
                    && let Some(before) = seen.insert((event.by, cid), event.seq)
                    && before != event.seq
                {
                    found.push(Violation::Doubled {
                        place: place.clone(),
                        room: *room,
                        what: format!("{cid} at {} and {}", before.0, event.seq.0),
                    });
                }
                found.extend(ledger.disagreement(&place, *room, event));
            }
        }
    }
}

/// More than the limit missed is a `reset`, and nothing else is (the epoch stays the same in
/// every scenario).
fn check_resumes(history: &History, found: &mut Vec<Violation>) {
    let limit = u64::try_from(REPLAY_EVENTS).expect("a small number");
    for resume in &history.resumes {
        let missed = resume.head.0.saturating_sub(resume.last.0);
        if resume.reset != (missed > limit) {
            found.push(Violation::WrongReset {
                who: history.who.clone(),
                room: resume.room,
                missed,
                reset: resume.reset,
            });
        }
    }
}

/// Fails where the pages that a server tells are not the log.
pub fn hold_pages(log: &Log, pages: &Log) {
    for (room, events) in log {
        let kept: Vec<_> = events
            .iter()
            .map(|event| (event.seq, Mark::of(event)))
            .collect();
        let told = pages.get(room).expect("every room is public");
        let told: Vec<_> = told
            .iter()
            .map(|event| (event.seq, Mark::of(event)))
            .collect();
        assert!(kept == told, "the pages of room {} are not its log", room.0);
    }
}
