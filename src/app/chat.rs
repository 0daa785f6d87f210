//! What the page knows: signals that components read, filled from the server's first page
//! and, in the browser, by the socket.

use super::{clock::Clock, page::Page};
use crate::{
    protocol::{
        Boot, BootPage, Cid, Form, Online, Person, RefusedForm, Room, RoomId, RoomSnapshot,
        RoomSummary, Seq, Slug, UserId,
    },
    timeline::{Deed, Timeline, is_message},
};
use leptos::prelude::*;
use std::{collections::HashMap, sync::Arc};

/// Everything the page knows. Copied freely: it holds handles.
#[derive(Clone, Copy)]
pub struct Chat {
    /// What the host calls the place.
    pub place: StoredValue<String>,
    /// Whether the host allows Gravatar.
    pub gravatar: bool,
    /// Who the session belongs to; nothing for a visitor.
    pub me: RwSignal<Option<Person>>,
    /// The public rooms.
    pub rooms: RwSignal<Vec<RoomSummary>>,
    /// How the connection stands.
    pub link: RwSignal<Link>,
    /// Which clock times are shown by.
    pub clock: RwSignal<Clock>,
    /// Whether the page has come alive: false in the first render, on both sides.
    pub live: RwSignal<bool>,
    /// Whether somebody can see the page just now.
    pub looking: RwSignal<bool>,
    /// The form that was refused last.
    pub refused: RwSignal<Option<RefusedForm>>,
    /// The form that was done last.
    pub done: RwSignal<Option<Form>>,
    /// Shortcodes and emoji, once somebody needed them.
    pub emoji: RwSignal<Arc<Vec<(String, String)>>>,
    /// The name of the message that the page's own form may send.
    pub form_cid: Cid,
    /// Which page is shown.
    pub page: RwSignal<Page>,
    /// The part of the address behind `#`, with it; empty in the first render.
    pub hash: RwSignal<String>,
    people: StoredValue<HashMap<UserId, RwSignal<Person>>>,
    rooms_open: RwSignal<HashMap<Slug, RoomState>>,
    rooms_missing: RwSignal<Vec<Slug>>,
    handler: StoredValue<Option<Handler>>,
}

/// What carries out what people ask for.
type Handler = fn(Chat, Intent);

/// One room on the page.
#[derive(Clone, Copy)]
pub struct RoomState {
    /// The room's own id.
    pub id: RoomId,
    /// Name and topic as of now.
    pub room: RwSignal<Room>,
    /// Its log, as far as it is known here.
    pub timeline: RwSignal<Timeline>,
    /// Who is online.
    pub online: RwSignal<Online>,
    /// Who is writing, each until their moment passes.
    pub typing: RwSignal<Vec<UserId>>,
    /// The newest event that was on the screen; what comes behind counts as new.
    pub seen: RwSignal<Seq>,
    /// Where the unread messages began when the room was opened.
    pub new_after: RwSignal<Option<Seq>>,
    /// How far this person has read.
    pub read: RwSignal<Seq>,
    /// Whether this person is a member.
    pub member: RwSignal<bool>,
    /// Whether the newest message is on the screen.
    pub at_end: RwSignal<bool>,
    /// Whether a page of history is on its way.
    pub loading: RwSignal<bool>,
    /// Whether too much was missed while somebody read further up: what they read stays on
    /// the screen, and the newest page comes when they go there.
    pub stale: RwSignal<bool>,
    /// The message to which something is being done, and what.
    pub acting: RwSignal<Option<(Seq, Act)>>,
    /// What was written into a message anew and is not saved, and into which.
    pub editing: StoredValue<Option<(Seq, String)>>,
    /// What stands in the composer.
    pub draft: RwSignal<String>,
}

/// What somebody is about to do to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// They write it anew.
    Edit,
    /// They are asked whether they mean it.
    Delete,
    /// They choose an emoji.
    React,
}

/// How the connection stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Link {
    /// The first connection is being made; nothing is wrong.
    Starting,
    /// All is well.
    Connected,
    /// Lost; the next try is in so many seconds.
    Waiting(u32),
    /// Lost; trying right now.
    Trying,
    /// The device itself has no network.
    Offline,
}

