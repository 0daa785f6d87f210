//! Parts of the server's page that come alive after the rest of it, one by one: all at once
//! they would be a task that no key and no tap gets through.

#[cfg(feature = "hydrate")]
mod asleep;

#[cfg(feature = "hydrate")]
pub use asleep::wake_last;
use leptos::prelude::*;

/// A part that is one element. Drawn by the server it sleeps in the browser until it is woken,
/// and until then nothing may change that it shows.
pub fn late(draw: impl FnOnce() -> AnyView + Send + 'static) -> AnyView {
    #[cfg(feature = "hydrate")]
    return asleep::Late::new(draw).into_any();
    #[cfg(not(feature = "hydrate"))]
    draw()
}
