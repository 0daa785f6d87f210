//! Whether anybody is still at the other end of the line.

use crate::protocol::limits;
use leptos::prelude::window;
use std::time::Duration;

/// How often silence and the heartbeat are looked at.
pub(super) const TICK: Duration = Duration::from_secs(5);

/// Notices a dead line: first asks, and gives up when no answer comes. A hidden tab's timers
/// may run once a minute only, so that counts from the asking. The clock may jump, either way.
pub(super) struct Heart {
    heard: f64,
    /// Since when an answer is missing.
    pinged: Option<f64>,
}

pub(super) enum Beat {
    Quiet,
    Ping,
    Dead,
}

impl Heart {
    pub(super) fn new() -> Self {
        Self {
            heard: js_sys::Date::now(),
            pinged: None,
        }
    }

    pub(super) fn heard(&mut self) {
        self.heard = js_sys::Date::now();
        self.pinged = None;
    }

    pub(super) fn beat(&mut self) -> Beat {
        let now = js_sys::Date::now();
        let is_over = |since: f64, time| (now - since).abs() >= millis(time);
        // A server on this very machine is there without a network: one look asks, the next
        // one knows.
        let (silence, grace) = if is_offline() {
            (Duration::ZERO, TICK / 2)
        } else {
            let grace = limits::HEARTBEAT_GIVE_UP - limits::HEARTBEAT_MISSED;
            (limits::HEARTBEAT_MISSED, grace)
        };
        match self.pinged {
            Some(pinged) if is_over(pinged, grace) => Beat::Dead,
            None if is_over(self.heard, silence) => {
                self.pinged = Some(now);
                Beat::Ping
            }
            _ => Beat::Quiet,
        }
    }
}

/// Whether the device says that it has no network.
pub(super) fn is_offline() -> bool {
    !window().navigator().on_line()
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
