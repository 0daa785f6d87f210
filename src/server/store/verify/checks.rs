//! What must be so in a database. A check is one function here and one line in the list.

mod amendments;
mod events;
mod file;
mod people;
mod rooms;

use super::Wrong;
use crate::protocol::{RoomId, Seq};
use rusqlite::{Connection, Row};

/// One thing that must be so.
pub(super) struct Check {
    /// What it is, for the host.
    pub what: &'static str,
    /// The first version of the database that it makes sense for.
    pub since: u32,
    /// Names what is not so.
    pub look: fn(&Connection, &mut Wrong) -> rusqlite::Result<()>,
}

/// All checks, the ground first.
pub(super) const CHECKS: &[Check] = &[
    check("the file is whole", file::file),
    check("the tables are those of this version", file::tables),
    check("the database knows its epoch", file::epoch),
    check("every reference leads somewhere", file::references),
    check("sequences run from 1 without gaps", rooms::sequences),
    check("every room knows its newest event", rooms::heads),
    check("every room counts its members right", rooms::members),
    check("nobody has read further than there is", rooms::positions),
    since_2("every event is of a kind that is known", events::kinds),
    since_2("actions have cids, words have hashes", events::cids),
    check("every cid stands for one action", events::doubles),
    since_2(
        "the texts of messages are those that were submitted",
        events::hashes,
    ),
    since_2("amendments are about messages", amendments::targets),
    since_2("messages know their newest amendment", amendments::newest),
    since_2("edits left what was said before", amendments::versions),
    since_2("nothing is left of deleted messages", amendments::deleted),
    since_2("reactions are counted right", amendments::counts),
    since_2(
        "reactions are those that the log tells",
        amendments::reactions,
    ),
    check("names are kept apart by the rules", people::names),
    check(
        "names in use belong to sessions, and members have one",
        people::in_use,
    ),
];

const fn check(
    what: &'static str,
    look: fn(&Connection, &mut Wrong) -> rusqlite::Result<()>,
) -> Check {
    Check {
        what,
        since: 1,
        look,
    }
}

/// For what came with the amendments: a database from before them is looked at without.
const fn since_2(
    what: &'static str,
    look: fn(&Connection, &mut Wrong) -> rusqlite::Result<()>,
) -> Check {
    Check {
        since: 2,
        ..check(what, look)
    }
}

/// Asks, and adds what `tell` makes of the rows.
fn each(
    db: &Connection,
    sql: &str,
    wrong: &mut Wrong,
    tell: impl Fn(&Row<'_>) -> rusqlite::Result<Option<String>>,
) -> rusqlite::Result<()> {
    #[cfg(test)]
    tests::assert_quick(db, sql);
    let mut select = db.prepare(sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        match tell(row) {
            Ok(None) => {}
            Ok(Some(what)) => wrong.add(what),
            Err(error) => wrong.add(format!("a row cannot be read: {error}")),
        }
    }
    Ok(())
}

/// The room in the first column.
fn room(db: &Connection, row: &Row<'_>) -> rusqlite::Result<String> {
    named(db, row.get(0)?)
}

/// The room in the first column and the sequence in the second.
fn place(db: &Connection, row: &Row<'_>) -> rusqlite::Result<String> {
    let seq: Seq = row.get(1)?;
    Ok(format!("{}: {}", room(db, row)?, seq.0))
}

fn named(db: &Connection, room: RoomId) -> rusqlite::Result<String> {
    let slug = db
        .prepare_cached("SELECT slug FROM rooms WHERE id = ?1")?
        .query_row([room], |row| row.get::<_, String>(0));
    Ok(match slug {
        Ok(slug) => format!("room {slug}"),
        Err(_) => format!("room {}, which is not there", room.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is looked up for each message is found by more than its room: that may have a million.
    pub(super) fn assert_quick(db: &Connection, sql: &str) {
        let mut plan = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps = plan.query_map([], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<_> = steps.map(Result::unwrap).collect();
        let goes_through_room =
            |step: &String| step.starts_with("SEARCH") && step.ends_with("(room_id=?)");
        let is_of_messages = steps.iter().any(|step| step.starts_with("SCAN message"));
        let is_slow = is_of_messages && steps.iter().any(goes_through_room);
        assert!(!is_slow, "{steps:?}: {sql}");
    }
}
