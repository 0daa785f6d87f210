//! The power goes at many moments of a life.

use super::{
    disk::{Disk, Fate},
    promises::Promises,
    seed::Seed,
    trace::Step,
};
use std::{
    collections::{BTreeSet, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

/// What was looked at, and what was wrong with it.
#[derive(Default)]
pub(super) struct Seen {
    /// Hashes of the states, each of which is another one.
    pub states: HashSet<u64>,
    /// Acknowledged messages that were looked for in them.
    pub acked: usize,
    /// Broken promises.
    pub broken: Vec<String>,
}

impl Seen {
    /// Cuts the power at so many moments, and looks at what is left.
    pub(super) async fn cut(&mut self, steps: &[Step], seed: u64, moments: usize) {
        let mut seed = Seed(seed);
        let moments: BTreeSet<usize> = (0..moments)
            .map(|number| moment(steps, number, moments, &mut seed))
            .collect();
        let (mut disk, mut promises, mut before) = (Disk::default(), Promises::default(), 0);
        for moment in moments {
            disk.play(&steps[before..moment]);
            promises.play(&steps[before..moment]);
            before = moment;
            let fate = Fate::ALL[seed.below(Fate::ALL.len())];
            let left = disk.cut(fate, &mut seed);
            let mut hasher = DefaultHasher::new();
            left.hash(&mut hasher);
            if !self.states.insert(hasher.finish()) {
                continue;
            }
            self.acked += promises.acked();
            for wrong in promises.broken(&left).await {
                let at = format!("step {moment} of {}, {fate:?}", steps.len());
                self.broken.push(format!("{at}: {wrong}"));
            }
        }
    }
}

/// A moment in this share of a life, every second one just after a promise.
fn moment(steps: &[Step], number: usize, moments: usize, seed: &mut Seed) -> usize {
    let share = steps.len() / moments;
    let moment = number * share + seed.below(share);
    let promise = |step: &Step| matches!(step, Step::Acked { .. } | Step::Told { .. });
    match steps[moment..].iter().position(promise) {
        Some(ahead) if number.is_multiple_of(2) => moment + ahead + 1,
        _ => moment,
    }
}
