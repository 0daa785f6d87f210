//! One open page, as `docs/PROTOCOL.md` tells clients to be: connected or not, with its
//! rooms, its outbox and its heart. What it hears is in `hearing`.

use super::dice::Dice;
use crate::{
    planted::{Mistake, planted},
    protocol::{
        Cid, ClientFrame, CloseCode, Epoch, Reconnect, ResumeAt, Room, RoomId, Seq, Slug, UserId,
        limits,
    },
    timeline::{Deed, PendingState, Timeline},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use tokio::time::Instant;

/// How long an answer to `ping` may take.
const GRACE: Duration = limits::HEARTBEAT_GIVE_UP.saturating_sub(limits::HEARTBEAT_MISSED);

/// A room that this page has open.
#[derive(Debug, Default)]
pub(super) struct View {
    pub timeline: Timeline,
    /// Who is online, and their names.
    pub online: BTreeMap<UserId, String>,
    pub member: bool,
    pub read: Seq,
}

/// A question that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Open(Slug),
    Older(RoomId),
}

/// What is tried again after a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Send(RoomId, Cid),
    Ask(u32),
}

/// One page.
pub(super) struct Tab {
    pub number: usize,
    pub human: usize,
    /// Its socket, by number.
    pub link: Option<usize>,
    /// Everything missed has arrived.
    pub live: bool,
    pub me: Option<UserId>,
    pub views: BTreeMap<RoomId, View>,
    pub list: BTreeMap<RoomId, Room>,
    /// What to say over the socket.
    pub out: Vec<ClientFrame>,
    pub held: Vec<(Instant, Held)>,
    pub(super) epoch: Epoch,
    pub(super) welcomed: Option<Epoch>,
    pub(super) in_flight: BTreeMap<RoomId, Cid>,
    pub(super) failures: u32,
    pub(super) questions: Vec<(u32, Question)>,
    pub(super) catching_up: BTreeMap<RoomId, Seq>,
    /// Where each room's stream of events stands on this connection.
    pub(super) stream: BTreeMap<RoomId, Seq>,
    /// Rooms that were asked for again on this connection: events may come twice.
    pub(super) asked_again: BTreeSet<RoomId>,
    /// How long each log was when this connection began: whatever it hears was read later.
    pub(super) heads: BTreeMap<RoomId, Seq>,
    pub(super) heard: Instant,
    /// Since when an answer is missing.
    pub(super) pinged: Option<Instant>,
    pub(super) tries: u32,
    pub(super) goodbye: Option<Duration>,
    back_at: Instant,
    next_question: u32,
    said: u64,
}

impl Tab {
    pub fn new(number: usize, human: usize, now: Instant) -> Self {
        Self {
            number,
            human,
            link: None,
            live: false,
            me: None,
            views: BTreeMap::new(),
            list: BTreeMap::new(),
            out: Vec::new(),
            held: Vec::new(),
            epoch: Epoch(String::new()),
            welcomed: None,
            in_flight: BTreeMap::new(),
            failures: 0,
            questions: vec![(0, Question::Open(Slug::default_room()))],
            catching_up: BTreeMap::new(),
            stream: BTreeMap::new(),
            asked_again: BTreeSet::new(),
            heads: BTreeMap::new(),
            heard: now,
            pinged: None,
            tries: 0,
            goodbye: None,
            back_at: now,
            next_question: 0,
            said: 0,
        }
    }

    /// The page is loaded again; it counts on, because its messages stay in the logs.
    pub fn reload(&mut self, now: Instant) {
        *self = Self {
            said: self.said,
            ..Self::new(self.number, self.human, now)
        };
    }

    /// Whether it is time to connect.
    pub fn wants_to_connect(&self, now: Instant) -> bool {
        self.link.is_none() && self.back_at <= now
    }

    /// It has a socket now.
    pub fn connected(&mut self, link: usize, heads: BTreeMap<RoomId, Seq>, now: Instant) {
        self.link = Some(link);
        self.heads = heads;
        self.heard = now;
        self.pinged = None;
        let rooms: Vec<_> = self
            .views
            .iter()
            .map(|(room, view)| ResumeAt {
                room: *room,
                last: view.timeline.last(),
            })
            .collect();
        self.stream = rooms.iter().map(|at| (at.room, at.last)).collect();
        self.asked_again.clear();
        let epoch = self.epoch.clone();
        self.out = vec![ClientFrame::Hello { epoch, rooms }];
    }

    /// There was nobody to connect to.
    pub fn not_connected(&mut self, now: Instant, dice: &mut Dice) {
        self.lost(None, now, dice);
    }

    /// The socket is over; `number` is the close code, if there was one.
    pub fn lost(&mut self, number: Option<u16>, now: Instant, dice: &mut Dice) {
        if self.live {
            self.tries = 0;
        }
        let pause = match number.map_or(Reconnect::Backoff, CloseCode::rule) {
            Reconnect::Now if self.tries == 0 => Duration::ZERO,
            Reconnect::Slowly | Reconnect::Reload => limits::RECONNECT_MAX,
            Reconnect::Now | Reconnect::Backoff => {
                let bound = limits::RECONNECT_FIRST * 2_u32.saturating_pow(self.tries.min(10));
                dice.time(
                    self.goodbye
                        .take()
                        .unwrap_or(bound.min(limits::RECONNECT_MAX)),
                )
            }
        };
        self.tries += 1;
        self.back_at = now + pause;
        self.link = None;
        self.live = false;
        self.in_flight.clear();
        self.catching_up.clear();
        self.out.clear();
    }