/// What a person asks for by using the page.
#[derive(Clone, Debug)]
pub enum Intent {
    /// Say something, or do something to a message.
    Act(Slug, Deed),
    /// Try again what was refused.
    Retry(Slug, Cid),
    /// Give up what was refused.
    Discard(Slug, Cid),
    /// Show a room that is not known here yet.
    Open(Slug),
    /// Older messages.
    Older(Slug),
    /// I am writing.
    Typing(RoomId),
    /// I have this on the screen.
    Read(RoomId, Seq),
    /// Connect now, not later.
    ConnectNow,
    /// Post a form: the address, which one, its fields as they go into the request.
    Post(String, Form, String),
    /// Somebody began an emoji shortcode.
    NeedEmoji,
    /// Copy a text, and say for a moment that it is done.
    Copy(String, RwSignal<bool>),
}

impl Chat {
    /// What the server says at first, the same on both sides.
    #[must_use]
    pub fn new(boot: Boot) -> Self {
        let chat = Self {
            place: StoredValue::new(boot.place),
            gravatar: boot.gravatar,
            me: RwSignal::new(boot.me.clone()),
            rooms: RwSignal::new(boot.rooms),
            link: RwSignal::new(Link::Starting),
            clock: RwSignal::new(Clock::Fixed {
                offset: boot.tz,
                now: boot.now,
            }),
            live: RwSignal::new(false),
            looking: RwSignal::new(false),
            refused: RwSignal::new(boot.refused),
            done: RwSignal::new(None),
            emoji: RwSignal::default(),
            form_cid: boot.cid,
            page: RwSignal::new(Page::first(&boot.page)),
            hash: RwSignal::default(),
            people: StoredValue::new(HashMap::new()),
            rooms_open: RwSignal::new(HashMap::new()),
            rooms_missing: RwSignal::new(Vec::new()),
            handler: StoredValue::new(None),
        };
        if let Some(me) = boot.me {
            chat.meet(me);
        }
        if let BootPage::Room { snapshot, before } = boot.page {
            chat.meet_all(snapshot.people.iter().chain(&snapshot.online.people));
            if before.is_none() {
                chat.open(&snapshot);
            }
        }
        chat
    }

    /// The chat of this page.
    ///
    /// # Panics
    /// Outside [`super::App`], which provides it.
    #[must_use]
    pub fn here() -> Self {
        use_context().expect("App provides the Chat to all that it renders")
    }

    /// Lets the browser carry out what people ask for.
    pub fn on_intent(self, handler: Handler) {
        self.handler.set_value(Some(handler));
    }

    /// Asks for something. Without a handler (on the server) nothing happens.
    pub fn ask(self, intent: Intent) {
        if let Some(handler) = self.handler.get_value() {
            handler(self, intent);
        }
    }

    /// Somebody as they look today.
    #[must_use]
    pub fn person(self, id: UserId) -> Option<RwSignal<Person>> {
        self.people.with_value(|people| people.get(&id).copied())
    }

    /// Somebody as they look today; met here if they are new.
    #[must_use]
    pub fn person_or(self, person: Person) -> Signal<Person> {
        let id = person.id;
        if self.person(id).is_none() {
            self.meet(person.clone());
        }
        self.person(id)
            .map_or_else(|| Signal::stored(person), Into::into)
    }

    /// Learns of somebody, or how they look now.
    pub fn meet(self, person: Person) {
        match self.person(person.id) {
            Some(known) if known.with_untracked(|known| *known == person) => {}
            Some(known) => known.set(person),
            None => self.people.update_value(|people| {
                people.insert(person.id, RwSignal::new(person));
            }),
        }
    }

