//! Waiting for what must happen.

use std::{future::Future, time::Duration};

/// Longer than anything that works takes, on a machine that has much else to do. Only a
/// failing test waits for it.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// How often something is looked at that cannot tell when it changes: another process.
pub const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Waits for something that must happen.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(done) => done,
        Err(_) => panic!("{what} did not happen"),
    }
}
