//! The hub under many schedules: shuttle chooses at every lock and every wake-up who goes on,
//! so that what happens once a year on a busy machine happens in a second here.
//! `docs/SIMULATION.md` says why shuttle, and how to run a schedule again.
//!
//! Read in this order: `mailbox` is the queue between the hub and one connection; `place` is a
//! hub with the truth beside it that a database would know, `page` what a client makes of what
//! it is told; `seats` and `presence` are lives of a place.

mod mailbox;
mod page;
mod place;
mod presence;
mod seats;

use super::super::runtime::{
    self,
    simulated::{self, Running},
};
use shuttle::{
    Config, MaxSteps, Runner,
    scheduler::{
        PctScheduler, RandomScheduler, ReplayScheduler, Scheduler,
        UncontrolledNondeterminismCheckScheduler,
    },
};
use std::env;

/// How many times PCT takes the right to go on away from somebody in the middle. Its authors
/// found most mistakes of real programs with two; more only makes each of them rarer.
const PREEMPTIONS: usize = 3;

/// Lives through many schedules, half of them by each scheduler, and always the same ones.
fn explore(schedules: usize, life: fn()) {
    if let Ok(schedule) = env::var("HUBBUB_SCHEDULE") {
        return run(ReplayScheduler::new_from_encoded(&schedule), life);
    }
    let is_long = env::var("HUBBUB_FAULTS").is_ok_and(|kind| kind == "long");
    let each = schedules / 2 * if is_long { 100 } else { 1 };
    let seed = env::var("HUBBUB_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or(1);
    run(RandomScheduler::new_from_seed(seed, each), life);
    run(PctScheduler::new_from_seed(seed, PREEMPTIONS, each), life);
}

fn run(scheduler: impl Scheduler + 'static, life: fn()) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("a runtime without drivers needs nothing");
    // The hub asks for one; nothing ever runs on it.
    let _inside = runtime.enter();
    let _running = Running::start();
    Runner::new(scheduler, config()).run(life);
}

fn config() -> Config {
    let mut config = Config::new();
    config.stack_size = 512 * 1024;
    // Far more than any of these lives takes: somebody goes round in circles.
    config.max_steps = MaxSteps::FailAfter(50_000);
    config
}

/// Lets time pass until nobody waits for it any more.
fn let_time_pass() {
    while !simulated::is_idle() {
        if let Some(due) = simulated::next_timer() {
            simulated::pass(due - runtime::now());
        }
        shuttle::thread::yield_now();
    }
}

/// Otherwise a schedule that failed could not be run again.
#[test]
fn a_schedule_goes_the_same_way_every_time() {
    let twice = RandomScheduler::new_from_seed(1, 20);
    let twice = UncontrolledNondeterminismCheckScheduler::new(twice);
    run(twice, presence::a_telling_life);
}
