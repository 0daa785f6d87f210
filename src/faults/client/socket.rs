//! One WebSocket: frames out, frames in.

use crate::address;
use futures_util::{SinkExt, StreamExt};
use hubbub::protocol::{ClientFrame, SUBPROTOCOL, ServerFrame};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        protocol::{CloseFrame, WebSocketConfig},
    },
};

/// A socket that has not opened by then is given up.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// A frame that could not be written by then never will be.
const WRITE_WITHIN: Duration = Duration::from_secs(30);
/// A crowd of sockets with the library's buffers would not fit into memory.
const READ_BUFFER: usize = 4 * 1024;
/// What is reported when a line was cut without a close.
pub const CUT: u16 = 1006;

/// From where to where, and as whom.
#[derive(Clone, Debug)]
pub struct Entrance {
    pub from: Ipv4Addr,
    pub to: SocketAddr,
    /// Nothing for a visitor.
    pub cookie: Option<String>,
    /// How much the system takes for a reader that does not read; its own choice otherwise.
    pub receive_buffer: Option<u32>,
}

/// A socket that has opened.
pub struct Socket(WebSocketStream<TcpStream>);

/// Why a socket did not open.
#[derive(Debug)]
pub struct Unopened;

impl Entrance {
    /// A visitor's, from an address that nobody else has.
    pub fn visitor(to: SocketAddr) -> Self {
        Self {
            from: address::fresh(),
            to,
            cookie: None,
            receive_buffer: None,
        }
    }
}

impl Socket {
    /// Opens one.
    pub async fn open(entrance: &Entrance) -> Result<Self, Unopened> {
        let opened = timeout(OPEN_WITHIN, Self::open_within(entrance));
        opened.await.map_err(|_| Unopened)?
    }

    async fn open_within(entrance: &Entrance) -> Result<Self, Unopened> {
        let to = entrance.to;
        let stream = address::connect_with(entrance.from, to, entrance.receive_buffer);
        let stream = stream.await.map_err(|_| Unopened)?;
        let mut request = format!("ws://{to}/ws")
            .into_client_request()
            .expect("an address makes a request");
        let mut set = |name, value: &str| {
            let value = value.parse().expect("printable");
            request.headers_mut().insert(name, value);
        };
        set("sec-websocket-protocol", SUBPROTOCOL);
        if let Some(cookie) = &entrance.cookie {
            set("cookie", cookie);
        }
        let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER);
        let opened = client_async_with_config(request, stream, Some(config)).await;
        opened.map(|(socket, _)| Self(socket)).map_err(|_| Unopened)
    }

    /// Says something; whether it could be written.
    pub async fn say(&mut self, frame: &ClientFrame) -> bool {
        let text = serde_json::to_string(frame).expect("frames have string keys only");
        let written = timeout(WRITE_WITHIN, self.0.send(Message::text(text)));
        matches!(written.await, Ok(Ok(())))
    }

    /// The next text, or the number that the socket was closed with. Cancel-safe.
    pub async fn text(&mut self) -> Result<String, u16> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Ok(text.to_string()),
                Some(Ok(Message::Close(Some(CloseFrame { code, .. })))) => return Err(code.into()),
                Some(Ok(_)) => {}
                Some(Err(Error::ConnectionClosed | _)) | None => return Err(CUT),
            }
        }
    }

    /// The next frame. Cancel-safe.
    pub async fn hear(&mut self) -> Result<ServerFrame, u16> {
        self.text().await.map(|text| ServerFrame::heard(&text))
    }
}
