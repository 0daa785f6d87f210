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
use hubbub::protocol::{RoomId, Seq};
use std::{collections::BTreeMap, sync::Arc};
use tokio::{sync::watch, task::JoinSet};

/// How many actions of one client wait at most: enough that there always is one to be lost.
const AHEAD: usize = 4;

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
        client.submit(*dice.pick(&rooms), Deed::Message(text));
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
    checker::hold_pages(&kept, &told);
    (kept, histories)
}

fn heads(log: &Log) -> BTreeMap<RoomId, Seq> {
    let head =
        |events: &Vec<hubbub::protocol::Event>| events.last().map_or(Seq(0), |event| event.seq);
    log.iter()
        .map(|(room, events)| (*room, head(events)))
        .collect()
}
