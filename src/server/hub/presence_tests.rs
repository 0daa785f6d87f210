//! Presence with a clock of the test's own.

use super::*;
use crate::protocol::Name;

const ROOM: RoomId = RoomId(1);
const GRACE: Duration = Duration::from_secs(5);
const WINDOW: Duration = Duration::from_millis(250);

fn presence(listed: usize) -> Presence {
    Presence::new(Manners {
        window: WINDOW,
        window_crowd: WINDOW * 8,
        grace: GRACE,
        listed,
    })
}

fn person(id: u64, name: &str) -> Person {
    Person {
        id: UserId(id),
        name: Name::parse(name).unwrap(),
        gravatar: None,
    }
}

/// Who came and who went, by the telling at this moment.
fn told(presence: &mut Presence, now: Instant) -> Option<(u32, Vec<u64>, Vec<u64>)> {
    match presence.tick(ROOM, now)? {
        ServerFrame::Presence {
            count, came, went, ..
        } => Some((
            count,
            came.iter().map(|person| person.id.0).collect(),
            went.iter().map(|user| user.0).collect(),
        )),
        other => panic!("{other:?}"),
    }
}

#[test]
fn changes_are_gathered_until_the_window_closes() {
    let mut presence = presence(200);
    let start = Instant::now();
    presence.enter(&person(2, "Bo"), start);
    presence.enter(&person(1, "Ada"), start + WINDOW / 2);
    assert_eq!(presence.due(), Some(start + WINDOW));
    assert_eq!(told(&mut presence, start + WINDOW / 2), None);
    let all = told(&mut presence, start + WINDOW);
    assert_eq!(all, Some((2, vec![1, 2], vec![])));
    assert_eq!(presence.due(), None);
}

#[test]
fn a_reload_within_the_grace_period_is_no_news() {
    let mut presence = presence(200);
    let start = Instant::now();
    let ada = person(1, "Ada");
    presence.enter(&ada, start);
    told(&mut presence, start + WINDOW);
    let left = start + WINDOW * 2;
    presence.exit(ada.id, left);
    assert_eq!(presence.due(), Some(left + GRACE));
    presence.enter(&ada, left + GRACE / 2);
    assert_eq!(told(&mut presence, left + GRACE), None);
    assert_eq!(presence.count(), 1);
    presence.exit(ada.id, left + GRACE * 2);
    assert_eq!(told(&mut presence, left + GRACE * 3 - WINDOW), None);
    assert_eq!(
        presence.count(),
        1,
        "the second grace period is a whole one"
    );
    presence.tick(ROOM, left + GRACE * 3);
    assert_eq!(presence.count(), 0);
}

#[test]
fn gone_is_told_within_ten_seconds() {
    let mut presence = presence(200);
    let start = Instant::now();
    let ada = person(1, "Ada");
    presence.enter(&ada, start);
    told(&mut presence, start + WINDOW);
    presence.exit(ada.id, start + WINDOW);
    let (gone, now) = loop {
        let now = presence.due().unwrap();
        if let Some(gone) = told(&mut presence, now) {
            break (gone, now);
        }
    };
    assert_eq!(gone, (0, vec![], vec![1]));
    assert!(now - start < Duration::from_secs(10));
}

#[test]
fn who_comes_and_goes_in_one_window_was_never_there() {
    let mut presence = presence(200);
    let start = Instant::now();
    let ada = person(1, "Ada");
    presence.enter(&ada, start);
    presence.remove(ada.id, start);
    assert_eq!(told(&mut presence, start + WINDOW), None);
}

#[test]
fn tabs_are_counted() {
    let mut presence = presence(200);
    let start = Instant::now();
    let ada = person(1, "Ada");
    presence.enter(&ada, start);
    presence.enter(&ada, start);
    presence.exit(ada.id, start);
    assert_eq!(presence.due(), Some(start + WINDOW), "no grace period runs");
    presence.exit(ada.id, start);
    presence.exit(ada.id, start);
    assert_eq!(presence.count(), 1, "still within the grace period");
}

