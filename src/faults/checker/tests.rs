//! The checker bites: for each violation a history that has it, made by hand.

use super::{Log, Place, Violation, check};
use crate::history::{Acknowledged, Deed, History, Resume, Submitted};
use hubbub::protocol::{Cid, Event, Message, Millis, RefusalCode, RoomId, Seq, UserId, What};
use std::{collections::BTreeMap, sync::Arc};

const ROOM: RoomId = RoomId(1);
const ADA: UserId = UserId(1);

/// Ada said two things, Bo saw them; all is well.
struct Case {
    log: Log,
    ada: History,
    bo: History,
}

fn cid(number: u8) -> Cid {
    Cid([number; 16])
}

fn event(seq: u64, number: u8) -> Event {
    Event {
        seq: Seq(seq),
        at: Millis(1_000 + i64::from(number)),
        by: ADA,
        what: What::Message(Message::new(cid(number), format!("number {number}"))),
    }
}

impl Case {
    fn well() -> Self {
        let events = vec![event(1, 1), event(2, 2)];
        let mut ada = History::new("Ada".to_owned(), Some(ADA));
        for number in [1, 2] {
            ada.submitted.push(Submitted {
                cid: cid(number),
                room: ROOM,
                deed: Deed::Say(format!("number {number}")),
            });
            ada.acknowledged.push(Acknowledged {
                cid: cid(number),
                room: ROOM,
                seq: Seq(number.into()),
                at: Millis(1_000 + i64::from(number)),
            });
        }
        let bo = History::new("Bo".to_owned(), Some(UserId(2)));
        let mut case = Self {
            log: BTreeMap::from([(ROOM, events.clone())]),
            ada,
            bo,
        };
        case.sees(&events);
        case
    }

    fn log(&mut self) -> &mut Vec<Event> {
        self.log.get_mut(&ROOM).unwrap()
    }

    fn sees(&mut self, events: &[Event]) {
        self.bo.views.clear();
        let events: Vec<_> = events.iter().cloned().map(Arc::new).collect();
        let (page, behind) = events.split_at(1);
        self.bo.begin(ROOM, page[0].seq, page);
        self.bo.go_on(ROOM, behind);
    }

    fn found(self) -> Vec<Violation> {
        check(&self.log, &[self.ada, self.bo])
    }
}

#[test]
fn nothing_is_found_where_all_is_well() {
    assert_eq!(Case::well().found(), []);
}

#[test]
fn an_acknowledged_message_that_is_not_in_the_log_is_lost() {
    let mut case = Case::well();
    case.log().pop();
    case.sees(&[event(1, 1)]);
    finds!(case, Violation::Lost { .. });
}

#[test]
fn an_action_that_took_effect_twice_is_doubled() {
    let mut case = Case::well();
    case.log().push(Event {
        seq: Seq(3),
        ..event(1, 1)
    });
    let found = case.found();
    let doubled = |one: &Violation| {
        matches!(
            one,
            Violation::Doubled {
                place: Place::Log,
                ..
            }
        )
    };
    assert!(found.iter().any(doubled), "{found:#?}");
}

#[test]
fn a_message_shown_twice_is_doubled() {
    let mut case = Case::well();
    case.sees(&[event(1, 1), event(1, 1), event(2, 2)]);
    finds!(
        case,
        Violation::Doubled {
            place: Place::View(_),
            ..
        }
    );
}

#[test]
fn a_place_that_is_missing_in_the_log_is_a_gap() {
    let mut case = Case::well();
    case.log().remove(0);
    case.ada.submitted.remove(0);
    case.ada.acknowledged.remove(0);
    case.sees(&[event(2, 2)]);
    finds!(
        case,
        Violation::Gap {
            place: Place::Log,
            ..
        }
    );
}

#[test]
fn a_place_that_is_missing_on_a_screen_is_a_gap() {
    let mut case = Case::well();
    let more = [event(1, 1), event(2, 2), event(3, 3)];
    case.log().push(event(3, 3));
    case.ada.submitted.push(Submitted {
        cid: cid(3),
        room: ROOM,
        deed: Deed::Say("number 3".to_owned()),
    });
    case.sees(&[more[0].clone(), more[2].clone()]);
    finds!(
        case,
        Violation::Gap {
            place: Place::View(_),
            ..
        }
    );
}

