//! One of everything.

use super::names;
use crate::protocol::{
    Cid, ClientFrame, Emoji, Epoch, Event, FormReply, Message, Millis, Name, Online, Person,
    Reaction, Refusal, RefusalCode, ResumeAt, Room, RoomId, RoomName, RoomSnapshot, RoomSummary,
    Seq, ServerFrame, Slug, Topic, UserId, What, limits,
};

names!(CLIENT_FRAMES, client_frame, ClientFrame, {
    ClientFrame::Hello { .. } => "hello",
    ClientFrame::Open { .. } => "open",
    ClientFrame::Send { .. } => "send",
    ClientFrame::Edit { .. } => "edit",
    ClientFrame::Delete { .. } => "delete",
    ClientFrame::React { .. } => "react",
    ClientFrame::Typing { .. } => "typing",
    ClientFrame::Read { .. } => "read",
    ClientFrame::Older { .. } => "older",
    ClientFrame::CatchUp { .. } => "catch_up",
    ClientFrame::Ping => "ping",
});

names!(SERVER_FRAMES, server_frame, ServerFrame, {
    ServerFrame::Welcome { .. } => "welcome",
    ServerFrame::Events { .. } => "events",
    ServerFrame::Reset { .. } => "reset",
    ServerFrame::Resumed => "resumed",
    ServerFrame::Opened { .. } => "opened",
    ServerFrame::Page { .. } => "page",
    ServerFrame::Ack { .. } => "ack",
    ServerFrame::Refused { .. } => "refused",
    ServerFrame::Typing { .. } => "typing",
    ServerFrame::Online { .. } => "online",
    ServerFrame::Presence { .. } => "presence",
    ServerFrame::Person { .. } => "person",
    ServerFrame::Room { .. } => "room",
    ServerFrame::Read { .. } => "read",
    ServerFrame::Pong => "pong",
    ServerFrame::Beat => "beat",
    ServerFrame::Goodbye { .. } => "goodbye",
    ServerFrame::Unknown => "unknown",
});

names!(EVENTS, event, What, {
    What::Message { .. } => "message",
    What::Edited { .. } => "edited",
    What::Deleted { .. } => "deleted",
    What::Reacted { .. } => "reacted",
    What::Joined => "joined",
    What::Left => "left",
    What::Renamed { .. } => "renamed",
    What::Topic { .. } => "topic",
    What::Unknown => "unknown",
});

