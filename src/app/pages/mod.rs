//! The pages, one a file.

mod alone;
mod me;
mod room;
mod rooms;

pub use alone::{Failed, NotFound};
pub use me::MePage;
pub use room::RoomPage;
pub use rooms::RoomsPage;

use super::Chat;
use crate::protocol::Slug;
use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_navigate};

/// `/` leads to the room that everybody starts in. The server redirects by itself.
#[component]
pub fn Home() -> impl IntoView {
    view! { <Redirect path=format!("/r/{}", Slug::default_room()) /> }
}

/// Goes where a form leads once it is done.
#[component]
pub fn FollowForms() -> impl IntoView {
    let chat = Chat::here();
    let navigate = use_navigate();
    Effect::new(move || {
        if let Some((_, next)) = chat.done.get() {
            let here = web_sys::window().and_then(|window| window.location().pathname().ok());
            if here.as_deref() != Some(next.as_str()) {
                navigate(&next, leptos_router::NavigateOptions::default());
            }
        }
    });
}

/// Names the page in the browser's tab.
fn name_tab(title: impl Fn() -> String + 'static) {
    Effect::new(move || document().set_title(&title()));
}
