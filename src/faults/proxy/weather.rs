//! How a line is at a moment.

use crate::dice::Dice;
use std::time::Duration;

/// What becomes of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// They arrive.
    Open,
    /// They are not taken: whoever writes finds their buffer full after a while.
    Stalled,
    /// They are taken and never arrive, and neither does an end of the stream: a cable that
    /// was pulled, a laptop that was closed.
    Swallowed,
}

/// One direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    pub flow: Flow,
    /// Everything arrives so much later.
    pub delay: Duration,
    /// No more than so many bytes a second.
    pub rate: Option<u32>,
}

/// Both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weather {
    /// From the client to the server.
    pub up: Way,
    /// From the server to the client.
    pub down: Way,
}

impl Way {
    /// As if there were no proxy.
    pub const FAIR: Self = Self {
        flow: Flow::Open,
        delay: Duration::ZERO,
        rate: None,
    };

    /// Fair but for this.
    pub const fn with(flow: Flow) -> Self {
        Self { flow, ..Self::FAIR }
    }
}

impl Weather {
    /// As if there were no proxy.
    pub const FAIR: Self = Self {
        up: Way::FAIR,
        down: Way::FAIR,
    };

    /// The same both ways.
    pub const fn both(way: Way) -> Self {
        Self { up: way, down: way }
    }

    /// Up is fair: what the client says arrives, and it never hears so.
    pub const fn answers(flow: Flow) -> Self {
        Self {
            up: Way::FAIR,
            down: Way::with(flow),
        }
    }

    /// This in one direction or both, as the dice fall.
    pub fn only(dice: &mut Dice, flow: Flow) -> Self {
        let mut weather = Self::both(Way::with(flow));
        match dice.below(3) {
            0 => weather.up = Way::FAIR,
            1 => weather.down = Way::FAIR,
            _ => {}
        }
        weather
    }

    /// Everything comes so much later.
    pub const fn slow(delay: Duration) -> Self {
        Self::both(Way { delay, ..Way::FAIR })
    }

    /// So many bytes a second both ways.
    pub const fn narrow(rate: u32) -> Self {
        Self::both(Way {
            rate: Some(rate),
            ..Way::FAIR
        })
    }

    /// Whether something may be missing from the stream behind this.
    pub fn swallows(self) -> bool {
        [self.up, self.down]
            .iter()
            .any(|way| way.flow == Flow::Swallowed)
    }
}
