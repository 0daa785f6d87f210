//! A rolling upgrade: a client of the past, people of today, and a server that is exchanged
//! under them. Nothing is lost, and nobody is told to load anything again.

use crate::{
    client::{Setup, fresh_cid},
    crowd::{self, Talk},
    dice::Dice,
    ground,
    length::scaled,
    previous::Previous,
    process::Process,
};
use hubbub::protocol::{CloseCode, Event, RoomId, Seq, UserId, What};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::sleep;

/// Messages of the bot between two upgrades.
const SAID: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_of_the_past_gets_along_and_loses_nothing() {
    let mut dice = Dice::of("upgrade");
    let mut server = Process::new();
    let room = ground::rooms(&server.data(), 1).await.remove(0);
    server.start().await;
    let mut clients = Vec::new();
    for number in 0..4 {
        let setup = Setup::person(format!("Person {number}"), server.addr, &mut dice).await;
        let setup = setup.in_rooms(std::slice::from_ref(&room.slug));
        clients.push(Arc::new(setup.begin(&mut dice)));
    }
    for client in &clients {
        client.is_there().await;
    }

    let talk = Talk::of(&clients, &mut dice);
    let mut bot = Previous::join(server.addr, "Bot of old").await;
    for upgrade in 1..=scaled(2, 10) {
        // More than it may say at once, so that the server is exchanged in the middle of it.
        for number in 0..SAID {
            let cid = fresh_cid(&mut dice).to_string();
            bot.say(cid, room.id.0, format!("{upgrade} {number}"));
        }
        let exchange = async {
            sleep(dice.up_to(Duration::from_secs(1))).await;
            server.stop().await;
            server.start().await;
        };
        let is_over = |bot: &Previous| {
            bot.acknowledged().len() == SAID * upgrade && bot.closes().len() >= upgrade
        };
        tokio::join!(exchange, bot.live(&room.slug, is_over));
    }
    talk.end().await;
    for client in &clients {
        client.has_said_everything().await;
    }
    let newest = clients[0].with(|mind| mind.last(room.id));
    bot.live(&room.slug, |bot| {
        bot.rooms()
            .get(&room.id.0)
            .is_some_and(|known| known.last >= newest.0)
    })
    .await;
    let (log, _) = crowd::hold(&mut server, &clients).await;

    let unknown_version = CloseCode::UnknownVersion.number();
    assert!(
        !bot.closes().contains(&unknown_version),
        "{:?}",
        bot.closes()
    );
    hold(&log[&room.id], room.id, &bot);
    println!(
        "upgrade: the client of the past was acknowledged {} messages over {} lost connections",
        bot.acknowledged().len(),
        bot.closes().len()
    );
}

/// What the bot was told and saw is in the log, and it saw all of the log behind its first
/// page.
fn hold(log: &[Event], room: RoomId, bot: &Previous) {
    let kept: BTreeMap<Seq, &Event> = log.iter().map(|event| (event.seq, event)).collect();
    let cid = |seq: u64| match &kept.get(&Seq(seq)).expect("it is in the log").what {
        What::Message(message) => Some(message.cid.to_string()),
        _ => None,
    };
    for (name, place, seq) in bot.acknowledged() {
        assert_eq!(*place, room.0);
        assert_eq!(cid(*seq).as_ref(), Some(name), "acknowledged at {seq}");
    }
    let own = |event: &&Event| event.by == UserId(bot.user());
    let said = log
        .iter()
        .filter(own)
        .filter(|event| matches!(event.what, What::Message { .. }));
    assert_eq!(said.count(), bot.acknowledged().len(), "each once");
    let known = &bot.rooms()[&room.0];
    for pair in known.seen.windows(2) {
        // A page leaves out what only amends messages.
        let left_out = pair[0].seq + 1..pair[1].seq;
        let amends = |seq| kept[&Seq(seq)].what.amends().is_some();
        assert!(pair[0].seq < pair[1].seq, "an order of the bot's own");
        assert!(
            left_out.into_iter().all(amends),
            "a gap on the bot's screen"
        );
    }
    for seen in &known.seen {
        assert_eq!(kept[&Seq(seen.seq)].by, UserId(seen.by));
        assert_eq!(seen.cid, cid(seen.seq), "seen at {}", seen.seq);
    }
}
