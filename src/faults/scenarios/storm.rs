//! Everybody comes back at once: the server is killed and started again with a crowd on it,
//! while some go on talking.

use crate::{
    client::{Client, Manner, Setup},
    crowd::{self, Talk},
    dice::Dice,
    ground,
    length::{is_long, scaled},
    process::Process,
};
use std::{sync::Arc, time::Duration};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

/// How soon everybody is back, in the long run.
const TARGET: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_comes_back_after_a_crash() {
    let mut dice = Dice::of("storm");
    let mut server = Process::new();
    let rooms = ground::rooms(&server.data(), 20).await;
    let slugs: Vec<_> = rooms.into_iter().map(|room| room.slug).collect();
    server.start().await;

    let mut talkers = Vec::new();
    for number in 0..10 {
        let talker = Setup::person(format!("Talker {number}"), server.addr, &mut dice).await;
        talkers.push(begin(talker, &slugs[number..number + 2], &mut dice));
    }
    let mut clients = talkers.clone();
    // A fifth of the crowd has names, the others only read.
    let mut joining = JoinSet::new();
    for number in 0..scaled(40, 1_000) {
        let (to, mut dice) = (server.addr, dice.fork());
        joining
            .spawn(async move { Setup::person(format!("Member {number}"), to, &mut dice).await });
    }
    let mut crowd = joining.join_all().await;
    for number in 0..scaled(160, 4_000) {
        crowd.push(Setup::visitor(format!("Visitor {number}"), server.addr));
    }
    for setup in crowd {
        let own = [dice.pick(&slugs).clone()];
        clients.push(begin(setup, &own, &mut dice));
    }
    for client in &clients {
        client.is_there().await;
    }

    let talk = Talk::of(&talkers, &mut dice);
    sleep(Duration::from_millis(500)).await;
    let before: Vec<_> = clients
        .iter()
        .map(|client| client.with(|mind| mind.resumes()))
        .collect();
    server.kill();
    let killed = Instant::now();
    server.launch();
    let returning: JoinSet<_> = clients
        .iter()
        .cloned()
        .zip(before)
        .map(|(client, before)| async move {
            client
                .until("the resume", |mind| mind.resumes() > before)
                .await;
            killed.elapsed()
        })
        .collect();
    let mut times = returning.join_all().await;
    let all = killed.elapsed();
    server.ready().await;
    talk.end().await;
    times.sort();
    println!(
        "storm: {} clients resumed, half of them {:.1?} and all {all:.1?} after the kill; the \
         new process holds {} MiB",
        clients.len(),
        times[times.len() / 2],
        server.memory() / 1_048_576
    );
    if is_long() {
        assert!(all <= TARGET, "everybody was back after {all:?}");
    }
    crowd::hold(&mut server, &clients).await;
}

fn begin(mut setup: Setup, rooms: &[String], dice: &mut Dice) -> Arc<Client> {
    // The waits are what is measured.
    setup.manner = Manner::FAITHFUL;
    Arc::new(setup.in_rooms(rooms).begin(dice))
}
