//! `/r/<slug>`: the conversation.

use super::{NotFound, name_tab};
use crate::{
    app::{
        Chat, Intent, Page, RoomState,
        components::{
            Composer, ConnectionLine, Erase, Join, PeopleList, RoomHeader, RoomsButton, Sidebar,
            TimelineView, TypingLine, effect, late, memo, show,
        },
    },
    protocol::{RoomSnapshot, Slug},
    words,
};
use leptos::prelude::*;

/// What the address means.
#[derive(Clone)]
enum Shown {
    /// A room, live.
    Live(Box<RoomState>),
    /// A page of its past.
    Past(Box<RoomSnapshot>),
    /// Not known here yet; asked for.
    Opening,
    /// There is none.
    Missing,
}

/// The page of a room.
#[component]
pub fn RoomPage() -> impl IntoView {
    let chat = Chat::here();
    let slug = memo(move || chat.page.with(|page| page.slug().cloned()));
    let shown = move || match chat.page.get() {
        Page::Past(past) => Shown::Past(past),
        Page::Room(slug) => match chat.room_tracked(&slug) {
            Some(state) => Shown::Live(Box::new(state)),
            None if chat.is_missing(&slug) => Shown::Missing,
            None => Shown::Opening,
        },
        // This page is about to go.
        _ => Shown::Opening,
    };
    effect(move || {
        if let (Shown::Opening, Some(slug)) = (shown(), slug.get()) {
            chat.ask(Intent::Open(slug));
        }
    });
    name_tab(move || {
        let unread = chat
            .rooms
            .with(|rooms| rooms.iter().map(|line| line.unread as usize).sum());
        let name = match shown() {
            Shown::Live(state) => state.room.with(|room| room.name.as_str().to_owned()),
            Shown::Past(snapshot) => snapshot.room.name.as_str().to_owned(),
            Shown::Opening => return chat.place.get_value(),
            Shown::Missing => {
                return words::page_title(words::NOT_FOUND, &chat.place.get_value());
            }
        };
        chat.place
            .with_value(|place| words::room_title(unread, &name, place))
    });
    show(move || {
        let page = match shown() {
            Shown::Missing => view! { <NotFound /> }.erase(),
            Shown::Opening => view! {
                <div class="shell" data-page="room">
                    <Sidebar current=slug />
                    <main class="conversation" aria-busy="true">
                        <header class="room-header">
                            <RoomsButton />
                            <h1 class="room-title">
                                <span class="room-hash" aria-hidden="true">
                                    "#"
                                </span>
                                <bdi class="room-name">{slug_text(slug)}</bdi>
                            </h1>
                        </header>
                        <ConnectionLine />
                        <p class="opening" role="status">
                            {words::OPENING}
                        </p>
                    </main>
                </div>
            }
            .erase(),
            Shown::Live(state) => view! { <Conversation state=*state slug past=false /> }.erase(),
            Shown::Past(snapshot) => {
                let state = RoomState::new(&snapshot);
                view! { <Conversation state slug past=true /> }.erase()
            }
        };
        Some(page)
    })
}

fn slug_text(slug: Memo<Option<Slug>>) -> String {
    slug.get()
        .map_or_else(String::new, |slug| slug.as_str().to_owned())
}

#[component]
fn Conversation(state: RoomState, slug: Memo<Option<Slug>>, past: bool) -> impl IntoView {
    let chat = Chat::here();
    let named = memo(move || chat.me.with(Option::is_some));
    if !past {
        enter(chat, state, named);
    }
    view! {
        <a class="skip" href="#timeline">
            {words::SKIP_TO_MESSAGES}
        </a>
        <div class="shell" data-page="room">
            {late(move || view! { <Sidebar current=slug /> }.erase())}
            <main class="conversation">
                {late(move || view! { <RoomHeader state /> }.erase())}
                <ConnectionLine />
                <TimelineView state past />
                <TypingLine state />
                {show(move || {
                    let foot = if named.get() {
                        view! { <Composer state past /> }.erase()
                    } else {
                        view! { <Join state /> }.erase()
                    };
                    Some(foot)
                })}
            </main>
            {late(move || view! { <PeopleList state /> }.erase())}
        </div>
    }
    .erase()
}

/// Whoever has a name and opens a room becomes a member of it; what came since they read
/// here last is marked as new.
fn enter(chat: Chat, state: RoomState, named: Memo<bool>) {
    if chat.live.get_untracked() {
        let read = state.read.get_untracked();
        let last = state.timeline.with_untracked(|timeline| timeline.last());
        state
            .new_after
            .set((named.get_untracked() && read < last).then_some(read));
        state.at_end.set(true);
    }
    effect(move || {
        if chat.live.get() && named.get() && !state.member.get_untracked() {
            chat.ask(Intent::Open(state.slug()));
        }
    });
}
