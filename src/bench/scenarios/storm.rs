//! Everybody comes back at the same moment, with a session, and was told nothing for a while.

use super::super::{
    child::Child,
    cores,
    ground::{GENERAL_ID, Ground, runtime},
    guest::Guest,
    length::scaled,
    report::{Report, Row},
};
use hubbub::protocol::limits::{PRESENCE_GRACE, PRESENCE_WINDOW_CROWD};
use memchr::memmem;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Messages that each of them missed.
const MISSED: usize = 50;
/// A server that does not let go of them by then never will.
const GONE_WITHIN: Duration = Duration::from_secs(20);

pub fn measure(report: &mut Report) {
    let people = scaled(50, 9_000);
    let ground = Ground::new(people, 4 * MISSED);
    let child = Child::hubbub(ground.folder);
    let (to, room) = (child.addr, GENERAL_ID.0);
    let epoch = ground.epoch.0;
    let (began, cpu, load) = (Instant::now(), child.cpu(), cores::own_cpu());
    let (told, there) = runtime().block_on(async {
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
        let all = coming.join_all().await;
        let told: usize = all.iter().map(|(told, _)| told).sum();
        (told, all)
    });
    let took = began.elapsed().as_secs_f64();
    let spent = child.cpu() - cpu;
    let load = (cores::own_cpu() - load).as_secs_f64() / took;
    let memory = child.memory();
    let handles = child.handles();
    drop(there);
    assert_eq!(told, people * MISSED, "each was told what they missed");
    report.add(Row {
        id: "P7",
        what: format!("{people} reconnect and resume {MISSED} messages each, s"),
        figure: took,
        bound: Some(4.0),
        note: format!(
            "{:.0} us of CPU each; load took {:.0} %",
            spent.as_secs_f64() * 1e6 / people as f64,
            load * 100.0
        ),
    });
    let going = Instant::now();
    while child.handles() + people * 99 / 100 > handles {
        assert!(going.elapsed() < GONE_WITHIN, "nobody goes");
        std::thread::sleep(Duration::from_millis(10));
    }
    // Whoever went stays in the list of people for a moment.
    std::thread::sleep(scaled(
        Duration::ZERO,
        PRESENCE_GRACE + PRESENCE_WINDOW_CROWD * 2,
    ));
    report.add(Row {
        id: "-",
        what: format!("memory when the {people} have gone again, MB"),
        figure: child.memory() as f64 / 1e6,
        bound: None,
        note: format!("{:.1} MB with them", memory as f64 / 1e6),
    });
}
