//! Token buckets: so many at once, then one more every so often.

use super::runtime;
use crate::protocol::limits::Rate;
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Buckets of one kind at once. When there are more keys than this that all used some of
/// their tokens a moment ago, newcomers share one bucket: memory stays bounded, known keys
/// notice nothing, and a flood from a million addresses gets what one address gets.
const KEYS: usize = 50_000;

/// One bucket, as the moment when it will be full again (the "theoretical arrival time" of
/// the generic cell rate algorithm, ITU-T I.371).
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    full_at: Instant,
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// Takes one token.
    ///
    /// # Errors
    /// How long to wait for the next one.
    pub fn take(&mut self, rate: Rate, now: Instant) -> Result<(), Duration> {
        let full_at = self.full_at.max(now) + rate.every;
        let early = full_at.saturating_duration_since(now + rate.every * rate.burst);
        if early.is_zero() {
            self.full_at = full_at;
            Ok(())
        } else {
            Err(early)
        }
    }

    fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }
}

/// A bucket for every key that used one lately.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    state: Mutex<State<K>>,
}

#[derive(Debug)]
struct State<K> {
    by_key: HashMap<K, Bucket>,
    newcomers: Bucket,
}

impl<K: Eq + Hash> Buckets<K> {
    /// No key has used any yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            state: Mutex::new(State {
                by_key: HashMap::new(),
                newcomers: Bucket::new(runtime::now().into_std()),
            }),
        }
    }

    /// Takes a token of this key.
    ///
    /// # Errors
    /// How long to wait for the next one.
    pub fn take(&self, key: K) -> Result<(), Duration> {
        self.take_at(key, runtime::now().into_std())
    }

    /// Forgets the keys whose buckets are full again.
    pub fn sweep(&self) {
        let now = runtime::now().into_std();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.by_key.retain(|_, bucket| !bucket.is_full(now));
        state.by_key.shrink_to(64);
    }

    fn take_at(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.by_key.len() >= KEYS && !state.by_key.contains_key(&key) {
            state.by_key.retain(|_, bucket| !bucket.is_full(now));
            if state.by_key.len() >= KEYS {
                return state.newcomers.take(self.rate, now);
            }
        }
        let bucket = state.by_key.entry(key).or_insert(Bucket::new(now));
        bucket.take(self.rate, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        burst: 3,
        every: Duration::from_secs(2),
    };

    #[test]
    fn a_burst_passes_and_one_more_waits() {
        let now = Instant::now();
        let mut bucket = Bucket::new(now);
        for _ in 0..3 {
            assert_eq!(bucket.take(RATE, now), Ok(()));
        }
        assert_eq!(bucket.take(RATE, now), Err(Duration::from_secs(2)));
        let later = now + Duration::from_millis(1_500);
        assert_eq!(bucket.take(RATE, later), Err(Duration::from_millis(500)));
        let enough = now + Duration::from_secs(2);
        assert_eq!(bucket.take(RATE, enough), Ok(()));
        assert!(bucket.take(RATE, enough).is_err(), "only one came back");
    }

    #[test]
    fn a_rested_bucket_holds_no_more_than_its_burst() {
        let now = Instant::now();
        let mut bucket = Bucket::new(now);
        let later = now + Duration::from_secs(3_600);
        let taken = (0..10).filter(|_| bucket.take(RATE, later).is_ok());
        assert_eq!(taken.count(), 3);
    }

    #[test]
    fn keys_do_not_disturb_each_other() {
        let buckets = Buckets::new(RATE);
        let now = Instant::now();
        for _ in 0..3 {
            assert!(buckets.take_at("flooding", now).is_ok());
        }
        assert!(buckets.take_at("flooding", now).is_err());
        assert!(buckets.take_at("quiet", now).is_ok());
    }

    #[test]
    fn a_flood_of_keys_shares_one_bucket_and_known_keys_notice_nothing() {
        let buckets = Buckets::new(RATE);
        let now = Instant::now();
        for key in 0..KEYS {
            assert!(buckets.take_at(key, now).is_ok());
        }
        let newcomers = KEYS..KEYS + 10;
        let passed = newcomers.filter(|key| buckets.take_at(*key, now).is_ok());
        assert_eq!(passed.count(), 3);
        assert!(buckets.take_at(0, now).is_ok());
        let rested = now + Duration::from_secs(10);
        assert!(buckets.take_at(KEYS + 1, rested).is_ok());
    }
}
