//! Two lengths: a short run within `cargo test`, and a long one with the figures that we
//! hold ourselves to (`make faults`).

/// Whether this is the long run.
pub fn is_long() -> bool {
    std::env::var("HUBBUB_FAULTS").is_ok_and(|length| length == "long")
}

/// One of two figures.
pub fn scaled<T>(short: T, long: T) -> T {
    if is_long() { long } else { short }
}
