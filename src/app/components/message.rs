//! What somebody said.

use super::{
    Avatar, Icon,
    dynamic::{Erase, text},
    notice::name,
    prose::{CopyButton, Prose},
};
use crate::{
    app::{Chat, Intent, RoomState, clock},
    protocol::{Event, Millis, What},
    timeline::{Pending, PendingState},
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// A message in the log.
#[component]
pub fn Message(
    /// Its event.
    event: Arc<Event>,
    /// Whether it opens a group: avatar, name and time stand above it.
    opens: bool,
) -> impl IntoView {
    let chat = Chat::here();
    let person = chat.person(event.by);
    let What::Message { text: said, .. } = event.what.clone() else {
        return ().into_any();
    };
    let at = event.at;
    let head = if opens {
        view! {
            {person.map(|person| view! { <Avatar person=person.into() /> })}
            <div class="message-head">
                <bdi class="message-name">{text(name(person))}</bdi>
                <Time at />
            </div>
        }
        .erase()
    } else {
        view! {
            <span class="visually-hidden">
                <bdi>{text(name(person))}</bdi>
            </span>
            <Time at />
        }
        .erase()
    };
    view! {
        <li
            class="message"
            id=format!("m{}", event.seq.0)
            data-continued=(!opens).then_some("")
        >
            {head}
            <Prose text=said.clone() />
            <div
                class="message-actions live-only"
                role="group"
                aria-label=words::MESSAGE_ACTIONS
            >
                <CopyButton class="message-action" text=said>
                    {Icon::Copy.small()}
                    {words::COPY_TEXT}
                </CopyButton>
            </div>
        </li>
    }
    .erase()
}

/// The local time of something; the title has the full date.
#[component]
fn Time(at: Millis) -> impl IntoView {
    let chat = Chat::here();
    view! {
        <time
            class="message-time"
            datetime=clock::iso(at)
            title=text(move || chat.clock.get().full(at))
        >
            {text(move || chat.clock.get().time(at))}
        </time>
    }
    .erase()
}

/// A message on its way, or one that needs a decision.
#[component]
pub fn PendingMessage(
    /// The room it goes to.
    state: RoomState,
    /// The message.
    pending: Pending,
    /// Whether it opens a group.
    opens: bool,
) -> impl IntoView {
    let chat = Chat::here();
    let me = chat.me.get_untracked().and_then(|me| chat.person(me.id));
    let (cid, slug) = (pending.cid, state.slug());
    let status = || {
        view! {
            <span class="message-status" role="img" aria-label=words::SENDING>
                {Icon::Clock.small()}
            </span>
        }
    };
    let failed = match pending.state {
        PendingState::Failed(code) => Some(code),
        PendingState::Waiting | PendingState::Sent(_) => None,
    };
    let waiting = failed.is_none();
    let head = if opens {
        view! {
            {me.map(|person| view! { <Avatar person=person.into() /> })}
            <div class="message-head">
                <bdi class="message-name">{text(name(me))}</bdi>
                {waiting.then(status)}
            </div>
        }
        .erase()
    } else {
        view! {
            <span class="visually-hidden">
                <bdi>{text(name(me))}</bdi>
            </span>
            {waiting.then(status)}
        }
        .erase()
    };
    view! {
        <li
            class="message"
            data-continued=(!opens).then_some("")
            data-state=if waiting { "pending" } else { "failed" }
        >
            {head}
            <Prose text=pending.text />
            {failed
                .map(|code| {
                    let again = slug.clone();
                    view! {
                        <p class="message-problem" role="alert">
                            <span>{words::not_sent(code)}</span>
                            <span class="message-choices">
                            <button
                                class="text-button"
                                type="button"
                                on:click=move |_| chat.ask(Intent::Retry(again.clone(), cid))
                            >
                                {words::RETRY}
                            </button>
                            <button
                                class="text-button"
                                type="button"
                                on:click=move |_| chat.ask(Intent::Discard(slug.clone(), cid))
                            >
                                {words::DISCARD}
                            </button>
                            </span>
                        </p>
                    }
                })}
        </li>
    }
    .erase()
}
