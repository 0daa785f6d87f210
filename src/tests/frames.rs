//! Typing and read positions: what is said beside messages.

use crate::harness::{Server, cid};
use hubbub::protocol::{ClientFrame, RoomId, Seq, ServerFrame};

const GENERAL: RoomId = RoomId(1);

fn is_typing(frame: &ServerFrame) -> bool {
    matches!(frame, ServerFrame::Typing { .. })
}

#[tokio::test]
async fn typing_is_told_to_others_and_not_to_oneself() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut writer = ada.opens(&server).await;
    let mut other_tab = ada.opens(&server).await;
    let mut bo = server.join("Bo").await.opens(&server).await;
    writer.say(&ClientFrame::Typing { room: GENERAL }).await;
    let told = bo.hear_first(|frame| match frame {
        ServerFrame::Typing { room, who } => Some((room, who)),
        _ => None,
    });
    assert_eq!(told.await, (GENERAL, ada.me));
    assert!(!writer.heard_until_now().await.iter().any(is_typing));
    assert!(!other_tab.heard_until_now().await.iter().any(is_typing));
}

#[tokio::test]
async fn typing_without_end_is_told_now_and_then() {
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let mut bo = server.join("Bo").await.opens(&server).await;
    for _ in 0..10 {
        ada.say(&ClientFrame::Typing { room: GENERAL }).await;
    }
    ada.heard_until_now().await;
    let told = bo.heard_until_now().await;
    assert_eq!(told.iter().filter(|frame| is_typing(frame)).count(), 1);
}

#[tokio::test]
async fn in_a_crowd_nobody_is_told_who_types() {
    let server = Server::with(|config| config.limits.online_listed = 1).await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let mut bo = server.join("Bo").await.opens(&server).await;
    let crowd = |frame| match frame {
        ServerFrame::Presence { count: 2, .. } => Some(()),
        _ => None,
    };
    ada.hear_first(crowd).await;
    ada.say(&ClientFrame::Typing { room: GENERAL }).await;
    ada.heard_until_now().await;
    assert!(!bo.heard_until_now().await.iter().any(is_typing));
}

#[tokio::test]
async fn reading_is_known_on_every_device() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut laptop = ada.opens(&server).await;
    let mut phone = ada.opens(&server).await;
    let mut bo = server.join("Bo").await.opens(&server).await;
    for number in 0..3 {
        bo.send(cid(number), "news").await;
        bo.acked(cid(number)).await;
    }
    let general = ada.opens(&server).await.rooms.remove(0);
    assert_eq!(general.unread, 3);
    let seq = Seq(general.head.0 - 1);
    laptop.say(&ClientFrame::Read { room: GENERAL, seq }).await;
    for device in [&mut laptop, &mut phone] {
        let read = device.hear_first(|frame| match frame {
            ServerFrame::Read {
                room, seq, unread, ..
            } => Some((room, seq, unread)),
            _ => None,
        });
        assert_eq!(read.await, (GENERAL, seq, 1));
    }
    let read = |frame: &ServerFrame| matches!(frame, ServerFrame::Read { .. });
    assert!(!bo.heard_until_now().await.iter().any(read), "hers alone");
}

#[tokio::test]
async fn a_form_without_a_script_reads_its_room_and_one_with_a_script_does_not() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut bo = server.join("Bo").await.opens(&server).await;
    bo.send(cid(1), "news").await;
    bo.acked(cid(1)).await;
    let form = [("do", "send"), ("body", "mine")];
    ada.does(&server, "/r/general", &form).await;
    assert_eq!(ada.opens(&server).await.rooms.remove(0).unread, 1);
    let plain = server.post("/r/general", &form);
    let answer = plain.header("cookie", &ada.cookie).send().await;
    assert_eq!(answer.status, 303);
    assert_eq!(ada.opens(&server).await.rooms.remove(0).unread, 0);
}

#[tokio::test]
async fn reading_goes_forward_only_and_not_beyond_the_end() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut socket = ada.opens(&server).await;
    let mut bo = server.join("Bo").await.opens(&server).await;
    bo.send(cid(1), "news").await;
    let (head, _) = bo.acked(cid(1)).await;
    for seq in [Seq(1_000), Seq(1)] {
        socket.say(&ClientFrame::Read { room: GENERAL, seq }).await;
    }
    socket.heard_until_now().await;
    let page = ada.connect(&server).await.hello_at_end().await;
    assert_eq!(page.read, head);
}
