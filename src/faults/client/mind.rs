//! What a client knows, and what it says next: frames in, frames out.

use super::{
    Witness,
    questions::Questions,
    refusal::{hold_for, may_pass},
};
use crate::{
    dice::Dice,
    history::{Acknowledged, Deed, History, Resume, Submitted},
};
use hubbub::{
    protocol::{
        Cid, ClientFrame, Epoch, Event, Refusal, ResumeAt, RoomId, RoomSnapshot, Seq, ServerFrame,
        Slug,
    },
    server::now,
    timeline::{Applied, Timeline},
};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};
use tokio::time::Instant;

/// Everything that one client knows.
pub struct Mind {
    history: History,
    witness: Option<Witness>,
    dice: Dice,
    epoch: Epoch,
    /// Of this connection, until everything missed was said.
    welcomed: Option<Epoch>,
    rooms: BTreeMap<RoomId, Room>,
    questions: Questions,
    /// What `hello` named, until it is known how the room goes on.
    resuming: BTreeMap<RoomId, Resume>,
    resumed: bool,
    resumed_ever: usize,
    goodbye: Option<Duration>,
}

/// A room that is open.
#[derive(Default)]
struct Room {
    timeline: Timeline,
    /// First in, first out; an action leaves when it is acknowledged, refused or seen.
    outbox: VecDeque<Submitted>,
    in_flight: Option<Cid>,
    hold_until: Option<Instant>,
    /// The place behind which events were asked for.
    catching_up: Option<Seq>,
}

/// How a connection ended.
pub struct End {
    /// It had resumed: the server was well.
    pub resumed: bool,
    /// Within this the server asked us to come back.
    pub goodbye: Option<Duration>,
}

impl Mind {
    pub(super) fn new(
        history: History,
        rooms: &[String],
        dice: Dice,
        witness: Option<Witness>,
    ) -> Self {
        let slug = |text: &String| Slug::parse(text).expect("a slug");
        Self {
            history,
            witness,
            dice,
            epoch: Epoch(String::new()),
            welcomed: None,
            rooms: BTreeMap::new(),
            questions: Questions::about(rooms.iter().map(slug).collect()),
            resuming: BTreeMap::new(),
            resumed: false,
            resumed_ever: 0,
            goodbye: None,
        }
    }

    /// Everything so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Whether everything missed has arrived.
    pub fn is_resumed(&self) -> bool {
        self.resumed
    }

    /// How often it has resumed.
    pub fn resumes(&self) -> usize {
        self.resumed_ever
    }

    /// Whether it has resumed and has opened all its rooms.
    pub fn is_there(&self) -> bool {
        self.resumed && self.questions.are_answered()
    }

    /// How many actions are not decided.
    pub fn waiting(&self) -> usize {
        self.rooms.values().map(|room| room.outbox.len()).sum()
    }

    /// How far it sees a room.
    pub fn last(&self, room: RoomId) -> Seq {
        self.rooms
            .get(&room)
            .map_or(Seq(0), |room| room.timeline.last())
    }

    /// The rooms that it has opened.
    pub fn rooms(&self) -> Vec<RoomId> {
        self.rooms.keys().copied().collect()
    }

    /// What a room shows, oldest first.
    pub fn shown(&self, room: RoomId) -> &[Arc<Event>] {
        self.rooms
            .get(&room)
            .map_or(&[], |room| room.timeline.events())
    }

    /// Everything so far, with what is on the screen now.
    pub(super) fn finished(&self) -> History {
        let shown = self
            .rooms
            .keys()
            .map(|room| (*room, self.shown(*room).to_vec()));
        History {
            shown: shown.collect(),
            ..self.history.clone()
        }
    }

    pub(super) fn submit(&mut self, room: RoomId, deed: Deed) -> Cid {
        let cid = fresh_cid(&mut self.dice);
        let submitted = Submitted { cid, room, deed };
        self.history.submitted.push(submitted.clone());
        let room = self.rooms.entry(room).or_default();
        room.outbox.push_back(submitted);
        cid
    }

