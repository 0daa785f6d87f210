//! A memory with a size: what is used stays in it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Values by everything that they were made from.
pub struct Kept<V: ?Sized> {
    /// So many bytes at most, keys and values together.
    most: usize,
    halves: Mutex<Halves<V>>,
}

/// What was used lately, and what was used before that: what is used moves up, and what is
/// not goes in the end.
struct Halves<V: ?Sized> {
    new: HashMap<Vec<u8>, (Arc<V>, usize)>,
    old: HashMap<Vec<u8>, (Arc<V>, usize)>,
    /// Of the new ones.
    bytes: usize,
}

impl<V: ?Sized> Kept<V> {
    pub fn new(most: usize) -> Self {
        let halves = Mutex::default();
        Self { most, halves }
    }

    pub fn find(&self, key: &[u8]) -> Option<Arc<V>> {
        let mut halves = self.lock();
        if let Some((value, _)) = halves.new.get(key) {
            return Some(value.clone());
        }
        let (key, (value, bytes)) = halves.old.remove_entry(key)?;
        halves.keep(key, value.clone(), bytes, self.most);
        Some(value)
    }

    /// Keeps a value that takes so many bytes.
    pub fn keep(&self, key: Vec<u8>, value: Arc<V>, bytes: usize) {
        self.lock().keep(key, value, bytes, self.most);
    }

    pub fn forget(&self) {
        *self.lock() = Halves::default();
    }

    fn lock(&self) -> MutexGuard<'_, Halves<V>> {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V: ?Sized> Default for Halves<V> {
    fn default() -> Self {
        Self {
            new: HashMap::new(),
            old: HashMap::new(),
            bytes: 0,
        }
    }
}

impl<V: ?Sized> Halves<V> {
    fn keep(&mut self, key: Vec<u8>, value: Arc<V>, bytes: usize, most: usize) {
        let both = key.len() + bytes;
        if both > most / 2 {
            return;
        }
        if self.bytes + both > most / 2 {
            self.old = std::mem::take(&mut self.new);
            self.bytes = 0;
        }
        self.bytes += both;
        self.new.insert(key, (value, bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 1_000;

    #[test]
    fn what_is_not_used_goes_before_there_is_too_much() {
        let kept = Kept::new(MOST);
        for number in 0..100_u8 {
            kept.keep(vec![number], number.to_string().into(), MOST / 20);
            let first: Option<Arc<str>> = kept.find(&[0]);
            assert!(first.is_some(), "what is used stays");
            let halves = kept.lock();
            let all = halves.new.iter().chain(&halves.old);
            let bytes: usize = all.map(|(key, (_, bytes))| key.len() + bytes).sum();
            assert!(bytes <= MOST);
        }
        assert!(kept.find(&[1]).is_none());
    }

    #[test]
    fn what_is_too_large_is_not_kept() {
        let kept = Kept::new(MOST);
        let value: Arc<str> = "".into();
        kept.keep(vec![1], value.clone(), MOST / 2 - 1);
        kept.keep(vec![2], value, MOST / 2);
        assert!(kept.find(&[1]).is_some());
        assert!(kept.find(&[2]).is_none());
    }
}
