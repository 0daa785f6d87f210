//! The acknowledgement gets lost, and the same is sent again: at once, later, much later,
//! after a restart, after a crash. It takes effect once, and this time there is an answer.

use crate::{
    checker,
    client::{Entrance, Guest, Socket, fresh_cid, join},
    dice::Dice,
    ground::{self, Room},
    history::{Acknowledged, Deed, History, Submitted},
    length::scaled,
    log,
    patience::soon,
    process::Process,
    proxy::{Cut, Flow, Proxy, Weather},
};
use hubbub::protocol::{ClientFrame, Emoji, Epoch, RefusalCode, ServerFrame};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::sleep};

/// What everybody says before anything is lost.
const BEFORE: [&str; 2] = ["to be written anew", "to be taken back"];

/// What lies between the two sendings.
#[derive(Clone, Copy, Debug)]
enum Between {
    Wait(u64),
    Restart,
    Crash,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_acknowledgement_was_lost_takes_effect_once() {
    let times = [
        Between::Wait(0),
        Between::Wait(1),
        Between::Wait(scaled(3, 31)),
        Between::Restart,
        Between::Crash,
    ];
    let mut dice = Dice::of("lost_ack");
    let mut server = Process::new();
    let rooms = ground::rooms(&server.data(), 20).await;
    server.start().await;
    let proxy = Arc::new(Proxy::to(server.addr).await);

    let mut histories: Vec<History> = Vec::new();
    let mut taken = 0;
    for (time, between) in times.into_iter().enumerate() {
        let mut losing = JoinSet::new();
        for number in 0..scaled(3, 100) {
            let name = format!("Sender {time} {number}");
            let room = dice.pick(&rooms);
            let sender = Sender::new(&name, room, server.addr, &mut dice).await;
            losing.spawn(sender.loses_its_answers(proxy.clone(), dice.fork()));
        }
        let senders = losing.join_all().await;
        let heard = histories
            .iter()
            .chain(senders.iter().map(|sender| &sender.history));
        let heard: usize = heard.map(|one| one.acknowledged.len()).sum();
        taken += actions(&server) - heard;
        match between {
            Between::Wait(seconds) => sleep(Duration::from_secs(seconds)).await,
            Between::Restart => {
                server.stop().await;
                server.start().await;
            }
            Between::Crash => {
                server.kill();
                server.start().await;
            }
        }
        let again = senders.into_iter().map(Sender::sends_again);
        histories.extend(again.collect::<JoinSet<_>>().join_all().await);
    }
    server.stop().await;
    checker::hold(&log::read(&server.data()), &histories);

    let sends: usize = histories.iter().map(|one| one.submitted.len()).sum();
    let acknowledged: usize = histories.iter().map(|one| one.acknowledged.len()).sum();
    assert_eq!(acknowledged, sends);
    let sends = sends - BEFORE.len() * histories.len();
    assert!(taken > 0, "nothing was taken at the first sending");
    println!(
        "lost_ack: {sends} sends whose first answer was lost, {taken} of them taken, 0 doubles, \
         0 lost"
    );
}

/// How many actions of people are in the log.
fn actions(server: &Process) -> usize {
    let log = log::read(&server.data());
    let actions = log.values().flatten();
    actions.filter(|event| event.what.cid().is_some()).count()
}

/// Somebody who says things and does not hear the answers.
struct Sender {
    entrance: Entrance,
    history: History,
}

impl Sender {
    async fn new(name: &str, room: &Room, server: SocketAddr, dice: &mut Dice) -> Self {
        let mut entrance = Entrance::visitor(server);
        let Guest { cookie, me } = join(entrance.from, server, name, dice).await;
        entrance.cookie = Some(cookie);
        let history = History::new(name.to_owned(), Some(me.id));
        let mut sender = Self { entrance, history };
        // Messages that something can be done to; their answers arrive.
        sender.will(room, dice, BEFORE.map(|text| Deed::Say(text.to_owned())));
        sender.sends(0).await;
        let told = &sender.history.acknowledged;
        let own: Vec<_> = told.iter().map(|told| told.seq).collect();
        let number = 0..scaled(10, 20);
        let deeds = number.map(|number| match number % 5 {
            1 => Deed::Edit(own[0], format!("{name}: {number}, written anew")),
            // Each time the other way round: it always does something.
            3 => Deed::React(own[0], Emoji::known("\u{1F44D}"), number / 5 % 2 == 0),
            4 if number == 4 => Deed::Delete(own[1]),
            _ => Deed::Say(format!("{name}: {number}")),
        });
        sender.will(room, dice, deeds);
        sender
    }

    /// Puts these on its list.
    fn will(&mut self, room: &Room, dice: &mut Dice, deeds: impl IntoIterator<Item = Deed>) {
        let submitted = deeds.into_iter().map(|deed| Submitted {
            cid: fresh_cid(dice),
            room: room.id,
            deed,
        });
        self.history.submitted.extend(submitted);
    }

    /// Sends everything over a line that swallows the answers, and is cut then: by that time
    /// some of it has been taken, and some has not.
    async fn loses_its_answers(self, proxy: Arc<Proxy>, mut dice: Dice) -> Self {
        let entrance = Entrance {
            to: proxy.addr,
            ..self.entrance.clone()
        };
        let mut socket = opened(&entrance).await;
        proxy.set_for(entrance.from, Weather::answers(Flow::Swallowed));
        for submitted in &self.history.submitted[BEFORE.len()..] {
            socket.say(&ClientFrame::from(submitted)).await;
        }
        sleep(dice.up_to(Duration::from_millis(60))).await;
        proxy.cut_for(entrance.from, Cut::Rst);
        let heard = async {
            while let Ok(frame) = socket.hear().await {
                assert!(!matches!(frame, ServerFrame::Ack { .. }), "an answer");
            }
        };
        soon("the cut", heard).await;
        self
    }

    /// Sends all of it again, in order, over a good line.
    async fn sends_again(mut self) -> History {
        self.sends(BEFORE.len()).await;
        self.history
    }

    /// Sends what is on its list from here on, and hears the answers.
    async fn sends(&mut self, from: usize) {
        let mut socket = opened(&self.entrance).await;
        for submitted in &self.history.submitted[from..] {
            let acknowledged = loop {
                socket.say(&ClientFrame::from(submitted)).await;
                match soon("an answer", answer(&mut socket)).await {
                    Ok(acknowledged) => break acknowledged,
                    Err(wait) => sleep(wait).await,
                }
            };
            assert_eq!(acknowledged.cid, submitted.cid);
            self.history.acknowledged.push(acknowledged);
        }
    }
}

/// A socket that has resumed.
async fn opened(entrance: &Entrance) -> Socket {
    let mut socket = Socket::open(entrance).await.unwrap();
    let hello = ClientFrame::Hello {
        epoch: Epoch(String::new()),
        rooms: Vec::new(),
    };
    socket.say(&hello).await;
    let resumed = async { while socket.hear().await.unwrap() != ServerFrame::Resumed {} };
    soon("the resume", resumed).await;
    socket
}

/// The acknowledgement, or how long to wait before the next try.
async fn answer(socket: &mut Socket) -> Result<Acknowledged, Duration> {
    loop {
        match socket.hear().await.unwrap() {
            ServerFrame::Ack { cid, room, seq, at } => {
                return Ok(Acknowledged { cid, room, seq, at });
            }
            ServerFrame::Refused { refusal, .. } => {
                assert_eq!(refusal.code, RefusalCode::TooFast);
                let wait = refusal.retry_after_ms.expect("it says when");
                return Err(Duration::from_millis(wait));
            }
            _ => {}
        }
    }
}
