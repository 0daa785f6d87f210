//! SIGKILL under load: senders over twenty rooms, a server that dies at random moments.

use crate::{
    client::{Mind, Setup},
    crowd::{self, Talk},
    dice::Dice,
    ground,
    length::scaled,
    process::Process,
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_when_the_server_is_killed_under_load() {
    let kills = scaled(12, 200);
    let enough = scaled(1_000, 100_000);
    let mut dice = Dice::of("kills");
    let mut server = Process::new();
    let rooms = ground::rooms(&server.data(), 20).await;
    let slugs: Vec<_> = rooms.iter().map(|room| room.slug.clone()).collect();
    server.start().await;

    // A limit of twenty messages at once and two a second holds for each person: the more
    // is to be said, the more people it takes.
    let mut clients = Vec::new();
    for number in 0..scaled(10, 100) {
        let setup = Setup::person(format!("Sender {number}"), server.addr, &mut dice).await;
        let own = [dice.pick(&slugs).clone(), dice.pick(&slugs).clone()];
        clients.push(Arc::new(setup.in_rooms(&own).begin(&mut dice)));
    }
    let senders = clients.len();
    for number in 0..scaled(2, 4) {
        let setup = Setup::visitor(format!("Reader {number}"), server.addr);
        clients.push(Arc::new(setup.in_rooms(&slugs).begin(&mut dice)));
    }
    for client in &clients {
        client.is_there().await;
    }

    let began = Instant::now();
    let talk = Talk::of(&clients[..senders], &mut dice);
    let mut killed = 0;
    while killed < kills || crowd::acknowledged(&clients) < enough {
        // The fault itself: a moment that nobody chose, or the one right behind an
        // acknowledgement, when whatever should have been done before it shows.
        let most = Duration::from_millis(scaled(600, 2_500));
        sleep(dice.between(Duration::from_millis(50), most)).await;
        if !dice.once_in(3) {
            let sender = dice.pick(&clients[..senders]);
            let heard = |mind: &Mind| mind.history().acknowledged.len();
            let before = sender.with(heard);
            sender
                .until("an acknowledgement", |mind| heard(mind) > before)
                .await;
        }
        server.kill();
        killed += 1;
        if dice.once_in(8) {
            server.launch();
            sleep(dice.up_to(Duration::from_millis(60))).await;
            server.kill();
            killed += 1;
        }
        server.start().await;
    }
    talk.end().await;
    let (log, histories) = crowd::hold(&mut server, &clients).await;

    let acknowledged: usize = histories.iter().map(|one| one.acknowledged.len()).sum();
    let seen: usize = histories
        .iter()
        .flat_map(|one| one.views.values().flatten())
        .map(|run| run.page.len() + run.events.len())
        .sum();
    println!(
        "kills: {killed} kills, {acknowledged} acknowledged, {} events in the log, {seen} seen by {} \
         clients, 0 violations, {:.0?}",
        log.values().map(Vec::len).sum::<usize>(),
        clients.len(),
        began.elapsed()
    );
}
