//! How the server's page comes alive: first what everything else hangs on, then the messages a
//! few at a time, from the newest up, then what changes all of them. Between two times the
//! browser may draw, and hear keys and taps. Whoever presses one meanwhile has the rest done at
//! once, before the page answers: nothing of what sleeps changes. Where nobody looks, all is done
//! at once: browsers hold the timers of a hidden page back.

use super::storage;
use crate::app::{Chat, browser_now, wake_last};
use leptos::prelude::*;
use std::{cell::Cell, time::Duration};
use wasm_bindgen::prelude::Closure;

/// How long messages are woken at a time: so short that with what the browser does behind it a
/// task stays below the 50 ms that people notice, on a slow phone too.
const A_WHILE_MS: i64 = 12;

/// What is done to the page when all is awake.
type Steps = (Chat, &'static [fn(Chat)]);

thread_local! {
    static STEPS: Cell<Option<Steps>> = const { Cell::new(None) };
}

/// Wakes all that sleeps, and then does these, each by itself.
pub(super) fn wake_all(chat: Chat, then: &'static [fn(Chat)]) {
    STEPS.set(Some((chat, then)));
    storage::before_deeds(&Closure::<dyn Fn()>::new(finish).into_js_value());
    next(go_on);
}

/// Does something in a task of its own.
pub(super) fn next(task: fn()) {
    if is_hidden() {
        task();
    } else {
        set_timeout(task, Duration::ZERO);
    }
}

fn is_hidden() -> bool {
    document().visibility_state() == web_sys::VisibilityState::Hidden
}

fn go_on() {
    if is_hidden() {
        return finish();
    }
    let until = browser_now().0 + A_WHILE_MS;
    let mut is_more = wake_last();
    while is_more && browser_now().0 < until {
        is_more = wake_last();
    }
    if is_more || step() {
        next(go_on);
    }
}

/// Does the next step; whether there was one.
fn step() -> bool {
    let Some((chat, [first, rest @ ..])) = STEPS.take() else {
        return false;
    };
    STEPS.set(Some((chat, rest)));
    first(chat);
    true
}

fn finish() {
    while wake_last() {}
    while step() {}
}