const NOW: i64 = 1_795_305_600_000;
const CID: Cid = Cid([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn person(id: u64, text: &str) -> Person {
    Person {
        id: UserId(id),
        name: name(text),
        gravatar: None,
    }
}

fn ada() -> Person {
    person(3, "Ada")
}

fn grace() -> Person {
    person(4, "Grace")
}

fn general() -> Room {
    Room {
        id: RoomId(1),
        slug: Slug::default_room(),
        name: RoomName::parse("general").unwrap(),
        topic: Topic::default(),
    }
}

fn book_club() -> Room {
    Room {
        id: RoomId(2),
        slug: Slug::parse("book-club").unwrap(),
        name: RoomName::parse("Book club").unwrap(),
        topic: Topic::parse("Chapter 3").unwrap(),
    }
}

fn happened(seq: u64, after: i64, by: u64, what: What) -> Event {
    Event {
        seq: Seq(seq),
        at: Millis(NOW + after),
        by: UserId(by),
        what,
    }
}

/// The frames of a client as the page shows them.
pub(super) fn client() -> Vec<ClientFrame> {
    let room = RoomId(1);
    vec![
        ClientFrame::Hello {
            epoch: Epoch("kT3wq0Xy".to_owned()),
            rooms: vec![ResumeAt {
                room,
                last: Seq(41),
            }],
        },
        ClientFrame::Open {
            re: 7,
            room: book_club().slug,
        },
        ClientFrame::Send {
            cid: CID,
            room,
            body: "Hello, *everybody* :wave:".to_owned(),
        },
        ClientFrame::Edit {
            cid: CID,
            room,
            of: Seq(42),
            body: "Hello, everybody".to_owned(),
        },
        ClientFrame::Delete {
            cid: CID,
            room,
            of: Seq(42),
        },
        ClientFrame::React {
            cid: CID,
            room,
            of: Seq(42),
            emoji: "\u{1F44D}".to_owned(),
            on: true,
        },
        ClientFrame::Typing { room },
        ClientFrame::Read { room, seq: Seq(42) },
        ClientFrame::Older {
            re: 8,
            room,
            before: Seq(4),
        },
        ClientFrame::CatchUp {
            room,
            last: Seq(41),
        },
        ClientFrame::Ping,
    ]
}

/// The frames of the server as the page shows them.
pub(super) fn server() -> Vec<ServerFrame> {
    let room = RoomId(1);
    let everybody = || vec![ada(), grace()];
    vec![
        ServerFrame::Welcome {
            epoch: Epoch("kT3wq0Xy".to_owned()),
            me: Some(ada()),
            rooms: vec![RoomSummary {
                room: general(),
                head: Seq(44),
                unread: 2,
                member: true,
                members: 12,
            }],
        },
        ServerFrame::Events {
            room,
            people: vec![
                ada(),
                Person {
                    gravatar: Some(
                        "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"
                            .to_owned(),
                    ),
                    ..grace()
                },
            ],
            events: all_events(),
        },
        ServerFrame::Reset {
            snapshot: Box::new(RoomSnapshot {
                room: general(),
                head: Seq(1),
                events: vec![happened(1, 0, 3, What::Joined)],
                older: false,
                people: vec![ada()],
                online: Online {
                    count: 1,
                    people: vec![ada()],
                },
                read: Seq(1),
                member: true,
            }),
        },
        ServerFrame::Resumed,
        ServerFrame::Opened {
            re: 7,
            snapshot: Box::new(RoomSnapshot {
                room: book_club(),
                head: Seq(0),
                events: vec![],
                older: false,
                people: vec![],
                online: Online::default(),
                read: Seq(0),
                member: false,
            }),
        },
        ServerFrame::Page {
            re: 8,
            room,
            people: vec![ada(), grace()],
            before: Seq(4),
            events: vec![
                happened(1, 0, 3, What::Joined),
                happened(2, 0, 3, What::Message(amended())),
                happened(3, 0, 3, What::Message(deleted())),
            ],
            older: false,
        },
        ServerFrame::Ack {
            cid: CID,
            room,
            seq: Seq(42),
            at: Millis(NOW),
        },
        ServerFrame::Refused {
            re: None,
            cid: Some(CID),
            refusal: Refusal::retry_after(RefusalCode::TooFast, limits::SENDS.every),
        },
        ServerFrame::Refused {
            re: Some(7),
            cid: None,
            refusal: RefusalCode::NoSuchRoom.into(),
        },
        ServerFrame::Typing { room, who: grace() },
        ServerFrame::Online {
            room,
            online: Online {
                count: 2,
                people: everybody(),
            },
        },
        ServerFrame::Presence {
            room,
            count: 2,
            came: vec![person(5, "José")],
            went: vec![UserId(4)],
        },
        ServerFrame::Person {
            person: person(3, "Ada L."),
        },
        ServerFrame::Room {
            room: book_club(),
            head: Seq(1),
        },
        ServerFrame::Read {
            room,
            seq: Seq(46),
            unread: 0,
            head: Seq(46),
        },
        ServerFrame::Pong,
        ServerFrame::Beat,
        ServerFrame::Goodbye { after_ms: 3_000 },
    ]
}

/// Everything that can happen in a room.
pub(super) fn all_events() -> Vec<Event> {
    let text = "Hello, *everybody* \u{1F44B}".to_owned();
    let topic = Topic::parse("Poetical science").unwrap();
    let (from, to) = (name("Ada"), name("Ada L."));
    let (of, edited) = (Seq(42), "Hello, everybody".to_owned());
    let emoji = Emoji::known("\u{1F44D}");
    vec![
        happened(42, 0, 3, What::Message(Message::new(CID, text))),
        happened(43, 100, 4, What::Joined),
        happened(44, 200, 4, What::Left),
        happened(45, 300, 3, What::Renamed { from, to }),
        happened(46, 400, 3, What::Topic { topic }),
        happened(
            47,
            500,
            3,
            What::Edited {
                cid: CID,
                of,
                text: edited,
            },
        ),
        happened(
            48,
            600,
            4,
            What::Reacted {
                cid: CID,
                of,
                emoji,
                on: true,
            },
        ),
        happened(49, 700, 3, What::Deleted { cid: CID, of }),
    ]
}

/// A message to which something was done.
fn amended() -> Message {
    Message {
        edited: Some(Millis(NOW + 500)),
        amended: Seq(48),
        reactions: vec![Reaction {
            emoji: Emoji::known("\u{1F44D}"),
            count: 1,
            by: vec![UserId(4)],
        }],
        ..Message::new(CID, "Hello, everybody".to_owned())
    }
}

/// A message that was taken back.
fn deleted() -> Message {
    Message {
        deleted: true,
        amended: Seq(49),
        ..Message::new(CID, String::new())
    }
}

/// What a form gets back.
pub(super) fn replies() -> Vec<FormReply> {
    vec![
        FormReply::Done {
            next: "/r/general".to_owned(),
            me: Some(ada()),
        },
        FormReply::Refused {
            refusal: RefusalCode::NameEmpty.into(),
        },
    ]
}
