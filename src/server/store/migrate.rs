//! Brings a database of any earlier version to the newest, one step a transaction.

use super::{OpenError, database::told};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;

/// What `PRAGMA application_id` says in a database of Hubbub: "Hubb".
const APPLICATION_ID: i32 = 0x4875_6262;

/// The steps in order. The number of a step is its place here, counted from 1, and the
/// `user_version` of the database after it. A step that was released never changes.
pub(super) const STEPS: &[&str] = &[
    include_str!("../../../migrations/0001_ground.sql"),
    include_str!("../../../migrations/0002_amendments.sql"),
    include_str!("../../../migrations/0003_actions_by_time.sql"),
];

/// Migrates, or refuses and changes nothing. Leaves foreign keys off: the settings of
/// [`super::database::keep_safe`] come after it.
pub(super) fn migrate(db: &mut Connection, file: &Path) -> Result<(), OpenError> {
    let found = version(db, file)?;
    // Steps may rebuild tables that others refer to; references are checked at the end
    // of each. The setting does nothing inside a transaction, so it is made here.
    // Not every host has a folder for temporary files, where a large index is sorted.
    db.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;")
        .map_err(|error| told(file, error))?;
    for (step, sql) in (1..).zip(STEPS) {
        if step > found {
            take(db, file, step, sql)?;
        }
    }
    Ok(())
}

/// The version of the database, 0 when it is new; an error if it is not for us.
pub(super) fn version(db: &Connection, file: &Path) -> Result<u32, OpenError> {
    let number = |sql: &str| -> Result<i64, OpenError> {
        db.query_row(sql, [], |row| row.get(0))
            .map_err(|error| told(file, error))
    };
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    let things = number("SELECT count(*) FROM sqlite_schema")?;
    if (application, version, things) == (0, 0, 0) {
        return Ok(0);
    }
    let known = newest();
    match u32::try_from(version) {
        Ok(found) if application == i64::from(APPLICATION_ID) && found > known => {
            Err(OpenError::Newer {
                path: file.to_owned(),
                found,
                known,
            })
        }
        Ok(found) if application == i64::from(APPLICATION_ID) && found > 0 => Ok(found),
        _ => Err(OpenError::NotOurs {
            path: file.to_owned(),
        }),
    }
}

/// The version that this program writes.
pub(super) fn newest() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

pub(super) fn take(
    db: &mut Connection,
    file: &Path,
    step: u32,
    sql: &str,
) -> Result<(), OpenError> {
    let failed = |error| told(file, error);
    let transaction = Transaction::new(db, TransactionBehavior::Immediate).map_err(failed)?;
    transaction.execute_batch(sql).map_err(failed)?;
    let broken = transaction
        .prepare("PRAGMA foreign_key_check")
        .and_then(|mut check| check.exists([]))
        .map_err(failed)?;
    if broken {
        return Err(OpenError::BrokenReferences { step });
    }
    transaction
        .pragma_update(None, "user_version", step)
        .map_err(failed)?;
    transaction.commit().map_err(failed)
}
