//! What happened to messages after they were said: the rows of messages against the log.

use super::{Wrong, each, place};
use rusqlite::Connection;

pub(super) fn targets(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT one.room_id, one.seq, one.of_seq FROM events AS one
         LEFT JOIN events AS message
             ON message.room_id = one.room_id AND message.seq = one.of_seq
         WHERE (one.kind IN (6, 7, 8, 9)) <> (one.of_seq IS NOT NULL)
            OR (one.of_seq IS NOT NULL
                AND (message.kind IS NOT 1 OR message.seq >= one.seq))",
        wrong,
        |row| {
            let of: Option<i64> = row.get(2)?;
            let of = of.map_or_else(|| "nothing".to_owned(), |of| of.to_string());
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} is about {of}, which is no message before it"
            )))
        },
    )?;
    each(
        db,
        "SELECT one.room_id, one.seq FROM events AS one
         JOIN events AS message ON message.room_id = one.room_id AND message.seq = one.of_seq
         WHERE one.kind IN (6, 7) AND one.user_id <> message.user_id",
        wrong,
        |row| {
            let place = place(db, row)?;
            Ok(Some(format!("{place} changes somebody else's message")))
        },
    )
}

pub(super) fn newest(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, seq, amended, newest FROM
             (SELECT room_id, seq, amended,
                     (SELECT ifnull(max(seq), 0) FROM events AS one
                      WHERE one.room_id = message.room_id AND one.of_seq = message.seq) AS newest
              FROM events AS message)
         WHERE amended <> newest",
        wrong,
        |row| {
            let (says, newest): (i64, i64) = (row.get(2)?, row.get(3)?);
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} was last amended by {newest}, it says {says}"
            )))
        },
    )
}

pub(super) fn versions(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, seq, until FROM versions AS one WHERE NOT EXISTS (
             SELECT 1 FROM events AS edit
             WHERE edit.room_id = one.room_id AND edit.seq = one.until
                 AND edit.of_seq = one.seq AND edit.kind = 6)",
        wrong,
        |row| {
            let until: i64 = row.get(2)?;
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} said something until {until}, which is no edit of it"
            )))
        },
    )?;
    each(
        db,
        "SELECT room_id, seq FROM events AS message
         WHERE kind = 1 AND body IS NOT NULL AND (edited_at IS NOT NULL) <> EXISTS (
             SELECT 1 FROM versions AS one
             WHERE one.room_id = message.room_id AND one.seq = message.seq)",
        wrong,
        |row| {
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} was edited and what it said before is lost, or the other way round"
            )))
        },
    )
}

pub(super) fn deleted(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, seq FROM events AS message
         WHERE kind = 1 AND (body IS NULL) <> EXISTS (
             -- Told: for a constant `kind` it would rather look through the whole room.
             SELECT 1 FROM events AS one INDEXED BY events_by_message
             WHERE one.room_id = message.room_id AND one.of_seq = message.seq AND one.kind = 7)",
        wrong,
        |row| {
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} has words although it was deleted, or none although it was not"
            )))
        },
    )?;
    each(
        db,
        "SELECT room_id, seq FROM events AS message
         WHERE kind = 1 AND body IS NULL AND (
             edited_at IS NOT NULL
             OR EXISTS (SELECT 1 FROM versions AS one
                 WHERE one.room_id = message.room_id AND one.seq = message.seq)
             OR EXISTS (SELECT 1 FROM reactions AS one
                 WHERE one.room_id = message.room_id AND one.seq = message.seq))",
        wrong,
        |row| {
            let place = place(db, row)?;
            Ok(Some(format!(
                "something is left of {place}, which was deleted"
            )))
        },
    )
}

pub(super) fn counts(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, seq, emoji, count, counted FROM
             (SELECT room_id, seq, emoji, count,
                     (SELECT count(*) FROM reactors AS by
                      WHERE by.room_id = one.room_id AND by.seq = one.seq
                          AND by.emoji = one.emoji) AS counted
              FROM reactions AS one)
         WHERE count <> counted",
        wrong,
        |row| {
            let (emoji, says, counted): (String, i64, i64) =
                (row.get(2)?, row.get(3)?, row.get(4)?);
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} has {emoji} {counted} times, it says {says}"
            )))
        },
    )
}

/// Who reacted last decides: with the emoji, or by taking it back.
pub(super) fn reactions(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "WITH said AS (
             SELECT one.room_id, one.of_seq AS seq, one.body AS emoji, one.user_id,
                    one.kind, max(one.seq)
             FROM events AS one
             JOIN events AS message
                 ON message.room_id = one.room_id AND message.seq = one.of_seq
             WHERE one.kind IN (8, 9) AND message.body IS NOT NULL
             GROUP BY 1, 2, 3, 4)
         SELECT room_id, seq, emoji, user_id FROM said WHERE kind = 8
         EXCEPT SELECT room_id, seq, emoji, user_id FROM reactors",
        wrong,
        |row| {
            let (emoji, user): (String, i64) = (row.get(2)?, row.get(3)?);
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} has lost the {emoji} of person {user}"
            )))
        },
    )?;
    each(
        db,
        "WITH said AS (
             SELECT room_id, of_seq AS seq, body AS emoji, user_id, kind, max(seq)
             FROM events WHERE kind IN (8, 9) GROUP BY 1, 2, 3, 4)
         SELECT room_id, seq, emoji, user_id FROM reactors
         EXCEPT SELECT room_id, seq, emoji, user_id FROM said WHERE kind = 8",
        wrong,
        |row| {
            let (emoji, user): (String, i64) = (row.get(2)?, row.get(3)?);
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} has the {emoji} of person {user}, who took it back or never gave it"
            )))
        },
    )
}