    pub(super) fn hello(&mut self) -> ClientFrame {
        let at = |(room, state): (&RoomId, &Room)| ResumeAt {
            room: *room,
            last: state.timeline.last(),
        };
        let rooms: Vec<_> = self.rooms.iter().map(at).collect();
        let going_on = |at: &ResumeAt| Resume {
            room: at.room,
            last: at.last,
            head: at.last,
            reset: false,
        };
        self.resuming = rooms.iter().map(|at| (at.room, going_on(at))).collect();
        ClientFrame::Hello {
            epoch: self.epoch.clone(),
            rooms,
        }
    }

    /// The line is gone: answers to what was said will not come any more.
    pub(super) fn lost(&mut self, code: u16) -> End {
        self.history.closes.push(code);
        self.questions.lost();
        self.resuming.clear();
        for room in self.rooms.values_mut() {
            room.in_flight = None;
            room.hold_until = None;
            room.catching_up = None;
        }
        End {
            resumed: std::mem::take(&mut self.resumed),
            goodbye: self.goodbye.take(),
        }
    }

    /// Takes a frame in; returns what to say to it.
    pub(super) fn hear(&mut self, frame: ServerFrame, now: Instant) -> Vec<ClientFrame> {
        match frame {
            ServerFrame::Welcome { epoch, rooms, .. } => {
                self.welcomed = Some(epoch);
                let heads: HashMap<_, _> =
                    rooms.iter().map(|line| (line.room.id, line.head)).collect();
                self.resuming.retain(|room, _| heads.contains_key(room));
                for resume in self.resuming.values_mut() {
                    resume.head = heads[&resume.room];
                }
                Vec::new()
            }
            ServerFrame::Events { room, events, .. } => self.events(room, events),
            ServerFrame::Reset { snapshot } => {
                self.note_reset(&snapshot);
                let room = self.rooms.entry(snapshot.room.id).or_default();
                room.timeline.reset(&snapshot);
                self.begin_view(snapshot.room.id);
                Vec::new()
            }
            ServerFrame::Opened { re, snapshot } => {
                self.questions.answered(re);
                self.opened(&snapshot)
            }
            ServerFrame::Resumed => {
                self.resumed = true;
                if let Some(epoch) = self.welcomed.take() {
                    self.epoch = epoch;
                }
                self.resumed_ever += 1;
                let resuming = std::mem::take(&mut self.resuming);
                self.history.resumes.extend(resuming.into_values());
                let mut frames = self.questions.ask();
                frames.extend(self.pump(now));
                frames
            }
            ServerFrame::Ack { cid, room, seq, at } => {
                let told = Acknowledged { cid, room, seq, at };
                self.history.acknowledged.push(told);
                self.landed(room, cid);
                self.settle(room, cid);
                self.pump(now)
            }
            ServerFrame::Refused { re, cid, refusal } => {
                if let Some(cid) = cid {
                    self.refused(cid, &refusal, now);
                }
                if let Some(re) = re {
                    self.questions.refused(re, &refusal, now);
                }
                self.rooms
                    .values_mut()
                    .for_each(|room| room.catching_up = None);
                self.pump(now)
            }
            ServerFrame::Goodbye { after_ms } => {
                self.goodbye = Some(Duration::from_millis(after_ms));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// When to pump again without being asked.
    pub(super) fn due(&self) -> Option<Instant> {
        let holds = self.rooms.values().filter_map(|room| room.hold_until);
        holds
            .chain(self.questions.due())
            .min()
            .filter(|_| self.resumed)
    }

    /// What is to be said now: the oldest waiting action of each room that has none on its
    /// way, so that one that is asked to wait cannot be overtaken.
    pub(super) fn pump(&mut self, now: Instant) -> Vec<ClientFrame> {
        if !self.resumed {
            return Vec::new();
        }
        let mut frames = self.questions.pump(now);
        for room in self.rooms.values_mut() {
            if room.hold_until.is_some_and(|until| until <= now) {
                room.hold_until = None;
                room.in_flight = None;
            }
            if let (None, Some(next)) = (room.in_flight, room.outbox.front()) {
                room.in_flight = Some(next.cid);
                frames.push(next.into());
            }
        }
        frames
    }

    fn events(&mut self, id: RoomId, events: Vec<Event>) -> Vec<ClientFrame> {
        let Some(room) = self.rooms.get_mut(&id) else {
            return Vec::new();
        };
        let before = room.timeline.last();
        let applied = room.timeline.extend(events.clone());
        let after = room.timeline.last();
        let mut news = events;
        news.retain(|event| before < event.seq && event.seq <= after);
        let news: Vec<_> = news.into_iter().map(Arc::new).collect();
        let mut frames = Vec::new();
        if let Applied::Gap(last) = applied {
            // Asked once: until the answer is here, every live event finds the same gap.
            if room.catching_up != Some(last) {
                room.catching_up = Some(last);
                frames.push(ClientFrame::CatchUp { room: id, last });
            }
        }
        self.history.go_on(id, &news);
        self.take_in(id, &news);
        frames
    }

    /// A room that is known goes on where it is: what it lacks is asked for.
    fn opened(&mut self, snapshot: &RoomSnapshot) -> Vec<ClientFrame> {
        let id = snapshot.room.id;
        let room = self.rooms.entry(id).or_default();
        if room.timeline.first().is_none() {
            room.timeline = Timeline::of(snapshot);
            self.begin_view(id);
        } else if room.timeline.is_behind(snapshot) {
            let last = room.timeline.last();
            room.catching_up = Some(last);
            return vec![ClientFrame::CatchUp { room: id, last }];
        }
        Vec::new()
    }

    fn begin_view(&mut self, room: RoomId) {
        let timeline = &self.rooms[&room].timeline;
        let events = timeline.events().to_vec();
        self.history.begin(room, timeline.last(), &events);
        self.take_in(room, &events);
    }

    /// Events that are this person's own actions take their place in the outbox.
    fn take_in(&mut self, room: RoomId, events: &[Arc<Event>]) {
        for event in events {
            if let Some(witness) = &self.witness {
                witness(event);
            }
            if let Some(cid) = event.what.cid()
                && Some(event.by) == self.history.user
            {
                self.settle(room, cid);
            }
        }
    }

    fn note_reset(&mut self, snapshot: &RoomSnapshot) {
        let id = snapshot.room.id;
        if let Some(resume) = self.resuming.remove(&id) {
            self.history.resumes.push(Resume {
                head: snapshot.head,
                reset: true,
                ..resume
            });
        }
    }

    fn refused(&mut self, cid: Cid, refusal: &Refusal, now: Instant) {
        let rooms = self.rooms.iter_mut();
        let mut asked = rooms.filter(|(_, room)| room.in_flight == Some(cid));
        let Some((id, room)) = asked.next() else {
            return;
        };
        if may_pass(refusal.code) {
            room.hold_until = Some(now + hold_for(refusal));
            return;
        }
        let id = *id;
        self.history.refused.push((cid, refusal.code));
        self.landed(id, cid);
        self.settle(id, cid);
    }

    fn landed(&mut self, room: RoomId, cid: Cid) {
        if let Some(room) = self.rooms.get_mut(&room)
            && room.in_flight == Some(cid)
        {
            room.in_flight = None;
        }
    }

    fn settle(&mut self, room: RoomId, cid: Cid) {
        if let Some(room) = self.rooms.get_mut(&room) {
            room.outbox.retain(|waiting| waiting.cid != cid);
        }
    }
}

/// A name for an action that no other has: half of them begin with the time, as pages make them.
pub fn fresh_cid(dice: &mut Dice) -> Cid {
    let mut bits = [0; 16];
    bits[..8].copy_from_slice(&dice.next().to_be_bytes());
    bits[8..].copy_from_slice(&dice.next().to_be_bytes());
    if bits[15].is_multiple_of(2) {
        return Cid(bits);
    }
    Cid::new(now(), bits)
}
