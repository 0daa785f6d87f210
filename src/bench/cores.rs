//! Which core does what: what is measured on one, whoever measures on another.

use rustix::{
    process::Pid,
    thread::{CpuSet, sched_getaffinity, sched_setaffinity},
};

/// The core of what is measured.
const SERVER: usize = 0;
/// The core of the load.
pub const LOAD: usize = 1;

/// How many this machine gives us.
pub fn count() -> usize {
    sched_getaffinity(None::<Pid>).map_or(1, |set| set.count() as usize)
}

/// Moves this thread, and what it starts from now on. On a machine with a single core all
/// share it, and the report says so.
pub fn take(core: usize) {
    let mut set = CpuSet::new();
    set.set(core);
    if sched_setaffinity(None::<Pid>, &set).is_err() {
        eprintln!("core {core} cannot be had; figures are those of a shared one");
    }
}

/// Moves this thread to where what is measured has its core.
pub fn take_servers() {
    take(SERVER);
}

/// How long this thread has computed.
pub fn own_cpu() -> std::time::Duration {
    let spent = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    spent.try_into().expect("time goes forwards")
}

/// Gives this thread both cores.
pub fn take_both() {
    let mut set = CpuSet::new();
    set.set(SERVER);
    set.set(LOAD);
    let _ = sched_setaffinity(None::<Pid>, &set);
}
