//! What people see, the same code on both sides. Pages and components never name
//! `server` or `client`: they read the [`Chat`] and tell it what a person asks for.

mod chat;
mod clock;
mod components;
mod page;
mod pages;
#[cfg(feature = "ssr")]
mod prepared;
#[cfg(feature = "ssr")]
mod shell;

pub use chat::{Act, Chat, Intent, Link, RoomState};
pub use clock::{Clock, browser_now, browser_offset, until_tomorrow};
pub use page::Page;
#[cfg(feature = "ssr")]
pub use pages::Sheet;
#[cfg(feature = "ssr")]
pub use prepared::Prepared;
#[cfg(feature = "ssr")]
pub use shell::Assets;
#[cfg(feature = "ssr")]
use shell::{shell, still};

pub use components::effect;
#[cfg(feature = "hydrate")]
pub use components::wake_last;
use components::{Erase, memo, show};
use leptos::prelude::*;

/// The page inside `<body>`, from what the server said at first.
#[component]
pub fn App(
    /// Everything it knows.
    chat: Chat,
) -> impl IntoView {
    provide_context(chat);
    let in_room = memo(move || chat.page.with(|page| page.slug().is_some()));
    show(move || {
        if in_room.get() {
            return Some(view! { <pages::RoomPage /> }.erase());
        }
        Some(match chat.page.get() {
            Page::Rooms => view! { <pages::RoomsPage /> }.erase(),
            Page::Me => view! { <pages::MePage /> }.erase(),
            Page::Failed => view! { <pages::Failed /> }.erase(),
            Page::NotFound | Page::Room(_) | Page::Past(_) => view! { <pages::NotFound /> }.erase(),
        })
    })
}
