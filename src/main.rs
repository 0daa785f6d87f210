//! The executable.

#[cfg(feature = "ssr")]
fn main() {}

/// The browser's build compiles this target too; it has nothing to run.
#[cfg(not(feature = "ssr"))]
fn main() {}
