//! A hub with the truth beside it that a database would know: what is committed is true at
//! once, and the hub hears of it a moment later.

use super::{let_time_pass, page::Page};
use crate::{
    protocol::{
        Event, Millis, Name, Person, Room, RoomId, RoomName, RoomSummary, Seq, Slug, Topic, UserId,
        What,
    },
    server::{
        hub::{Hub, Line, sync::let_others_go_on},
        limits::Limits,
        runtime::simulated,
        store::Change,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

pub(super) const ROOM: RoomId = RoomId(1);
pub(super) const ADA: UserId = UserId(1);
pub(super) const BO: UserId = UserId(2);
pub(super) const CY: UserId = UserId(3);

/// What somebody does, and the store commits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Say(UserId),
    Join(UserId),
    Leave(UserId),
    Rename(UserId, &'static str),
}

/// What happens on one thread of many.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Somebody opens a page, which stays to the end.
    Stays(Option<UserId>),
    /// Somebody opens a page and closes it.
    Ends(Option<UserId>),
    /// Time passes, and wakes who waited for it.
    Passes(Duration),
}

/// A hub and the truth.
pub(super) struct Place {
    pub hub: Hub,
    /// Never held while the hub is asked: looking into the database is one step.
    truth: Mutex<Truth>,
    /// Everybody who ever connected: nobody may keep them in the end.
    lines: Mutex<Vec<Weak<Line>>>,
}

struct Truth {
    people: BTreeMap<UserId, Person>,
    members: BTreeSet<UserId>,
    head: Seq,
}

/// A page that stayed, and its connection.
struct Open {
    line: Arc<Line>,
    page: Page,
}

impl Place {
    /// A place of three people, of whom these are members of its room; so many are listed.
    pub fn new(members: &[UserId], listed: usize) -> Self {
        let hub = Hub::new(Limits {
            online_listed: listed,
            ..Limits::default()
        });
        let room = Room {
            id: ROOM,
            slug: Slug::parse("general").unwrap(),
            name: RoomName::parse("General").unwrap(),
            topic: Topic::parse("").unwrap(),
        };
        hub.know(vec![RoomSummary {
            room,
            head: Seq(0),
            unread: 0,
            members: 0,
            member: false,
        }]);
        let people = [(ADA, "Ada"), (BO, "Bo"), (CY, "Cy")];
        let people = people.map(|(id, name)| (id, person(id, name)));
        Self {
            hub,
            truth: Mutex::new(Truth {
                people: people.into(),
                members: members.iter().copied().collect(),
                head: Seq(0),
            }),
            lines: Mutex::default(),
        }
    }

    /// Commits and tells, as the one writer does.
    fn make(&self, deed: Deed) {
        let change = {
            let mut truth = self.truth.lock().unwrap();
            match deed {
                Deed::Say(by) => {
                    truth.head = truth.head.next();
                    Change::Events {
                        room: ROOM,
                        people: vec![truth.people[&by].clone()],
                        events: vec![Event {
                            seq: truth.head,
                            at: Millis(0),
                            by,
                            what: What::Joined,
                        }],
                    }
                }
                Deed::Join(user) => {
                    truth.members.insert(user);
                    Change::Entered {
                        room: ROOM,
                        person: truth.people[&user].clone(),
                    }
                }
                Deed::Leave(user) => {
                    truth.members.remove(&user);
                    Change::Went { room: ROOM, user }
                }
                Deed::Rename(user, name) => {
                    let person = person(user, name);
                    truth.people.insert(user, person.clone());
                    Change::Person(person)
                }
            }
        };
        self.hub.publish(vec![change]);
    }

    /// Connects and begins a page, in the order in which `server::connection` does: the feed
    /// is attached before anything is read that it has to go on from.
    fn begin(&self, user: Option<UserId>) -> Open {
        let line = self.hub.connect(user).expect("few connect");
        self.lines.lock().unwrap().push(Arc::downgrade(&line));
        let me = user.map(|user| self.truth.lock().unwrap().people[&user].clone());
        let is_member = user.is_some_and(|user| self.truth.lock().unwrap().members.contains(&user));
        if is_member {
            self.hub.follow(&line, ROOM, me.as_ref());
        }
        let online = self.hub.follow(&line, ROOM, None);
        let head = self.truth.lock().unwrap().head;
        Open {
            line,
            page: Page::new(ROOM, head, online),
        }
    }

    fn take(&self, step: Step) -> Option<Open> {
        match step {
            Step::Stays(user) => return Some(self.begin(user)),
            Step::Ends(user) => self.hub.disconnect(&self.begin(user).line),
            Step::Passes(time) => {
                simulated::pass(time);
                let_others_go_on();
            }
        }
        None
    }

    /// Who is online in truth: members with a page.
    fn present(&self, open: &[Open]) -> BTreeMap<UserId, Person> {
        let truth = self.truth.lock().unwrap();
        let with_page = open.iter().filter_map(|open| open.line.user);
        with_page
            .filter(|user| truth.members.contains(user))
            .map(|user| (user, truth.people[&user].clone()))
            .collect()
    }

    /// What must hold when nothing happens any more.
    fn check(&self, open: &mut [Open], listed: usize) {
        let present = self.present(open);
        let online = self.hub.online(ROOM);
        assert_eq!(online.count as usize, present.len(), "in the hub");
        for person in online.people {
            assert_eq!(Some(&person), present.get(&person.id), "in the hub");
        }
        let head = self.truth.lock().unwrap().head;
        for Open { line, page } in open {
            assert_eq!(line.mailbox.closed(), None);
            let (known, mut waiting) = (page.last(), VecDeque::new());
            line.mailbox.take(&mut waiting);
            for parcel in &waiting {
                page.hear(known, parcel);
            }
            assert_eq!(page.last(), head, "every event was told");
            assert_eq!(page.count as usize, present.len(), "told {waiting:?}");
            if present.len() <= listed {
                assert_eq!(page.list, present, "told {waiting:?}");
            }
        }
    }
}

/// What a life of a place is made of.
pub(super) struct Life<'a> {
    pub members: &'a [UserId],
    pub listed: usize,
    /// In this order, by the one writer.
    pub deeds: &'static [Deed],
    /// Each row on a thread of its own.
    pub steps: &'static [&'static [Step]],
}

