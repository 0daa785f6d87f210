//! Connections that do nothing: what they cost while they are there.

use super::super::{
    child::Child,
    crowd::{Crowd, Door},
    ground::Ground,
    length::scaled,
    report::{Report, Row},
};
use std::time::Duration;

pub fn measure(report: &mut Report) {
    let (few, many) = scaled((10, 50), (1_000, 9_000));
    let ground = Ground::new(many, 0);
    let child = Child::hubbub(ground.folder);
    let door = Door::Hubbub(&ground.cookies, &ground.rooms);
    let mut crowd = Crowd::settled(few, child.addr, door);
    let memory = child.memory();
    crowd.gather(many, child.addr, door);
    crowd.settle();
    let grown = child.memory().saturating_sub(memory);
    report.add(Row {
        id: "P5",
        what: "memory of an idle connection, kB".to_owned(),
        figure: grown as f64 / 1_024.0 / (many - few) as f64,
        bound: Some(6.0),
        note: format!("from {few} to {many} people in one room"),
    });
    let cpu = child.cpu();
    let lasts = scaled(Duration::from_millis(500), Duration::from_secs(40));
    crowd.watch(lasts);
    let spent = (child.cpu() - cpu).as_secs_f64() / lasts.as_secs_f64() / many as f64;
    report.add(Row {
        id: "P6",
        what: "CPU of an idle connection, us/s".to_owned(),
        figure: spent * 1e6,
        bound: Some(2.0),
        note: "each is told every 20 s that the line is alive, and answers".to_owned(),
    });
}
