//! Rooms and their counters.

use super::{Wrong, each, room};
use rusqlite::Connection;

pub(super) fn sequences(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
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

pub(super) fn heads(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
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

pub(super) fn members(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
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

pub(super) fn positions(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
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
