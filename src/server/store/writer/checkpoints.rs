//! The thread that moves what was committed from the write-ahead log into the database, while
//! the writer goes on: a commit that does it itself, as SQLite has it, lets everybody behind it
//! wait for tens of milliseconds.

use crate::server::store::{
    OpenError,
    database::{self, Vfs},
};
use rusqlite::Connection;
use std::{
    path::Path,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// Writes between two moves: some MiB of the log. A move syncs the whole file, which the disk does
/// not do beside the log of a commit: often and little is worse than seldom and much.
const WRITES: usize = 1_000;
/// Not more often than this: under load pages are written again and again, and moved once. The
/// writer's own limit, in pages, is the last resort where so many come, or so evenly, that the
/// log is never moved to its end.
const REST: Duration = Duration::from_secs(5);
/// How often it tries to come to the log's end. Behind the first, a pass has what was committed
/// during the one before.
const PASSES: usize = 6;

/// The writer's side.
pub(super) struct Checkpoints {
    ask: SyncSender<()>,
    thread: JoinHandle<()>,
    asked_at: Option<Instant>,
    written: usize,
}

impl Checkpoints {
    /// Starts the thread.
    pub(super) fn start(file: &Path, vfs: Vfs) -> Result<Self, OpenError> {
        let db = database::mover(file, vfs)?;
        // One is enough: whoever asks while it works asks again later.
        let (ask, asked) = sync_channel(1);
        let thread = thread::Builder::new()
            .name("hubbub-mover".to_owned())
            .spawn(move || run(&db, &asked))
            .map_err(OpenError::Thread)?;
        Ok(Self {
            ask,
            thread,
            asked_at: None,
            written: 0,
        })
    }

    /// So many writes more are in the log.
    pub(super) fn note(&mut self, writes: usize) {
        self.written += writes;
        let is_rested = self.asked_at.is_none_or(|at| at.elapsed() >= REST);
        if self.written >= WRITES && is_rested && self.ask.try_send(()).is_ok() {
            (self.written, self.asked_at) = (0, Some(Instant::now()));
        }
    }

    /// Waits until it is done, and lets go of the file.
    pub(super) fn end(self) {
        drop(self.ask);
        let _ = self.thread.join();
    }
}

fn run(db: &Connection, asked: &Receiver<()>) {
    for () in asked {
        if let Err(error) = move_to_its_end(db) {
            tracing::warn!(%error, "the write-ahead log was not moved into the database");
        }
    }
}

/// What is committed meanwhile must be moved as well, or the log does not begin anew: it goes on
/// until nothing was.
fn move_to_its_end(db: &Connection) -> rusqlite::Result<()> {
    let mut before = None;
    for _ in 0..PASSES {
        let moved = move_log(db)?;
        if moved.is_none() || moved == before {
            break;
        }
        before = moved;
    }
    Ok(())
}

/// Moves what is in the log by now, so many pages, if nobody reads an older form of them. Neither
/// readers nor the writer wait.
pub(in crate::server::store) fn move_log(db: &Connection) -> rusqlite::Result<Option<i64>> {
    // https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
    db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        let [busy, in_log, moved]: [i64; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
        Ok((busy == 0 && in_log == moved).then_some(in_log))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn a_log_is_moved_as_far_as_nobody_reads_what_was_before() {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join(database::FILE);
        let writer = database::writer(&file, None).unwrap();
        database::keep_safe(&writer, &file).unwrap();
        writer.execute_batch("CREATE TABLE words (word)").unwrap();
        let mover = database::mover(&file, None).unwrap();
        let all = move_log(&mover).unwrap().unwrap();
        assert!(all > 0);
        let reader = database::reader(&file, None).unwrap();
        reader.execute_batch("BEGIN; SELECT * FROM words").unwrap();
        for _ in 0..3 {
            writer
                .execute_batch("INSERT INTO words VALUES ('a')")
                .unwrap();
        }
        assert_eq!(move_log(&mover).unwrap(), None, "somebody reads");
        reader.execute_batch("COMMIT").unwrap();
        move_to_its_end(&mover).unwrap();
        let all = move_log(&mover).unwrap().unwrap();
        writer
            .execute_batch("INSERT INTO words VALUES ('b')")
            .unwrap();
        let anew = move_log(&mover).unwrap().unwrap();
        assert!(anew < all, "the log begins anew: {anew} pages of {all}");
    }
}
