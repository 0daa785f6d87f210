//! Rooms: made by people, listed for everybody, entered and left.

use crate::harness::{Server, only};
use hubbub::protocol::{RefusalCode, ServerFrame, What};

#[tokio::test]
async fn a_new_room_appears_on_every_screen() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut visitor = server.visit().await;
    let fields = [("do", "create"), ("name", "Book Club"), ("topic", "Dune")];
    let next = ada.does(&server, "/rooms", &fields).await;
    assert_eq!(next, "/r/book-club");
    let room = visitor.hear_first(|frame| match frame {
        ServerFrame::Room { room, .. } => Some(room),
        _ => None,
    });
    let room = room.await;
    assert_eq!(room.name.as_str(), "Book Club");
    assert_eq!(room.topic.as_str(), "Dune");
    let opened = visitor.opens("book-club").await;
    assert_eq!(opened.room, room);
    assert_eq!(server.get("/r/book-club").send().await.status, 200);
}

#[tokio::test]
async fn rooms_sort_the_first_one_first_and_then_as_people_sort() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    for name in ["\u{C4}pfel", "Room 10", "room 2", "Zoo", "Bees"] {
        ada.does(&server, "/rooms", &[("do", "create"), ("name", name)])
            .await;
    }
    let rooms = server.visit().await.rooms;
    let names: Vec<_> = rooms.iter().map(|one| one.room.name.as_str()).collect();
    assert_eq!(
        names,
        ["general", "\u{C4}pfel", "Bees", "room 2", "Room 10", "Zoo"]
    );
}

#[tokio::test]
async fn rooms_outlive_a_restart() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let next = ada
        .does(&server, "/rooms", &[("do", "create"), ("name", "Side")])
        .await;
    let server = server.restart().await;
    assert_eq!(server.get(&next).send().await.status, 200);
    assert_eq!(server.visit().await.rooms.len(), 2);
}

#[tokio::test]
async fn a_new_topic_is_told_and_written_down() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut socket = server.visit().await;
    let fields = [("do", "topic"), ("topic", "Tea")];
    ada.does(&server, "/r/general", &fields).await;
    let (mut told, mut logged) = (false, false);
    while !told || !logged {
        match socket.hear().await {
            ServerFrame::Room { room, .. } => told = room.topic.as_str() == "Tea",
            ServerFrame::Events { events, .. } => {
                logged |= events.iter().any(
                    |event| matches!(&event.what, What::Topic { topic } if topic.as_str() == "Tea"),
                );
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn leaving_is_told_once_and_ends_the_membership() {
    let server = Server::start().await;
    let mut visitor = server.visit().await;
    let ada = server.join("Ada").await;
    let mut own = ada.opens(&server).await;
    let presence = |frame| match frame {
        ServerFrame::Presence { went, count, .. } => Some((went, count)),
        _ => None,
    };
    assert_eq!(visitor.hear_first(presence).await, (vec![], 1));
    let next = ada.does(&server, "/r/general", &[("do", "leave")]).await;
    assert_eq!(next, "/rooms");
    assert_eq!(visitor.events().await[0].what, What::Left);
    let went = visitor.hear_first(presence).await;
    assert_eq!(went, (vec![ada.id()], 0), "though a page is open");
    own.heard_until_now().await;
    assert!(!ada.opens(&server).await.rooms[0].member);
    ada.does(&server, "/r/general", &[("do", "leave")]).await;
    let head = visitor.opens("general").await;
    let left = head.events.iter().filter(|event| event.what == What::Left);
    assert_eq!(left.count(), 1);
}

#[tokio::test]
async fn who_comes_back_is_a_member_again() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut own = ada.opens(&server).await;
    ada.does(&server, "/r/general", &[("do", "leave")]).await;
    let opened = own.opens("general").await;
    assert!(opened.member);
    assert_eq!(opened.online.count, 1);
    assert_eq!(opened.events.last().unwrap().what, What::Joined);
}

#[tokio::test]
async fn changes_of_one_session_come_at_a_rate() {
    let server = Server::with(|config| config.limits.changes = only(3)).await;
    let ada = server.join("Ada").await;
    ada.does(&server, "/me", &[("do", "rename"), ("name", "Ada L")])
        .await;
    ada.does(&server, "/rooms", &[("do", "create"), ("name", "Side")])
        .await;
    ada.does(&server, "/r/side", &[("do", "topic"), ("topic", "Tea")])
        .await;
    let cases: [(&str, &[(&str, &str)]); 3] = [
        ("/me", &[("do", "rename"), ("name", "Ada")]),
        ("/rooms", &[("do", "create"), ("name", "More")]),
        ("/r/side", &[("do", "topic"), ("topic", "Milk")]),
    ];
    for (path, fields) in cases {
        let code = ada.is_refused(&server, path, fields).await;
        assert_eq!(code, RefusalCode::TooFast, "{path}");
    }
    let bo = server.join("Bo").await;
    bo.does(&server, "/r/side", &[("do", "topic"), ("topic", "Milk")])
        .await;
}