#[test]
fn a_screen_that_goes_back_is_a_reorder() {
    let mut case = Case::well();
    case.sees(&[event(2, 2), event(1, 1)]);
    finds!(
        case,
        Violation::Reorder {
            place: Place::View(_),
            ..
        }
    );
}

#[test]
fn a_screen_with_another_order_than_the_log_is_a_reorder() {
    let mut case = Case::well();
    case.sees(&[event(1, 2), event(2, 1)]);
    let found = case.found();
    let reorder = |one: &Violation| {
        matches!(
            one,
            Violation::Reorder {
                place: Place::View(_),
                ..
            }
        )
    };
    let reorders = found.iter().filter(|one| reorder(one)).count();
    assert_eq!(reorders, 2, "{found:#?}");
}

#[test]
fn a_sender_whose_order_is_another_in_the_log_is_a_reorder() {
    let mut case = Case::well();
    case.ada.submitted.reverse();
    finds!(
        case,
        Violation::Reorder {
            place: Place::Log,
            ..
        }
    );
}

#[test]
fn what_was_seen_and_is_not_in_the_log_is_a_ghost() {
    let mut case = Case::well();
    case.sees(&[event(1, 1), event(2, 2), event(3, 3)]);
    finds!(
        case,
        Violation::Ghost {
            place: Place::View(_),
            ..
        }
    );
}

#[test]
fn what_was_seen_with_other_words_is_a_ghost() {
    let mut case = Case::well();
    let mut other = event(2, 2);
    other.what = What::Message(Message::new(cid(2), "something else".to_owned()));
    case.sees(&[event(1, 1), other]);
    finds!(
        case,
        Violation::Ghost {
            place: Place::View(_),
            ..
        }
    );
}

#[test]
fn what_nobody_submitted_is_a_ghost() {
    let mut case = Case::well();
    case.log().push(event(3, 3));
    finds!(
        case,
        Violation::Ghost {
            place: Place::Log,
            ..
        }
    );
}

#[test]
fn what_is_kept_with_other_words_is_a_ghost() {
    let mut case = Case::well();
    case.ada.submitted[1].deed = Deed::Say("something else".to_owned());
    let found = case.found();
    let ghost = |one: &Violation| matches!(one, Violation::Ghost { .. });
    assert!(found.len() == 2 && found.iter().all(ghost), "{found:#?}");
}

#[test]
fn an_acknowledgement_of_another_place_or_time_lies() {
    let mut case = Case::well();
    case.ada.acknowledged[1].seq = Seq(7);
    finds!(case, Violation::AckLies { .. });
    let mut case = Case::well();
    case.ada.acknowledged[1].at = Millis(7);
    finds!(case, Violation::AckLies { .. });
}

#[test]
fn what_was_never_decided_is_stuck_and_what_was_refused_is_refused() {
    let undecided = Submitted {
        cid: cid(9),
        room: ROOM,
        deed: Deed::Say("well?".to_owned()),
    };
    let mut case = Case::well();
    case.ada.submitted.push(undecided.clone());
    finds!(case, Violation::Stuck { .. });
    let mut case = Case::well();
    case.ada.submitted.push(undecided);
    case.ada.refused.push((cid(9), RefusalCode::NoSuchRoom));
    finds!(case, Violation::Refused { .. });
}

#[test]
fn a_reset_within_the_limit_and_a_replay_beyond_it_are_wrong() {
    for (missed, reset, is_wrong) in [
        (500, false, false),
        (501, true, false),
        (500, true, true),
        (501, false, true),
    ] {
        let mut case = Case::well();
        case.bo.resumes.push(Resume {
            room: ROOM,
            last: Seq(10),
            head: Seq(10 + missed),
            reset,
        });
        assert_eq!(
            case.found().len(),
            usize::from(is_wrong),
            "{missed} {reset}"
        );
    }
}
