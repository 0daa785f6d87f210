//! Tells the server what was read.
//!
//! In a room where many talk, whoever looks on reads many messages a second. The server hears
//! of the last one, about once a second; and of a crowd not all at the same moment.

use super::{CLIENT, apply, socket};
use crate::{
    app::{Chat, RoomState},
    protocol::{ClientFrame, RoomId, Seq, limits},
};
use leptos::prelude::*;
use std::{collections::HashMap, time::Duration};

#[derive(Default)]
pub(super) struct Reading {
    /// How far each room was read on this page.
    read: HashMap<RoomId, Seq>,
    /// Of which of them the server does not know it yet.
    unsaid: Vec<RoomId>,
    /// It will be said.
    waits: bool,
}

impl Reading {
    /// Somebody else reads now, or other logs.
    pub(super) fn forget(&mut self) {
        self.read.clear();
        self.unsaid.clear();
    }

    /// The log of this room is another one.
    pub(super) fn forget_room(&mut self, room: RoomId) {
        self.read.remove(&room);
    }
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
        set_timeout(move || go_on(state), socket::jitter(spread(state)));
    }
    apply::set_unread(chat, room, 0);
}

/// Says what is unsaid, and then what is read until the next time.
fn go_on(state: RoomState) {
    let goes_on = say();
    CLIENT.with_borrow_mut(|client| client.reading.waits = goes_on);
    if goes_on {
        set_timeout(move || go_on(state), limits::READ_EVERY.max(spread(state)));
    }
}

/// The time over which everybody who is in this room now says it.
fn spread(state: RoomState) -> Duration {
    let crowd = state.online.try_with_untracked(|online| online.count);
    limits::READ_SPREAD * crowd.unwrap_or_default()
}

/// Says what is unsaid, at once; whether there was anything.
pub(super) fn say() -> bool {
    let unsaid = CLIENT.with_borrow_mut(|client| std::mem::take(&mut client.reading.unsaid));
    let was_any = !unsaid.is_empty();
    for room in unsaid {
        if !say_room(room) {
            // Later, when somebody hears it.
            CLIENT.with_borrow_mut(|client| client.reading.unsaid.push(room));
        }
    }
    was_any
}

fn say_room(room: RoomId) -> bool {
    let read = CLIENT.with_borrow(|client| client.reading.read.get(&room).copied());
    read.is_none_or(|seq| socket::say(&ClientFrame::Read { room, seq }))
}

/// Says again what was read while nobody could be told: where the server, asked just now,
/// still counts something as unread.
pub(super) fn say_again(chat: Chat) {
    let unread = chat.rooms.with_untracked(|rooms| {
        let unread = rooms.iter().filter(|line| line.unread > 0);
        unread.map(|line| line.room.id).collect::<Vec<_>>()
    });
    for room in unread {
        say_room(room);
    }
}
