//! The log as it is: read from the database file with plain SQL, past all code of the
//! server, and asked of the server like any other client would.

use super::{
    checker::Log,
    client::{Entrance, Socket},
    patience::soon,
};
use hubbub::protocol::{
    Cid, ClientFrame, Emoji, Epoch, Event, Message, Millis, Name, Reaction, RoomId, Seq,
    ServerFrame, Slug, Topic, UserId, What, limits::FRAMES,
};
use rusqlite::{Connection, OpenFlags, Row};
use std::{net::SocketAddr, path::Path};
use tokio::{task::JoinSet, time::sleep};

/// Reads every room's log from a data folder, whether a server runs on it or not.
pub fn read(data: &Path) -> Log {
    let file = data.join("hubbub.sqlite3");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(file, flags).unwrap();
    let sound: String = db
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(sound, "ok", "the database is not sound");
    let mut log = Log::new();
    let mut heads = db.prepare("SELECT id, head FROM rooms").unwrap();
    let heads = heads
        .query_map([], |row| {
            Ok((row.get::<_, RoomId>(0)?, row.get::<_, Seq>(1)?))
        })
        .unwrap();
    let mut events = db
        .prepare(
            "SELECT seq, at, user_id, kind, body, was, cid, of_seq, edited_at, amended FROM events
             WHERE room_id = ?1 ORDER BY seq",
        )
        .unwrap();
    let mut reactors = db
        .prepare(
            "SELECT seq, emoji, count, user_id FROM reactions AS one
             LEFT JOIN reactors AS each USING (room_id, seq, emoji)
             WHERE room_id = ?1 ORDER BY one.since, each.since",
        )
        .unwrap();
    for room in heads {
        let (room, head) = room.unwrap();
        let events = events.query_map([room], event).unwrap();
        let mut events: Vec<_> = events.collect::<Result<_, _>>().unwrap();
        let newest = events.last().map_or(Seq(0), |event| event.seq);
        assert_eq!(newest, head, "the head of {room:?}");
        let mut rows = reactors.query([room]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            put_reaction(&mut events, row).unwrap();
        }
        log.insert(room, events);
    }
    log
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let text = |column| {
        row.get::<_, Option<String>>(column)
            .map(Option::unwrap_or_default)
    };
    let cid = || row.get(6).map(Cid);
    let name = |text: String| Name::parse(&text).expect("names were parsed on their way in");
    let what = match row.get::<_, i64>(3)? {
        1 => What::Message(Message {
            edited: row.get::<_, Option<i64>>(8)?.map(Millis),
            deleted: row.get::<_, Option<String>>(4)?.is_none(),
            amended: row.get(9)?,
            ..Message::new(cid()?, text(4)?)
        }),
        2 => What::Joined,
        3 => What::Left,
        4 => What::Renamed {
            from: name(text(5)?),
            to: name(text(4)?),
        },
        5 => What::Topic {
            topic: Topic::parse(&text(4)?).expect("topics were parsed on their way in"),
        },
        // What it says stands in the row of the message.
        6 => What::Edited {
            cid: cid()?,
            of: row.get(7)?,
            text: String::new(),
        },
        7 => What::Deleted {
            cid: cid()?,
            of: row.get(7)?,
        },
        kind @ (8 | 9) => What::Reacted {
            cid: cid()?,
            of: row.get(7)?,
            emoji: Emoji::known(&text(4)?),
            on: kind == 8,
        },
        _ => What::Unknown,
    };
    Ok(Event {
        seq: row.get(0)?,
        at: Millis(row.get(1)?),
        by: row.get(2)?,
        what,
    })
}

/// Puts a person's emoji under its message.
fn put_reaction(events: &mut [Event], row: &Row<'_>) -> rusqlite::Result<()> {
    let (seq, emoji, count, by): (Seq, String, u32, UserId) =
        (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    let at = events.binary_search_by_key(&seq, |event| event.seq);
    let What::Message(message) = &mut events[at.expect("reactions are under messages")].what else {
        panic!("a reaction under what nobody said, at {}", seq.0);
    };
    let emoji = Emoji::known(&emoji);
    match message.reactions.last_mut() {
        Some(reaction) if reaction.emoji == emoji => reaction.by.push(by),
        _ => message.reactions.push(Reaction {
            emoji,
            count,
            by: vec![by],
        }),
    }
    Ok(())
}

/// Asks a server for every room's log, page by page, as a visitor.
pub async fn ask(addr: SocketAddr) -> Log {
    let mut socket = Socket::open(&Entrance::visitor(addr)).await.unwrap();
    let hello = ClientFrame::Hello {
        epoch: Epoch(String::new()),
        rooms: Vec::new(),
    };
    socket.say(&hello).await;
    let Ok(ServerFrame::Welcome { rooms, .. }) = soon("a welcome", socket.hear()).await else {
        panic!("not welcome");
    };
    let mut asking = JoinSet::new();
    for line in rooms {
        let hello = hello.clone();
        asking.spawn(async move {
            let mut socket = Socket::open(&Entrance::visitor(addr)).await.unwrap();
            socket.say(&hello).await;
            let (id, slug) = (line.room.id, line.room.slug);
            (id, soon("all pages", pages(&mut socket, id, slug)).await)
        });
    }
    asking.join_all().await.into_iter().collect()
}

/// All pages of one room, oldest event first. Asked no faster than a client may.
async fn pages(socket: &mut Socket, room: RoomId, slug: Slug) -> Vec<Event> {
    let mut log: Vec<Event> = Vec::new();
    let mut question = ClientFrame::Open { re: 0, room: slug };
    for re in 1.. {
        socket.say(&question).await;
        let (events, older) = loop {
            match socket.hear().await.expect("the line is well") {
                ServerFrame::Opened { snapshot, .. } => break (snapshot.events, snapshot.older),
                ServerFrame::Page { events, older, .. } => break (events, older),
                ServerFrame::Refused { refusal, .. } => panic!("no page: {refusal:?}"),
                _ => {}
            }
        };
        log.splice(0..0, events);
        let Some(first) = log.first().filter(|_| older) else {
            break;
        };
        let before = first.seq;
        question = ClientFrame::Older { re, room, before };
        if re >= FRAMES.burst / 2 {
            sleep(FRAMES.every * 2).await;
        }
    }
    log
}
