//! The network between tabs and the server: frames wait on the way until the simulation
//! brings them, or loses them.

use crate::{
    protocol::ClientFrame,
    server::{
        connection::{Gone, Heard, Transport},
        hub::{Frame, Outlet},
        websocket::encoder,
    },
};
use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
};
use tokio::time::Instant;

/// One socket, seen from above.
pub(super) struct Link {
    pub tab: usize,
    wire: Arc<Mutex<Wire>>,
    /// The tab still listens.
    pub client_open: bool,
    /// Nothing comes through any more, and nobody is told.
    pub black_hole: bool,
    /// Nothing comes through until then: to the server, to the tab.
    pub stalled: [Option<Instant>; 2],
}

/// What comes to a tab.
#[derive(Clone, Debug)]
pub(super) enum Down {
    Text(String),
    Ping,
    /// The server closed it properly.
    Close(u16),
    /// It just ended.
    End,
}

/// Something that can come through now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

#[derive(Debug, Default)]
struct Wire {
    /// On the way to the server.
    up: VecDeque<Heard>,
    /// There, and not yet read.
    inbox: VecDeque<Heard>,
    /// On the way to the tab.
    down: VecDeque<Down>,
    /// The beginning of a frame whose end has not been written.
    begun: Vec<u8>,
    window: usize,
    /// The tab's side ended; the server learns of it behind what is on the way.
    client_ended: bool,
    /// The server knows that.
    gone: bool,
    /// The server's side ended.
    server_ended: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Wire {
    /// Takes bytes as a socket does, and sends on what is a whole frame.
    fn write(&mut self, bytes: &[u8]) {
        self.begun.extend_from_slice(bytes);
        while let Some(length) = encoder::length_of(&self.begun) {
            let frame: Vec<u8> = self.begun.drain(..length).collect();
            let text = encoder::text_of(&frame).to_owned();
            self.down.push_back(Down::Text(text));
        }
    }

    fn wake_all(&mut self) {
        for waker in [self.reader.take(), self.writer.take()]
            .into_iter()
            .flatten()
        {
            waker.wake();
        }
    }
}

impl Link {
    /// A new socket, and the server's end of it.
    pub fn new(tab: usize, window: usize) -> (Self, Socket) {
        let wire = Arc::new(Mutex::new(Wire {
            window,
            ..Wire::default()
        }));
        let link = Self {
            tab,
            wire: wire.clone(),
            client_open: true,
            black_hole: false,
            stalled: [None; 2],
        };
        (link, Socket(wire))
    }

    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.wire.lock().expect("nobody panics with it")
    }

    /// The tab says something.
    pub fn say(&self, frame: &ClientFrame) {
        let text = serde_json::to_string(frame).expect("frames are objects");
        self.wire().up.push_back(Heard::Text(text));
    }

    /// The browser answers a ping.
    pub fn pong(&self) {
        self.wire().up.push_back(Heard::Control);
    }

    /// Neither side has anything to do with it any more.
    pub fn is_over(&self) -> bool {
        !self.client_open && self.wire().server_ended
    }

    /// The server's side lives on though the tab's is over.
    pub fn is_half_open(&self) -> bool {
        let server_open = !self.wire().server_ended;
        // A line that swallows everything is no line, whatever its ends believe.
        let believed = self.black_hole && self.client_open;
        believed || (server_open && (self.black_hole || !self.client_open))
    }

    /// What could come through now.
    pub fn ways(&self, now: Instant) -> impl Iterator<Item = Way> {
        let wire = self.wire();
        let free =
            |stalled: Option<Instant>| !self.black_hole && stalled.is_none_or(|end| end <= now);
        let server_hears = !wire.server_ended && !wire.gone;
        let up = server_hears && (!wire.up.is_empty() || wire.client_ended);
        let down = self.client_open && (!wire.down.is_empty() || wire.server_ended);
        let up = (up && free(self.stalled[0])).then_some(Way::Up);
        let down = (down && free(self.stalled[1])).then_some(Way::Down);
        [up, down].into_iter().flatten()
    }

    /// Brings one thing to the server.
    pub fn bring_up(&self) {
        let mut wire = self.wire();
        match wire.up.pop_front() {
            Some(heard) => wire.inbox.push_back(heard),
            None => wire.gone = true,
        }
        if let Some(reader) = wire.reader.take() {
            reader.wake();
        }
        if wire.gone {
            wire.wake_all();
        }
    }

