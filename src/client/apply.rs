//! What the server says, put into the page.

use super::{CLIENT, Question, answered, ask, ask_again, outbox, people, reading, socket};
use crate::{
    app::{Chat, Link, RoomState},
    protocol::{
        ClientFrame, Epoch, Event, Person, Refusal, RefusalCode, Room, RoomId, RoomSnapshot,
        RoomSummary, Seq, ServerFrame, Slug, What,
    },
    timeline::{Applied, Timeline, is_message},
};
use leptos::prelude::*;
use std::time::Duration;

/// Takes one frame.
pub(super) fn frame(chat: Chat, frame: ServerFrame) {
    match frame {
        ServerFrame::Welcome { epoch, me, rooms } => welcome(chat, epoch, me, rooms),
        ServerFrame::Events {
            room,
            people,
            events,
        } => events_came(chat, room, &people, events),
        ServerFrame::Reset { snapshot } => reset(chat, &snapshot),
        ServerFrame::Resumed => {
            // Not before: what this page knows belongs to the epoch before until each room was
            // begun anew, and the line may be cut between.
            CLIENT.with_borrow_mut(|client| {
                if let Some(epoch) = client.welcomed.take() {
                    client.epoch = Some(epoch);
                }
            });
            socket::resumed(true);
            chat.link.set(Link::Connected);
            ask_again();
            reading::say_again(chat);
        }
        ServerFrame::Opened { re, snapshot } => {
            answered(re);
            opened(chat, &snapshot);
        }
        ServerFrame::Page {
            re,
            room,
            people,
            before,
            events,
            older,
        } => {
            answered(re);
            chat.meet_all(&people);
            if let Some(state) = chat.room_by_id(room) {
                state.timeline.update(|timeline| {
                    timeline.prepend(before, events, older);
                });
                state.loading.set(false);
            }
        }
        ServerFrame::Ack { cid, room, seq, .. } => {
            people::typing_ended();
            outbox::acknowledged(chat, cid, room, seq);
        }
        ServerFrame::Refused { re, refusal, .. } => refused(chat, re, &refusal),
        ServerFrame::Typing { room, who } => {
            if let Some(state) = chat.room_by_id(room) {
                people::typing(chat, state, who);
            }
        }
        ServerFrame::Online { room, online } => {
            chat.meet_all(&online.people);
            if let Some(state) = chat.room_by_id(room) {
                state.online.set(online);
            }
        }
        ServerFrame::Presence {
            room,
            count,
            came,
            went,
        } => {
            if let Some(state) = chat.room_by_id(room) {
                people::presence(chat, state, count, came, &went);
            }
        }
        ServerFrame::Person { person } => person_changed(chat, person),
        ServerFrame::Room { room, head } => room_changed(chat, room, head),
        ServerFrame::Read {
            room,
            seq,
            unread,
            head,
        } => {
            if let Some(state) = chat.room_by_id(room) {
                if state.read.get_untracked() > seq {
                    // Read further here; the answer to that is on its way.
                    return;
                }
                state.read.set(seq);
            }
            // What a welcome counted up to a newer event knew of this already.
            change_line(chat, room, |line| {
                if line.head <= head {
                    line.unread = unread;
                }
            });
        }
        ServerFrame::Goodbye { after_ms } => socket::said_goodbye(after_ms),
        ServerFrame::Pong | ServerFrame::Beat | ServerFrame::Unknown => {}
    }
}

fn welcome(chat: Chat, epoch: Epoch, me: Option<Person>, rooms: Vec<RoomSummary>) {
    let was = chat.me.get_untracked();
    let is_another = was.is_some() && was.map(|me| me.id) != me.as_ref().map(|me| me.id);
    let is_restored = CLIENT.with_borrow_mut(|client| {
        let is_restored = client.epoch.as_ref() != Some(&epoch);
        if is_restored || is_another {
            client.reading.forget();
        }
        client.welcomed = Some(epoch);
        is_restored
    });
    if is_restored {
        outbox::forget_acknowledgements(chat);
        chat.keep_only(&rooms);
    }
    if is_another {
        become_another(chat);
    }
    if let Some(me) = &me {
        chat.meet(me.clone());
    }
    if chat.me.with_untracked(|known| *known != me) {
        chat.me.set(me);
    }
    if chat.rooms.with_untracked(|known| *known != rooms) {
        chat.rooms.set(rooms);
    }
}

