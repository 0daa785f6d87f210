//! Databases of earlier versions, and of later ones.
//!
//! For each released version there is a dump beside this file, `version_<n>.sql`, made when
//! it was the newest. It never changes.

use super::{verifying::wrong, *};
use crate::{
    protocol::{Message, Seq, UserId, What},
    server::store::{OpenError, migrate, verify},
};
use std::fs;

const VERSION_1: &str = include_str!("version_1.sql");
const VERSION_2: &str = include_str!("version_2.sql");
const VERSION_3: &str = include_str!("version_3.sql");

fn folder_with(dump: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let db = Connection::open(folder.path().join(database::FILE)).unwrap();
    db.execute_batch(dump).unwrap();
    folder
}

fn schema(place: &Path) -> Vec<(String, String)> {
    let db = Connection::open(place.join(database::FILE)).unwrap();
    let mut select = db
        .prepare(
            "SELECT name, ifnull(sql, '') FROM sqlite_schema
             WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name",
        )
        .unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn there_is_one_file_a_step_and_a_dump_of_each_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = |folder: &str| -> Vec<String> {
        let files = fs::read_dir(root.join(folder)).unwrap();
        let mut names: Vec<_> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".sql"))
            .collect();
        names.sort();
        names
    };
    let steps = names("migrations");
    assert_eq!(steps.len(), migrate::STEPS.len());
    for ((number, name), sql) in (1..).zip(&steps).zip(migrate::STEPS) {
        assert!(name.starts_with(&format!("{number:04}_")), "{name}");
        let file = fs::read_to_string(root.join("migrations").join(name)).unwrap();
        assert_eq!(file, **sql, "{name} is step {number}");
        let dump = format!("version_{number}.sql");
        assert!(names("src/server/store/tests").contains(&dump), "{dump}");
    }
}

#[tokio::test]
async fn a_database_of_version_1_is_upgraded_and_reads_as_before() {
    let folder = folder_with(VERSION_1);
    let place = Place::in_folder(folder);
    let store = place.store();
    assert_eq!(store.epoch().0, "00112233445566778899aabbccddeeff");

    let token = SessionToken::parse("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE").unwrap();
    let session = store.session(&token.hash()).await.unwrap().unwrap();
    let ada = session.person;
    assert_eq!((ada.id, ada.name.as_str()), (UserId(1), "Ada"));
    assert!(matches!(
        place.join("aDA").await,
        Err(StoreError::NameTaken)
    ));
    place.guest("Bo").await;

    let rooms = store.rooms(Some(ada.id)).await.unwrap();
    let told: Vec<_> = rooms
        .iter()
        .map(|one| (one.room.slug.as_str(), one.head.0, one.unread, one.members))
        .collect();
    assert_eq!(told, [("general", 7, 1, 1), ("book-club", 1, 0, 1)]);
    assert_eq!(rooms[1].room.topic.as_str(), "June: Dune");
    let read = store.read_position(ada.id, GENERAL).await.unwrap();
    assert_eq!(read, Seq(4));

    let page = store.page(GENERAL, None, None).await.unwrap();
    let names: Vec<_> = page.people.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(
        names,
        ["Ada", "Bo"],
        "Bo is gone, the name still stands here"
    );
    let kept = cid_of(&page.events[1]);
    let what: Vec<_> = page.events.into_iter().map(|event| event.what).collect();
    let name = |text| Name::parse(text).unwrap();
    assert_eq!(what[0], What::Joined);
    assert!(matches!(&what[1], What::Message(Message { text, .. }) if text == "hello \u{1F916}"));
    assert_eq!(what[2], What::Joined);
    assert_eq!(
        what[3],
        What::Renamed {
            from: name("Bob"),
            to: name("Bo")
        }
    );
    assert!(matches!(&what[4], What::Message(Message { text, .. }) if text == "*hi* Ada"));
    assert_eq!(what[5], What::Left);
    assert_eq!(
        what[6],
        What::Topic {
            topic: Topic::parse("Everything").unwrap()
        }
    );

    let retry = place.send(&ada, GENERAL, kept, "hello :robot:").await;
    assert!(retry.unwrap().again);
    assert_eq!(place.say(&ada, GENERAL, "upgraded").await.seq, Seq(8));
}

