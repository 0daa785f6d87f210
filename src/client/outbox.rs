//! What this person says and does: shown at once, sent one at a time for each room, in order, and
//! again after a lost connection, until the server has acknowledged or refused it. The
//! `cid` makes a repetition harmless.

use super::{CLIENT, socket};
use crate::{
    app::{Chat, RoomState},
    protocol::{Cid, Refusal, RefusalCode, RoomId, Seq, Slug},
    timeline::{Deed, PendingState, Timeline},
};
use leptos::prelude::*;
use std::{collections::HashMap, time::Duration};

/// How long to hold back when a refusal does not say.
const HOLD: Duration = Duration::from_secs(2);
/// How often a message is sent again after the server failed, before it needs a decision.
const TRIES: u32 = 5;

/// What was said and not answered yet.
#[derive(Default)]
pub(super) struct Outbox {
    in_flight: HashMap<RoomId, Cid>,
    /// How often the server has failed since it last kept something.
    failures: u32,
}

impl Outbox {
    /// The answers will not come any more; the messages go out again after the resume.
    pub(super) fn connection_lost(&mut self) {
        self.in_flight.clear();
    }
}

/// Does something in a room.
pub(super) fn act(chat: Chat, slug: &Slug, deed: Deed) {
    let Some(state) = chat.room(slug) else { return };
    if deed.of().is_none() {
        state.new_after.set(None);
    }
    state
        .timeline
        .update(|timeline| timeline.act(fresh_cid(), deed));
    pump(state);
}

/// Tries what was refused again.
pub(super) fn retry(chat: Chat, slug: &Slug, cid: Cid) {
    let Some(state) = chat.room(slug) else { return };
    state.timeline.update(|timeline| timeline.retry(cid));
    pump(state);
}

/// Gives up what was refused; the text of a message goes back into an empty composer.
pub(super) fn discard(chat: Chat, slug: &Slug, cid: Cid) {
    let Some(state) = chat.room(slug) else { return };
    let deed = state
        .timeline
        .try_update(|timeline| timeline.forget(cid))
        .flatten();
    if let Some(Deed::Say(text)) = deed
        && state.draft.with_untracked(String::is_empty)
    {
        state.draft.set(text);
    }
}

/// Sends what waits, in every room.
pub(super) fn pump_all(chat: Chat) {
    chat.rooms_open().into_iter().for_each(pump);
}

/// The server keeps a message.
pub(super) fn acknowledged(chat: Chat, cid: Cid, room: RoomId, seq: Seq) {
    let Some(state) = chat.room_by_id(room) else {
        return;
    };
    state
        .timeline
        .update(|timeline| timeline.acknowledge(cid, seq));
    CLIENT.with_borrow_mut(|client| client.outbox.failures = 0);
    landed(room, cid);
    pump(state);
}

/// Whether the same may be taken a little later.
pub(super) fn may_pass(code: RefusalCode) -> bool {
    matches!(
        code,
        RefusalCode::TooFast | RefusalCode::Busy | RefusalCode::Internal
    )
}

/// How long to hold back after a refusal.
pub(super) fn hold_for(refusal: &Refusal) -> Duration {
    refusal
        .retry_after_ms
        .map_or(HOLD, Duration::from_millis)
        .max(Duration::from_millis(100))
}

/// Whether the server has failed so often that somebody should know.
fn gave_up(code: RefusalCode) -> bool {
    code == RefusalCode::Internal
        && CLIENT.with_borrow_mut(|client| {
            client.outbox.failures += 1;
            client.outbox.failures >= TRIES
        })
}

/// The session is somebody else's now: what the one before said waits for a decision.
pub(super) fn hold(chat: Chat) {
    for state in chat.rooms_open() {
        let hold = |timeline: &mut Timeline| timeline.hold(RefusalCode::NameNeeded);
        state.timeline.update(hold);
    }
}

/// The server's log is another one: what it had acknowledged may not be in it.
pub(super) fn forget_acknowledgements(chat: Chat) {
    for state in chat.rooms_open() {
        state.timeline.update(Timeline::forget_acknowledgements);
    }
}

/// The server does not take a message: now, or at all.
pub(super) fn refused(chat: Chat, cid: Cid, refusal: &Refusal) {
    let room = CLIENT.with_borrow(|client| {
        client
            .outbox
            .in_flight
            .iter()
            .find(|(_, sent)| **sent == cid)
            .map(|(room, _)| *room)
    });
    let Some(state) = room.and_then(|room| chat.room_by_id(room)) else {
        return;
    };
    if may_pass(refusal.code) && !gave_up(refusal.code) {
        set_timeout(
            move || {
                landed(state.id, cid);
                pump(state);
            },
            hold_for(refusal),
        );
        return;
    }
    state
        .timeline
        .update(|timeline| timeline.refuse(cid, refusal.code));
    landed(state.id, cid);
    pump(state);
}

/// Whether a message would be lost with this page.
pub(super) fn anything_pending(chat: Chat) -> bool {
    let pending = |state: RoomState| {
        state
            .timeline
            .with_untracked(|timeline| !timeline.pending().is_empty())
    };
    chat.rooms_open().into_iter().any(pending)
}

/// Whether anything that somebody wrote would be lost with this page.
pub(super) fn anything_waits() -> bool {
    let chat = CLIENT.with_borrow(|client| client.chat);
    let draft = |state: RoomState| state.draft.with_untracked(|draft| !draft.is_empty());
    chat.is_some_and(|chat| anything_pending(chat) || chat.rooms_open().into_iter().any(draft))
}

fn landed(room: RoomId, cid: Cid) {
    CLIENT.with_borrow_mut(|client| {
        if client.outbox.in_flight.get(&room) == Some(&cid) {
            client.outbox.in_flight.remove(&room);
        }
    });
}

/// Sends the oldest waiting message of a room, if none is on its way: so that a message
/// asked to wait cannot be overtaken by the next one.
fn pump(state: RoomState) {
    let busy = CLIENT.with_borrow(|client| client.outbox.in_flight.contains_key(&state.id));
    let next = state.timeline.with_untracked(|timeline| {
        let waiting = |state: &PendingState| *state == PendingState::Waiting;
        timeline
            .pending()
            .iter()
            .find(|pending| waiting(&pending.state))
            .cloned()
    });
    if let (false, Some(pending)) = (busy, next) {
        let cid = pending.cid;
        if socket::say(&pending.deed.frame(cid, state.id)) {
            CLIENT.with_borrow_mut(|client| client.outbox.in_flight.insert(state.id, cid));
        }
    }
}

fn fresh_cid() -> Cid {
    let mut bytes = [0; 16];
    let filled = window().crypto().and_then(|crypto| {
        crypto
            .get_random_values_with_u8_array(&mut bytes)
            .map(|_| ())
    });
    if filled.is_err() {
        bytes.fill_with(|| {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 255"
            )]
            let byte = (js_sys::Math::random() * 256.0) as u8;
            byte
        });
    }
    Cid(bytes)
}
