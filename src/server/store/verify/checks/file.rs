//! The ground: the file, its tables, and what refers to what.

use super::{Wrong, each, place};
use crate::server::store::migrate;
use rusqlite::Connection;
use std::collections::BTreeMap;

pub(super) fn file(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(db, "PRAGMA integrity_check", wrong, |row| {
        let says: String = row.get(0)?;
        Ok((says != "ok").then_some(says))
    })
}

/// Compared with a new database that went through the same steps.
pub(super) fn tables(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    let version: u32 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let new = Connection::open_in_memory()?;
    for (step, sql) in (1..).zip(migrate::STEPS) {
        if step <= version {
            new.execute_batch(sql)?;
        }
    }
    let (found, expected) = (schema(db)?, schema(&new)?);
    for (name, sql) in &expected {
        match found.get(name) {
            None => wrong.add(format!("the {name} is missing")),
            Some(found) if found != sql => wrong.add(format!("the {name} is another one")),
            Some(_) => {}
        }
    }
    for name in found.keys().filter(|name| !expected.contains_key(*name)) {
        wrong.add(format!("the {name} is none of ours"));
    }
    Ok(())
}

fn schema(db: &Connection) -> rusqlite::Result<BTreeMap<String, Option<String>>> {
    db.prepare("SELECT type || ' ' || name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

pub(super) fn epoch(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    let known = db
        .prepare("SELECT 1 FROM meta WHERE key = 'epoch' AND length(value) = 32")?
        .exists([])?;
    if !known {
        wrong.add("there is none, so clients cannot tell this database from another one");
    }
    Ok(())
}

pub(super) fn references(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, seq FROM events
         WHERE user_id NOT IN (SELECT id FROM users)
         ORDER BY room_id, seq",
        wrong,
        |row| Ok(Some(format!("{} is by nobody", place(db, row)?))),
    )?;
    each(
        db,
        "SELECT room_id, count(*) FROM events
         WHERE room_id NOT IN (SELECT id FROM rooms) GROUP BY room_id",
        wrong,
        |row| {
            let (room, count): (i64, i64) = (row.get(0)?, row.get(1)?);
            Ok(Some(format!(
                "{count} events are of room {room}, which is not there"
            )))
        },
    )?;
    each(
        db,
        "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check
         WHERE \"table\" <> 'events' GROUP BY 1, 2",
        wrong,
        |row| {
            let (of, to, count): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Some(format!(
                "{count} of {of} refer to {to} that are not there"
            )))
        },
    )
}
