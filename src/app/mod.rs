//! What people see, the same code on both sides. Pages and components never name
//! `server` or `client`: they read the [`Chat`] and tell it what a person asks for.

mod chat;
mod clock;
mod components;
mod pages;
mod shell;

pub use chat::{Chat, Intent, Link, RoomState};
pub use clock::{Clock, browser_now, browser_offset, until_tomorrow};
pub use shell::{Assets, shell};

use crate::protocol::BootPage;
use leptos::prelude::*;
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};

/// The page inside `<body>`, from what the server said at first.
#[component]
pub fn App(
    /// Everything it knows.
    chat: Chat,
) -> impl IntoView {
    provide_context(chat);
    if chat.first_page.with_value(|page| *page == BootPage::Failed) {
        return view! { <pages::Failed /> }.into_any();
    }
    view! {
        <Router>
            <pages::FollowForms />
            <FlatRoutes fallback=pages::NotFound>
                <Route path=path!("/") view=pages::Home />
                <Route path=path!("/r/:slug") view=pages::RoomPage />
                <Route path=path!("/rooms") view=pages::RoomsPage />
                <Route path=path!("/me") view=pages::MePage />
            </FlatRoutes>
        </Router>
    }
    .into_any()
}
