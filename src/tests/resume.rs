//! A laptop wakes up: what was missed comes in order, or the room comes anew.

use crate::harness::{Server, Socket, cid, unlimited};
use hubbub::protocol::{
    ClientFrame, Epoch, Event, ResumeAt, RoomId, Seq, ServerFrame,
    limits::{PAGE_EVENTS, REPLAY_CHUNK, REPLAY_EVENTS},
};

const GENERAL: RoomId = RoomId(1);

async fn epoch(server: &Server) -> Epoch {
    server.visit().await.epoch
}

/// Resumes from a place in the default room.
async fn resume(server: &Server, epoch: &Epoch, last: u64) -> (Socket, Vec<ServerFrame>) {
    let mut socket = server.connect().await;
    let at = ResumeAt {
        room: GENERAL,
        last: Seq(last),
    };
    let heard = socket.hello(epoch.clone(), vec![at]).await;
    (socket, heard)
}

/// The replayed frames of events.
fn replayed(heard: &[ServerFrame]) -> Vec<Vec<Event>> {
    let events = heard.iter().filter_map(|frame| match frame {
        ServerFrame::Events { events, people, .. } => {
            assert_eq!(people.len(), 1, "everybody whom the events name");
            Some(events.clone())
        }
        _ => None,
    });
    events.collect()
}

fn is_reset(heard: &[ServerFrame]) -> bool {
    heard
        .iter()
        .any(|frame| matches!(frame, ServerFrame::Reset { .. }))
}

#[tokio::test]
async fn every_gap_up_to_the_limit_is_replayed() {
    let server = Server::with_messages(REPLAY_EVENTS + 10).await;
    let epoch = epoch(&server).await;
    let head = server.visit().await.hello_head();
    for gap in [0, 1, 49, 100, 101, 500] {
        let (_socket, heard) = resume(&server, &epoch, head - gap).await;
        assert!(!is_reset(&heard), "{gap}");
        let chunks = replayed(&heard);
        assert!(chunks.iter().all(|chunk| chunk.len() <= REPLAY_CHUNK));
        let seqs: Vec<_> = chunks.concat().iter().map(|event| event.seq.0).collect();
        let expected: Vec<_> = (head - gap + 1..=head).collect();
        assert_eq!(seqs, expected, "{gap}");
    }
}

#[tokio::test]
async fn a_gap_over_the_limit_brings_the_newest_page() {
    let server = Server::with_messages(REPLAY_EVENTS + 10).await;
    let epoch = epoch(&server).await;
    let head = server.visit().await.hello_head();
    let (_socket, heard) = resume(&server, &epoch, head - 501).await;
    assert!(replayed(&heard).is_empty());
    let Some(ServerFrame::Reset { snapshot }) = heard.first() else {
        panic!("{heard:?}");
    };
    assert_eq!(snapshot.head, Seq(head));
    assert_eq!(snapshot.events.len(), PAGE_EVENTS);
    assert_eq!(snapshot.events.last().unwrap().seq, Seq(head));
    assert!(snapshot.older);
}

#[tokio::test]
async fn a_place_beyond_the_end_starts_anew() {
    let server = Server::with_messages(3).await;
    let epoch = epoch(&server).await;
    let (_socket, heard) = resume(&server, &epoch, 1_000).await;
    assert!(is_reset(&heard));
}

#[tokio::test]
async fn another_epoch_starts_anew() {
    let server = Server::with_messages(3).await;
    let other = Epoch("of another database".to_owned());
    let (socket, heard) = resume(&server, &other, 2).await;
    assert!(is_reset(&heard));
    assert_ne!(socket.epoch, other);
}

#[tokio::test]
async fn the_epoch_and_the_log_outlive_a_restart() {
    let server = Server::with_messages(5).await;
    let before = epoch(&server).await;
    let head = server.visit().await.hello_head();
    let server = server.restart().await;
    assert_eq!(epoch(&server).await, before);
    let (_socket, heard) = resume(&server, &before, head - 2).await;
    assert_eq!(replayed(&heard).concat().len(), 2);
}

