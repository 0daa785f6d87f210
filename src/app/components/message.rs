//! What somebody said, as it stands now, and what can be done to it.

use super::{
    Avatar, Icon,
    amending::{Confirm, Editor, actions},
    dynamic::{Erase, attr, memo, show, text},
    notice::name,
    prose::Prose,
    reactions::{Picker, chips},
};
use crate::{
    app::{Act, Chat, Intent, RoomState, clock},
    protocol::{Cid, Event, Millis, Reaction, RefusalCode, Seq, UserId, What},
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
    /// Whether somebody has pointed at it, or it had the focus.
    pub near: RwSignal<bool>,
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
        self.state.editing.set_value(None);
        self.state.acting.set(act.map(|act| (self.seq, act)));
    }

    /// Does something to it.
    pub fn ask(self, chat: Chat, deed: Deed) {
        self.set_act(None);
        chat.ask(Intent::Act(self.state.slug(), deed));
    }

    /// The emoji that people put under it.
    pub fn reactions<T>(self, read: impl FnOnce(&[Reaction]) -> T) -> T {
        self.shown.with(
            |shown| match shown.as_ref().map(|shown| &shown.event.what) {
                Some(What::Message(message)) => read(&message.reactions),
                _ => read(&[]),
            },
        )
    }

    fn face(self) -> Face {
        let act = self.act();
        self.shown.with(|shown| {
            let Some(Shown { event, state }) = shown else {
                return Face::default();
            };
            let (said, edited) = match &event.what {
                What::Message(message) if !message.deleted => {
                    (Some(message.text.clone()), message.edited.is_some())
                }
                _ => (None, false),
            };
            Face {
                said,
                edited,
                state: *state,
                act,
            }
        })
    }
}

/// All of a message but its head and what others put under it.
#[derive(Clone, Default, PartialEq)]
struct Face {
    /// What it says; nothing when it was deleted.
    said: Option<String>,
    edited: bool,
    state: State,
    act: Option<Act>,
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
        near: RwSignal::new(false),
    };
    let come_near = move || {
        if !place.near.get_untracked() {
            place.near.set(true);
        }
    };
    let face = memo(move || place.face());
    let has_chips = memo(move || place.reactions(|all| !all.is_empty()));
    let look = move || match face.with(|face| face.state) {
        State::Kept => None,
        State::OnItsWay => Some("pending"),
        State::Failed(..) => Some("failed"),
    };
    view! {
        <li
            class="message"
            id=format!("m{}", seq.0)
            // A finger that taps it brings up what can be done.
            tabindex="-1"
            data-continued=(!opens).then_some("")
            data-state=attr(look)
            // Not `pointerenter`: a pointer that rests here enters before the page is alive.
            on:pointerover=move |_| come_near()
            on:focusin=move |_| come_near()
        >
            {head(place, at, opens)}
            {show(move || Some(draw(place, face.get())))}
            {show(move || has_chips.get().then(|| chips(place)))}
        </li>
    }
    .erase()
}

fn draw(place: Place, face: Face) -> AnyView {
    let Face {
        said,
        edited,
        state,
        act,
    } = face;
    let Some(said) = said else {
        return view! { <p class="message-body message-gone">{words::MESSAGE_DELETED}</p> }.erase();
    };
    let body = match act {
        Some(Act::Edit) => view! { <Editor place said=said.clone() /> }.erase(),
        _ => view! { <Prose text=said.clone() /> }.erase(),
    };
    let mark = || {
        view! {
            <a class="message-edited" href=place.address()>
                {words::EDITED}
            </a>
        }
        .erase()
    };
    let below = match (state, act) {
        (_, Some(Act::Delete)) => view! { <Confirm place /> }.erase(),
        (_, Some(Act::React)) => view! { <Picker place /> }.erase(),
        (State::Failed(cid, code), _) => {
            let state = place.state;
            view! { <Problem state cid line=words::not_done(code) /> }.erase()
        }
        (State::OnItsWay, _) => status(),
        _ => ().into_any(),
    };
    view! {
        {body}
        {edited.then(mark)}
        {below}
        {act.is_none().then(|| actions(place, said))}
    }
    .erase()
}

fn head(place: Place, at: Millis, opens: bool) -> AnyView {
    let person = Chat::here().person(place.by);
    let near = place.near;
    if opens {
        view! {
            {person.map(|person| view! { <Avatar person=person.into() /> })}
            <div class="message-head">
                <bdi class="message-name">{text(name(person))}</bdi>
                {time(at, near)}
            </div>
        }
        .erase()
    } else {
        view! {
            <span class="visually-hidden">
                <bdi>{text(name(person))}</bdi>
            </span>
            {time(at, near)}
        }
        .erase()
    }
}

/// The local time of something; the title has the full date, which nobody sees who is not near:
/// until then it is as it was at first.
fn time(at: Millis, near: RwSignal<bool>) -> AnyView {
    let chat = Chat::here();
    let full = move || {
        let clock = match near.get() {
            true => chat.clock.get(),
            false => chat.clock.get_untracked(),
        };
        clock.full(at)
    };
    view! {
        <time
            class="message-time"
            datetime=clock::iso(at)
            title=text(full)
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
