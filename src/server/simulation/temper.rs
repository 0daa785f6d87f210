//! What kind of run a seed is. Each has its own mixture ("swarm testing", Groce and others
//! 2012): a run in which everything may happen hardly ever sees much of one thing.

use super::{dice::Dice, faults::Fault};

/// The size of a run, and how likely is what.
#[derive(Clone, Debug)]
pub(super) struct Temper {
    pub people: usize,
    /// For each person.
    pub tabs: usize,
    /// Beside the one that every database has.
    pub rooms: usize,
    /// Messages that are in the first room when it begins.
    pub old_messages: usize,
    /// Steps until everything is mended.
    pub steps: usize,
    /// Frames on the way to a client before the server has to wait.
    pub window: usize,
    /// Frames in a mailbox before its owner is too slow.
    pub queue_frames: usize,
    pub tasks: usize,
    pub writer: usize,
    pub reads: usize,
    pub network: usize,
    pub deeds: usize,
    pub time: usize,
    /// In a thousand steps.
    pub faults: usize,
    /// Which faults there are in this run.
    pub kinds: Vec<(usize, Fault)>,
}

impl Temper {
    pub fn of(dice: &mut Dice) -> Self {
        let speed = |dice: &mut Dice| dice.pick(&[1, 4, 10, 25]).unwrap_or(10);
        let kinds = Fault::ALL.into_iter();
        let kinds = kinds.filter(|_| dice.chance(600)).collect();
        Self {
            people: dice.between(2, 4),
            tabs: dice.between(1, 2),
            rooms: dice.between(0, 2),
            old_messages: dice.weigh(&[(90, 0), (6, 120), (4, 520)]).unwrap_or(0),
            steps: dice.between(100, 700),
            window: dice.pick(&[1, 3, 16, 64]).unwrap_or(16),
            queue_frames: dice.pick(&[4, 12, 512]).unwrap_or(512),
            tasks: speed(dice),
            writer: speed(dice),
            reads: speed(dice),
            network: speed(dice),
            deeds: speed(dice),
            time: dice.pick(&[1, 3, 10]).unwrap_or(1),
            faults: dice.pick(&[0, 5, 15, 40]).unwrap_or(5),
            kinds,
        }
    }
}
