//! Who is online: each once, however many tabs; no flicker; gone soon after the last one.

use crate::harness::{Server, Socket};
use hubbub::protocol::{Online, ServerFrame, UserId};
use std::time::Duration;

/// What changed, from the next telling.
async fn change(socket: &mut Socket) -> (u32, Vec<String>, Vec<UserId>) {
    socket
        .hear_first(|frame| match frame {
            ServerFrame::Presence {
                count, came, went, ..
            } => {
                let names = came.iter().map(|one| one.name.as_str().to_owned());
                Some((count, names.collect(), went))
            }
            _ => None,
        })
        .await
}

async fn online(server: &Server) -> Online {
    server.connect().await.hello_at_end().await.online
}

fn names(online: &Online) -> Vec<&str> {
    let names = online.people.iter().map(|person| person.name.as_str());
    names.collect()
}

#[tokio::test]
async fn who_comes_is_told_and_who_goes_too() {
    let server = Server::start().await;
    let mut watcher = server.visit().await;
    let ada = server.join("Ada").await;
    let socket = ada.opens(&server).await;
    let came = (1, vec!["Ada".to_owned()], vec![]);
    assert_eq!(change(&mut watcher).await, came);
    drop(socket);
    assert_eq!(change(&mut watcher).await, (0, vec![], vec![ada.id()]));
}

#[tokio::test]
async fn visitors_are_never_listed() {
    let server = Server::start().await;
    let _visitor = server.visit().await;
    assert_eq!(online(&server).await, Online::default());
}

#[tokio::test]
async fn many_tabs_are_one_person() {
    let server = Server::start().await;
    let mut watcher = server.visit().await;
    let ada = server.join("Ada").await;
    let first = ada.opens(&server).await;
    change(&mut watcher).await;
    let second = ada.opens(&server).await;
    assert_eq!(online(&server).await.count, 1);
    drop(first);
    // Somebody else comes: had Ada's second tab or the end of her first one been news, it
    // would have been told before.
    let _bo = server.join("Bo").await.opens(&server).await;
    let came = (2, vec!["Bo".to_owned()], vec![]);
    assert_eq!(change(&mut watcher).await, came);
    drop(second);
    assert_eq!(change(&mut watcher).await, (1, vec![], vec![ada.id()]));
}

#[tokio::test]
async fn a_reload_is_not_noticed() {
    let server = Server::with(|config| {
        config.limits.presence_grace = Duration::from_secs(3_600);
    })
    .await;
    let mut watcher = server.visit().await;
    let ada = server.join("Ada").await;
    let before = ada.opens(&server).await;
    change(&mut watcher).await;
    drop(before);
    let _after = ada.opens(&server).await;
    let _bo = server.join("Bo").await.opens(&server).await;
    let came = (2, vec!["Bo".to_owned()], vec![]);
    assert_eq!(change(&mut watcher).await, came);
}

#[tokio::test]
async fn who_is_only_away_for_a_moment_is_still_listed() {
    let server = Server::with(|config| {
        config.limits.presence_grace = Duration::from_secs(3_600);
    })
    .await;
    let ada = server.join("Ada").await;
    drop(ada.opens(&server).await);
    assert_eq!(names(&online(&server).await), ["Ada"]);
}

#[tokio::test]
async fn people_sort_as_people_sort_and_count_once() {
    let server = Server::start().await;
    let mut open = Vec::new();
    for name in [
        "Zo\u{EB}",
        "\u{E1}gnes",
        "Bo",
        "anna",
        "Guest 10",
        "Guest 2",
    ] {
        open.push(server.join(name).await.opens(&server).await);
    }
    let online = online(&server).await;
    let sorted = [
        "\u{E1}gnes",
        "anna",
        "Bo",
        "Guest 2",
        "Guest 10",
        "Zo\u{EB}",
    ];
    assert_eq!(names(&online), sorted);
    assert_eq!(online.count, 6);
}

#[tokio::test]
async fn a_new_name_is_in_the_list() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let _open = ada.opens(&server).await;
    ada.does(&server, "/me", &[("do", "rename"), ("name", "Zuse")])
        .await;
    assert_eq!(names(&online(&server).await), ["Zuse"]);
}

#[tokio::test]
async fn a_member_is_online_in_all_their_rooms() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    ada.does(&server, "/rooms", &[("do", "create"), ("name", "Side")])
        .await;
    let _open = ada.opens(&server).await;
    let mut visitor = server.visit().await;
    assert_eq!(names(&visitor.opens("side").await.online), ["Ada"]);
}

#[tokio::test]
async fn the_list_comes_with_hello_for_the_rooms_named() {
    let server = Server::start().await;
    let _ada = server.join("Ada").await.opens(&server).await;
    let mut socket = server.connect().await;
    let at = hubbub::protocol::ResumeAt {
        room: hubbub::protocol::RoomId(1),
        last: hubbub::protocol::Seq(1),
    };
    let epoch = server.visit().await.epoch;
    let heard = socket.hello(epoch, vec![at]).await;
    let [ServerFrame::Online { online, .. }] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert_eq!(names(online), ["Ada"]);
}

#[tokio::test]
async fn a_crowd_is_a_count_and_the_first_of_the_list() {
    let server = Server::with(|config| {
        config.limits.online_listed = 3;
        config.limits.presence_grace = Duration::ZERO;
    })
    .await;
    let mut watcher = server.visit().await;
    let mut open = Vec::new();
    for (number, name) in ["Ada", "Bo", "Cy", "Di"].into_iter().enumerate() {
        open.push(server.join(name).await.opens(&server).await);
        let (count, came, _) = change(&mut watcher).await;
        assert_eq!(count as usize, number + 1);
        assert_eq!(came.len(), usize::from(number < 3), "at the edge: {number}");
    }
    let listed = online(&server).await;
    assert_eq!(listed.count, 4);
    assert_eq!(names(&listed), ["Ada", "Bo", "Cy"]);
    drop(open.pop());
    let whole = watcher.hear_first(|frame| match frame {
        ServerFrame::Online { online, .. } => Some(online),
        _ => None,
    });
    assert_eq!(
        names(&whole.await),
        ["Ada", "Bo", "Cy"],
        "no crowd any more"
    );
}

#[tokio::test]
async fn a_crowd_writes_no_arrivals_into_the_log() {
    let server = Server::with(|config| config.limits.online_listed = 1).await;
    let _ada = server.join("Ada").await.opens(&server).await;
    let _bo = server.join("Bo").await.opens(&server).await;
    let mut visitor = server.connect().await;
    let before = visitor.hello_at_end().await.head;
    let cy = server.join("Cy").await;
    let socket = cy.opens(&server).await;
    assert!(socket.rooms[0].member);
    assert_eq!(socket.rooms[0].head, before);
}
