//! Servers, people and sockets for tests.

mod http;
mod person;
mod server;
mod socket;

pub use http::{Answer, Ask};
pub use person::Person;
pub use server::Server;
pub use socket::{Socket, cid};

use hubbub::protocol::limits::Rate;
use std::{future::Future, time::Duration};

/// Longer than anything that works takes; only a failing test waits for it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// So many at once and then, as far as a test lives, no more.
#[must_use]
pub fn only(burst: u32) -> Rate {
    Rate {
        burst,
        every: Duration::from_secs(3_600),
    }
}

/// As many as one likes.
#[must_use]
pub fn unlimited() -> Rate {
    Rate {
        burst: 1_000_000,
        every: Duration::from_nanos(1),
    }
}

/// Waits for something that must happen.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(done) => done,
        Err(_) => panic!("{what} did not happen"),
    }
}
