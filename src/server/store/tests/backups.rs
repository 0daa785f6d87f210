//! Backups, and their way back.

use super::*;
use crate::server::store::{CopyError, OpenError, backup, backup::Partial, restore, verify_file};
use std::{fs, path::PathBuf};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A place where Ada said some words, and a backup of it beside.
async fn backed_up(texts: &[&str]) -> (Place, TempDir, PathBuf) {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    for text in texts {
        place.say(&ada, GENERAL, text).await;
    }
    let shelf = TempDir::new().unwrap();
    let file = shelf.path().join("monday");
    backup(place.folder.path(), &file).unwrap();
    (place, shelf, file)
}

async fn texts(place: &Place) -> Vec<String> {
    use crate::protocol::What;
    let log = place.log(GENERAL).await.into_iter();
    log.filter_map(|event| match event.what {
        What::Message(message) => Some(message.text),
        _ => None,
    })
    .collect()
}

#[tokio::test]
async fn a_backup_of_a_running_place_is_one_sound_file() {
    let (place, shelf, file) = backed_up(&["one", "two"]).await;
    let log = place.folder.path().join(format!("{}-wal", database::FILE));
    assert!(
        fs::metadata(log).unwrap().len() > 0,
        "there is more than the database file"
    );
    assert_eq!(names(shelf.path()), ["monday"]);
    let report = verify_file(&file).unwrap();
    assert!(report.is_sound(), "{report}");
    assert!(report.counted.contains(&("events", 3)), "{report}");
    assert_eq!(names(shelf.path()), ["monday"], "looking leaves nothing");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it holds what people said");
    }
}

#[tokio::test]
async fn a_file_that_is_there_is_never_overwritten() {
    let (place, shelf, file) = backed_up(&["one"]).await;
    let before = fs::read(&file).unwrap();
    let refused = backup(place.folder.path(), &file).err().unwrap();
    assert!(matches!(refused, CopyError::Exists(_)), "{refused}");
    assert!(fs::read(&file).unwrap() == before);
    assert_eq!(names(shelf.path()), ["monday"]);
}

