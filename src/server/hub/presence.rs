//! Who is online in one room: counted by connections, told in differences.
//!
//! Pure: time comes in as an argument. Somebody whose last connection closed stays for a
//! grace period, so that a reload does not flicker; changes are gathered over a window, so
//! that a crowd costs a few frames; a crowd is a count without names.

use crate::{
    protocol::{Online, Person, RoomId, ServerFrame, UserId},
    server::{limits::Limits, sort},
};
use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap, VecDeque},
    time::{Duration, Instant},
};

/// How presence behaves; from [`Limits`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Manners {
    window: Duration,
    window_crowd: Duration,
    grace: Duration,
    listed: usize,
}

impl From<&Limits> for Manners {
    fn from(limits: &Limits) -> Self {
        Self {
            window: limits.presence_window,
            window_crowd: limits.presence_window_crowd,
            grace: limits.presence_grace,
            listed: limits.online_listed,
        }
    }
}

/// Who is online in one room.
#[derive(Debug)]
pub(super) struct Presence {
    manners: Manners,
    people: HashMap<UserId, Here>,
    sorted: BTreeSet<Listed>,
    /// Whose last connection closed, in that order, and when.
    leaving: VecDeque<(Instant, UserId)>,
    /// Who changed since the last telling, and as whom they were told as online then.
    changed: HashMap<UserId, Option<Person>>,
    changed_since: Option<Instant>,
    /// Whether somebody took the list since then: they saw a state between two tellings, so
    /// that who is back where they were told last is news to them.
    seen_between: bool,
    /// Whether somebody took a list since then that had no room for all: differences would
    /// never name to them who was left out.
    cut_short: bool,
    /// Above [`Limits::online_listed`], until a tenth below it: then everybody gets the list.
    crowd: bool,
}

#[derive(Debug)]
struct Here {
    person: Person,
    connections: u32,
    left_at: Option<Instant>,
}

#[derive(Debug)]
struct Listed(Person);

impl Ord for Listed {
    fn cmp(&self, other: &Self) -> Ordering {
        sort::person_order(&self.0, &other.0)
    }
}

impl PartialOrd for Listed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Listed {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Listed {}

impl Presence {
    pub(super) fn new(manners: Manners) -> Self {
        Self {
            manners,
            people: HashMap::new(),
            sorted: BTreeSet::new(),
            leaving: VecDeque::new(),
            changed: HashMap::new(),
            changed_since: None,
            seen_between: false,
            cut_short: false,
            crowd: false,
        }
    }

    /// One more connection of this person.
    pub(super) fn enter(&mut self, person: &Person, now: Instant) {
        if let Some(here) = self.people.get_mut(&person.id) {
            here.connections += 1;
            here.left_at = None;
            return;
        }
        let here = Here {
            person: person.clone(),
            connections: 1,
            left_at: None,
        };
        self.people.insert(person.id, here);
        self.sorted.insert(Listed(person.clone()));
        self.note_change(person.id, None, now);
    }

    /// One connection less; after the last one the grace period runs.
    pub(super) fn exit(&mut self, user: UserId, now: Instant) {
        let Some(here) = self.people.get_mut(&user) else {
            return;
        };
        here.connections = here.connections.saturating_sub(1);
        if here.connections == 0 {
            here.left_at = Some(now);
            self.leaving.push_back((now, user));
        }
    }

    /// No member any more: gone at once, whatever connections are open.
    pub(super) fn remove(&mut self, user: UserId, now: Instant) {
        if let Some(here) = self.people.remove(&user) {
            self.sorted.remove(&Listed(here.person.clone()));
            self.note_change(user, Some(here.person), now);
        }
    }

    /// A new name or picture.
    pub(super) fn update(&mut self, person: &Person) {
        if let Some(here) = self.people.get_mut(&person.id) {
            let before = std::mem::replace(&mut here.person, person.clone());
            self.sorted.remove(&Listed(before));
            self.sorted.insert(Listed(person.clone()));
        }
    }

    pub(super) fn person(&self, user: UserId) -> Option<&Person> {
        self.people.get(&user).map(|here| &here.person)
    }

    pub(super) fn count(&self) -> usize {
        self.people.len()
    }

    /// Whether names are left out: differences and typing are not told to a crowd.
    pub(super) fn is_crowd(&self) -> bool {
        self.crowd
    }

    /// The list, for somebody who hears the differences from now on.
    pub(super) fn online(&mut self) -> Online {
        self.seen_between |= self.changed_since.is_some();
        self.cut_short |= self.people.len() > self.manners.listed;
        self.list()
    }

    fn list(&self) -> Online {
        let listed = self.sorted.iter().take(self.manners.listed);
        Online {
            count: count(self.people.len()),
            people: listed.map(|listed| listed.0.clone()).collect(),
        }
    }

    /// When there is something to do: somebody's grace ends, or a window closes.
    pub(super) fn due(&self) -> Option<Instant> {
        let window = if self.crowd || self.people.len() > self.manners.listed {
            self.manners.window_crowd
        } else {
            self.manners.window
        };
        let telling = self.changed_since.map(|since| since + window);
        let leaving = self.leaving.front().map(|(at, _)| *at + self.manners.grace);
        telling.into_iter().chain(leaving).min()
    }

    /// Does what is due; returns what everybody in the room should hear.
    pub(super) fn tick(&mut self, room: RoomId, now: Instant) -> Option<ServerFrame> {
        self.let_go(now);
        let window_closed = self.changed_since.is_some() && self.due().is_some_and(|at| at <= now);
        window_closed.then(|| self.tell(room)).flatten()
    }

    fn let_go(&mut self, now: Instant) {
        while let Some(&(at, user)) = self.leaving.front() {
            if at + self.manners.grace > now {
                break;
            }
            self.leaving.pop_front();
            let left_at = self.people.get(&user).and_then(|here| here.left_at);
            if left_at == Some(at) {
                self.remove(user, now);
            }
        }
    }

    fn tell(&mut self, room: RoomId) -> Option<ServerFrame> {
        self.changed_since = None;
        let changed = std::mem::take(&mut self.changed);
        let seen_between = std::mem::take(&mut self.seen_between);
        let cut_short = std::mem::take(&mut self.cut_short);
        let was_crowd = self.crowd;
        let listed = self.manners.listed;
        self.crowd = self.people.len()
            > if was_crowd {
                listed - listed / 10
            } else {
                listed
            };
        if (was_crowd || cut_short) && !self.crowd {
            let online = self.list();
            return Some(ServerFrame::Online { room, online });
        }
        let (mut came, mut went) = (Vec::new(), Vec::new());
        for (user, was) in changed {
            match (was, self.people.get(&user).map(|here| &here.person)) {
                (was, Some(is)) if seen_between || was.as_ref() != Some(is) => {
                    came.push(is.clone());
                }
                (was, None) if seen_between || was.is_some() => went.push(user),
                _ => {}
            }
        }
        if came.is_empty() && went.is_empty() {
            return None;
        }
        if self.crowd {
            came.clear();
            went.clear();
        }
        sort::people(&mut came);
        went.sort_unstable();
        let count = count(self.people.len());
        Some(ServerFrame::Presence {
            room,
            count,
            came,
            went,
        })
    }

    fn note_change(&mut self, user: UserId, was: Option<Person>, now: Instant) {
        self.changed.entry(user).or_insert(was);
        self.changed_since.get_or_insert(now);
    }
}

fn count(people: usize) -> u32 {
    u32::try_from(people).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "presence_tests.rs"]
mod tests;
