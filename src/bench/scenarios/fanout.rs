//! How much it costs to tell everybody in a room.
//!
//! One message at a time, and with eight in flight: then what has gathered can go out in one
//! write. CPU per delivery is the figure that does not depend on how fast the load is. The
//! machine does: so the floor is measured beside ours in every round.

use super::{
    super::{
        child::Child,
        crowd::{Crowd, Door},
        ground::Ground,
        length::scaled,
        peers,
        report::{Report, Row},
    },
    flight::{Flight, Party},
    talkers::{Echo, Floor, Hubbub, WORDS},
};
use std::{net::TcpStream, time::Duration};

/// Of so many rounds the middle one counts.
const ROUNDS: usize = 3;
/// Flights of each in a round, in turns, all of which count. The machine has moods that last a
/// second or a few, and in which the floor costs a third more: a round likely meets several.
const TURNS: usize = 4;
/// Messages in flight where it is hot.
const HOT: u8 = 8;

/// Everybody in one room.
pub fn one_room(report: &mut Report, people: usize) {
    let people = scaled(60, people);
    let ground = Ground::new(people, 0);
    let child = Child::hubbub(ground.folder);
    let door = Door::Hubbub(&ground.cookies, &ground.rooms);
    let crowd = Crowd::settled(people, child.addr, door);
    let mut ours = Party::new(child, crowd, Hubbub::new(people, WORDS), people);
    let lengths = [length(&mut ours, 1), length(&mut ours, HOT.into())];
    let mut floor = floor(people, 1, lengths);
    let at = |what: &str| format!("{people} in a room, {what}");
    let mut hot = Vec::new();
    for round in 0..=ROUNDS {
        let [one, floor_one] = in_turns(&mut ours, &mut floor, 1);
        floor.talker.together = HOT;
        let [eight, floor_eight] = in_turns(&mut ours, &mut floor, HOT.into());
        floor.talker.together = 1;
        ours.crowd.report(true);
        let [mut one_read, mut eight_read] = [Flight::default(); 2];
        for _ in 0..turns() {
            one_read.add(ours.fly(1));
            eight_read.add(ours.fly(HOT.into()));
        }
        ours.crowd.report(false);
        let rate = one.rate() / 2.0;
        let late = ours.p99(
            rate,
            scaled(Duration::from_millis(200), Duration::from_secs(10)),
        );
        // The first one warms up.
        if round == 0 {
            continue;
        }
        report.add(Row {
            id: "P1",
            what: at("1 in flight: CPU per delivery / floor"),
            figure: ratio(one.cpu(), floor_one.cpu()),
            bound: Some(1.25),
            note: beside(&one, &floor_one, people),
        });
        report.add(Row {
            id: "P2",
            what: at("8 in flight: CPU per delivery / floor of 8 a write"),
            figure: ratio(eight.cpu(), floor_eight.cpu()),
            bound: (people <= 1_000).then_some(1.6),
            note: beside(&eight, &floor_eight, people),
        });
        report.add(Row {
            id: "P4",
            what: at("p99 at half of own peak / (N x send of the floor)"),
            figure: late.as_secs_f64() / (floor_one.cpu().as_secs_f64() * people as f64),
            bound: Some(if people > 1_000 { 1.7 } else { 1.9 }),
            note: format!("{late:.1?} at {rate:.0} messages/s"),
        });
        for (what, read, told) in [
            ("1 in flight", one_read, one),
            ("8 in flight", eight_read, eight),
        ] {
            report.add(Row {
                id: "-",
                what: at(&format!(
                    "{what}: with readers who say what they read / without"
                )),
                figure: ratio(read.cpu(), told.cpu()),
                bound: None,
                note: format!("{:.2?}, {:.0} messages/s", read.cpu(), read.rate()),
            });
        }
        hot.push(eight.cpu());
    }
    drop((ours, floor));
    hot.sort();
    let mut beside = |id, child, name: &str, bound| {
        for theirs in echoes(child, people, lengths[1]) {
            report.add(Row {
                id,
                what: at(&format!("8 in flight: deliveries per CPU second / {name}")),
                figure: ratio(theirs, hot[ROUNDS / 2]),
                bound,
                note: format!("{name} {theirs:.2?}"),
            });
        }
    };
    beside("P3", Child::peer("naive"), "naive hub", Some(-2.0));
    if let Some(bun) = peers::bun() {
        beside("-", bun, "Bun", None);
    }
}

