//! What must be so in a database. A check is one function here and one line in the list.

use super::Wrong;
use crate::{
    protocol::{Name, RoomId, Seq, UserId, What},
    server::store::{log, migrate},
};
use rusqlite::{Connection, Row};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

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
    check("the file is whole", file),
    check("the tables are those of this version", tables),
    check("the database knows its epoch", epoch),
    check("every reference leads somewhere", references),
    check("sequences run from 1 without gaps", sequences),
    check("every room knows its newest event", heads),
    check("every room counts its members right", members),
    check("nobody has read further than there is", positions),
    check("every event is of a kind that is known", kinds),
    check(
        "every message, and nothing else, has its cid and hash",
        cids,
    ),
    check("every cid stands for one message", doubles),
    check(
        "the texts of messages are those that were submitted",
        hashes,
    ),
    check("names are kept apart by the rules", names),
    check(
        "names in use belong to sessions, and members have one",
        in_use,
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

fn file(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(db, "PRAGMA integrity_check", wrong, |row| {
        let says: String = row.get(0)?;
        Ok((says != "ok").then_some(says))
    })
}

/// Compared with a new database that went through the same steps.
fn tables(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
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

fn epoch(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    let known = db
        .prepare("SELECT 1 FROM meta WHERE key = 'epoch' AND length(value) = 32")?
        .exists([])?;
    if !known {
        wrong.add("there is none, so clients cannot tell this database from another one");
    }
    Ok(())
}

fn references(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
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

fn sequences(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, seq, before FROM
             (SELECT room_id, seq,
                     lag(seq, 1, 0) OVER (PARTITION BY room_id ORDER BY seq) AS before
              FROM events)
         WHERE seq <> before + 1",
        wrong,
        |row| {
            let (seq, before): (i64, i64) = (row.get(1)?, row.get(2)?);
            let room = room(db, row)?;
            Ok(Some(match (before + 1, seq - 1) {
                (first, last) if first == last => format!("{room}: {first} is missing"),
                (first, last) => format!("{room}: {first} to {last} are missing"),
            }))
        },
    )
}

fn heads(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT id, head, newest FROM
             (SELECT id, head,
                     (SELECT ifnull(max(seq), 0) FROM events WHERE room_id = id) AS newest
              FROM rooms)
         WHERE head <> newest",
        wrong,
        |row| {
            let (head, newest): (i64, i64) = (row.get(1)?, row.get(2)?);
            let room = room(db, row)?;
            Ok(Some(format!(
                "{room}: its newest event is {newest}, it says {head}"
            )))
        },
    )
}

fn members(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT id, members, counted FROM
             (SELECT id, members,
                     (SELECT count(*) FROM members WHERE room_id = id) AS counted
              FROM rooms)
         WHERE members <> counted",
        wrong,
        |row| {
            let (says, counted): (i64, i64) = (row.get(1)?, row.get(2)?);
            let room = room(db, row)?;
            Ok(Some(format!(
                "{room}: its members are {counted}, it says {says}"
            )))
        },
    )
}

fn positions(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, read_seq, head, user_id FROM members JOIN rooms ON room_id = id
         WHERE read_seq > head",
        wrong,
        |row| {
            let (read, head, user): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
            let room = room(db, row)?;
            Ok(Some(format!(
                "{room}: person {user} has read {read} of {head}"
            )))
        },
    )
}

/// Reads every event as the server does.
fn kinds(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    let sql = format!("SELECT {}, room_id FROM events", log::COLUMNS);
    let mut select = db.prepare(&sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let place = || -> rusqlite::Result<String> {
            let seq: i64 = row.get("seq")?;
            Ok(format!("{}: {seq}", named(db, row.get("room_id")?)?))
        };
        match log::event(row) {
            Ok(event) if event.what == What::Unknown => {
                let kind: i64 = row.get("kind")?;
                wrong.add(format!("{} is of kind {kind}", place()?));
            }
            Ok(_) => {}
            Err(error) => wrong.add(format!("{} cannot be read: {error}", place()?)),
        }
    }
    Ok(())
}

