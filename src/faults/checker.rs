//! Holds what every client submitted, was told and saw against the log, and names each thing
//! that must not be: the promises of `docs/PROTOCOL.md`, read backwards.
//!
//! The log is the judge of everything but itself; for itself it has to be without gaps and
//! doubles. A view that agrees with the log place by place has the log's order, so all views
//! that pass have one order.

/// Expects exactly one violation in a case, of this form.
#[cfg(test)]
macro_rules! finds {
    ($case:expr, $form:pat) => {
        let found = $case.found();
        assert!(matches!(found.as_slice(), [$form]), "{found:#?}");
    };
}

#[cfg(test)]
mod amending_tests;
mod forms;
mod ledger;
mod mark;
#[cfg(test)]
mod tests;
mod violation;

pub use violation::{Place, Violation};

use crate::history::{History, Run};
use hubbub::protocol::{
    Cid, Event, RefusalCode, RoomId, Seq, UserId,
    limits::{REACTORS_LISTED, REPLAY_EVENTS},
};
use ledger::Ledger;
use mark::Mark;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

/// Rooms with their events in order, as the database has them: messages in their current
/// form, edits without their words, which stand nowhere else.
pub type Log = BTreeMap<RoomId, Vec<Event>>;

/// Behind everything.
const END: Seq = Seq(u64::MAX);

/// So many are shown; where one thing goes wrong, thousands follow.
const SHOWN: usize = 20;

