//! Chance that can be repeated: every scenario throws its own dice, and says with which
//! number they were made.

use super::length::scaled;
use std::time::Duration;

/// The environment variable that names a seed.
const SEED: &str = "HUBBUB_FAULTS_SEED";
/// What the short run uses, so that two runs of the same tree do the same.
const EVERY_DAY: u64 = 20_261_123;

/// A stream of numbers from a seed: `SplitMix64` (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014). Good enough to choose faults with, and 64 bits
/// that fit into an environment variable.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// The dice of a scenario. The long run makes new ones each time, unless it is told
    /// which; a failing test shows what is printed here.
    pub fn of(scenario: &str) -> Self {
        let told = std::env::var(SEED).ok();
        let told = told.map(|told| told.parse().expect("a seed is a whole number"));
        let seed = told.unwrap_or_else(|| scaled(EVERY_DAY, fresh()));
        println!("{scenario}: the same again with {SEED}={seed}");
        // Scenarios of one run differ, and each is the same whether it runs alone or not.
        let name = scenario.bytes().fold(0, |sum: u64, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        Self::new(seed ^ name)
    }

    /// Dice with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of their own for a part of a scenario.
    pub fn fork(&mut self) -> Self {
        Self(self.next())
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, but not including, `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).expect("a length");
        usize::try_from(self.next() % end).expect("below a length")
    }

    /// Whether something happens that happens once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// One of these.
    pub fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.below(things.len())]
    }

    /// A time up to a bound.
    pub fn up_to(&mut self, bound: Duration) -> Duration {
        bound.mul_f64(self.part())
    }

    /// A time between two.
    pub fn between(&mut self, least: Duration, most: Duration) -> Duration {
        least + self.up_to(most - least)
    }

    /// A number from 1 to `most` whose size is as likely to be small as large.
    pub fn of_any_size(&mut self, most: usize) -> usize {
        let sizes = most.max(1).ilog2() + 1;
        let size = self.below(usize::try_from(sizes).expect("at most 64"));
        let least = 1_usize << size;
        (least + self.below(least)).min(most)
    }

    /// A part of one, from 0 up to, but not including, 1.
    fn part(&mut self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "53 bits fit")]
        let part = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        part
    }
}

fn fresh() -> u64 {
    let mut bits = [0; 4];
    getrandom::fill(&mut bits).expect("the system has chance");
    u32::from_ne_bytes(bits).into()
}

#[test]
fn the_same_seed_throws_the_same() {
    let throws = |seed| {
        let mut dice = Dice::new(seed);
        (0..100).map(|_| dice.below(6)).collect::<Vec<_>>()
    };
    assert_eq!(throws(7), throws(7));
    assert_ne!(throws(7), throws(8));
    let all: std::collections::BTreeSet<_> = throws(7).into_iter().collect();
    assert_eq!(all.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
}
