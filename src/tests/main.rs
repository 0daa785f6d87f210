//! Integration tests: a real server on port 0 with a folder of its own, and plain clients.
//!
//! `harness` starts servers and speaks for people; each other module is one thing that the
//! server promises. No test sleeps for a fixed time where it can wait for a condition.

#![allow(clippy::unwrap_used)] // A test that cannot go on fails.

mod harness;

mod accept;
mod amending;
mod door;
mod forms;
mod frames;
mod greeting;
mod history;
mod joining;
mod limits;
mod names;
mod operations;
mod origins;
mod pages;
mod presence;
mod resume;
mod rooms;
mod sends;
mod sessions;
mod shutdown;
mod slow_reader;
mod upkeep;
