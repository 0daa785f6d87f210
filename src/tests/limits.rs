//! How much one may ask for: at the edge all is well, one more is refused or turned away.

use crate::harness::{Server, Socket, cid, only, soon, unlimited};
use hubbub::protocol::{ClientFrame, CloseCode, RefusalCode, RoomId, ServerFrame, limits};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test]
async fn a_burst_of_frames_passes_and_one_more_is_refused() {
    let burst = limits::FRAMES.burst;
    let server = Server::with(|config| config.limits.frames = only(burst)).await;
    let mut socket = server.visit().await;
    for _ in 0..burst {
        socket.say(&ClientFrame::Ping).await;
        socket
            .hear_first(|frame| (frame == ServerFrame::Pong).then_some(()))
            .await;
    }
    socket.say(&ClientFrame::Ping).await;
    assert_eq!(socket.refused().await, RefusalCode::TooFast);
    let mut other = server.visit().await;
    assert!(other.heard_until_now().await.is_empty(), "a bucket each");
}

#[tokio::test]
async fn a_persons_messages_do_not_use_up_their_frames() {
    let server = Server::with(|config| {
        config.limits.frames = only(1);
        config.limits.sends = unlimited();
    })
    .await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    for number in 0..5 {
        ada.send(cid(number), "words").await;
        ada.acked(cid(number)).await;
    }
    ada.heard_until_now().await;
    ada.say(&ClientFrame::Ping).await;
    assert_eq!(ada.refused().await, RefusalCode::TooFast);
}

#[tokio::test]
async fn who_goes_on_after_refusals_is_closed_as_flooding() {
    let server = Server::with(|config| {
        config.limits.frames = only(1);
        config.limits.frames_refused = only(5);
    })
    .await;
    let mut socket = server.visit().await;
    socket.heard_until_now().await;
    for _ in 0..5 {
        socket.say(&ClientFrame::Ping).await;
        assert_eq!(socket.refused().await, RefusalCode::TooFast);
    }
    socket.say(&ClientFrame::Ping).await;
    socket.is_closed_with(CloseCode::Flooding).await;
}

#[tokio::test]
async fn refused_messages_count_towards_flooding() {
    let server = Server::with(|config| {
        config.limits.sends = only(1);
        config.limits.frames_refused = only(2);
    })
    .await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    for number in 0..4 {
        ada.send(cid(number), "words").await;
    }
    ada.is_closed_with(CloseCode::Flooding).await;
}

