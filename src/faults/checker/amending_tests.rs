//! The checker bites where messages are edited, deleted and reacted to.

use super::{Log, Place, Violation, check};
use crate::history::{Acknowledged, Deed, History, Submitted};
use hubbub::protocol::{
    Cid, Emoji, Event, Message, Millis, Reaction, RefusalCode, RoomId, Seq, UserId, What,
};
use std::sync::Arc;

const ROOM: RoomId = RoomId(1);
const ADA: UserId = UserId(1);
const BO: UserId = UserId(2);

/// Ada said "one" and "two", wrote "one" anew as "more", put an emoji under it, and took "two"
/// back. Bo began with a page up to the edit, and heard the rest.
struct Case {
    log: Log,
    ada: History,
    bo: History,
}

fn emoji() -> Emoji {
    Emoji::known("\u{1F44D}")
}

fn event(seq: u8, what: What) -> Event {
    Event {
        seq: Seq(seq.into()),
        at: Millis(seq.into()),
        by: ADA,
        what,
    }
}

fn cid(seq: u8) -> Cid {
    Cid([seq; 16])
}

fn said(seq: u8, text: &str) -> Message {
    Message::new(cid(seq), text.to_owned())
}

/// The first message after it was edited, and after somebody put an emoji under it.
fn edited(reactions: Vec<Reaction>, amended: u64) -> Event {
    let message = Message {
        edited: Some(Millis(3)),
        amended: Seq(amended),
        reactions,
        ..said(1, "more")
    };
    event(1, What::Message(message))
}

fn thumb() -> Vec<Reaction> {
    vec![Reaction {
        emoji: emoji(),
        count: 1,
        by: vec![ADA],
    }]
}

/// The second one after it was deleted.
fn gone() -> Event {
    let message = Message {
        deleted: true,
        amended: Seq(5),
        ..said(2, "")
    };
    event(2, What::Message(message))
}

impl Case {
    fn well() -> Self {
        let (first, second) = (Seq(1), Seq(2));
        let deeds = [
            Deed::Say("one".to_owned()),
            Deed::Say("two".to_owned()),
            Deed::Edit(first, "more".to_owned()),
            Deed::React(first, emoji(), true),
            Deed::Delete(second),
        ];
        let mut ada = History::new("Ada".to_owned(), Some(ADA));
        for (seq, deed) in (1..).zip(deeds) {
            ada.submitted.push(Submitted {
                cid: cid(seq),
                room: ROOM,
                deed,
            });
            ada.acknowledged.push(Acknowledged {
                cid: cid(seq),
                room: ROOM,
                seq: Seq(seq.into()),
                at: Millis(seq.into()),
            });
        }
        let (of, text) = (first, String::new());
        let edit = event(
            3,
            What::Edited {
                cid: cid(3),
                of,
                text,
            },
        );
        let react = event(
            4,
            What::Reacted {
                cid: cid(4),
                of,
                emoji: emoji(),
                on: true,
            },
        );
        let delete = event(
            5,
            What::Deleted {
                cid: cid(5),
                of: second,
            },
        );
        let mut bo = History::new("Bo".to_owned(), Some(BO));
        let page = [
            edited(Vec::new(), 3),
            event(2, What::Message(said(2, "two"))),
        ];
        bo.begin(ROOM, Seq(3), &page.map(Arc::new));
        bo.go_on(ROOM, &[react.clone(), delete.clone()].map(Arc::new));
        let shown = [edited(thumb(), 4), gone()].map(Arc::new);
        bo.shown.insert(ROOM, shown.to_vec());
        let log = vec![edited(thumb(), 4), gone(), edit, react, delete];
        Self {
            log: Log::from([(ROOM, log)]),
            ada,
            bo,
        }
    }

    fn kept(&mut self, seq: usize) -> &mut Message {
        let event = &mut self.log.get_mut(&ROOM).unwrap()[seq - 1];
        message(event)
    }

    fn shown(&mut self, at: usize) -> &mut Message {
        let shown = self.bo.shown.get_mut(&ROOM).unwrap();
        message(Arc::make_mut(&mut shown[at]))
    }

    fn page(&mut self) -> &mut Vec<Arc<Event>> {
        &mut self.bo.views.get_mut(&ROOM).unwrap()[0].page
    }

    fn found(self) -> Vec<Violation> {
        check(&self.log, &[self.ada, self.bo])
    }
}

fn message(event: &mut Event) -> &mut Message {
    match &mut event.what {
        What::Message(message) => message,
        other => panic!("{other:?} is no message"),
    }
}

#[test]
fn nothing_is_found_where_all_is_well() {
    assert_eq!(Case::well().found(), []);
}

#[test]
fn an_edit_that_did_not_change_the_words_is_found() {
    let mut case = Case::well();
    case.kept(1).text = "one".to_owned();
    finds!(
        case,
        Violation::Ghost {
            place: Place::Log,
            ..
        }
    );
}

#[test]
fn words_that_were_deleted_and_are_still_kept_are_found() {
    let mut case = Case::well();
    case.kept(2).text = "two".to_owned();
    finds!(
        case,
        Violation::Ghost {
            place: Place::Log,
            ..
        }
    );
}

