//! The rooms, and oneself.

use super::{
    Avatar, Icon, Mark,
    dynamic::{Entry, Erase, attr, entries_of, flag, show, text},
};
use crate::{
    app::Chat,
    protocol::{Person, RoomSummary, Slug},
    words,
};
use leptos::prelude::*;

/// The list of rooms: a column on a wide screen, a drawer on a phone.
#[component]
pub fn Sidebar(
    /// The room on the page, if it is one.
    #[prop(into)]
    current: Signal<Option<Slug>>,
) -> impl IntoView {
    let chat = Chat::here();
    let place = chat.place.get_value();
    let entry = move |line: &RoomSummary| {
        let line = line.clone();
        let key = format!(
            "{}/{}/{}",
            line.room.id.0,
            line.unread,
            line.room.name.as_str()
        );
        Entry::new(key, move || {
            view! { <RoomLine line=line.clone() current /> }.erase()
        })
    };
    view! {
        <nav class="sidebar" id="rooms" popover="auto" aria-label=words::ROOMS>
            <div class="sidebar-head">
                <a class="place" href="/r/general">
                    <Mark />
                    <span class="place-name" dir="auto">
                        {place}
                    </span>
                </a>
                <button
                    class="icon-button sheet-close"
                    type="button"
                    popovertarget="rooms"
                    popovertargetaction="hide"
                    aria-label=words::CLOSE_ROOMS
                >
                    {Icon::Close.draw()}
                </button>
            </div>
            <div class="rooms">
                <div class="rooms-head">
                    <h2 class="rooms-title">{words::ROOMS}</h2>
                    <a
                        class="icon-button"
                        href="/rooms#new"
                        aria-label=words::NEW_ROOM
                        title=words::NEW_ROOM
                    >
                        {Icon::Plus.draw()}
                    </a>
                </div>
                <ul class="room-list">
                    {entries_of(move || chat.rooms.with(|rooms| rooms.iter().map(entry).collect()))}
                </ul>
                <a class="room-more" href="/rooms">
                    {words::ALL_ROOMS}
                </a>
            </div>
            {show(move || Some(view! { <You me=chat.me.get()? /> }.erase()))}
        </nav>
    }
    .erase()
}

#[component]
fn You(me: Person) -> impl IntoView {
    let person = Chat::here().person_or(me);
    view! {
        <div class="you">
            <a class="you-link" href="/me">
                <Avatar person size="m" />
                <bdi class="you-name">
                    {text(move || person.with(|me| me.name.as_str().to_owned()))}
                </bdi>
                <span class="you-hint">{words::CHANGE_NAME}</span>
            </a>
        </div>
    }
    .erase()
}

#[component]
fn RoomLine(line: RoomSummary, current: Signal<Option<Slug>>) -> impl IntoView {
    let RoomSummary { room, unread, .. } = line;
    let href = format!("/r/{}", room.slug);
    let slug = room.slug;
    let is_current = attr(move || {
        current
            .with(|current| current.as_ref() == Some(&slug))
            .then_some("page")
    });
    view! {
        <li>
            <a class="room" href=href aria-current=is_current data-unread=(unread > 0).then_some("")>
                <span class="room-hash" aria-hidden="true">
                    "#"
                </span>
                <bdi class="room-name">{room.name.as_str().to_owned()}</bdi>
                <span class="room-count">
                    {(unread > 0)
                        .then(|| {
                            view! {
                                <span class="pill">
                                    {words::count(unread as usize)}
                                    <span class="visually-hidden">{words::UNREAD}</span>
                                </span>
                            }
                        })}
                </span>
            </a>
        </li>
    }
    .erase()
}

/// Opens the drawer on a phone; shows that something waits in another room.
#[component]
pub fn RoomsButton() -> impl IntoView {
    let chat = Chat::here();
    let unread = flag(move || {
        chat.rooms
            .with(|rooms| rooms.iter().any(|line| line.unread > 0))
    });
    view! {
        <button
            class="icon-button rooms-button"
            type="button"
            popovertarget="rooms"
            aria-label=words::OPEN_ROOMS
            data-unread=unread
        >
            {Icon::Rooms.draw()}
        </button>
    }
    .erase()
}
