//! What a page makes of what it hears, and what it would not put up with: an event that it
//! has been told already on the same connection, or a gap.

use super::{
    history::History,
    tab::{Held, Question, Tab, View},
};
use crate::{
    protocol::{
        Cid, Epoch, Event, Person, Refusal, RefusalCode, RoomId, RoomSnapshot, RoomSummary, Seq,
        ServerFrame,
    },
    timeline::{Applied, Timeline},
};
use std::time::Duration;
use tokio::time::Instant;

/// How often a message is sent again after the server failed, before it needs a decision.
const TRIES: u32 = 5;
/// How long to hold back when a refusal does not say.
const HOLD: Duration = Duration::from_secs(2);

/// What a page has beside itself while it listens.
pub(super) struct Ears<'a> {
    pub history: &'a mut History,
    pub now: Instant,
    /// The writer is in the middle of something: nobody can look into the database.
    pub in_transaction: bool,
}

impl Tab {
    /// Takes one frame.
    pub fn hear(&mut self, text: &str, ears: &mut Ears<'_>) {
        self.heard = ears.now;
        self.pinged = None;
        let frame = match serde_json::from_str(text) {
            Ok(ServerFrame::Unknown) | Err(_) => {
                return ears.history.violate(format!("nobody understands {text}"));
            }
            Ok(frame) => frame,
        };
        match frame {
            ServerFrame::Welcome { epoch, me, rooms } => self.welcome(epoch, me, rooms),
            ServerFrame::Events {
                room,
                people,
                events,
            } => self.events(room, &people, events, ears),
            ServerFrame::Reset { snapshot } => {
                let view = self.take(&snapshot, ears);
                view.timeline.reset(&snapshot);
            }
            ServerFrame::Resumed => {
                self.live = true;
                // Not before: until each room was begun anew the views are those of the
                // epoch before.
                if let Some(epoch) = self.welcomed.take() {
                    self.epoch = epoch;
                }
                let asked: Vec<_> = self.questions.iter().map(|(re, _)| *re).collect();
                asked.into_iter().for_each(|re| self.say_question(re));
                let rooms: Vec<_> = self.views.keys().copied().collect();
                rooms.into_iter().for_each(|room| self.pump(room));
            }
            ServerFrame::Opened { re, snapshot } => {
                self.answered(re);
                self.open(&snapshot, ears);
                self.pump(snapshot.room.id);
            }
            ServerFrame::Page {
                re,
                room,
                before,
                events,
                older,
                ..
            } => {
                self.answered(re);
                self.see(room, &events, ears);
                if let Some(view) = self.views.get_mut(&room) {
                    view.timeline.prepend(before, events, older);
                }
            }
            ServerFrame::Ack { cid, room, seq, .. } => {
                ears.history
                    .acknowledge(cid, room, seq, ears.in_transaction);
                if let Some(view) = self.views.get_mut(&room) {
                    view.timeline.acknowledge(cid, seq);
                }
                self.failures = 0;
                self.landed(room, cid);
                self.pump(room);
            }
            ServerFrame::Refused { re, cid, refusal } => {
                self.catching_up.clear();
                if let Some(cid) = cid {
                    self.refused(cid, &refusal, ears);
                }
                if let Some(re) = re {
                    self.not_answered(re, &refusal, ears);
                }
            }
            ServerFrame::Online { room, online } => {
                if let Some(view) = self.views.get_mut(&room) {
                    view.is_online(&online.people);
                }
            }
            ServerFrame::Presence {
                room, came, went, ..
            } => {
                if let Some(view) = self.views.get_mut(&room) {
                    for person in came {
                        view.online
                            .insert(person.id, person.name.as_str().to_owned());
                    }
                    for user in went {
                        view.online.remove(&user);
                    }
                }
            }
            ServerFrame::Person { person } => {
                for view in self.views.values_mut() {
                    if let Some(name) = view.online.get_mut(&person.id) {
                        *name = person.name.as_str().to_owned();
                    }
                }
            }
            ServerFrame::Room { room, .. } => {
                self.list.insert(room.id, room);
            }
            ServerFrame::Read { room, seq, .. } => {
                if let Some(view) = self.views.get_mut(&room) {
                    view.read = view.read.max(seq);
                }
            }
            ServerFrame::Goodbye { after_ms } => {
                self.goodbye = Some(Duration::from_millis(after_ms));
            }
            ServerFrame::Typing { .. }
            | ServerFrame::Pong
            | ServerFrame::Beat
            | ServerFrame::Unknown => {}
        }
    }

    fn welcome(&mut self, epoch: Epoch, me: Option<Person>, rooms: Vec<RoomSummary>) {
        if self.epoch != epoch {
            for view in self.views.values_mut() {
                view.timeline.forget_acknowledgements();
            }
            self.stream.clear();
        }
        self.welcomed = Some(epoch);
        self.me = me.map(|me| me.id);
        for line in &rooms {
            if line.member && !self.views.contains_key(&line.room.id) {
                self.stream.insert(line.room.id, line.head);
            }
        }
        self.list = rooms
            .into_iter()
            .map(|line| (line.room.id, line.room))
            .collect();
    }

