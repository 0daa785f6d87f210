//! What readers who stopped reading do to the others.

use super::{
    super::{
        child::Child,
        crowd::{Crowd, Door},
        ground::Ground,
        length::scaled,
        report::{Report, Row},
    },
    flight::{ROUNDS, even, fly, p99},
    talkers::Hubbub,
};
use std::time::Duration;

/// Letters of a message: many, so that what the kernel keeps for a stalled reader is full soon.
const LONG: usize = 3_000;

pub fn measure(report: &mut Report) {
    let mut rounds: Vec<_> = (0..ROUNDS)
        .map(|_| (late(0), late(scaled(1, 10))))
        .collect();
    rounds.sort_by(|one, other| ratio(one).total_cmp(&ratio(other)));
    let middle = rounds[ROUNDS / 2];
    report.add(Row {
        id: "P8",
        what: "p99 of the others with 1 % stalled / without".to_owned(),
        figure: ratio(&middle),
        bound: Some(1.1),
        note: format!(
            "{:.1?} / {:.1?}; {:.2} to {:.2}",
            middle.1,
            middle.0,
            ratio(&rounds[0]),
            ratio(&rounds[ROUNDS - 1])
        ),
    });
}

fn ratio((without, with): &(Duration, Duration)) -> f64 {
    with.as_secs_f64() / without.as_secs_f64()
}

/// How late a thousand hear, beside so many who do not read.
fn late(stalled: usize) -> Duration {
    let people = scaled(60, 1_000);
    let ground = Ground::new(people + stalled, 0);
    let child = Child::hubbub(ground.folder);
    let door = Door::Hubbub(&ground.cookies, &ground.rooms);
    let mut crowd = Crowd::new();
    crowd.gather(people, child.addr, door);
    crowd.stall(people + stalled, child.addr, door);
    crowd.settle();
    let (mut hubbub, mut said) = (Hubbub::new(people, LONG), 0);
    // Until nothing goes to them any more.
    fly(&mut crowd, &mut hubbub, people, 1, &child, &mut said);
    let rate = scaled(10.0, 100.0);
    p99(&even(&mut crowd, &mut hubbub, people, rate, &mut said))
}
