//! Who does not read is let go, disturbs nobody, and is whole again after a resume.

use crate::harness::{Server, cid, unlimited};
use hubbub::protocol::{CloseCode, ResumeAt, RoomId, Seq, ServerFrame};

/// Messages so large that a few hundred fill every buffer on the way.
const LARGE: usize = 7_000;

#[tokio::test]
async fn a_slow_reader_is_closed_and_whole_again_after_a_resume() {
    let server = Server::with(|config| {
        config.limits.sends = unlimited();
        config.limits.queue_frames = 16;
    })
    .await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let mut slow = server.visit().await;
    let mut healthy = server.visit().await;
    let large = "x".repeat(LARGE);
    let connected = server.app.hub.connections();
    let mut sent = 0;
    // Until every buffer on the way is full, whatever its size is here.
    while server.app.hub.connections() == connected {
        ada.send(cid(sent), &large).await;
        ada.acked(cid(sent)).await;
        assert_eq!(
            healthy.message().await.len(),
            LARGE,
            "others notice nothing"
        );
        sent += 1;
    }

    let mut last = Seq(0);
    let code = loop {
        match slow.frame_or_code().await {
            Ok(ServerFrame::Events { events, .. }) => last = follow(last, &events),
            Ok(_) => {}
            Err(code) => break code,
        }
    };
    assert_eq!(code, CloseCode::TooSlow.number());
    let head = server.visit().await.rooms[0].head;
    assert!(last < head, "it missed some");

    let mut whole = server.connect().await;
    let room = RoomId(1);
    let resume = vec![ResumeAt { room, last }];
    for frame in whole.hello(slow.epoch.clone(), resume).await {
        match frame {
            ServerFrame::Events { events, .. } => last = follow(last, &events),
            ServerFrame::Reset { snapshot } => last = snapshot.head,
            _ => {}
        }
    }
    assert_eq!(last, head);
}

/// The place behind these events, which must follow the last ones.
fn follow(mut last: Seq, events: &[hubbub::protocol::Event]) -> Seq {
    for event in events {
        assert!(last == Seq(0) || event.seq == last.next());
        last = event.seq;
    }
    last
}
