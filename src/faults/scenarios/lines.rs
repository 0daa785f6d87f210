//! Bad lines: connections are cut, stalled, delayed, narrowed and swallowed all the time,
//! while people join, come back and talk; some of them in two tabs.

use crate::{
    client::{Client, Setup},
    crowd::{self, Talk},
    dice::Dice,
    ground,
    length::scaled,
    process::Process,
    proxy::{Proxy, Weather},
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_or_doubled_on_bad_lines() {
    let lasts = Duration::from_secs(scaled(6, 120));
    let mut dice = Dice::of("lines");
    let mut server = Process::new();
    let rooms = ground::rooms(&server.data(), 5).await;
    let slugs: Vec<_> = rooms.into_iter().map(|room| room.slug).collect();
    server.start().await;
    let proxy = Arc::new(Proxy::to(server.addr).await);
    let misfortunes = {
        let (proxy, mut dice) = (proxy.clone(), dice.fork());
        tokio::spawn(async move {
            loop {
                proxy.misfortune(&mut dice);
                sleep(dice.up_to(Duration::from_millis(scaled(60, 20)))).await;
            }
        })
    };

    let mut talkers = Vec::new();
    for number in 0..scaled(8, 40) {
        let setup = Setup::person(format!("Talker {number}"), proxy.addr, &mut dice).await;
        let guest = setup.guest.clone().expect("they have a name");
        let own = [dice.pick(&slugs).clone(), dice.pick(&slugs).clone()];
        talkers.push(begin(setup.in_rooms(&own), &mut dice));
        if dice.once_in(3) {
            let tab = Setup::visitor(format!("Talker {number}, second tab"), proxy.addr);
            let tab = tab.for_guest(guest).in_rooms(&own);
            talkers.push(begin(tab, &mut dice));
        }
    }
    let mut clients = talkers.clone();
    for number in 0..4 {
        let reader = Setup::visitor(format!("Reader {number}"), proxy.addr);
        clients.push(begin(reader.in_rooms(&slugs), &mut dice));
    }
    for client in &talkers {
        client
            .until("all rooms open once", |mind| !mind.rooms().is_empty())
            .await;
    }
    let talk = Talk::of(&talkers, &mut dice);
    let until = Instant::now() + lasts;
    tokio::time::sleep_until(until).await;
    misfortunes.abort();
    // What has begun passes by itself or is cut.
    sleep(Duration::from_secs(1)).await;
    proxy.set(Weather::FAIR);
    talk.end().await;
    let (log, histories) = crowd::hold(&mut server, &clients).await;

    let acknowledged: usize = histories.iter().map(|one| one.acknowledged.len()).sum();
    let cuts: usize = histories.iter().map(|one| one.closes.len()).sum();
    assert!(cuts > clients.len(), "the lines were not bad");
    println!(
        "lines: {cuts} connections lost, {acknowledged} acknowledged, {} events, 0 violations",
        log.values().map(Vec::len).sum::<usize>()
    );
}

fn begin(setup: Setup, dice: &mut Dice) -> Arc<Client> {
    Arc::new(setup.begin(dice))
}
