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

/// Writes between two moves: some MiB of the log. Each ends with a sync of the whole file, which
/// the disk does not do beside that of a commit: often and little is worse than seldom and much.
const WRITES: usize = 1_000;
/// Not more often than this: under load pages are written again and again, and moved once. The
/// writer's own limit, in pages, is the last resort where so many come, or so evenly, that the
/// log is never moved to its end.
const REST: Duration = Duration::from_secs(5);
/// Tries to come to its end.
const PASSES: usize = 3;

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
        // What is committed meanwhile must be moved as well, or the log does not begin anew.
        for _ in 0..PASSES {
            match move_log(db) {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "the write-ahead log was not moved into the database");
                    break;
                }
            }
        }
    }
}

/// Moves what nobody reads in its older form any more; whether that was all. Neither readers nor
/// the writer wait.
pub(in crate::server::store) fn move_log(db: &Connection) -> rusqlite::Result<bool> {
    // https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
    db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        let [busy, in_log, moved]: [i64; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
        Ok(busy == 0 && in_log == moved)
    })
}
