//! Measures the product against the floor: docs/PERFORMANCE.md. Latency counts from the
//! moment at which something was meant to happen, the server has one core and the load
//! another, and every figure stands beside that of the least that the same work can cost on
//! the same machine in the same run.
//!
//! `make bench` runs all of it, `make bench ARGS="fanout pages"` some. As a test (`cargo test
//! --features ssr --bench hub`) it only shows that everything runs.
//!
//! Read in this order: `child` is a process under measure, `ground` what it finds in its
//! folder; `crowd` is the load, `wire` what both say; `peers` are what we compare with;
//! `scenarios` measure, `report` tells.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot go on fails")]

#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
mod cores;
#[cfg(target_os = "linux")]
mod crowd;
#[cfg(target_os = "linux")]
mod ground;
#[cfg(target_os = "linux")]
mod guest;
#[cfg(target_os = "linux")]
mod length;
#[cfg(target_os = "linux")]
mod peers;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod scenarios;
#[cfg(target_os = "linux")]
mod wire;

/// As the product has it: this executable is also its peers, and the server without limits.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[cfg(target_os = "linux")]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // What `child` starts: this executable in another part.
    match arguments.iter().position(|word| word == "--peer") {
        Some(at) => peers::be(&arguments[at + 1..]),
        None => measure(&arguments),
    }
}

#[cfg(target_os = "linux")]
fn measure(arguments: &[String]) {
    // Cargo says `--bench`, or nothing when this is a test.
    let wanted: Vec<_> = arguments
        .iter()
        .filter(|word| !word.starts_with("--"))
        .collect();
    length::choose(arguments);
    let mut report = report::Report::new();
    cores::take(cores::LOAD);
    for (name, scenario, rounds) in scenarios::ALL {
        if wanted.is_empty() || wanted.iter().any(|word| name == word.as_str()) {
            eprintln!("{name}");
            (0..length::scaled(1, rounds)).for_each(|_| scenario(&mut report));
        }
    }
    assert!(!report.is_empty(), "no scenario is called {wanted:?}");
    report.print();
}

/// Cores and memory of other processes are read as Linux shows them.
#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("The benchmarks run on Linux only.");
}
