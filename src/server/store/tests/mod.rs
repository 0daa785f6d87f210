//! Behaviour of the store, through its doors. A test that ends well also leaves a sound
//! file behind: [`Place`] looks at it when it goes.

mod amendments;
mod backups;
mod batches;
mod history;
mod members;
mod migrations;
mod names;
mod opening;
mod power;
mod random;
mod remembering;
mod rooms;
mod sending;
mod verifying;

use super::{Change, Sent, SessionToken, Store, StoreError, database};
use crate::protocol::{Body, Cid, Event, Millis, Name, Person, RoomId, RoomName, Slug, Topic};
use rusqlite::Connection;
use std::{
    mem,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;

/// The default room, which every database is made with.
const GENERAL: RoomId = RoomId(1);

/// A data folder with its open store, a clock that stands still, and what was told.
struct Place {
    // Dropped before its folder.
    store: Option<Store>,
    told: Arc<Mutex<Vec<Vec<Change>>>>,
    clock: Arc<AtomicI64>,
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self::in_folder(TempDir::new().unwrap())
    }

    fn in_folder(folder: TempDir) -> Self {
        let mut place = Self {
            store: None,
            told: Arc::default(),
            clock: Arc::new(AtomicI64::new(1_000_000)),
            folder,
        };
        place.open();
        place
    }

    fn open(&mut self) {
        let told = self.told.clone();
        let clock = self.clock.clone();
        let store = Store::open(
            self.folder.path(),
            Arc::new(move || Millis(clock.load(Ordering::Relaxed))),
            Box::new(move |changes| told.lock().unwrap().push(changes)),
        );
        self.store = Some(store.unwrap());
    }

    async fn reopen(&mut self) {
        self.close().await;
        self.open();
    }

    async fn close(&mut self) {
        self.store().close().await;
        self.store = None;
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    /// Lets time pass.
    fn wait(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.clock.fetch_add(millis, Ordering::Relaxed);
    }

    async fn guest(&self, name: &str) -> Person {
        self.session(name).await.0
    }

    async fn session(&self, name: &str) -> (Person, SessionToken) {
        self.join(name).await.unwrap()
    }

    async fn join(&self, name: &str) -> Result<(Person, SessionToken), StoreError> {
        self.store()
            .create_session(Name::parse(name).unwrap(), None)
            .await
    }

    async fn room(&self, maker: &Person, name: &str) -> RoomId {
        let name = RoomName::parse(name).unwrap();
        let slug = Slug::of(&name).unwrap();
        let room = self
            .store()
            .create_room(maker.id, name, slug, Topic::default())
            .await;
        room.unwrap().id
    }

    async fn say(&self, who: &Person, room: RoomId, text: &str) -> Sent {
        self.send(who, room, cid(), text).await.unwrap()
    }

    async fn send(
        &self,
        who: &Person,
        room: RoomId,
        cid: Cid,
        text: &str,
    ) -> Result<Sent, StoreError> {
        let body = Body::parse(text).unwrap();
        self.store()
            .send(who.id, room, cid, &body, text.to_owned(), true)
            .await
    }

    /// What was told since the last time, one `Vec` a commit.
    fn commits(&self) -> Vec<Vec<Change>> {
        mem::take(&mut self.told.lock().unwrap())
    }

    /// The same in one.
    fn told(&self) -> Vec<Change> {
        self.commits().concat()
    }

    /// The whole log, read page by page from its end.
    async fn log(&self, room: RoomId) -> Vec<Event> {
        let mut pages = Vec::new();
        let mut before = None;
        loop {
            let page = self.store().page(room, before, None).await.unwrap();
            before = page.events.first().map(|event| event.seq);
            pages.push(page.events);
            if !page.older {
                break;
            }
        }
        pages.reverse();
        pages.concat()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.store = None;
        if !std::thread::panicking() {
            assert_sound(&self.folder.path().join(database::FILE));
        }
    }
}

/// A new `cid`, another one each time.
fn cid() -> Cid {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut bits = [0; 16];
    bits[..8].copy_from_slice(&NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    Cid(bits)
}

/// What the log says of one event, short enough to compare.
fn told_of(change: &Change) -> Option<(RoomId, &[Event])> {
    match change {
        Change::Events { room, events, .. } => Some((*room, events)),
        _ => None,
    }
}

/// Looks at the file behind the store's back: SQLite's own checks, and ours.
fn assert_sound(file: &Path) {
    let wrong = unsound(&Connection::open(file).unwrap());
    assert!(wrong.is_empty(), "{}: {wrong:#?}", file.display());
}

/// What is wrong with a database.
fn unsound(db: &Connection) -> Vec<String> {
    let mut found = Vec::new();
    let one = |sql: &str| -> String {
        db.query_row(sql, [], |row| row.get::<_, rusqlite::types::Value>(0))
            .map(|value| format!("{value:?}"))
            .unwrap_or_else(|error| error.to_string())
    };
    let whole = one("PRAGMA integrity_check");
    if whole != "Text(\"ok\")" {
        found.push(whole);
    }
    let none = rusqlite::Error::QueryReturnedNoRows.to_string();
    for (wrong, sql) in [
        ("a broken reference", "PRAGMA foreign_key_check"),
        (
            "a gap in a log",
            "SELECT slug FROM rooms WHERE head <>
                 (SELECT count(*) FROM events WHERE room_id = id)
             OR head <> (SELECT ifnull(max(seq), 0) FROM events WHERE room_id = id)",
        ),
        (
            "a room that counts its members wrong",
            "SELECT slug FROM rooms WHERE members <>
                 (SELECT count(*) FROM members WHERE room_id = id)",
        ),
        (
            "a read position behind the newest event",
            "SELECT slug FROM rooms JOIN members ON room_id = id WHERE read_seq > head",
        ),
        (
            "a member whose name is not theirs",
            "SELECT name FROM users JOIN members ON user_id = id WHERE in_use = 0",
        ),
        (
            "a name in use without a session",
            "SELECT name FROM users WHERE in_use <>
                 EXISTS (SELECT 1 FROM sessions WHERE user_id = id)",
        ),
        (
            "an action without its cid",
            "SELECT seq FROM events WHERE (kind IN (1, 6, 7, 8, 9)) <> (cid IS NOT NULL)",
        ),
        (
            "words without their hash",
            "SELECT one.seq FROM events AS one
             LEFT JOIN events AS message
                 ON message.room_id = one.room_id AND message.seq = one.of_seq
             WHERE (one.hash IS NOT NULL) <> (ifnull(message.body, one.body) IS NOT NULL
                 AND one.kind IN (1, 6))",
        ),
        (
            "a message whose newest amendment is another",
            "SELECT seq FROM events AS message WHERE amended <> (
                 SELECT ifnull(max(seq), 0) FROM events AS one
                 WHERE one.room_id = message.room_id AND one.of_seq = message.seq)",
        ),
        (
            "an emoji that counts its people wrong",
            "SELECT emoji FROM reactions AS one WHERE count <> (
                 SELECT count(*) FROM reactors AS by
                 WHERE by.room_id = one.room_id AND by.seq = one.seq AND by.emoji = one.emoji)",
        ),
        (
            "something left of a deleted message",
            "SELECT seq FROM events AS message WHERE kind = 1 AND body IS NULL AND (
                 edited_at IS NOT NULL
                 OR EXISTS (SELECT 1 FROM versions AS one
                     WHERE one.room_id = message.room_id AND one.seq = message.seq)
                 OR EXISTS (SELECT 1 FROM reactions AS one
                     WHERE one.room_id = message.room_id AND one.seq = message.seq))",
        ),
    ] {
        let row = one(sql);
        if row != none {
            found.push(format!("{wrong}: {row}"));
        }
    }
    found
}
