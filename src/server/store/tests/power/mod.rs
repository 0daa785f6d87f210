//! The power goes: every state that a disk can be left in holds what was promised.
//!
//! People work on a store (`workload`) whose files are reached through a layer that writes
//! down what the disk is asked and what people are told (`recording`, `trace`). From this
//! trace come the states that a power cut can leave (`disk`) at many moments (`cuts`); a
//! server must start on each and keep every promise made until then (`promises`). That the
//! sync comes before the answer is read from the trace itself (`answers`).
//!
//! `HUBBUB_FAULTS=long` looks at twenty lives instead of one.

mod answers;
mod cuts;
mod disk;
mod faults;
mod promises;
mod recording;
mod seed;
mod trace;
mod workload;

use answers::hasty;
use cuts::Seen;
use std::env;
use trace::{Drive, Step};
use workload::Workload;

const SEED: u64 = 20_261_123;
const ROUNDS: usize = 40;
const MOMENTS: usize = 160;
/// Distinct states of one life, at least: two moments may leave the same.
const STATES: usize = 60;

fn lives() -> u64 {
    let long = env::var("HUBBUB_FAULTS").is_ok_and(|faults| faults == "long");
    if long { 20 } else { 1 }
}

#[tokio::test]
async fn every_state_that_a_power_cut_leaves_keeps_what_was_promised() {
    let mut seen = Seen::default();
    for seed in SEED..SEED + lives() {
        let steps = Workload::honest(seed, ROUNDS).play().await;
        seen.cut(&steps, seed, MOMENTS).await;
        assert!(seen.broken.is_empty(), "seed {seed}: {:#?}", seen.broken);
    }
    let (states, acked) = (seen.states.len(), seen.acked);
    println!("{states} states, {acked} acknowledged messages looked for");
    assert!(states >= STATES * usize::try_from(lives()).unwrap());
}

#[tokio::test]
async fn a_life_meets_everything_that_is_dangerous() {
    let steps = Workload::honest(SEED, ROUNDS).play().await;
    let made = |suffix: &str| {
        let made = |step: &&Step| matches!(step, Step::Made { name, .. } if name.ends_with(suffix));
        steps.iter().filter(made).count()
    };
    let deleted =
        |step: &&Step| matches!(step, Step::Deleted { name, .. } if name.ends_with("-wal"));
    assert!(made("-journal") > 0, "the making of the database");
    assert!(made("-wal") > 2, "restarts");
    assert!(
        steps.iter().filter(deleted).count() > 2,
        "logs that are done with"
    );
    let log =
        |step: &&Step| matches!(step, Step::Written { at: 0, bytes, .. } if bytes.len() == 32);
    assert!(
        steps.iter().filter(log).count() > made("-wal"),
        "logs begun again"
    );
    let page =
        |step: &Step| matches!(step, Step::Written { at: 0, bytes, .. } if bytes.len() == 4_096);
    let moved = steps.iter().filter(|step| page(step)).count();
    assert!(moved > made("-wal") + 3, "checkpoints under way: {moved}");
}

#[tokio::test]
async fn the_log_is_synced_between_a_commit_and_its_answers() {
    for seed in SEED..SEED + lives() {
        let steps = Workload::honest(seed, ROUNDS).play().await;
        let answers = steps
            .iter()
            .filter(|step| matches!(step, Step::Acked { .. }))
            .count();
        assert!(
            answers >= ROUNDS,
            "there is something to look at: {answers}"
        );
        assert_eq!(hasty(&steps), Vec::<String>::new(), "seed {seed}");
    }
}

/// The tests above would have failed.
async fn is_seen(steps: &[Step], how: &str) {
    assert!(!hasty(steps).is_empty(), "{how}: no answer came too early");
    let mut seen = Seen::default();
    seen.cut(steps, SEED, MOMENTS).await;
    assert!(!seen.broken.is_empty(), "{how}: no promise was broken");
}

#[tokio::test]
async fn weaker_settings_of_sqlite_are_seen() {
    for synchronous in ["OFF", "NORMAL"] {
        let weak = Workload {
            synchronous: Some(synchronous),
            ..Workload::honest(SEED, ROUNDS)
        };
        is_seen(&weak.play().await, synchronous).await;
    }
}

#[tokio::test]
async fn a_drive_that_lies_about_syncs_is_seen() {
    let lying = Workload {
        drive: Drive::ForgetsSyncs,
        ..Workload::honest(SEED, ROUNDS)
    };
    is_seen(&lying.play().await, "no syncs").await;
}

#[tokio::test]
async fn an_answer_before_the_commit_is_seen() {
    let steps = Workload::honest(SEED, ROUNDS).play().await;
    let mut early = Vec::new();
    for step in &steps {
        match step {
            Step::Asked(message) => {
                early.push(step.clone());
                let seq = steps.iter().find_map(|step| match step {
                    Step::Acked { message: of, seq } if of == message => Some(*seq),
                    _ => None,
                });
                let (message, seq) = (message.clone(), seq.unwrap());
                early.push(Step::Acked { message, seq });
            }
            Step::Acked { .. } => {}
            other => early.push(other.clone()),
        }
    }
    is_seen(&early, "answers before the commit").await;
}
