//! A WebSocket (RFC 6455) as a transport.

use super::transport::{Gone, Heard, Transport};
use crate::{protocol::limits::FRAME_BYTES, server::hub::Frame};
use axum::body::Bytes;
use futures_util::{Sink, SinkExt, StreamExt};
use std::{
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error, Message,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};

/// Enough for what people type; the library's default is thirty times more.
const READ_BUFFER: usize = 4 * 1024;
/// What has gathered goes out when it is this much, or when nothing more is waiting.
const WRITE_BUFFER: usize = 16 * 1024;
/// What a client that sent too much may still be sending is read and thrown away up to here:
/// closing before would reset the connection, and it would never read why.
const LINGER_BYTES: usize = 1024 * 1024;

/// A server's side of a WebSocket.
pub struct WebSocket<S>(WebSocketStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin + Send> WebSocket<S> {
    /// Speaks over a stream whose handshake is done.
    pub async fn new(stream: S) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_message_size(Some(FRAME_BYTES))
            .max_frame_size(Some(FRAME_BYTES));
        Self(WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await)
    }

    async fn linger(&mut self) {
        while let Some(Ok(_)) = self.0.next().await {}
        let mut thrown_away = 0;
        let mut buffer = [0; 1024];
        while let Ok(more @ 1..) = self.0.get_mut().read(&mut buffer).await {
            thrown_away += more;
            if thrown_away > LINGER_BYTES {
                break;
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Transport for WebSocket<S> {
    async fn receive(&mut self) -> Heard {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => Heard::Text(text),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Heard::Control,
            Some(Ok(Message::Binary(_))) => Heard::Wrong(1003, "text frames only"),
            Some(Err(Error::Capacity(_))) => Heard::Wrong(1009, "frame too large"),
            Some(Err(Error::Utf8(_))) => Heard::Wrong(1007, "not UTF-8"),
            Some(Err(Error::Protocol(_))) => Heard::Wrong(1002, "protocol error"),
            Some(Ok(Message::Close(_))) => {
                // The answer is written by the library; it only has to go out.
                let _ = self.0.flush().await;
                Heard::Gone
            }
            Some(Ok(Message::Frame(_)) | Err(_)) | None => Heard::Gone,
        }
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        Pin::new(&mut self.0).poll_ready(context).map_err(|_| Gone)
    }

    fn put(&mut self, frame: Frame) -> Result<(), Gone> {
        let message = Message::Text(frame.into_text());
        Pin::new(&mut self.0).start_send(message).map_err(|_| Gone)
    }

    fn put_ping(&mut self) -> Result<(), Gone> {
        let message = Message::Ping(Bytes::new());
        Pin::new(&mut self.0).start_send(message).map_err(|_| Gone)
    }

    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        Pin::new(&mut self.0).poll_flush(context).map_err(|_| Gone)
    }

    async fn close(&mut self, code: u16, reason: &'static str) {
        let close = CloseFrame {
            code: code.into(),
            reason: reason.into(),
        };
        if self.0.send(Message::Close(Some(close))).await.is_ok() {
            self.linger().await;
        }
    }
}
