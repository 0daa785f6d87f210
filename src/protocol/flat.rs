//! How tagged objects are read: all fields of all kinds side by side, then the kind.
//!
//! Serde reads an internally tagged enum by buffering the object first, which compiles
//! every type inside a second time for that buffer: a tenth of the WASM. These twins are
//! read in one go. The golden frames hold both forms to the same wire.

use super::{
    BootPage, Cid, Emoji, Epoch, Event, FormReply, Message, Millis, Name, Online, Person, Reaction,
    Refusal, Room, RoomId, RoomSnapshot, RoomSummary, Seq, ServerFrame, Topic, UserId, What,
};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::fmt;

/// A field that the kind of the object asks for is not there.
#[derive(Debug)]
pub struct Missing(&'static str);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "missing field `{}`", self.0)
    }
}

/// Takes fields out of `$flat`, or says which one is missing.
macro_rules! need {
    ($flat:ident . $field:ident) => {
        $flat.$field.ok_or(Missing(stringify!($field)))?
    };
}

/// [`What`], flat.
#[derive(Deserialize)]
pub struct FlatWhat {
    kind: String,
    cid: Option<Cid>,
    text: Option<String>,
    edited: Option<Millis>,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    amended: Seq,
    #[serde(default)]
    reactions: Vec<Reaction>,
    of: Option<Seq>,
    emoji: Option<Emoji>,
    on: Option<bool>,
    from: Option<Name>,
    to: Option<Name>,
    topic: Option<Topic>,
}

impl TryFrom<FlatWhat> for What {
    type Error = Missing;

    fn try_from(flat: FlatWhat) -> Result<Self, Missing> {
        Ok(match flat.kind.as_str() {
            "message" => Self::Message(Message {
                cid: need!(flat.cid),
                text: need!(flat.text),
                edited: flat.edited,
                deleted: flat.deleted,
                amended: flat.amended,
                reactions: flat.reactions,
            }),
            "edited" => Self::Edited {
                cid: need!(flat.cid),
                of: need!(flat.of),
                text: need!(flat.text),
            },
            "deleted" => Self::Deleted {
                cid: need!(flat.cid),
                of: need!(flat.of),
            },
            "reacted" => Self::Reacted {
                cid: need!(flat.cid),
                of: need!(flat.of),
                emoji: need!(flat.emoji),
                on: need!(flat.on),
            },
            "joined" => Self::Joined,
            "left" => Self::Left,
            "renamed" => Self::Renamed {
                from: need!(flat.from),
                to: need!(flat.to),
            },
            "topic" => Self::Topic {
                topic: need!(flat.topic),
            },
            _ => Self::Unknown,
        })
    }
}

/// [`BootPage`], flat.
#[derive(Deserialize)]
pub struct FlatPage {
    page: String,
    snapshot: Option<Box<RoomSnapshot>>,
    before: Option<Seq>,
}

impl TryFrom<FlatPage> for BootPage {
    type Error = Missing;

    fn try_from(flat: FlatPage) -> Result<Self, Missing> {
        Ok(match flat.page.as_str() {
            "room" => Self::Room {
                snapshot: need!(flat.snapshot),
                before: flat.before,
            },
            "rooms" => Self::Rooms,
            "me" => Self::Me,
            "not_found" => Self::NotFound,
            _ => Self::Failed,
        })
    }
}

/// [`FormReply`], flat.
#[derive(Deserialize)]
pub struct FlatReply {
    result: String,
    next: Option<String>,
    me: Option<Person>,
    refusal: Option<Refusal>,
}

impl TryFrom<FlatReply> for FormReply {
    type Error = Missing;

    fn try_from(flat: FlatReply) -> Result<Self, Missing> {
        Ok(match flat.result.as_str() {
            "done" => Self::Done {
                next: need!(flat.next),
                me: flat.me,
            },
            _ => Self::Refused {
                refusal: need!(flat.refusal),
            },
        })
    }
}

