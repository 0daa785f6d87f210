//! The writer and the herald without their threads: a simulation says when they go on, and
//! what happens between a commit and what follows it.

use super::{Batch, Clock, Committed, Message, Stage, Work, Writer, its, ours};
use rusqlite::Connection;
use std::collections::VecDeque;

/// What the threads would do, one step at a time.
pub(in crate::server) struct Stepped {
    work: Work,
    batch: Option<(Batch, VecDeque<Stage>)>,
    /// What is committed, and not with the herald yet.
    committed: VecDeque<Batch>,
    /// What the herald is at.
    told: Option<(Batch, VecDeque<Stage>)>,
    waiting: Option<Message>,
    log_is_full: bool,
    commit_fails: bool,
}

impl Stepped {
    /// The door, and the steps behind it.
    pub(in crate::server::store) fn new(
        db: Connection,
        clock: Clock,
        committed: Committed,
    ) -> (Writer, Self) {
        let (writer, work) = Writer::without_thread(db, clock, committed);
        let stepped = Self {
            work,
            batch: None,
            committed: VecDeque::new(),
            told: None,
            waiting: None,
            log_is_full: false,
            commit_fails: false,
        };
        (writer, stepped)
    }

    /// Whether there is anything to do.
    pub fn can_step(&mut self) -> bool {
        if self.batch.is_none() && self.waiting.is_none() {
            self.waiting = self.work.waiting.try_recv().ok();
        }
        self.batch.is_some() || self.waiting.is_some()
    }

    /// Whether a transaction is open: nobody else can use the database then.
    pub fn is_in_transaction(&self) -> bool {
        !self.work.db.is_autocommit()
    }

    /// Makes the next commit that is begun fail, as a full disk would.
    pub fn fail_commit(&mut self) {
        self.commit_fails = true;
    }

    fn break_commit(&self) {
        let broken = "PRAGMA defer_foreign_keys = ON;
                      INSERT OR REPLACE INTO sessions (hash, user_id, created_at, seen_at)
                      VALUES (zeroblob(32), -1, 0, 0)";
        let broken = self.work.db.execute_batch(broken);
        broken.expect("a transaction is open");
    }

    /// From now on nothing can be added to a log, or again something. Not while a transaction
    /// is open.
    pub fn set_log_full(&mut self, full: bool) {
        if self.log_is_full == full || self.is_in_transaction() {
            return;
        }
        let set = if full {
            "CREATE TEMP TRIGGER full BEFORE INSERT ON main.events
             BEGIN SELECT RAISE(ABORT, 'no room for this'); END"
        } else {
            "DROP TRIGGER temp.full"
        };
        self.work.db.execute_batch(set).expect("memory has room");
        self.log_is_full = full;
    }

    /// Whether nothing can be added to a log.
    pub fn is_log_full(&self) -> bool {
        self.log_is_full
    }

    /// Does the next thing; says what it was.
    pub fn step(&mut self) -> String {
        let Some((batch, stages)) = &mut self.batch else {
            return match self.waiting.take() {
                Some(Message::Command(first)) => {
                    let batch = self.work.run_all(first, &mut None);
                    let told = format!("runs {} commands", batch.asked.len());
                    self.batch = Some((batch, ours().collect()));
                    if std::mem::take(&mut self.commit_fails) {
                        self.break_commit();
                    }
                    told
                }
                Some(Message::Close(_)) | None => "has nothing to do".to_owned(),
            };
        };
        let stage = stages.pop_front();
        if let Some(stage) = stage {
            self.work.advance(batch, stage);
        }
        if stages.is_empty() {
            self.committed
                .extend(self.batch.take().map(|(batch, _)| batch));
        }
        format!("{stage:?}")
    }

    /// Whether the herald has anything to do.
    pub fn can_tell(&self) -> bool {
        self.told.is_some() || !self.committed.is_empty()
    }

    /// Does the herald's next thing; says what it was.
    pub fn tell(&mut self) -> String {
        let Some((batch, stages)) = &mut self.told else {
            let mut all = self.committed.drain(..);
            if let Some(mut batch) = all.next() {
                all.for_each(|later| batch.take(later));
                self.told = Some((batch, its().collect()));
            }
            return "takes what is committed".to_owned();
        };
        let stage = stages.pop_front();
        if let Some(stage) = stage {
            self.work.herald.advance(batch, stage);
        }
        if stages.is_empty() {
            self.told = None;
        }
        format!("{stage:?}")
    }
}
