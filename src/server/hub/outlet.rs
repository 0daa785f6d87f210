//! A socket as a mailbox sees it.

use std::{fmt, hint::black_box};

/// Where frames can be put without asking the connection's task. Waking the task costs as
/// much again as the write itself.
pub trait Outlet: fmt::Debug + Send + Sync {
    /// Writes as much of these frames as can be written at once, and returns how many bytes
    /// that was. Whatever went wrong is for the task to find: then it was none.
    fn write_now(&self, frames: &[u8]) -> usize;

    /// Looks at what a write will look at first.
    fn warm(&self) {}
}

impl Outlet for tokio::net::TcpStream {
    fn write_now(&self, frames: &[u8]) -> usize {
        // Not through the runtime, which would ask first whether the socket was writable when it
        // looked last: that is a line of memory more for each reader. Whoever finds the socket
        // full is the connection's task, which waits as ever.
        socket2::SockRef::from(self).send(frames).unwrap_or(0)
    }

    fn warm(&self) {
        // Its number.
        black_box(socket2::SockRef::from(self));
    }
}

/// Takes everything, and remembers it.
#[cfg(test)]
#[derive(Debug, Default)]
pub(super) struct Ear(pub std::sync::Mutex<Vec<u8>>);

#[cfg(test)]
impl Outlet for Ear {
    fn write_now(&self, frames: &[u8]) -> usize {
        self.0
            .lock()
            .expect("nobody panics")
            .extend_from_slice(frames);
        frames.len()
    }
}
