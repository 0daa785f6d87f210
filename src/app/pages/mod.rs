//! The pages, one a file.

mod alone;
mod me;
#[cfg(feature = "ssr")]
mod message;
mod room;
mod rooms;

pub use alone::{Failed, NotFound};
pub use me::MePage;
#[cfg(feature = "ssr")]
pub use message::{MessagePage, Sheet};
pub use room::RoomPage;
pub use rooms::RoomsPage;

use super::components::effect;
use leptos::prelude::*;

/// Names the page in the browser's tab.
fn name_tab(title: impl Fn() -> String + 'static) {
    effect(move || document().set_title(&title()));
}
