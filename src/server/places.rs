//! Counted places: so many in all, so many for each key. Full means no, never a queue.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// Places for things with a key.
#[derive(Debug)]
pub struct Places<K> {
    in_all: usize,
    each: usize,
    taken: Mutex<Taken<K>>,
    emptied: Notify,
}

#[derive(Debug)]
struct Taken<K> {
    in_all: usize,
    by_key: HashMap<K, usize>,
}

/// A place that is free again when this is dropped.
#[derive(Debug)]
pub struct Place<K: Eq + Hash> {
    places: Arc<Places<K>>,
    key: Option<K>,
}

impl<K: Eq + Hash + Clone> Places<K> {
    /// All free.
    #[must_use]
    pub fn new(in_all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self {
            in_all,
            each,
            taken: Mutex::new(Taken {
                in_all: 0,
                by_key: HashMap::new(),
            }),
            emptied: Notify::new(),
        })
    }

    /// Takes a place; without a key only the limit of all counts. Nothing when it is full.
    #[must_use]
    pub fn take(self: &Arc<Self>, key: Option<K>) -> Option<Place<K>> {
        let mut taken = self.lock();
        if taken.in_all >= self.in_all {
            return None;
        }
        if let Some(key) = &key {
            let by_key = taken.by_key.entry(key.clone()).or_default();
            if *by_key >= self.each {
                return None;
            }
            *by_key += 1;
        }
        taken.in_all += 1;
        Some(Place {
            places: self.clone(),
            key,
        })
    }

    /// Returns when every place is free.
    pub async fn empty(&self) {
        let mut emptied = std::pin::pin!(self.emptied.notified());
        loop {
            emptied.as_mut().enable();
            if self.lock().in_all == 0 {
                return;
            }
            emptied.as_mut().await;
            emptied.set(self.emptied.notified());
        }
    }
}

impl<K> Places<K> {
    fn lock(&self) -> MutexGuard<'_, Taken<K>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        taken.in_all -= 1;
        if let Some(key) = self.key.take()
            && let Some(by_key) = taken.by_key.get_mut(&key)
        {
            *by_key -= 1;
            if *by_key == 0 {
                taken.by_key.remove(&key);
            }
        }
        if taken.in_all == 0 {
            self.places.emptied.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_run_out_for_a_key_and_for_all() {
        let places = Places::new(3, 2);
        let first = places.take(Some("a"));
        let second = places.take(Some("a"));
        assert!(first.is_some() && second.is_some());
        assert!(places.take(Some("a")).is_none(), "two each");
        let third = places.take(None);
        assert!(third.is_some());
        assert!(places.take(Some("b")).is_none(), "three in all");
        drop(first);
        assert!(places.take(Some("a")).is_some());
    }
}
