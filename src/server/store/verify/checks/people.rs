//! People and their names.

use super::{Wrong, each, room};
use crate::protocol::{Name, UserId};
use rusqlite::Connection;

pub(super) fn names(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
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

pub(super) fn in_use(db: &Connection, wrong: &mut Wrong) -> rusqlite::Result<()> {
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
