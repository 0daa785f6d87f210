//! The thread that tells what was committed, and answers whoever asked for it.

use super::{Batch, Committed, Stage, its, panic_text};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError, mpsc::Receiver},
    time::{Duration, Instant},
};

/// The longest that somebody who talks waits for others who do.
const MOMENT: Duration = Duration::from_millis(2);
/// So many commits wait to be told; the next one is not begun before there is room.
pub(super) const QUEUE: usize = 16;
/// So many are told together: what is told at once must fit into a mailbox.
const TOGETHER: usize = 64;

/// Whoever is told; never by two at once.
pub(super) struct Herald(Mutex<Committed>);

impl Herald {
    pub(super) fn new(committed: Committed) -> Self {
        Self(Mutex::new(committed))
    }

    /// Tells and answers until nothing is written any more.
    ///
    /// What was committed while something was told is told together: to a crowd, eight
    /// messages in one write cost hardly more than one. Of those who talk at once, the first
    /// would always be told alone and the others behind it; so behind several who talked, it
    /// waits a moment for their next words.
    pub(super) fn run(&self, committed: &Receiver<Batch>) {
        let mut patience = Duration::ZERO;
        while let Ok(mut batch) = committed.recv() {
            let until = Instant::now() + patience;
            let left = || until.saturating_duration_since(Instant::now());
            let more = std::iter::from_fn(|| committed.recv_timeout(left()).ok());
            more.take(TOGETHER - 1).for_each(|later| batch.take(later));
            let several = batch.asked.len() > 1;
            let began = Instant::now();
            for stage in its() {
                self.advance(&mut batch, stage);
            }
            patience = if several {
                (began.elapsed() / 2).min(MOMENT)
            } else {
                Duration::ZERO
            };
        }
    }

    pub(super) fn advance(&self, batch: &mut Batch, stage: Stage) {
        match stage {
            Stage::Commit => {}
            Stage::Tell => self.tell(batch),
            Stage::Answer => batch.answer(),
        }
    }

    /// A listener that panics must not take the answers with it: its followers will find a
    /// gap in the sequence and ask.
    fn tell(&self, batch: &mut Batch) {
        let changes = std::mem::take(&mut batch.changes).into_vec();
        if changes.is_empty() {
            return;
        }
        let committed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| committed(changes))) {
            let cause = panic_text(panic.as_ref());
            tracing::error!(cause, "telling of a commit panicked");
        }
    }
}
