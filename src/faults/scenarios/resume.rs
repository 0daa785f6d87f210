//! Lines that are gone for a while: whoever comes back is told exactly what they missed, or
//! begins anew where that was too much.

use crate::{
    client::{Client, Mood, Setup},
    crowd::{self, Talk},
    dice::Dice,
    ground,
    history::Deed,
    length::scaled,
    process::Process,
};
use hubbub::protocol::{RoomId, Seq, limits::REPLAY_EVENTS};
use std::sync::Arc;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_sees_exactly_what_the_log_has() {
    let drops = scaled(5, 10);
    let widest = scaled(700, 5_000);
    let mut dice = Dice::of("resume");
    let mut server = Process::new();
    let room = ground::rooms(&server.data(), 1).await.remove(0);
    server.start().await;

    let slugs = [room.slug.clone()];
    let mut writers = Vec::new();
    for number in 0..scaled(80, 100) {
        let writer = Setup::person(format!("Writer {number}"), server.addr, &mut dice).await;
        writers.push(Arc::new(writer.in_rooms(&slugs).begin(&mut dice)));
    }
    let mut droppers = Vec::new();
    for number in 0..scaled(8, 100) {
        let dropper = Setup::visitor(format!("Reader {number}"), server.addr);
        droppers.push(Arc::new(dropper.in_rooms(&slugs).begin(&mut dice)));
    }
    let mut clients = writers.clone();
    clients.extend(droppers.iter().cloned());
    for client in &clients {
        client.is_there().await;
    }

    let talk = Talk::of(&writers, &mut dice);
    let mut dropping = JoinSet::new();
    for (number, dropper) in droppers.iter().enumerate() {
        let clock = writers[number % writers.len()].clone();
        // Every size as often as every other.
        let gaps = (0..drops).map(|_| dice.of_any_size(widest)).collect();
        dropping.spawn(drop_and_return(dropper.clone(), clock, room.id, gaps));
    }
    dropping.join_all().await;
    talk.end().await;
    let (log, histories) = crowd::hold(&mut server, &clients).await;

    let resumes: Vec<_> = histories.iter().flat_map(|one| &one.resumes).collect();
    let resets = resumes.iter().filter(|resume| resume.reset).count();
    let missed = |resume: &&crate::history::Resume| resume.head.0 - resume.last.0;
    assert!(resets > 0, "no gap was too long");
    assert!(resets < resumes.len(), "every gap was too long");
    println!(
        "resume: {} resumes with gaps up to {}, {resets} resets, {} events, 0 violations",
        resumes.len(),
        resumes.iter().map(missed).max().unwrap_or(0),
        log[&room.id].len()
    );
}

/// The very edge, which chance does not hit: nobody else talks meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_the_limit_is_replayed_and_one_more_begins_anew() {
    let limit = REPLAY_EVENTS;
    let mut dice = Dice::of("edge");
    let mut server = Process::new();
    let room = ground::rooms(&server.data(), 1).await.remove(0);
    server.start().await;
    let slugs = [room.slug.clone()];
    let mut clients = Vec::new();
    // As many as may say both portions at once.
    for number in 0..2 * limit / 18 {
        let writer = Setup::person(format!("Writer {number}"), server.addr, &mut dice).await;
        clients.push(Arc::new(writer.in_rooms(&slugs).begin(&mut dice)));
    }
    let writers = clients.clone();
    let reader = Setup::visitor("Reader", server.addr).in_rooms(&slugs);
    let reader = Arc::new(reader.begin(&mut dice));
    clients.push(reader.clone());
    for client in &clients {
        client.is_there().await;
    }
    for missed in [limit, limit + 1] {
        let last = reader.with(|mind| mind.last(room.id));
        reader.be(Mood::Away);
        reader
            .until("the end of the line", |mind| !mind.is_resumed())
            .await;
        for number in 0..missed {
            let text = format!("{number} of {missed}");
            writers[number % writers.len()].submit(room.id, Deed::Say(text));
        }
        for writer in &writers {
            writer.has_said_everything().await;
        }
        let before = reader.with(|mind| mind.resumes());
        reader.be(Mood::Awake);
        reader
            .sees(
                room.id,
                Seq(last.0 + u64::try_from(missed).expect("a small number")),
            )
            .await;
        // The last missed event comes before the word that it was the last.
        reader
            .until("the resume", |mind| mind.resumes() > before)
            .await;
    }
    let (_, histories) = crowd::hold(&mut server, &clients).await;
    let reader = histories.last().expect("the reader");
    let resets: Vec<_> = reader.resumes.iter().map(|resume| resume.reset).collect();
    assert_eq!(resets, [false, true]);
}

/// Hangs up, stays away until so many events were missed, and comes back; for each gap.
async fn drop_and_return(client: Arc<Client>, clock: Arc<Client>, room: RoomId, gaps: Vec<usize>) {
    for gap in gaps {
        client.be(Mood::Away);
        client
            .until("the end of the line", |mind| !mind.is_resumed())
            .await;
        let gap = u64::try_from(gap).expect("a small number");
        let far = Seq(client.with(|mind| mind.last(room)).0 + gap);
        clock.sees(room, far).await;
        let before = client.with(|mind| mind.resumes());
        client.be(Mood::Awake);
        client
            .until("the resume", |mind| mind.resumes() > before)
            .await;
    }
}
