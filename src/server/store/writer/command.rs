//! What is asked of the writer.

use super::Write;
use crate::server::store::StoreError;
use tokio::sync::oneshot;

/// A command and whoever waits for its answer.
pub(super) trait Command: Send {
    /// Does the work; whether it is to be kept.
    fn run(&mut self, write: &mut Write<'_>) -> bool;
    /// Says that it did not end well inside.
    fn fail(&mut self, error: StoreError);
    /// Answers.
    fn answer(self: Box<Self>);
}

pub(super) struct Asked<T, W> {
    work: Option<W>,
    outcome: Result<T, StoreError>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, W> Asked<T, W> {
    /// Nothing is done yet.
    pub(super) fn new(work: W, reply: oneshot::Sender<Result<T, StoreError>>) -> Self {
        Self {
            work: Some(work),
            outcome: Err(StoreError::Closed),
            reply,
        }
    }
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
