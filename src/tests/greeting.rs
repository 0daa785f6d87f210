//! The first words on a socket, and words that are none.

use crate::harness::{Server, Socket, cid, unlimited};
use hubbub::protocol::{
    ClientFrame, CloseCode, Epoch, RefusalCode, ResumeAt, RoomId, SUBPROTOCOL, Seq, ServerFrame,
    limits::{FRAME_BYTES, RESUME_ROOMS},
};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;

fn hello(rooms: Vec<ResumeAt>) -> ClientFrame {
    let epoch = Epoch("none".to_owned());
    ClientFrame::Hello { epoch, rooms }
}

fn rooms(count: usize) -> Vec<ResumeAt> {
    let at = |number| ResumeAt {
        room: RoomId(number),
        last: Seq(0),
    };
    (1..=count as u64).map(at).collect()
}

/// A ping of exactly so many bytes, by a field that nobody knows.
fn ping_of(bytes: usize) -> String {
    let frame = r#"{"t":"ping","padding":""}"#;
    let padding = "x".repeat(bytes - frame.len());
    frame.replace("\"\"", &format!("\"{padding}\""))
}

#[tokio::test]
async fn a_visitor_is_welcome_without_a_name() {
    let server = Server::start().await;
    let mut socket = server.connect().await;
    let snapshot = socket.hello_at_end().await;
    assert_eq!(socket.me, None);
    assert_eq!(snapshot.room.slug.as_str(), "general");
    let slugs: Vec<_> = socket
        .rooms
        .iter()
        .map(|one| one.room.slug.as_str())
        .collect();
    assert_eq!(slugs, ["general"]);
}

#[tokio::test]
async fn a_guest_is_welcome_by_name() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let socket = ada.opens(&server).await;
    assert_eq!(socket.me, Some(ada.me));
    assert!(socket.rooms[0].member);
}

#[tokio::test]
async fn the_first_word_must_be_hello() {
    let server = Server::start().await;
    for word in [r#"{"t":"ping"}"#, r#"{"t":"dance"}"#, r#"{"t":"hello"}"#] {
        let mut socket = server.connect().await;
        socket.say_text(word).await;
        socket.is_closed_with(CloseCode::BadFrame).await;
    }
}

#[tokio::test]
async fn a_late_hello_is_too_late() {
    let server = Server::with(|config| {
        config.limits.hello_within = Duration::from_millis(50);
    })
    .await;
    let mut socket = server.connect().await;
    socket.is_closed_with(CloseCode::BadFrame).await;
}

#[tokio::test]
async fn hello_is_said_once() {
    let server = Server::start().await;
    let mut socket = server.visit().await;
    socket.say(&hello(Vec::new())).await;
    socket.is_closed_with(CloseCode::BadFrame).await;
}

#[tokio::test]
async fn a_hello_may_name_so_many_rooms_and_no_more() {
    let server = Server::start().await;
    let mut socket = server.connect().await;
    socket
        .hello(Epoch("none".to_owned()), rooms(RESUME_ROOMS))
        .await;
    let mut socket = server.connect().await;
    socket.say(&hello(rooms(RESUME_ROOMS + 1))).await;
    socket.is_closed_with(CloseCode::BadFrame).await;
}

#[tokio::test]
async fn a_room_named_twice_is_told_once() {
    let server = Server::start().await;
    let mut socket = server.connect().await;
    let twice = [rooms(1), rooms(1)].concat();
    let heard = socket.hello(Epoch("none".to_owned()), twice).await;
    let resets = heard
        .iter()
        .filter(|frame| matches!(frame, ServerFrame::Reset { .. }));
    assert_eq!(resets.count(), 1);
}

#[tokio::test]
async fn what_is_no_json_object_ends_the_talk() {
    let server = Server::start().await;
    for word in ["", "ping", "[]", "\"ping\"", "7", "{\"t\":\"ping\"", "{}{}"] {
        let mut before = server.connect().await;
        before.say_text(word).await;
        before.is_closed_with(CloseCode::BadFrame).await;
        let mut after = server.visit().await;
        after.say_text(word).await;
        after.is_closed_with(CloseCode::BadFrame).await;
    }
    let mut deep = server.visit().await;
    deep.say_text(&"[".repeat(10_000)).await;
    deep.is_closed_with(CloseCode::BadFrame).await;
}

