//! A client that behaves as `docs/PROTOCOL.md` demands of one, and writes a history.
//!
//! `mind` knows what was said and decides what to say, without a socket and without waiting;
//! `line` makes one connection after another; `heart` notices a dead one; `join` gets a
//! session. One task each: thousands of them fit into a test.

mod heart;
mod join;
mod line;
mod manner;
mod mind;
mod questions;
mod refusal;
mod socket;
#[cfg(test)]
mod tests;

pub use join::{Guest, join};
pub use manner::Manner;
pub use mind::{Mind, fresh_cid};
pub use socket::{Entrance, Socket};

use super::{
    dice::Dice,
    history::{Deed, History},
    patience::soon,
};
use hubbub::protocol::{Cid, Event, RoomId, Seq};
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard},
};
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

/// Told of every event that a client takes, in order.
pub type Witness = Arc<dyn Fn(&Event) + Send + Sync>;

/// What a client does with its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It listens, and comes back when it loses the line.
    Awake,
    /// It does nothing at all with the connection that it has: a closed laptop, or somebody
    /// who does not read.
    Asleep,
    /// It has hung up and does not come back.
    Away,
}

/// One device of one person, or of a visitor.
pub struct Client {
    /// Where it comes from.
    pub from: Ipv4Addr,
    shared: Arc<Shared>,
    living: JoinHandle<()>,
}

struct Shared {
    mind: Mutex<Mind>,
    /// Something was taken in; whoever waits for a condition looks again.
    changed: watch::Sender<()>,
    mood: watch::Sender<Mood>,
    /// Something is to be said.
    poke: Notify,
}

/// Who a client is and how it goes about it.
pub struct Setup {
    pub who: String,
    pub guest: Option<Guest>,
    pub entrance: Entrance,
    pub manner: Manner,
    /// The rooms that it opens, by their place in the URL.
    pub rooms: Vec<String>,
    pub witness: Option<Witness>,
}

impl Setup {
    /// Somebody who is nobody yet.
    pub fn visitor(who: impl Into<String>, to: SocketAddr) -> Self {
        Self {
            who: who.into(),
            guest: None,
            entrance: Entrance::visitor(to),
            manner: Manner::default(),
            rooms: vec!["general".to_owned()],
            witness: None,
        }
    }

    /// Somebody with a name that nobody else has.
    pub async fn person(who: impl Into<String>, to: SocketAddr, dice: &mut Dice) -> Self {
        let setup = Self::visitor(who, to);
        let guest = join(setup.entrance.from, to, &setup.who, dice).await;
        setup.for_guest(guest)
    }

    /// For somebody who has a name already: another tab of theirs.
    pub fn for_guest(mut self, guest: Guest) -> Self {
        self.entrance.cookie = Some(guest.cookie.clone());
        self.guest = Some(guest);
        self
    }

    /// In these rooms.
    pub fn in_rooms(mut self, rooms: &[String]) -> Self {
        self.rooms = rooms.to_vec();
        self
    }

    /// Begins to live.
    pub fn begin(self, dice: &mut Dice) -> Client {
        Client::begin(self, dice.fork())
    }
}

impl Client {
    fn begin(setup: Setup, mut dice: Dice) -> Self {
        let from = setup.entrance.from;
        let user = setup.guest.map(|guest| guest.me.id);
        let history = History::new(setup.who, user);
        let mind = Mind::new(history, &setup.rooms, dice.fork(), setup.witness);
        let shared = Arc::new(Shared {
            mind: Mutex::new(mind),
            changed: watch::Sender::new(()),
            mood: watch::Sender::new(Mood::Awake),
            poke: Notify::new(),
        });
        let living = line::live(shared.clone(), setup.entrance, setup.manner, dice);
        let living = tokio::spawn(living);
        Self {
            from,
            shared,
            living,
        }
    }

    /// Does something in a room: written down and into the outbox, whether there is a line
    /// or not.
    pub fn submit(&self, room: RoomId, deed: Deed) -> Cid {
        let cid = self.shared.mind().submit(room, deed);
        self.shared.poke.notify_one();
        cid
    }

    /// Looks into its mind.
    pub fn with<T>(&self, look: impl FnOnce(&Mind) -> T) -> T {
        look(&self.shared.mind())
    }

    /// Waits until something holds.
    pub async fn until(&self, what: &str, holds: impl Fn(&Mind) -> bool) {
        let mut changes = self.shared.changed.subscribe();
        let held = async {
            while !self.with(&holds) {
                changes.changed().await.expect("the client lives");
            }
        };
        let who = self.with(|mind| mind.history().who.clone());
        soon(&format!("{who}: {what}"), held).await;
    }

    /// Waits until it has resumed and has opened all its rooms.
    pub async fn is_there(&self) {
        self.until("resumed with all rooms open", Mind::is_there)
            .await;
    }

    /// Waits until everything it submitted is decided.
    pub async fn has_said_everything(&self) {
        self.until("an empty outbox", |mind| mind.waiting() == 0)
            .await;
    }

    /// Waits until it sees a room up to here.
    pub async fn sees(&self, room: RoomId, head: Seq) {
        let what = format!("sees room {} up to {}", room.0, head.0);
        self.until(&what, |mind| mind.last(room) >= head).await;
    }

    /// From now on it does this.
    pub fn be(&self, mood: Mood) {
        self.shared.mood.send_replace(mood);
    }

    /// Ends it, wherever it is; what it has written down.
    pub fn end(&self) -> History {
        self.living.abort();
        self.shared.mind().finished()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.living.abort();
    }
}

impl Shared {
    fn mind(&self) -> MutexGuard<'_, Mind> {
        self.mind.lock().unwrap()
    }
}
