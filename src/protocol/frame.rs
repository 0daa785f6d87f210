//! The frames on the socket, one JSON object in a text frame each, named by `t`.
//!
//! Rule for what is not known: a receiver ignores fields it does not know. A client
//! ignores frames it does not know; a server answers them with a refusal
//! ([`super::RefusalCode::UnknownFrame`]) and goes on.

use super::{
    Cid, Epoch, Event, Millis, Online, Person, Refusal, Room, RoomId, RoomSnapshot, RoomSummary,
    Seq, Slug, UserId, flat::FlatFrame,
};
use serde::{Deserialize, Serialize};

/// How far a client knows a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeAt {
    /// The room.
    pub room: RoomId,
    /// The newest event without a gap before it.
    pub last: Seq,
}

/// What a client says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame: what the client knows already.
    Hello {
        /// The epoch that its sequences belong to.
        epoch: Epoch,
        /// At most [`super::limits::RESUME_ROOMS`] rooms. A visitor without a name follows
        /// just these; a person follows these and every room they are a member of.
        rooms: Vec<ResumeAt>,
    },
    /// Show me this room, and make me a member if I have a name.
    Open {
        /// Comes back in the answer.
        re: u32,
        /// Which room.
        room: Slug,
    },
    /// Say something. Answered by `ack` or by `refused` with the same `cid`.
    Send {
        /// The name of this action.
        cid: Cid,
        /// Where to.
        room: RoomId,
        /// What. Not yet parsed: a wrong one must be refused by its `cid`.
        body: String,
    },
    /// Write a message of mine anew. Answered like `send`.
    Edit {
        /// The name of this action.
        cid: Cid,
        /// The room.
        room: RoomId,
        /// The message.
        of: Seq,
        /// What it says from now on; not yet parsed.
        body: String,
    },
    /// Take a message of mine back. Answered like `send`.
    Delete {
        /// The name of this action.
        cid: Cid,
        /// The room.
        room: RoomId,
        /// The message.
        of: Seq,
    },
    /// Put an emoji under a message, or take mine away. Answered like `send`.
    React {
        /// The name of this action.
        cid: Cid,
        /// The room.
        room: RoomId,
        /// The message.
        of: Seq,
        /// One emoji; not yet parsed.
        emoji: String,
        /// Whether it is to be there.
        on: bool,
    },
    /// I am writing. Sent at most every [`super::limits::TYPING_EVERY`].
    Typing {
        /// Where.
        room: RoomId,
    },
    /// I have read up to here.
    Read {
        /// Where.
        room: RoomId,
        /// The newest event that was on the screen.
        seq: Seq,
    },
    /// Older events, please: the page right before this place.
    Older {
        /// Comes back in the answer.
        re: u32,
        /// The room.
        room: RoomId,
        /// The oldest event the client has.
        before: Seq,
    },
    /// I found a gap: what came behind this place? Answered like a resume.
    CatchUp {
        /// The room.
        room: RoomId,
        /// The last event before the gap.
        last: Seq,
    },
    /// Is anybody there? Sent after [`super::limits::HEARTBEAT_MISSED`] without a word.
    Ping,
}