/// Somebody else has this browser's session now. Nothing is said in their name that they did
/// not say, and what they have read and written is theirs.
fn become_another(chat: Chat) {
    for state in chat.rooms_open() {
        state.draft.set(String::new());
        state.editing.set_value(None);
        state.acting.set(None);
        state.new_after.set(None);
        state.member.set(false);
        ask(Question::Open(state.slug()));
    }
}

/// A room as of now. Where its log goes on behind what is known here, that comes as events:
/// they also tell what happened to messages further up.
fn opened(chat: Chat, snapshot: &RoomSnapshot) {
    let state = chat.open(snapshot);
    outbox::restore_draft(state);
    set_member(chat, state.id, snapshot.member);
    if state.stale.get_untracked() {
        chat.reset(snapshot);
        return;
    }
    let behind = state
        .timeline
        .with_untracked(|timeline| timeline.is_behind(snapshot));
    if behind {
        let last = state.timeline.with_untracked(Timeline::last);
        say_gap(state, last);
    }
}

/// Too much was missed. Whoever reads further up keeps what they read; it is renewed page by
/// page, because what happened to these messages is not told.
fn reset(chat: Chat, snapshot: &RoomSnapshot) {
    let same_log =
        CLIENT.with_borrow(|client| client.welcomed.is_none() || client.welcomed == client.epoch);
    let known = chat.room_by_id(snapshot.room.id);
    if let (Some(state), false) = (known, same_log) {
        stop_acting(state);
        // What was read just now was read in the log before.
        CLIENT.with_borrow_mut(|client| client.reading.forget_room(state.id));
    }
    let reading = known.filter(|state| same_log && !state.at_end.get_untracked());
    let Some(state) = reading else {
        return chat.reset(snapshot);
    };
    chat.open(snapshot);
    state.stale.set(true);
    let places = state.timeline.with_untracked(Timeline::places);
    for before in places {
        ask(Question::Renew(state.id, before));
    }
}

/// In another log the message to which something is being done is another one. Words that were
/// written into it go into the composer.
fn stop_acting(state: RoomState) {
    let editing = state.editing.try_update_value(Option::take).flatten();
    if let Some((_, words)) = editing
        && state.draft.with_untracked(String::is_empty)
    {
        state.draft.set(words);
    }
    state.acting.set(None);
}

/// Asks for what is missing behind a place, once: until the answer is here, every live event
/// finds the same gap.
fn say_gap(state: RoomState, last: Seq) {
    let asked = CLIENT.with_borrow_mut(|client| client.catching_up.insert(state.id, last));
    if asked != Some(last) {
        socket::say(&ClientFrame::CatchUp {
            room: state.id,
            last,
        });
    }
}

fn events_came(chat: Chat, room: RoomId, people: &[Person], events: Vec<Event>) {
    chat.meet_all(people);
    let me = chat.me.with_untracked(|me| me.as_ref().map(|me| me.id));
    let head = events.last().map_or(Seq::default(), |event| event.seq);
    let known = chat.rooms.with_untracked(|rooms| {
        rooms
            .iter()
            .find(|line| line.room.id == room)
            .map_or(Seq::default(), |line| line.head)
    });
    let news = events.iter().filter(|event| event.seq > known);
    let spoken = |event: &&Event| is_message(event) && Some(event.by) != me;
    let unread = u32::try_from(news.clone().filter(spoken).count()).unwrap_or(u32::MAX);
    let members: i64 = news
        .map(|event| match event.what {
            What::Joined => 1,
            What::Left => -1,
            _ => 0,
        })
        .sum();
    for event in events.iter().filter(|event| Some(event.by) == me) {
        match event.what {
            What::Joined => set_member(chat, room, true),
            What::Left => set_member(chat, room, false),
            _ => {}
        }
    }
    if let Some(state) = chat.room_by_id(room) {
        extend(chat, state, events);
    }
    if head > known {
        change_line(chat, room, |line| {
            line.head = head;
            if line.member {
                line.unread += unread;
            }
            line.members = line
                .members
                .saturating_add_signed(members.try_into().unwrap_or(0));
        });
    }
}

