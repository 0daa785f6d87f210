//! How much it costs to tell everybody in a room.
//!
//! One message at a time, and with eight in flight: then what has gathered can go out in one
//! write. CPU per delivery is the figure that does not depend on how fast the load is.

use super::{
    super::{
        child::Child,
        crowd::{Crowd, Door},
        ground::Ground,
        length::scaled,
        peers,
        report::{Report, Row},
    },
    flight::{Flight, even, fly, p99},
    talkers::{Echo, Floor, Hubbub, WORDS},
};
use std::{net::TcpStream, time::Duration};

/// Messages in flight where it is hot.
const HOT: u64 = 8;

/// Everybody in one room.
pub fn one_room(report: &mut Report, people: usize) {
    let people = scaled(60, people);
    let ground = Ground::new(people, 0);
    let child = Child::hubbub(ground.folder);
    let door = Door::Hubbub(&ground.cookies, &ground.rooms);
    let mut crowd = Crowd::settled(people, child.addr, door);
    let mut hubbub = Hubbub::new(people, WORDS);
    let mut said = 0;
    let ours_1 = fly(&mut crowd, &mut hubbub, people, 1, &child, &mut said);
    let (heard, bytes) = (crowd.heard, crowd.bytes);
    let ours_8 = fly(&mut crowd, &mut hubbub, people, HOT, &child, &mut said);
    let length = usize::try_from((crowd.bytes - bytes) / (crowd.heard - heard)).unwrap() - 4;
    let late = even(
        &mut crowd,
        &mut hubbub,
        people,
        ours_1.rate / 2.0,
        &mut said,
    );
    drop((crowd, child));

    let naive = echo(Child::peer("naive"), people, length);
    let bun = peers::bun().map(|child| echo(child, people, length));
    let floor_1 = floor(people, 1, 1, length);
    let floor_8 = floor(people, 1, HOT, length);

    let at = |what: &str| format!("{people} in a room, {what}");
    report.add(Row {
        id: "P1",
        what: at("1 in flight: CPU per delivery / floor"),
        figure: ratio(ours_1.cpu, floor_1.cpu),
        bound: Some(1.25),
        note: beside(&ours_1, &floor_1, people),
    });
    let eight = Row {
        id: "P2",
        what: at("8 in flight: CPU per delivery / floor of 8 a write"),
        figure: ratio(ours_8.cpu, floor_8.cpu),
        bound: (people <= 1_000).then_some(1.6),
        note: beside(&ours_8, &floor_8, people),
    };
    report.add(eight);
    report.add(Row {
        id: "P3",
        what: at("8 in flight: deliveries per CPU second / naive hub"),
        figure: ratio(naive.cpu, ours_8.cpu),
        bound: Some(-2.0),
        note: format!(
            "naive {:.2?}, {:.2} of the floor",
            naive.cpu,
            ratio(naive.cpu, floor_8.cpu)
        ),
    });
    if let Some(bun) = bun {
        report.add(Row {
            id: "-",
            what: at("8 in flight: deliveries per CPU second / Bun"),
            figure: ratio(bun.cpu, ours_8.cpu),
            bound: None,
            note: format!(
                "Bun {:.2?}, {:.2} of the floor",
                bun.cpu,
                ratio(bun.cpu, floor_8.cpu)
            ),
        });
    }
    let late = p99(&late);
    report.add(Row {
        id: "P4",
        what: at("p99 at half of own peak / (N x send of the floor)"),
        figure: late.as_secs_f64() / (floor_1.cpu.as_secs_f64() * people as f64),
        bound: Some(if people > 1_000 { 1.7 } else { 1.9 }),
        note: format!("{late:.1?} at {:.0} messages/s", ours_1.rate / 2.0),
    });
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
    let mut crowd = Crowd::settled(people, child.addr, door);
    let mut hubbub = Hubbub {
        // Behind the one that is there from the beginning.
        rooms: (2..).take(rooms).collect(),
        ..Hubbub::new(people, WORDS)
    };
    let ours = fly(&mut crowd, &mut hubbub, each, HOT, &child, &mut 0);
    let length = usize::try_from(crowd.bytes / crowd.heard).unwrap().min(300);
    drop((crowd, child));
    let floor = floor(people, rooms, 1, length);
    report.add(Row {
        id: "-",
        what: format!("{rooms} rooms of {each}: CPU per delivery / floor"),
        figure: ratio(ours.cpu, floor.cpu),
        bound: None,
        note: beside(&ours, &floor, each),
    });
}

fn echo(child: Child, people: usize, length: usize) -> Flight {
    let mut crowd = Crowd::new();
    crowd.gather(people, child.addr, Door::WebSocket);
    fly(
        &mut crowd,
        &mut Echo { length },
        people,
        HOT,
        &child,
        &mut 0,
    )
}

fn floor(people: usize, rooms: usize, together: u64, length: usize) -> Flight {
    let child = Child::peer("floor");
    let control = TcpStream::connect(child.addr).unwrap();
    let how = [people, rooms, usize::try_from(together).unwrap()];
    let mut floor = Floor::new(control, how, length);
    let mut crowd = Crowd::new();
    crowd.gather(people, child.addr, Door::Raw);
    fly(
        &mut crowd,
        &mut floor,
        people / rooms,
        together,
        &child,
        &mut 0,
    )
}

fn ratio(ours: Duration, other: Duration) -> f64 {
    ours.as_secs_f64() / other.as_secs_f64()
}

fn beside(ours: &Flight, floor: &Flight, readers: usize) -> String {
    let (best, worst) = ours.spread;
    let bottleneck = if ours.load > 0.9 {
        ": the load is the bottleneck"
    } else {
        ""
    };
    format!(
        "{:.2?} ({best:.2?} to {worst:.2?}), floor {:.2?}; {:.0} deliveries/s, load busy {:.0} %{bottleneck}",
        ours.cpu,
        floor.cpu,
        ours.rate * readers as f64,
        ours.load * 100.0,
    )
}
