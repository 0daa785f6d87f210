//! The client keeps to the protocol, frame by frame.

use super::Mind;
use crate::{
    dice::Dice,
    history::{Deed, History},
};
use hubbub::protocol::{
    Cid, ClientFrame, Epoch, Event, Message, Millis, Refusal, RefusalCode, ResumeAt, RoomId, Seq,
    ServerFrame, UserId, What,
};
use std::time::Duration;
use tokio::time::Instant;

const ROOM: RoomId = RoomId(1);
const ADA: UserId = UserId(3);

/// Ada, without a line.
fn ada() -> Mind {
    let history = History::new("Ada".to_owned(), Some(ADA));
    Mind::new(history, &[], Dice::new(1), None)
}

/// Ada with a line that has resumed.
fn resumed() -> Mind {
    let mut mind = ada();
    mind.hello();
    mind.hear(ServerFrame::Resumed, Instant::now());
    mind
}

fn say(mind: &mut Mind, text: &str) -> Cid {
    mind.submit(ROOM, Deed::Say(text.to_owned()))
}

/// The names of what is sent.
fn sent(frames: &[ClientFrame]) -> Vec<Cid> {
    let cid = |frame: &ClientFrame| match frame {
        ClientFrame::Send { cid, .. } => Some(*cid),
        _ => None,
    };
    frames.iter().filter_map(cid).collect()
}

fn ack(cid: Cid) -> ServerFrame {
    ServerFrame::Ack {
        cid,
        room: ROOM,
        seq: Seq(9),
        at: Millis(1),
    }
}

fn refused(cid: Cid, refusal: Refusal) -> ServerFrame {
    ServerFrame::Refused {
        re: None,
        cid: Some(cid),
        refusal,
    }
}

fn events(seqs: &[u64], what: &What) -> ServerFrame {
    let event = |seq: &u64| Event {
        seq: Seq(*seq),
        at: Millis(1),
        by: ADA,
        what: what.clone(),
    };
    ServerFrame::Events {
        room: ROOM,
        people: Vec::new(),
        events: seqs.iter().map(event).collect(),
    }
}

#[test]
fn one_send_of_a_room_is_on_its_way() {
    let mut mind = resumed();
    let now = Instant::now();
    let (first, second) = (say(&mut mind, "one"), say(&mut mind, "two"));
    assert_eq!(sent(&mind.pump(now)), [first]);
    assert_eq!(sent(&mind.pump(now)), []);
    assert_eq!(sent(&mind.hear(ack(first), now)), [second]);
}

#[test]
fn what_was_not_answered_is_sent_again_after_the_resume() {
    let mut mind = resumed();
    let now = Instant::now();
    let cid = say(&mut mind, "one");
    assert_eq!(sent(&mind.pump(now)), [cid]);
    mind.lost(1006);
    assert_eq!(sent(&mind.pump(now)), [], "there is no line");
    mind.hello();
    assert_eq!(sent(&mind.hear(ServerFrame::Resumed, now)), [cid]);
}

#[test]
fn its_own_message_that_came_back_is_not_sent_again() {
    let mut mind = resumed();
    let now = Instant::now();
    let cid = say(&mut mind, "one");
    mind.pump(now);
    mind.lost(1006);
    let hello = mind.hello();
    let at = ResumeAt {
        room: ROOM,
        last: Seq(0),
    };
    let epoch = Epoch(String::new());
    assert_eq!(
        hello,
        ClientFrame::Hello {
            epoch,
            rooms: vec![at]
        }
    );
    let text = "one".to_owned();
    mind.hear(events(&[1], &What::Message(Message::new(cid, text))), now);
    assert_eq!(sent(&mind.hear(ServerFrame::Resumed, now)), []);
    assert_eq!(mind.waiting(), 0);
}

#[test]
fn another_epoch_is_its_own_only_once_every_room_was_begun_anew() {
    let mut mind = resumed();
    let now = Instant::now();
    let welcome = |epoch: &str| ServerFrame::Welcome {
        epoch: Epoch(epoch.to_owned()),
        me: None,
        rooms: Vec::new(),
    };
    let said = |hello: ClientFrame| match hello {
        ClientFrame::Hello { epoch, .. } => epoch.0,
        other => panic!("{other:?}"),
    };
    for (told, cut) in [("first", false), ("restored", true), ("restored", false)] {
        mind.lost(1006);
        let before = said(mind.hello());
        mind.hear(welcome(told), now);
        if cut {
            mind.lost(1006);
            assert_eq!(said(mind.hello()), before, "nothing was begun anew yet");
        } else {
            mind.hear(ServerFrame::Resumed, now);
            mind.lost(1006);
            assert_eq!(said(mind.hello()), told);
        }
    }
}

#[test]
fn who_is_asked_to_wait_waits_and_is_not_overtaken() {
    let mut mind = resumed();
    let now = Instant::now();
    let (first, _) = (say(&mut mind, "one"), say(&mut mind, "two"));
    mind.pump(now);
    let wait = Duration::from_millis(500);
    let asked = Refusal::retry_after(RefusalCode::TooFast, wait);
    assert_eq!(sent(&mind.hear(refused(first, asked), now)), []);
    assert_eq!(mind.due(), Some(now + wait));
    assert_eq!(sent(&mind.pump(now + wait / 2)), []);
    assert_eq!(sent(&mind.pump(now + wait)), [first]);
}

#[test]
fn what_is_refused_for_good_makes_way() {
    let mut mind = resumed();
    let now = Instant::now();
    let (first, second) = (say(&mut mind, "one"), say(&mut mind, "two"));
    mind.pump(now);
    let refusal = RefusalCode::NoSuchRoom.into();
    assert_eq!(sent(&mind.hear(refused(first, refusal), now)), [second]);
    assert_eq!(mind.history().refused, [(first, RefusalCode::NoSuchRoom)]);
}

#[test]
fn behind_a_gap_it_asks_once() {
    let mut mind = resumed();
    let now = Instant::now();
    say(&mut mind, "so that the room is known");
    let ask = ClientFrame::CatchUp {
        room: ROOM,
        last: Seq(1),
    };
    assert_eq!(mind.hear(events(&[1, 3], &What::Joined), now), [ask]);
    assert_eq!(mind.hear(events(&[4], &What::Joined), now), []);
    mind.hear(events(&[2, 3, 4], &What::Joined), now);
    assert_eq!(mind.last(ROOM), Seq(4));
}
