//! People at work on a store whose disk is watched.

use super::{
    super::{GENERAL, batches::hold},
    recording,
    seed::Seed,
    trace::{Drive, Message, Recorder, Step},
};
use crate::{
    protocol::{Body, Cid, Emoji, Millis, Name, Person, RoomId, RoomName, Seq, Slug, Topic},
    server::store::{Change, Store, database, writer::checkpoints::move_log},
};
use futures_util::future::join_all;
use std::{cell::RefCell, path::Path, sync::Arc};
use tempfile::TempDir;

/// A life of a place.
#[derive(Clone, Copy)]
pub(super) struct Workload {
    pub seed: u64,
    /// How many commits people make.
    pub rounds: usize,
    /// Another setting of SQLite than the product's.
    pub synchronous: Option<&'static str>,
    pub drive: Drive,
}

impl Workload {
    /// The product as it is, on a good drive.
    pub(super) fn honest(seed: u64, rounds: usize) -> Self {
        Self {
            seed,
            rounds,
            synchronous: None,
            drive: Drive::Honest,
        }
    }

    /// Plays it and returns the trace. The order of its steps depends on nothing but the
    /// seed: each round is one commit, whose commands are queued before it begins.
    pub(super) async fn play(self) -> Vec<Step> {
        let folder = TempDir::new().unwrap();
        let (vfs, recorder) = recording::install();
        recorder.becomes(self.drive);
        let mut seed = Seed(self.seed);
        let mut store = self.open(folder.path(), vfs, recorder).await;
        let mut place = Place {
            recorder,
            people: Vec::new(),
            rooms: vec![GENERAL],
            said: Vec::new(),
            kept: RefCell::default(),
        };
        place.fill(&store).await;
        for round in 1..=self.rounds {
            let held = hold(&store).await;
            let actions: Vec<_> = (0..=seed.below(7))
                .map(|_| place.choose(&mut seed))
                .collect();
            let acting = join_all(actions.into_iter().map(|action| place.act(&store, action)));
            tokio::join!(acting, async { drop(held) });
            // Too few writes for the thread that does it, and it would choose the moment.
            if round % 4 == 0 {
                let mover = database::mover(&folder.path().join(database::FILE), Some(vfs));
                move_log(&mover.unwrap()).unwrap();
            }
            if round % 13 == 0 {
                store.close().await;
                store = self.open(folder.path(), vfs, recorder).await;
            }
        }
        let steps = recorder.steps();
        store.close().await;
        steps
    }

    async fn open(self, folder: &Path, vfs: &'static str, recorder: &'static Recorder) -> Store {
        let told = move |changes: Vec<Change>| {
            for change in changes {
                if let Change::Events { room, events, .. } = change {
                    for event in events {
                        recorder.add(Step::Told { room, event });
                    }
                }
            }
        };
        let clock = Arc::new(|| Millis(1_700_000_000_000));
        let store = Store::open_through(Some(vfs), folder, clock, Box::new(told)).unwrap();
        // SQLite takes the first setting only outside of a transaction; the writer finds
        // everything as it left it.
        let weaker = self.synchronous.map_or(String::new(), |setting| {
            format!("COMMIT; PRAGMA synchronous = {setting}; BEGIN IMMEDIATE; SAVEPOINT command;")
        });
        let often = format!("{weaker} PRAGMA wal_autocheckpoint = 40;");
        let set = store.write(move |write| Ok(write.db.execute_batch(&often)?));
        set.await.unwrap();
        store
    }
}

struct Place {
    recorder: &'static Recorder,
    people: Vec<Person>,
    rooms: Vec<RoomId>,
    said: Vec<Message>,
    /// What was acknowledged, and where it is.
    kept: RefCell<Vec<(Message, Seq)>>,
}

enum Action {
    Say(Message),
    Enter(usize, RoomId),
    Leave(usize, RoomId),
    Read(usize, RoomId, Seq),
    Rename(usize, Name),
    Topic(usize, RoomId, Topic),
    Edit(Message, Seq, Cid),
    Delete(Message, Seq, Cid),
    React(usize, RoomId, Seq, Cid, Emoji, bool),
}

impl Place {
    async fn fill(&mut self, store: &Store) {
        for name in ["Ada", "Bo", "Chloe", "Dan", "Eve", "Finn", "Gus", "Hana"] {
            let guest = store.create_session(Name::parse(name).unwrap(), None);
            self.people.push(guest.await.unwrap().0);
        }
        for name in ["Garden", "Kitchen", "Attic"] {
            let name = RoomName::parse(name).unwrap();
            let slug = Slug::of(&name).unwrap();
            let maker = self.people[0].id;
            let made = store.create_room(maker, name, slug, Topic::default());
            self.rooms.push(made.await.unwrap().id);
        }
    }

