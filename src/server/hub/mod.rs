//! The hub that every socket hangs on: who follows which room, who is online, and how what
//! happened reaches them.
//!
//! Absent on purpose: the database (whoever calls brings what is in it) and what a connection
//! says of itself (all that is known of a socket is how to put a whole frame into it). Locks are taken in the order people or lines, line's
//! follows, room, mailbox, and never held across an await.

mod frame;
mod line;
mod mailbox;
mod outlet;
mod presence;
mod room;
#[cfg(test)]
mod schedules;
mod sync;

pub use frame::{Bundle, Frame, Parcel};
pub use line::Line;
pub use outlet::Outlet;

use super::{
    limits::Limits,
    store::{Change, ReadTo},
};
use crate::{
    planted::{Mistake, planted},
    protocol::{
        CloseCode, Online, Person, Room, RoomId, RoomSummary, Seq, ServerFrame, Slug, UserId,
    },
};
use line::{Follows, tell};
use room::{Commit, LiveRoom};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard};
use tokio::runtime::Handle;

/// What rooms' logs grew by, not told yet.
type Logs = BTreeMap<RoomId, Vec<Commit>>;

/// All rooms and all connections.
#[derive(Debug)]
pub struct Hub {
    limits: Limits,
    /// Changes come from the store's thread; timers run here.
    runtime: Handle,
    rooms: RwLock<Rooms>,
    lines: Mutex<Lines>,
    next_line: AtomicU64,
}

#[derive(Debug, Default)]
struct Rooms {
    by_id: BTreeMap<RoomId, Arc<LiveRoom>>,
    by_slug: HashMap<Slug, RoomId>,
    /// Of all slugs. Slugs never change, and rooms stay.
    skeletons: HashSet<String>,
}

#[derive(Debug, Default)]
struct Lines {
    /// In the order in which they came: a schedule that failed must fail again.
    all: BTreeMap<u64, Arc<Line>>,
    of_person: HashMap<UserId, Vec<Arc<Line>>>,
}

