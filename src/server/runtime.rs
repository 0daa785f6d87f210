//! What the server asks of its runtime: what time it is, timers, tasks, and threads for what
//! blocks. All of it is tokio's. In a test that runs a simulation on this thread, the
//! simulation's own takes its place, and nothing happens by itself.

#[cfg(test)]
pub(crate) mod simulated;

use std::{future::Future, time::Duration};
use tokio::{runtime::Handle, task::JoinError};

pub use tokio::time::Instant;

/// The time ran out first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

/// What time it is, by the clock that timers go by.
#[must_use]
pub fn now() -> Instant {
    #[cfg(test)]
    if let Some(now) = simulated::now() {
        return now;
    }
    Instant::now()
}

/// Waits until a moment. Cancel-safe.
pub async fn sleep_until(moment: Instant) {
    #[cfg(test)]
    if let Some(sleep) = simulated::sleep_until(moment) {
        return sleep.await;
    }
    tokio::time::sleep_until(moment).await;
}

/// Waits for a while. Cancel-safe.
pub async fn sleep(time: Duration) {
    sleep_until(now() + time).await;
}

/// Does something for as long as there is time.
///
/// # Errors
/// [`Elapsed`].
pub async fn timeout_at<F: Future>(moment: Instant, work: F) -> Result<F::Output, Elapsed> {
    tokio::select! {
        biased;
        done = work => Ok(done),
        () = sleep_until(moment) => Err(Elapsed),
    }
}

/// Does something for so long at most.
///
/// # Errors
/// [`Elapsed`].
pub async fn timeout<F: Future>(time: Duration, work: F) -> Result<F::Output, Elapsed> {
    timeout_at(now() + time, work).await
}

/// Lets something go on by itself.
pub fn spawn(runtime: &Handle, task: impl Future<Output = ()> + Send + 'static) {
    #[cfg(test)]
    if simulated::is_running() {
        simulated::spawn(task);
        return;
    }
    runtime.spawn(task);
}

/// Does something that may block on a thread of its own.
///
/// # Errors
/// When it panicked.
pub async fn blocking<T, W>(work: W) -> Result<T, JoinError>
where
    T: Send + 'static,
    W: FnOnce() -> T + Send + 'static,
{
    #[cfg(test)]
    if simulated::is_running() {
        return Ok(simulated::blocking(work).await);
    }
    tokio::task::spawn_blocking(work).await
}
