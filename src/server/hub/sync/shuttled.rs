//! Locks and wake-ups that belong to a run of shuttle when they are made in one, and are std's
//! and tokio's when not: so most tests need not know of it, and all are one build.

use shuttle::{
    current::try_get_current_task,
    sync as chosen,
    sync::atomic::{AtomicBool, Ordering},
};
use std::{
    ops::{Deref, DerefMut},
    sync::{self as plain, LockResult, PoisonError},
};

fn is_shuttled() -> bool {
    try_get_current_task().is_some()
}

/// See [`std::sync::Mutex`].
#[derive(Debug)]
pub enum Mutex<T> {
    Plain(plain::Mutex<T>),
    Shuttled(chosen::Mutex<T>),
}

/// See [`std::sync::MutexGuard`].
#[derive(Debug)]
pub enum MutexGuard<'a, T> {
    Plain(plain::MutexGuard<'a, T>),
    Shuttled(chosen::MutexGuard<'a, T>),
}

impl<T> Mutex<T> {
    pub fn new(value: T) -> Self {
        if is_shuttled() {
            Self::Shuttled(chosen::Mutex::new(value))
        } else {
            Self::Plain(plain::Mutex::new(value))
        }
    }

    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        match self {
            Self::Plain(lock) => wrap(lock.lock(), MutexGuard::Plain),
            Self::Shuttled(lock) => wrap(lock.lock(), MutexGuard::Shuttled),
        }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Plain(guard) => guard,
            Self::Shuttled(guard) => guard,
        }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match self {
            Self::Plain(guard) => guard,
            Self::Shuttled(guard) => guard,
        }
    }
}

/// See [`std::sync::RwLock`].
#[derive(Debug)]
pub enum RwLock<T> {
    Plain(plain::RwLock<T>),
    Shuttled(chosen::RwLock<T>),
}

/// See [`std::sync::RwLockReadGuard`].
pub enum RwLockReadGuard<'a, T> {
    Plain(plain::RwLockReadGuard<'a, T>),
    Shuttled(chosen::RwLockReadGuard<'a, T>),
}

/// See [`std::sync::RwLockWriteGuard`].
pub enum RwLockWriteGuard<'a, T> {
    Plain(plain::RwLockWriteGuard<'a, T>),
    Shuttled(chosen::RwLockWriteGuard<'a, T>),
}

impl<T> RwLock<T> {
    pub fn new(value: T) -> Self {
        if is_shuttled() {
            Self::Shuttled(chosen::RwLock::new(value))
        } else {
            Self::Plain(plain::RwLock::new(value))
        }
    }

    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        match self {
            Self::Plain(lock) => wrap(lock.read(), RwLockReadGuard::Plain),
            Self::Shuttled(lock) => wrap(lock.read(), RwLockReadGuard::Shuttled),
        }
    }

    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        match self {
            Self::Plain(lock) => wrap(lock.write(), RwLockWriteGuard::Plain),
            Self::Shuttled(lock) => wrap(lock.write(), RwLockWriteGuard::Shuttled),
        }
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Plain(guard) => guard,
            Self::Shuttled(guard) => guard,
        }
    }
}

impl<T> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Plain(guard) => guard,
            Self::Shuttled(guard) => guard,
        }
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match self {
            Self::Plain(guard) => guard,
            Self::Shuttled(guard) => guard,
        }
    }
}

fn wrap<G, W>(locked: LockResult<G>, kind: impl Fn(G) -> W) -> LockResult<W> {
    match locked {
        Ok(guard) => Ok(kind(guard)),
        Err(poisoned) => Err(PoisonError::new(kind(poisoned.into_inner()))),
    }
}

/// tokio's own, in a run of shuttle too: tokio tests its inside with loom, and it wakes
/// whatever waker polled it. Somebody else may go on before each call, as between any two
/// steps of two threads.
#[derive(Debug, Default)]
pub struct Notify(tokio::sync::Notify);

impl Notify {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn notify_one(&self) {
        let_others_go_on();
        self.0.notify_one();
    }

    pub fn notify_waiters(&self) {
        let_others_go_on();
        self.0.notify_waiters();
    }

    pub async fn notified(&self) {
        let_others_go_on();
        self.0.notified().await;
    }
}

/// A moment at which shuttle may choose another thread. Not `yield_now`, which asks for another
/// and tells PCT that this one may wait.
pub fn let_others_go_on() {
    if is_shuttled() {
        AtomicBool::new(false).load(Ordering::SeqCst);
    }
}
