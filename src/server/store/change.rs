//! What a commit changed, for whoever tells others about it.

use crate::planted::{Mistake, planted};
use crate::{
    protocol::{Event, Person, Room, RoomId, Seq, UserId, What, limits::UNREAD_COUNTED},
    timeline::is_message,
};
use std::collections::HashMap;

/// Something that is on disk now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A room's log grew. What one commit added to a room is in one `Events`, unless
    /// something else happened in that room between.
    Events {
        /// The room.
        room: RoomId,
        /// Everybody the events name.
        people: Vec<Person>,
        /// In order, without a gap between them.
        events: Vec<Event>,
    },
    /// Somebody is a member now.
    Entered {
        /// The room.
        room: RoomId,
        /// Who.
        person: Person,
    },
    /// Somebody is no member any more.
    Went {
        /// The room.
        room: RoomId,
        /// Who.
        user: UserId,
    },
    /// Somebody has another name or picture.
    Person(Person),
    /// A room is new, or its topic changed.
    Room {
        /// As of now.
        room: Room,
        /// Its newest event.
        head: Seq,
    },
    /// Somebody read further.
    Read(ReadTo),
    /// A session ended: signed out, or expired.
    SessionEnded {
        /// Whose.
        user: UserId,
    },
}

/// How far somebody has read a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadTo {
    /// Who.
    pub user: UserId,
    /// Where.
    pub room: RoomId,
    /// How far.
    pub seq: Seq,
    /// Messages of others behind that.
    pub unread: u32,
    /// The newest event when that was counted.
    pub head: Seq,
}

impl ReadTo {
    /// Counts later events of the room in, as whoever hears of them one by one would.
    pub(in crate::server) fn count(&mut self, events: &[Event]) {
        for event in events.iter().filter(|event| event.seq > self.head) {
            self.unread += u32::from(is_message(event) && event.by != self.user);
        }
        self.unread = self.unread.min(UNREAD_COUNTED);
        self.head = events
            .last()
            .map_or(self.head, |event| event.seq.max(self.head));
    }
}

impl Change {
    /// Whether words are gone from where everybody could read them.
    pub(in crate::server) fn takes_words(&self) -> bool {
        let is_deletion = |event: &Event| matches!(event.what, What::Deleted { .. });
        matches!(self, Self::Events { events, .. } if events.iter().any(is_deletion))
    }

    /// The room it concerns, if it is one.
    fn room(&self) -> Option<RoomId> {
        match self {
            Self::Events { room, .. } | Self::Entered { room, .. } | Self::Went { room, .. } => {
                Some(*room)
            }
            Self::Room { room, .. } => Some(room.id),
            // What was read is told behind what was said, with that counted in.
            Self::Person(_) | Self::Read(_) | Self::SessionEnded { .. } => None,
        }
    }
}

/// The changes of one commit, gathered from its commands.
#[derive(Default)]
pub(super) struct Changes {
    all: Vec<Change>,
    /// Where in `all` the events of a room are.
    rooms: HashMap<RoomId, usize>,
    /// How many commands added to a log.
    pub(super) said: usize,
}

impl Changes {
    /// Takes what one command changed.
    pub(super) fn take(&mut self, changes: Vec<Change>) {
        let is_said = |change: &Change| matches!(change, Change::Events { .. });
        self.said += usize::from(changes.iter().any(is_said));
        for change in changes {
            match change {
                Change::Events {
                    room,
                    people,
                    events,
                } => self.take_events(room, people, events),
                other => {
                    // What a connection hears of a room keeps its order.
                    if let Some(room) = other.room() {
                        self.rooms.remove(&room);
                    }
                    self.all.push(other);
                }
            }
        }
    }

    /// Puts those of a later commit behind, and gathers nothing over the border.
    pub(super) fn append(&mut self, later: Self) {
        self.all.extend(later.all);
        self.said += later.said;
        self.rooms.clear();
    }

    pub(super) fn into_vec(self) -> Vec<Change> {
        self.all
    }

    fn take_events(&mut self, room: RoomId, people: Vec<Person>, events: Vec<Event>) {
        let gathered = self.rooms.get(&room).and_then(|&at| self.all.get_mut(at));
        if let Some(Change::Events {
            people: known,
            events: log,
            ..
        }) = gathered
        {
            for person in people {
                match known.iter_mut().find(|one| one.id == person.id) {
                    Some(before) => *before = person,
                    None => known.push(person),
                }
            }
            if planted(Mistake::ReorderedCommit) {
                log.splice(0..0, events);
            } else {
                log.extend(events);
            }
        } else {
            self.rooms.insert(room, self.all.len());
            self.all.push(Change::Events {
                room,
                people,
                events,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Cid, Message, Millis};

    fn events(room: u64, seq: u64) -> Change {
        let event = Event {
            seq: Seq(seq),
            at: Millis(0),
            by: UserId(1),
            what: What::Joined,
        };
        Change::Events {
            room: RoomId(room),
            people: Vec::new(),
            events: vec![event],
        }
    }

    #[test]
    fn what_is_read_counts_later_messages_of_others_as_unread() {
        let said = |seq, by| Event {
            seq: Seq(seq),
            at: Millis(0),
            by: UserId(by),
            what: What::Message(Message::new(
                Cid(u128::from(seq).to_be_bytes()),
                "words".to_owned(),
            )),
        };
        let read = ReadTo {
            user: UserId(1),
            room: RoomId(1),
            seq: Seq(4),
            unread: 2,
            head: Seq(6),
        };
        let mut told = read.clone();
        told.count(&[said(5, 2), said(6, 2)]);
        assert_eq!(told, read);
        told.count(&[said(6, 2), said(7, 2), said(8, 1)]);
        told.count(&[said(9, 3)]);
        let Change::Events { mut events, .. } = events(1, 10) else {
            unreachable!()
        };
        told.count(&events);
        events.clear();
        told.count(&events);
        let (unread, head) = (4, Seq(10));
        assert_eq!(
            told,
            ReadTo {
                unread,
                head,
                ..read
            }
        );
        let many: Vec<_> = (11..=200).map(|seq| said(seq, 2)).collect();
        told.count(&many);
        assert_eq!((told.unread, told.head), (UNREAD_COUNTED, Seq(200)));
    }

    #[test]
    fn events_are_gathered_but_overtake_nothing_else_in_their_room() {
        let went = Change::Went {
            room: RoomId(1),
            user: UserId(1),
        };
        let mut changes = Changes::default();
        changes.take(vec![events(1, 1), events(2, 1), events(1, 2)]);
        changes.take(vec![went.clone(), events(1, 3), events(2, 2), events(1, 4)]);
        let order: Vec<_> = changes
            .into_vec()
            .into_iter()
            .map(|change| match change {
                Change::Events { room, events, .. } => (room.0, events.len()),
                other => {
                    assert_eq!(other, went);
                    (0, 0)
                }
            })
            .collect();
        assert_eq!(order, [(1, 2), (2, 2), (0, 0), (1, 2)]);
    }
}