    /// Brings one thing to the tab.
    pub fn bring_down(&self) -> Down {
        let mut wire = self.wire();
        let down = wire.down.pop_front().unwrap_or(Down::End);
        if let Some(writer) = wire.writer.take() {
            writer.wake();
        }
        down
    }

    /// The tab's side ends; what it said last may still arrive.
    pub fn end_client(&mut self) {
        self.client_open = false;
        self.wire().client_ended = true;
    }

    /// What is on its way is lost, all but the first few frames of each direction.
    pub fn lose(&self, keep: [usize; 2]) {
        let mut wire = self.wire();
        wire.up.truncate(keep[0]);
        wire.down.truncate(keep[1]);
    }

    /// How much is on its way.
    pub fn on_the_way(&self) -> [usize; 2] {
        let wire = self.wire();
        [wire.up.len(), wire.down.len()]
    }

    /// The line is cut: both sides learn of it behind what still comes through.
    pub fn cut(&self) {
        let mut wire = self.wire();
        wire.client_ended = true;
        wire.down.push_back(Down::End);
    }
}

/// The server's end.
pub(super) struct Socket(Arc<Mutex<Wire>>);

impl Socket {
    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.0.lock().expect("nobody panics with it")
    }

    fn poll_room(&self, context: &Context<'_>) -> Poll<Result<(), Gone>> {
        let mut wire = self.wire();
        if wire.gone {
            return Poll::Ready(Err(Gone));
        }
        if wire.down.len() < wire.window {
            return Poll::Ready(Ok(()));
        }
        wire.writer = Some(context.waker().clone());
        Poll::Pending
    }

    fn put_down(&self, down: Down) -> Result<(), Gone> {
        let mut wire = self.wire();
        if wire.gone {
            return Err(Gone);
        }
        assert!(wire.begun.is_empty(), "{down:?} in the middle of a frame");
        wire.down.push_back(down);
        Ok(())
    }
}

impl Transport for Socket {
    async fn receive(&mut self) -> Heard {
        poll_fn(|context| {
            let mut wire = self.wire();
            if let Some(heard) = wire.inbox.pop_front() {
                return Poll::Ready(heard);
            }
            if wire.gone {
                return Poll::Ready(Heard::Gone);
            }
            wire.reader = Some(context.waker().clone());
            Poll::Pending
        })
        .await
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        self.poll_room(context)
    }

    fn put(&mut self, frame: Frame) -> Result<(), Gone> {
        let mut wire = self.wire();
        if wire.gone {
            return Err(Gone);
        }
        wire.write(frame.bytes());
        Ok(())
    }

    fn put_ping(&mut self) -> Result<(), Gone> {
        self.put_down(Down::Ping)
    }

    fn put_pong(&mut self, _: &[u8]) -> Result<(), Gone> {
        unreachable!("nobody here asks")
    }

    fn outlet(&self) -> Option<Arc<dyn Outlet>> {
        Some(Arc::new(Hole(self.0.clone())))
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        if self.wire().gone {
            return Poll::Ready(Err(Gone));
        }
        Poll::Ready(Ok(()))
    }

    async fn agree(&mut self, _: Option<u16>) {}

    async fn close(&mut self, code: u16, _: &'static str) {
        if self.put_down(Down::Close(code)).is_err() {
            return;
        }
        // Until the other side agrees.
        while !matches!(self.receive().await, Heard::Gone) {}
    }
}

/// Where the hub puts frames past the socket, as long as there is room.
#[derive(Debug)]
struct Hole(Arc<Mutex<Wire>>);

impl Outlet for Hole {
    fn write_now(&self, frames: &[u8]) -> usize {
        let mut wire = self.0.lock().expect("nobody panics with it");
        let room = wire.window.saturating_sub(wire.down.len());
        if wire.gone || wire.server_ended || room == 0 {
            return 0;
        }
        // The last place takes a part only, so that what is left of a frame is written by the
        // connection.
        let taken = if room == 1 {
            frames.len() / 2
        } else {
            frames.len()
        };
        wire.write(&frames[..taken]);
        taken
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.wire().server_ended = true;
    }
}
