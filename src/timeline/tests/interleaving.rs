//! Whatever reaches a client, in whatever order: the timeline equals the log, and each
//! message is as the log has it.

use super::*;
use crate::protocol::{Emoji, Message};

/// The log of a server, as it was told when it happened.
struct Server {
    log: Vec<Event>,
}

impl Server {
    /// Messages and notices, and among them what is done to messages, by these dice.
    fn of(dice: &[(u8, u8)]) -> Self {
        let mut server = Self { log: Vec::new() };
        for (kind, which) in dice {
            server.happen(*kind, u64::from(*which));
        }
        server
    }

    fn happen(&mut self, kind: u8, which: u64) {
        let seq = self.log.len() as u64 + 1;
        let messages: Vec<Event> = self.shown(self.log.len()).into_iter().collect();
        let there = |one: &&Event| matches!(&one.what, What::Message(it) if !it.deleted);
        let messages: Vec<&Event> = messages.iter().filter(there).collect();
        let target = (!messages.is_empty()).then(|| messages[which as usize % messages.len()]);
        let (cid, by) = (cid(seq), UserId(1 + which % 3));
        let what = match (kind % 8, target) {
            (0, Some(target)) => What::Edited {
                cid,
                of: target.seq,
                text: format!("edited at {seq}"),
            },
            (1, Some(target)) => What::Deleted {
                cid,
                of: target.seq,
            },
            (2 | 3, Some(target)) => {
                let emoji = Emoji::known(if which.is_multiple_of(2) { "a" } else { "b" });
                let What::Message(message) = &target.what else {
                    unreachable!("only messages are targets");
                };
                // A server tells of real changes only.
                let mut there = message.reactions.iter();
                let on = !there.any(|one| one.emoji == emoji && one.by.contains(&by));
                let of = target.seq;
                What::Reacted { cid, of, emoji, on }
            }
            (4, _) => What::Joined,
            _ => What::Message(Message::new(cid, format!("message {seq}"))),
        };
        let minute = i64::try_from(seq).unwrap();
        self.log.push(event(seq, by, minute, what));
    }

    /// One event as it was when the log had so many.
    fn form(&self, seq: Seq, head: usize) -> Event {
        let mut event = self.log[usize::try_from(seq.0).unwrap() - 1].clone();
        if let What::Message(message) = &mut event.what {
            for later in &self.log[..head] {
                if later.what.amends() == Some(seq) {
                    message.amend(later);
                }
            }
        }
        event
    }

    /// All that are shown by themselves, as they were when the log had so many.
    fn shown(&self, head: usize) -> Vec<Event> {
        let shown = self.log[..head].iter();
        let shown = shown.filter(|event| event.what.amends().is_none());
        shown.map(|event| self.form(event.seq, head)).collect()
    }

    /// A part of the log as it is replayed when it has so many.
    fn replay(&self, from: usize, to: usize, head: usize) -> Vec<Event> {
        let now = |event: &Event| {
            let mut event = self.form(event.seq, head);
            if let What::Edited { cid, of, text } = &mut event.what
                && let What::Message(message) = self.form(*of, head).what
            {
                if message.deleted {
                    event.what = What::Deleted { cid: *cid, of: *of };
                } else {
                    *text = message.text;
                }
            }
            event
        };
        self.log[from..to].iter().map(now).collect()
    }

    /// The last events before a place that are shown by themselves, and whether there are more.
    fn page(&self, before: Seq, count: usize, head: usize) -> (Vec<Event>, bool) {
        let mut shown = self.shown(head);
        shown.retain(|event| event.seq < before);
        let from = shown.len().saturating_sub(count);
        (shown.split_off(from), from > 0)
    }

    fn snapshot(&self, head: usize) -> RoomSnapshot {
        let (events, older) = self.page(Seq(head as u64 + 1), 50, head);
        RoomSnapshot {
            events,
            older,
            head: Seq(head as u64),
            ..snapshot(&[], 0, 0)
        }
    }
}

/// What can reach a client.
#[derive(Clone, Debug)]
enum Delivery {
    /// A run of the log, live or doubled.
    Run(usize, usize),
    /// What is missing, as it is replayed later.
    Replay(usize, usize),
    /// A page of history before the first event known, as it is some time later.
    Page(usize, usize),
    /// A page about what is known already.
    Renewed(usize, usize),
    /// Events beyond a gap.
    Glimpse(usize, usize),
    /// A fresh start.
    Reset(usize),
}