#[test]
fn a_reaction_that_counts_twice_is_found() {
    let mut case = Case::well();
    case.kept(1).reactions[0].count = 2;
    finds!(
        case,
        Violation::Ghost {
            place: Place::Log,
            ..
        }
    );
    let mut case = Case::well();
    case.shown(0).reactions[0].count = 2;
    finds!(
        case,
        Violation::Ghost {
            place: Place::View(_),
            ..
        }
    );
}

#[test]
fn a_screen_that_still_shows_what_was_deleted_is_found() {
    let mut case = Case::well();
    *case.shown(1) = said(2, "two");
    finds!(
        case,
        Violation::Ghost {
            place: Place::View(_),
            ..
        }
    );
}

#[test]
fn a_screen_that_lacks_a_message_at_the_end_is_found() {
    let mut case = Case::well();
    case.bo.shown.get_mut(&ROOM).unwrap().pop();
    finds!(
        case,
        Violation::Gap {
            place: Place::View(_),
            ..
        }
    );
}

#[test]
fn a_page_that_leaves_out_a_message_has_a_gap() {
    let mut case = Case::well();
    case.page().pop();
    finds!(
        case,
        Violation::Gap {
            place: Place::View(_),
            ..
        }
    );
}

#[test]
fn a_message_that_was_told_in_another_form_than_it_had_then_is_found() {
    for wrong in [edited(thumb(), 3), edited(Vec::new(), 2)] {
        let mut case = Case::well();
        case.page()[0] = Arc::new(wrong);
        let found = case.found();
        let is_ghost = |one: &Violation| {
            matches!(
                one,
                Violation::Ghost {
                    place: Place::View(_),
                    ..
                }
            )
        };
        assert!(
            !found.is_empty() && found.iter().all(is_ghost),
            "{found:#?}"
        );
    }
}

#[test]
fn an_edit_may_be_told_as_a_deletion_only_of_what_was_deleted() {
    for (of, is_wrong) in [(1, true), (2, false)] {
        let mut case = Case::well();
        let edit = &mut case.log.get_mut(&ROOM).unwrap()[2];
        let of = Seq(of);
        edit.what = What::Edited {
            cid: cid(3),
            of,
            text: String::new(),
        };
        case.ada.submitted[2].deed = Deed::Edit(of, "more".to_owned());
        // Another history of the two messages, so that all else is well.
        let deleted = of == Seq(2);
        if deleted {
            *case.kept(1) = Message {
                amended: Seq(4),
                reactions: thumb(),
                ..said(1, "one")
            };
            case.bo.shown.clear();
        }
        let told = event(3, What::Deleted { cid: cid(3), of });
        let run = &mut case.bo.views.get_mut(&ROOM).unwrap()[0];
        run.page = vec![
            Arc::new(event(1, What::Message(said(1, "one")))),
            Arc::new(event(2, What::Message(said(2, "two")))),
        ];
        run.head = Seq(2);
        run.events.insert(0, Arc::new(told));
        let found = case.found();
        assert_eq!(found.len(), usize::from(is_wrong), "{found:#?}");
    }
}

#[test]
fn what_had_nothing_to_change_may_be_acknowledged_and_not_kept() {
    for (deed, is_lost) in [
        (Deed::React(Seq(1), emoji(), true), false),
        (Deed::React(Seq(1), emoji(), false), true),
        (Deed::Edit(Seq(1), "more".to_owned()), false),
        (Deed::Edit(Seq(1), "less".to_owned()), true),
        (Deed::Say("three".to_owned()), true),
    ] {
        let mut case = Case::well();
        case.ada.submitted.push(Submitted {
            cid: cid(9),
            room: ROOM,
            deed: deed.clone(),
        });
        case.ada.acknowledged.push(Acknowledged {
            cid: cid(9),
            room: ROOM,
            seq: Seq(4),
            at: Millis(9),
        });
        let found = case.found();
        assert_eq!(found.len(), usize::from(is_lost), "{deed:?}: {found:#?}");
    }
}

#[test]
fn only_what_was_deleted_may_be_refused_as_deleted() {
    for (of, is_wrong) in [(1, true), (2, false)] {
        let mut case = Case::well();
        case.ada.submitted.push(Submitted {
            cid: cid(9),
            room: ROOM,
            deed: Deed::Edit(Seq(of), "late".to_owned()),
        });
        let refused = (cid(9), RefusalCode::MessageDeleted);
        case.ada.refused.push(refused);
        let found = case.found();
        assert_eq!(found.len(), usize::from(is_wrong), "{found:#?}");
    }
}

#[test]
fn a_page_with_a_message_as_it_was_before_its_head_is_found() {
    let mut case = Case::well();
    case.page()[0] = Arc::new(event(1, What::Message(said(1, "one"))));
    finds!(
        case,
        Violation::Ghost {
            place: Place::View(_),
            ..
        }
    );
}

#[test]
fn somebody_who_reacted_and_is_not_named_or_twice_is_found() {
    for by in [vec![], vec![ADA, ADA]] {
        let mut case = Case::well();
        case.kept(1).reactions[0].by = by;
        finds!(
            case,
            Violation::Ghost {
                place: Place::Log,
                ..
            }
        );
    }
}