#[tokio::test]
async fn a_file_that_comes_while_a_backup_is_made_is_not_overwritten() {
    let shelf = TempDir::new().unwrap();
    let file = shelf.path().join("monday");
    let copy = Partial::beside(&file).unwrap();
    fs::write(&file, "another").unwrap();
    let refused = copy.gets_a_free_name().err().unwrap();
    assert!(matches!(refused, CopyError::Exists(_)), "{refused}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "another");
    assert_eq!(names(shelf.path()), ["monday"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_no_backup_and_is_not_waited_for() {
    let shelf = TempDir::new().unwrap();
    let pipe = shelf.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let refused = verify_file(&pipe).err().unwrap();
    assert!(matches!(refused, OpenError::Missing { .. }), "{refused}");
}

#[tokio::test]
async fn what_is_left_of_a_backup_that_was_cut_off_stands_in_nobodys_way() {
    let (place, shelf, _) = backed_up(&["one"]).await;
    let left = ".tuesday.1.partial";
    fs::write(shelf.path().join(left), "half of it").unwrap();
    backup(place.folder.path(), &shelf.path().join("tuesday")).unwrap();
    assert_eq!(names(shelf.path()), [left, "monday", "tuesday"]);
}

#[tokio::test]
async fn a_backup_that_cannot_be_made_leaves_nothing() {
    let (place, shelf, _) = backed_up(&["one"]).await;
    let nowhere = shelf.path().join("no").join("such");
    let refused = backup(place.folder.path(), &nowhere).err().unwrap();
    assert!(matches!(refused, CopyError::Write { .. }), "{refused}");
    let empty = TempDir::new().unwrap();
    let refused = backup(empty.path(), &shelf.path().join("tuesday"))
        .err()
        .unwrap();
    assert!(
        matches!(refused, CopyError::Open(OpenError::Missing { .. })),
        "{refused}"
    );
    assert_eq!(names(shelf.path()), ["monday"]);
    assert_eq!(names(empty.path()), Vec::<String>::new());
}

#[tokio::test]
async fn a_restored_place_has_everything_and_another_epoch() {
    let (place, _shelf, file) = backed_up(&["one", "two"]).await;
    let folder = TempDir::new().unwrap();
    let restored = restore(folder.path(), &file, false).unwrap();
    assert_eq!(restored.before, None);
    assert!(restored.report.is_sound());
    assert_eq!(names(folder.path()), ["hubbub.lock", database::FILE]);
    let new = Place::in_folder(folder);
    assert_eq!(texts(&new).await, ["one", "two"]);
    assert_ne!(new.store().epoch(), place.store().epoch());
    let kept = epoch_in(&file);
    assert_eq!(kept, place.store().epoch().0, "the backup stays as it is");
}

fn epoch_in(file: &Path) -> String {
    let db = Connection::open(file).unwrap();
    db.query_row("SELECT value FROM meta WHERE key = 'epoch'", [], |row| {
        row.get(0)
    })
    .unwrap()
}

#[tokio::test]
async fn a_folder_in_use_is_left_alone() {
    let (place, _shelf, file) = backed_up(&["one"]).await;
    for replace in [false, true] {
        let refused = restore(place.folder.path(), &file, replace).err().unwrap();
        assert!(
            matches!(refused, CopyError::Open(OpenError::InUse { .. })),
            "{refused}"
        );
    }
    place.store().check().await.unwrap();
}

#[tokio::test]
async fn a_database_that_is_there_is_kept_when_it_is_replaced() {
    let (mut place, _shelf, file) = backed_up(&["one"]).await;
    let bo = place.guest("Bo").await;
    place.say(&bo, GENERAL, "not in the backup").await;
    place.close().await;
    let folder = place.folder.path().to_owned();
    let before = names(&folder);
    let refused = restore(&folder, &file, false).err().unwrap();
    assert!(matches!(refused, CopyError::HasDatabase(_)), "{refused}");
    assert_eq!(names(&folder), before);
    for (number, events) in [(1, 4), (2, 2)] {
        let restored = restore(&folder, &file, true).unwrap();
        let name = format!("{}.before-restore-{number}", database::FILE);
        assert_eq!(restored.before, Some(folder.join(&name)));
        assert!(names(&folder).contains(&name));
        let kept = verify_file(&folder.join(name)).unwrap();
        assert!(kept.is_sound(), "{kept}");
        assert!(kept.counted.contains(&("events", events)), "{kept}");
    }
    place.open();
    assert_eq!(texts(&place).await, ["one"]);
}

#[tokio::test]
async fn what_was_only_in_the_log_of_a_server_that_died_is_kept_and_backed_up() {
    let (place, _shelf, file) = backed_up(&["one"]).await;
    place
        .say(&place.guest("Bo").await, GENERAL, "in the log")
        .await;
    // As a server leaves its folder that has no time to say goodbye.
    let dead = TempDir::new().unwrap();
    for name in [database::FILE.to_owned(), format!("{}-wal", database::FILE)] {
        fs::copy(place.folder.path().join(&name), dead.path().join(&name)).unwrap();
    }
    let later = dead.path().join("later");
    let report = backup(dead.path(), &later).unwrap();
    assert!(report.counted.contains(&("events", 4)), "{report}");
    let restored = restore(dead.path(), &file, true).unwrap();
    let kept = verify_file(&restored.before.unwrap()).unwrap();
    assert!(kept.counted.contains(&("events", 4)), "{kept}");
    let now = verify_file(&dead.path().join(database::FILE)).unwrap();
    assert!(now.counted.contains(&("events", 2)), "{now}");
}

#[tokio::test]
async fn a_damaged_database_is_kept_as_it_is() {
    let (_place, _shelf, file) = backed_up(&["one"]).await;
    let folder = TempDir::new().unwrap();
    let damaged = folder.path().join(database::FILE);
    let log = folder.path().join(format!("{}-wal", database::FILE));
    let words = "not what it was ".repeat(999);
    fs::write(&damaged, &words).unwrap();
    fs::write(&log, "its log").unwrap();
    let kept = restore(folder.path(), &file, true).unwrap().before.unwrap();
    assert_eq!(fs::read_to_string(&kept).unwrap(), words);
    let kept_log = format!("{}-wal", kept.display());
    assert_eq!(fs::read_to_string(kept_log).unwrap(), "its log");
    let place = Place::in_folder(folder);
    assert_eq!(texts(&place).await, ["one"]);
}

#[tokio::test]
async fn a_database_that_another_program_reads_is_not_replaced() {
    let (mut place, _shelf, file) = backed_up(&["one"]).await;
    place.close().await;
    let shell = Connection::open(place.folder.path().join(database::FILE)).unwrap();
    shell
        .execute_batch("CREATE TABLE t (i); DROP TABLE t; BEGIN; SELECT * FROM meta")
        .unwrap();
    let refused = restore(place.folder.path(), &file, true).err().unwrap();
    assert!(matches!(refused, CopyError::InUse(_)), "{refused}");
    drop(shell);
    restore(place.folder.path(), &file, true).unwrap();
    place.open();
}

#[tokio::test]
async fn what_is_no_good_backup_is_not_restored() {
    let (_place, shelf, file) = backed_up(&["one"]).await;
    let whole = fs::read(&file).unwrap();
    let empty = TempDir::new().unwrap();
    let planted = |sql: &str| {
        fs::write(&file, &whole).unwrap();
        Connection::open(&file).unwrap().execute_batch(sql).unwrap();
    };
    let plantings: [(&dyn Fn(), &str); 5] = [
        (&|| fs::remove_file(&file).unwrap(), "there is no database"),
        (
            &|| fs::write(&file, "words ".repeat(999)).unwrap(),
            "not a database of Hubbub",
        ),
        (&|| fs::write(&file, &whole[..8_192]).unwrap(), "damaged"),
        (&|| planted("PRAGMA user_version = 99"), "newer Hubbub"),
        (
            &|| planted("UPDATE rooms SET head = 7"),
            "Nothing was restored",
        ),
    ];
    for (plant, expected) in plantings {
        plant();
        let refused = restore(empty.path(), &file, true).err().unwrap();
        assert!(refused.to_string().contains(expected), "{refused}");
        assert_eq!(names(empty.path()), Vec::<String>::new());
    }
    drop(shelf);
}
