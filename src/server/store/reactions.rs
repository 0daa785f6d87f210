//! Reading what stands under messages.

use super::column::rows;
use crate::protocol::{Emoji, Event, Reaction, RoomId, Seq, UserId, What, limits::REACTORS_LISTED};
use rusqlite::{Connection, params};

/// Puts their reactions under the messages, with the first ones who put each there.
pub(super) fn fill(db: &Connection, room: RoomId, events: &mut [Event]) -> rusqlite::Result<()> {
    for event in events {
        if let What::Message(message) = &mut event.what
            && message.amended > Seq(0)
            && !message.deleted
        {
            message.reactions = under(db, room, event.seq)?;
        }
    }
    Ok(())
}

/// Adds `viewer` where they reacted but are not among the first ones.
pub(super) fn own(
    db: &Connection,
    room: RoomId,
    events: &mut [Event],
    viewer: UserId,
) -> rusqlite::Result<()> {
    for event in events {
        let What::Message(message) = &mut event.what else {
            continue;
        };
        for Reaction { emoji, by, .. } in &mut message.reactions {
            if by.len() == REACTORS_LISTED
                && !by.contains(&viewer)
                && db
                    .prepare_cached(
                        "SELECT 1 FROM reactors
                         WHERE room_id = ?1 AND seq = ?2 AND emoji = ?3 AND user_id = ?4",
                    )?
                    .exists(params![room, event.seq, &*emoji, viewer])?
            {
                by.push(viewer);
            }
        }
    }
    Ok(())
}

fn under(db: &Connection, room: RoomId, seq: Seq) -> rusqlite::Result<Vec<Reaction>> {
    let mut select = db.prepare_cached(
        "SELECT emoji, count FROM reactions WHERE room_id = ?1 AND seq = ?2 ORDER BY since",
    )?;
    let counted = select.query_map(params![room, seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
    counted
        .map(|counted| {
            let (emoji, count): (Emoji, u32) = counted?;
            let by = first(db, room, seq, &emoji)?;
            Ok(Reaction { emoji, count, by })
        })
        .collect()
}

fn first(db: &Connection, room: RoomId, seq: Seq, emoji: &Emoji) -> rusqlite::Result<Vec<UserId>> {
    db.prepare_cached(
        "SELECT user_id FROM reactors WHERE room_id = ?1 AND seq = ?2 AND emoji = ?3
         ORDER BY since LIMIT ?4",
    )?
    .query_map(params![room, seq, emoji, rows(REACTORS_LISTED)], |row| {
        row.get(0)
    })?
    .collect()
}