#[test]
fn a_crowd_is_told_as_a_count_and_slowly() {
    let mut presence = presence(10);
    let start = Instant::now();
    for id in 1..=11 {
        presence.enter(&person(id, &format!("Guest {id}")), start);
    }
    assert_eq!(presence.due(), Some(start + WINDOW * 8));
    let crowd = told(&mut presence, start + WINDOW * 8);
    assert_eq!(crowd, Some((11, vec![], vec![])));
    assert!(presence.is_crowd());
    assert_eq!(presence.online().people.len(), 10);
    // One less is still a crowd: a list for everybody at every step around the edge would
    // cost more than the crowd itself.
    presence.remove(UserId(11), start);
    let ten = presence.due().unwrap();
    assert_eq!(told(&mut presence, ten), Some((10, vec![], vec![])));
    presence.remove(UserId(10), start);
    let nine = presence.due().unwrap();
    match presence.tick(ROOM, nine) {
        Some(ServerFrame::Online { online, .. }) => assert_eq!(online.people.len(), 9),
        other => panic!("{other:?}"),
    }
    assert!(!presence.is_crowd());
}

#[test]
fn a_new_name_moves_in_the_list() {
    let mut presence = presence(200);
    let start = Instant::now();
    presence.enter(&person(1, "Ada"), start);
    presence.enter(&person(2, "Bo"), start);
    presence.update(&person(1, "Zuse"));
    presence.update(&person(3, "Cy"));
    let online = presence.online();
    let names: Vec<_> = online.people.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Bo", "Zuse"]);
}

/// Found by the simulation, seed 3.
#[test]
fn who_took_the_list_between_two_tellings_hears_who_is_back() {
    let mut presence = presence(200);
    let start = Instant::now();
    let ada = person(1, "Ada");
    presence.enter(&ada, start);
    told(&mut presence, start + WINDOW);
    presence.remove(ada.id, start + WINDOW);
    assert_eq!(presence.online().count, 0);
    presence.enter(&ada, start + WINDOW);
    let all = told(&mut presence, start + WINDOW * 2);
    assert_eq!(all, Some((1, vec![1], vec![])));
    presence.remove(ada.id, start + WINDOW * 3);
    presence.enter(&ada, start + WINDOW * 3);
    assert_eq!(
        told(&mut presence, start + WINDOW * 4),
        None,
        "nobody looked"
    );
}

/// Found by the simulation, seed 96.
#[test]
fn who_is_back_under_another_name_is_told_again() {
    let mut presence = presence(200);
    let start = Instant::now();
    presence.enter(&person(1, "Ada"), start);
    told(&mut presence, start + WINDOW);
    presence.remove(UserId(1), start + WINDOW);
    presence.enter(&person(1, "Zuse"), start + WINDOW);
    let all = told(&mut presence, start + WINDOW * 2);
    assert_eq!(all, Some((1, vec![1], vec![])));
}

/// Found by shuttle, in `schedules::presence`.
#[test]
fn who_had_no_room_in_a_list_is_told_when_the_crowd_was_none() {
    let mut presence = presence(2);
    let start = Instant::now();
    presence.enter(&person(1, "Ada"), start);
    presence.enter(&person(3, "Cy"), start);
    told(&mut presence, start + WINDOW);
    let again = start + WINDOW * 2;
    presence.enter(&person(2, "Bo"), again);
    let seen = presence.online();
    assert_eq!((seen.count, seen.people.len()), (3, 2));
    presence.remove(UserId(2), again);
    match presence.tick(ROOM, again + WINDOW) {
        Some(ServerFrame::Online { online, .. }) => {
            let names: Vec<_> = online.people.iter().map(|one| one.name.as_str()).collect();
            assert_eq!(names, ["Ada", "Cy"]);
        }
        other => panic!("{other:?}"),
    }
}
