//! The one thread that writes: it takes what waits and commits once. A second one, the
//! herald, tells what changed, and only then answers: the next commit does not wait for
//! readers. A third one moves what was committed from the log into the database.
//!
//! While nobody is told anything, a lone write does not wait for company. Under load the writes
//! that arrive during a commit, or while a crowd is told of the one before, are the next batch.

use super::{Change, Changes, Clock, OpenError, StoreError, database::Vfs, lock::FolderLock};
use crate::protocol::{Millis, limits};
use rusqlite::Connection;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, oneshot};

mod batch;
pub(super) mod checkpoints;
mod command;
mod herald;
#[cfg(test)]
pub(super) mod stepped;

use batch::{Batch, Stage, its, ours};
use checkpoints::Checkpoints;
use command::{Asked, Command};
use herald::Herald;

/// One command at work inside the batch's transaction.
pub(super) struct Write<'a> {
    /// The connection, with the transaction open.
    pub db: &'a Connection,
    /// The time of this command.
    pub now: Millis,
    /// What the command changed; told if it succeeds and the batch is committed.
    pub changes: Vec<Change>,
}

/// Who is told what was committed.
pub(super) type Committed = Box<dyn Fn(Vec<Change>) + Send>;

/// The door to the thread.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    /// Commands that were accepted and are not committed yet.
    coming: Arc<AtomicUsize>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Message {
    Command(Box<dyn Command>),
    /// The last message: what comes behind it is refused.
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the threads. The writer's owns the connection and the folder's lock, and lets
    /// go of them at its end.
    pub(super) fn start(
        (file, vfs): (&Path, Vfs),
        db: Connection,
        lock: FolderLock,
        clock: Clock,
        committed: Committed,
    ) -> Result<Self, OpenError> {
        let checkpoints = Checkpoints::start(file, vfs)?;
        let (writer, work) = Self::without_thread(db, clock, committed);
        let (done, committed) = sync_channel(herald::QUEUE);
        let herald = work.herald.clone();
        let herald = thread::Builder::new()
            .name("hubbub-herald".to_owned())
            .spawn(move || herald.run(&committed))
            .map_err(OpenError::Thread)?;
        let thread = thread::Builder::new()
            .name("hubbub-writer".to_owned())
            .spawn(move || {
                let closing = work.run(&done, checkpoints);
                drop(lock);
                drop(done);
                // What is committed is told and answered, too.
                let _ = herald.join();
                if let Some(closed) = closing {
                    let _: Result<(), ()> = closed.send(());
                }
            })
            .map_err(OpenError::Thread)?;
        *writer.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(thread);
        Ok(writer)
    }

    /// The door, and what somebody must do behind it.
    fn without_thread(db: Connection, clock: Clock, committed: Committed) -> (Self, Work) {
        let (queue, waiting) = mpsc::channel(limits::WRITE_QUEUE);
        let coming = Arc::default();
        let work = Work {
            db,
            waiting,
            clock,
            herald: Arc::new(Herald::new(committed, Arc::clone(&coming))),
            coming: Arc::clone(&coming),
        };
        let thread = Mutex::default();
        let writer = Self {
            queue,
            coming,
            thread,
        };
        (writer, work)
    }

    /// Runs `work` on the writer thread and waits until it is committed.
    pub(super) async fn write<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let asked = Asked::new(work, reply);
        // A full queue is refused rather than waited for: the sender's outbox keeps the
        // message and tries again, and memory stays bounded.
        self.coming.fetch_add(1, Ordering::Relaxed);
        let sent = self.queue.try_send(Message::Command(Box::new(asked)));
        sent.map_err(|refused| {
            self.coming.fetch_sub(1, Ordering::Relaxed);
            match refused {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
            }
        })?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Commits what was accepted, refuses the rest, and ends the thread.
    pub(super) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.queue.send(Message::Close(done)).await.is_ok() {
            let _ = wait.await;
        }
        let thread = self.take_thread();
        // The thread has only to return now.
        let _ = tokio::task::spawn_blocking(move || thread.map(JoinHandle::join)).await;
    }

    /// How many messages are in the queue.
    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    fn take_thread(&self) -> Option<JoinHandle<()>> {
        self.thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

impl Drop for Writer {
    /// A store that is dropped without [`Writer::close`] still commits what it accepted,
    /// and has let go of the folder when this returns.
    fn drop(&mut self) {
        let (closed, _) = mpsc::channel(1);
        drop(std::mem::replace(&mut self.queue, closed));
        if let Some(thread) = self.take_thread() {
            let _ = thread.join();
        }
    }
}

struct Work {
    db: Connection,
    waiting: mpsc::Receiver<Message>,
    clock: Clock,
    herald: Arc<Herald>,
    coming: Arc<AtomicUsize>,
}

impl Work {
    /// Returns whom to tell that it is closed, if somebody closed it.
    fn run(
        mut self,
        done: &SyncSender<Batch>,
        mut checkpoints: Checkpoints,
    ) -> Option<oneshot::Sender<()>> {
        let (mut closing, mut took) = (None, Duration::ZERO);
        while let Some(message) = self.waiting.blocking_recv() {
            match message {
                Message::Command(first) => {
                    // While a crowd is being told nothing else is told or answered: what comes
                    // meanwhile is committed together, just in time.
                    self.herald.await_nearly_free(took * 2);
                    let began = Instant::now();
                    let batch = self.batch(first, &mut closing);
                    took = began.elapsed();
                    self.coming.fetch_sub(batch.asked.len(), Ordering::Relaxed);
                    checkpoints.note(batch.asked.len());
                    // Waits for a herald that is far behind: then the queue in front of us
                    // fills, and senders are asked to wait.
                    if done.send(batch).is_err() {
                        // It ends after us. Nobody would be told or answered any more.
                        tracing::error!("nobody tells what is written; no more is taken");
                        self.waiting.close();
                    }
                }
                Message::Close(done) => self.stop(done, &mut closing),
            }
        }
        // It reads the file that is closed here.
        checkpoints.end();
        // Without this the next start would find the log full; with it, the file alone is
        // the whole database.
        if let Err(error) = self.db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log stays for the next start");
        }
        if let Err((_, error)) = self.db.close() {
            tracing::warn!(%error, "the database did not close cleanly");
        }
        closing
    }

    fn stop(&mut self, done: oneshot::Sender<()>, closing: &mut Option<oneshot::Sender<()>>) {
        self.waiting.close();
        closing.get_or_insert(done);
    }

    /// Commits `first` and what waits behind it in one transaction.
    fn batch(
        &mut self,
        first: Box<dyn Command>,
        closing: &mut Option<oneshot::Sender<()>>,
    ) -> Batch {
        let mut batch = self.run_all(first, closing);
        for stage in ours() {
            self.advance(&mut batch, stage);
        }
        batch
    }

    /// Opens a transaction, and runs `first` and what waits behind it inside.
    fn run_all(
        &mut self,
        first: Box<dyn Command>,
        closing: &mut Option<oneshot::Sender<()>>,
    ) -> Batch {
        let mut batch = Batch {
            begun: self.statement("BEGIN IMMEDIATE"),
            asked: Vec::new(),
            changes: Changes::default(),
        };
        let mut next = Some(first);
        while let Some(mut command) = next.take() {
            if batch.begun.is_ok() {
                batch.changes.take(self.run_one(command.as_mut()));
            }
            batch.asked.push(command);
            // After some errors (disk full, I/O) SQLite undoes the whole transaction.
            let undone = self.db.is_autocommit();
            while next.is_none() && !undone && batch.asked.len() < limits::WRITE_BATCH {
                match self.waiting.try_recv() {
                    Ok(Message::Command(command)) => next = Some(command),
                    Ok(Message::Close(done)) => self.stop(done, closing),
                    Err(_) => break,
                }
            }
        }
        batch
    }

    fn advance(&self, batch: &mut Batch, stage: Stage) {
        match stage {
            Stage::Commit => {
                let begun = std::mem::replace(&mut batch.begun, Ok(()));
                if let Err(error) = begun.and_then(|()| self.commit()) {
                    batch.fail(error);
                }
            }
            stage => self.herald.advance(batch, stage),
        }
    }

    /// Runs one command in a savepoint, so that its failure does not hurt the others.
    fn run_one(&self, command: &mut dyn Command) -> Vec<Change> {
        let mut write = Write {
            db: &self.db,
            now: (self.clock)(),
            changes: Vec::new(),
        };
        if let Err(error) = self.statement("SAVEPOINT command") {
            command.fail(error.into());
            return Vec::new();
        }
        let kept = catch_unwind(AssertUnwindSafe(|| command.run(&mut write)));
        let kept = kept.unwrap_or_else(|panic| {
            let cause = panic_text(panic.as_ref());
            tracing::error!(cause, "a write panicked");
            command.fail(StoreError::failed(cause));
            false
        });
        let ended = if kept {
            self.statement("RELEASE command")
        } else {
            write.changes.clear();
            // Fails when SQLite undid the whole transaction already: then there is
            // nothing left to undo, and the commit fails for all.
            self.statement("ROLLBACK TO command")
                .and_then(|()| self.statement("RELEASE command"))
        };
        if let Err(error) = ended {
            write.changes.clear();
            command.fail(error.into());
        }
        write.changes
    }

    fn commit(&self) -> rusqlite::Result<()> {
        let committed = self.statement("COMMIT");
        if committed.is_err() && !self.db.is_autocommit() {
            self.statement("ROLLBACK")?;
        }
        committed
    }

    fn statement(&self, sql: &str) -> rusqlite::Result<()> {
        self.db.prepare_cached(sql)?.execute([]).map(|_| ())
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}
