//! How long everything takes: a measurement, or a look whether it runs.

use std::sync::OnceLock;

static SMOKE: OnceLock<bool> = OnceLock::new();

/// Chooses by what cargo says: as a test, all is over in seconds and the figures mean nothing.
pub fn choose(arguments: &[String]) {
    let measures = arguments.iter().any(|word| word == "--bench");
    SMOKE.get_or_init(|| !measures);
}

/// Whether only to show that everything runs.
pub fn is_smoke() -> bool {
    *SMOKE.get_or_init(|| true)
}

/// One of two.
pub fn scaled<T>(smoke: T, real: T) -> T {
    if is_smoke() { smoke } else { real }
}
