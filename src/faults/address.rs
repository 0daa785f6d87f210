//! An address for everybody. Limits by address are part of what is tested, so they are left
//! as they are; a crowd comes from as many addresses as it has people. Linux answers for all
//! of 127.0.0.0/8 without being told.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};
use tokio::net::{TcpSocket, TcpStream};

/// Where servers and proxies listen.
pub const HOME: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A connection that is not there by then never will be.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A loopback address that nobody else in this process uses.
pub fn fresh() -> Ipv4Addr {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let [_, high, middle, low] = number.to_be_bytes();
    Ipv4Addr::new(127, 64 + high, middle, low)
}

/// Connects from one of these addresses.
pub async fn connect(from: Ipv4Addr, to: SocketAddr) -> std::io::Result<TcpStream> {
    connect_with(from, to, None).await
}

/// The same with a receive buffer of this size.
pub async fn connect_with(
    from: Ipv4Addr,
    to: SocketAddr,
    receive_buffer: Option<u32>,
) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    if let Some(bytes) = receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    let stream = tokio::time::timeout(CONNECT_WITHIN, socket.connect(to)).await??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A port to listen on again and again. Below those that the system gives to connections
/// going out: none of them may sit on it while the server is away.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Runs of this kit beside each other begin at different ports.
    let first = std::process::id() % 10_000;
    loop {
        let number = first + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = u16::try_from(12_000 + number % 18_000).expect("below 30,000");
        if std::net::TcpListener::bind((HOME, port)).is_ok() {
            return port;
        }
    }
}
