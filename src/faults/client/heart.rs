//! Notices a dead line: first asks, and gives up when no answer comes.

use hubbub::protocol::limits::{HEARTBEAT_GIVE_UP, HEARTBEAT_MISSED};
use tokio::time::Instant;

/// The heartbeat of one connection.
pub struct Heart {
    heard: Instant,
    /// Since when an answer is missing.
    pinged: Option<Instant>,
}

/// What to do now.
#[derive(Debug, PartialEq, Eq)]
pub enum Beat {
    Ping,
    Dead,
}

impl Heart {
    /// Of a new connection.
    pub fn new() -> Self {
        Self {
            heard: Instant::now(),
            pinged: None,
        }
    }

    /// A sign of life.
    pub fn heard(&mut self) {
        *self = Self::new();
    }

    /// When to look again.
    pub fn due(&self) -> Instant {
        match self.pinged {
            Some(pinged) => pinged + (HEARTBEAT_GIVE_UP - HEARTBEAT_MISSED),
            None => self.heard + HEARTBEAT_MISSED,
        }
    }

    /// Says what is due.
    pub fn beat(&mut self) -> Beat {
        if self.pinged.is_some() {
            return Beat::Dead;
        }
        self.pinged = Some(Instant::now());
        Beat::Ping
    }
}