/// Many rooms with a few people in each: one connection each, eight messages in flight over
/// all.
pub fn many_rooms(report: &mut Report) {
    // The product has no more rooms than this.
    let (rooms, each) = scaled((5, 12), (490, 18));
    let people = rooms * each;
    let ground = Ground::with_rooms(people, rooms);
    let child = Child::hubbub(ground.folder);
    let door = Door::Hubbub(&ground.cookies, &ground.rooms);
    let crowd = Crowd::settled(people, child.addr, door);
    let hubbub = Hubbub {
        // Behind the one that is there from the beginning.
        rooms: (2..).take(rooms).collect(),
        ..Hubbub::new(people, WORDS)
    };
    let mut ours = Party::new(child, crowd, hubbub, each);
    let length = length(&mut ours, HOT.into());
    let mut floor = floor(people, rooms, [length; 2]);
    for round in 0..=ROUNDS {
        let [ours, floor] = in_turns(&mut ours, &mut floor, HOT.into());
        if round == 0 {
            continue;
        }
        report.add(Row {
            id: "-",
            what: format!("{rooms} rooms of {each}: CPU per delivery / floor"),
            figure: ratio(ours.cpu(), floor.cpu()),
            bound: None,
            note: beside(&ours, &floor, each),
        });
    }
}

/// Of what is said for each message, the frame left out: what one commit kept shares one.
fn length(party: &mut Party<Hubbub>, in_flight: u64) -> usize {
    /// In front of what it says.
    const HEAD: u64 = 4;
    let before = (party.crowd.heard, party.crowd.bytes);
    party.fly(in_flight);
    let (heard, bytes) = (party.crowd.heard - before.0, party.crowd.bytes - before.1);
    usize::try_from(bytes / heard - HEAD).unwrap()
}

/// CPU per delivery of a hub that says again what it hears, in rounds.
fn echoes(child: Child, people: usize, length: usize) -> Vec<Duration> {
    let mut crowd = Crowd::new();
    crowd.gather(people, child.addr, Door::WebSocket);
    let mut party = Party::new(child, crowd, Echo { length }, people);
    party.fly(HOT.into());
    let round = |_| {
        let mut round = Flight::default();
        (0..turns()).for_each(|_| round.add(party.fly(HOT.into())));
        round.cpu()
    };
    (0..ROUNDS).map(round).collect()
}

/// So many messages in flight, at ours and at the floor.
fn in_turns(ours: &mut Party<Hubbub>, floor: &mut Party<Floor>, in_flight: u64) -> [Flight; 2] {
    let mut both = [Flight::default(); 2];
    for _ in 0..turns() {
        both[0].add(ours.fly(in_flight));
        both[1].add(floor.fly(in_flight));
    }
    both
}

fn turns() -> usize {
    scaled(1, TURNS)
}

fn floor(people: usize, rooms: usize, lengths: [usize; 2]) -> Party<Floor> {
    let child = Child::peer("floor");
    let control = TcpStream::connect(child.addr).unwrap();
    let floor = Floor::new(control, people, rooms, lengths);
    let mut crowd = Crowd::new();
    crowd.gather(people, child.addr, Door::Raw);
    Party::new(child, crowd, floor, people / rooms)
}

fn ratio(ours: Duration, other: Duration) -> f64 {
    ours.as_secs_f64() / other.as_secs_f64()
}

fn beside(ours: &Flight, floor: &Flight, readers: usize) -> String {
    let bottleneck = if ours.load() > 0.9 {
        ": the load is the bottleneck"
    } else {
        ""
    };
    format!(
        "{:.2?}, floor {:.2?}; {:.0} deliveries/s, load busy {:.0} %{bottleneck}",
        ours.cpu(),
        floor.cpu(),
        ours.rate() * readers as f64,
        ours.load() * 100.0,
    )
}
