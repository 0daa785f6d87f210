//! One room's live side: who follows it and who is online in it.

use super::{
    frame::{Bundle, Frame, Parcel},
    line::{Line, tell},
    presence::{Manners, Presence},
    sync::{Mutex, MutexGuard, Notify, RwLock},
};
use crate::{
    planted::{Mistake, planted},
    protocol::{Event, Online, Person, Room, RoomId, Seq, ServerFrame, UserId},
    server::{runtime, slice::first_slice},
};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Instant,
};

/// What one commit added to a room, and the people whom that names.
pub(super) type Commit = (Vec<Person>, Vec<Event>);

/// One room.
#[derive(Debug)]
pub(super) struct LiveRoom {
    id: RoomId,
    /// Beside what a fan-out holds: whoever says something asks for it.
    room: RwLock<Room>,
    /// How many are online, for the same reason.
    online: AtomicUsize,
    /// How many follow it, for the same reason.
    seated: AtomicUsize,
    /// The last event of which everybody has been told. Set behind the fan-out.
    told: AtomicU64,
    /// Held for a fan-out, never across an await.
    state: Mutex<State>,
    /// Wakes the task that tells presence when something becomes due earlier.
    presence_changed: Notify,
}

#[derive(Debug)]
struct State {
    /// By the number of the line: whoever came first is told first, always.
    seats: BTreeMap<u64, Seat>,
    presence: Presence,
    /// Whether a task waits for what is due in `presence`.
    teller: bool,
}

#[derive(Debug)]
struct Seat {
    line: Arc<Line>,
    /// Whether it counts for its person's presence: members only.
    present: bool,
}

impl LiveRoom {
    pub(super) fn new(room: Room, manners: Manners) -> Self {
        Self {
            id: room.id,
            room: RwLock::new(room),
            online: AtomicUsize::new(0),
            seated: AtomicUsize::new(0),
            told: AtomicU64::new(0),
            state: Mutex::new(State {
                seats: BTreeMap::new(),
                presence: Presence::new(manners),
                teller: false,
            }),
            presence_changed: Notify::new(),
        }
    }

