//! A WebSocket as a transport.
//!
//! It owns the socket as it is, so that the hub can write to it without asking; encryption is
//! a reverse proxy's.

use super::transport::{Gone, Heard, Transport};
use crate::{
    protocol::limits::FRAME_BYTES,
    server::{
        hub::{Frame, Outlet},
        unread::{Held, TooMuch},
        websocket::{
            decoder::{Decoder, Piece},
            encoder,
        },
    },
};
use std::{
    future::poll_fn,
    io,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::net::TcpStream;

/// Read at once. It is on the stack: a connection that says nothing has no buffer.
const READ_BYTES: usize = 4 * 1024;
/// What has gathered goes out when it is this much, or when nothing more is waiting.
const WRITE_BYTES: usize = 16 * 1024;
/// What a client that sent too much may still be sending is read and thrown away up to here:
/// closing before would reset the connection, and it would never read why.
const LINGER_BYTES: usize = 1024 * 1024;

/// A server's side of a WebSocket.
pub struct WebSocket {
    /// Whole, not in halves: the way of the hub to the socket is as short as can be.
    stream: Arc<TcpStream>,
    decoder: Decoder,
    /// Put and not yet written; nothing at all most of the time.
    out: Vec<u8>,
    /// How much of it is written.
    written: usize,
    /// What of it waits for a client who takes it slowly; seldom anything.
    unread: Box<Held>,
}

impl WebSocket {
    /// Speaks over a stream whose handshake is done, and of which so much was read already.
    pub fn new(stream: TcpStream, read: &[u8], unread: Held) -> Self {
        let mut decoder = Decoder::new(FRAME_BYTES);
        decoder.feed(read);
        Self {
            stream: Arc::new(stream),
            decoder,
            out: Vec::new(),
            written: 0,
            unread: Box::new(unread),
        }
    }

    fn poll_receive(&mut self, context: &mut Context<'_>) -> Poll<Heard> {
        loop {
            match self.decoder.piece() {
                Ok(Some(piece)) => return Poll::Ready(heard(piece)),
                Ok(None) => {}
                Err(wrong) => {
                    let (code, reason) = wrong.close();
                    return Poll::Ready(Heard::Wrong(code, reason));
                }
            }
            if ready!(self.stream.poll_read_ready(context)).is_err() {
                return Poll::Ready(Heard::Gone);
            }
            // Where it was all that was there, the next look costs a call that finds nothing: what
            // would save it, tokio does for streams that one task alone reads and writes.
            let mut bytes = [0; READ_BYTES];
            match self.stream.try_read(&mut bytes) {
                Ok(read @ 1..) => self.decoder.feed(&bytes[..read]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                _ => return Poll::Ready(Heard::Gone),
            }
        }
    }

    async fn flush(&mut self) -> Result<(), Gone> {
        poll_fn(|context| self.poll_flush(context)).await
    }

    /// Until the other side agrees, or has said too much that nobody wants to hear.
    async fn linger(&mut self) {
        let mut thrown_away = 0;
        let mut is_readable = true;
        let mut bytes = [0; 1024];
        while thrown_away < LINGER_BYTES {
            while is_readable {
                match self.decoder.piece() {
                    Ok(Some(Piece::Close(_))) => return,
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(_) => is_readable = false,
                }
            }
            match self.stream.try_read(&mut bytes) {
                Ok(read @ 1..) => {
                    thrown_away += read;
                    if is_readable {
                        self.decoder.feed(&bytes[..read]);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.stream.readable().await.is_err() {
                        return;
                    }
                }
                Ok(0) | Err(_) => return,
            }
        }
    }
}

fn heard(piece: Piece) -> Heard {
    match piece {
        Piece::Text(text) => Heard::Text(text),
        Piece::Binary(_) => Heard::Wrong(1003, "text frames only"),
        Piece::Ping(asked) => Heard::Ping(asked),
        Piece::Pong => Heard::Control,
        Piece::Close(code) => Heard::Closed(code),
    }
}

impl Transport for WebSocket {
    async fn receive(&mut self) -> Heard {
        poll_fn(|context| self.poll_receive(context)).await
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        if self.out.len() < WRITE_BYTES {
            return Poll::Ready(Ok(()));
        }
        self.poll_flush(context)
    }

    fn put(&mut self, frame: Frame) -> Result<(), Gone> {
        self.out.extend_from_slice(frame.bytes());
        Ok(())
    }

    fn put_ping(&mut self) -> Result<(), Gone> {
        self.out.extend_from_slice(&encoder::ping());
        Ok(())
    }

    fn put_pong(&mut self, asked: &[u8]) -> Result<(), Gone> {
        self.out.extend_from_slice(&encoder::pong(asked));
        Ok(())
    }

    fn outlet(&self) -> Option<Arc<dyn Outlet>> {
        Some(self.stream.clone())
    }

    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        while self.written < self.out.len() {
            match self.stream.try_write(&self.out[self.written..]) {
                Ok(written) => self.written += written,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.unread.set(self.out.capacity()).map_err(|TooMuch| {
                        super::count_close("unread");
                        Gone
                    })?;
                    ready!(self.stream.poll_write_ready(context)).map_err(|_| Gone)?;
                }
                Err(_) => return Poll::Ready(Err(Gone)),
            }
        }
        self.unread.release();
        self.written = 0;
        // The memory, too: most connections say nothing for minutes.
        self.out = Vec::new();
        Poll::Ready(Ok(()))
    }

    async fn close(&mut self, code: u16, reason: &'static str) {
        let close = encoder::close(Some((code, reason)));
        self.out.extend_from_slice(&close);
        if self.flush().await.is_ok() {
            self.linger().await;
        }
    }

    async fn agree(&mut self, code: Option<u16>) {
        let close = encoder::close(code.map(|code| (code, "")));
        self.out.extend_from_slice(&close);
        let _ = self.flush().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        protocol::{RefusalCode, ServerFrame},
        server::unread::Unread,
    };
    use std::net::{IpAddr, Ipv4Addr};
    use tokio::net::{TcpListener, TcpSocket};

    /// Larger than all buffers on the way.
    const LARGE: usize = 16 * 1024 * 1024;

    /// What becomes of a large frame for a client who does not read, where so much may wait.
    async fn written(may_wait: usize) -> Poll<Result<(), Gone>> {
        let address = (Ipv4Addr::LOCALHOST, 0);
        let listener = TcpListener::bind(address).await.unwrap();
        let client = TcpSocket::new_v4().unwrap();
        client.set_recv_buffer_size(4 * 1024).unwrap();
        let connected = client.connect(listener.local_addr().unwrap());
        let (_client, accepted) = tokio::join!(connected, listener.accept());
        let unread = Unread::new(LARGE * 2, may_wait).at(IpAddr::from(Ipv4Addr::LOCALHOST));
        let mut socket = WebSocket::new(accepted.unwrap().0, &[], unread);
        let mut refusal = crate::protocol::Refusal::from(RefusalCode::Internal);
        refusal.message = "a".repeat(LARGE);
        let (re, cid) = (None, None);
        socket
            .put(Frame::encode(&ServerFrame::Refused { re, cid, refusal }))
            .unwrap();
        poll_fn(|context| Poll::Ready(socket.poll_flush(context))).await
    }

    #[tokio::test]
    async fn a_client_who_reads_nothing_is_let_go_when_too_much_waits() {
        assert!(written(LARGE * 2).await.is_pending());
        assert!(matches!(written(LARGE).await, Poll::Ready(Err(Gone))));
    }
}