const LENGTH: usize = 100;

fn deliveries() -> impl Strategy<Value = Vec<Delivery>> {
    let place = 0..LENGTH;
    let run = (place.clone(), 1..40usize).prop_map(|(from, count)| Delivery::Run(from, count));
    let replay = (1..60usize, place.clone()).prop_map(|(count, at)| Delivery::Replay(count, at));
    let page = (1..60usize, place.clone()).prop_map(|(count, at)| Delivery::Page(count, at));
    let renewed = (place.clone(), place.clone()).prop_map(|(at, now)| Delivery::Renewed(at, now));
    let glimpse = (place.clone(), 1..9usize).prop_map(|(from, n)| Delivery::Glimpse(from, n));
    let reset = place.prop_map(Delivery::Reset);
    let one = prop_oneof![
        8 => run, 4 => replay, 3 => page, 2 => renewed, 1 => glimpse, 1 => reset
    ];
    proptest::collection::vec(one, 0..60)
}

fn deliver(server: &Server, timeline: &mut Timeline, delivery: Delivery) {
    let last = usize::try_from(timeline.last().0).unwrap();
    // The server is always at least as far as its client.
    let now = |at: usize| at.max(last);
    match delivery {
        Delivery::Run(from, count) => {
            let to = (from + count).min(LENGTH);
            if let Applied::Gap(after) = timeline.extend(server.log[from..to].to_vec()) {
                let after = usize::try_from(after.0).unwrap();
                timeline.extend(server.replay(after, to, to));
            }
        }
        Delivery::Replay(count, at) => {
            let to = (last + count).min(LENGTH);
            timeline.extend(server.replay(last, to, at.max(to)));
        }
        Delivery::Page(count, at) => {
            if let Some(first) = timeline.first() {
                let (page, older) = server.page(first, count, now(at));
                timeline.prepend(first, page, older);
            }
        }
        Delivery::Renewed(at, head) => {
            let before = Seq(at as u64 + 2);
            if timeline.first().is_none_or(|first| first < before) {
                let (page, older) = server.page(before, 50, now(head));
                timeline.prepend(before, page, older);
            }
        }
        Delivery::Glimpse(from, count) => {
            // Somewhere beyond what is known; then pages, which say how things really are.
            let (from, to) = (from.max(last), (from.max(last) + count).min(LENGTH));
            timeline.glimpse(&server.log[from..to]);
            for before in timeline.places() {
                let (page, older) = server.page(before, 50, LENGTH);
                timeline.prepend(before, page, older);
            }
            for known in timeline.events() {
                assert_eq!(**known, server.form(known.seq, LENGTH));
            }
            timeline.reset(&server.snapshot(LENGTH));
        }
        Delivery::Reset(head) => timeline.reset(&server.snapshot(now(head))),
    }
}

proptest! {
    #[test]
    fn any_interleaving_gives_the_timeline_of_the_log(
        dice in proptest::collection::vec(any::<(u8, u8)>(), LENGTH),
        head in 0..LENGTH,
        deliveries in deliveries(),
    ) {
        let server = Server::of(&dice);
        let mut timeline = Timeline::of(&server.snapshot(head));
        for delivery in deliveries {
            deliver(&server, &mut timeline, delivery);
            // At every moment: a run of what the log shows, no gap, no double, no disorder.
            let last = usize::try_from(timeline.last().0).unwrap();
            let all = server.shown(last);
            let from = all.len() - timeline.events().len();
            prop_assert_eq!(timeline.has_older(), from > 0);
            for (known, told) in timeline.events().iter().zip(&all[from..]) {
                prop_assert_eq!(known.seq, told.seq);
                if let (What::Message(known), What::Message(told)) = (&known.what, &told.what) {
                    // It may be known in a newer form than the log up to here gives it, but
                    // in no older one: what was deleted by now is nowhere.
                    prop_assert!(known.amended >= told.amended);
                    prop_assert!(known.deleted || !told.deleted);
                }
            }
        }
        // In the end the rest arrives, and all of it is there as it is now.
        let last = usize::try_from(timeline.last().0).unwrap();
        timeline.extend(server.replay(last, LENGTH, LENGTH));
        if let Some(first) = timeline.first() {
            let (page, older) = server.page(first, LENGTH, LENGTH);
            timeline.prepend(first, page, older);
        }
        let known: Vec<Event> = timeline.events().iter().map(|one| (**one).clone()).collect();
        prop_assert_eq!(known, server.shown(LENGTH));
    }
}
