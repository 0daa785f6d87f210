//! The browser: takes over the server's page and keeps it alive over a socket.
//!
//! `socket` is one connection and when to try the next; `apply` puts what the server says
//! into the [`Chat`]; `outbox` shows what people say and do on its way; `storage` is what the
//! browser keeps of it; `http` posts forms.

mod apply;
mod clipboard;
mod dismiss;
mod heart;
mod http;
mod navigation;
mod outbox;
mod people;
mod reading;
mod socket;
mod storage;
mod waking;

use crate::{
    app::{App, Chat, Clock, Intent, Link, browser_now, browser_offset, until_tomorrow},
    protocol::{Boot, ClientFrame, Epoch, RoomId, Seq, Slug},
};
use leptos::{ev, prelude::*};
use std::{cell::RefCell, collections::HashMap};

thread_local! {
    /// What the handlers of intents share. The browser has one thread and one page.
    static CLIENT: RefCell<Client> = RefCell::default();
}

/// What the browser remembers beside what the page shows.
#[derive(Default)]
struct Client {
    /// The page; set before anything can ask for it.
    chat: Option<Chat>,
    /// The epoch that the page's sequences belong to.
    epoch: Option<Epoch>,
    /// The epoch that this connection began with, until everything missed was said.
    welcomed: Option<Epoch>,
    /// The connection, and what waits for its answer.
    socket: socket::Handle,
    /// Numbers of questions, and what they were about.
    questions: Vec<(u32, Question)>,
    next_question: u32,
    /// The gap behind which each room's missing events were asked for.
    catching_up: HashMap<RoomId, Seq>,
    typing: people::Typing,
    reading: reading::Reading,
}

impl Client {
    fn question(&self, re: u32) -> Option<&Question> {
        let asked = self.questions.iter().find(|(asked, _)| *asked == re);
        asked.map(|(_, question)| question)
    }
}

/// What a numbered question was about.
enum Question {
    Open(Slug),
    Older(Slug),
    /// The page before a place, whose messages may have changed.
    Renew(RoomId, Seq),
}

/// Brings the server's page to life in place.
pub fn start() {
    console_error_panic_hook::set_once();
    waking::next(hydrate);
}

fn hydrate() {
    let Some(boot) = boot() else {
        leptos::logging::error!("the page carries no state of this version");
        return;
    };
    let epoch = boot.epoch.clone();
    leptos::mount::hydrate_body(move || {
        let chat = Chat::new(boot);
        CLIENT.with_borrow_mut(|client| {
            client.chat = Some(chat);
            client.epoch = Some(epoch);
        });
        chat.on_intent(handle);
        // Behind the effects of what hydration made.
        Effect::new(move || {
            waking::wake_all(chat, &[keep_time, be_live, listen, connect]);
        });
        view! { <App chat /> }
    });
}

/// The state that the server wrote into the page.
fn boot() -> Option<Boot> {
    let meta = document().query_selector("meta[name=hubbub]").ok()??;
    serde_json::from_str(&meta.get_attribute("content")?).ok()
}

/// What depends on this browser may show now.
fn be_live(chat: Chat) {
    chat.live.set(true);
    remember_time_zone();
    let look = move || {
        let looking = document().visibility_state() == web_sys::VisibilityState::Visible;
        chat.looking.set(looking);
        if !looking {
            reading::say();
        }
    };
    look();
    window_event_listener_untyped("visibilitychange", move |_| look());
    window_event_listener(ev::focus, move |_| look());
}

fn listen(chat: Chat) {
    window_event_listener(ev::online, move |_| socket::connect_now());
    window_event_listener(ev::offline, move |_| socket::went_offline(chat));
    dismiss::listen();
    navigation::listen(chat);
}

/// The last step: the page is alive.
fn connect(chat: Chat) {
    outbox::start(chat);
    outbox::keep_drafts(chat);
    if let Some(root) = document().document_element() {
        // Plain attribute of an element that exists.
        let _ = root.set_attribute("data-live", "");
    }
}

/// Shows times by the browser's clock; at midnight "Today" becomes "Yesterday".
fn keep_time(chat: Chat) {
    chat.clock.set(Clock::browser());
    set_timeout(move || keep_time(chat), until_tomorrow());
}

/// Lets the server render the next page in local time.
fn remember_time_zone() {
    let cookie = format!(
        "tz={}; path=/; max-age=31536000; samesite=lax",
        browser_offset(browser_now())
    );
    // Where cookies are off, the server goes on with UTC.
    let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
}

/// Carries out what people ask for.
fn handle(chat: Chat, intent: Intent) {
    match intent {
        Intent::Act(slug, deed) => outbox::act(chat, &slug, deed),
        Intent::Retry(slug, cid) => outbox::retry(chat, &slug, cid),
        Intent::Discard(slug, cid) => outbox::discard(chat, &slug, cid),
        Intent::Open(slug) => {
            let link = chat.link.get_untracked();
            if !matches!(link, Link::Starting | Link::Connected) {
                storage::go_to(slug.as_str());
            }
            ask(Question::Open(slug));
        }
        Intent::Older(slug) => {
            if let Some(state) = chat.room(&slug) {
                state.loading.set(true);
                ask(Question::Older(slug));
            }
        }
        Intent::Typing(room) => people::say_typing(room),
        Intent::Read(room, seq) => reading::read(chat, room, seq),
        Intent::ConnectNow => socket::connect_now(),
        Intent::Post(action, form, fields) => http::post(chat, action, form, fields),
        Intent::NeedEmoji => http::fetch_emoji(chat),
        Intent::Copy(text, copied) => clipboard::copy(text, copied),
    }
}

/// Asks a question and remembers what it was about. It is asked again after a reconnect.
fn ask(question: Question) {
    let re = CLIENT.with_borrow_mut(|client| {
        client.next_question += 1;
        let re = client.next_question;
        client.questions.push((re, question));
        re
    });
    say_question(re);
}

/// Says the question with this number, if its room is (still) what it asks about.
fn say_question(re: u32) {
    let frame = CLIENT.with_borrow(|client| match client.question(re)? {
        Question::Open(slug) => Some(ClientFrame::Open {
            re,
            room: slug.clone(),
        }),
        Question::Older(slug) => {
            let state = client.chat?.room(slug)?;
            let before = state.timeline.with_untracked(|timeline| timeline.first())?;
            Some(ClientFrame::Older {
                re,
                room: state.id,
                before,
            })
        }
        Question::Renew(room, before) => Some(ClientFrame::Older {
            re,
            room: *room,
            before: *before,
        }),
    });
    if let Some(frame) = frame {
        socket::say(&frame);
    }
}

/// Asks again what a lost connection left unanswered.
fn ask_again() {
    let open: Vec<u32> =
        CLIENT.with_borrow(|client| client.questions.iter().map(|(re, _)| *re).collect());
    open.into_iter().for_each(say_question);
}

/// Takes the question that an answer belongs to.
fn answered(re: u32) -> Option<Question> {
    CLIENT.with_borrow_mut(|client| {
        let index = client
            .questions
            .iter()
            .position(|(asked, _)| *asked == re)?;
        Some(client.questions.remove(index).1)
    })
}
