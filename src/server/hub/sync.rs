//! The locks and the wake-ups of the hub: std's and tokio's own, and nothing in between. In
//! the tests of this crate they are types that may belong to a run of shuttle instead, which
//! then decides who gets a lock and who goes on (`schedules`).
//!
//! Absent on purpose: `Arc`, counters, and what is set once. None makes anybody wait, and what
//! they do is over in one step, so that there is nothing to choose. The threads that share a large
//! crowd are real ones (`line.rs`): no schedule has a thousand readers.

#[cfg(not(test))]
mod plain {
    pub use std::sync::{Mutex, MutexGuard, RwLock, RwLockReadGuard};
    pub use tokio::sync::Notify;
}
#[cfg(test)]
mod shuttled;

#[cfg(not(test))]
pub(super) use plain::{Mutex, MutexGuard, Notify, RwLock, RwLockReadGuard};
#[cfg(test)]
pub(super) use shuttled::{Mutex, MutexGuard, Notify, RwLock, RwLockReadGuard, let_others_go_on};
