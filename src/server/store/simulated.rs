//! The store of a simulation: a disk in memory that outlives a crash, and a writer that is
//! driven by hand. Everything else is as it is in production.

pub(in crate::server) use super::writer::stepped::Stepped;

use super::{Change, Clock, Inner, Memory, Store, database, epoch, log, migrate, reader::Readers};
use crate::planted::{Mistake, planted};
use crate::protocol::{Event, RoomId, Seq};
use rusqlite::{Connection, OpenFlags, params};
use std::{path::Path, sync::Arc};

/// A database that nobody but this process sees, and that lives as long as this handle.
pub(in crate::server) struct Disk {
    name: String,
    db: Connection,
}

impl Disk {
    /// A new database of the newest version. No two at once have the same name.
    pub fn blank(name: &str) -> Self {
        let mut disk = Self::unformatted(name);
        migrate::migrate(&mut disk.db, Path::new(name)).expect("a new database migrates");
        if planted(Mistake::ForgetfulDedupe) {
            // Whoever forgets has no such index.
            let dropped = disk.db.execute_batch("DROP INDEX events_by_cid");
            dropped.expect("it is there");
        }
        disk
    }

    fn unformatted(name: &str) -> Self {
        Self {
            db: open(name),
            name: name.to_owned(),
        }
    }

    /// A copy as of now, as a backup makes it.
    pub fn copy(&self, name: &str) -> Self {
        let copy = Self::unformatted(name);
        let into = address(name);
        let copied = self.db.execute("VACUUM INTO ?1", [into]);
        copied.expect("memory has room");
        copy
    }

    /// Begins another life of the database.
    pub fn set_epoch(&self, epoch: &str) {
        self.db
            .execute("UPDATE meta SET value = ?1 WHERE key = 'epoch'", [epoch])
            .expect("nobody else writes");
    }

    /// To look behind the store's back.
    pub fn db(&self) -> &Connection {
        &self.db
    }

    /// Every room and its newest event.
    pub fn heads(&self) -> Vec<(RoomId, Seq)> {
        let mut select = self.db.prepare_cached("SELECT id, head FROM rooms");
        let select = select.as_mut().expect("the table is there");
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rows.and_then(Iterator::collect)
            .expect("nobody else writes")
    }

    /// What a room's log has behind a place, without what stands under messages.
    pub fn events_after(&self, room: RoomId, place: Seq) -> Vec<Event> {
        let sql = format!(
            "{} WHERE one.room_id = ?1 AND one.seq > ?2 ORDER BY one.seq",
            log::SELECT
        );
        let mut select = self.db.prepare_cached(&sql);
        let select = select.as_mut().expect("the table is there");
        let rows = select.query_map(params![room, place], log::event);
        rows.and_then(Iterator::collect)
            .expect("nobody else writes")
    }

    /// Opens the store on it.
    pub fn open(
        &self,
        clock: Clock,
        committed: Box<dyn Fn(Vec<Change>) + Send>,
    ) -> (Store, Stepped) {
        let db = open(&self.name);
        let readers = (0..2).map(|_| open(&self.name)).collect();
        let epoch = epoch(&db).expect("it was migrated");
        let memory = Memory::default();
        let committed = memory.before(committed);
        let (writer, stepped) = Stepped::new(db, clock.clone(), committed);
        let inner = Inner {
            epoch,
            clock,
            memory,
            readers: Readers::over(readers),
            writer,
        };
        (Store(Arc::new(inner)), stepped)
    }
}

fn address(name: &str) -> String {
    format!("file:/{name}?vfs=memdb")
}

fn open(name: &str) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(address(name), flags).expect("memory has room");
    db.execute_batch("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;")
        .expect("settings are settings");
    db.set_prepared_statement_cache_capacity(database::STATEMENTS);
    db
}
