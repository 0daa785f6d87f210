//! The thread that tells what was committed, and answers whoever asked for it.

use super::{Batch, Committed, Stage, its, panic_text};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::Receiver,
    },
    time::{Duration, Instant},
};

/// The longest that what is committed waits for what is about to be, and that a commit waits for
/// what comes while a crowd is told.
const MOMENT: Duration = Duration::from_millis(4);
/// A commit does not wait for less than this.
const SOON: Duration = Duration::from_millis(2);
/// Whoever says nothing for so long talks with nobody.
const LULL: Duration = Duration::from_millis(20);
/// So many who are told together go on to talk together: fewer are chance.
const MANY: usize = 3;
/// How often whoever did not come is not waited for, before it is tried again.
const TRUSTED: u32 = 16;
/// So many commits wait to be told; the next one is not begun before there is room.
pub(super) const QUEUE: usize = 16;
/// So many are told together: what is told at once must fit into a mailbox.
const TOGETHER: usize = 64;

/// Whoever is told; never by two at once.
pub(super) struct Herald {
    committed: Mutex<Committed>,
    /// Commands that the writer has before it.
    coming: Arc<AtomicUsize>,
    /// When what is being told will be told, if it takes as long as it took before; nothing while
    /// nothing is.
    free_at: Mutex<Option<Instant>>,
    freed: Condvar,
}

impl Herald {
    pub(super) fn new(committed: Committed, coming: Arc<AtomicUsize>) -> Self {
        Self {
            committed: Mutex::new(committed),
            coming,
            free_at: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// Waits until so long before it is free again, if that is worth waiting for, and no longer
    /// than a moment: what is committed earlier would not be told earlier.
    pub(super) fn await_nearly_free(&self, before: Duration) {
        let free_at = self.free_at();
        if let Some(wait) = worth_waiting(*free_at, Instant::now(), before) {
            let is_busy = |at: &mut Option<Instant>| at.is_some();
            let _ = self.freed.wait_timeout_while(free_at, wait, is_busy);
        }
    }

    fn be_free(&self) {
        *self.free_at() = None;
        self.freed.notify_one();
    }

    fn free_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.free_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells and answers until nothing is written any more.
    ///
    /// What was committed while something was told is told together: to a crowd, eight
    /// messages in one write cost hardly more than one. Of those who talk at once, some would
    /// always be told while the others are committed, and the other way round; so the herald
    /// waits for them, but no longer than half of what telling took: it cannot save more. Whom it
    /// waited for in vain it does not wait for again soon.
    pub(super) fn run(&self, committed: &Receiver<Batch>) {
        let (mut talkers, mut most, mut took) = (0, usize::MAX, Duration::ZERO);
        let mut next = committed.recv().ok();
        let mut trusted = 0_u32;
        while let Some(mut batch) = next {
            if trusted == 0 {
                most = usize::MAX;
            }
            let patience = (took / 2).min(MOMENT);
            let came_all = self.gather(&mut batch, committed, talkers.min(most), patience);
            most = expected(most, batch.changes.said, came_all);
            trusted = if came_all {
                trusted.saturating_sub(1)
            } else {
                TRUSTED
            };
            let (told, began) = (batch.changes.said, Instant::now());
            *self.free_at() = Some(began + took);
            for stage in its() {
                self.advance(&mut batch, stage);
            }
            self.be_free();
            took = began.elapsed();
            let mut waiting = committed.try_iter().take(QUEUE);
            next = waiting.next();
            if let Some(next) = &mut next {
                waiting.for_each(|later| next.take(later));
            }
            let came = next.as_ref().map_or(0, |next| next.changes.said);
            talkers = if told < MANY { 0 } else { told + came };
            let quiet = Instant::now();
            next = next.or_else(|| committed.recv().ok());
            if quiet.elapsed() > LULL {
                (talkers, most, took) = (0, usize::MAX, Duration::ZERO);
            }
        }
    }

    /// Adds what is committed soon: until as many are here as talked before, and nothing more
    /// is before the writer. Whether they came in time.
    fn gather(
        &self,
        batch: &mut Batch,
        committed: &Receiver<Batch>,
        talkers: usize,
        patience: Duration,
    ) -> bool {
        let until = Instant::now() + patience;
        for _ in QUEUE..TOGETHER {
            let is_all = batch.changes.said >= talkers;
            if is_all && self.coming.load(Ordering::Relaxed) == 0 {
                break;
            }
            let left = until.saturating_duration_since(Instant::now());
            match committed.recv_timeout(left) {
                Ok(later) => batch.take(later),
                Err(_) => break,
            }
        }
        batch.changes.said >= talkers
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
        let committed = self
            .committed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| committed(changes))) {
            let cause = panic_text(panic.as_ref());
            tracing::error!(cause, "telling of a commit panicked");
        }
    }
}

/// How many to wait for from now on: those who came, where somebody was waited for in vain; more
/// where more came than that.
fn expected(most: usize, came: usize, came_all: bool) -> usize {
    if came_all { most.max(came) } else { came }
}

/// How long a commit waits that is to begin so long before the herald is free.
fn worth_waiting(free_at: Option<Instant>, now: Instant, before: Duration) -> Option<Duration> {
    let left = free_at?.saturating_duration_since(now);
    let wait = left.saturating_sub(before);
    (wait >= SOON).then_some(wait.min(MOMENT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_did_not_come_is_not_waited_for_again() {
        assert_eq!(expected(usize::MAX, 8, true), usize::MAX);
        assert_eq!(expected(usize::MAX, 8, false), 8, "of 14");
        assert_eq!(expected(8, 8, true), 8);
        assert_eq!(expected(8, 5, false), 5, "some have gone");
        assert_eq!(expected(5, 9, true), 9, "more came by themselves");
    }

    #[test]
    fn a_commit_waits_while_a_crowd_is_told_but_no_longer_than_a_moment() {
        let now = Instant::now();
        let millis = Duration::from_millis;
        let wait = |left, before| worth_waiting(Some(now + millis(left)), now, millis(before));
        assert_eq!(worth_waiting(None, now, Duration::ZERO), None, "it is free");
        assert_eq!(wait(0, 0), None, "it should be by now");
        assert_eq!((wait(3, 0), wait(3, 1)), (Some(millis(3)), Some(SOON)));
        assert_eq!((wait(3, 2), wait(3, 5)), (None, None), "it soon will be");
        assert_eq!(wait(3_600_000, 1), Some(MOMENT));
    }
}
