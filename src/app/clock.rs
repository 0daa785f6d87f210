//! Times as people read them. The first render uses a fixed offset, the same on both
//! sides; after hydration the browser's own clock takes over.

use crate::{protocol::Millis, words};
use std::time::Duration;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen(js_namespace = hubbub)]
extern "C" {
    /// A moment as the browser's language has it, with the date or without
    /// (`public/kept/index.js`).
    fn written(at: f64, is_full: bool) -> String;
}

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Which clock times are shown by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The first render's.
    Fixed {
        /// Minutes ahead of UTC, whatever the season.
        offset: i32,
        /// When the page was made: says which day is today.
        now: Millis,
    },
    /// The browser's time zone and habits.
    Browser {
        /// Days since 1970 in local time.
        today: i64,
    },
}

impl Clock {
    /// The browser's clock as of now. It goes on to be right until [`until_tomorrow`].
    #[must_use]
    pub fn browser() -> Self {
        let now = browser_now();
        Self::Browser {
            today: local(now, browser_offset(now)).div_euclid(DAY),
        }
    }

    /// Minutes ahead of UTC at a moment.
    #[must_use]
    pub fn offset(self, at: Millis) -> i32 {
        match self {
            Self::Fixed { offset, .. } => offset,
            Self::Browser { .. } => browser_offset(at),
        }
    }

    /// "14:05", or as the browser's language has it.
    #[must_use]
    pub fn time(self, at: Millis) -> String {
        match self {
            Self::Fixed { offset, .. } => words::time(local(at, offset)),
            Self::Browser { .. } => written(js(at), false),
        }
    }

    /// The full date and time, for the title of a time.
    #[must_use]
    pub fn full(self, at: Millis) -> String {
        match self {
            Self::Fixed { offset, .. } => words::full(local(at, offset)),
            Self::Browser { .. } => written(js(at), true),
        }
    }

    /// "Today", "Yesterday" or the date.
    #[must_use]
    pub fn day(self, day: i64) -> String {
        let today = match self {
            Self::Fixed { offset, now } => local(now, offset).div_euclid(DAY),
            Self::Browser { today } => today,
        };
        words::day(day, today)
    }
}

/// For `<time datetime>`.
#[must_use]
pub fn iso(at: Millis) -> String {
    words::iso(at.0)
}

/// The browser's minutes ahead of UTC at a moment.
#[must_use]
pub fn browser_offset(at: Millis) -> i32 {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "an offset is within a day of minutes"
    )]
    let behind = date(at).get_timezone_offset() as i32;
    -behind
}

/// What time it is in the browser.
#[must_use]
pub fn browser_now() -> Millis {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "milliseconds since 1970 fit 53 bits"
    )]
    let now = js_sys::Date::now() as i64;
    Millis(now)
}

/// How long today still lasts in the browser.
#[must_use]
pub fn until_tomorrow() -> Duration {
    let now = browser_now();
    let gone = local(now, browser_offset(now)).rem_euclid(DAY);
    Duration::from_millis((DAY - gone).unsigned_abs())
}

fn local(at: Millis, minutes: i32) -> i64 {
    at.0 + i64::from(minutes) * 60_000
}

fn date(at: Millis) -> js_sys::Date {
    js_sys::Date::new(&JsValue::from_f64(js(at)))
}

#[allow(
    clippy::cast_precision_loss,
    reason = "milliseconds since 1970 fit 53 bits"
)]
fn js(at: Millis) -> f64 {
    at.0 as f64
}
