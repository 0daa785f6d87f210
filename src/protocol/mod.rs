//! What both sides say: ids, parsed text, events, frames, limits and close codes.
//!
//! Every string from a person becomes a type here that cannot be wrong; the rest of the
//! code asks no questions. The wire form of every frame is held by golden frames, which
//! `docs/PROTOCOL.md` quotes and a test compares.

mod boot;
mod close;
mod event;
mod flat;
mod frame;
#[cfg(test)]
mod golden;
mod id;
pub mod limits;
mod message;
pub mod name;
mod refusal;
mod slug;
mod text;

pub use boot::{Boot, BootPage, Form, FormReply, RefusedForm};
pub use close::{CloseCode, Reconnect};
pub use event::{Event, Online, Person, Room, RoomSnapshot, RoomSummary, What};
pub use frame::{ClientFrame, ResumeAt, ServerFrame};
pub use id::{Cid, Epoch, InvalidCid, Millis, RoomId, Seq, UserId};
pub use message::{Emoji, Message, Reaction};
pub use name::Name;
pub use refusal::{Refusal, RefusalCode};
pub use slug::Slug;
pub(crate) use text::is_blank;
pub use text::{Body, RoomName, Topic};

/// The version of the protocol, spoken as the WebSocket subprotocol. A server that meets
/// other versions only answers the upgrade with the first of them, because browsers drop an
/// answer without any, and closes with [`CloseCode::UnknownVersion`].
pub const SUBPROTOCOL: &str = "hubbub.1";
