//! How a client keeps time.

use crate::dice::Dice;
use hubbub::protocol::limits;
use std::time::Duration;

/// A client's own figures. The heartbeat is always the protocol's.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// The bound of the first wait before another try; doubled each time.
    pub reconnect_first: Duration,
    /// The largest bound.
    pub reconnect_max: Duration,
}

impl Manner {
    /// What the protocol asks of clients, for scenarios that measure how long it takes.
    pub const FAITHFUL: Self = Self {
        reconnect_first: limits::RECONNECT_FIRST,
        reconnect_max: limits::RECONNECT_MAX,
    };

    /// Five times as fast, and never slower than two seconds: the same rules, in scenarios
    /// whose faults come every few hundred milliseconds. Nothing else is scaled.
    const HURRIED: Self = Self {
        reconnect_first: Duration::from_millis(100),
        reconnect_max: Duration::from_secs(2),
    };

    /// How long to wait before another try: full jitter under a bound that doubles.
    pub fn pause(self, tries: u32, dice: &mut Dice) -> Duration {
        let bound = self.reconnect_first * 2_u32.saturating_pow(tries.min(10));
        dice.up_to(bound.min(self.reconnect_max))
    }
}

impl Default for Manner {
    fn default() -> Self {
        Self::HURRIED
    }
}