#[tokio::test]
async fn binary_frames_are_not_spoken() {
    let server = Server::start().await;
    for mut socket in [server.connect().await, server.visit().await] {
        socket
            .say_message(Message::binary(&b"{\"t\":\"ping\"}"[..]))
            .await;
        assert_eq!(socket.closed().await, 1003);
    }
}

#[tokio::test]
async fn a_frame_at_the_limit_passes_and_one_byte_more_does_not() {
    let server = Server::start().await;
    let mut socket = server.visit().await;
    socket.say_text(&ping_of(FRAME_BYTES)).await;
    socket
        .hear_first(|frame| matches!(frame, ServerFrame::Pong).then_some(()))
        .await;
    socket.say_text(&ping_of(FRAME_BYTES + 1)).await;
    assert_eq!(socket.closed().await, 1009);
}

#[tokio::test]
async fn a_huge_frame_is_told_why_it_ends() {
    let server = Server::start().await;
    let mut socket = server.visit().await;
    socket.say_text(&ping_of(700_000)).await;
    assert_eq!(socket.closed().await, 1009);
}

#[tokio::test]
async fn frames_in_pieces_count_as_a_whole() {
    use tokio_tungstenite::tungstenite::protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    };
    let server = Server::start().await;
    let mut socket = server.visit().await;
    let piece = vec![b' '; FRAME_BYTES / 2 + 1];
    for kind in [Data::Text, Data::Continue] {
        let frame = Frame::message(piece.clone(), OpCode::Data(kind), false);
        socket.say_message(Message::Frame(frame)).await;
    }
    assert_eq!(socket.closed().await, 1009);
}

#[tokio::test]
async fn letters_that_are_no_utf8_end_the_talk() {
    use tokio_tungstenite::tungstenite::protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    };
    let server = Server::start().await;
    let mut socket = server.visit().await;
    let frame = Frame::message(vec![0xFF, 0xFE], OpCode::Data(Data::Text), true);
    socket.say_message(Message::Frame(frame)).await;
    assert_eq!(socket.closed().await, 1007);
}

#[tokio::test]
async fn another_version_is_told_so() {
    let server = Server::start().await;
    let offers = [
        &[("sec-websocket-protocol", "hubbub.99")][..],
        &[("sec-websocket-protocol", "hubbub.99, chat")],
        &[],
    ];
    for offer in offers {
        let mut socket = Socket::open_with(server.addr, offer).await.unwrap();
        socket.is_closed_with(CloseCode::UnknownVersion).await;
    }
    let both = format!("hubbub.99, {SUBPROTOCOL}");
    let both = [("sec-websocket-protocol", both.as_str())];
    let mut socket = Socket::open_with(server.addr, &both).await.unwrap();
    socket.hello_at_end().await;
}

