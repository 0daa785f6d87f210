//! What is measured.

mod browser;
mod cores;
mod fanout;
mod flight;
mod idle;
mod pages;
mod presence;
mod sends;
mod stalled;
mod start;
mod storm;
pub mod talkers;

use super::report::Report;

/// A name, what it measures, and how often: one that takes minutes has rounds of its own.
type Scenario = (&'static str, fn(&mut Report), usize);

/// In the order of the report.
pub const ALL: [Scenario; 13] = [
    ("room-of-1000", |report| fanout::one_room(report, 1_000), 1),
    ("room-of-4000", |report| fanout::one_room(report, 4_000), 1),
    ("room-of-9000", |report| fanout::one_room(report, 9_000), 1),
    ("rooms", fanout::many_rooms, 1),
    ("cores", cores::measure, 3),
    ("idle", idle::measure, 3),
    ("storm", storm::measure, 3),
    ("stalled", stalled::measure, 1),
    ("presence", presence::measure, 3),
    ("sends", sends::measure, 3),
    ("pages", pages::measure, 3),
    ("start", start::measure, 1),
    ("browser", browser::measure, 1),
];
