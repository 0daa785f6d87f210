//! What somebody said, as it stands now, and what can be done to it.

use super::{
    Avatar, Icon,
    amending::{Actions, Confirm, Editor},
    dynamic::{Erase, attr, memo, show, text},
    notice::name,
    prose::Prose,
    reactions::{Chips, Picker},
};
use crate::{
    app::{Act, Chat, Intent, RoomState, clock},
    protocol::{Cid, Event, Millis, RefusalCode, Seq, UserId, What},
    timeline::{Deed, Pending, PendingState, Shown, State},
    words,
};
use leptos::prelude::*;
use std::sync::Arc;

/// A message on the page: where it is found, and how it stands.
#[derive(Clone, Copy)]
pub struct Place {
    /// The room.
    pub state: RoomState,
    /// Its place in the room's log.
    pub seq: Seq,
    /// Who wrote it.
    pub by: UserId,
    /// As it is now.
    pub shown: Memo<Option<Shown>>,
}

impl Place {
    /// The address of its own page.
    pub fn address(self) -> String {
        format!("/r/{}/{}", self.state.slug(), self.seq.0)
    }

    /// Whether it is this person's own.
    pub fn is_mine(self, chat: Chat) -> bool {
        chat.me
            .with(|me| me.as_ref().is_some_and(|me| me.id == self.by))
    }

    /// What is being done to it.
    pub fn act(self) -> Option<Act> {
        let acting = self.state.acting.get();
        acting
            .filter(|(seq, _)| *seq == self.seq)
            .map(|(_, act)| act)
    }

    /// Begins something, or ends it.
    pub fn set_act(self, act: Option<Act>) {
        self.state.acting.set(act.map(|act| (self.seq, act)));
    }

    /// Does something to it.
    pub fn ask(self, chat: Chat, deed: Deed) {
        self.set_act(None);
        chat.ask(Intent::Act(self.state.slug(), deed));
    }

    /// What it says; nothing when it was deleted.
    pub fn words(self) -> Option<String> {
        self.shown.with(|shown| match &shown.as_ref()?.event.what {
            What::Message(message) if !message.deleted => Some(message.text.clone()),
            _ => None,
        })
    }

    fn standing(self) -> State {
        self.shown
            .with(|shown| shown.as_ref().map_or(State::Kept, |shown| shown.state))
    }

    fn is_edited(self) -> bool {
        self.shown.with(|shown| {
            shown.as_ref().is_some_and(|shown| {
                matches!(&shown.event.what, What::Message(message) if message.edited.is_some())
            })
        })
    }
}

/// A message in the log.
#[component]
pub fn Message(
    /// The room.
    state: RoomState,
    /// Its event, as it was when it came onto the page.
    event: Arc<Event>,
    /// Whether it opens a group: avatar, name and time stand above it.
    opens: bool,
) -> impl IntoView {
    let chat = Chat::here();
    let (seq, by, at) = (event.seq, event.by, event.at);
    let shown = memo(move || {
        let me = chat.me.with(|me| me.as_ref().map(|me| me.id));
        state.timeline.with(|timeline| timeline.shown(seq, me))
    });
    let place = Place {
        state,
        seq,
        by,
        shown,
    };
    let said = memo(move || place.words());
    let act = memo(move || place.act());
    let standing = memo(move || place.standing());
    let body = move || match (said.get(), act.get()) {
        (Some(said), Some(Act::Edit)) => Some(view! { <Editor place said /> }.erase()),
        (Some(text), _) => Some(view! { <Prose text /> }.erase()),
        (None, _) => {
            let gone = view! { <p class="message-body message-gone">{words::MESSAGE_DELETED}</p> };
            Some(gone.erase())
        }
    };
    let below = move || match (standing.get(), act.get()) {
        (_, Some(Act::Delete)) => Some(view! { <Confirm place /> }.erase()),
        (_, Some(Act::React)) => Some(view! { <Picker place /> }.erase()),
        (State::Failed(cid, code), _) => {
            Some(view! { <Problem state cid line=words::not_done(code) /> }.erase())
        }
        _ => None,
    };
    let look = move || match standing.get() {
        State::Kept => None,
        State::OnItsWay => Some("pending"),
        State::Failed(..) => Some("failed"),
    };
    view! {
        <li
            class="message"
            id=format!("m{}", seq.0)
            data-continued=(!opens).then_some("")
            data-state=attr(look)
        >
            {head(chat, by, at, opens)}
            {show(move || (standing.get() == State::OnItsWay).then(status))}
            {show(body)}
            {show(move || {
                let mark = move || {
                    view! {
                        <a class="message-edited" href=place.address()>
                            {words::EDITED}
                        </a>
                    }
                };
                (said.get().is_some() && place.is_edited()).then(|| mark().erase())
            })}
            <Chips place />
            {show(below)}
            {show(move || said.get().map(|said| view! { <Actions place said /> }.erase()))}
        </li>
    }
    .erase()
}

fn head(chat: Chat, by: UserId, at: Millis, opens: bool) -> AnyView {
    let person = chat.person(by);
    if opens {
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
    }
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

/// The small clock beside what is on its way.
fn status() -> AnyView {
    view! {
        <span class="message-status" role="img" aria-label=words::SENDING>
            {Icon::Clock.small()}
        </span>
    }
    .erase()
}

/// What was refused, and the two ways on.
#[component]
fn Problem(state: RoomState, cid: Cid, line: String) -> impl IntoView {
    let chat = Chat::here();
    view! {
        <p class="message-problem" role="alert">
            <span>{line}</span>
            <span class="message-choices">
                <button
                    class="text-button"
                    type="button"
                    on:click=move |_| chat.ask(Intent::Retry(state.slug(), cid))
                >
                    {words::RETRY}
                </button>
                <button
                    class="text-button"
                    type="button"
                    on:click=move |_| chat.ask(Intent::Discard(state.slug(), cid))
                >
                    {words::DISCARD}
                </button>
            </span>
        </p>
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
    let cid = pending.cid;
    let failed: Option<RefusalCode> = match pending.state {
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
            <Prose text=pending.said().unwrap_or_default().to_owned() />
            {failed.map(|code| view! { <Problem state cid line=words::not_sent(code) /> })}
        </li>
    }
    .erase()
}
