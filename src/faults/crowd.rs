//! Many clients at once: they gather, they talk, and at the end everything is held against
//! the log.

use super::{
    checker::{self, Log},
    client::{Client, Mind},
    dice::Dice,
    history::{Deed, History},
    log,
    process::Process,
};
use hubbub::{
    protocol::{Emoji, Event, RoomId, Seq},
    timeline::is_message,
};
use std::{collections::BTreeMap, sync::Arc};
use tokio::{sync::watch, task::JoinSet};

/// How many actions of one client wait at most: enough that there always is one to be lost.
const AHEAD: usize = 4;
/// How many of the newest events people do something to.
const WORKED_ON: usize = 30;
/// What they put under messages: few, so that they meet.
const EMOJI: [&str; 3] = ["\u{1F44D}", "\u{1F389}", "\u{1F440}"];

/// Clients that talk until they are told to stop.
pub struct Talk {
    stop: watch::Sender<bool>,
    talking: JoinSet<()>,
}

impl Talk {
    /// Each of them talks in the rooms that it has open, as fast as it may.
    pub fn of(clients: &[Arc<Client>], dice: &mut Dice) -> Self {
        let stop = watch::Sender::new(false);
        let mut talking = JoinSet::new();
        for client in clients {
            let (client, dice, stop) = (client.clone(), dice.fork(), stop.subscribe());
            talking.spawn(talk(client, dice, stop));
        }
        Self { stop, talking }
    }

    /// Nobody begins anything new.
    pub async fn end(self) {
        self.stop.send_replace(true);
        self.talking.join_all().await;
    }
}

async fn talk(client: Arc<Client>, mut dice: Dice, mut stop: watch::Receiver<bool>) {
    let (who, rooms) = client.with(|mind| (mind.history().who.clone(), mind.rooms()));
    for number in 1.. {
        let few = client.until("a place in the outbox", |mind| mind.waiting() < AHEAD);
        tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => return,
            () = few => {}
        }
        // Now and then one that does not fit into a chunk of the proxy.
        let length = if dice.once_in(20) { 3_000 } else { 30 };
        let words = "x".repeat(1 + dice.below(length));
        let text = format!("{who} {number} {words}");
        let room = *dice.pick(&rooms);
        let deed = client.with(|mind| amendment(mind, room, &text, &mut dice));
        client.submit(room, deed.unwrap_or(Deed::Say(text)));
    }
}

/// Now and then something is done to a message on the screen rather than said anew, by
/// several people to the same.
fn amendment(mind: &Mind, room: RoomId, text: &str, dice: &mut Dice) -> Option<Deed> {
    let me = mind.history().user;
    let shown = mind.shown(room);
    let newest = &shown[shown.len().saturating_sub(WORKED_ON)..];
    let there: Vec<_> = newest.iter().filter(|event| is_message(event)).collect();
    let own: Vec<_> = there
        .iter()
        .filter(|event| Some(event.by) == me)
        .map(|event| event.seq)
        .collect();
    match dice.below(20) {
        0 if !own.is_empty() => Some(Deed::Delete(*dice.pick(&own))),
        1..=3 if !own.is_empty() => Some(Deed::Edit(*dice.pick(&own), text.to_owned())),
        4..=7 if !there.is_empty() => {
            let emoji = Emoji::known(dice.pick(&EMOJI));
            let of = dice.pick(&there).seq;
            Some(Deed::React(of, emoji, !dice.once_in(3)))
        }
        _ => None,
    }
}

/// How many actions were acknowledged to these clients.
pub fn acknowledged(clients: &[Arc<Client>]) -> usize {
    let count = |mind: &Mind| mind.history().acknowledged.len();
    clients.iter().map(|client| client.with(count)).sum()
}

/// Waits until everybody has said everything and sees every room to its end, then ends all
/// and holds what they wrote down against the log: in the file, and as the server tells it.
/// The server is stopped on the way. Returns the log and what was written down.
pub async fn hold(server: &mut Process, clients: &[Arc<Client>]) -> (Log, Vec<History>) {
    for client in clients {
        client.has_said_everything().await;
    }
    let heads = heads(&log::read(&server.data()));
    for client in clients {
        for room in client.with(Mind::rooms) {
            client.sees(room, heads[&room]).await;
        }
    }
    let told = log::ask(server.addr).await;
    let histories: Vec<_> = clients.iter().map(|client| client.end()).collect();
    server.stop().await;
    let kept = log::read(&server.data());
    checker::hold(&kept, &histories);
    checker::hold_pages(&kept, &told, &histories);
    (kept, histories)
}

fn heads(log: &Log) -> BTreeMap<RoomId, Seq> {
    let head = |events: &Vec<Event>| events.last().map_or(Seq(0), |event| event.seq);
    log.iter()
        .map(|(room, events)| (*room, head(events)))
        .collect()
}
