//! A server that goes away says so, keeps what it accepted, and is gone in five seconds.

use crate::harness::{Server, cid, soon, unlimited};
use hubbub::{
    protocol::{CloseCode, ServerFrame, limits::SHUTDOWN_WITHIN},
    server::{App, config::Config, router::router},
};
use tokio::io::AsyncReadExt;
use tower::ServiceExt;

#[tokio::test]
async fn everybody_is_told_goodbye() {
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let mut visitor = server.visit().await;
    let mut silent = server.connect().await;
    let stopping = tokio::spawn(server.stop());
    for socket in [&mut ada, &mut visitor] {
        let after = socket.hear_first(|frame| match frame {
            ServerFrame::Goodbye { after_ms } => Some(after_ms),
            _ => None,
        });
        assert!(after.await > 0);
        socket.is_closed_with(CloseCode::GoingAway).await;
    }
    silent.is_closed_with(CloseCode::GoingAway).await;
    assert!(stopping.await.unwrap() < SHUTDOWN_WITHIN);
}

#[tokio::test]
async fn a_server_without_guests_is_gone_at_once() {
    let server = Server::start().await;
    server.visit().await.heard_until_now().await;
    assert!(server.stop().await < SHUTDOWN_WITHIN / 2);
}

#[tokio::test]
async fn nobody_can_hold_the_server_back() {
    let server = Server::start().await;
    // Somebody who never answers a close, and a request that never ends.
    let mut stubborn = server.visit().await;
    let mut slow = tokio::net::TcpStream::connect(server.addr).await.unwrap();
    let start = b"POST /me HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\ndo=";
    tokio::io::AsyncWriteExt::write_all(&mut slow, start)
        .await
        .unwrap();
    assert!(server.stop().await < SHUTDOWN_WITHIN);
    let mut rest = Vec::new();
    let _ = soon("the end", slow.read_to_end(&mut rest)).await;
    let _ = stubborn.stream();
}

#[tokio::test]
async fn what_was_acknowledged_while_the_server_stopped_is_kept() {
    let mut server = Server::with(|config| config.limits.sends = unlimited()).await;
    let ada = server.join("Ada").await;
    let mut socket = ada.opens(&server).await;
    for number in 0..100 {
        socket.send(cid(number), &number.to_string()).await;
    }
    let mut acked = Vec::new();
    while acked.is_empty() {
        if let ServerFrame::Ack { seq, .. } = socket.hear().await {
            acked.push(seq);
        }
    }
    server.begin_to_stop();
    while let Some(frame) = socket.hear_or_close().await {
        if let ServerFrame::Ack { seq, .. } = frame {
            acked.push(seq);
        }
    }
    let server = server.restart().await;
    let mut reader = server.connect().await;
    let page = reader.hello_at_end().await;
    let kept = page.head.0 - 1;
    assert!(kept >= acked.len() as u64, "{kept} of {}", acked.len());
    let seqs: Vec<_> = page.events.iter().map(|event| event.seq).collect();
    for seq in acked.iter().filter(|seq| **seq >= seqs[0]) {
        assert!(seqs.contains(seq));
    }
}

#[tokio::test]
async fn pages_asked_for_meanwhile_say_that_we_will_be_back() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut config = <Config as clap::Parser>::parse_from(["hubbub"]);
    config.data = folder.path().to_owned();
    let app = App::open(config).await.unwrap();
    let router = router(app.clone());
    app.stop();
    for (path, status) in [("/r/general", 503), ("/ws", 503), ("/healthz", 200)] {
        let ask = axum::http::Request::get(path).body(axum::body::Body::empty());
        let answer = router.clone().oneshot(ask.unwrap()).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        if status == 503 {
            assert_eq!(answer.headers()["retry-after"], "5");
            assert_eq!(answer.headers()["cache-control"], "no-store");
        }
    }
    app.store.close().await;
}
