//! What `verify` sees, and names.

use super::*;
use crate::{
    protocol::{Emoji, Seq},
    server::store::{OpenError, Report, verify, verify_file},
};
use std::fs;

/// The folder of a place where some things happened.
async fn lived_in() -> TempDir {
    let place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    let garden = place.room(&ada, "Garden").await;
    for text in ["one", "two", "drei, четыре", "a robot \u{1F916}"] {
        place.say(&ada, GENERAL, text).await;
        place.say(&bo, garden, text).await;
    }
    let store = place.store();
    let topic = Topic::parse("plants").unwrap();
    store.set_topic(bo.id, garden, topic).await.unwrap();
    // The message 2 of the default room is edited, and the message 3 of the garden deleted.
    let (body, like) = (Body::parse("one!").unwrap(), Emoji::known("\u{1F44D}"));
    let text = body.as_str().to_owned();
    store
        .edit(ada.id, GENERAL, cid(), Seq(2), &body, text)
        .await
        .unwrap();
    for who in [ada.id, bo.id] {
        store
            .react(who, GENERAL, cid(), Seq(2), like.clone(), true)
            .await
            .unwrap();
    }
    store
        .react(bo.id, GENERAL, cid(), Seq(2), like, false)
        .await
        .unwrap();
    store.delete(bo.id, garden, cid(), Seq(3)).await.unwrap();
    let name = Name::parse("Boris").unwrap();
    store.rename(bo.id, name, None).await.unwrap();
    store.leave(ada.id, garden).await.unwrap();
    store.close().await;
    let folder = TempDir::new().unwrap();
    let file = |folder: &TempDir| folder.path().join(database::FILE);
    fs::copy(file(&place.folder), file(&folder)).unwrap();
    folder
}

pub(super) fn wrong(report: &Report) -> Vec<String> {
    let named = report.checked.iter().flat_map(|check| &check.wrong.named);
    named.cloned().collect()
}

#[tokio::test]
async fn a_place_that_is_well_is_told_in_a_few_lines() {
    let folder = lived_in().await;
    let report = verify(folder.path()).unwrap();
    assert_eq!(wrong(&report), Vec::<String>::new());
    let told = report.to_string();
    assert!(told.contains("2 rooms, 19 events, 2 people"), "{told}");
    assert!(told.ends_with("Nothing is wrong."), "{told}");
    assert!(
        told.lines().all(|line| line.chars().count() < 200),
        "{told}"
    );
}

#[tokio::test]
async fn what_is_wrong_is_named_with_its_place() {
    let plantings = [
        (
            "DELETE FROM events WHERE room_id = 2 AND seq = 3",
            "room garden: 3 is missing",
        ),
        (
            "DELETE FROM events WHERE room_id = 2 AND seq < 5",
            "room garden: 1 to 4 are missing",
        ),
        (
            "DELETE FROM events WHERE room_id = 1 AND seq = 9",
            "room general: its newest event is 8, it says 9",
        ),
        (
            "UPDATE rooms SET head = head + 1 WHERE id = 1",
            "room general: its newest event is 9, it says 10",
        ),
        (
            "UPDATE rooms SET members = 7 WHERE id = 1",
            "room general: its members are 1, it says 7",
        ),
        (
            "UPDATE members SET read_seq = 99 WHERE room_id = 2",
            "room garden: person 2 has read 99 of",
        ),
        (
            "UPDATE events SET user_id = 9 WHERE room_id = 1 AND seq = 2",
            "room general: 2 is by nobody",
        ),
        (
            "DELETE FROM rooms WHERE id = 2",
            "10 events are of room 2, which is not there",
        ),
        (
            "UPDATE sessions SET user_id = 9 WHERE user_id = 1",
            "1 of sessions refer to users that are not there",
        ),
        (
            "UPDATE events SET kind = 77 WHERE room_id = 1 AND seq = 2",
            "room general: 2 is of kind 77",
        ),
        (
            "UPDATE events SET was = NULL WHERE kind = 4",
            "room garden: 9 cannot be read",
        ),
        (
            "UPDATE events SET cid = NULL WHERE room_id = 1 AND seq = 2",
            "room general: 2 ",
        ),
        (
            "UPDATE events SET hash = x'00' WHERE room_id = 1 AND seq = 2",
            "room general: 2 ",
        ),
        (
            "UPDATE events SET cid = randomblob(16) WHERE kind = 4",
            "room garden: 9 is an action without a good cid, or none",
        ),
        (
            "UPDATE events SET body = 'other words' WHERE room_id = 1 AND seq = 4",
            "room general: 4 has another text",
        ),
        (
            "DROP INDEX events_by_cid; UPDATE events SET cid = x'00112233445566778899AABBCCDDEEFF' WHERE kind = 1 AND room_id = 2",
            "room garden: 3 is there 4 times, by person 2",
        ),
        (
            "DROP INDEX events_by_cid",
            "the index events_by_cid is missing",
        ),
        (
            "CREATE TABLE notes (text TEXT)",
            "the table notes is none of ours",
        ),
        (
            "UPDATE users SET name_key = 'b' WHERE id = 2",
            "person 2, Boris: the rules",
        ),
        (
            "UPDATE users SET skeleton = 'b' WHERE id = 2",
            "person 2, Boris: the rules",
        ),
        (
            "UPDATE users SET in_use = 0 WHERE id = 1",
            "room general: Ada is a member whose name is free",
        ),
        (
            "DELETE FROM sessions WHERE user_id = 1",
            "person 1, Ada: the name is in use without a session",
        ),
        ("DELETE FROM meta", "there is none, so clients cannot tell"),
    ];
    let folder = lived_in().await;
    let file = folder.path().join(database::FILE);
    let whole = fs::read(&file).unwrap();
    for (planting, expected) in plantings {
        fs::write(&file, &whole).unwrap();
        let db = Connection::open(&file).unwrap();
        let alone = format!("PRAGMA journal_mode = DELETE; PRAGMA foreign_keys = OFF; {planting}");
        db.execute_batch(&alone).unwrap();
        drop(db);
        let report = verify_file(&file).unwrap();
        let named = wrong(&report);
        assert!(
            named.iter().any(|one| one.contains(expected)),
            "{planting}: {named:#?}"
        );
        assert!(!report.is_sound());
        assert!(report.to_string().contains(expected), "{report}");
    }
}

