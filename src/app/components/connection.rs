//! The line that says what is wrong with the connection, and what helps.

use super::dynamic::{Erase, attr, memo, show};
use crate::{
    app::{Chat, Intent, Link},
    words,
};
use leptos::prelude::*;

/// Empty when all is well.
#[component]
pub fn ConnectionLine() -> impl IntoView {
    let chat = Chat::here();
    let link = memo(move || chat.link.get());
    let state = attr(move || match link.get() {
        Link::Starting | Link::Connected => None,
        Link::Waiting(_) | Link::Trying => Some("waiting"),
        Link::Offline => Some("offline"),
    });
    let line = move || match link.get() {
        Link::Starting | Link::Connected => None,
        Link::Waiting(_) | Link::Trying => Some(words::RECONNECTING_LINE),
        Link::Offline => Some(words::YOU_ARE_OFFLINE),
    };
    // A screen reader hears the line once, not every second.
    let countdown = move || match link.get() {
        Link::Waiting(seconds) => Some(words::in_seconds(seconds).into_any()),
        _ => None,
    };
    let line = memo(line);
    let sentence = move || {
        let sentence = view! {
            <p class="connection-text">
                {line.get()?} <span aria-hidden="true">{show(countdown)}</span>
            </p>
        };
        Some(sentence.erase())
    };
    // It stays while a try runs: a button that goes under the finger cannot be pressed.
    let waiting = memo(move || matches!(link.get(), Link::Waiting(_) | Link::Trying));
    let try_now = move || {
        let button = || {
            view! {
                <button
                    class="text-button"
                    type="button"
                    on:click=move |_| chat.ask(Intent::ConnectNow)
                >
                    {words::TRY_NOW}
                </button>
            }
        };
        waiting.get().then(|| button().erase())
    };
    view! {
        <div class="connection" role="status" data-state=state>
            {show(sentence)}
            {show(try_now)}
        </div>
    }
    .erase()
}
