//! Who is online.

use super::{
    Avatar, Icon,
    dynamic::{Entry, Erase, entries_of, show, text},
};
use crate::{
    app::{Chat, RoomState},
    protocol::Person,
    words,
};
use leptos::prelude::*;

/// The people of a room: a column on a wide screen, a sheet on others.
#[component]
pub fn PeopleList(
    /// The room.
    state: RoomState,
) -> impl IntoView {
    let count = move || state.online.with(|online| online.count);
    let more = move || {
        state.online.with(|online| {
            let listed = u32::try_from(online.people.len()).unwrap_or(u32::MAX);
            online.count.saturating_sub(listed)
        })
    };
    view! {
        <aside class="people" id="people" popover="auto" aria-labelledby="people-title">
            <div class="people-head">
                <h2 class="people-title" id="people-title">
                    {words::PEOPLE_HERE}
                    " "
                    <span class="people-count">{text(move || count().to_string())}</span>
                </h2>
                <button
                    class="icon-button sheet-close"
                    type="button"
                    popovertarget="people"
                    popovertargetaction="hide"
                    aria-label=words::CLOSE_PEOPLE
                >
                    {Icon::Close.draw()}
                </button>
            </div>
            // Scrolls in a crowd, so a keyboard must reach it; nothing in it takes the focus.
            <ul class="people-list" tabindex="0" aria-labelledby="people-title">
                {entries_of(move || state.online.with(|online| online.people.iter().map(entry).collect()))}
                {show(move || {
                    let line = || view! { <li class="people-more">{words::and_more(more())}</li> };
                    (more() > 0).then(|| line().erase())
                })}
            </ul>
        </aside>
    }
    .erase()
}

fn entry(person: &Person) -> Entry {
    let person = person.clone();
    Entry::new(person.id.0.to_string(), move || {
        view! { <PersonLine person=person.clone() /> }.erase()
    })
}

#[component]
fn PersonLine(person: Person) -> impl IntoView {
    let chat = Chat::here();
    let id = person.id;
    let person = chat.person_or(person);
    let is_me = move || chat.me.with(|me| me.as_ref().is_some_and(|me| me.id == id));
    view! {
        <li class="person">
            <Avatar person size="s" online=true />
            <bdi class="person-name">{text(move || person.with(|p| p.name.as_str().to_owned()))}</bdi>
            {show(move || {
                let mark = || view! { <span class="person-you">{words::YOU_MARK}</span> };
                is_me().then(|| mark().erase())
            })}
        </li>
    }
    .erase()
}
