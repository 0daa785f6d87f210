//! What this person does to messages, before and after the log has it.

use super::*;
use crate::protocol::{Emoji, Reaction};

fn thumb() -> Emoji {
    Emoji::known("\u{1F44D}")
}

fn talk() -> Timeline {
    let mut timeline = Timeline::of(&snapshot(&[], 0, 50));
    timeline.extend([message(1, ADA, 0), message(2, BO, 1), message(3, ADA, 2)]);
    timeline
}

fn shown(timeline: &Timeline, seq: u64) -> (Message, State) {
    let shown = timeline.shown(Seq(seq), Some(ADA)).unwrap();
    match &shown.event.what {
        What::Message(message) => (message.clone(), shown.state),
        what => panic!("{what:?}"),
    }
}

fn edited(seq: u64, of: u64, text: &str) -> Event {
    let what = What::Edited {
        cid: cid(seq),
        of: Seq(of),
        text: text.into(),
    };
    event(seq, ADA, 5, what)
}

#[test]
fn an_edit_shows_at_once_and_once_the_log_has_it_it_is_no_more_pending() {
    let mut timeline = talk();
    timeline.act(cid(4), Deed::Edit(Seq(1), "better".into()));
    assert_eq!(rows(&timeline).len(), 4, "a day and three messages");
    let (message, state) = shown(&timeline, 1);
    assert_eq!((message.text.as_str(), state), ("better", State::OnItsWay));
    assert_eq!(shown(&timeline, 3).1, State::Kept);
    timeline.extend([edited(4, 1, "better")]);
    let (message, state) = shown(&timeline, 1);
    assert_eq!((message.text.as_str(), state), ("better", State::Kept));
    assert!(message.edited.is_some());
    assert_eq!(timeline.pending(), []);
}

#[test]
fn a_refused_edit_leaves_the_message_as_it_was_and_asks_for_a_decision() {
    let mut timeline = talk();
    timeline.act(cid(4), Deed::Edit(Seq(1), "better".into()));
    timeline.refuse(cid(4), RefusalCode::NotYours);
    let (message, state) = shown(&timeline, 1);
    assert_eq!(message.text, "message 1");
    assert_eq!(state, State::Failed(cid(4), RefusalCode::NotYours));
    assert!(timeline.forget(cid(4)).is_some());
    assert_eq!(shown(&timeline, 1).1, State::Kept);
}

#[test]
fn nothing_of_a_deleted_message_is_shown_or_counted() {
    let mut timeline = talk();
    assert_eq!(timeline.messages_after(Seq(0), Some(ADA)), 1);
    let (cid, of) = (cid(4), Seq(2));
    timeline.extend([event(4, BO, 5, What::Deleted { cid, of })]);
    let (message, _) = shown(&timeline, 2);
    assert!(message.deleted && message.text.is_empty());
    assert_eq!(timeline.messages_after(Seq(0), Some(ADA)), 0);
    assert_eq!(seqs(&timeline), [1, 2, 3], "its place stays");
}

#[test]
fn a_reaction_on_its_way_counts_once_even_when_the_log_has_it_already() {
    let mut timeline = talk();
    timeline.act(cid(4), Deed::React(Seq(2), thumb(), true));
    let mine = Reaction {
        emoji: thumb(),
        count: 1,
        by: vec![ADA],
    };
    assert_eq!(shown(&timeline, 2), {
        let mut message = Message::new(cid(2), "message 2".into());
        message.reactions = vec![mine.clone()];
        (message, State::Kept)
    });
    // Another tab of the same person did the same first.
    let what = What::Reacted {
        cid: cid(99),
        of: Seq(2),
        emoji: thumb(),
        on: true,
    };
    timeline.extend([event(4, ADA, 5, what)]);
    assert_eq!(shown(&timeline, 2).0.reactions, [mine]);
    // There was nothing left to do: the server names the place where it is so.
    timeline.acknowledge(cid(4), Seq(4));
    assert_eq!(timeline.pending(), []);
}

#[test]
fn a_deed_is_pending_until_the_log_reaches_its_place() {
    let mut timeline = talk();
    timeline.act(cid(50), Deed::Edit(Seq(1), "message 1".into()));
    timeline.acknowledge(cid(50), Seq(5));
    assert_eq!(timeline.pending().len(), 1);
    timeline.extend([edited(4, 3, "three"), message(5, BO, 6)]);
    assert_eq!(timeline.pending(), []);
}

#[test]
fn in_another_log_nothing_is_done_to_messages_of_this_one() {
    let mut timeline = talk();
    timeline.act(cid(50), Deed::Delete(Seq(1)));
    timeline.send(cid(51), "said".into());
    timeline.forget_acknowledgements();
    let left: Vec<_> = timeline.pending().iter().map(|one| one.cid).collect();
    assert_eq!(left, [cid(51)]);
}

#[test]
fn beyond_a_gap_known_messages_still_change() {
    let mut timeline = talk();
    timeline.glimpse(&[message(900, BO, 9), edited(901, 1, "much later")]);
    assert_eq!(shown(&timeline, 1).0.text, "much later");
    assert_eq!(timeline.last(), Seq(3));
    assert_eq!(seqs(&timeline), [1, 2, 3]);
}
