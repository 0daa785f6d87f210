//! A crowd that comes in: how often everybody is told who is there.

use super::super::{
    child::Child,
    crowd::{Crowd, Door},
    ground::Ground,
    length::scaled,
    report::{Report, Row},
};
use std::time::{Duration, Instant};

pub fn measure(report: &mut Report) {
    let people = scaled(50, 9_000);
    let within = scaled(Duration::from_millis(500), Duration::from_secs(10));
    let ground = Ground::new(people, 0);
    let child = Child::hubbub(ground.folder);
    let door = Door::Hubbub(&ground.cookies, &ground.rooms);
    let mut crowd = Crowd::new();
    let began = Instant::now();
    for number in 1..=people {
        crowd.gather(number, child.addr, door);
        let next = within.mul_f64(number as f64 / people as f64);
        crowd.drain(next.saturating_sub(began.elapsed()));
    }
    let took = began.elapsed();
    crowd.idle(scaled(Duration::from_millis(500), Duration::from_secs(3)));
    report.add(Row {
        id: "P9",
        what: format!("{people} come in: frames / N^2, thousandths"),
        figure: crowd.frames as f64 / (people * people) as f64 * 1_000.0,
        bound: (people > 1_000).then_some(1.0),
        note: format!(
            "in {took:.1?}; {:.1} frames to each",
            crowd.frames as f64 / people as f64
        ),
    });
}