#[tokio::test]
async fn unknown_frames_are_refused_and_the_talk_goes_on() {
    let server = Server::start().await;
    let mut socket = server.visit().await;
    let cid = cid(1);
    let words = [
        (r#"{"t":"dance"}"#.to_owned(), None, None),
        (r#"{"no":"t"}"#.to_owned(), None, None),
        (r#"{"t":"open","re":5}"#.to_owned(), Some(5), None),
        (r#"{"t":"older","re":-5}"#.to_owned(), None, None),
        (
            format!(r#"{{"t":"send","cid":"{cid}","room":"one"}}"#),
            None,
            Some(cid),
        ),
        (
            r#"{"t":"send","cid":"short","room":1,"body":"x"}"#.to_owned(),
            None,
            None,
        ),
        // Half of a letter, as some languages cut them.
        (
            format!(r#"{{"t":"send","cid":"{cid}","room":1,"body":"\ud83d"}}"#),
            None,
            Some(cid),
        ),
        (
            r#"{"t":"older","re":6,"room":1,"before":1e400}"#.to_owned(),
            Some(6),
            None,
        ),
        (
            format!(
                r#"{{"t":"dance","on":{}{}}}"#,
                "[".repeat(200),
                "]".repeat(200)
            ),
            None,
            None,
        ),
    ];
    for (word, re, cid) in words {
        socket.say_text(&word).await;
        let expected = ServerFrame::Refused {
            re,
            cid,
            refusal: RefusalCode::UnknownFrame.into(),
        };
        let refused = socket
            .hear_first(|frame| matches!(frame, ServerFrame::Refused { .. }).then_some(frame));
        assert_eq!(refused.await, expected, "{word}");
    }
    assert!(socket.heard_until_now().await.is_empty());
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let server = Server::start().await;
    let mut socket = server.visit().await;
    socket.say_text(r#"{"t":"ping","mood":"fine"}"#).await;
    assert_eq!(socket.hear().await, ServerFrame::Pong);
}

#[tokio::test]
async fn pings_of_the_transport_are_answered() {
    let server = Server::start().await;
    let mut socket = server.visit().await;
    socket
        .say_message(Message::Ping("are you there".into()))
        .await;
    assert!(socket.heard_until_now().await.is_empty());
}

fn impatient(config: &mut hubbub::server::config::Config) {
    config.limits.heartbeat_give_up = Duration::from_millis(400);
    config.limits.frames = unlimited();
}

#[tokio::test]
async fn who_says_nothing_is_let_go() {
    let server = Server::with(impatient).await;
    let mut socket = server.visit().await;
    // Nobody reads here, so that not even a ping of the transport is answered.
    server.has_connections(0).await;
    socket.is_closed_with(CloseCode::Silent).await;
}

#[tokio::test]
async fn who_pings_stays() {
    let server = Server::with(impatient).await;
    let _silent = server.visit().await;
    let mut pinging = server.visit().await;
    let ping = async {
        loop {
            assert!(pinging.heard_until_now().await.is_empty());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        () = server.has_connections(1) => {}
        () = ping => {}
    }
    assert!(pinging.heard_until_now().await.is_empty());
}

/// A hidden page: its script sleeps, the browser itself answers.
#[tokio::test]
async fn a_sign_of_life_of_the_browser_itself_is_enough() {
    let server = Server::with(impatient).await;
    let mut hidden = server.visit().await;
    let silent = server.visit().await;
    tokio::select! {
        frame = hidden.hear() => panic!("{frame:?}"),
        () = server.has_connections(1) => {}
    }
    assert!(hidden.heard_until_now().await.is_empty());
    assert!(hidden.beats > 0, "it heard that the line is alive");
    drop(silent);
}

#[tokio::test]
async fn a_session_that_ended_before_hello_is_told_so() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut socket = ada.connect(&server).await;
    ada.does(&server, "/me", &[("do", "sign_out")]).await;
    socket.say(&hello(Vec::new())).await;
    socket.is_closed_with(CloseCode::SessionEnded).await;
}

#[tokio::test]
async fn a_socket_cut_in_mid_frame_harms_nobody() {
    use tokio::io::AsyncWriteExt;
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let mut cut = server.visit().await;
    cut.stream().write_all(&[0x81, 0xFE, 0x10]).await.unwrap();
    cut.stream().shutdown().await.unwrap();
    drop(cut);
    ada.send(cid(1), "still here").await;
    ada.acked(cid(1)).await;
    let _ = ada.stream().flush().await;
}

#[tokio::test]
async fn who_never_said_hello_hears_nothing_of_what_came_since() {
    let patience = Duration::from_millis(500);
    let server = Server::with(|config| config.limits.hello_within = patience).await;
    let ada = server.join("Ada").await;
    let _first = ada.opens(&server).await;
    let mut silent = ada.connect(&server).await;
    // Whoever enters a room follows it by all that is theirs.
    ada.does(&server, "/r/general", &[("do", "leave")]).await;
    ada.does(
        &server,
        "/r/general",
        &[("do", "send"), ("body", "back again")],
    )
    .await;
    let code = loop {
        match silent.frame_or_code().await {
            Ok(frame) => assert!(!matches!(frame, ServerFrame::Events { .. }), "{frame:?}"),
            Err(code) => break code,
        }
    };
    assert_eq!(code, CloseCode::BadFrame.number());
}