    fn choose(&mut self, seed: &mut Seed) -> Action {
        let who = seed.below(self.people.len());
        let room = self.rooms[seed.below(self.rooms.len())];
        match seed.below(20) {
            0 => Action::Enter(who, room),
            1 => Action::Leave(who, room),
            2 => Action::Read(who, room, Seq(seed.next() % 200)),
            3 => {
                let name = format!("{} {}", self.people[who].name.as_str(), seed.below(1_000));
                let name: String = name.chars().take(24).collect();
                Action::Rename(who, Name::parse(&name).unwrap())
            }
            4 => {
                let topic = format!("about {}", seed.next());
                Action::Topic(who, room, Topic::parse(&topic).unwrap())
            }
            5 | 6 if !self.said.is_empty() => {
                Action::Say(self.said[seed.below(self.said.len())].clone())
            }
            7..=10 if !self.kept.borrow().is_empty() => self.amend(who, seed),
            _ => {
                // The number makes the text one of a kind; some reach over several pages.
                let number = self.said.len();
                let length = [0, 5, 40, 300, 1_000, 6_000][seed.below(6)];
                let mut bits = [0; 16];
                bits[8..].copy_from_slice(&u64::try_from(number).unwrap().to_be_bytes());
                let message = Message {
                    user: self.people[who].id,
                    cid: Cid(bits),
                    room,
                    text: format!("<{number:06}>{}", "x".repeat(length)),
                };
                self.said.push(message.clone());
                Action::Say(message)
            }
        }
    }

    /// Something that is done to a message: to their own by authors, to any by others.
    fn amend(&self, who: usize, seed: &mut Seed) -> Action {
        let kept = self.kept.borrow();
        let (message, seq) = kept[seed.below(kept.len())].clone();
        let mut bits = [0xFF; 16];
        bits[..8].copy_from_slice(&seed.next().to_be_bytes());
        match seed.below(8) {
            0 => Action::Delete(message, seq, Cid(bits)),
            1..=3 => Action::Edit(message, seq, Cid(bits)),
            _ => {
                let emoji = ["\u{1F916}", "\u{1F44D}"][seed.below(2)];
                let emoji = Emoji::known(emoji);
                Action::React(who, message.room, seq, Cid(bits), emoji, seed.below(3) > 0)
            }
        }
    }

    async fn act(&self, store: &Store, action: Action) {
        // A refusal is an answer: names may be taken, memberships may be there already.
        match action {
            Action::Say(message) => {
                self.recorder.add(Step::Asked(message.clone()));
                let seq = say(store, &message).await.unwrap();
                self.kept.borrow_mut().push((message.clone(), seq));
                self.recorder.add(Step::Acked { message, seq });
            }
            Action::Enter(who, room) => {
                drop(store.enter(self.people[who].id, room, true).await);
            }
            Action::Leave(who, room) => {
                drop(store.leave(self.people[who].id, room).await);
            }
            Action::Read(who, room, seq) => {
                drop(store.mark_read(self.people[who].id, room, seq).await);
            }
            Action::Rename(who, name) => {
                drop(store.rename(self.people[who].id, name, None).await);
            }
            Action::Topic(who, room, topic) => {
                drop(store.set_topic(self.people[who].id, room, topic).await);
            }
            Action::Edit(of, seq, cid) => {
                self.amending(of.room, seq);
                let body = Body::parse(&format!("anew {}", cid.0[0])).unwrap();
                let text = body.as_str().to_owned();
                drop(store.edit(of.user, of.room, cid, seq, &body, text).await);
            }
            Action::Delete(of, seq, cid) => {
                self.amending(of.room, seq);
                drop(store.delete(of.user, of.room, cid, seq).await);
            }
            Action::React(who, room, of, cid, emoji, on) => {
                let who = self.people[who].id;
                drop(store.react(who, room, cid, of, emoji, on).await);
            }
        }
    }

    fn amending(&self, room: RoomId, of: Seq) {
        self.recorder.add(Step::Amending { room, of });
    }
}

/// Sends a message, perhaps again. Returns its place.
pub(super) async fn say(store: &Store, message: &Message) -> Result<Seq, String> {
    let body = Body::parse(&message.text).unwrap();
    let text = message.text.clone();
    let sent = store.send(message.user, message.room, message.cid, &body, text, true);
    sent.await
        .map(|sent| sent.seq)
        .map_err(|error| error.to_string())
}