#[tokio::test]
async fn a_backup_that_was_put_back_has_another_epoch_from_then_on() {
    let server = Server::with_messages(5).await;
    let before = epoch(&server).await;
    let server = server.restart_with(|config| config.restored = true).await;
    let after = epoch(&server).await;
    assert_ne!(after, before);
    let (_socket, heard) = resume(&server, &before, 3).await;
    assert!(is_reset(&heard));
    let server = server.restart_with(|config| config.restored = false).await;
    assert_eq!(epoch(&server).await, after);
}

#[tokio::test]
async fn live_events_follow_the_replay_without_gap_or_double() {
    let server = Server::with_messages_and(300, |config| config.limits.sends = unlimited()).await;
    let epoch = epoch(&server).await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let talking = tokio::spawn(async move {
        for number in 0..200 {
            ada.send(cid(number), "meanwhile").await;
            ada.acked(cid(number)).await;
        }
        ada
    });
    let mut sockets = Vec::new();
    for last in [100, 150, 200, 250, 300] {
        let mut socket = server.connect().await;
        let at = ResumeAt {
            room: GENERAL,
            last: Seq(last),
        };
        let rooms = vec![at];
        let epoch = epoch.clone();
        socket.say(&ClientFrame::Hello { epoch, rooms }).await;
        sockets.push((socket, last));
    }
    talking.await.unwrap();
    let head = server.visit().await.hello_head();
    for (mut socket, mut last) in sockets {
        while last < head {
            for event in socket.events().await {
                assert_eq!(event.seq.0, last + 1);
                last = event.seq.0;
            }
        }
    }
}

#[tokio::test]
async fn a_gap_found_on_the_way_is_filled_like_a_resume() {
    let server = Server::with_messages(REPLAY_EVENTS + 10).await;
    let mut socket = server.visit().await;
    let head = socket.hello_head();
    let ask = |last: u64| ClientFrame::CatchUp {
        room: GENERAL,
        last: Seq(last),
    };
    socket.say(&ask(head - 3)).await;
    let seqs: Vec<_> = socket.events().await.iter().map(|one| one.seq.0).collect();
    assert_eq!(seqs, [head - 2, head - 1, head]);
    socket.say(&ask(head)).await;
    assert!(socket.heard_until_now().await.is_empty(), "nothing missed");
    socket.say(&ask(head - 501)).await;
    assert!(is_reset(&socket.heard_until_now().await));
}

#[tokio::test]
async fn catching_up_in_a_room_follows_it() {
    let server = Server::with_messages(3).await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let mut socket = server.connect().await;
    let epoch = ada.epoch.clone();
    socket.hello(epoch, Vec::new()).await;
    let last = Seq(4);
    let room = GENERAL;
    socket.say(&ClientFrame::CatchUp { room, last }).await;
    socket.heard_until_now().await;
    ada.send(cid(1), "news").await;
    assert_eq!(socket.message().await, "news");
}

#[tokio::test]
async fn a_member_hears_of_all_their_rooms_and_a_visitor_of_those_they_named() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    ada.does(&server, "/rooms", &[("do", "create"), ("name", "Side")])
        .await;
    let mut talker = ada.opens(&server).await;
    let side = talker.opens("side").await.room.id;
    let mut member = ada.connect(&server).await;
    member.hello(talker.epoch.clone(), Vec::new()).await;
    let mut visitor = server.visit().await;
    talker.send_to(side, cid(1), "over here").await;
    assert_eq!(member.message().await, "over here");
    talker.acked(cid(1)).await;
    assert!(
        visitor
            .heard_until_now()
            .await
            .iter()
            .all(|frame| { !matches!(frame, ServerFrame::Events { room, .. } if *room == side) })
    );
}

impl Socket {
    /// The head of the default room, as `welcome` said.
    fn hello_head(&self) -> u64 {
        self.rooms[0].head.0
    }
}
