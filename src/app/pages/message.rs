//! `/r/<slug>/<seq>`: one message by itself, and what can be done to it by plain forms: for
//! browsers without a script, and for its author to read what it said before. Rendered on the
//! server only; nothing of it is in the WASM.

use crate::{
    app::{
        Chat, RoomState,
        components::{Icon, Mark, Message, OFTEN, Prose},
    },
    protocol::{
        Cid, Event, Form, Millis, Online, Person, RefusedForm, Room, RoomSnapshot, Seq, What,
    },
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// Everything on the page.
pub struct Sheet {
    /// Where it was said.
    pub room: Room,
    /// The message in its current form.
    pub event: Event,
    /// Who wrote it and who reacted to it.
    pub people: Vec<Person>,
    /// What it said before and since when, oldest first; for its author only.
    pub earlier: Vec<(Millis, String)>,
    /// Names for what the forms may do.
    pub cids: [Cid; 2],
}

/// The page.
#[component]
pub fn MessagePage(chat: Chat, sheet: Sheet) -> impl IntoView {
    provide_context(chat);
    let Sheet {
        room,
        event,
        people,
        earlier,
        cids: [edit_cid, delete_cid],
    } = sheet;
    chat.meet_all(&people);
    let at = format!("/r/{}/{}", room.slug.as_str(), event.seq.0);
    let back = format!("/r/{}#m{}", room.slug.as_str(), event.seq.0);
    let (text, deleted) = match &event.what {
        What::Message(message) => (message.text.clone(), message.deleted),
        _ => (String::new(), true),
    };
    let me = chat.me.get_untracked();
    let mine = me.as_ref().is_some_and(|me| me.id == event.by) && !deleted;
    let may_react = me.is_some() && !deleted;
    let name = room.name.as_str().to_owned();
    let state = RoomState::new(&alone(room, event.clone()));
    let refused = chat.refused.get_untracked();
    view! {
        <main class="alone sheet" id="page">
            <a class="place" href=back.clone()>
                <Mark />
                <span class="place-name">"#" <bdi>{name}</bdi></span>
            </a>
            <h1 class="page-title">{words::ONE_MESSAGE}</h1>
            <ol class="messages">
                <Message state event=Arc::new(event) opens=true />
            </ol>
            {refused.as_ref().map(error)}
            {may_react.then(|| react_form(&at))}
            {mine.then(|| edit_form(&at, edit_cid, refused.as_ref(), &text))}
            {mine.then(|| delete_form(&at, delete_cid))}
            {(!earlier.is_empty()).then(|| history(chat, earlier))}
            <a class="button" href=back>
                {words::BACK_TO_ROOM}
            </a>
        </main>
    }
}

/// A room in which there is nothing else.
fn alone(room: Room, event: Event) -> RoomSnapshot {
    RoomSnapshot {
        room,
        head: event.seq,
        events: vec![event],
        older: true,
        people: Vec::new(),
        online: Online::default(),
        read: Seq::default(),
        member: false,
    }
}

fn error(refused: &RefusedForm) -> impl IntoView + use<> {
    let message = refused.refusal.message.clone();
    view! {
        <p class="field-error" role="alert">
            {Icon::Warning.small()}
            {message}
        </p>
    }
}

fn react_form(at: &str) -> impl IntoView + use<> {
    let often = OFTEN.map(|emoji| {
        view! {
            <button class="picker-emoji" name="put" value=emoji>
                {emoji}
            </button>
        }
    });
    view! {
        <section class="page-section" aria-labelledby="react">
            <h2 id="react">{words::REACT}</h2>
            <form class="picker" method="post" action=at.to_owned()>
                <input type="hidden" name="do" value=Form::React.name() />
                {Vec::from(often)}
            </form>
        </section>
    }
}

fn edit_form(
    at: &str,
    cid: Cid,
    refused: Option<&RefusedForm>,
    text: &str,
) -> impl IntoView + use<> {
    let typed = refused.filter(|refused| refused.form == Form::Edit);
    let typed = typed.map_or(text, |refused| refused.field("body"));
    view! {
        <section class="page-section" aria-labelledby="edit">
            <h2 id="edit">{words::EDIT}</h2>
            <form class="form" method="post" action=at.to_owned()>
                <input type="hidden" name="do" value=Form::Edit.name() />
                <input type="hidden" name="cid" value=cid.to_string() />
                <textarea
                    class="input sheet-text"
                    name="body"
                    rows="5"
                    dir="auto"
                    required
                    aria-label=words::EDIT_MESSAGE
                >
                    {crate::app::components::textarea_text(typed)}
                </textarea>
                <div class="form-actions">
                    <button class="button" data-kind="primary">
                        {words::SAVE}
                    </button>
                </div>
            </form>
        </section>
    }
}

fn delete_form(at: &str, cid: Cid) -> impl IntoView + use<> {
    view! {
        <section class="page-section" aria-labelledby="delete">
            <h2 id="delete">{words::DELETE}</h2>
            <form class="form-actions" method="post" action=at.to_owned()>
                <input type="hidden" name="do" value=Form::Delete.name() />
                <input type="hidden" name="cid" value=cid.to_string() />
                <p class="page-lead">{words::DELETE_THIS}</p>
                <button class="button" data-kind="danger">
                    {words::DELETE}
                </button>
            </form>
        </section>
    }
}

fn history(chat: Chat, earlier: Vec<(Millis, String)>) -> impl IntoView {
    let clock = chat.clock.get_untracked();
    let version = move |(at, text): (Millis, String)| {
        view! {
            <li class="version">
                <time class="message-time" datetime=words::iso(at.0)>
                    {clock.full(at)}
                </time>
                <Prose text />
            </li>
        }
    };
    view! {
        <section class="page-section" aria-labelledby="earlier">
            <h2 id="earlier">{words::EARLIER}</h2>
            <p class="page-lead">{words::EARLIER_LEAD}</p>
            <ol class="versions">
                {earlier.into_iter().rev().map(version).collect_view()}
            </ol>
        </section>
    }
}
