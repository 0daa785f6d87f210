//! What is committed together, and what happens to it one after the other.

use super::command::Command;
use crate::{
    planted::{Mistake, planted},
    server::store::{StoreError, change::Changes},
};

/// Commands that share a transaction.
pub(super) struct Batch {
    /// Whether its transaction is open.
    pub begun: rusqlite::Result<()>,
    /// In the order in which they came.
    pub asked: Vec<Box<dyn Command>>,
    /// What they changed.
    pub changes: Changes,
}

/// What happens to a batch that has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Commit,
    Tell,
    Answer,
}

/// In this order: nobody hears of what may still be undone, and whoever is answered finds
/// what they wrote.
fn stages() -> [Stage; 3] {
    if planted(Mistake::AckBeforeCommit) {
        return [Stage::Answer, Stage::Commit, Stage::Tell];
    }
    if planted(Mistake::PublishBeforeCommit) {
        return [Stage::Tell, Stage::Commit, Stage::Answer];
    }
    [Stage::Commit, Stage::Tell, Stage::Answer]
}

/// What is done by the thread that writes: up to the commit.
pub(super) fn ours() -> impl Iterator<Item = Stage> {
    let is_behind = |stage: &Stage| *stage == Stage::Commit;
    let end = stages().iter().position(is_behind).unwrap_or_default();
    stages().into_iter().take(end + 1)
}

/// What is done by the herald: behind the commit.
pub(super) fn its() -> impl Iterator<Item = Stage> {
    stages().into_iter().skip(ours().count())
}

impl Batch {
    /// It was not committed.
    pub fn fail(&mut self, error: rusqlite::Error) {
        tracing::error!(%error, writes = self.asked.len(), "a batch was not committed");
        let error = StoreError::from(error);
        for command in &mut self.asked {
            if !planted(Mistake::AckRolledBack) {
                command.fail(error.clone());
            }
        }
        self.changes = Changes::default();
    }

    /// Answers everybody who asked.
    pub fn answer(&mut self) {
        for command in self.asked.drain(..) {
            command.answer();
        }
    }

    /// Takes over one that was committed behind it.
    pub fn take(&mut self, later: Self) {
        self.changes.append(later.changes);
        self.asked.extend(later.asked);
    }
}