#[tokio::test]
async fn a_database_of_version_2_reads_as_before() {
    let place = Place::in_folder(folder_with(VERSION_2));
    let store = place.store();
    let page = store.page(GENERAL, None, Some(UserId(1))).await.unwrap();
    let seqs: Vec<_> = page.events.iter().map(|event| event.seq.0).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5]);
    assert_eq!(page.head, Seq(11));
    let message = |at: usize| match &page.events[at].what {
        What::Message(message) => message.clone(),
        what => panic!("{what:?}"),
    };
    let edited = message(1);
    assert_eq!(edited.text, "hello everybody \u{1F916}");
    assert_eq!(edited.edited, Some(Millis(1_790_000_001_500)));
    assert_eq!(edited.reactions.len(), 1);
    assert_eq!(edited.reactions[0].by, [UserId(1)]);
    assert!(message(4).deleted);
    let before = store.versions(GENERAL, Seq(2)).await.unwrap();
    assert_eq!(before[0].text, "hello \u{1F916}");

    let body = Body::parse("hello everybody :robot:").unwrap();
    let kept: [u8; 16] = std::array::from_fn(|at| 0x40 + u8::try_from(at).unwrap());
    let text = body.as_str().to_owned();
    let again = store.edit(UserId(1), GENERAL, Cid(kept), Seq(2), &body, text);
    assert_eq!(again.await.unwrap().seq, Seq(8));
}

#[tokio::test]
async fn a_database_of_version_3_reads_as_before() {
    let place = Place::in_folder(folder_with(VERSION_3));
    let store = place.store();
    let page = store.page(GENERAL, None, None).await.unwrap();
    assert_eq!(page.head, Seq(12));
    // Names of actions of before and since.
    for (at, words, seq) in [(1, "hello :robot:", 2), (5, "hello again", 12)] {
        let kept = cid_of(&page.events[at]);
        let body = Body::parse(words).unwrap();
        let retry = store.send(UserId(1), GENERAL, kept, &body, words.to_owned(), false);
        let sent = retry.await.unwrap();
        assert_eq!((sent.seq, sent.again), (Seq(seq), true), "{words}");
    }
}

fn cid_of(event: &Event) -> Cid {
    event.what.cid().unwrap()
}

#[tokio::test]
async fn an_upgraded_database_is_made_like_a_new_one() {
    let mut new = Place::new();
    new.reopen().await;
    for dump in [VERSION_1, VERSION_2, VERSION_3] {
        let mut old = Place::in_folder(folder_with(dump));
        old.reopen().await;
        assert_eq!(schema(old.folder.path()), schema(new.folder.path()));
        let report = verify(old.folder.path()).unwrap();
        assert_eq!(wrong(&report), Vec::<String>::new());
    }
}

#[tokio::test]
async fn opening_again_migrates_nothing() {
    let mut place = Place::new();
    let version = async |place: &Place| {
        let version = place.store().read(|db| {
            let number = |sql: &str| db.query_row(sql, [], |row| row.get::<_, u32>(0));
            Ok((
                number("PRAGMA user_version")?,
                number("PRAGMA schema_version")?,
            ))
        });
        version.await.unwrap()
    };
    let first = version(&place).await;
    assert_eq!(first.0, migrate::newest());
    place.reopen().await;
    assert_eq!(version(&place).await, first);
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let folder = folder_with(VERSION_1);
    let file = folder.path().join(database::FILE);
    let newer = migrate::newest() + 1;
    let db = Connection::open(&file).unwrap();
    db.pragma_update(None, "user_version", newer).unwrap();
    drop(db);
    let before = fs::read(&file).unwrap();
    let refused = Store::open(folder.path(), Arc::new(|| Millis(7)), Box::new(|_| ()));
    let refused = refused.err().unwrap();
    assert!(
        matches!(refused, OpenError::Newer { found, known, .. } if (found, known) == (newer, newer - 1))
    );
    assert!(refused.to_string().contains("newer Hubbub"), "{refused}");
    assert!(fs::read(&file).unwrap() == before, "not touched");
}

#[test]
fn a_step_that_fails_is_undone_and_the_steps_before_it_stay() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(database::FILE);
    let mut db = Connection::open(&file).unwrap();
    migrate::migrate(&mut db, &file).unwrap();
    let step = migrate::newest() + 1;
    for broken in [
        "CREATE TABLE half (made TEXT); CREATE TABLE half (made TEXT);",
        "CREATE TABLE half (made TEXT); INSERT INTO members VALUES (99, 99, 0, 0, 0);",
    ] {
        let refused = migrate::take(&mut db, &file, step, broken).err().unwrap();
        assert!(matches!(
            refused,
            OpenError::Database { .. } | OpenError::BrokenReferences { .. }
        ));
        assert_eq!(migrate::version(&db, &file).unwrap(), step - 1);
        assert!(db.prepare("SELECT * FROM half").is_err());
    }
}
