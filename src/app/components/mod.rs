//! The parts of pages: each takes data and shows it.

mod amending;
mod avatar;
mod completion;
mod composer;
mod connection;
mod dynamic;
mod form;
mod header;
mod icon;
mod join;
mod late;
mod message;
mod notice;
mod people;
mod prose;
mod reactions;
mod sidebar;
mod timeline;

pub use avatar::Avatar;
pub use composer::Composer;
#[cfg(feature = "ssr")]
pub use composer::textarea_text;
pub use connection::ConnectionLine;
pub use dynamic::{Entry, Erase, attr, effect, entries_of, memo, show};
pub use form::{FieldError, focus_by_address, post};
pub use header::RoomHeader;
pub use icon::{Art, Icon, Mark, Picture};
pub use join::Join;
pub use late::late;
#[cfg(feature = "hydrate")]
pub use late::wake_last;
#[cfg(feature = "ssr")]
pub use message::Message;
pub use people::PeopleList;
#[cfg(feature = "ssr")]
pub use prose::Prose;
#[cfg(feature = "ssr")]
pub use reactions::OFTEN;
pub use sidebar::{RoomsButton, Sidebar};
pub use timeline::{TimelineView, TypingLine};
