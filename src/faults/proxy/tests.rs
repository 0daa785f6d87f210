//! The proxy does what its weather says.

use super::{Cut, Flow, Proxy, Way, Weather};
use crate::{
    address::{self, HOME},
    patience::soon,
};
use std::{io::ErrorKind, net::Ipv4Addr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout},
};

/// Long enough for anything on the loopback; what must not arrive is waited for this long.
const A_WHILE: Duration = Duration::from_millis(300);

/// A client's end and a server's end with a proxy between them.
struct Line {
    proxy: Proxy,
    from: Ipv4Addr,
    client: TcpStream,
    server: TcpStream,
}

impl Line {
    async fn new() -> Self {
        let listener = TcpListener::bind((HOME, 0)).await.unwrap();
        let proxy = Proxy::to(listener.local_addr().unwrap()).await;
        let from = address::fresh();
        let client = address::connect(from, proxy.addr).await.unwrap();
        let (server, peer) = soon("a connection", listener.accept()).await.unwrap();
        assert_eq!(peer.ip(), from, "it comes from where the client is");
        Self {
            proxy,
            from,
            client,
            server,
        }
    }
}

async fn arrives(from: &mut TcpStream, to: &mut TcpStream) -> bool {
    from.write_all(b"hello").await.unwrap();
    let mut read = [0; 5];
    matches!(timeout(A_WHILE, to.read_exact(&mut read)).await, Ok(Ok(_)) if read == *b"hello")
}

#[tokio::test]
async fn in_fair_weather_everything_arrives() {
    let mut line = Line::new().await;
    assert!(arrives(&mut line.client, &mut line.server).await);
    assert!(arrives(&mut line.server, &mut line.client).await);
    line.client.shutdown().await.unwrap();
    assert_eq!(
        soon("the end", line.server.read(&mut [0])).await.unwrap(),
        0
    );
    assert!(
        arrives(&mut line.server, &mut line.client).await,
        "half is open"
    );
}

#[tokio::test]
async fn what_is_swallowed_never_arrives_and_nobody_hears_of_it() {
    let mut line = Line::new().await;
    line.proxy.set(Weather::answers(Flow::Swallowed));
    assert!(arrives(&mut line.client, &mut line.server).await);
    assert!(!arrives(&mut line.server, &mut line.client).await);
    drop(line.server);
    let heard = timeout(A_WHILE, line.client.read(&mut [0])).await;
    assert!(heard.is_err(), "not even the end");
}

#[tokio::test]
async fn what_is_stalled_arrives_when_the_weather_is_fair_again() {
    let mut line = Line::new().await;
    let stalled = Weather::both(Way::with(Flow::Stalled));
    line.proxy.set_for(line.from, stalled);
    assert!(!arrives(&mut line.client, &mut line.server).await);
    line.proxy.set_for(line.from, Weather::FAIR);
    let mut read = [0; 5];
    soon("the rest", line.server.read_exact(&mut read))
        .await
        .unwrap();
    assert_eq!(read, *b"hello");
}

#[tokio::test]
async fn what_is_delayed_arrives_late_and_in_order() {
    let mut line = Line::new().await;
    let delay = Duration::from_millis(100);
    line.proxy.set(Weather::slow(delay));
    let began = Instant::now();
    assert!(arrives(&mut line.client, &mut line.server).await);
    assert!(began.elapsed() >= delay);
    line.client.write_all(b"one").await.unwrap();
    line.proxy.set(Weather::FAIR);
    line.client.write_all(b"two").await.unwrap();
    let mut read = [0; 6];
    soon("both", line.server.read_exact(&mut read))
        .await
        .unwrap();
    assert_eq!(read, *b"onetwo");
}

#[tokio::test]
async fn a_cut_is_an_end_or_an_error_at_both_sides() {
    let mut line = Line::new().await;
    line.proxy.cut_for(line.from, Cut::Fin);
    for side in [&mut line.client, &mut line.server] {
        assert_eq!(soon("the end", side.read(&mut [0])).await.unwrap(), 0);
    }
    let mut line = Line::new().await;
    line.proxy.cut(Cut::Rst);
    for side in [&mut line.client, &mut line.server] {
        let error = soon("the cut", side.read(&mut [0])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}
