//! A plain WebSocket client.

use super::{server::GENERAL, soon};
use futures_util::{SinkExt, StreamExt};
use hubbub::protocol::{
    Cid, ClientFrame, CloseCode, Epoch, Event, Millis, Person, RefusalCode, ResumeAt, RoomId,
    RoomSnapshot, RoomSummary, SUBPROTOCOL, Seq, ServerFrame, Slug, What,
};
use std::net::SocketAddr;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

/// One socket.
pub struct Socket {
    inner: WebSocketStream<TcpStream>,
    pub epoch: Epoch,
    pub me: Option<Person>,
    pub rooms: Vec<RoomSummary>,
    /// How often it was told that nothing happened.
    pub beats: usize,
}

/// A name for an action, different for each number.
#[must_use]
pub fn cid(number: u64) -> Cid {
    let mut bits = [7; 16];
    bits[..8].copy_from_slice(&number.to_be_bytes());
    Cid(bits)
}

impl Socket {
    /// Opens a socket with these headers besides the usual ones.
    pub async fn open(
        addr: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, tungstenite::Error> {
        let mut with_version = vec![("sec-websocket-protocol", SUBPROTOCOL)];
        with_version.extend(headers);
        Self::open_with(addr, &with_version).await
    }

    /// Opens a socket with exactly these headers besides the handshake's own.
    pub async fn open_with(
        addr: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, tungstenite::Error> {
        let mut request = format!("ws://{addr}/ws").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = TcpStream::connect(addr).await?;
        let (inner, _) = soon("a handshake", client_async(request, stream)).await?;
        Ok(Self {
            inner,
            epoch: Epoch(String::new()),
            me: None,
            rooms: Vec::new(),
            beats: 0,
        })
    }

    pub async fn say(&mut self, frame: &ClientFrame) {
        self.say_text(&serde_json::to_string(frame).unwrap()).await;
    }

    pub async fn say_text(&mut self, text: &str) {
        self.say_message(Message::text(text)).await;
    }

    /// What a server that closes meanwhile does not read is no failure of ours.
    pub async fn say_message(&mut self, message: Message) {
        let _ = self.inner.send(message).await;
    }

    /// The next frame.
    pub async fn hear(&mut self) -> ServerFrame {
        match self.next().await {
            Ok(frame) => frame,
            Err(code) => panic!("closed with {code} instead of a frame"),
        }
    }

    /// The first frame that fits, past others.
    pub async fn hear_first<T>(&mut self, fits: impl Fn(ServerFrame) -> Option<T>) -> T {
        loop {
            if let Some(found) = fits(self.hear().await) {
                return found;
            }
        }
    }

    /// Reads on until the server closes; returns the number it closes with.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// Expects the socket to be closed with this code.
    pub async fn is_closed_with(&mut self, code: CloseCode) {
        assert_eq!(self.closed().await, code.number(), "{code:?}");
    }

    /// The next frame, or the number that the server closes with.
    pub async fn frame_or_code(&mut self) -> Result<ServerFrame, u16> {
        self.next().await
    }

    /// The next frame; nothing when the server closes.
    pub async fn hear_or_close(&mut self) -> Option<ServerFrame> {
        self.next().await.ok()
    }

    async fn next(&mut self) -> Result<ServerFrame, u16> {
        loop {
            match soon("a frame or a close", self.inner.next()).await {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text).unwrap() {
                    ServerFrame::Beat => self.beats += 1,
                    frame => return Ok(frame),
                },
                Some(Ok(Message::Close(Some(close)))) => return Err(close.code.into()),
                Some(Ok(Message::Close(None))) => return Err(1005),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// Says hello and hears everything up to `resumed`.
    pub async fn hello(&mut self, epoch: Epoch, rooms: Vec<ResumeAt>) -> Vec<ServerFrame> {
        self.say(&ClientFrame::Hello { epoch, rooms }).await;
        match self.hear().await {
            ServerFrame::Welcome { epoch, me, rooms } => {
                (self.epoch, self.me, self.rooms) = (epoch, me, rooms);
            }
            other => panic!("not welcome: {other:?}"),
        }
        let mut heard = Vec::new();
        loop {
            match self.hear().await {
                ServerFrame::Resumed => return heard,
                other => heard.push(other),
            }
        }
    }

    /// Follows the default room from its end. The epoch is not known yet, so that the
    /// answer is the newest page.
    pub async fn hello_at_end(&mut self) -> RoomSnapshot {
        let at = ResumeAt {
            room: GENERAL,
            last: Seq(0),
        };
        let heard = self.hello(Epoch("none".to_owned()), vec![at]).await;
        let reset = heard.into_iter().find_map(|frame| match frame {
            ServerFrame::Reset { snapshot } => Some(*snapshot),
            _ => None,
        });
        reset.unwrap()
    }

    pub async fn send(&mut self, cid: Cid, body: &str) {
        self.send_to(GENERAL, cid, body).await;
    }

    pub async fn send_to(&mut self, room: RoomId, cid: Cid, body: &str) {
        let body = body.to_owned();
        self.say(&ClientFrame::Send { cid, room, body }).await;
    }

    /// The acknowledgement of a send, past other frames.
    pub async fn acked(&mut self, wanted: Cid) -> (Seq, Millis) {
        self.hear_first(|frame| match frame {
            ServerFrame::Ack { cid, seq, at, .. } if cid == wanted => Some((seq, at)),
            ServerFrame::Refused { refusal, .. } => panic!("{refusal:?}"),
            _ => None,
        })
        .await
    }

    /// The code of the next refusal, past other frames.
    pub async fn refused(&mut self) -> RefusalCode {
        self.hear_first(|frame| match frame {
            ServerFrame::Refused { refusal, .. } => Some(refusal.code),
            _ => None,
        })
        .await
    }

    /// The next events, past other frames.
    pub async fn events(&mut self) -> Vec<Event> {
        self.hear_first(|frame| match frame {
            ServerFrame::Events { events, .. } => Some(events),
            _ => None,
        })
        .await
    }

    /// The text of the next message, past other events and frames.
    pub async fn message(&mut self) -> String {
        loop {
            for event in self.events().await {
                if let What::Message(message) = event.what {
                    return message.text;
                }
            }
        }
    }

    /// Opens a room.
    pub async fn opens(&mut self, slug: &str) -> RoomSnapshot {
        let room = Slug::parse(slug).unwrap();
        self.say(&ClientFrame::Open { re: 77, room }).await;
        self.hear_first(|frame| match frame {
            ServerFrame::Opened { re: 77, snapshot } => Some(*snapshot),
            ServerFrame::Refused { refusal, .. } => panic!("{refusal:?}"),
            _ => None,
        })
        .await
    }

    /// Everything that the server has said until it answers a `ping` of now.
    pub async fn heard_until_now(&mut self) -> Vec<ServerFrame> {
        self.say(&ClientFrame::Ping).await;
        let mut heard = Vec::new();
        loop {
            match self.hear().await {
                ServerFrame::Pong => return heard,
                other => heard.push(other),
            }
        }
    }

    /// The stream below, for a client that behaves badly.
    pub fn stream(&mut self) -> &mut TcpStream {
        self.inner.get_mut()
    }
}