/// What the server says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case", try_from = "FlatFrame")]
pub enum ServerFrame {
    /// The answer to `hello`; what was missed follows, then `resumed`.
    Welcome {
        /// The epoch of the database.
        epoch: Epoch,
        /// Who the session belongs to; nothing for a visitor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        me: Option<Person>,
        /// The public rooms.
        rooms: Vec<RoomSummary>,
    },
    /// Events of one room, in order: live ones as well as missed ones.
    Events {
        /// The room.
        room: RoomId,
        /// Everybody the events name.
        people: Vec<Person>,
        /// One or more, without a gap between them.
        events: Vec<Event>,
    },
    /// Too much was missed, or the epoch is another: forget the room and start from here.
    Reset {
        /// The room now.
        snapshot: Box<RoomSnapshot>,
    },
    /// Everything missed has been sent; live from here.
    Resumed,
    /// The answer to `open`.
    Opened {
        /// From the question.
        re: u32,
        /// The room now.
        snapshot: Box<RoomSnapshot>,
    },
    /// The answer to `older`.
    Page {
        /// From the question.
        re: u32,
        /// The room.
        room: RoomId,
        /// Everybody the events name.
        people: Vec<Person>,
        /// The place asked for.
        before: Seq,
        /// Up to [`super::limits::PAGE_EVENTS`] events in order, each in its current form:
        /// the last ones before that place that are shown by themselves.
        events: Vec<Event>,
        /// Whether there are events before these.
        older: bool,
    },
    /// A message, or what somebody did to one, is kept: committed to disk, for good.
    Ack {
        /// Which one.
        cid: Cid,
        /// The room.
        room: RoomId,
        /// Its place.
        seq: Seq,
        /// When the server took it.
        at: Millis,
    },
    /// Something was not done; says what and why.
    Refused {
        /// The question, when it had a number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        re: Option<u32>,
        /// The send, when it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cid: Option<Cid>,
        /// Why.
        refusal: Refusal,
    },
    /// Somebody is writing; forgotten after [`super::limits::TYPING_SHOWN`].
    Typing {
        /// Where.
        room: RoomId,
        /// Who.
        who: Person,
    },
    /// Who is online, whole: once after `hello` for every room named there.
    Online {
        /// The room.
        room: RoomId,
        /// The list.
        online: Online,
    },
    /// What changed in who is online, gathered over a short while.
    Presence {
        /// The room.
        room: RoomId,
        /// How many are online now.
        count: u32,
        /// Who came; empty in rooms above [`super::limits::ONLINE_LISTED`].
        came: Vec<Person>,
        /// Who went; empty in rooms above [`super::limits::ONLINE_LISTED`].
        went: Vec<UserId>,
    },
    /// Somebody looks different now (a new name, another picture).
    Person {
        /// Who, as of now.
        person: Person,
    },
    /// A room is new, or its name or topic changed.
    Room {
        /// The room, as of now.
        room: Room,
        /// Its newest event.
        head: Seq,
    },
    /// This person read further, on this or another device.
    Read {
        /// The room.
        room: RoomId,
        /// How far.
        seq: Seq,
        /// What is still unread, counted as in [`RoomSummary::unread`].
        unread: u32,
        /// The room's newest event when that was counted: who has heard of newer ones knows
        /// better.
        head: Seq,
    },
    /// The answer to `ping`.
    Pong,
    /// Nothing happened, and the line is alive.
    Beat,
    /// The server goes away; come back after a random while up to this.
    Goodbye {
        /// Milliseconds.
        after_ms: u64,
    },
    /// A frame of a later version.
    #[serde(other)]
    Unknown,
}

impl ServerFrame {
    /// What a client heard. A frame that it cannot read is one of a later version, and
    /// counts as [`ServerFrame::Unknown`].
    #[must_use]
    pub fn heard(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or(Self::Unknown)
    }

    /// Takes in another frame that goes on in the same log right where this one ends; gives it
    /// back if it does not.
    pub fn append(&mut self, mut next: Self) -> Option<Self> {
        let (
            Self::Events {
                room,
                people,
                events,
            },
            Self::Events {
                room: also,
                people: named,
                events: later,
            },
        ) = (self, &mut next)
        else {
            return Some(next);
        };
        let ends = events.last().map(|event| event.seq.next());
        if room != also || ends != later.first().map(|event| event.seq) {
            return Some(next);
        }
        people.append(named);
        events.append(later);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Millis, What};

    fn events(room: u64, seqs: impl IntoIterator<Item = u64>) -> ServerFrame {
        let event = |seq| Event {
            seq: Seq(seq),
            at: Millis(0),
            by: UserId(1),
            what: What::Joined,
        };
        ServerFrame::Events {
            room: RoomId(room),
            people: Vec::new(),
            events: seqs.into_iter().map(event).collect(),
        }
    }

    #[test]
    fn frames_are_joined_only_where_one_goes_on_from_the_other() {
        let mut known = events(1, 1..=3);
        for apart in [
            events(2, 4..=5),
            events(1, 5..=6),
            events(1, 3..=4),
            events(1, 1..=9),
            events(1, []),
            ServerFrame::Resumed,
        ] {
            assert_eq!(known.append(apart.clone()), Some(apart));
        }
        assert_eq!(known.append(events(1, 4..=5)), None);
        assert_eq!(known, events(1, 1..=5));
        let mut other = ServerFrame::Pong;
        assert_eq!(other.append(events(1, [6])), Some(events(1, [6])));
        // The answer to what was asked behind a gap must not be lost with what showed the gap.
        let mut ahead = events(1, [7]);
        assert_eq!(ahead.append(events(1, 1..=7)), Some(events(1, 1..=7)));
    }
}
