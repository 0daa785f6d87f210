//! What a client writes down: everything it submitted, everything that it was told is kept,
//! and everything that it took into its view, in that order.

use hubbub::protocol::{Cid, ClientFrame, Event, Millis, RefusalCode, RoomId, Seq, UserId};
use std::{collections::BTreeMap, sync::Arc};

/// Something that a person does to a room's log.
pub use hubbub::timeline::Deed;

/// One person at one device, from joining to the end of the test.
#[derive(Clone, Debug)]
pub struct History {
    /// For people who read a violation.
    pub who: String,
    /// Nothing for a visitor.
    pub user: Option<UserId>,
    /// In the order in which it was decided.
    pub submitted: Vec<Submitted>,
    /// In the order in which it was heard.
    pub acknowledged: Vec<Acknowledged>,
    /// What was refused for good.
    pub refused: Vec<(Cid, RefusalCode)>,
    /// Each time anew when a room was begun anew.
    pub views: BTreeMap<RoomId, Vec<Run>>,
    /// What each room showed at the end, in its current form.
    pub shown: BTreeMap<RoomId, Vec<Arc<Event>>>,
    /// One for every room that a `hello` named.
    pub resumes: Vec<Resume>,
    /// The numbers that connections were closed with; 1006 where there was none.
    pub closes: Vec<u16>,
}

/// An action under its name.
#[derive(Clone, Debug)]
pub struct Submitted {
    pub cid: Cid,
    pub room: RoomId,
    pub deed: Deed,
}

/// What an acknowledgement said.
#[derive(Clone, Copy, Debug)]
pub struct Acknowledged {
    pub cid: Cid,
    pub room: RoomId,
    pub seq: Seq,
    pub at: Millis,
}

/// What a room was begun with, and what came behind it, in the order in which it was taken.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Without what only amends messages: they are in their form of that moment.
    pub page: Vec<Arc<Event>>,
    /// Up to here the page tells.
    pub head: Seq,
    /// Every event behind that.
    pub events: Vec<Arc<Event>>,
}

/// How a room went on after a `hello`.
#[derive(Clone, Copy, Debug)]
pub struct Resume {
    pub room: RoomId,
    /// What `hello` said.
    pub last: Seq,
    /// What the answer said: `welcome` where events came, the snapshot where it was a reset.
    pub head: Seq,
    /// Whether the room was begun anew.
    pub reset: bool,
}

impl History {
    /// Nothing has happened yet.
    pub fn new(who: String, user: Option<UserId>) -> Self {
        Self {
            who,
            user,
            submitted: Vec::new(),
            acknowledged: Vec::new(),
            refused: Vec::new(),
            views: BTreeMap::new(),
            shown: BTreeMap::new(),
            resumes: Vec::new(),
            closes: Vec::new(),
        }
    }

    /// A room is begun anew, with this page.
    pub fn begin(&mut self, room: RoomId, head: Seq, page: &[Arc<Event>]) {
        let runs = self.views.entry(room).or_default();
        runs.push(Run {
            page: page.to_vec(),
            head,
            events: Vec::new(),
        });
    }

    /// A room's view goes on with these.
    pub fn go_on(&mut self, room: RoomId, events: &[Arc<Event>]) {
        let runs = self.views.entry(room).or_default();
        if runs.is_empty() {
            runs.push(Run::default());
        }
        let run = runs.last_mut().expect("there is one now");
        run.events.extend_from_slice(events);
    }
}

/// How it goes over the wire.
impl From<&Submitted> for ClientFrame {
    fn from(submitted: &Submitted) -> Self {
        submitted.deed.clone().frame(submitted.cid, submitted.room)
    }
}