#[tokio::test]
async fn many_wrong_things_are_counted_and_not_all_named() {
    let folder = lived_in().await;
    let file = folder.path().join(database::FILE);
    let db = Connection::open(&file).unwrap();
    let many = "WITH RECURSIVE n (i) AS (SELECT 10 UNION ALL SELECT i + 2 FROM n WHERE i < 300)
        INSERT INTO events (room_id, seq, at, kind, user_id) SELECT 1, i, 0, 2, 1 FROM n";
    db.execute_batch(many).unwrap();
    let told = verify(folder.path()).unwrap().to_string();
    assert!(told.lines().count() < 60, "{told}");
    assert!(told.contains("and 125 more"), "{told}");
    assert!(told.ends_with("146 things are wrong."), "{told}");
}

#[tokio::test]
async fn a_damaged_file_is_told() {
    let folder = lived_in().await;
    let file = folder.path().join(database::FILE);
    let whole = fs::read(&file).unwrap();
    let mut damaged = whole.clone();
    for page in damaged.chunks_mut(4_096).skip(1).step_by(2) {
        page[..600].fill(0x55);
    }
    fs::write(&file, &damaged).unwrap();
    let seen = verify(folder.path()).map(|report| report.to_string());
    let seen = seen.unwrap_or_else(|error| error.to_string());
    assert!(seen.contains("WRONG") || seen.contains("damaged"), "{seen}");
    for length in [whole.len() / 2, 4_096, 700] {
        fs::write(&file, &whole[..length]).unwrap();
        for refused in [
            verify(folder.path()).err().unwrap(),
            Store::open(folder.path(), Arc::new(|| Millis(0)), Box::new(|_| ()))
                .err()
                .unwrap(),
        ] {
            assert!(matches!(refused, OpenError::Damaged { .. }), "{refused:?}");
            assert!(
                refused.to_string().contains("restore a backup"),
                "{refused}"
            );
        }
        assert!(fs::read(&file).unwrap() == whole[..length], "not touched");
    }
}

#[tokio::test]
async fn what_cannot_be_looked_at_is_said() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(database::FILE);
    let look = || verify(folder.path()).err().unwrap();
    assert!(matches!(look(), OpenError::Missing { .. }), "{}", look());
    assert!(!file.exists(), "nothing is made");
    fs::write(&file, "").unwrap();
    assert!(matches!(look(), OpenError::Missing { .. }), "{}", look());
    fs::write(&file, "a shopping list ".repeat(99)).unwrap();
    assert!(matches!(look(), OpenError::NotOurs { .. }), "{}", look());
    fs::remove_file(&file).unwrap();
    let newer = "PRAGMA application_id = 1215652450; PRAGMA user_version = 99;";
    Connection::open(&file)
        .unwrap()
        .execute_batch(newer)
        .unwrap();
    assert!(
        matches!(look(), OpenError::Newer { found: 99, .. }),
        "{}",
        look()
    );
}

#[tokio::test]
async fn looking_sees_the_newest_commit_of_a_server_and_does_not_stop_it() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    for number in 0..20 {
        place.say(&ada, GENERAL, "words").await;
        let report = verify(place.folder.path()).unwrap();
        assert_eq!(wrong(&report), Vec::<String>::new());
        assert!(report.counted.contains(&("events", number + 2)), "{report}");
    }
}

#[tokio::test]
async fn a_database_where_nothing_can_be_written_is_looked_at_without_a_trace() {
    let folder = lived_in().await;
    let odd = folder.path().join("50 % of #1?");
    fs::rename(folder.path().join(database::FILE), &odd).unwrap();
    let db = database::still(&odd).unwrap();
    let count: i64 = db
        .query_row("SELECT count(*) FROM events", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 19);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
