//! Messages kept: how many a second reach the disk and are acknowledged, beside a bare loop
//! that writes the same rows.

use super::{
    super::{
        child::Child,
        cores,
        ground::{self, GENERAL_ID, Ground},
        guest::Guest,
        length::scaled,
        report::{Report, Row},
    },
    talkers,
};
use hdrhistogram::Histogram;
use hubbub::{
    protocol::{Body, Name, UserId},
    server::store::Store,
};
use rusqlite::{Connection, params};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Who sends at once.
const SENDERS: usize = 64;
/// Rows in a commit of the bare loop.
const BATCH: u64 = 100;
const TEXT: &str = "Something that somebody says, of a length that people say things in.";

pub fn measure(report: &mut Report) {
    let peak = through_sockets(None);
    let half = through_sockets(Some(peak.rate / 2.0));
    let bare = bare();
    cores::take_both();
    let empty = into_store(0);
    let full = into_store(scaled(1_000, 1_000_000));
    cores::take(cores::LOAD);
    report.add(Row {
        id: "P10",
        what: format!("acknowledged sends of {SENDERS} / bare inserts in batches of {BATCH}"),
        figure: peak.rate / bare,
        bound: Some(-0.25),
        note: format!("{:.0}/s, bare {bare:.0}/s", peak.rate),
    });
    report.add(Row {
        id: "P10",
        what: "acknowledged sends, thousands a second".to_owned(),
        figure: peak.rate / 1_000.0,
        bound: Some(-20.0),
        note: format!("load took {:.0} %", peak.load * 100.0),
    });
    report.add(Row {
        id: "P11",
        what: "p99 of an acknowledgement at half of peak, ms".to_owned(),
        figure: half.p99.as_secs_f64() * 1e3,
        bound: Some(10.0),
        note: format!("at {:.0}/s; {:.1?} at peak", half.rate, peak.p99),
    });
    report.add(Row {
        id: "P12",
        what: "time of a send in a room of 1,000,000 messages / an empty one".to_owned(),
        figure: empty / full,
        bound: Some(1.1),
        note: format!("{full:.0}/s into the store, without sockets, and {empty:.0}/s"),
    });
}

/// How messages were acknowledged.
struct Sent {
    rate: f64,
    p99: Duration,
    load: f64,
}

fn lasts() -> Duration {
    scaled(Duration::from_millis(300), Duration::from_secs(5))
}

/// Everybody says something in a room of their own, as fast as it is acknowledged or at a rate
/// over all. Late counts from when it was meant.
fn through_sockets(rate: Option<f64>) -> Sent {
    let ground = Ground::with_rooms(SENDERS, SENDERS);
    let child = Child::unlimited(ground.folder);
    let to = child.addr;
    ground::runtime().block_on(async {
        let mut guests = Vec::new();
        for (number, cookie) in ground.cookies.iter().enumerate() {
            let mut guest = Guest::connect(number, to, None).await;
            guest.upgrade(Some(cookie)).await;
            guest.open(&ground.rooms[number], |_| ()).await;
            guests.push(guest);
        }
        let (began, load) = (Instant::now(), cores::own_cpu());
        let mut sending = JoinSet::new();
        for (number, guest) in guests.into_iter().enumerate() {
            let step = rate.map(|rate| Duration::from_secs_f64(SENDERS as f64 / rate));
            sending.spawn(send(guest, number, began, step));
        }
        let mut late: Histogram<u64> = Histogram::new(3).unwrap();
        for theirs in sending.join_all().await {
            late.add(theirs).unwrap();
        }
        let took = began.elapsed().as_secs_f64();
        Sent {
            rate: late.len() as f64 / took,
            p99: Duration::from_nanos(late.value_at_quantile(0.99)),
            load: (cores::own_cpu() - load).as_secs_f64() / took,
        }
    })
}

async fn send(
    mut guest: Guest,
    number: usize,
    began: Instant,
    step: Option<Duration>,
) -> Histogram<u64> {
    let mut late = Histogram::new(3).unwrap();
    // Behind the room that is there from the beginning.
    let room = number as u64 + 2;
    for round in 0_u32.. {
        let meant = match step {
            Some(step) => step * round + step.mul_f64(number as f64 / SENDERS as f64),
            None => began.elapsed(),
        };
        if meant > lasts() {
            break;
        }
        if step.is_some() {
            tokio::time::sleep_until((began + meant).into()).await;
        }
        let frame = talkers::send(round.into(), room, TEXT);
        guest.ask_framed(&frame, "ack", |_| ()).await;
        let took = began.elapsed().saturating_sub(meant).as_nanos();
        late.record(u64::try_from(took).unwrap()).unwrap();
    }
    late
}

/// As many senders and nothing between them and the store; messages a second.
fn into_store(messages: usize) -> f64 {
    let ground = Ground::new(1, messages);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = std::sync::Arc::new(ground::store(ground.folder.path()));
        let mut people = Vec::new();
        for number in 0..SENDERS {
            let name = Name::parse(&format!("Sender {number}")).unwrap();
            let (person, _) = store.create_session(name, None).await.unwrap();
            store.enter(person.id, GENERAL_ID, false).await.unwrap();
            people.push(person.id);
        }
        let mut sending = JoinSet::new();
        let began = Instant::now();
        for user in people {
            let store = store.clone();
            sending.spawn(async move {
                let mut sent = 0_u64;
                while began.elapsed() < lasts() {
                    keep(&store, user, sent).await;
                    sent += 1;
                }
                sent
            });
        }
        let sent: u64 = sending.join_all().await.iter().sum();
        let rate = sent as f64 / began.elapsed().as_secs_f64();
        store.close().await;
        rate
    })
}

async fn keep(store: &Store, user: UserId, round: u64) {
    let body = Body::parse(TEXT).unwrap();
    let sent = store.send(
        user,
        GENERAL_ID,
        ground::cid(round),
        &body,
        TEXT.to_owned(),
        false,
    );
    sent.await.unwrap();
}

/// The same rows a second, each in the room of its sender, written by nothing but the loop that
/// writes them.
fn bare() -> f64 {
    let ground = Ground::with_rooms(SENDERS, SENDERS);
    let file = ground.folder.path().join("data/hubbub.sqlite3");
    let db = Connection::open(file).unwrap();
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        .unwrap();
    let mut insert = db
        .prepare(
            "INSERT INTO events (room_id, seq, at, user_id, kind, body, cid, hash)
             VALUES (?1, ?2, 1, ?3, 1, ?4, ?5, ?6)",
        )
        .unwrap();
    let (began, mut sent) = (Instant::now(), 0_i64);
    let senders = i64::try_from(SENDERS).unwrap();
    while began.elapsed() < lasts() {
        db.execute_batch("BEGIN IMMEDIATE").unwrap();
        for _ in 0..BATCH {
            let (round, sender) = (sent / senders, sent % senders);
            let (room, seq, cid) = (sender + 2, round + 1_000, ground::cid(round as u64).0);
            let row = params![room, seq, sender + 1, TEXT, cid, [7_u8; 32]];
            insert.execute(row).unwrap();
            sent += 1;
        }
        db.execute_batch("COMMIT").unwrap();
    }
    sent as f64 / began.elapsed().as_secs_f64()
}
