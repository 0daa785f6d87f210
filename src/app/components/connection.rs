//! The line that says what is wrong with the connection, and what helps.

use crate::{
    app::{Chat, Intent, Link},
    words,
};
use leptos::prelude::*;

/// Empty when all is well.
#[component]
pub fn ConnectionLine() -> impl IntoView {
    let chat = Chat::here();
    let link = Memo::new(move |_| chat.link.get());
    let state = move || match link.get() {
        Link::Starting | Link::Connected => None,
        Link::Waiting(_) | Link::Trying => Some("waiting"),
        Link::Offline => Some("offline"),
    };
    let try_now = move || {
        matches!(link.get(), Link::Waiting(_)).then(|| {
            view! {
                <button
                    class="text-button"
                    type="button"
                    on:click=move |_| chat.ask(Intent::ConnectNow)
                >
                    {words::TRY_NOW}
                </button>
            }
        })
    };
    let text = move || match link.get() {
        Link::Starting | Link::Connected => None,
        Link::Waiting(_) | Link::Trying => Some(words::RECONNECTING_LINE),
        Link::Offline => Some(words::YOU_ARE_OFFLINE),
    };
    // A screen reader hears the line once, not every second.
    let countdown = move || match link.get() {
        Link::Waiting(seconds) => Some(words::in_seconds(seconds)),
        _ => None,
    };
    view! {
        <div class="connection" role="status" data-state=state>
            {move || {
                text()
                    .map(|text| {
                        view! {
                            <p class="connection-text">
                                {text} <span aria-hidden="true">{countdown}</span>
                            </p>
                        }
                    })
            }}
            {try_now}
        </div>
    }
    .into_any()
}