#[tokio::test]
async fn unknown_frames_count_like_others() {
    let server = Server::with(|config| config.limits.frames = only(1)).await;
    let mut socket = server.visit().await;
    for expected in [RefusalCode::UnknownFrame, RefusalCode::TooFast] {
        socket.say_text(r#"{"t":"dance"}"#).await;
        assert_eq!(socket.refused().await, expected);
    }
}

#[tokio::test]
async fn a_visitors_messages_count_as_frames() {
    let server = Server::with(|config| config.limits.frames = only(1)).await;
    let mut socket = server.visit().await;
    for expected in [RefusalCode::NameNeeded, RefusalCode::TooFast] {
        socket.send(cid(1), "words").await;
        assert_eq!(socket.refused().await, expected);
    }
}

#[tokio::test]
async fn sockets_of_one_session_have_a_limit() {
    let server = Server::with(|config| config.limits.connections_per_session = 2).await;
    let ada = server.join("Ada").await;
    let first = ada.opens(&server).await;
    let _second = ada.opens(&server).await;
    let mut third = ada.connect(&server).await;
    third.is_closed_with(CloseCode::TooManyConnections).await;
    let _bo = server.join("Bo").await.opens(&server).await;
    drop(first);
    // A place is free again as soon as the server has noticed.
    soon("a free place", async {
        loop {
            let mut socket = ada.connect(&server).await;
            socket.say(&hello()).await;
            if let Some(ServerFrame::Welcome { .. }) = socket.hear_or_close().await {
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sockets_from_one_address_have_a_limit() {
    let server = Server::with(|config| config.limits.connections_per_address = 2).await;
    let _first = server.visit().await;
    let _second = server.visit().await;
    let mut third = server.connect().await;
    third.is_closed_with(CloseCode::TooManyConnections).await;
}

#[tokio::test]
async fn sockets_in_all_have_a_limit() {
    let server = Server::with(|config| config.limits.connections = 2).await;
    let _first = server.visit().await;
    let _second = server.visit().await;
    let mut third = server.connect().await;
    third.is_closed_with(CloseCode::TooManyConnections).await;
}

#[tokio::test]
async fn sockets_of_another_version_leave_nothing_behind() {
    let server = Server::with(|config| config.limits.connections_per_session = 2).await;
    let ada = server.join("Ada").await;
    for _ in 0..5 {
        let headers = [
            ("cookie", ada.cookie.as_str()),
            ("sec-websocket-protocol", "hubbub.0"),
        ];
        let mut socket = Socket::open_with(server.addr, &headers).await.unwrap();
        socket.is_closed_with(CloseCode::UnknownVersion).await;
    }
    server.has_connections(0).await;
    let figures = server.get("/metrics").send().await;
    assert!(figures.text().contains("\nhubbub_connections 0\n"));
    ada.opens(&server).await;
}

#[tokio::test]
async fn memberships_change_at_a_rate() {
    let server = Server::with(|config| config.limits.changes = only(3)).await;
    let ada = server.join("Ada").await;
    let (join, leave) = ([("do", "join")], [("do", "leave")]);
    ada.does(&server, "/r/general", &join).await;
    for form in [&leave, &join, &leave] {
        ada.does(&server, "/r/general", form).await;
        ada.does(&server, "/r/general", form).await;
    }
    let before = server.visit().await.rooms;
    let answer = ada.post(&server, "/r/general", &join).await;
    assert_eq!(answer.refusal(), RefusalCode::TooFast);
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").is_some());
    assert_eq!(server.visit().await.rooms, before, "nothing was written");
    let topic = [("do", "topic"), ("topic", "Tea")];
    let code = ada.is_refused(&server, "/r/general", &topic).await;
    assert_eq!(code, RefusalCode::TooFast, "one bucket for all changes");
    let bo = server.join("Bo").await;
    bo.does(&server, "/r/general", &leave).await;
}

#[tokio::test]
async fn who_opens_many_rooms_is_a_member_of_as_many_as_may_change() {
    let changes = limits::CHANGES.burst as usize;
    let server = Server::with(|config| {
        config.limits.changes = only(limits::CHANGES.burst);
        config.limits.rooms_made = unlimited();
    })
    .await;
    let mut slugs = Vec::new();
    for number in 0..=changes {
        // Nobody makes more rooms than one may.
        let maker = server.join(&format!("Maker {number}")).await;
        let name = format!("room-{number}");
        maker
            .does(&server, "/rooms", &[("do", "create"), ("name", &name)])
            .await;
        slugs.push(name);
    }
    let ada = server.join("Ada").await;
    let mut socket = ada.opens(&server).await;
    let (last, first) = slugs.split_last().unwrap();
    for slug in first {
        assert!(socket.opens(slug).await.member, "{slug}");
    }
    assert!(!socket.opens(last).await.member, "but it is shown");
    assert!(socket.opens(&first[0]).await.member, "for good");
    socket.heard_until_now().await;
}

#[tokio::test]
async fn forms_and_sockets_from_one_address_come_at_a_rate() {
    let server = Server::with(|config| config.limits.requests = only(3)).await;
    let ada = server.join("Ada").await;
    let _socket = ada.opens(&server).await;
    ada.does(&server, "/r/general", &[("do", "send"), ("body", "three")])
        .await;
    let fields = [("do", "send"), ("body", "four")];
    let answer = ada.post(&server, "/r/general", &fields).await;
    assert_eq!(answer.refusal(), RefusalCode::TooFast);
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").is_some());
    let upgrade = ada.upgrade(&server).send().await;
    assert_eq!(upgrade.status, 429);
    let page = server.get("/r/general").header("cookie", &ada.cookie);
    assert_eq!(page.send().await.status, 429, "one bucket for all");
}

#[tokio::test]
async fn pages_from_one_address_come_at_a_rate_and_files_do_not() {
    const PAGES: [&str; 5] = ["/r/general", "/rooms", "/me", "/r/nowhere", "/nowhere"];
    let server = Server::with(|config| config.limits.requests = only(5)).await;
    for path in PAGES {
        let status = server.get(path).send().await.status;
        assert!([200, 404].contains(&status), "{path}");
    }
    for path in PAGES {
        let page = server.get(path).send().await;
        assert_eq!(page.status, 429, "{path}");
        let why = hubbub::words::refusal(RefusalCode::TooFast);
        assert_eq!(page.text(), why, "{path}");
        let seconds = page.header("retry-after").unwrap().parse::<u64>();
        assert!(seconds.unwrap() > 0, "{path}");
    }
    for path in ["/healthz", "/emoji.json"] {
        let status = server.get(path).send().await.status;
        assert_eq!(status, 200, "{path}");
    }
}

#[tokio::test]
async fn rooms_made_from_one_address_come_at_a_rate() {
    let burst = limits::ROOMS_MADE.burst;
    let server = Server::start().await;
    // A session each: they cost nothing.
    for number in 0..burst {
        let maker = server.join(&format!("Maker {number}")).await;
        let name = format!("room-{number}");
        let fields = [("do", "create"), ("name", name.as_str())];
        maker.does(&server, "/rooms", &fields).await;
        let code = maker.is_refused(&server, "/rooms", &fields).await;
        assert_eq!(code, RefusalCode::RoomTaken, "which costs no room");
    }
    let ada = server.join("Ada").await;
    let fields = [("do", "create"), ("name", "one more")];
    let answer = ada.post(&server, "/rooms", &fields).await;
    assert_eq!(answer.refusal(), RefusalCode::TooFast);
    assert_eq!(answer.status, 429);
    let seconds = answer.header("retry-after").unwrap().parse::<u64>();
    let every = limits::ROOMS_MADE.every.as_secs();
    assert!((every - 60..=every).contains(&seconds.unwrap()));
    assert_eq!(server.visit().await.rooms.len(), 1 + burst as usize);
}

#[tokio::test]
async fn a_request_head_must_arrive_in_time() {
    let server = Server::with(|config| {
        config.limits.header_within = Duration::from_millis(100);
    })
    .await;
    for start in ["", "GET / HTTP/1.1\r\nhost: a\r\nx-slow: "] {
        let mut stream = TcpStream::connect(server.addr).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        soon("the end", stream.read_to_end(&mut rest))
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&rest);
        assert!(
            said.is_empty() || said.starts_with("HTTP/1.1 408"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn an_open_page_does_not_hold_its_connection_for_ever() {
    let server = Server::with(|config| {
        config.limits.header_within = Duration::from_millis(100);
    })
    .await;
    let mut stream = TcpStream::connect(server.addr).await.unwrap();
    let ask = "GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    soon("the end", stream.read_to_end(&mut answer))
        .await
        .unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

fn hello() -> ClientFrame {
    ClientFrame::Hello {
        epoch: hubbub::protocol::Epoch("none".to_owned()),
        rooms: vec![hubbub::protocol::ResumeAt {
            room: RoomId(1),
            last: hubbub::protocol::Seq(0),
        }],
    }
}
