//! How the server's page comes alive: first what everything else hangs on, then the messages a
//! few at a time, from the newest up, then what changes all of them. Between two times the
//! browser may draw, and hear keys and taps. Whoever presses one meanwhile has the rest done at
//! once, before the page answers: nothing changes while anything sleeps.

use crate::app::{Chat, wake_last};
use leptos::prelude::*;
use std::{cell::RefCell, collections::VecDeque, time::Duration};
use wasm_bindgen::{JsCast, prelude::Closure};

/// How long messages are woken at a time: so short that with what the browser does behind it a
/// task stays below the 50 ms that people notice, on a slow phone too.
const A_WHILE_MS: f64 = 12.0;

/// Whatever the page answers to begins with one of these.
const DEEDS: [&str; 6] = [
    "pointerdown",
    "click",
    "keydown",
    "beforeinput",
    "input",
    "submit",
];

/// Something that changes the page.
type Step = (Chat, fn(Chat));

thread_local! {
    /// What is to be done when all is awake.
    static STEPS: RefCell<VecDeque<Step>> = const { RefCell::new(VecDeque::new()) };
}

/// Wakes all that sleeps, and then does these, each by itself.
pub(super) fn wake_all(chat: Chat, then: impl IntoIterator<Item = fn(Chat)>) {
    STEPS.with_borrow_mut(|steps| steps.extend(then.into_iter().map(|step| (chat, step))));
    let deed = Closure::<dyn Fn()>::new(finish).into_js_value();
    for name in DEEDS {
        // Before those whom it is for hear it.
        let listening =
            window().add_event_listener_with_callback_and_bool(name, deed.unchecked_ref(), true);
        debug_assert!(listening.is_ok(), "a window takes listeners");
    }
    set_timeout(go_on, Duration::ZERO);
}

fn go_on() {
    let now = || window().performance().map_or(f64::MAX, |clock| clock.now());
    let until = now() + A_WHILE_MS;
    let mut is_more = wake_last();
    while is_more && now() < until {
        is_more = wake_last();
    }
    if is_more || step() {
        set_timeout(go_on, Duration::ZERO);
    }
}

/// Does the next step; whether there was one.
fn step() -> bool {
    let step = STEPS.with_borrow_mut(VecDeque::pop_front);
    step.map(|(chat, step)| step(chat)).is_some()
}

fn finish() {
    while wake_last() {}
    while step() {}
}
