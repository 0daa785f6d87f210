//! What a connection needs of a socket. A test gives it two queues, production a WebSocket;
//! a faster transport can take its place.

use crate::server::hub::{Frame, Outlet};
use std::{
    future::Future,
    sync::Arc,
    task::{Context, Poll},
};

/// What came from the other side.
#[derive(Debug)]
pub enum Heard {
    /// A text frame.
    Text(String),
    /// A sign of life of the transport's own.
    Control,
    /// A question for one: to be answered by [`Transport::put_pong`].
    Ping(Vec<u8>),
    /// Something that no client of ours sends, with the standard close code for it.
    Wrong(u16, &'static str),
    /// The other side ends it, for this reason.
    Closed(Option<u16>),
    /// Nothing will come any more.
    Gone,
}

/// The other side is not there any more.
#[derive(Debug)]
pub struct Gone;

/// One socket.
pub trait Transport: Send {
    /// The next thing the other side says. Cancel-safe.
    fn receive(&mut self) -> impl Future<Output = Heard> + Send;

    /// Ready when there is room for a frame.
    ///
    /// # Errors
    /// [`Gone`].
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Gone>>;

    /// Takes a frame, after [`Transport::poll_ready`].
    ///
    /// # Errors
    /// [`Gone`].
    fn put(&mut self, frame: Frame) -> Result<(), Gone>;

    /// Asks the other side for a sign of life, after [`Transport::poll_ready`]. A browser
    /// answers by itself, even where it lets a hidden page's timers run once a minute only.
    ///
    /// # Errors
    /// [`Gone`].
    fn put_ping(&mut self) -> Result<(), Gone>;

    /// Answers [`Heard::Ping`], after [`Transport::poll_ready`].
    ///
    /// # Errors
    /// [`Gone`].
    fn put_pong(&mut self, asked: &[u8]) -> Result<(), Gone>;

    /// Where frames can be put past this, while nobody puts one here.
    fn outlet(&self) -> Option<Arc<dyn Outlet>>;

    /// Ready when everything that was put is written.
    ///
    /// # Errors
    /// [`Gone`].
    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Gone>>;

    /// Writes what was put, says why it ends and waits for the other side to agree. Whoever
    /// calls sets a time limit.
    fn close(&mut self, code: u16, reason: &'static str) -> impl Future<Output = ()> + Send;

    /// Agrees with the other side, which ended it. Whoever calls sets a time limit.
    fn agree(&mut self, code: Option<u16>) -> impl Future<Output = ()> + Send;
}
