//! The system's clock jumps by a day, forwards and back: the log's order, its promises and
//! people's sessions do not care.
//!
//! Once for the executable under load, and once for the store alone, driven in this process
//! with a clock of ours: there, every command can have a jump of its own, and a retry can come
//! after days.

use crate::{
    checker,
    client::{Setup, fresh_cid},
    crowd::{self, Talk},
    dice::Dice,
    history::{Acknowledged, Deed, History, Submitted},
    length::scaled,
    log,
    patience::{LOOK_EVERY, soon},
    process::Process,
};
use hubbub::{
    protocol::{Body, Event, Millis, Name, RoomId, limits::SESSION_IDLE},
    server::store::{SessionToken, Store},
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};
use tokio::time::sleep;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const GENERAL: RoomId = RoomId(1);

/// A clock that goes where it is told.
#[derive(Clone)]
struct Clock(Arc<AtomicI64>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_800_000_000_000)))
    }

    fn open(&self, data: &Path) -> Store {
        let clock = self.clone();
        let now = Arc::new(move || Millis(clock.0.load(Ordering::Relaxed)));
        Store::open(data, now, Box::new(|_| ())).unwrap()
    }

    fn forwards(&self, by: Duration) {
        self.0.fetch_add(millis(by), Ordering::Relaxed);
    }

    fn back(&self, by: Duration) {
        self.0.fetch_sub(millis(by), Ordering::Relaxed);
    }
}

/// Somebody at the store itself.
struct Person {
    token: SessionToken,
    history: History,
}

impl Person {
    async fn new(store: &Store, who: &str) -> Self {
        let name = Name::parse(who).unwrap();
        let (me, token) = store.create_session(name, None).await.unwrap();
        Self {
            token,
            history: History::new(who.to_owned(), Some(me.id)),
        }
    }

    /// Says something new.
    async fn says(&mut self, store: &Store, dice: &mut Dice) {
        let number = self.history.submitted.len();
        self.history.submitted.push(Submitted {
            cid: fresh_cid(dice),
            room: GENERAL,
            deed: Deed::Say(format!("number {number}")),
        });
        self.says_again(store, number).await;
    }

    /// Sends what was said already.
    async fn says_again(&mut self, store: &Store, number: usize) {
        let Submitted { cid, room, deed } = self.history.submitted[number].clone();
        let Deed::Say(text) = deed else {
            unreachable!("nothing else is done here");
        };
        let body = Body::parse(&text).unwrap();
        let user = self.history.user.expect("they have a name");
        let sent = store
            .send(user, room, cid, &body, text, true)
            .await
            .unwrap();
        let (seq, at) = (sent.seq, sent.at);
        self.history
            .acknowledged
            .push(Acknowledged { cid, room, seq, at });
    }

    /// Whether they would still be known, and are written down as seen.
    async fn is_known(&self, store: &Store) -> bool {
        let hash = self.token.hash();
        let Some(session) = store.session(&hash).await.unwrap() else {
            return false;
        };
        store.touch_session(&hash, &session).await.unwrap();
        Some(session.person.id) == self.history.user
    }
}

/// How far the clock may be away: idle sessions end after longer than that.
const FARTHEST: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_days_jump_under_load_keeps_order_and_sessions() {
    let mut dice = Dice::of("days");
    let mut server = Process::new();
    server.take_clock();
    server.start().await;
    let mut clients = Vec::new();
    for number in 0..8 {
        let setup = Setup::person(format!("Sender {number}"), server.addr, &mut dice).await;
        clients.push(Arc::new(setup.begin(&mut dice)));
    }
    for client in &clients {
        client.is_there().await;
    }
    let talk = Talk::of(&clients, &mut dice);
    let jumps = scaled(30, 1_000);
    let farthest = i64::try_from(FARTHEST.as_nanos()).expect("a month");
    for jump in 1..=jumps {
        let moved = server.clock().moved();
        if moved <= -farthest || (moved < farthest && dice.once_in(2)) {
            server.clock().forwards(DAY);
        } else {
            server.clock().back(DAY);
        }
        // More than can be on their way already.
        let enough = crowd::acknowledged(&clients) + clients.len() + 1;
        // Nothing is stuck for as long as the clock was put back.
        soon("an acknowledgement on that day", async {
            while crowd::acknowledged(&clients) < enough {
                sleep(LOOK_EVERY).await;
            }
        })
        .await;
        if jump % 10 == 0 {
            server.stop().await;
            server.start().await;
        }
    }
    talk.end().await;
    let (log, _) = crowd::hold(&mut server, &clients).await;
    let events = &log[&GENERAL];
    let goes_back = events
        .windows(2)
        .filter(|pair| pair[1].at < pair[0].at)
        .count();
    let days = |pair: &&[Event]| pair[1].at.0 - pair[0].at.0 > millis(DAY) / 2;
    let jumped = events.windows(2).filter(days).count();
    let both_ways = jumped > 0 && goes_back > 0;
    assert!(both_ways, "the server did not see its clock jump");
    println!(
        "days: {jumps} jumps, {} events, {jumped} a day after the one before, {goes_back} before it",
        events.len()
    );
}

#[tokio::test]
async fn days_that_jump_change_no_order_and_end_no_session() {
    let mut dice = Dice::of("clock");
    let folder = tempfile::TempDir::new().unwrap();
    let clock = Clock::new();
    let mut store = clock.open(folder.path());
    let mut people = Vec::new();
    for who in ["Ada", "Bo", "Cy", "Di"] {
        people.push(Person::new(&store, who).await);
    }
    for round in 0..scaled(200, 5_000) {
        if dice.once_in(2) {
            clock.forwards(DAY);
        } else {
            clock.back(DAY);
        }
        let one = dice.below(people.len());
        people[one].says(&store, &mut dice).await;
        let again = dice.below(people[one].history.submitted.len());
        people[one].says_again(&store, again).await;
        assert!(people[one].is_known(&store).await, "round {round}");
        assert_eq!(store.expire_sessions().await.unwrap(), 0, "round {round}");
        if dice.once_in(50) {
            store.close().await;
            store = clock.open(folder.path());
        }
    }
    // A session that is used is kept though each look at it is a day away from the last.
    clock.forwards(SESSION_IDLE / 2);
    for person in &people {
        assert!(person.is_known(&store).await);
    }
    // And the one thing that days decide still works.
    clock.forwards(SESSION_IDLE + DAY);
    assert_eq!(store.expire_sessions().await.unwrap(), people.len());
    store.close().await;
    let histories: Vec<_> = people.into_iter().map(|person| person.history).collect();
    checker::hold(&log::read(folder.path()), &histories);
}

#[tokio::test]
async fn a_retry_has_the_effect_of_once_however_late_it_comes() {
    let sends = scaled(100, 2_500);
    let mut dice = Dice::of("late");
    let folder = tempfile::TempDir::new().unwrap();
    let clock = Clock::new();
    let store = clock.open(folder.path());
    let mut ada = Person::new(&store, "Ada").await;
    for _ in 0..sends {
        ada.says(&store, &mut dice).await;
    }
    let minutes = 60;
    for later in [1, 31, 10 * minutes, 24 * 60 * minutes] {
        clock.forwards(Duration::from_secs(later));
        for number in 0..sends {
            ada.says_again(&store, number).await;
        }
    }
    store.close().await;
    let log = log::read(folder.path());
    checker::hold(&log, &[ada.history]);
    // One more: she joined.
    assert_eq!(log[&GENERAL].len(), sends + 1);
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).expect("a few days")
}