/// Everything that goes against the promises, worst first.
pub fn check(log: &Log, histories: &[History]) -> Vec<Violation> {
    let ledger = Ledger::of(log, histories);
    let mut found = Vec::new();
    for (room, events) in log {
        check_run(&Place::Log, *room, Seq(0), events.iter(), &mut found);
        let whole = (*room, END);
        check_forms(
            &ledger,
            &Place::Log,
            whole,
            events.iter(),
            usize::MAX,
            &mut found,
        );
    }
    found.extend(ledger.doubles());
    check_ghosts(log, histories, &mut found);
    for history in histories {
        check_submitted(&ledger, history, &mut found);
        check_acknowledged(&ledger, history, &mut found);
        check_refused(&ledger, history, &mut found);
        check_views(&ledger, history, &mut found);
        check_shown(&ledger, history, &mut found);
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
    mut before: Seq,
    events: impl Iterator<Item = &'e Event>,
    found: &mut Vec<Violation>,
) {
    for event in events {
        if event.seq != before.next() {
            found.push(misplaced(place, room, before, event.seq));
        }
        before = event.seq;
    }
}

/// A page leaves out what only amends messages, and nothing else, from its first event up to
/// where it says that it reaches; and has each message in its form of there.
fn check_page(
    ledger: &Ledger<'_>,
    place: &Place,
    room: RoomId,
    head: Seq,
    page: &[Arc<Event>],
    found: &mut Vec<Violation>,
) {
    let places = page.iter().map(|event| event.seq).chain([head.next()]);
    let Some(mut before) = page.first().map(|event| event.seq) else {
        return;
    };
    for seq in places.skip(1) {
        let left_out = before.next().0..seq.0;
        if seq <= before
            || !left_out
                .into_iter()
                .all(|seq| ledger.amends(room, Seq(seq)))
        {
            found.push(misplaced(place, room, before, seq));
        }
        before = seq;
    }
    let told = page.iter().map(AsRef::as_ref);
    check_forms(ledger, place, (room, head), told, REACTORS_LISTED, found);
}

/// What is wrong with an event that does not come where it should.
fn misplaced(place: &Place, room: RoomId, before: Seq, seq: Seq) -> Violation {
    let place = place.clone();
    if seq == before {
        Violation::Doubled {
            place,
            room,
            what: format!("place {}", seq.0),
        }
    } else if seq < before {
        Violation::Reorder {
            place,
            room,
            what: format!("{} came behind {}", seq.0, before.0),
        }
    } else {
        Violation::Gap {
            place,
            room,
            after: before,
            next: seq,
        }
    }
}

/// What is said to be the form of a message up to some place of a room is that, and names at
/// least so many of those who reacted.
fn check_forms<'e>(
    ledger: &Ledger<'_>,
    place: &Place,
    (room, head): (RoomId, Seq),
    told: impl Iterator<Item = &'e Event>,
    named: usize,
    found: &mut Vec<Violation>,
) {
    for event in told {
        if let Some(what) = ledger.forms.disagreement_at(room, head, event, named) {
            found.push(Violation::Ghost {
                place: place.clone(),
                room,
                seq: event.seq,
                what,
            });
        }
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
                Some(meant) if *meant != mark => format!("{meant} became {mark}"),
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

/// What was acknowledged is there, and where it was said to be. What had nothing to change
/// is not there; then the message is as it was asked to be.
fn check_acknowledged(ledger: &Ledger<'_>, history: &History, found: &mut Vec<Violation>) {
    let Some(user) = history.user else { return };
    let deeds: HashMap<_, _> = history.submitted.iter().map(|one| (one.cid, one)).collect();
    for told in &history.acknowledged {
        let (who, room, cid) = (history.who.clone(), told.room, told.cid);
        match ledger.kept(user, cid) {
            None => {
                let deed = deeds.get(&cid).filter(|one| one.room == room);
                if !deed.is_some_and(|one| ledger.is_done(user, one, told.seq)) {
                    found.push(Violation::Lost {
                        who,
                        room,
                        cid,
                        seq: told.seq,
                    });
                }
            }
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

/// Nothing good is refused for good, but what is done to a message that is deleted.
fn check_refused(ledger: &Ledger<'_>, history: &History, found: &mut Vec<Violation>) {
    for (cid, code) in &history.refused {
        let of = |one: &&crate::history::Submitted| one.cid == *cid;
        let Some(one) = history.submitted.iter().find(of) else {
            continue;
        };
        let message = one.deed.of();
        let is_gone = message.is_some_and(|message| ledger.is_deleted(one.room, message));
        if *code != RefusalCode::MessageDeleted || !is_gone {
            found.push(Violation::Refused {
                who: history.who.clone(),
                room: one.room,
                cid: *cid,
                code: format!("{code:?}"),
            });
        }
    }
}

fn check_views(ledger: &Ledger<'_>, history: &History, found: &mut Vec<Violation>) {
    let place = Place::View(history.who.clone());
    for (room, runs) in &history.views {
        for Run { page, head, events } in runs {
            check_page(ledger, &place, *room, *head, page, found);
            let behind = events.iter().map(AsRef::as_ref);
            check_run(&place, *room, *head, behind, found);
            let mut seen: HashMap<(UserId, Cid), Seq> = HashMap::new();
            for event in page.iter().chain(events) {
                if let Some(cid) = event.what.cid()
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

/// At the end a screen shows every message from its first one on, each in its newest form.
fn check_shown(ledger: &Ledger<'_>, history: &History, found: &mut Vec<Violation>) {
    let place = Place::View(history.who.clone());
    for (room, shown) in &history.shown {
        let first = shown.first().map_or(Seq(1), |event| event.seq);
        let mut kept = ledger.shown_from(*room, first);
        let mut seen = shown.iter().map(|event| event.seq);
        let differ = loop {
            match (kept.next(), seen.next()) {
                (None, None) => break None,
                (kept, seen) if kept == seen => {}
                (kept, seen) => break Some((kept, seen)),
            }
        };
        if let Some((kept, seen)) = differ {
            found.push(Violation::Gap {
                place: place.clone(),
                room: *room,
                after: kept.unwrap_or_default(),
                next: seen.unwrap_or_default(),
            });
        }
        let told = shown.iter().map(AsRef::as_ref);
        check_forms(ledger, &place, (*room, END), told, 0, found);
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
pub fn hold_pages(log: &Log, pages: &Log, histories: &[History]) {
    let ledger = Ledger::of(log, histories);
    let mut found = Vec::new();
    for room in log.keys() {
        let told = pages.get(room).expect("every room is public");
        let whole = (*room, END);
        check_forms(
            &ledger,
            &Place::Pages,
            whole,
            told.iter(),
            REACTORS_LISTED,
            &mut found,
        );
        let told = told.iter().map(|event| event.seq);
        let is_same = told.eq(ledger.shown_from(*room, Seq(1)));
        assert!(is_same, "the pages of room {} are not its log", room.0);
    }
    assert!(found.is_empty(), "{}", found[0]);
}
