//! What readers who stopped reading do to the others.

use super::{
    super::{
        child::Child,
        crowd::{Crowd, Door},
        ground::Ground,
        length::{is_smoke, scaled},
        report::{Report, Row},
    },
    flight::Party,
    talkers::Hubbub,
};
use std::time::{Duration, Instant};

/// Letters of a message: many, so that what the kernel keeps for a stalled reader is full soon.
const LONG: usize = 3_000;
const ROUNDS: usize = 7;

/// By then a socket that is silent is closed, too.
const GIVEN_UP: Duration = Duration::from_secs(40);

/// In the same place, by turns with nobody who stalls and with one in a hundred who begin to:
/// from the frames that still fit into a socket until the server has given them up. Each time
/// stands beside the mean of what was before and behind it, as the machine changes.
pub fn measure(report: &mut Report) {
    let (people, stalled) = scaled((60, 1), (1_000, 10));
    let ground = Ground::new(people + stalled, 0);
    let child = Child::hubbub(ground.folder);
    let (to, door) = (child.addr, Door::Hubbub(&ground.cookies, &ground.rooms));
    let crowd = Crowd::settled(people, to, door);
    let mut party = Party::new(child, crowd, Hubbub::new(people, LONG), people);
    // Less than half of the server's core. At twice the rate it is nearly full, and then the
    // slowest tell how fast the machine was at the moment, with readers who stall or without.
    let (rate, lasts) = scaled(
        (10.0, Duration::from_millis(200)),
        (50.0, Duration::from_secs(24)),
    );
    party.fly(1);
    let mut before = party.p99(rate, lasts);
    for _ in 0..ROUNDS {
        let sockets = party.child.handles();
        party.crowd.stall(people + stalled, to, door);
        party.crowd.settle();
        let with = party.p99(rate, lasts);
        // The next round begins without them.
        let began = Instant::now();
        while party.child.handles() > sockets && !is_smoke() {
            assert!(began.elapsed() < GIVEN_UP, "who stalled is there still");
            party.crowd.idle(Duration::from_millis(100));
        }
        party.crowd.forget(people);
        party.crowd.settle();
        let behind = party.p99(rate, lasts);
        let without = (before + behind) / 2;
        before = behind;
        report.add(Row {
            id: "P8",
            what: "p99 of the others with 1 % stalled / without".to_owned(),
            figure: with.as_secs_f64() / without.as_secs_f64(),
            bound: Some(1.1),
            note: format!("{with:.1?} / {without:.1?}"),
        });
    }
}
