//! What somebody says is kept once, told to everybody, and acknowledged when it is on disk.

use crate::harness::{Server, cid, only, unlimited};
use hubbub::protocol::{
    ClientFrame, Message, RefusalCode, RoomId, Seq, ServerFrame, What,
    limits::{MESSAGE_BYTES, MESSAGE_CHARS, SENDS},
};
use tokio::task::JoinSet;

#[tokio::test]
async fn a_message_reaches_everybody_and_is_acknowledged() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut member = server.join("Bo").await.opens(&server).await;
    let mut sender = ada.opens(&server).await;
    let mut visitor = server.visit().await;
    sender.send(cid(1), "hello").await;
    for socket in [&mut sender, &mut member, &mut visitor] {
        let said = socket.hear_first(|frame| match frame {
            ServerFrame::Events { people, events, .. } => Some((people, events.last().cloned())),
            _ => None,
        });
        let (people, event) = said.await;
        assert_eq!(people, std::slice::from_ref(&ada.me));
        let event = event.unwrap();
        assert_eq!(event.by, ada.id());
        let text = "hello".to_owned();
        assert_eq!(event.what, What::Message(Message::new(cid(1), text)));
    }
    let (seq, _) = sender.acked(cid(1)).await;
    assert_eq!(seq, Seq(3), "behind two who joined");
}

/// In a crowd whoever waits for an acknowledgement goes on hearing the others: all at once, through
/// real sockets, nothing is lost, doubled or torn.
#[tokio::test]
async fn a_crowd_that_speaks_at_once_hears_everything_once_and_in_order() {
    const PEOPLE: u64 = 8;
    const EACH: u64 = 25;
    let server = Server::with(|config| {
        config.limits.online_listed = 1;
        config.limits.sends = unlimited();
    });
    let server = server.await;
    let mut sockets = Vec::new();
    for number in 0..PEOPLE {
        let person = server.join(&format!("One of many {number}")).await;
        sockets.push((person.id(), person.opens(&server).await));
    }
    let mut speaking = JoinSet::new();
    for (number, (me, mut socket)) in (0..).zip(sockets) {
        speaking.spawn(async move {
            let (mut seqs, mut mine, mut acks) = (Vec::new(), 0, 0);
            let mut said = 0;
            while seqs.len() < usize::try_from(PEOPLE * EACH).unwrap() || acks < EACH {
                if said == acks && said < EACH {
                    socket
                        .send(cid(number * EACH + said), &"words ".repeat(300))
                        .await;
                    said += 1;
                }
                match socket.hear().await {
                    ServerFrame::Events { events, .. } => {
                        let messages = events.iter();
                        for event in messages.filter(|one| matches!(one.what, What::Message(_))) {
                            seqs.push(event.seq.0);
                            mine += u64::from(event.by == me);
                        }
                    }
                    ServerFrame::Ack { .. } => {
                        acks += 1;
                        assert!(mine >= acks, "acknowledged before it was told");
                    }
                    ServerFrame::Refused { refusal, .. } => panic!("{refusal:?}"),
                    _ => {}
                }
            }
            seqs
        });
    }
    let heard = speaking.join_all().await;
    let first = heard[0].clone();
    assert!(
        first.is_sorted_by(|one, next| one + 1 == *next),
        "{first:?}"
    );
    assert!(heard.iter().all(|seqs| *seqs == first));
}

#[tokio::test]
async fn shortcodes_become_emoji_on_the_way() {
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    ada.send(cid(1), "hi :robot: at 10:30:45").await;
    assert_eq!(ada.message().await, "hi \u{1F916} at 10:30:45");
}

#[tokio::test]
async fn the_same_action_again_has_the_effect_of_once() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut first = ada.opens(&server).await;
    first.send(cid(1), "once").await;
    let acked = first.acked(cid(1)).await;
    first.send(cid(1), "once").await;
    assert_eq!(first.acked(cid(1)).await, acked);
    let mut second = ada.opens(&server).await;
    second.send(cid(1), "once").await;
    assert_eq!(second.acked(cid(1)).await, acked, "on another socket");

    let server = server.restart().await;
    let mut third = ada.connect(&server).await;
    let page = third.hello_at_end().await;
    third.send(cid(1), "once").await;
    assert_eq!(third.acked(cid(1)).await, acked, "after a restart");
    let messages = page
        .events
        .iter()
        .filter(|event| matches!(event.what, What::Message { .. }));
    assert_eq!(messages.count(), 1);
}

#[tokio::test]
async fn the_same_action_with_other_words_is_refused() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut socket = ada.opens(&server).await;
    socket.send(cid(1), "this").await;
    socket.acked(cid(1)).await;
    socket.send(cid(1), "that").await;
    assert_eq!(socket.refused().await, RefusalCode::CidReused);

    let server = server.restart().await;
    let mut socket = ada.opens(&server).await;
    socket.send(cid(1), "that").await;
    assert_eq!(socket.refused().await, RefusalCode::CidReused);
    socket.send(cid(1), "this").await;
    socket.acked(cid(1)).await;
}

#[tokio::test]
async fn two_people_may_name_their_actions_alike() {
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let mut bo = server.join("Bo").await.opens(&server).await;
    ada.send(cid(1), "mine").await;
    let (first, _) = ada.acked(cid(1)).await;
    bo.send(cid(1), "my own").await;
    let (second, _) = bo.acked(cid(1)).await;
    assert_eq!(second, first.next());
}