impl Hub {
    /// A hub without rooms; [`Hub::publish`] and [`Hub::know`] bring them.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            runtime: Handle::current(),
            rooms: RwLock::default(),
            lines: Mutex::default(),
            next_line: AtomicU64::new(0),
        }
    }

    /// Makes the rooms of the database known, once at the start.
    pub fn know(&self, rooms: Vec<RoomSummary>) {
        for RoomSummary { room, head, .. } in rooms {
            let id = room.id;
            self.set_room(room);
            if let Some(room) = self.live(id) {
                room.know_told(head);
            }
        }
    }

    /// Whether everybody who follows a room has been told all up to here: nothing of it comes to
    /// anybody's mailbox any more.
    #[must_use]
    pub fn has_told(&self, room: RoomId, seq: Seq) -> bool {
        self.live(room).is_some_and(|room| room.has_told(seq))
    }

    /// The room with this place in the URL.
    #[must_use]
    pub fn room_by_slug(&self, slug: &Slug) -> Option<Room> {
        let id = *self.rooms_read().by_slug.get(slug)?;
        self.room(id)
    }

    /// Whether a room is here whose place in the URL looks like this one.
    #[must_use]
    pub fn has_look_alike(&self, slug: &Slug) -> bool {
        self.rooms_read().skeletons.contains(&slug.skeleton())
    }

    /// The room with this number.
    #[must_use]
    pub fn room(&self, id: RoomId) -> Option<Room> {
        self.live(id).map(|room| room.room())
    }

    /// Who is online in a room.
    #[must_use]
    pub fn online(&self, room: RoomId) -> Online {
        self.live(room)
            .map_or_else(Online::default, |room| room.online())
    }

    /// Whether joining this room is worth a line in its log: not in a crowd.
    #[must_use]
    pub fn announces(&self, room: RoomId) -> bool {
        let online = self.live(room).map_or(0, |room| room.online_count());
        online <= self.limits.online_listed
    }

    /// Whether telling everybody who follows a room takes a while.
    #[must_use]
    pub fn is_large(&self, room: RoomId) -> bool {
        let seated = self.live(room).map_or(0, |room| room.seat_count());
        seated > self.limits.online_listed
    }

    /// How many connections there are.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.lines().all.len()
    }

    /// Takes a connection in; it ends with [`Hub::disconnect`]. Nothing when the person has
    /// as many as one may have.
    #[must_use]
    pub fn connect(&self, user: Option<UserId>) -> Option<Arc<Line>> {
        let id = self.next_line.fetch_add(1, Ordering::Relaxed);
        let line = Arc::new(Line::new(id, user, self.limits.queue_frames));
        let mut lines = self.lines();
        if let Some(user) = user {
            let theirs = lines.of_person.entry(user).or_default();
            if theirs.len() >= self.limits.connections_per_session {
                return None;
            }
            theirs.push(line.clone());
        }
        lines.all.insert(id, line.clone());
        Some(line)
    }

    /// Forgets a connection.
    pub fn disconnect(&self, line: &Arc<Line>) {
        let mut lines = self.lines();
        lines.all.remove(&line.id);
        if let Some(user) = line.user
            && let Some(theirs) = lines.of_person.get_mut(&user)
        {
            theirs.retain(|other| other.id != line.id);
            if theirs.is_empty() {
                lines.of_person.remove(&user);
            }
        }
        drop(lines);
        line.mailbox.retire();
        let mut follows = line.follows();
        follows.ended = true;
        for id in std::mem::take(&mut follows.rooms) {
            if let Some(room) = self.live(id) {
                room.stand_up(line);
                room.ensure_teller(&self.runtime);
            }
        }
    }

    /// From now on everything that happens in the room goes to this connection. `member`
    /// says who counts as present by it: as the database had it a moment ago, which what was
    /// told meanwhile corrects. Returns who is online at this moment.
    pub fn follow(&self, line: &Arc<Line>, room: RoomId, member: Option<&Person>) -> Online {
        self.seat(&mut line.follows(), line, room, member)
    }

    fn seat(
        &self,
        follows: &mut Follows,
        line: &Arc<Line>,
        room: RoomId,
        member: Option<&Person>,
    ) -> Online {
        let ended = follows.ended && !planted(Mistake::SeatAfterEnd);
        let Some(live) = self.live(room).filter(|_| !ended) else {
            return Online::default();
        };
        follows.rooms.insert(room);
        let member = member.filter(|_| !follows.left.contains(&room));
        let member = member.map(|person| follows.person.as_ref().unwrap_or(person));
        let online = live.sit(line, member);
        live.ensure_teller(&self.runtime);
        online
    }

    /// Relays that somebody is writing.
    pub fn typing(&self, room: RoomId, user: UserId) {
        if let Some(room) = self.live(room) {
            room.typing(user);
        }
    }

    /// Tells everybody whom it concerns what a commit changed.
    pub fn publish(&self, changes: Vec<Change>) {
        let (mut logs, mut reads) = (Logs::new(), Vec::new());
        for change in changes {
            // What happened in one room goes out in one write, and before anything else that
            // came after it. In a crowd somebody always has just read: that waits for it, too.
            let change = match change {
                Change::Events {
                    room,
                    people,
                    events,
                } => {
                    logs.entry(room).or_default().push((people, events));
                    continue;
                }
                Change::Read(read) => {
                    reads.push(read);
                    continue;
                }
                other => other,
            };
            self.publish_logs(std::mem::take(&mut logs), std::mem::take(&mut reads));
            match change {
                Change::Events { .. } | Change::Read(_) => {}
                Change::Entered { room, person } => {
                    for line in self.lines_of(person.id) {
                        let mut follows = line.follows();
                        follows.left.remove(&room);
                        self.seat(&mut follows, &line, room, Some(&person));
                    }
                }
                Change::Went { room, user } => {
                    for line in self.lines_of(user) {
                        line.follows().left.insert(room);
                    }
                    if let Some(room) = self.live(room) {
                        room.remove_member(user);
                        room.ensure_teller(&self.runtime);
                    }
                }
                Change::Person(person) => self.update_person(person),
                Change::Room { room, head } => {
                    self.set_room(room.clone());
                    self.tell_all(&ServerFrame::Room { room, head });
                }
                Change::SessionEnded { user } => {
                    for line in self.lines_of(user) {
                        line.mailbox.close(CloseCode::SessionEnded);
                    }
                }
            }
        }
        self.publish_logs(logs, reads);
    }

    fn publish_logs(&self, logs: Logs, reads: Vec<ReadTo>) {
        for (room, commits) in &logs {
            if let Some(room) = self.live(*room) {
                room.publish(commits);
            }
        }
        for mut read in reads {
            for (_, events) in logs.get(&read.room).into_iter().flatten() {
                read.count(events);
            }
            let ReadTo {
                user,
                room,
                seq,
                unread,
                head,
            } = read;
            let read = Bundle::plain(&ServerFrame::Read {
                room,
                seq,
                unread,
                head,
            });
            tell(&self.lines_of(user), &read);
        }
    }

    /// Says goodbye to everybody and closes them.
    pub fn say_goodbye(&self, come_back_within: Duration) {
        let after_ms = u64::try_from(come_back_within.as_millis()).unwrap_or(u64::MAX);
        self.tell_all(&ServerFrame::Goodbye { after_ms });
        for line in self.lines().all.values() {
            line.mailbox.close(CloseCode::GoingAway);
        }
    }

    /// Told to everybody, not only where the person is listed: a page may show them in a list
    /// that was read before they went, and in messages of long ago.
    fn update_person(&self, person: Person) {
        for line in self.lines_of(person.id) {
            line.follows().person = Some(person.clone());
        }
        // In every room: they may be listed where no line of theirs is any more, or not yet.
        let rooms: Vec<_> = self.rooms_read().by_id.values().cloned().collect();
        for room in rooms {
            room.update_person(&person);
        }
        self.tell_all(&ServerFrame::Person { person });
    }

    fn set_room(&self, room: Room) {
        let mut rooms = self.rooms.write().unwrap_or_else(PoisonError::into_inner);
        if rooms.by_slug.insert(room.slug.clone(), room.id).is_none() {
            rooms.skeletons.insert(room.slug.skeleton());
        }
        match rooms.by_id.get(&room.id) {
            Some(live) => live.set_room(room),
            None => {
                let live = LiveRoom::new(room.clone(), (&self.limits).into());
                rooms.by_id.insert(room.id, Arc::new(live));
            }
        }
    }

    fn tell_all(&self, said: &ServerFrame) {
        let bundle = Bundle::plain(said);
        tell(self.lines().all.values(), &bundle);
    }

    fn live(&self, room: RoomId) -> Option<Arc<LiveRoom>> {
        self.rooms_read().by_id.get(&room).cloned()
    }

    fn lines_of(&self, user: UserId) -> Vec<Arc<Line>> {
        self.lines()
            .of_person
            .get(&user)
            .cloned()
            .unwrap_or_default()
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn rooms_read(&self) -> RwLockReadGuard<'_, Rooms> {
        self.rooms.read().unwrap_or_else(PoisonError::into_inner)
    }
}
