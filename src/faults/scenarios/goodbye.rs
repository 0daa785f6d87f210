//! A restart that was planned, with people on it: everybody is told, and they do not come
//! back all at once.

use crate::{
    client::{Manner, Setup},
    crowd::{self, Talk},
    dice::Dice,
    ground,
    length::scaled,
    process::Process,
};
use hubbub::protocol::CloseCode;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_come_back_from_a_restart_spread_out_and_with_everything() {
    let mut dice = Dice::of("goodbye");
    let mut server = Process::new();
    let rooms = ground::rooms(&server.data(), 3).await;
    let slugs: Vec<_> = rooms.into_iter().map(|room| room.slug).collect();
    server.start().await;
    let mut clients = Vec::new();
    let talkers = 8;
    for number in 0..scaled(40, 1_000) {
        let who = format!("Person {number}");
        let mut setup = if number < talkers {
            Setup::person(who, server.addr, &mut dice).await
        } else {
            Setup::visitor(who, server.addr)
        };
        setup.manner = Manner::FAITHFUL;
        let own = [dice.pick(&slugs).clone()];
        clients.push(Arc::new(setup.in_rooms(&own).begin(&mut dice)));
    }
    for client in &clients {
        client.is_there().await;
    }

    let talk = Talk::of(&clients[..talkers], &mut dice);
    sleep(dice.up_to(Duration::from_millis(500))).await;
    server.tell_to_stop();
    server.stopped().await;
    server.start().await;
    let back = Instant::now();
    let returning = clients.iter().map(|client| {
        let client = client.clone();
        async move {
            client.until("the resume", |mind| mind.resumes() > 1).await;
            back.elapsed()
        }
    });
    let mut times = returning
        .collect::<tokio::task::JoinSet<_>>()
        .join_all()
        .await;
    times.sort();
    talk.end().await;
    let (_, histories) = crowd::hold(&mut server, &clients).await;

    for history in &histories {
        let first = history.closes.first().copied();
        assert_eq!(
            first,
            Some(CloseCode::GoingAway.number()),
            "{}",
            history.who
        );
    }
    let half = times[times.len() / 2];
    println!(
        "goodbye: {} clients were told, half were back {half:.1?} after the start, all {:.1?}",
        clients.len(),
        times[times.len() - 1]
    );
}
