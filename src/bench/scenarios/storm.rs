//! Everybody comes back at the same moment, with a session, and was told nothing for a while.

use super::super::{
    child::Child,
    cores,
    ground::{GENERAL_ID, Ground, runtime},
    guest::Guest,
    length::scaled,
    report::{Report, Row},
};
use memchr::memmem;
use std::time::Instant;
use tokio::task::JoinSet;

/// Messages that each of them missed.
const MISSED: usize = 50;

pub fn measure(report: &mut Report) {
    let people = scaled(50, 9_000);
    let ground = Ground::new(people, 4 * MISSED);
    let child = Child::hubbub(ground.folder);
    let (to, room) = (child.addr, GENERAL_ID.0);
    let epoch = ground.epoch.0;
    let (began, cpu, load) = (Instant::now(), child.cpu(), cores::own_cpu());
    let told: usize = runtime().block_on(async {
        let mut coming = JoinSet::new();
        for (number, cookie) in ground.cookies.into_iter().enumerate() {
            let last = 3 * MISSED;
            let hello = format!(
                r#"{{"t":"hello","epoch":"{epoch}","rooms":[{{"room":{room},"last":{last}}}]}}"#
            );
            coming.spawn(async move {
                let mut guest = Guest::connect(number, to, None).await;
                guest.upgrade(Some(&cookie)).await;
                let mut told = 0;
                let count = |text: &[u8]| {
                    told += memmem::find_iter(text, br#""kind":"message""#).count();
                };
                guest.ask(&hello, "resumed", count).await;
                // Nobody goes before all are there.
                (told, guest)
            });
        }
        coming.join_all().await.iter().map(|(told, _)| told).sum()
    });
    let took = began.elapsed().as_secs_f64();
    assert_eq!(told, people * MISSED, "each was told what they missed");
    report.add(Row {
        id: "P7",
        what: format!("{people} reconnect and resume {MISSED} messages each, s"),
        figure: took,
        bound: Some(4.0),
        note: format!(
            "{:.0} us of CPU each; load took {:.0} %",
            (child.cpu() - cpu).as_secs_f64() * 1e6 / people as f64,
            (cores::own_cpu() - load).as_secs_f64() / took * 100.0
        ),
    });
}