    pub(super) fn room(&self) -> Room {
        self.room
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn set_room(&self, room: Room) {
        *self.room.write().unwrap_or_else(PoisonError::into_inner) = room;
    }

    pub(super) fn online(&self) -> Online {
        self.lock().presence.online()
    }

    pub(super) fn online_count(&self) -> usize {
        self.online.load(Ordering::Relaxed)
    }

    pub(super) fn seat_count(&self) -> usize {
        self.seated.load(Ordering::Relaxed)
    }

    fn recount(&self, presence: &Presence) {
        self.online.store(presence.count(), Ordering::Relaxed);
    }

    /// Seats a line; a member counts as present. Returns who is online, for a snapshot that
    /// the differences after it continue.
    pub(super) fn sit(&self, line: &Arc<Line>, member: Option<&Person>) -> Online {
        let before = planted(Mistake::ListBeforeSeat).then(|| self.online());
        let mut state = self.lock();
        let State {
            seats, presence, ..
        } = &mut *state;
        let seat = seats.entry(line.id).or_insert_with(|| Seat {
            line: line.clone(),
            present: false,
        });
        if let Some(person) = member
            && !seat.present
        {
            seat.present = true;
            presence.enter(person, runtime::now().into_std());
            self.recount(presence);
            self.presence_changed.notify_one();
        }
        self.seated.store(seats.len(), Ordering::Relaxed);
        before.unwrap_or_else(|| presence.online())
    }

    pub(super) fn stand_up(&self, line: &Line) {
        let mut state = self.lock();
        let seat = state.seats.remove(&line.id);
        self.seated.store(state.seats.len(), Ordering::Relaxed);
        if let (Some(Seat { present: true, .. }), Some(user)) = (seat, line.user) {
            state.presence.exit(user, runtime::now().into_std());
            self.presence_changed.notify_one();
        }
    }

    /// Somebody is no member any more: not present, though their pages may go on reading.
    pub(super) fn remove_member(&self, user: UserId) {
        let mut state = self.lock();
        for seat in state.seats.values_mut() {
            if seat.line.user == Some(user) {
                seat.present = false;
            }
        }
        state.presence.remove(user, runtime::now().into_std());
        self.recount(&state.presence);
        self.presence_changed.notify_one();
    }

    /// Everybody who follows the room gets what these commits added to it, each portion
    /// encoded once. What one commit added is never in one frame with what another did: a
    /// snapshot that was read between the two has told the one and not the other.
    pub(super) fn publish(&self, commits: &[Commit]) {
        let mut parcels = Vec::new();
        for (people, events) in commits {
            self.encode(people, events, &mut parcels);
        }
        let last = parcels.iter().filter_map(|parcel| parcel.up_to).last();
        self.lock().tell(&Bundle::new(parcels));
        if let Some((_, last)) = last {
            self.know_told(last);
        }
    }

    /// Everybody knows of everything up to here.
    pub(super) fn know_told(&self, last: Seq) {
        self.told.fetch_max(last.0, Ordering::Release);
    }

    pub(super) fn has_told(&self, seq: Seq) -> bool {
        self.told.load(Ordering::Acquire) >= seq.0
    }

    fn encode(&self, people: &[Person], events: &[Event], parcels: &mut Vec<Parcel>) {
        let mut rest = events;
        while let Some((chunk, behind)) = rest.split_at_checked(first_slice(rest))
            && let Some(last) = chunk.last()
        {
            rest = behind;
            let said = ServerFrame::Events {
                room: self.id,
                people: if chunk.len() == events.len() {
                    people.to_vec()
                } else {
                    named(people, chunk)
                },
                events: chunk.to_vec(),
            };
            parcels.push(Parcel {
                up_to: Some((self.id, last.seq)),
                is_rest: false,
                frame: Frame::encode(&said),
            });
        }
    }

    /// Relays that somebody is writing to everybody else, unless the room is a crowd: there
    /// somebody always is, and it would cost more than the messages.
    pub(super) fn typing(&self, user: UserId) {
        let state = self.lock();
        let Some(who) = state.presence.person(user) else {
            return;
        };
        if state.presence.is_crowd() {
            return;
        }
        let bundle = Bundle::plain(&ServerFrame::Typing {
            room: self.id,
            who: who.clone(),
        });
        let others = state.seats.values();
        let others = others.filter(|seat| seat.line.user != Some(user));
        tell(others.map(|seat| &seat.line), &bundle);
    }

    /// Takes a new name or picture over.
    pub(super) fn update_person(&self, person: &Person) {
        self.lock().presence.update(person);
    }

    /// Tells presence when it is due, until nothing is left to tell.
    pub(super) fn ensure_teller(self: &Arc<Self>, handle: &tokio::runtime::Handle) {
        let mut state = self.lock();
        if state.teller || state.presence.due().is_none() {
            return;
        }
        state.teller = true;
        drop(state);
        let room = self.clone();
        runtime::spawn(handle, async move {
            while let Some(due) = room.next_telling() {
                tokio::select! {
                    biased;
                    () = runtime::sleep_until(due.into()) => {}
                    () = room.presence_changed.notified() => {}
                }
            }
        });
    }

    fn next_telling(&self) -> Option<Instant> {
        let mut state = self.lock();
        let said = state.presence.tick(self.id, runtime::now().into_std());
        self.recount(&state.presence);
        if let Some(said) = said {
            if planted(Mistake::ToldUnlocked) {
                drop(state);
                state = self.lock();
            }
            state.tell(&Bundle::plain(&said));
        }
        let due = state.presence.due();
        if planted(Mistake::EndUnlocked) {
            drop(state);
            state = self.lock();
        }
        state.teller = due.is_some();
        due
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tell(&self, bundle: &Bundle) {
        tell(self.seats.values().map(|seat| &seat.line), bundle);
    }
}

/// The people that these events name.
fn named(people: &[Person], events: &[Event]) -> Vec<Person> {
    let by = |person: &&Person| events.iter().any(|event| event.by == person.id);
    people.iter().filter(by).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{Cid, Message, Millis, RoomName, RoomSummary, Seq, Slug, Topic, What},
        server::{
            hub::{Hub, Outlet},
            limits::Limits,
            store::Change,
        },
    };
    use futures_util::FutureExt;

    const ROOM: RoomId = RoomId(1);

    /// Looks whether the hub believes that everybody was told, while they are.
    #[derive(Debug)]
    struct Witness {
        hub: Arc<Hub>,
        writes: AtomicUsize,
    }

    impl Outlet for Witness {
        fn write_now(&self, frames: &[u8]) -> usize {
            assert!(self.hub.has_told(ROOM, Seq(4)));
            assert!(!self.hub.has_told(ROOM, Seq(5)));
            self.writes.fetch_add(1, Ordering::Relaxed);
            frames.len()
        }
    }

    #[tokio::test]
    async fn an_event_counts_as_told_when_everybody_has_been() {
        let hub = Arc::new(Hub::new(Limits::default()));
        let room = Room {
            id: ROOM,
            slug: Slug::parse("garden").unwrap(),
            name: RoomName::parse("Garden").unwrap(),
            topic: Topic::parse("").unwrap(),
        };
        hub.know(vec![RoomSummary {
            room,
            head: Seq(4),
            unread: 0,
            member: false,
            members: 0,
        }]);
        let witness = Arc::new(Witness {
            hub: hub.clone(),
            writes: AtomicUsize::new(0),
        });
        for _ in 0..3 {
            let line = hub.connect(None).unwrap();
            line.mailbox.open(witness.clone());
            hub.follow(&line, ROOM, None);
            assert!(line.mailbox.filled().now_or_never().is_none());
        }
        hub.publish(vec![Change::Events {
            room: ROOM,
            people: Vec::new(),
            events: vec![Event {
                seq: Seq(5),
                at: Millis(0),
                by: UserId(1),
                what: What::Message(Message::new(Cid([1; 16]), "words".to_owned())),
            }],
        }]);
        assert_eq!(witness.writes.load(Ordering::Relaxed), 3);
        assert!(hub.has_told(ROOM, Seq(5)));
        assert!(!hub.has_told(ROOM, Seq(6)));
    }
}
