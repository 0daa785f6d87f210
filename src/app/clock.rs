//! Times as people read them. The first render uses a fixed offset, the same on both
//! sides; after hydration the browser's own clock takes over.

use crate::{protocol::Millis, words};
use std::{cell::RefCell, time::Duration};
use wasm_bindgen::JsValue;

thread_local! {
    /// How the browser writes a time and a full date. Making one costs as much as a hundred
    /// dates, and a page has as many.
    static FORMATS: RefCell<Option<Formats>> = const { RefCell::new(None) };
}

struct Formats {
    time: js_sys::Function,
    full: js_sys::Function,
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
        // Whoever travels has another time zone.
        FORMATS.set(None);
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
            Self::Browser { .. } => Formats::write(at, |formats| &formats.time),
        }
    }

    /// The full date and time, for the title of a time.
    #[must_use]
    pub fn full(self, at: Millis) -> String {
        match self {
            Self::Fixed { offset, .. } => words::full(local(at, offset)),
            Self::Browser { .. } => Formats::write(at, |formats| &formats.full),
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
    #[allow(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 fit 53 bits"
    )]
    js_sys::Date::new(&JsValue::from_f64(at.0 as f64))
}

impl Formats {
    fn new() -> Self {
        Self {
            time: format(&[("timeStyle", "short")]),
            full: format(&[("dateStyle", "full"), ("timeStyle", "short")]),
        }
    }

    fn write(at: Millis, of: impl Fn(&Self) -> &js_sys::Function) -> String {
        FORMATS.with_borrow_mut(|formats| {
            let format = of(formats.get_or_insert_with(Self::new));
            let written = format.call1(&JsValue::UNDEFINED, &date(at));
            // Fails for a moment beyond the calendar only.
            written
                .ok()
                .and_then(|text| text.as_string())
                .unwrap_or_default()
        })
    }
}

/// In the browser's language and time zone.
fn format(styles: &[(&str, &str)]) -> js_sys::Function {
    let options = js_sys::Object::new();
    for (key, style) in styles {
        // Setting a plain property of a fresh object cannot fail.
        let _ = js_sys::Reflect::set(&options, &(*key).into(), &(*style).into());
    }
    js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &options).format()
}