/// [`ServerFrame`], flat.
#[derive(Deserialize)]
pub struct FlatFrame {
    t: String,
    epoch: Option<Epoch>,
    me: Option<Person>,
    rooms: Option<Vec<RoomSummary>>,
    room: Option<RoomField>,
    people: Option<Vec<Person>>,
    events: Option<Vec<Event>>,
    snapshot: Option<Box<RoomSnapshot>>,
    re: Option<u32>,
    older: Option<bool>,
    before: Option<Seq>,
    cid: Option<Cid>,
    seq: Option<Seq>,
    at: Option<Millis>,
    refusal: Option<Refusal>,
    who: Option<Person>,
    online: Option<Online>,
    count: Option<u32>,
    came: Option<Vec<Person>>,
    went: Option<Vec<UserId>>,
    person: Option<Person>,
    head: Option<Seq>,
    unread: Option<u32>,
    after_ms: Option<u64>,
}

impl TryFrom<FlatFrame> for ServerFrame {
    type Error = Missing;

    fn try_from(flat: FlatFrame) -> Result<Self, Missing> {
        let id = |room: &Option<RoomField>| match room {
            Some(RoomField::Id(id)) => Ok(*id),
            _ => Err(Missing("room")),
        };
        Ok(match flat.t.as_str() {
            "welcome" => Self::Welcome {
                epoch: need!(flat.epoch),
                me: flat.me,
                rooms: need!(flat.rooms),
            },
            "events" => Self::Events {
                room: id(&flat.room)?,
                people: need!(flat.people),
                events: need!(flat.events),
            },
            "reset" => Self::Reset {
                snapshot: need!(flat.snapshot),
            },
            "resumed" => Self::Resumed,
            "opened" => Self::Opened {
                re: need!(flat.re),
                snapshot: need!(flat.snapshot),
            },
            "page" => Self::Page {
                re: need!(flat.re),
                room: id(&flat.room)?,
                people: need!(flat.people),
                before: need!(flat.before),
                events: need!(flat.events),
                older: need!(flat.older),
            },
            "ack" => Self::Ack {
                cid: need!(flat.cid),
                room: id(&flat.room)?,
                seq: need!(flat.seq),
                at: need!(flat.at),
            },
            "refused" => Self::Refused {
                re: flat.re,
                cid: flat.cid,
                refusal: need!(flat.refusal),
            },
            "typing" => Self::Typing {
                room: id(&flat.room)?,
                who: need!(flat.who),
            },
            "online" => Self::Online {
                room: id(&flat.room)?,
                online: need!(flat.online),
            },
            "presence" => Self::Presence {
                room: id(&flat.room)?,
                count: need!(flat.count),
                came: need!(flat.came),
                went: need!(flat.went),
            },
            "person" => Self::Person {
                person: need!(flat.person),
            },
            "room" => match flat.room {
                Some(RoomField::Room(room)) => Self::Room {
                    room,
                    head: need!(flat.head),
                },
                _ => return Err(Missing("room")),
            },
            "read" => Self::Read {
                room: id(&flat.room)?,
                seq: need!(flat.seq),
                unread: need!(flat.unread),
                // Servers did not always say it.
                head: flat.head.unwrap_or(Seq(u64::MAX)),
            },
            "pong" => Self::Pong,
            "beat" => Self::Beat,
            "goodbye" => Self::Goodbye {
                after_ms: need!(flat.after_ms),
            },
            _ => Self::Unknown,
        })
    }
}

/// The field `room`: its number in most frames, all of it in one.
enum RoomField {
    Id(RoomId),
    Room(Room),
}

impl<'de> Deserialize<'de> for RoomField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = RoomField;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a room or its number")
            }

            fn visit_u64<E>(self, id: u64) -> Result<RoomField, E> {
                Ok(RoomField::Id(RoomId(id)))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RoomField, A::Error> {
                Room::deserialize(MapAccessDeserializer::new(map)).map(RoomField::Room)
            }
        }

        deserializer.deserialize_any(Either)
    }
}