#[tokio::test]
async fn messages_of_one_sender_keep_their_order() {
    let server = Server::with(|config| config.limits.sends = unlimited()).await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let mut reader = server.visit().await;
    for number in 0..100 {
        ada.send(cid(number), &number.to_string()).await;
    }
    for number in 0..100 {
        assert_eq!(reader.message().await, number.to_string());
    }
    let mut last = Seq(0);
    for number in 0..100 {
        let (seq, _) = ada.acked(cid(number)).await;
        assert!(seq > last);
        last = seq;
    }
}

#[tokio::test]
async fn everybody_sees_the_same_order_without_gaps() {
    let server = Server::with(|config| config.limits.sends = unlimited()).await;
    let mut readers = Vec::new();
    for _ in 0..3 {
        readers.push(server.visit().await);
    }
    let mut writers = Vec::new();
    for name in ["Ada", "Bo", "Cy", "Di"] {
        let mut socket = server.join(name).await.opens(&server).await;
        writers.push(tokio::spawn(async move {
            for number in 0..25 {
                socket.send(cid(number), "words").await;
                socket.acked(cid(number)).await;
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let mut seen = Vec::new();
    for reader in &mut readers {
        let mut events = Vec::new();
        while events.len() < 104 {
            events.extend(reader.events().await);
        }
        seen.push(events);
    }
    for (place, event) in seen[0].iter().enumerate() {
        assert_eq!(event.seq, Seq(place as u64 + 1));
    }
    assert!(seen.iter().all(|events| *events == seen[0]));
}

#[tokio::test]
async fn messages_have_their_limits() {
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let chars = "a".repeat(MESSAGE_CHARS);
    ada.send(cid(1), &chars).await;
    ada.acked(cid(1)).await;
    let bytes = "\u{6F22}".repeat(MESSAGE_BYTES / 3);
    ada.send(cid(2), &bytes).await;
    ada.acked(cid(2)).await;
    for (number, wrong, code) in [
        (3, chars + "a", RefusalCode::MessageTooLong),
        (4, bytes + "\u{6F22}", RefusalCode::MessageTooLong),
        (5, String::new(), RefusalCode::MessageEmpty),
        (6, " \n\u{200B}".to_owned(), RefusalCode::MessageEmpty),
        (7, "a\u{0}b".to_owned(), RefusalCode::MessageCharacters),
        (8, "a\u{202E}b".to_owned(), RefusalCode::MessageCharacters),
    ] {
        ada.send(cid(number), &wrong).await;
        let refused = ada.hear_first(|frame| match frame {
            ServerFrame::Refused { cid, refusal, .. } => Some((cid, refusal.code)),
            _ => None,
        });
        assert_eq!(refused.await, (Some(cid(number)), code));
    }
}

#[tokio::test]
async fn a_message_to_no_room_is_refused() {
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    ada.send_to(RoomId(99), cid(1), "anybody?").await;
    assert_eq!(ada.refused().await, RefusalCode::NoSuchRoom);
}

#[tokio::test]
async fn sending_makes_a_member() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let next = ada
        .does(&server, "/rooms", &[("do", "create"), ("name", "Quiet")])
        .await;
    assert_eq!(next, "/r/quiet");
    let mut bo = server.join("Bo").await.opens(&server).await;
    let quiet = bo
        .rooms
        .iter()
        .find(|one| one.room.slug.as_str() == "quiet");
    let quiet = quiet.unwrap();
    assert!(!quiet.member);
    bo.send_to(quiet.room.id, cid(1), "psst").await;
    let events = bo.events().await;
    assert_eq!(events[0].what, What::Joined);
    assert!(matches!(events[1].what, What::Message { .. }));
}

#[tokio::test]
async fn a_burst_of_messages_passes_and_one_more_waits() {
    let server = Server::with(|config| config.limits.sends = only(SENDS.burst)).await;
    let ada = server.join("Ada").await;
    let mut socket = ada.opens(&server).await;
    for number in 0..u64::from(SENDS.burst) {
        socket.send(cid(number), "words").await;
        socket.acked(cid(number)).await;
    }
    let mut other = ada.opens(&server).await;
    other.send(cid(99), "too fast").await;
    let refusal = other.hear_first(|frame| match frame {
        ServerFrame::Refused { cid, refusal, .. } => Some((cid, refusal)),
        _ => None,
    });
    let (refused, refusal) = refusal.await;
    assert_eq!(refused, Some(cid(99)));
    assert_eq!(refusal.code, RefusalCode::TooFast);
    assert!(refusal.retry_after_ms.unwrap() > 0);
    let mut bo = server.join("Bo").await.opens(&server).await;
    bo.send(cid(1), "not me").await;
    bo.acked(cid(1)).await;
}

#[tokio::test]
async fn an_acknowledged_message_is_on_the_next_page_of_history() {
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    ada.send(cid(1), "kept").await;
    let (seq, _) = ada.acked(cid(1)).await;
    let mut late = server.connect().await;
    let page = late.hello_at_end().await;
    assert_eq!(page.head, seq);
    ada.say(&ClientFrame::Ping).await;
}