fn cids(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, seq, kind = 1, cid IS NOT NULL, hash IS NOT NULL FROM events
         WHERE (kind = 1) <> (ifnull(length(cid), 0) = 16 AND ifnull(length(hash), 0) = 32)
            OR (kind <> 1 AND (cid IS NOT NULL OR hash IS NOT NULL))",
        wrong,
        |row| {
            let place = place(db, row)?;
            Ok(Some(if row.get(2)? {
                format!("{place} is a message without a good cid and hash")
            } else {
                format!("{place} is no message, but has a cid or a hash")
            }))
        },
    )
}

fn doubles(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, min(seq), count(*), user_id FROM events NOT INDEXED
         WHERE cid IS NOT NULL GROUP BY user_id, cid HAVING count(*) > 1",
        wrong,
        |row| {
            let (count, user): (i64, i64) = (row.get(2)?, row.get(3)?);
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} is there {count} times, by person {user}"
            )))
        },
    )
}

/// The hash is of what was submitted, before shortcodes became emoji: only a text without
/// anything that could have been a shortcode can be held against it.
fn hashes(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, seq, body, hash FROM events WHERE kind = 1 AND body IS NOT NULL",
        wrong,
        |row| {
            let text: String = row.get(2)?;
            let hash: Option<[u8; 32]> = row.get(3).ok();
            let same = may_hold_emoji(&text) || hash == Some(Sha256::digest(&text).into());
            Ok(if same {
                None
            } else {
                Some(format!(
                    "{} has another text than its hash says",
                    place(db, row)?
                ))
            })
        },
    )
}

/// Whether an emoji may stand in a text. All of them hold one of these.
fn may_hold_emoji(text: &str) -> bool {
    text.contains(|c| matches!(c, '\u{A9}' | '\u{AE}' | '\u{2000}'..))
}

fn names(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT id, name, name_key, skeleton FROM users",
        wrong,
        |row| {
            let (user, name): (UserId, Name) = (row.get(0)?, row.get(1)?);
            let (key, skeleton): (String, String) = (row.get(2)?, row.get(3)?);
            let same = key == name.key() && skeleton == name.skeleton();
            let (user, name) = (user.0, name.as_str());
            Ok((!same).then(|| {
                format!("person {user}, {name}: the rules would keep the name apart otherwise")
            }))
        },
    )
}

fn in_use(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT id, name, in_use FROM users
         WHERE in_use <> EXISTS (SELECT 1 FROM sessions WHERE user_id = id)",
        wrong,
        |row| {
            let (user, name, in_use): (i64, String, bool) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let why = if in_use {
                "the name is in use without a session"
            } else {
                "there is a session, but the name is free"
            };
            Ok(Some(format!("person {user}, {name}: {why}")))
        },
    )?;
    each(
        db,
        "SELECT room_id, name FROM members JOIN users ON user_id = id WHERE in_use = 0",
        wrong,
        |row| {
            let name: String = row.get(1)?;
            let room = room(db, row)?;
            Ok(Some(format!(
                "{room}: {name} is a member whose name is free"
            )))
        },
    )
}

/// Asks, and adds what `tell` makes of the rows.
fn each(
    db: &Connection,
    sql: &str,
    wrong: &mut Wrong,
    tell: impl Fn(&Row<'_>) -> rusqlite::Result<Option<String>>,
) -> rusqlite::Result<()> {
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

    #[test]
    fn every_emoji_of_a_shortcode_is_one_that_may_be() {
        for emoji in emojis::iter().filter(|emoji| emoji.shortcode().is_some()) {
            assert!(may_hold_emoji(emoji.as_str()), "{emoji}");
        }
        assert!(!may_hold_emoji("Käse, Тёмка, שלום"));
    }
}
