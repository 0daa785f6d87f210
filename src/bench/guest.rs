//! Somebody who comes in: until everything missed was told, in whatever order others do.

use super::wire::{self, Wire};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// Read at once: what a page of messages takes.
const BUFFER: usize = 16 * 1024;

/// How a refusal begins.
pub const REFUSED: &[u8] = br#"{"t":"refused"#;

/// One connection.
pub struct Guest {
    pub stream: TcpStream,
    wire: Wire,
}

impl Guest {
    /// Connects from an address of its own: limits by address are as in production. With a
    /// size, the kernel keeps hardly more than that for it.
    pub async fn connect(number: usize, to: SocketAddr, buffer: Option<u32>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        let [_, high, middle, low] = u32::try_from(number + 1).unwrap().to_be_bytes();
        let from = Ipv4Addr::new(127, 64 + high, middle, low);
        socket.bind((from, 0).into()).unwrap();
        if let Some(size) = buffer {
            socket.set_recv_buffer_size(size).unwrap();
        }
        let stream = socket.connect(to).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let wire = Wire::default();
        Self { stream, wire }
    }

    /// Becomes a WebSocket, with a cookie or without.
    pub async fn upgrade(&mut self, cookie: Option<&str>) {
        let host = self.stream.peer_addr().unwrap();
        let cookie = cookie.map_or(String::new(), |cookie| format!("cookie: {cookie}\r\n"));
        let request = format!(
            "GET /ws HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-protocol: hubbub.1\r\n{cookie}\r\n"
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        // Nothing comes behind the answer before somebody says `hello`.
        let mut answer = Vec::with_capacity(1_024);
        while !answer.ends_with(b"\r\n\r\n") {
            assert_ne!(self.stream.read_buf(&mut answer).await.unwrap(), 0);
        }
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    }

    /// Says something and waits for a frame of this kind; tells everything up to it.
    pub async fn ask(&mut self, text: &str, kind: &str, tell: impl FnMut(&[u8])) {
        self.ask_framed(&wire::text(text), kind, tell).await;
    }

    /// The same with a frame that is one already.
    pub async fn ask_framed(&mut self, frame: &[u8], kind: &str, mut tell: impl FnMut(&[u8])) {
        self.stream.write_all(frame).await.unwrap();
        let begin = format!(r#"{{"t":"{kind}""#);
        let mut buffer = vec![0; BUFFER];
        let mut came = false;
        while !came {
            let read = self.stream.read(&mut buffer).await.unwrap();
            assert_ne!(read, 0, "closed before {kind}");
            self.wire.feed(&buffer[..read], |text| {
                came |= text.starts_with(begin.as_bytes());
                assert!(
                    !text.starts_with(REFUSED),
                    "a load that is refused measures nothing"
                );
                tell(text);
            });
            if std::mem::take(&mut self.wire.asked) {
                self.stream.write_all(&wire::PONG).await.unwrap();
            }
        }
    }

    /// Opens a room as a page does that has shown nothing yet.
    pub async fn open(&mut self, room: &str, mut tell: impl FnMut(&[u8])) {
        let hello = r#"{"t":"hello","epoch":"","rooms":[]}"#;
        self.ask(hello, "resumed", &mut tell).await;
        let open = format!(r#"{{"t":"open","re":1,"room":"{room}"}}"#);
        self.ask(&open, "opened", tell).await;
    }
}
