//! The server.

pub mod sort;
pub mod store;
