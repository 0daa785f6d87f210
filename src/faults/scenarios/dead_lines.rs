//! Lines that say nothing: half-open ones, whose other end is gone without a word, and
//! machines that sleep. Both sides notice by the heartbeat, and everybody is whole again.

use crate::{
    client::{Client, Mood, Setup},
    crowd,
    dice::Dice,
    ground,
    history::Deed,
    length::scaled,
    process::Process,
    proxy::{Flow, Proxy, Way, Weather},
};
use hubbub::protocol::{CloseCode, limits::HEARTBEAT_GIVE_UP};
use std::{sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::Instant};

/// Both sides count 30 s from the last sign of life, which came before the line went dead,
/// so that the limit holds without slack. This is for a machine that has much else to do:
/// timers fire late, and the server's side is looked at over HTTP.
const SLACK: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_notice_a_dead_line_and_a_sleeper_wakes_up_whole() {
    let mut dice = Dice::of("dead_lines");
    let mut server = Process::new();
    let room = ground::rooms(&server.data(), 1).await.remove(0);
    server.start().await;
    let proxy = Proxy::to(server.addr).await;
    let slugs = [room.slug.clone()];

    let mut cut_off = Vec::new();
    let mut asleep = Vec::new();
    for number in 0..scaled(10, 100) {
        let setup = Setup::person(format!("Cut off {number}"), proxy.addr, &mut dice).await;
        cut_off.push(Arc::new(setup.in_rooms(&slugs).begin(&mut dice)));
        let setup = Setup::person(format!("Asleep {number}"), server.addr, &mut dice).await;
        asleep.push(Arc::new(setup.in_rooms(&slugs).begin(&mut dice)));
    }
    let talker = Setup::person("Talker", server.addr, &mut dice).await;
    let talker = Arc::new(talker.in_rooms(&slugs).begin(&mut dice));
    let mut clients = [cut_off.clone(), asleep.clone()].concat();
    clients.push(talker.clone());
    for client in &clients {
        client.is_there().await;
    }

    let began = Instant::now();
    let dead = Weather::both(Way::with(Flow::Swallowed));
    cut_off
        .iter()
        .for_each(|client| proxy.set_for(client.from, dead));
    asleep.iter().for_each(|client| client.be(Mood::Asleep));
    // Said into the silence, by both sides of it.
    for number in 0..10 {
        talker.submit(room.id, Deed::Say(format!("anybody? {number}")));
        for client in cut_off.iter().chain(&asleep) {
            let own = client.with(|mind| mind.history().submitted.len());
            if own < 3 {
                client.submit(room.id, Deed::Say(format!("hello? {own}")));
            }
        }
    }
    let noticing: JoinSet<_> = cut_off
        .iter()
        .cloned()
        .map(|one| notices(one, began))
        .collect();
    let silent = cut_off.len() + asleep.len();
    let silent = f64::from(u32::try_from(silent).expect("a small number"));
    server
        .counts("hubbub_closes_total{reason=\"silent\"}", silent)
        .await;
    let server_noticed = began.elapsed();
    let noticed = noticing
        .join_all()
        .await
        .into_iter()
        .max()
        .unwrap_or_default();
    asleep.iter().for_each(|client| client.be(Mood::Awake));
    let (_, histories) = crowd::hold(&mut server, &clients).await;

    let silent = CloseCode::Silent.number();
    let told = histories.iter().filter(|one| one.who.starts_with("Asleep"));
    for history in told {
        assert!(
            history.closes.contains(&silent),
            "{}: {:?}",
            history.who,
            history.closes
        );
    }
    println!(
        "dead_lines: {} dead lines noticed by the clients within {noticed:.1?}, by the server \
         within {server_noticed:.1?}; {} sleepers whole again",
        cut_off.len(),
        asleep.len()
    );
    assert!(noticed <= HEARTBEAT_GIVE_UP + SLACK, "clients: {noticed:?}");
    assert!(
        server_noticed <= HEARTBEAT_GIVE_UP + SLACK,
        "server: {server_noticed:?}"
    );
}

async fn notices(client: Arc<Client>, began: Instant) -> Duration {
    client
        .until("the end of the line", |mind| {
            !mind.history().closes.is_empty()
        })
        .await;
    began.elapsed()
}
