//! Hubbub: a chat that people host themselves.
//!
//! Read in this order. `protocol` is what both sides say; `timeline` is a room as a pure
//! reducer; `markdown` turns text into a tree; `words` holds every text for people. These
//! four know no Leptos, no tokio and no I/O, and plain `cargo test` covers them.
//! `app` is what people see, on both sides; `client` lives only in the browser; `server`
//! only on the server. The invariants are in `docs/ARCHITECTURE.md`.

// The types of views nest as deep as the page.
#![recursion_limit = "256"]

pub mod markdown;
#[cfg(feature = "ssr")]
mod planted;
pub mod protocol;
pub mod timeline;
pub mod words;

#[cfg(any(feature = "ssr", feature = "hydrate"))]
pub mod app;
#[cfg(feature = "hydrate")]
pub mod client;
#[cfg(feature = "ssr")]
pub mod server;

#[cfg(all(feature = "ssr", target_arch = "wasm32"))]
compile_error!("the server does not run in a browser: build wasm32 with the feature `hydrate`");
#[cfg(all(feature = "ssr", feature = "hydrate"))]
compile_error!("choose one of the features `ssr` (server) and `hydrate` (browser)");
