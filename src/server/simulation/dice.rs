//! The one source of chance in a run: a seed gives the same throws every time, on every
//! machine.

use std::time::Duration;

/// SplitMix64 (Steele, Lea and Flood: Fast Splittable Pseudorandom Number Generators, 2014).
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).expect("usize has 64 bits at most");
        usize::try_from(self.throw() % end).expect("it was a usize")
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    /// True so many times in a thousand.
    pub fn chance(&mut self, in_thousand: usize) -> bool {
        self.below(1_000) < in_thousand
    }

    /// One of these, if there are any.
    pub fn pick<T: Copy>(&mut self, some: &[T]) -> Option<T> {
        (!some.is_empty()).then(|| some[self.below(some.len())])
    }

    /// One of these by weight, if any weighs something.
    pub fn weigh<T: Copy>(&mut self, some: &[(usize, T)]) -> Option<T> {
        let all = some.iter().map(|(weight, _)| weight).sum();
        if all == 0 {
            return None;
        }
        let mut left = self.below(all);
        for (weight, one) in some {
            if left < *weight {
                return Some(*one);
            }
            left -= weight;
        }
        None
    }

    /// A time up to this, in whole milliseconds.
    pub fn time(&mut self, most: Duration) -> Duration {
        let most = usize::try_from(most.as_millis()).expect("times here are short");
        Duration::from_millis(u64::try_from(self.below(most + 1)).expect("it was one"))
    }
}