    /// Learns of several.
    pub fn meet_all<'a>(self, people: impl IntoIterator<Item = &'a Person>) {
        people
            .into_iter()
            .cloned()
            .for_each(|person| self.meet(person));
    }

    /// Takes a room as the server describes it now: a new one, or one that is known, whose
    /// log goes on where it is.
    pub fn open(self, snapshot: &RoomSnapshot) -> RoomState {
        self.meet_all(snapshot.people.iter().chain(&snapshot.online.people));
        let slug = snapshot.room.slug.clone();
        let Some(state) = self.room(&slug) else {
            let state = RoomState::new(snapshot);
            self.rooms_open.update(|open| {
                open.insert(slug, state);
            });
            return state;
        };
        state.room.set(snapshot.room.clone());
        state.online.set(snapshot.online.clone());
        state.member.set(snapshot.member);
        state.read.set(snapshot.read);
        state
    }

    /// Starts a room again: what is known of it has no place in the log any more.
    pub fn reset(self, snapshot: &RoomSnapshot) {
        let state = self.open(snapshot);
        state.timeline.update(|timeline| timeline.reset(snapshot));
        state.stale.set(false);
    }

    /// Forgets rooms that are not these any more: in another life of the database their
    /// numbers may be those of other rooms.
    pub fn keep_only(self, rooms: &[RoomSummary]) {
        let is_there = |state: &RoomState| {
            let slug = state.slug();
            let mut rooms = rooms.iter();
            rooms.any(|line| line.room.id == state.id && line.room.slug == slug)
        };
        self.rooms_open
            .update(|open| open.retain(|_, state| is_there(state)));
    }

    /// A room that is known here; follows its opening when tracked.
    #[must_use]
    pub fn room(self, slug: &Slug) -> Option<RoomState> {
        self.rooms_open
            .with_untracked(|open| open.get(slug).copied())
    }

    /// The same, and told when it opens.
    #[must_use]
    pub fn room_tracked(self, slug: &Slug) -> Option<RoomState> {
        self.rooms_open.with(|open| open.get(slug).copied())
    }

    /// A room by its id.
    #[must_use]
    pub fn room_by_id(self, id: RoomId) -> Option<RoomState> {
        self.rooms_open
            .with_untracked(|open| open.values().find(|state| state.id == id).copied())
    }

    /// All rooms that are known here.
    #[must_use]
    pub fn rooms_open(self) -> Vec<RoomState> {
        self.rooms_open
            .with_untracked(|open| open.values().copied().collect())
    }

    /// There is no room of this name.
    pub fn miss(self, slug: Slug) {
        self.rooms_missing.update(|missing| missing.push(slug));
    }

    /// There is a room of this name now.
    pub fn found(self, slug: &Slug) {
        if self
            .rooms_missing
            .with_untracked(|missing| missing.contains(slug))
        {
            self.rooms_missing
                .update(|missing| missing.retain(|other| other != slug));
        }
    }

    /// Whether the server said that there is no such room.
    #[must_use]
    pub fn is_missing(self, slug: &Slug) -> bool {
        self.rooms_missing.with(|missing| missing.contains(slug))
    }

    /// The form that was refused when the page was made, if it is this one: what was typed
    /// into it goes back into its fields.
    #[must_use]
    pub fn typed_before(self, form: Form) -> Option<RefusedForm> {
        self.refused
            .with_untracked(|refused| refused.clone().filter(|refused| refused.form == form))
    }

    /// The refused form, if it is this one.
    #[must_use]
    pub fn refused(self, form: Form) -> Option<RefusedForm> {
        self.refused
            .with(|refused| refused.clone().filter(|refused| refused.form == form))
    }
}

impl RoomState {
    /// A room as the server described it.
    #[must_use]
    pub fn new(snapshot: &RoomSnapshot) -> Self {
        let unread = snapshot.read < snapshot.head && snapshot.member;
        Self {
            id: snapshot.room.id,
            room: RwSignal::new(snapshot.room.clone()),
            timeline: RwSignal::new(Timeline::of(snapshot)),
            online: RwSignal::new(snapshot.online.clone()),
            typing: RwSignal::new(Vec::new()),
            seen: RwSignal::new(snapshot.head),
            new_after: RwSignal::new(unread.then_some(snapshot.read)),
            read: RwSignal::new(snapshot.read),
            member: RwSignal::new(snapshot.member),
            at_end: RwSignal::new(true),
            loading: RwSignal::new(false),
            stale: RwSignal::new(false),
            acting: RwSignal::new(None),
            editing: StoredValue::new(None),
            draft: RwSignal::new(String::new()),
        }
    }

    /// Whether words are being written into a message that is still there.
    #[must_use]
    pub fn is_editing(self) -> bool {
        let of = self
            .editing
            .with_value(|editing| editing.as_ref().map(|(of, _)| *of));
        let message = of.and_then(|of| {
            self.timeline
                .with_untracked(|timeline| timeline.shown(of, None))
        });
        message.is_some_and(|shown| is_message(&shown.event))
    }

    /// The room's place in the URL.
    #[must_use]
    pub fn slug(self) -> Slug {
        self.room.with_untracked(|room| room.slug.clone())
    }
}
