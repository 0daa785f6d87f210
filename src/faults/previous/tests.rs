//! The client of the past meets frames of the future.

use super::{Known, Previous, Seen};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

fn previous() -> Previous {
    Previous {
        to: ([127, 0, 0, 1], 1).into(),
        cookie: String::new(),
        user: 3,
        epoch: String::new(),
        rooms: BTreeMap::from([(1, Known::default())]),
        outbox: VecDeque::new(),
        in_flight: false,
        acknowledged: Vec::new(),
        closes: Vec::new(),
    }
}

fn events(events: Value) -> Value {
    json!({ "t": "events", "room": 1, "people": [{ "id": 3, "name": "Ada" }], "events": events })
}

fn event(seq: u64, what: Value) -> Value {
    json!({ "seq": seq, "at": 1, "by": 3, "what": what })
}

#[test]
fn what_it_does_not_know_takes_its_place_and_nothing_else() {
    let mut bot = previous();
    assert!(bot.hear(&json!({ "t": "fireworks", "room": 1 })).is_empty());
    let first = json!({ "kind": "message", "cid": "a", "text": "b", "mood": "new" });
    let heard = events(json!([
        event(1, first),
        event(2, json!({ "kind": "edited", "of": 1 }))
    ]));
    assert!(bot.hear(&heard).is_empty());
    let known = &bot.rooms()[&1];
    assert_eq!(known.last, 2);
    let cids: Vec<_> = known
        .seen
        .iter()
        .map(|Seen { cid, .. }| cid.as_deref())
        .collect();
    assert_eq!(cids, [Some("a"), None]);
}

#[test]
fn behind_a_gap_it_asks() {
    let mut bot = previous();
    let heard = events(json!([event(3, json!({ "kind": "joined" }))]));
    let asked = bot.hear(&heard);
    assert_eq!(asked, [json!({ "t": "catch_up", "room": 1, "last": 0 })]);
}

#[test]
#[should_panic(expected = "hubbub.1 has a text `text` here")]
fn a_message_without_words_is_none() {
    previous().hear(&events(json!([event(
        1,
        json!({ "kind": "message", "cid": "a" })
    )])));
}
