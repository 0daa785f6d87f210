//! One door: who may do what is the same by socket and by form.

use crate::harness::{Server, Socket, cid};
use hubbub::protocol::{ClientFrame, RefusalCode, RoomId, Seq, ServerFrame, Slug};

const GENERAL: RoomId = RoomId(1);
const NOWHERE: RoomId = RoomId(99);

fn frames(room: RoomId) -> Vec<ClientFrame> {
    let seq = Seq(1);
    let body = "words".to_owned();
    let cid = cid(1);
    vec![
        ClientFrame::Send { cid, room, body },
        ClientFrame::Typing { room },
        ClientFrame::Read { room, seq },
    ]
}

async fn refusal_of(socket: &mut Socket, frame: &ClientFrame) -> RefusalCode {
    socket.say(frame).await;
    socket.refused().await
}

#[tokio::test]
async fn a_visitor_writes_nothing_by_socket() {
    let server = Server::start().await;
    let mut socket = server.visit().await;
    for frame in frames(GENERAL) {
        let code = refusal_of(&mut socket, &frame).await;
        assert_eq!(code, RefusalCode::NameNeeded, "{frame:?}");
    }
}

#[tokio::test]
async fn a_visitor_writes_nothing_by_form() {
    let server = Server::start().await;
    let forms: [(&str, &[(&str, &str)]); 5] = [
        ("/r/general", &[("do", "send"), ("body", "words")]),
        ("/r/general", &[("do", "topic"), ("topic", "words")]),
        ("/r/general", &[("do", "leave")]),
        ("/rooms", &[("do", "create"), ("name", "Side")]),
        ("/me", &[("do", "rename"), ("name", "Bo")]),
    ];
    for (path, fields) in forms {
        let answer = server.post(path, fields).json().send().await;
        assert_eq!(answer.refusal(), RefusalCode::NameNeeded, "{fields:?}");
        assert_eq!(answer.status, 403);
    }
}

#[tokio::test]
async fn a_visitor_reads_everything() {
    let server = Server::with_messages(60).await;
    let mut socket = server.visit().await;
    let opened = socket.opens("general").await;
    assert!(!opened.member);
    assert_eq!(opened.read, opened.head, "nothing is unread to a visitor");
    let before = opened.events[0].seq;
    let room = GENERAL;
    socket
        .say(&ClientFrame::Older {
            re: 1,
            room,
            before,
        })
        .await;
    socket
        .hear_first(|frame| matches!(frame, ServerFrame::Page { .. }).then_some(()))
        .await;
}

#[tokio::test]
async fn a_room_that_is_not_there_is_refused_everywhere() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut socket = ada.opens(&server).await;
    let mut asks = frames(NOWHERE);
    asks.push(ClientFrame::Older {
        re: 1,
        room: NOWHERE,
        before: Seq(1),
    });
    asks.push(ClientFrame::CatchUp {
        room: NOWHERE,
        last: Seq(1),
    });
    let room = Slug::parse("nowhere").unwrap();
    asks.push(ClientFrame::Open { re: 1, room });
    for frame in asks {
        let code = refusal_of(&mut socket, &frame).await;
        assert_eq!(code, RefusalCode::NoSuchRoom, "{frame:?}");
    }
    for fields in [
        &[("do", "send"), ("body", "words")][..],
        &[("do", "topic"), ("topic", "words")],
        &[("do", "leave")],
    ] {
        let answer = ada.post(&server, "/r/nowhere", fields).await;
        assert_eq!(answer.refusal(), RefusalCode::NoSuchRoom, "{fields:?}");
        assert_eq!(answer.status, 404);
    }
}

#[tokio::test]
async fn a_signed_out_cookie_opens_nothing() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut socket = ada.opens(&server).await;
    ada.does(&server, "/me", &[("do", "sign_out")]).await;
    socket
        .is_closed_with(hubbub::protocol::CloseCode::SessionEnded)
        .await;
    let fields = [("do", "send"), ("body", "still me")];
    let code = ada.is_refused(&server, "/r/general", &fields).await;
    assert_eq!(code, RefusalCode::NameNeeded);
    assert_eq!(ada.opens(&server).await.me, None, "a visitor now");
}

#[tokio::test]
async fn nonsense_in_the_cookie_is_a_visitor() {
    let server = Server::start().await;
    for cookie in ["hubbub=", "hubbub=short", "hubbub=../../etc", "hubbub"] {
        let answer = server.get("/r/general").header("cookie", cookie).send();
        assert_eq!(answer.await.status, 200, "{cookie}");
    }
    let unknown = format!("hubbub={}", "A".repeat(43));
    let answer = server.get("/me").header("cookie", &unknown).send().await;
    assert_eq!(answer.status, 200);
}
