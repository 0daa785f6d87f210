//! The one thread that writes: it takes what waits, commits once, tells what changed, and
//! only then answers.
//!
//! There is no timer: a lone write does not wait for company, and under load the writes
//! that arrive during a commit are the next batch.

use super::{Change, Changes, Clock, StoreError, lock::FolderLock};
use crate::protocol::{Millis, limits};
use rusqlite::Connection;
use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
    thread::{self, JoinHandle},
};
use tokio::sync::{mpsc, oneshot};

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
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Message {
    Command(Box<dyn Command>),
    /// The last message: what comes behind it is refused.
    Close(oneshot::Sender<()>),
}

/// A command and whoever waits for its answer.
trait Command: Send {
    /// Does the work; whether it is to be kept.
    fn run(&mut self, write: &mut Write<'_>) -> bool;
    /// Says that it did not end well inside.
    fn fail(&mut self, error: StoreError);
    /// Answers.
    fn answer(self: Box<Self>);
}

struct Asked<T, W> {
    work: Option<W>,
    outcome: Result<T, StoreError>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Command for Asked<T, W>
where
    T: Send,
    W: FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, write: &mut Write<'_>) -> bool {
        if let Some(work) = self.work.take() {
            self.outcome = work(write);
        }
        if let Err(StoreError::Failed(cause)) = &self.outcome {
            tracing::error!(%cause, "a write failed");
        }
        self.outcome.is_ok()
    }

    fn fail(&mut self, error: StoreError) {
        // A refusal of its own says more than what happened to the batch.
        if self.outcome.is_ok() || matches!(self.outcome, Err(StoreError::Closed)) {
            self.outcome = Err(error);
        }
    }

    fn answer(self: Box<Self>) {
        // Whoever asked may have gone; the write is kept all the same.
        let _ = self.reply.send(self.outcome);
    }
}

impl Writer {
    /// Starts the thread. It owns the connection and the folder's lock, and lets go of
    /// them at its end.
    pub(super) fn start(
        db: Connection,
        lock: FolderLock,
        clock: Clock,
        committed: Committed,
    ) -> std::io::Result<Self> {
        let (queue, waiting) = mpsc::channel(limits::WRITE_QUEUE);
        let work = Work {
            db,
            waiting,
            clock,
            committed,
        };
        let thread = thread::Builder::new()
            .name("hubbub-writer".to_owned())
            .spawn(move || {
                work.run();
                drop(lock);
            })?;
        Ok(Self {
            queue,
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Runs `work` on the writer thread and waits until it is committed.
    pub(super) async fn write<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let asked = Asked {
            work: Some(work),
            outcome: Err(StoreError::Closed),
            reply,
        };
        // A full queue is refused rather than waited for: the sender's outbox keeps the
        // message and tries again, and memory stays bounded.
        self.queue
            .try_send(Message::Command(Box::new(asked)))
            .map_err(|refused| match refused {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
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
    committed: Committed,
}

impl Work {
    fn run(mut self) {
        let mut closing = None;
        while let Some(message) = self.waiting.blocking_recv() {
            match message {
                Message::Command(first) => self.batch(first, &mut closing),
                Message::Close(done) => self.stop(done, &mut closing),
            }
        }
        // Without this the next start would find the log full; with it, the file alone is
        // the whole database.
        if let Err(error) = self.db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log stays for the next start");
        }
        if let Err((_, error)) = self.db.close() {
            tracing::warn!(%error, "the database did not close cleanly");
        }
        if let Some(done) = closing {
            let _: Result<(), ()> = done.send(());
        }
    }

    fn stop(&mut self, done: oneshot::Sender<()>, closing: &mut Option<oneshot::Sender<()>>) {
        self.waiting.close();
        closing.get_or_insert(done);
    }

    /// Commits `first` and what waits behind it in one transaction, then answers all.
    fn batch(&mut self, first: Box<dyn Command>, closing: &mut Option<oneshot::Sender<()>>) {
        let mut asked = Vec::new();
        let mut changes = Changes::default();
        let begun = self.statement("BEGIN IMMEDIATE");
        let mut next = Some(first);
        while let Some(mut command) = next.take() {
            if begun.is_ok() {
                changes.take(self.run_one(command.as_mut()));
            }
            asked.push(command);
            // After some errors (disk full, I/O) SQLite undoes the whole transaction.
            let undone = self.db.is_autocommit();
            while next.is_none() && !undone && asked.len() < limits::WRITE_BATCH {
                match self.waiting.try_recv() {
                    Ok(Message::Command(command)) => next = Some(command),
                    Ok(Message::Close(done)) => self.stop(done, closing),
                    Err(_) => break,
                }
            }
        }
        match begun.and_then(|()| self.commit()) {
            Ok(()) => self.tell(changes.into_vec()),
            Err(error) => {
                tracing::error!(%error, writes = asked.len(), "a batch was not committed");
                let error = StoreError::from(error);
                for command in &mut asked {
                    command.fail(error.clone());
                }
            }
        }
        for command in asked {
            command.answer();
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

    /// Tells what changed. A listener that panics must not take the writer with it: its
    /// followers will find a gap in the sequence and ask.
    fn tell(&self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (self.committed)(changes))) {
            let cause = panic_text(panic.as_ref());
            tracing::error!(cause, "telling of a commit panicked");
        }
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
