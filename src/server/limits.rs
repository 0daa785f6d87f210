//! The limits that a running server enforces, with the figures of [`crate::protocol::limits`].
//! Production always uses those; a test lowers one to stand at its edge without waiting.

use crate::protocol::limits::{self, Rate};
use std::time::Duration;

/// A client must have taken something of what we write within this. A socket has a patience
/// of its own, [`limits::HEARTBEAT_GIVE_UP`], and says why it closes: hence 5 s more.
pub const WRITE_WITHIN: Duration = Duration::from_secs(35);

/// So many bytes wait for clients at one address: pages from when they are made until they are
/// taken, frames where a socket takes no more. A page of fifty of the longest messages is 4 MB.
pub const UNREAD_BYTES_PER_ADDRESS: usize = 64 * 1024 * 1024;
/// The same, for all together.
pub const UNREAD_BYTES: usize = 256 * 1024 * 1024;
/// What the system keeps of what we write and has not sent: the rest waits here, and is counted.
pub const UNSENT_BYTES: u32 = 128 * 1024;

/// See the constants of the same names in [`crate::protocol::limits`] and here.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // Each is documented where its figure stands.
pub struct Limits {
    pub header_within: Duration,
    pub write_within: Duration,
    pub unread_bytes: usize,
    pub unread_bytes_per_address: usize,
    pub hello_within: Duration,
    pub heartbeat_give_up: Duration,
    pub presence_window: Duration,
    pub presence_window_crowd: Duration,
    pub presence_grace: Duration,
    pub online_listed: usize,
    pub queue_frames: usize,
    pub connections: usize,
    pub connections_per_session: usize,
    pub connections_per_address: usize,
    pub shutdown_within: Duration,
    pub sends: Rate,
    pub frames: Rate,
    pub frames_refused: Rate,
    pub joins: Rate,
    pub changes: Rate,
    pub rooms_made: Rate,
    pub requests: Rate,
    pub join_remembered: Duration,
    pub joins_remembered: usize,
}

impl Limits {
    /// How long a client is silent before it is asked: [`limits::HEARTBEAT_EVERY`].
    #[must_use]
    pub fn heartbeat_every(&self) -> Duration {
        let part = limits::HEARTBEAT_EVERY.div_duration_f64(limits::HEARTBEAT_GIVE_UP);
        self.heartbeat_give_up.mul_f64(part)
    }

    /// How exactly silence is measured: a second in production.
    #[must_use]
    pub fn heartbeat_grain(&self) -> Duration {
        self.heartbeat_give_up / 30
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_within: limits::HEADER_WITHIN,
            write_within: WRITE_WITHIN,
            unread_bytes: UNREAD_BYTES,
            unread_bytes_per_address: UNREAD_BYTES_PER_ADDRESS,
            hello_within: limits::HELLO_WITHIN,
            heartbeat_give_up: limits::HEARTBEAT_GIVE_UP,
            presence_window: limits::PRESENCE_WINDOW,
            presence_window_crowd: limits::PRESENCE_WINDOW_CROWD,
            presence_grace: limits::PRESENCE_GRACE,
            online_listed: limits::ONLINE_LISTED,
            queue_frames: limits::QUEUE_FRAMES,
            connections: limits::CONNECTIONS,
            connections_per_session: limits::CONNECTIONS_PER_SESSION,
            connections_per_address: limits::CONNECTIONS_PER_ADDRESS,
            shutdown_within: limits::SHUTDOWN_WITHIN,
            sends: limits::SENDS,
            frames: limits::FRAMES,
            frames_refused: limits::FRAMES_REFUSED,
            joins: limits::JOINS,
            changes: limits::CHANGES,
            rooms_made: limits::ROOMS_MADE,
            requests: limits::REQUESTS,
            join_remembered: limits::JOIN_REMEMBERED,
            joins_remembered: limits::JOINS_REMEMBERED,
        }
    }
}
