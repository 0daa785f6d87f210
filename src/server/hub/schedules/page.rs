//! What one client makes of what it is told, and what it would not put up with: an event out
//! of order, or a gap.

use crate::{
    protocol::{Online, Person, RoomId, Seq, ServerFrame, UserId},
    server::hub::Parcel,
};
use std::collections::BTreeMap;

/// One room on one page.
#[derive(Debug)]
pub(super) struct Page {
    room: RoomId,
    /// The last event it knows: first as the database said, then as it was told.
    last: Seq,
    /// Who is online, by name.
    pub list: BTreeMap<UserId, Person>,
    pub count: u32,
}

impl Page {
    /// As the hub and the database have it when the page begins.
    pub fn new(room: RoomId, head: Seq, online: Online) -> Self {
        let mut page = Self {
            room,
            last: head,
            list: BTreeMap::new(),
            count: 0,
        };
        page.is_online(online);
        page
    }

    pub fn last(&self) -> Seq {
        self.last
    }

    fn is_online(&mut self, online: Online) {
        let people = online.people.into_iter().map(|person| (person.id, person));
        self.list = people.collect();
        self.count = online.count;
    }

    /// Takes one frame. Events that the database told already are left out, as a connection
    /// leaves them out.
    pub fn hear(&mut self, known: Seq, parcel: &Parcel) {
        if parcel.up_to.is_some_and(|(_, last)| last <= known) {
            return;
        }
        let text = parcel.frame.text();
        match serde_json::from_str(text).expect("the hub says what we know") {
            ServerFrame::Events { room, events, .. } if room == self.room => {
                for event in events {
                    assert_eq!(event.seq, self.last.next(), "in order, without a gap");
                    self.last = event.seq;
                }
            }
            ServerFrame::Online { room, online } if room == self.room => self.is_online(online),
            ServerFrame::Presence {
                room,
                count,
                came,
                went,
            } if room == self.room => {
                self.count = count;
                self.list
                    .extend(came.into_iter().map(|person| (person.id, person)));
                self.list.retain(|user, _| !went.contains(user));
            }
            ServerFrame::Person { person } => {
                self.list.entry(person.id).and_modify(|is| *is = person);
            }
            _ => {}
        }
    }
}