impl Life<'_> {
    /// Lives it under the schedule of this run, and checks what must hold at its end.
    pub fn live(&self) {
        let place = Arc::new(Place::new(self.members, self.listed));
        let mut open = self.happen(&place);
        let_time_pass();
        place.check(&mut open, self.listed);
        for Open { line, .. } in &open {
            place.hub.disconnect(line);
        }
        let_time_pass();
        open.clear();
        place.check(&mut open, self.listed);
        assert_eq!(place.hub.connections(), 0);
        let lines = place.lines.lock().unwrap();
        let kept = lines.iter().filter(|line| line.strong_count() > 0);
        assert_eq!(kept.count(), 0, "lines have a seat and no connection");
    }

    /// Everything at the same time; returns who stayed.
    fn happen(&self, place: &Arc<Place>) -> Vec<Open> {
        let writer = {
            let (place, deeds) = (place.clone(), self.deeds);
            shuttle::thread::spawn(move || deeds.iter().for_each(|deed| place.make(*deed)))
        };
        let threads = self.steps.iter().map(|steps| {
            let place = place.clone();
            let stay = steps.iter().filter_map(move |step| place.take(*step));
            shuttle::thread::spawn(move || stay.collect::<Vec<_>>())
        });
        let threads: Vec<_> = threads.collect();
        writer.join().unwrap();
        let stayed = threads.into_iter().map(|thread| thread.join().unwrap());
        stayed.flatten().collect()
    }
}

fn person(id: UserId, name: &str) -> Person {
    Person {
        id,
        name: Name::parse(name).unwrap(),
        gravatar: None,
    }
}
