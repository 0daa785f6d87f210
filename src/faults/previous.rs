//! A client of the past: `hubbub.1` as it was understood when this file was written, in
//! November 2026, before there was any kind of event but the five in [`Seen::of`].
//!
//! Frozen on purpose: it shares no type with the program, and is not changed when the
//! protocol grows. Every later server has to get along with it. It is strict about what it
//! understood then, and passes over what it did not know, as the protocol's page told it to.

mod line;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};

/// A bot with a name.
pub struct Previous {
    to: std::net::SocketAddr,
    cookie: String,
    user: u64,
    epoch: String,
    /// By number, those that it follows.
    rooms: BTreeMap<u64, Known>,
    /// To be said, in order; the first one may be on its way.
    outbox: VecDeque<Said>,
    in_flight: bool,
    /// In the order in which they were heard: what, and where it is kept.
    acknowledged: Vec<(String, u64, u64)>,
    closes: Vec<u16>,
}

/// Something to say.
#[derive(Clone)]
struct Said {
    cid: String,
    room: u64,
    body: String,
}

/// A room as far as it is known.
#[derive(Default)]
pub struct Known {
    pub last: u64,
    pub seen: Vec<Seen>,
}

/// A place in the sequence, with the message that it is, if it is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub seq: u64,
    pub by: u64,
    pub cid: Option<String>,
}

impl Previous {
    /// What to say next is decided by what was heard.
    fn hear(&mut self, frame: &Value) -> Vec<Value> {
        match text(frame, "t").as_str() {
            "welcome" => {
                self.epoch = text(frame, "epoch");
                assert_eq!(
                    number(&frame["me"], "id"),
                    self.user,
                    "somebody else's session"
                );
                for line in list(frame, "rooms") {
                    number(&line["room"], "id");
                    text(&line["room"], "slug");
                    number(line, "head");
                }
                Vec::new()
            }
            "events" => self.events(frame),
            "reset" => self.replace(&frame["snapshot"]),
            "opened" => {
                number(frame, "re");
                self.replace(&frame["snapshot"])
            }
            "ack" => {
                let cid = text(frame, "cid");
                let place = (number(frame, "room"), number(frame, "seq"));
                number(frame, "at");
                if self.outbox.front().is_some_and(|said| said.cid == cid) {
                    self.outbox.pop_front();
                    self.in_flight = false;
                }
                self.acknowledged.push((cid, place.0, place.1));
                self.pump()
            }
            "refused" => {
                let code = text(&frame["refusal"], "code");
                text(&frame["refusal"], "message");
                let again = ["too_fast", "busy", "internal"].contains(&code.as_str());
                assert!(again, "refused for good: {frame}");
                self.in_flight = false;
                Vec::new()
            }
            // `line` looks at these itself; of others it knows nothing.
            _ => Vec::new(),
        }
    }

    fn events(&mut self, frame: &Value) -> Vec<Value> {
        let room = number(frame, "room");
        let people: Vec<_> = list(frame, "people")
            .iter()
            .map(|one| number(one, "id"))
            .collect();
        let mut answer = Vec::new();
        let Some(known) = self.rooms.get_mut(&room) else {
            return answer;
        };
        let mut before = None;
        for event in list(frame, "events") {
            let seen = Seen::of(event);
            assert!(people.contains(&seen.by), "a stranger in {frame}");
            assert!(
                before.is_none_or(|seq| seen.seq == seq + 1),
                "a gap in {frame}"
            );
            before = Some(seen.seq);
            if seen.seq == known.last + 1 {
                known.last = seen.seq;
                known.seen.push(seen);
            } else if seen.seq > known.last + 1 {
                answer.push(json!({ "t": "catch_up", "room": room, "last": known.last }));
                break;
            }
        }
        answer
    }

    fn replace(&mut self, snapshot: &Value) -> Vec<Value> {
        let room = number(&snapshot["room"], "id");
        text(&snapshot["room"], "slug");
        let known = self.rooms.entry(room).or_default();
        let page = list(snapshot, "events").iter().map(Seen::of);
        // What was seen before the page stays written down; the page begins the room anew.
        let page: Vec<_> = page.collect();
        let first = page.first().map_or(u64::MAX, |seen| seen.seq);
        known.seen.retain(|seen| seen.seq < first);
        known.seen.extend(page);
        known.last = number(snapshot, "head");
        Vec::new()
    }

    fn pump(&mut self) -> Vec<Value> {
        let Some(said) = self.outbox.front().filter(|_| !self.in_flight) else {
            return Vec::new();
        };
        self.in_flight = true;
        let Said { cid, room, body } = said.clone();
        vec![json!({ "t": "send", "cid": cid, "room": room, "body": body })]
    }

    fn hello(&mut self) -> Value {
        self.in_flight = false;
        let rooms = self.rooms.iter();
        let rooms: Vec<_> = rooms
            .map(|(room, known)| json!({ "room": room, "last": known.last }))
            .collect();
        json!({ "t": "hello", "epoch": self.epoch, "rooms": rooms })
    }
}

impl Seen {
    /// An event of a kind that is known has what that kind had; any other is a place in the
    /// sequence.
    fn of(event: &Value) -> Self {
        number(event, "at");
        let what = &event["what"];
        let cid = match text(what, "kind").as_str() {
            "message" => {
                text(what, "text");
                Some(text(what, "cid"))
            }
            "renamed" => {
                text(what, "from");
                text(what, "to");
                None
            }
            "topic" => {
                text(what, "topic");
                None
            }
            _ => None,
        };
        Self {
            seq: number(event, "seq"),
            by: number(event, "by"),
            cid,
        }
    }
}

fn number(of: &Value, field: &str) -> u64 {
    let number = of[field].as_u64();
    number.unwrap_or_else(|| panic!("hubbub.1 has a number `{field}` here: {of}"))
}

fn text(of: &Value, field: &str) -> String {
    let text = of[field].as_str();
    text.unwrap_or_else(|| panic!("hubbub.1 has a text `{field}` here: {of}"))
        .to_owned()
}

fn list<'v>(of: &'v Value, field: &str) -> &'v [Value] {
    let list = of[field].as_array();
    list.unwrap_or_else(|| panic!("hubbub.1 has a list `{field}` here: {of}"))
}
