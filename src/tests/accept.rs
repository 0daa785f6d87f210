//! Connections: each has one place, for as long as it is open, and none can be held by who
//! takes nothing.

use crate::harness::{Server, cid, soon, unlimited};
use hubbub::server::config::Config;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

const ASK: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n";
/// Connections for pages beside the sockets of one address.
const BESIDE: usize = 100;

/// Nothing ends a connection but what a test is about.
fn patient(config: &mut Config) {
    config.limits.header_within = Duration::from_secs(3_600);
    config.limits.write_within = Duration::from_secs(3_600);
}

/// A connection that was served once and stays open; nothing if it was turned away.
async fn connection(addr: SocketAddr) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    // A server without a place for it may be gone before we ask.
    stream.write_all(ASK).await.ok()?;
    let mut start = [0; 12];
    let read = soon("an answer or the end", stream.read_exact(&mut start));
    read.await.ok()?;
    assert_eq!(&start, b"HTTP/1.1 200");
    Some(stream)
}

#[tokio::test]
async fn a_socket_keeps_the_place_of_its_request() {
    let server = Server::with(|config| {
        patient(config);
        config.limits.connections_per_address = 1;
    })
    .await;
    let socket = server.visit().await;
    let mut others = Vec::new();
    for number in 0..BESIDE {
        let other = connection(server.addr).await;
        others.push(other.unwrap_or_else(|| panic!("no place for number {number}")));
    }
    assert!(connection(server.addr).await.is_none(), "one too many");
    drop(socket);
    soon("a free place", async {
        while connection(server.addr).await.is_none() {}
    })
    .await;
}

#[tokio::test]
async fn who_takes_nothing_of_an_answer_is_let_go() {
    let server = Server::with(|config| {
        patient(config);
        config.limits.write_within = Duration::from_millis(200);
    })
    .await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let mut stream = socket.connect(server.addr).await.unwrap();
    // One page after the other, until all buffers on the way are full. Then the server does
    // not even read the questions, and only its end ends our writing.
    let ask = b"GET /emoji.json HTTP/1.1\r\nhost: a\r\n\r\n";
    soon("the end of the connection", async {
        while stream.write_all(ask).await.is_ok() {}
    })
    .await;
}

#[tokio::test]
async fn who_reads_gets_pages_and_frames_however_short_the_patience() {
    let patience = Duration::from_millis(200);
    let server = Server::with_messages_and(50, |config| {
        config.limits.write_within = patience;
        config.limits.sends = unlimited();
    })
    .await;
    let page = server.get("/r/general").send().await;
    let length = page.header("content-length").unwrap();
    assert_eq!(length, page.body.len().to_string());
    let mut ada = server.join("Ada").await.opens(&server).await;
    let long = "x".repeat(7_000);
    let started = Instant::now();
    let mut sent = 0;
    while started.elapsed() < patience * 3 {
        ada.send(cid(sent), &long).await;
        assert_eq!(ada.message().await.len(), long.len());
        ada.acked(cid(sent)).await;
        sent += 1;
    }
}

#[tokio::test]
async fn what_waits_for_who_reads_nothing_has_a_limit() {
    let limit = 6_000_000;
    let server = Server::with(|config| {
        patient(config);
        config.limits.sends = unlimited();
        config.limits.unread_bytes_per_address = limit;
    })
    .await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    for number in 0..50 {
        ada.send(cid(number), &"&".repeat(8_000)).await;
        ada.acked(cid(number)).await;
    }
    let page = server.get("/r/general").send().await;
    assert!((limit / 2..limit).contains(&page.body.len()));
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let mut stalled = socket.connect(server.addr).await.unwrap();
    stalled
        .write_all(b"GET /r/general HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let mut start = [0; 12];
    let read = soon("the beginning of a page", stalled.read_exact(&mut start));
    read.await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 200");
    let refused = server.get("/r/general").send().await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), Some("5"));
    drop(stalled);
    soon("a page again", async {
        while server.get("/r/general").send().await.status != 200 {}
    })
    .await;
}
