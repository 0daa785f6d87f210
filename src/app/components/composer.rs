//! Where people write.

use super::{
    Icon,
    completion::{Completion, CompletionList},
    dynamic::{Erase, effect, flag, memo, show, text},
};
use crate::{
    app::{Act, Chat, Intent, RoomState},
    protocol::{Body, Form},
    timeline::Deed,
    words,
};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
};

/// The counter appears when so many letters are left.
const COUNT_BELOW: i64 = 500;

/// The composer of a room.
#[component]
pub fn Composer(
    /// The room.
    state: RoomState,
    /// Whether the page is one of the past: what is said there leads to now. The browser
    /// posts the form by itself, as without a script.
    past: bool,
) -> impl IntoView {
    let chat = Chat::here();
    let field = NodeRef::<html::Textarea>::new();
    let refused = chat.typed_before(Form::Send);
    let error = RwSignal::new(
        refused
            .as_ref()
            .map(|refused| refused.refusal.message.clone()),
    );
    let typed_before = refused
        .map(|refused| refused.field("body").to_owned())
        .unwrap_or_default();
    // In a page that is alive the field is filled by `keep_draft`.
    let child = if chat.live.get_untracked() {
        String::new()
    } else {
        textarea_text(&typed_before)
    };
    let completion = Completion::new(state.draft);
    keep_draft(state, field);
    take_focus(chat, field);
    take_focus_back(state, field);

    let left = memo(move || state.draft.with(|draft| Body::room_left(draft)));
    let send = move || {
        let draft = state.draft.get_untracked();
        match Body::parse(&draft) {
            Ok(body) => {
                error.set(None);
                state.draft.set(String::new());
                // As it will be kept: blank lines around it could burst the frame.
                let deed = Deed::Say(body.as_str().to_owned());
                chat.ask(Intent::Act(state.slug(), deed));
            }
            Err(code) => error.set(Some(words::refusal(code).to_owned())),
        }
        if let Some(field) = field.get_untracked() {
            // An element that cannot be focused stays unfocused: nothing to do about it.
            let _ = field.focus();
        }
    };
    let on_submit = move |event: SubmitEvent| {
        if !past {
            event.prevent_default();
            send();
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if completion.key(&event, field) {
            event.prevent_default();
        } else if event.key() == "ArrowUp" && state.draft.with_untracked(String::is_empty) {
            edit_last(chat, state);
        } else if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            match field.get_untracked().and_then(|field| field.form()) {
                // The browser says itself when a field is empty.
                Some(form) if past => drop(form.request_submit()),
                _ => send(),
            }
        }
    };
    let on_input = move |_| {
        if let Some(field) = field.get_untracked() {
            state.draft.set(field.value());
            completion.follow(&field);
            error.set(None);
            if !field.value().trim().is_empty() {
                chat.ask(Intent::Typing(state.id));
            }
        }
    };
    let placeholder = text(move || {
        state
            .room
            .with(|room| words::message_to(room.name.as_str()))
    });
    view! {
        <form
            class="composer"
            id="composer"
            method="post"
            action=format!("/r/{}", state.slug())
            data-invalid=flag(move || error.with(Option::is_some))
            on:submit=on_submit
        >
            <input type="hidden" name="do" value=Form::Send.name() />
            <input type="hidden" name="cid" value=chat.form_cid.to_string() />
            <CompletionList completion field />
            <div class="composer-box">
                <label class="visually-hidden" for="text">
                    {words::MESSAGE}
                </label>
                <textarea
                    class="composer-text"
                    id="text"
                    name="body"
                    rows="1"
                    dir="auto"
                    required
                    placeholder=placeholder
                    autocomplete="off"
                    enterkeyhint="send"
                    aria-describedby="composer-error composer-hint"
                    aria-autocomplete="list"
                    aria-haspopup="listbox"
                    aria-controls="completion"
                    aria-activedescendant=move || completion.active_id()
                    node_ref=field
                    on:keydown=on_key
                    on:input=on_input
                    on:blur=move |_| completion.close()
                >
                    {child}
                </textarea>
                <button class="button composer-send" data-kind="primary">
                    <span class="composer-send-word">{words::SEND}</span>
                    {Icon::Send.draw()}
                </button>
            </div>
            <div class="composer-foot">
                <p class="composer-error" id="composer-error" role="alert">
                    {show(move || Some(view! { {Icon::Warning.small()} {error.get()?} }.erase()))}
                </p>
                <p class="composer-hint" id="composer-hint">
                    <span>
                        <strong>"**bold**"</strong>
                    </span>
                    <span>
                        <em>"_slanted_"</em>
                    </span>
                    <span>
                        <code>"`code`"</code>
                    </span>
                    <span>"> quote"</span>
                    <span>":emoji:"</span>
                </p>
                <output
                    class="composer-count"
                    for="text"
                    data-over=flag(move || left.get() < 0)
                >
                    {show(move || {
 (left.get() < COUNT_BELOW).then(|| words::letters_left(left.get()).into_any())
 })}
                </output>
            </div>
        </form>
    }
    .erase()
}

/// Whoever reaches back from an empty composer wants to mend what they said last.
fn edit_last(chat: Chat, state: RoomState) {
    let me = chat.me.with_untracked(|me| me.as_ref().map(|me| me.id));
    let last = state
        .timeline
        .with_untracked(|timeline| timeline.last_message_of(me));
    state.acting.set(last.map(|seq| (seq, Act::Edit)));
}

/// The field belongs to the browser; the draft follows it, also what was typed before the
/// page came alive. A draft that changes elsewhere (sent, completed) goes into the field.
fn keep_draft(state: RoomState, field: NodeRef<html::Textarea>) {
    let mut first = true;
    effect(move || {
        let first = std::mem::take(&mut first);
        let draft = state.draft.get();
        let Some(field) = field.get() else { return };
        if first && draft.is_empty() && !field.value().is_empty() {
            state.draft.set(field.value());
        } else if field.value() != draft {
            field.set_value(&draft);
        }
    });
}

/// Who came here on purpose wants to write; where a keyboard would cover the screen, they
/// say so themselves.
fn take_focus(chat: Chat, field: NodeRef<html::Textarea>) {
    if !chat.live.get_untracked() {
        return;
    }
    effect(move || focus_with_mouse(field));
}

/// Whoever did something to a message goes on here when that is done, where no keyboard
/// would cover the screen for it.
fn take_focus_back(state: RoomState, field: NodeRef<html::Textarea>) {
    let mut acting = false;
    effect(move || {
        let now = state.acting.with(Option::is_some);
        if acting && !now {
            focus_with_mouse(field);
        }
        acting = now;
    });
}

fn focus_with_mouse(field: NodeRef<html::Textarea>) {
    if let (Some(field), true) = (field.get(), has_mouse()) {
        // A field that cannot be focused stays unfocused.
        let _ = field.focus();
    }
}

/// Whether a field may be focused that nobody asked for: on a phone a keyboard would come up.
pub(super) fn has_mouse() -> bool {
    let mouse = window().match_media("(hover: hover)").ok().flatten();
    mouse.is_some_and(|mouse| mouse.matches())
}

/// Text as the child of a `<textarea>`, which Leptos 0.8 renders without escaping. HTML
/// drops the first line break, which keeps the child from ever being empty.
pub fn textarea_text(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

#[cfg(test)]
mod tests {
    use super::textarea_text;

    #[test]
    fn text_cannot_leave_its_field() {
        let escaped = textarea_text("</textarea><script>alert(1)</script>&lt;");
        assert!(!escaped.contains('<'));
        assert!(escaped.ends_with("&amp;lt;"));
    }
}
