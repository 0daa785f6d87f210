//! What is measured.

mod fanout;
mod flight;
mod idle;
mod pages;
mod presence;
mod sends;
mod stalled;
mod start;
mod storm;
mod talkers;

use super::report::Report;

/// A name, and what it measures.
type Scenario = (&'static str, fn(&mut Report));

/// In the order of the report.
pub const ALL: [Scenario; 11] = [
    ("room-of-1000", |report| fanout::one_room(report, 1_000)),
    ("room-of-4000", |report| fanout::one_room(report, 4_000)),
    ("room-of-9000", |report| fanout::one_room(report, 9_000)),
    ("rooms", fanout::many_rooms),
    ("idle", idle::measure),
    ("storm", storm::measure),
    ("stalled", stalled::measure),
    ("presence", presence::measure),
    ("sends", sends::measure),
    ("pages", pages::measure),
    ("start", start::measure),
];
