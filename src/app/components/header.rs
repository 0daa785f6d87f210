//! The slim line above the conversation.

use super::{
    FieldError, Icon, RoomsButton,
    dynamic::{Erase, attr, effect, memo, show, text},
    post,
};
use crate::{
    app::{Chat, Link, RoomState},
    protocol::Form,
    words,
};
use leptos::{html, prelude::*};

/// Room, topic, connection, people, menu.
#[component]
pub fn RoomHeader(
    /// The room.
    state: RoomState,
) -> impl IntoView {
    let chat = Chat::here();
    let named = memo(move || chat.me.with(Option::is_some));
    let count = move || state.online.with(|online| online.count);
    let dot = move || match chat.link.get() {
        Link::Starting => ("connecting", words::CONNECTING),
        Link::Connected => ("live", words::CONNECTED),
        Link::Waiting(_) | Link::Trying => ("waiting", words::RECONNECTING),
        Link::Offline => ("offline", words::OFFLINE),
    };
    view! {
        <header class="room-header">
            <RoomsButton />
            <h1 class="room-title">
                <span class="room-hash" aria-hidden="true">
                    "#"
                </span>
                <bdi class="room-name">
                    {text(move || state.room.with(|room| room.name.as_str().to_owned()))}
                </bdi>
            </h1>
            {show(move || {
                if named.get() {
                    return Some(view! { <TopicForm state /> }.erase());
                }
                let topic = topic(state)();
                let line = || {
                    view! {
                        <div class="topic">
                            <p class="topic-line">
                                <span class="topic-text" dir="auto">
                                    {topic.clone()}
                                </span>
                            </p>
                        </div>
                    }
                };
                (!topic.is_empty()).then(|| line().erase())
            })}
            <span
                class="connection-dot"
                data-state=attr(move || Some(dot().0))
                role="img"
                aria-label=attr(move || Some(dot().1))
                title=attr(move || Some(dot().1))
            ></span>
            <button
                class="people-button"
                type="button"
                popovertarget="people"
                aria-label=text(move || words::people_here(count()))
            >
                {Icon::People.draw()}
                <span class="people-button-count" aria-hidden="true">
                    {text(move || count().to_string())}
                </span>
            </button>
            {show(move || named.get().then(|| view! { <RoomMenu state /> }.erase()))}
        </header>
    }
    .erase()
}

fn topic(state: RoomState) -> impl Fn() -> String + Copy {
    move || state.room.with(|room| room.topic.as_str().to_owned())
}

#[component]
fn TopicForm(state: RoomState) -> impl IntoView {
    let chat = Chat::here();
    let details = NodeRef::<html::Details>::new();
    effect(move || {
        let saved = chat.done.get() == Some(Form::Topic);
        if let (true, Some(details)) = (saved, details.get()) {
            details.set_open(false);
        }
    });
    let refused = chat.typed_before(Form::Topic);
    let open = refused.is_some();
    let typed = refused.map_or_else(
        || {
            state
                .room
                .with_untracked(|room| room.topic.as_str().to_owned())
        },
        |refused| refused.field("topic").to_owned(),
    );
    let line = move || {
        let topic = topic(state)();
        if topic.is_empty() {
            words::ADD_TOPIC.to_owned()
        } else {
            topic
        }
    };
    view! {
        <details class="topic" name="header" node_ref=details open=open>
            <summary class="topic-line">
                <span class="topic-text" dir="auto">
                    {text(line)}
                </span>
                {Icon::Pencil.small()}
            </summary>
            <form
                class="topic-form"
                method="post"
                action=format!("/r/{}", state.slug())
                on:submit=post(Form::Topic)
            >
                <input type="hidden" name="do" value=Form::Topic.name() />
                <div class="field">
                    <label class="field-label" for="topic">
                        {words::TOPIC}
                    </label>
                    <input
                        class="input"
                        id="topic"
                        name="topic"
                        value=typed
                        dir="auto"
                        autocomplete="off"
                        aria-describedby="topic-error"
                    />
                    <FieldError form=Form::Topic id="topic-error" />
                </div>
                <div class="form-actions">
                    <button class="button" data-kind="primary">
                        {words::SAVE_TOPIC}
                    </button>
                </div>
            </form>
        </details>
    }
    .erase()
}

#[component]
fn RoomMenu(state: RoomState) -> impl IntoView {
    view! {
        <details class="menu" name="header">
            <summary class="icon-button" aria-label=words::ROOM_MENU>
                {Icon::More.draw()}
            </summary>
            <div class="menu-list">
                <a class="menu-item" href="/rooms">
                    {Icon::Search.draw()}
                    {words::ALL_ROOMS}
                </a>
                <form
                    method="post"
                    action=format!("/r/{}", state.slug())
                    on:submit=post(Form::Leave)
                >
                    <input type="hidden" name="do" value=Form::Leave.name() />
                    <button class="menu-item" data-kind="danger" aria-describedby="leave-error">
                        {Icon::Leave.draw()}
                        {words::LEAVE_ROOM}
                    </button>
                    <FieldError form=Form::Leave id="leave-error" />
                </form>
            </div>
        </details>
    }
    .erase()
}