    fn events(&mut self, room: RoomId, people: &[Person], events: Vec<Event>, ears: &mut Ears<'_>) {
        self.see(room, &events, ears);
        let (Some(first), Some(last)) = (events.first(), events.last()) else {
            return ears.history.violate("a frame of events without any");
        };
        let stream = self.stream.insert(room, last.seq);
        if let Some(before) = stream
            && first.seq != before.next()
            && !self.asked_again.contains(&room)
        {
            ears.history.violate(format!(
                "tab {} was told {:?} of {room:?} after {before:?}",
                self.number, first.seq
            ));
        }
        if let Some(nobody) = events
            .iter()
            .find(|event| people.iter().all(|person| person.id != event.by))
        {
            ears.history
                .violate(format!("{nobody:?} came without who did it"));
        }
        let Some(view) = self.views.get_mut(&room) else {
            return;
        };
        if let Applied::Gap(last) = view.timeline.extend(events) {
            self.say_gap(room, last);
        }
    }

    fn open(&mut self, snapshot: &RoomSnapshot, ears: &mut Ears<'_>) {
        let view = self.take(snapshot, ears);
        if view.timeline.is_behind(snapshot) {
            let last = view.timeline.last();
            self.say_gap(snapshot.room.id, last);
        }
    }

    /// Asks for what is missing behind a place, once.
    fn say_gap(&mut self, room: RoomId, last: Seq) {
        if self.catching_up.insert(room, last) != Some(last) {
            self.catch_up(room, last);
        }
    }

    fn take(&mut self, snapshot: &RoomSnapshot, ears: &mut Ears<'_>) -> &mut View {
        let room = snapshot.room.id;
        self.see(room, &snapshot.events, ears);
        self.stream.insert(room, snapshot.head);
        self.list.insert(room, snapshot.room.clone());
        let view = self.views.entry(room).or_insert_with(|| View {
            timeline: Timeline::of(snapshot),
            ..View::default()
        });
        view.is_online(&snapshot.online.people);
        view.member = snapshot.member;
        view.read = snapshot.read;
        view
    }

    fn see(&self, room: RoomId, events: &[Event], ears: &mut Ears<'_>) {
        let who = format!("tab {}", self.number);
        let head = self.heads.get(&room).copied().unwrap_or_default();
        for event in events {
            ears.history.check_seen(room, event, head, &who);
        }
    }

    fn refused(&mut self, cid: Cid, refusal: &Refusal, ears: &mut Ears<'_>) {
        let room = self.in_flight.iter().find(|(_, sent)| **sent == cid);
        let Some(room) = room.map(|(room, _)| *room) else {
            return;
        };
        let gave_up = refusal.code == RefusalCode::Internal && {
            self.failures += 1;
            self.failures >= TRIES
        };
        if may_pass(refusal.code) && !gave_up {
            self.held
                .push((hold_until(refusal, ears.now), Held::Send(room, cid)));
            return;
        }
        if let Some(view) = self.views.get_mut(&room) {
            view.timeline.refuse(cid, refusal.code);
            if refusal.code == RefusalCode::MessageDeleted {
                // Somebody was faster; its author gives it up.
                view.timeline.forget(cid);
                self.landed(room, cid);
                return self.pump(room);
            }
        }
        if may_pass(refusal.code) {
            // Whoever tries it again later gives up its place in the order.
            ears.history.late.insert(cid);
        } else {
            ears.history
                .violate(format!("{cid} was refused for good: {:?}", refusal.code));
        }
        self.landed(room, cid);
        self.pump(room);
    }

    fn not_answered(&mut self, re: u32, refusal: &Refusal, ears: &mut Ears<'_>) {
        if may_pass(refusal.code) {
            self.held
                .push((hold_until(refusal, ears.now), Held::Ask(re)));
            return;
        }
        let question = self.answered(re);
        ears.history
            .violate(format!("{question:?} was refused: {:?}", refusal.code));
    }

    fn answered(&mut self, re: u32) -> Option<Question> {
        let index = self.questions.iter().position(|(asked, _)| *asked == re)?;
        Some(self.questions.remove(index).1)
    }
}

impl View {
    fn is_online(&mut self, people: &[Person]) {
        let named = |person: &Person| (person.id, person.name.as_str().to_owned());
        self.online = people.iter().map(named).collect();
    }
}

fn may_pass(code: RefusalCode) -> bool {
    matches!(
        code,
        RefusalCode::TooFast | RefusalCode::Busy | RefusalCode::Internal
    )
}

fn hold_until(refusal: &Refusal, now: Instant) -> Instant {
    let wait = refusal.retry_after_ms.map_or(HOLD, Duration::from_millis);
    now + wait.max(Duration::from_millis(100))
}
