//! SQLite connections with the settings that the promises rest on.

use super::OpenError;
use rusqlite::{Connection, ErrorCode, OpenFlags, config::DbConfig, ffi};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// The database in the data folder.
pub(super) const FILE: &str = "hubbub.sqlite3";

/// Prepared statements that a connection keeps: more than there are in `store`.
pub(super) const STATEMENTS: usize = 64;
/// How long to wait for somebody else's lock (a backup tool, a shell).
const BUSY: Duration = Duration::from_secs(5);
/// Pages in the write-ahead log before a commit moves them into the database itself: 32 MiB, so
/// that `writer::checkpoints` does it before wherever it can, and a busy writer pays for the move
/// once in many commits.
const CHECKPOINT_PAGES: u32 = 8_192;

/// Versions before this one can lose a reset of the write-ahead log:
/// <https://www.sqlite.org/wal.html#walresetbug>.
const OLDEST_SQLITE: i32 = 3_051_003;

/// The layer of SQLite that reaches the disk, by the name it is registered with: the
/// system's own if none is said. Tests put one between that remembers what it was asked.
pub(super) type Vfs = Option<&'static str>;

/// The one connection that writes.
pub(super) fn writer(file: &Path, vfs: Vfs) -> Result<Connection, OpenError> {
    if rusqlite::version_number() < OLDEST_SQLITE {
        return Err(OpenError::OldSqlite {
            version: rusqlite::version(),
        });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = open(file, flags, vfs)?;
    if db.is_readonly("main").map_err(|error| told(file, error))? {
        return Err(OpenError::ReadOnly {
            path: file.to_owned(),
        });
    }
    Ok(db)
}

/// A connection that moves what is in the log into the database, and nothing else: as safely as
/// the writer would.
pub(super) fn mover(file: &Path, vfs: Vfs) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = open(file, flags, vfs)?;
    db.execute_batch("PRAGMA synchronous = FULL; PRAGMA checkpoint_fullfsync = ON;")
        .map_err(|error| told(file, error))?;
    Ok(db)
}

/// Settings of the writer, made last: `journal_mode` is written into the file, which must
/// be known as ours by then, and the migration works without foreign keys.
pub(super) fn keep_safe(db: &Connection, file: &Path) -> Result<(), OpenError> {
    let mode: String = db
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(|error| told(file, error))?;
    if mode != "wal" {
        return Err(OpenError::NoWriteAheadLog {
            path: file.to_owned(),
        });
    }
    db.execute_batch(&format!(
        // FULL: COMMIT returns when the log is on the disk; fullfsync: also on macOS.
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         -- What is deleted is overwritten, not only forgotten.
         PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384;
         PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES};
         PRAGMA journal_size_limit = 67108864;"
    ))
    .map_err(|error| told(file, error))?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// One of the connections that read.
pub(super) fn reader(file: &Path, vfs: Vfs) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = open(file, flags, vfs)?;
    db.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;")
        .map_err(|error| told(file, error))?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(db)
}

/// A database that nobody writes, in a place where nothing can be written: without locks and
/// without shared memory, which would have to be made.
pub(super) fn still(file: &Path) -> Result<Connection, OpenError> {
    // https://www.sqlite.org/uri.html: these three would end the path.
    let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let path = path.display().to_string();
    let path = path
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    open(Path::new(&format!("file:{path}?immutable=1")), flags, None)
}

fn open(file: &Path, flags: OpenFlags, vfs: Vfs) -> Result<Connection, OpenError> {
    let opened = match vfs {
        None => Connection::open_with_flags(file, flags),
        Some(name) => Connection::open_with_flags_and_vfs(file, flags, name),
    };
    let db = opened.map_err(|error| told(file, error))?;
    db.busy_timeout(BUSY).map_err(|error| told(file, error))?;
    // Otherwise SQLite makes a plan anew for every other value that is bound: that was a
    // seventh of a page.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|error| told(file, error))?;
    Ok(db)
}

/// An error of SQLite about this file, told in our words where we know better.
pub(super) fn told(file: &Path, source: rusqlite::Error) -> OpenError {
    let path: PathBuf = file.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenError::NotOurs { path },
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged { path, source },
        Some(ErrorCode::ReadOnly) => OpenError::ReadOnly { path },
        _ => OpenError::Database { path, source },
    }
}

/// Whether an error says that a unique index refused a row.
pub(super) fn refused_as_double(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE)
}
