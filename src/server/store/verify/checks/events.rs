//! The log, event by event.

use super::{Wrong, each, named, place};
use crate::{
    protocol::{RoomId, What},
    server::store::log,
};
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// Reads every event as the server does.
pub(super) fn kinds(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    let rooms: Vec<RoomId> = db
        .prepare("SELECT DISTINCT room_id FROM events")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let sql = format!("{} WHERE one.room_id = ?1", log::SELECT);
    let mut select = db.prepare(&sql)?;
    for id in rooms {
        let mut rows = select.query([id])?;
        while let Some(row) = rows.next()? {
            let (seq, kind): (i64, i64) = (row.get(0)?, row.get(3)?);
            let place = || Ok::<_, rusqlite::Error>(format!("{}: {seq}", named(db, id)?));
            match log::event(row) {
                Ok(event) if event.what == What::Unknown => {
                    wrong.add(format!("{} is of kind {kind}", place()?));
                }
                Ok(_) => {}
                Err(error) => wrong.add(format!("{} cannot be read: {error}", place()?)),
            }
        }
    }
    Ok(())
}

pub(super) fn cids(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, seq FROM events
         WHERE (kind IN (1, 6, 7, 8, 9)) <> (ifnull(length(cid), 0) = 16)
            OR (kind NOT IN (1, 6, 7, 8, 9) AND cid IS NOT NULL)",
        wrong,
        |row| {
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} is an action without a good cid, or none and has one"
            )))
        },
    )?;
    // The words of an edit stand in the row of its message, and both hashes go with them.
    each(
        db,
        "SELECT one.room_id, one.seq FROM events AS one
         LEFT JOIN events AS message
             ON message.room_id = one.room_id AND message.seq = one.of_seq
         WHERE (ifnull(length(one.hash), 0) = 32) <>
             (one.kind IN (1, 6) AND ifnull(message.body, one.body) IS NOT NULL)",
        wrong,
        |row| {
            let place = place(db, row)?;
            Ok(Some(format!(
                "{place} has words without a good hash, or none and has one"
            )))
        },
    )
}

pub(super) fn doubles(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
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

/// The hash of a message is of what was submitted, before it was edited and before shortcodes became emoji: only a text without
/// anything that could have been a shortcode can be held against it.
pub(super) fn hashes(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
    each(
        db,
        "SELECT room_id, seq, body, hash FROM events
         WHERE kind = 1 AND body IS NOT NULL AND edited_at IS NULL",
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
