//! What a second core is for where many are told: until all have been told and whoever spoke is
//! answered. Nobody reads meanwhile, so that the server has both cores for itself.

use super::{
    super::{
        child::Child,
        cores,
        crowd::{Crowd, Door},
        ground::{self, GENERAL, GENERAL_ID, Ground},
        guest::Guest,
        length::scaled,
        report::{Report, Row},
    },
    talkers::send,
};
use std::time::{Duration, Instant};

/// As many as one person may say at once.
const MESSAGES: u64 = 15;

pub fn measure(report: &mut Report) {
    let people = scaled(60, 4_000);
    let one = told_within(people, cores::take_servers);
    let both = told_within(people, cores::take_both);
    report.add(Row {
        id: "-",
        what: format!("{people} in a room: time until all are told, two cores / one"),
        figure: both.as_secs_f64() / one.as_secs_f64(),
        bound: None,
        note: format!("{both:.1?}, one core {one:.1?}"),
    });
}

/// The middle of some messages.
fn told_within(people: usize, take: fn()) -> Duration {
    let ground = Ground::new(people + 1, 0);
    let child = Child::hubbub_on(take, ground.folder);
    let door = Door::Hubbub(&ground.cookies, &ground.rooms);
    let mut crowd = Crowd::settled(people, child.addr, door);
    let mut took: Vec<_> = ground::runtime().block_on(async {
        let mut guest = Guest::connect(people, child.addr, None).await;
        guest.upgrade(Some(&ground.cookies[people])).await;
        guest.open(GENERAL, |_| ()).await;
        let mut took = Vec::new();
        for number in 0..MESSAGES {
            let said = send(number, GENERAL_ID.0, "Does everybody hear this?");
            let began = Instant::now();
            guest.ask_framed(&said, "ack", |_| ()).await;
            took.push(began.elapsed());
            crowd.watch(scaled(Duration::from_millis(5), Duration::from_millis(50)));
        }
        took
    });
    took.sort();
    took[took.len() / 2]
}
