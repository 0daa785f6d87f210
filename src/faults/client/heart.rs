//! Notices a dead line: silence counts from a ping without an answer.

use crate::dice::Dice;
use hubbub::protocol::limits::{HEARTBEAT_EVERY, HEARTBEAT_GIVE_UP};
use tokio::time::Instant;

/// The heartbeat of one connection.
pub struct Heart {
    heard: Instant,
    pinged: Instant,
}

/// What to do now.
#[derive(Debug, PartialEq, Eq)]
pub enum Beat {
    Ping,
    Dead,
}

impl Heart {
    /// The first ping comes after a random part of the period.
    pub fn new(dice: &mut Dice) -> Self {
        let now = Instant::now();
        Self {
            heard: now,
            pinged: now.checked_sub(dice.up_to(HEARTBEAT_EVERY)).unwrap_or(now),
        }
    }

    /// A sign of life.
    pub fn heard(&mut self) {
        self.heard = Instant::now();
    }

    /// When to look again.
    pub fn due(&self) -> Instant {
        if self.pinged > self.heard {
            self.pinged + (HEARTBEAT_GIVE_UP - HEARTBEAT_EVERY)
        } else {
            self.pinged + HEARTBEAT_EVERY
        }
    }

    /// Says what is due.
    pub fn beat(&mut self) -> Beat {
        if self.pinged > self.heard {
            return Beat::Dead;
        }
        self.pinged = Instant::now();
        Beat::Ping
    }
}
