//! `/rooms`: every public room, and a new one.

use super::name_tab;
use crate::{
    app::{
        Chat,
        components::{
            Entry, Erase, FieldError, Icon, RoomsButton, Sidebar, attr, entries_of,
            focus_by_address, memo, post, show,
        },
    },
    protocol::{Form, RefusalCode, Room, RoomSummary},
    words,
};
use leptos::prelude::*;

/// The page of all rooms.
#[component]
pub fn RoomsPage() -> impl IntoView {
    let chat = Chat::here();
    name_tab(move || words::page_title(words::ROOMS, &chat.place.get_value()));
    let named = memo(move || chat.me.with(Option::is_some));
    view! {
        <a class="skip" href="#page">
            {words::SKIP_TO_CONTENT}
        </a>
        <div class="shell" data-page="plain">
            <Sidebar current=None />
            <main class="page" id="page">
                <div class="page-inner">
                    <div class="page-head">
                        <RoomsButton />
                        <h1 class="page-title">{words::ROOMS}</h1>
                        <p class="page-lead">{words::ROOMS_LEAD}</p>
                    </div>
                    <ul class="directory">
                        {entries_of(move || chat.rooms.with(|rooms| rooms.iter().map(entry).collect()))}
                    </ul>
                    <section class="page-section" id="new" aria-labelledby="new-title">
                        <h2 id="new-title">{words::OPEN_NEW_ROOM}</h2>
                        {show(move || {
                            let form = if named.get() {
                                view! { <CreateRoom /> }.erase()
                            } else {
                                view! {
                                    <p class="page-lead">
                                        {words::NAME_BEFORE_ROOM} " "
                                        <a href="/r/general#name">{words::CHOOSE_NAME}</a>
                                    </p>
                                }
                                .erase()
                            };
                            Some(form)
                        })}
                    </section>
                </div>
            </main>
        </div>
    }
    .erase()
}

fn entry(line: &RoomSummary) -> Entry {
    let line = line.clone();
    let Room {
        id, name, topic, ..
    } = &line.room;
    let key = format!(
        "{}/{}/{}/{}",
        id.0,
        line.members,
        name.as_str(),
        topic.as_str()
    );
    Entry::new(key, move || {
        view! { <DirectoryLine line=line.clone() /> }.erase()
    })
}

#[component]
fn DirectoryLine(line: RoomSummary) -> impl IntoView {
    let room = line.room;
    view! {
        <li>
            <a class="directory-room" href=format!("/r/{}", room.slug)>
                <span class="directory-name">
                    <span class="room-hash" aria-hidden="true">
                        "#"
                    </span>
                    <bdi>{room.name.as_str().to_owned()}</bdi>
                </span>
                <span class="directory-topic" dir="auto">
                    {room.topic.as_str().to_owned()}
                </span>
                <span class="directory-facts">
                    <span class="directory-fact">
                        {Icon::People.small()} {words::members(line.members)}
                    </span>
                </span>
            </a>
        </li>
    }
    .erase()
}

#[component]
fn CreateRoom() -> impl IntoView {
    let chat = Chat::here();
    let field = NodeRef::new();
    focus_by_address("#new", field);
    let refused = chat.typed_before(Form::Create);
    let name = refused
        .as_ref()
        .map(|refused| refused.field("name").to_owned());
    let topic = refused
        .as_ref()
        .map(|refused| refused.field("topic").to_owned());
    let invalid = attr(move || {
        let about_topic = |code| matches!(code, RefusalCode::TopicTooLong);
        chat.refused(Form::Create)
            .filter(|form| !about_topic(form.refusal.code))
            .map(|_| "true")
    });
    view! {
        <form class="form" method="post" action="/rooms" on:submit=post(Form::Create)>
            <input type="hidden" name="do" value=Form::Create.name() />
            <div class="field">
                <label class="field-label" for="room-name">
                    {words::NAME}
                </label>
                <input
                    class="input"
                    id="room-name"
                    name="name"
                    node_ref=field
                    required
                    maxlength="200"
                    dir="auto"
                    autocomplete="off"
                    value=name
                    aria-invalid=invalid
                    aria-describedby="room-name-hint room-error"
                />
                <p class="field-hint" id="room-name-hint">
                    {words::ROOM_NAME_HINT}
                </p>
            </div>
            // Between the two: it is about one of them.
            <FieldError form=Form::Create id="room-error" />
            <div class="field">
                <label class="field-label" for="room-topic">
                    {words::TOPIC}
                </label>
                <input
                    class="input"
                    id="room-topic"
                    name="topic"
                    dir="auto"
                    autocomplete="off"
                    value=topic
                    aria-describedby="room-topic-hint room-error"
                />
                <p class="field-hint" id="room-topic-hint">
                    {words::ROOM_TOPIC_HINT}
                </p>
            </div>
            <div class="form-actions">
                <button class="button" data-kind="primary">
                    {words::OPEN_ROOM}
                </button>
            </div>
        </form>
    }
    .erase()
}
