//! The data folder: made, kept for one server, and refused with words that help.

use super::*;
use crate::server::store::OpenError;
use std::fs;

fn open(folder: &Path) -> Result<Store, OpenError> {
    Store::open(folder, Arc::new(|| Millis(7)), Box::new(|_| ()))
}

#[tokio::test]
async fn the_folder_is_made_and_is_its_owners_only() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("deep").join("data");
    let store = open(&folder).unwrap();
    store.check().await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}

#[tokio::test]
async fn the_epoch_is_of_the_database_and_of_no_other() {
    let mut place = Place::new();
    let epoch = place.store().epoch();
    assert_eq!(epoch.0.len(), 32);
    place.reopen().await;
    assert_eq!(place.store().epoch(), epoch);
    assert_ne!(Place::new().store().epoch(), epoch);
}

/// The first is not among what SQLite tells of itself; they come together.
#[test]
fn sqlite_is_compiled_as_the_configuration_of_cargo_says() {
    let flags = env!("LIBSQLITE3_FLAGS");
    assert!(flags.contains("-DHAVE_FDATASYNC=1"), "{flags}");
    let db = rusqlite::Connection::open_in_memory().unwrap();
    let used = "SELECT sqlite_compileoption_used('DEFAULT_MEMSTATUS=0')";
    assert!(db.query_row(used, [], |row| row.get::<_, bool>(0)).unwrap());
}

#[tokio::test]
async fn the_disk_is_asked_for_every_commit() {
    let place = Place::new();
    let settings = place.store().write(|write| {
        let setting = |sql: &str| write.db.query_row(sql, [], |row| row.get::<_, i64>(0));
        Ok((
            setting("PRAGMA synchronous")?,
            setting("PRAGMA foreign_keys")?,
        ))
    });
    assert_eq!(settings.await.unwrap(), (2, 1), "FULL, and on");
    let journal = place.store().read(|db| {
        let mode = db.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0));
        Ok(mode?)
    });
    assert_eq!(journal.await.unwrap(), "wal");
}

#[tokio::test]
async fn readers_cannot_write() {
    let place = Place::new();
    let tried = place
        .store()
        .read(|db| Ok(db.execute("DELETE FROM rooms", [])?));
    assert!(matches!(tried.await, Err(StoreError::Failed(_))));
    place.store().check().await.unwrap();
}

#[tokio::test]
async fn a_read_that_panics_gives_its_connection_back() {
    let place = Place::new();
    for _ in 0..20 {
        let failed = place
            .store()
            .read(|_| -> Result<(), _> { panic!("planted") });
        assert!(matches!(failed.await, Err(StoreError::Failed(_))));
    }
    place.store().check().await.unwrap();
}

#[tokio::test]
async fn a_folder_serves_one_server_at_a_time() {
    let mut place = Place::new();
    let second = open(place.folder.path()).err().unwrap();
    assert!(matches!(second, OpenError::InUse { .. }));
    assert!(second.to_string().contains("another server"), "{second}");
    place.reopen().await;
    place.store().close().await;
    let next = open(place.folder.path());
    assert!(next.is_ok(), "closing lets go, even while handles are left");
}

#[test]
fn a_folder_that_cannot_be_used_is_refused() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    let blocked = home.path().join("blocked");
    fs::create_dir_all(blocked.join("hubbub.lock")).unwrap();
    for folder in [file.join("data"), file, blocked] {
        let refused = open(&folder).err().unwrap();
        assert!(matches!(refused, OpenError::Folder { .. }), "{refused}");
        assert!(refused.to_string().contains(folder.to_str().unwrap()));
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_read_only_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let home = TempDir::new().unwrap();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o555)).unwrap();
    match fs::write(home.path().join("probe"), "") {
        // The system lets its administrator write everywhere; there is nothing to refuse.
        Ok(()) => assert!(open(home.path()).is_ok()),
        Err(_) => {
            let refused = open(home.path()).err().unwrap();
            assert!(matches!(refused, OpenError::Folder { .. }), "{refused}");
            assert!(refused.to_string().contains("writable"), "{refused}");
        }
    }
}

#[test]
fn a_file_that_is_no_database_of_ours_is_refused_and_left_alone() {
    let home = TempDir::new().unwrap();
    let file = home.path().join(database::FILE);
    let foreign = |sql: &str| {
        let _ = fs::remove_file(&file);
        Connection::open(&file).unwrap().execute_batch(sql).unwrap();
    };
    let plantings: [&dyn Fn(); 4] = [
        &|| {
            fs::write(
                &file,
                "a shopping list, long enough for a header of SQLite ".repeat(9),
            )
            .unwrap()
        },
        &|| foreign("CREATE TABLE recipes (name TEXT)"),
        &|| foreign("PRAGMA application_id = 7; PRAGMA user_version = 1;"),
        &|| foreign("PRAGMA application_id = 1215652450; CREATE TABLE half (made TEXT);"),
    ];
    for plant in plantings {
        plant();
        let before = fs::read(&file).unwrap();
        let refused = open(home.path()).err().unwrap();
        assert!(matches!(refused, OpenError::NotOurs { .. }), "{refused}");
        assert!(refused.to_string().contains("not a database of Hubbub"));
        assert!(fs::read(&file).unwrap() == before, "not touched");
    }
}

#[test]
fn a_database_that_is_a_folder_is_refused() {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join(database::FILE)).unwrap();
    let refused = open(home.path()).err().unwrap();
    assert!(matches!(refused, OpenError::Database { .. }), "{refused}");
}