    /// What was on its way, under another name: the old one and the new one.
    pub fn rename_in_flight(&mut self) -> Vec<(Cid, Cid)> {
        let mut renamed = Vec::new();
        for (room, old) in &self.in_flight {
            let Some(view) = self.views.get_mut(room) else {
                continue;
            };
            if let Some(deed) = view.timeline.forget(*old) {
                let mut new = *old;
                new.0[15] ^= 0x80;
                view.timeline.act(new, deed);
                renamed.push((*old, new));
            }
        }
        renamed
    }

    /// When it does something by itself.
    pub fn next_timer(&self) -> Option<Instant> {
        let held = self.held.iter().map(|(due, _)| *due).min();
        let heart = match (self.link, self.pinged) {
            (None, _) => self.back_at,
            (Some(_), Some(pinged)) => pinged + GRACE,
            (Some(_), None) => self.heard + limits::HEARTBEAT_MISSED,
        };
        held.into_iter().chain([heart]).min()
    }

    /// Time has passed. Returns whether the line is dead.
    pub fn beat(&mut self, now: Instant) -> bool {
        let (due, held) = self.held.drain(..).partition(|(due, _)| *due <= now);
        self.held = held;
        for (_, what) in due {
            match what {
                Held::Send(room, cid) => {
                    self.landed(room, cid);
                    self.pump(room);
                }
                Held::Ask(re) => self.say_question(re),
            }
        }
        if self.link.is_none() {
            return false;
        }
        match self.pinged {
            Some(pinged) => now - pinged >= GRACE,
            None => {
                if now - self.heard >= limits::HEARTBEAT_MISSED {
                    self.pinged = Some(now);
                    self.out.push(ClientFrame::Ping);
                }
                false
            }
        }
    }

    /// Does something in a room that is open. Returns the name and number of it.
    pub fn act(&mut self, room: RoomId, deed: Deed) -> Option<(Cid, u64)> {
        if deed.of().is_some() && self.welcomed.as_ref().is_some_and(|now| *now != self.epoch) {
            // The place may still be one of the log before.
            return None;
        }
        let view = self.views.get_mut(&room)?;
        self.said += 1;
        let number = self.said;
        let mut bits = [0; 16];
        bits[..8].copy_from_slice(&number.to_be_bytes());
        bits[8..].copy_from_slice(&(self.number as u64).to_be_bytes());
        let cid = Cid(bits);
        view.timeline.act(cid, deed.clone());
        if planted(Mistake::Impatient) {
            self.say(deed.frame(cid, room));
        }
        self.pump(room);
        Some((cid, number))
    }

    /// Words that nobody has said yet.
    pub fn fresh_words(&self) -> String {
        format!("{} of tab {}", self.said + 1, self.number)
    }

    /// Opens a room.
    pub fn ask(&mut self, question: Question) {
        if self.questions.iter().any(|(_, other)| *other == question) {
            return;
        }
        self.next_question += 1;
        self.questions.push((self.next_question, question));
        self.say_question(self.next_question);
    }

    pub(super) fn say_question(&mut self, re: u32) {
        let question = self.questions.iter().find(|(asked, _)| *asked == re);
        let frame = match question {
            Some((_, Question::Open(slug))) => ClientFrame::Open {
                re,
                room: slug.clone(),
            },
            Some((_, Question::Older(room))) => {
                let view = self.views.get(room);
                let Some(before) = view.and_then(|view| view.timeline.first()) else {
                    return;
                };
                let room = *room;
                ClientFrame::Older { re, room, before }
            }
            None => return,
        };
        self.say(frame);
    }

    /// Says something, if everything missed has arrived.
    pub fn say(&mut self, frame: ClientFrame) -> bool {
        if self.live {
            self.out.push(frame);
        }
        self.live
    }

    /// Asks for events that it has, or has not.
    pub fn catch_up(&mut self, room: RoomId, last: Seq) {
        self.asked_again.insert(room);
        self.say(ClientFrame::CatchUp { room, last });
    }

    /// Tries everything again that was refused.
    pub fn retry_all(&mut self) {
        let rooms: Vec<_> = self.views.keys().copied().collect();
        for room in rooms {
            let Some(view) = self.views.get_mut(&room) else {
                continue;
            };
            let failed = |state: &PendingState| matches!(state, PendingState::Failed(_));
            let pending = view.timeline.pending().iter();
            let failed: Vec<_> = pending
                .filter(|pending| failed(&pending.state))
                .map(|pending| pending.cid)
                .collect();
            for cid in failed {
                view.timeline.retry(cid);
            }
            self.pump(room);
        }
    }

    /// Who is online by it.
    pub fn user(&self) -> Option<UserId> {
        self.me.filter(|_| self.live)
    }

    /// Whether nothing of this page waits for anything.
    pub fn is_content(&self) -> bool {
        let pending = self
            .views
            .values()
            .map(|view| view.timeline.pending().len());
        self.live
            && self.held.is_empty()
            && self.questions.is_empty()
            && self.in_flight.is_empty()
            && pending.sum::<usize>() == 0
    }

    pub(super) fn landed(&mut self, room: RoomId, cid: Cid) {
        if self.in_flight.get(&room) == Some(&cid) {
            self.in_flight.remove(&room);
        }
    }

    /// Sends the oldest waiting message of a room, if none is on its way.
    pub(super) fn pump(&mut self, room: RoomId) {
        let Some(view) = self.views.get(&room) else {
            return;
        };
        if self.in_flight.contains_key(&room) {
            return;
        }
        let mut pending = view.timeline.pending().iter();
        let next = pending.find(|pending| pending.state == PendingState::Waiting);
        let Some((cid, deed)) = next.map(|pending| (pending.cid, pending.deed.clone())) else {
            return;
        };
        if self.say(deed.frame(cid, room)) {
            self.in_flight.insert(room, cid);
        }
    }
}
