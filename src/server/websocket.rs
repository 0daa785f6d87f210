//! The frames of a WebSocket (RFC 6455): pure, without a socket.
//!
//! Absent on purpose: what nobody here needs. A server sends no frames in pieces and no mask,
//! and there are no extensions.

pub mod decoder;
pub mod encoder;
