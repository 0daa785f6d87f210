//! Tells the server what was read.
//!
//! In a room where many talk, whoever looks on reads many messages a second. The server hears
//! of the last one, about once a second; and of a crowd not all at the same moment.

use super::{CLIENT, apply, socket};
use crate::{
    app::Chat,
    protocol::{ClientFrame, RoomId, Seq, limits},
};
use leptos::prelude::*;
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Reading {
    /// How far each room was read on this page.
    read: HashMap<RoomId, Seq>,
    /// Of which of them the server does not know it yet.
    unsaid: Vec<RoomId>,
    /// It will be said.
    waits: bool,
}

/// Somebody read up to here.
pub(super) fn read(chat: Chat, room: RoomId, seq: Seq) {
    let Some(state) = chat.room_by_id(room) else {
        return;
    };
    if chat.me.with_untracked(Option::is_none) || !state.member.get_untracked() {
        return;
    }
    state.read.set(seq);
    let begins = CLIENT.with_borrow_mut(|client| {
        let reading = &mut client.reading;
        let read = reading.read.entry(room).or_default();
        if seq <= *read {
            return false;
        }
        *read = seq;
        if !reading.unsaid.contains(&room) {
            reading.unsaid.push(room);
        }
        !std::mem::replace(&mut reading.waits, true)
    });
    if begins {
        let crowd = state.online.with_untracked(|online| online.count);
        let spread = limits::READ_SPREAD * crowd;
        set_timeout(move || go_on(spread), socket::jitter(spread));
    }
    apply::set_unread(chat, room, 0);
}

/// Says what is unsaid, and then what is read until the next time.
fn go_on(spread: std::time::Duration) {
    let goes_on = say();
    CLIENT.with_borrow_mut(|client| client.reading.waits = goes_on);
    if goes_on {
        set_timeout(move || go_on(spread), limits::READ_EVERY.max(spread));
    }
}

/// Says what is unsaid, at once; whether there was anything.
pub(super) fn say() -> bool {
    let unsaid = CLIENT.with_borrow_mut(|client| std::mem::take(&mut client.reading.unsaid));
    for room in &unsaid {
        say_room(*room);
    }
    !unsaid.is_empty()
}

fn say_room(room: RoomId) {
    let read = CLIENT.with_borrow(|client| client.reading.read.get(&room).copied());
    if let Some(seq) = read {
        socket::say(&ClientFrame::Read { room, seq });
    }
}

/// Says again what was read while nobody could be told: where the server, asked just now,
/// still counts something as unread.
pub(super) fn say_again(chat: Chat) {
    let unread = chat.rooms.with_untracked(|rooms| {
        let unread = rooms.iter().filter(|line| line.unread > 0);
        unread.map(|line| line.room.id).collect::<Vec<_>>()
    });
    unread.into_iter().for_each(say_room);
}
