//! Readers that stop reading: nobody else notices, memory stays bounded, and when they read
//! again they are whole.

use crate::{
    client::{Client, Mood, Setup},
    crowd,
    dice::Dice,
    ground,
    history::Deed,
    length::{is_long, scaled},
    process::Process,
};
use hubbub::protocol::{Event, Message, RoomId, What, limits::SENDS};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

/// How many speak.
const SPEAKERS: usize = 20;
/// How often each of them does: ten messages a second for a thousand readers, of which the
/// driver takes the larger part of the two cores.
const SPEAK_EVERY: Duration = Duration::from_secs(2);
/// Letters of two bytes of what is said in the slow readers' own room, 400 times, to fill all
/// buffers on the way to them: Linux gives the server's side up to 4 MiB.
const CHOKING: usize = 7_500;
/// What the system takes in for a reader that does not read: little, so that what they miss
/// waits at the server.
const RECEIVE_BUFFER: u32 = 4 * 1024;
/// What the slow readers may cost the server. Frames are shared by all, so it is far less
/// than the 512 frames of each.
const MEMORY: u64 = 64 * 1024 * 1024;

/// How many were let go because they did not read.
const LET_GO: &str = "hubbub_closes_total{reason=\"too slow\"}";

type Delays = Arc<Mutex<Vec<Duration>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_readers_disturb_nobody_and_are_whole_again() {
    let phase = Duration::from_secs(scaled(2, 20));
    let rounds = scaled(1, 5);
    let mut dice = Dice::of("slow");
    let mut server = Process::new();
    let rooms = ground::rooms(&server.data(), 2).await;
    server.start().await;
    let both: Vec<_> = rooms.iter().map(|room| room.slug.clone()).collect();
    let (room, choked) = (rooms[0].id, rooms[1].id);
    let epoch = Instant::now();
    let delays = Delays::default();

    let mut speakers = Vec::new();
    for number in 0..SPEAKERS {
        let speaker = Setup::person(format!("Speaker {number}"), server.addr, &mut dice).await;
        speakers.push(Arc::new(speaker.in_rooms(&both).begin(&mut dice)));
    }
    let mut slow = Vec::new();
    for number in 0..scaled(4, 50) {
        let mut setup = Setup::visitor(format!("Slow {number}"), server.addr);
        setup.entrance.receive_buffer = Some(RECEIVE_BUFFER);
        slow.push(Arc::new(setup.in_rooms(&both).begin(&mut dice)));
    }
    let mut clients = [speakers.clone(), slow.clone()].concat();
    for number in 0..scaled(50, 940) {
        let mut setup = Setup::visitor(format!("Reader {number}"), server.addr);
        let delays = delays.clone();
        setup.witness = Some(Arc::new(move |event| note(event, epoch, &delays)));
        clients.push(Arc::new(setup.in_rooms(&both[..1]).begin(&mut dice)));
    }
    for client in &clients {
        client.is_there().await;
    }

    // Once to warm up; what was on the first page does not count either.
    speak(&speakers, room, epoch, phase / 4).await;
    let (mut calm, mut beside) = (Vec::new(), Vec::new());
    let (mut memory, mut memory_beside) = (u64::MAX, 0);
    for _ in 0..rounds {
        take(&delays);
        speak(&speakers, room, epoch, phase).await;
        calm.push(p99(take(&delays)));
        memory = memory.min(server.memory());
        slow.iter().for_each(|client| client.be(Mood::Asleep));
        choke(&speakers, choked).await;
        take(&delays);
        speak(&speakers, room, epoch, phase).await;
        beside.push(p99(take(&delays)));
        memory_beside = memory_beside.max(server.memory());
        slow.iter().for_each(|client| client.be(Mood::Awake));
        let heads = speakers[0].with(|mind| [room, choked].map(|room| (room, mind.last(room))));
        for client in &slow {
            for (room, head) in heads {
                client.sees(room, head).await;
            }
        }
    }
    if is_long() {
        slow.iter().for_each(|client| client.be(Mood::Asleep));
        choke(&speakers, choked).await;
        let all = u32::try_from(slow.len()).expect("a small number");
        let before = server.figure(LET_GO).await;
        server.counts(LET_GO, before + f64::from(all)).await;
        slow.iter().for_each(|client| client.be(Mood::Awake));
    }
    let let_go = server.figure(LET_GO).await;
    crowd::hold(&mut server, &clients).await;

    println!(
        "slow: {} of {} stopped reading: p99 of the others {calm:.1?} before, {beside:.1?} \
         beside them; memory {} MiB before, {} MiB beside; {let_go} closed as too slow; all \
         whole again",
        slow.len(),
        clients.len(),
        memory / 1_048_576,
        memory_beside / 1_048_576
    );
    assert!(
        memory_beside < memory + MEMORY,
        "{memory} to {memory_beside} bytes"
    );
    if is_long() {
        // Whatever else the machine does only adds to a round.
        let best = |rounds: Vec<Duration>| rounds.into_iter().min().expect("there was one");
        let (calm, beside) = (best(calm), best(beside));
        let bound = (calm.mul_f64(1.1)).max(calm + Duration::from_millis(5));
        assert!(beside <= bound, "p99 {beside:?} instead of {calm:?}");
    }
}

/// Everybody speaks in turn for a while; each message says when it was said.
async fn speak(speakers: &[Arc<Client>], room: RoomId, epoch: Instant, lasts: Duration) {
    let began = Instant::now();
    let count = u32::try_from(speakers.len()).expect("a small number");
    let speaking: JoinSet<_> = (0_u32..)
        .zip(speakers.iter().cloned())
        .map(|(number, speaker)| async move {
            let mut next = began + SPEAK_EVERY * number / count;
            while next < began + lasts {
                // The pace is the load itself.
                sleep_until(next).await;
                let said = epoch.elapsed().as_nanos();
                let words = "x".repeat(1_000);
                speaker.submit(room, Deed::Say(format!("{said} {words}")));
                next += SPEAK_EVERY;
            }
        })
        .collect();
    speaking.join_all().await;
    for speaker in speakers {
        speaker.has_said_everything().await;
    }
}

/// As much as may be said at once.
async fn choke(speakers: &[Arc<Client>], room: RoomId) {
    for speaker in speakers {
        for _ in 0..SENDS.burst {
            let words = "\u{E9}".repeat(CHOKING);
            speaker.submit(room, Deed::Say(words));
        }
    }
    for speaker in speakers {
        speaker.has_said_everything().await;
    }
}

fn note(event: &Event, epoch: Instant, delays: &Mutex<Vec<Duration>>) {
    let What::Message(Message { text, .. }) = &event.what else {
        return;
    };
    let said = text.split(' ').next().and_then(|said| said.parse().ok());
    let said = Duration::from_nanos(said.expect("speakers say when"));
    delays
        .lock()
        .unwrap()
        .push(epoch.elapsed().saturating_sub(said));
}

fn take(delays: &Mutex<Vec<Duration>>) -> Vec<Duration> {
    std::mem::take(&mut delays.lock().unwrap())
}

fn p99(mut delays: Vec<Duration>) -> Duration {
    delays.sort();
    delays[delays.len() * 99 / 100]
}
