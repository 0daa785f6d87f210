//! Whole lives of a place, in milliseconds and always the same for the same seed:
//! connections, hub and store as they are in production, with a clock, a network, a disk and
//! a scheduler that a seeded generator drives. `docs/SIMULATION.md` says why and how.
//!
//! Read in this order: `world` chooses what happens next, and `rest` how it ends; `machine` is the server, `network`
//! the lines, `tab` and `hearing` the pages; `deeds` is what people do and `faults` what
//! goes wrong; `history` and `truth` say what must never be.

mod deeds;
mod dice;
mod faults;
mod hearing;
mod history;
mod machine;
mod network;
mod rest;
mod tab;
mod temper;
mod truth;
mod world;

use super::runtime::simulated::Running;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Instant,
};
use world::World;

/// How many lines of a story are worth reading.
const STORY: usize = 400;

/// How a seed went.
struct Run {
    outcome: Result<(), String>,
    story: Vec<String>,
}

fn run(seed: u64, telling: bool) -> Run {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime without drivers needs nothing");
    // The hub asks for one; nothing ever runs on it.
    let _inside = runtime.enter();
    let _running = Running::start();
    let mut world = World::new(seed, telling);
    let lived = catch_unwind(AssertUnwindSafe(|| world.live()));
    let outcome = lived.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("panicked: {}", words.unwrap_or("without words")))
    });
    let story = world.story();
    world.machine.kill();
    Run { outcome, story }
}

/// Runs seeds on every core until one fails; tells that one's story.
fn run_all(first: u64, count: u64) {
    let begun = Instant::now();
    let next = AtomicU64::new(first);
    let failed = AtomicU64::new(u64::MAX);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while failed.load(Ordering::Relaxed) == u64::MAX {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    if run(seed, false).outcome.is_err() {
                        failed.fetch_min(seed, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner();
    if failed != u64::MAX {
        tell(failed);
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("{count} seeds from {first} without a violation in {seconds:.1} s");
}

/// Runs a seed again and tells what happens until it fails.
fn tell(seed: u64) {
    let Run { outcome, story } = run(seed, true);
    if let Err(wrong) = outcome {
        for line in &story[story.len().saturating_sub(STORY)..] {
            println!("{line}");
        }
        panic!("seed {seed}: {wrong}\n(once more with HUBBUB_SEED={seed})");
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn a_place_keeps_its_promises_whatever_happens() {
    if let Some(seed) = number("HUBBUB_SEED") {
        return tell(seed);
    }
    let is_long = std::env::var("HUBBUB_FAULTS").is_ok_and(|kind| kind == "long");
    let count = number("HUBBUB_SEEDS").unwrap_or(if is_long { 100_000 } else { 250 });
    run_all(number("HUBBUB_FIRST_SEED").unwrap_or(0), count);
}

#[test]
fn a_seed_tells_the_same_story_every_time() {
    for seed in 0..10 {
        let (once, again) = (run(seed, true).story, run(seed, true).story);
        let differ = once.iter().zip(&again).find(|(once, again)| once != again);
        assert_eq!(differ, None, "seed {seed}");
        assert_eq!(once.len(), again.len(), "seed {seed}");
    }
}
