//! Who is online and who is writing.

use super::{CLIENT, socket};
use crate::{
    app::{Chat, RoomState},
    protocol::{ClientFrame, Online, Person, RoomId, UserId, limits},
};
use leptos::prelude::*;
use std::collections::HashMap;

/// What the typing indicator remembers.
#[derive(Default)]
pub(super) struct Typing {
    /// When this person last said that they write, in milliseconds.
    said: f64,
    /// How often others were seen writing: only the last timer takes a name away.
    seen: HashMap<(RoomId, UserId), u32>,
}

/// This person writes; said at most every few seconds.
pub(super) fn say_typing(room: RoomId) {
    let now = js_sys::Date::now();
    let due = CLIENT.with_borrow(|client| {
        now - client.typing.said >= limits::TYPING_EVERY.as_secs_f64() * 1_000.0
    });
    if due && socket::say(&ClientFrame::Typing { room }) {
        CLIENT.with_borrow_mut(|client| client.typing.said = now);
    }
}

/// This person sent what they wrote: the next letter is news again.
pub(super) fn typing_ended() {
    CLIENT.with_borrow_mut(|client| client.typing.said = 0.0);
}

/// Somebody writes; their name goes away by itself.
pub(super) fn typing(chat: Chat, state: RoomState, who: Person) {
    let id = who.id;
    if chat
        .me
        .with_untracked(|me| me.as_ref().is_some_and(|me| me.id == id))
    {
        return;
    }
    chat.meet(who);
    let round = CLIENT.with_borrow_mut(|client| {
        let round = client.typing.seen.entry((state.id, id)).or_default();
        *round += 1;
        *round
    });
    if !state.typing.with_untracked(|typing| typing.contains(&id)) {
        state.typing.update(|typing| typing.push(id));
    }
    set_timeout(
        move || {
            let last = CLIENT
                .with_borrow(|client| client.typing.seen.get(&(state.id, id)) == Some(&round));
            if last {
                stopped_typing(state, id);
            }
        },
        limits::TYPING_SHOWN,
    );
}

/// Somebody stopped: their message is here, or their time is over.
pub(super) fn stopped_typing(state: RoomState, who: UserId) {
    CLIENT.with_borrow_mut(|client| client.typing.seen.remove(&(state.id, who)));
    if state.typing.with_untracked(|typing| typing.contains(&who)) {
        state.typing.update(|typing| typing.retain(|id| *id != who));
    }
}

/// What changed in who is online.
pub(super) fn presence(
    chat: Chat,
    state: RoomState,
    count: u32,
    came: Vec<Person>,
    went: &[UserId],
) {
    chat.meet_all(&came);
    for who in went {
        stopped_typing(state, *who);
    }
    state.online.update(|online| {
        online.count = count;
        online.people.retain(|person| !went.contains(&person.id));
        for person in came {
            online.people.retain(|known| known.id != person.id);
            online.people.push(person);
        }
        by_name(&mut online.people, |person| person.name.as_str());
    });
}

/// Somebody has another name: they stand elsewhere in the lists.
pub(super) fn renamed(chat: Chat, person: &Person) {
    for state in chat.rooms_open() {
        let listed = |online: &Online| online.people.iter().any(|known| known.id == person.id);
        if state.online.with_untracked(listed) {
            state.online.update(|online| {
                for known in &mut online.people {
                    if known.id == person.id {
                        known.clone_from(person);
                    }
                }
                by_name(&mut online.people, |person| person.name.as_str());
            });
        }
    }
}

/// As people sort: the browser's own collation, numbers by value.
pub(super) fn by_name<T>(items: &mut [T], name: fn(&T) -> &str) {
    let options = js_sys::Object::new();
    // Setting a plain property of a fresh object cannot fail.
    let _ = js_sys::Reflect::set(&options, &"numeric".into(), &true.into());
    let collator = js_sys::Intl::Collator::new(&js_sys::Array::new(), &options);
    let compare = collator.compare();
    let stands_before = |a: &T, b: &T| {
        let (first, second) = (name(a).into(), name(b).into());
        let order = compare.call2(&wasm_bindgen::JsValue::UNDEFINED, &first, &second);
        order.ok().and_then(|order| order.as_f64()) <= Some(0.0)
    };
    // All but one or two stand where they belong already.
    for next in 1..items.len() {
        let place = items[..next].partition_point(|item| stands_before(item, &items[next]));
        items[place..=next].rotate_right(1);
    }
}
