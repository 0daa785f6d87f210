//! Older pages, and rooms that are opened.

use crate::harness::{Server, Socket, cid};
use hubbub::protocol::{ClientFrame, Event, RoomId, Seq, ServerFrame, limits::PAGE_EVENTS};

const GENERAL: RoomId = RoomId(1);

async fn older(socket: &mut Socket, before: Seq) -> (Vec<Event>, bool) {
    let room = GENERAL;
    socket
        .say(&ClientFrame::Older {
            re: 9,
            room,
            before,
        })
        .await;
    socket
        .hear_first(|frame| match frame {
            ServerFrame::Page {
                re: 9,
                events,
                older,
                ..
            } => Some((events, older)),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn pages_lead_back_to_the_beginning_without_gap_or_double() {
    let server = Server::with_messages(130).await;
    let mut socket = server.connect().await;
    let newest = socket.hello_at_end().await;
    let head = newest.head.0;
    assert_eq!(newest.events.len(), PAGE_EVENTS);
    assert!(newest.older);
    let mut all = newest.events;
    loop {
        let (page, more) = older(&mut socket, all[0].seq).await;
        assert!(page.len() <= PAGE_EVENTS);
        all.splice(0..0, page);
        if !more {
            break;
        }
    }
    let seqs: Vec<_> = all.iter().map(|event| event.seq.0).collect();
    assert_eq!(seqs, (1..=head).collect::<Vec<_>>());
}

#[tokio::test]
async fn nothing_is_before_the_first() {
    let server = Server::with_messages(1).await;
    let mut socket = server.visit().await;
    for before in [Seq(0), Seq(1)] {
        assert_eq!(older(&mut socket, before).await, (Vec::new(), false));
    }
}

#[tokio::test]
async fn a_page_of_the_past_has_an_address() {
    let server = Server::with_messages(130).await;
    for query in [
        "?before=60",
        "?before=1",
        "?before=0",
        "?before=99999",
        "?before=9223372036854775808",
        "?after=9223372036854775808",
        "?before=x",
    ] {
        let answer = server.get(&format!("/r/general{query}")).send().await;
        assert_eq!(answer.status, 200, "{query}");
    }
}

#[tokio::test]
async fn opening_a_room_makes_a_member_once() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    ada.does(&server, "/rooms", &[("do", "create"), ("name", "Side")])
        .await;
    let bo = server.join("Bo").await;
    let mut socket = bo.opens(&server).await;
    let opened = socket.opens("side").await;
    assert!(opened.member);
    let by_bo = opened.events.iter().filter(|event| event.by == bo.id());
    assert_eq!(by_bo.count(), 1, "one line in the log");
    assert!(opened.online.people.contains(&bo.me));
    let again = socket.opens("side").await;
    assert_eq!(again.head, opened.head);
}

#[tokio::test]
async fn what_happens_in_an_opened_room_comes_after_its_snapshot() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    ada.does(&server, "/rooms", &[("do", "create"), ("name", "Side")])
        .await;
    let mut talker = ada.opens(&server).await;
    let side = talker.opens("side").await.room.id;
    let talking = tokio::spawn(async move {
        for number in 0..15 {
            talker.send_to(side, cid(number), "meanwhile").await;
            talker.acked(cid(number)).await;
        }
    });
    let mut visitor = server.visit().await;
    let opened = visitor.opens("side").await;
    talking.await.unwrap();
    let mut last = opened.head;
    for frame in visitor.heard_until_now().await {
        if let ServerFrame::Events { events, .. } = frame {
            for event in events {
                assert_eq!(event.seq, last.next());
                last = event.seq;
            }
        }
    }
    let head = server.visit().await.rooms[1].head;
    assert_eq!(last, head);
}
