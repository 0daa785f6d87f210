//! What this person says and does: kept, then shown, then sent until the server has
//! acknowledged or refused it. `public/kept/outbox.js` keeps and sends; here is what the page
//! shows of it.

use super::{apply, socket, storage};
use crate::{
    app::{Chat, RoomState, effect},
    protocol::{Cid, Emoji, Millis, Refusal, RefusalCode, RoomId, Seq, ServerFrame, Slug},
    timeline::{Deed, Timeline},
};
use leptos::prelude::*;
use std::time::Duration;

/// How long to hold back when a refusal does not say.
const HOLD: Duration = Duration::from_secs(2);

/// Begins with what is kept; then connects.
pub(super) fn start(chat: Chat) {
    storage::start(move |kind, slug, cid, more| match kind.as_str() {
        "say" => socket::say_text(more),
        "hear" => {
            apply::frame(chat, ServerFrame::heard(&more));
            true
        }
        "edits" => chat.rooms_open().iter().any(|state| state.is_editing()),
        "ready" => {
            chat.rooms_open().into_iter().for_each(restore_draft);
            // The server adds to what the page knows by now.
            socket::run(chat);
            true
        }
        _ => {
            let state = Slug::parse(&slug).ok().and_then(|slug| chat.room(&slug));
            let found = state.zip(cid.parse().ok());
            if let Some((state, cid)) = found {
                show(state, &kind, cid, &more);
            }
            found.is_some()
        }
    });
}

/// Shows what becomes of a deed.
fn show(state: RoomState, kind: &str, cid: Cid, more: &str) {
    state.timeline.update(|timeline| match kind {
        "deed" => {
            let known = timeline.pending().iter().any(|one| one.cid == cid);
            if let (false, Some(deed)) = (known, read(more)) {
                timeline.act(cid, deed);
            }
        }
        "waits" => timeline.retry(cid),
        "failed" => {
            let code = serde_json::from_str(more).unwrap_or(RefusalCode::Unknown);
            timeline.refuse(cid, code);
        }
        "acknowledged" => timeline.acknowledge(cid, Seq(more.parse().unwrap_or_default())),
        _ => drop(timeline.forget(cid)),
    });
}

/// A deed as the scripts write it: the name of its frame, the message, an emoji, whether it is
/// put or taken away, and words, which may have lines. (Serde took ten times as much of the
/// WebAssembly for it.)
fn read(lines: &str) -> Option<Deed> {
    let mut parts = lines.splitn(5, '\n');
    let kind = parts.next()?;
    let of = Seq(parts.next()?.parse().ok()?);
    let (emoji, on, words) = (parts.next()?, parts.next()?, parts.next()?);
    Some(match kind {
        "send" => Deed::Say(words.to_owned()),
        "edit" => Deed::Edit(of, words.to_owned()),
        "delete" => Deed::Delete(of),
        "react" => Deed::React(of, Emoji::known(emoji), on == "true"),
        _ => return None,
    })
}

/// Does something in a room.
pub(super) fn act(chat: Chat, slug: &Slug, deed: Deed) {
    let me = chat.me.with_untracked(|me| me.as_ref().map(|me| me.id));
    let (Some(state), Some(me)) = (chat.room(slug), me) else {
        return;
    };
    if deed.of().is_none() {
        state.new_after.set(None);
    }
    let frame = deed.frame(fresh_cid(), state.id);
    storage::send(slug.as_str(), &socket::text(&frame), number(me.0));
}

/// Tries what was refused again.
pub(super) fn retry(chat: Chat, slug: &Slug, cid: Cid) {
    if let Some(state) = chat.room(slug) {
        storage::retry(&cid.to_string(), number(state.id.0));
    }
}

#[allow(clippy::cast_precision_loss, reason = "ids end at 2^53")]
fn number(id: u64) -> f64 {
    id as f64
}

/// Gives up what was refused; the text of a message goes back into an empty composer.
pub(super) fn discard(chat: Chat, slug: &Slug, cid: Cid) {
    storage::discard(&cid.to_string());
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

/// The server keeps what was done.
pub(super) fn acknowledged(chat: Chat, cid: Cid, room: RoomId, seq: Seq) {
    if let Some(state) = chat.room_by_id(room) {
        state
            .timeline
            .update(|timeline| timeline.acknowledge(cid, seq));
    }
}

/// The server's log is another one: what it had acknowledged may not be in it.
pub(super) fn forget_acknowledgements(chat: Chat) {
    for state in chat.rooms_open() {
        state.timeline.update(Timeline::forget_acknowledgements);
    }
}

/// Puts a draft back that was kept, unless something was typed already.
pub(super) fn restore_draft(state: RoomState) {
    let draft = storage::draft(state.slug().as_str());
    if !draft.is_empty() && state.draft.with_untracked(String::is_empty) {
        state.draft.set(draft);
    }
}

/// Keeps what stands in the composer of the room that is shown.
pub(super) fn keep_drafts(chat: Chat) {
    effect(move || {
        let slug = chat.page.with(|page| page.slug().cloned());
        if let Some(state) = slug.and_then(|slug| chat.room_tracked(&slug)) {
            let slug = state.slug();
            state
                .draft
                .with(|draft| storage::keep_draft(slug.as_str(), draft));
        }
    });
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

fn fresh_cid() -> Cid {
    let mut random = [0; 16];
    // No browser that comes this far is without it.
    let crypto = window().crypto();
    let _ = crypto.and_then(|crypto| crypto.get_random_values_with_u8_array(&mut random));
    #[allow(clippy::cast_possible_truncation, reason = "milliseconds are whole")]
    let now = js_sys::Date::now() as i64;
    Cid::new(Millis(now), random)
}
