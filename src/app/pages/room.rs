//! `/r/<slug>`: the conversation.

use super::{NotFound, name_tab};
use crate::{
    app::{
        Chat, Intent, RoomState,
        components::{
            Composer, ConnectionLine, Join, PeopleList, RoomHeader, Sidebar, TimelineView,
            TypingLine, show,
        },
    },
    protocol::{BootPage, RoomSnapshot, Slug},
    words,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// What the address means.
#[derive(Clone)]
enum Shown {
    /// A room, live.
    Live(RoomState),
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
    let params = use_params_map();
    let query = use_query_map();
    let slug = Memo::new(move |_| {
        params
            .with(|params| params.get("slug"))
            .and_then(|slug| Slug::parse(&slug).ok())
    });
    if chat
        .first_page
        .with_value(|page| *page == BootPage::NotFound)
        && !chat.live.get_untracked()
        && let Some(slug) = slug.get_untracked()
    {
        chat.miss(slug);
    }
    let before = Memo::new(move |_| query.with(|query| query.get("before")));
    let shown = move || {
        let Some(slug) = slug.get() else {
            return Shown::Missing;
        };
        if let Some(past) = before.get().and_then(|before| past(chat, &slug, &before)) {
            return Shown::Past(past);
        }
        match chat.room_tracked(&slug) {
            Some(state) => Shown::Live(state),
            None if chat.is_missing(&slug) => Shown::Missing,
            None => Shown::Opening,
        }
    };
    Effect::new(move || {
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
            Shown::Missing => view! { <NotFound /> }.into_any(),
            Shown::Opening => view! {
                <div class="shell" data-page="room">
                    <Sidebar current=slug />
                    <main class="conversation" aria-busy="true">
                        <ConnectionLine />
                    </main>
                </div>
            }
            .into_any(),
            Shown::Live(state) => view! { <Conversation state slug past=false /> }.into_any(),
            Shown::Past(snapshot) => {
                let state = RoomState::new(&snapshot);
                view! { <Conversation state slug past=true /> }.into_any()
            }
        };
        Some(page)
    })
}

/// The page of history that the server rendered, when the address asks for just that.
fn past(chat: Chat, slug: &Slug, before: &str) -> Option<Box<RoomSnapshot>> {
    chat.first_page.with_value(|page| match page {
        BootPage::Room {
            snapshot,
            before: Some(seq),
        } if snapshot.room.slug == *slug && before == seq.0.to_string() => Some(snapshot.clone()),
        _ => None,
    })
}

#[component]
fn Conversation(state: RoomState, slug: Memo<Option<Slug>>, past: bool) -> impl IntoView {
    let chat = Chat::here();
    let named = Memo::new(move |_| chat.me.with(Option::is_some));
    if !past {
        enter(chat, state, named);
    }
    view! {
        <a class="skip" href="#timeline" rel="external">
            {words::SKIP_TO_MESSAGES}
        </a>
        <div class="shell" data-page="room">
            <Sidebar current=slug />
            <main class="conversation">
                <RoomHeader state />
                <ConnectionLine />
                <TimelineView state past />
                <TypingLine state />
                {show(move || {
                    let foot = if named.get() {
                        view! { <Composer state past /> }.into_any()
                    } else {
                        view! { <Join state /> }.into_any()
                    };
                    Some(foot)
                })}
            </main>
            <PeopleList state />
        </div>
    }
    .into_any()
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
    Effect::new(move || {
        if chat.live.get() && named.get() && !state.member.get_untracked() {
            chat.ask(Intent::Open(state.slug()));
        }
    });
}