fn extend(chat: Chat, state: RoomState, events: Vec<Event>) {
    for event in &events {
        if matches!(event.what, What::Message(_)) {
            people::stopped_typing(state, event.by);
        }
    }
    // Where unread messages begin, for somebody who does not see them arrive.
    let watching = chat.looking.get_untracked() && state.at_end.get_untracked();
    if !watching && state.new_after.with_untracked(Option::is_none) {
        state.new_after.set(Some(state.seen.get_untracked()));
    }
    if state.stale.get_untracked() {
        state.timeline.update(|timeline| timeline.glimpse(&events));
        return;
    }
    let applied = state
        .timeline
        .try_update(|timeline| timeline.extend(events));
    if state.timeline.with_untracked(Timeline::is_long) {
        // By itself: a list that grows and shrinks at once is taken apart.
        set_timeout(move || trim(chat, state), Duration::ZERO);
    }
    if let Some(Applied::Gap(last)) = applied {
        say_gap(state, last);
    }
}

/// Whoever reads further up, or does something to a message, keeps what is on the screen.
fn trim(chat: Chat, state: RoomState) {
    if !state.at_end.get_untracked() || state.acting.get_untracked().is_some() {
        return;
    }
    state.timeline.update(Timeline::trim);
    // Who saw all of it come has nothing new above what stays.
    let first = state.timeline.with_untracked(Timeline::first);
    if chat.looking.get_untracked() && state.new_after.get_untracked() < first {
        state.new_after.set(None);
    }
}

fn refused(chat: Chat, re: Option<u32>, refusal: &Refusal) {
    CLIENT.with_borrow_mut(|client| client.catching_up.clear());
    match re.and_then(answered) {
        Some(question) if outbox::may_pass(refusal.code) => {
            set_timeout(move || ask(question), outbox::hold_for(refusal));
        }
        Some(Question::Open(slug)) if refusal.code == RefusalCode::NoSuchRoom => chat.miss(slug),
        Some(Question::Older(slug)) => {
            if let Some(state) = chat.room(&slug) {
                state.loading.set(false);
            }
        }
        Some(Question::Open(_) | Question::Renew(..)) | None => {}
    }
}

fn person_changed(chat: Chat, person: Person) {
    people::renamed(chat, &person);
    if chat
        .me
        .with_untracked(|me| me.as_ref().is_some_and(|me| me.id == person.id))
    {
        chat.me.set(Some(person.clone()));
    }
    chat.meet(person);
}

fn room_changed(chat: Chat, room: Room, head: Seq) {
    chat.found(&room.slug);
    if let Some(state) = chat.room_by_id(room.id) {
        state.room.set(room.clone());
    }
    chat.rooms.update(|rooms| {
        if let Some(line) = rooms.iter_mut().find(|line| line.room.id == room.id) {
            line.room = room;
        } else {
            rooms.push(RoomSummary {
                room,
                head,
                unread: 0,
                member: false,
                members: 1,
            });
        }
        // The room that everybody starts in stands before the others.
        let first = usize::from(rooms.first().is_some_and(is_default));
        people::by_name(&mut rooms[first..], |line| line.room.name.as_str());
    });
}

fn is_default(line: &RoomSummary) -> bool {
    line.room.slug == Slug::default_room()
}

/// Sets how many messages of a room are unread.
pub(super) fn set_unread(chat: Chat, room: RoomId, unread: u32) {
    change_line(chat, room, |line| line.unread = unread);
}

fn set_member(chat: Chat, room: RoomId, member: bool) {
    if let Some(state) = chat.room_by_id(room) {
        state.member.set(member);
    }
    change_line(chat, room, |line| {
        line.member = member;
        if !member {
            line.unread = 0;
        }
    });
}

/// Changes a line of the room list, and tells the page only if it is another then.
fn change_line(chat: Chat, room: RoomId, change: impl FnOnce(&mut RoomSummary)) {
    let line = chat
        .rooms
        .with_untracked(|rooms| rooms.iter().position(|line| line.room.id == room));
    let Some(index) = line else { return };
    let mut line = chat.rooms.with_untracked(|rooms| rooms[index].clone());
    change(&mut line);
    if chat.rooms.with_untracked(|rooms| rooms[index] != line) {
        chat.rooms.update(|rooms| rooms[index] = line);
    }
}
