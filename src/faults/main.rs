//! The fault kit: the real server process, clients that keep to the protocol, and lines that
//! do not; at the end everything that was submitted, acknowledged and seen is held against
//! the log. `docs/FAULTS.md` says how to run it and how to read what it finds.
//!
//! Read in this order: `process` starts and kills servers; `proxy` is a line that misbehaves;
//! `client` keeps to `docs/PROTOCOL.md` and writes a `history`; `log` reads what is on the
//! disk; `checker` names what must not be; `scenarios` break things. `dice` make chance
//! repeatable, `length` tells the short run from the long one.

// A crowd comes from all of 127.0.0.0/8, and memory is read from /proc.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod address;
mod checker;
mod client;
mod clock;
mod crowd;
mod dice;
mod ground;
mod history;
mod http;
mod length;
mod log;
mod patience;
mod previous;
mod process;
mod proxy;
mod scenarios;
