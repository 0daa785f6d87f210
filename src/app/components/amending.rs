//! What can be done to a message: the pill that appears beside it, and the places where one
//! writes it anew or says that one means it.

use super::{
    Icon,
    dynamic::{Erase, effect, show},
    message::Place,
    prose::CopyButton,
};
use crate::{
    app::{Act, Chat},
    protocol::Body,
    timeline::Deed,
    words,
};
use leptos::{ev::KeyboardEvent, html, prelude::*};

/// The way to what can be done: a link to the message's own page, where all of it can be done
/// without a script, too, and the pill. That is made for whoever points at the message or has
/// its focus: in most messages nobody ever looks for it.
pub fn actions(place: Place, said: String) -> AnyView {
    let pill = move || {
        let said = said.clone();
        place.near.get().then(|| pill(place, said))
    };
    view! {
        <a class="message-more" href=place.address() aria-label=words::MESSAGE_ACTIONS></a>
        {show(pill)}
    }
    .erase()
}

fn pill(place: Place, said: String) -> AnyView {
    let chat = Chat::here();
    let action = move |act: Act, icon: Icon, label: &'static str| {
        view! {
            <button
                class="message-action"
                type="button"
                data-bare=""
                aria-label=label
                title=label
                on:click=move |_| place.set_act(Some(act))
            >
                {icon.small()}
            </button>
        }
        .erase()
    };
    let named = move || chat.me.with(Option::is_some);
    view! {
        // It comes into a log, whose additions are read out.
        <div
            class="message-actions"
            role="group"
            aria-live="off"
            aria-label=words::MESSAGE_ACTIONS
        >
            {show(move || named().then(|| action(Act::React, Icon::Smile, words::REACT)))}
            {show(move || {
                let own = || {
                    view! {
                        {action(Act::Edit, Icon::Pencil, words::EDIT)}
                        {action(Act::Delete, Icon::Bin, words::DELETE)}
                    }
                };
                place.is_mine(chat).then(|| own().erase())
            })}
            <CopyButton class="message-action" text=said>
                {Icon::Copy.small()}
                {words::COPY_TEXT}
            </CopyButton>
        </div>
    }
    .erase()
}

/// Where a message is written anew.
#[component]
pub fn Editor(place: Place, said: String) -> impl IntoView {
    let chat = Chat::here();
    let field = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(None::<&'static str>);
    let begun = place.state.editing;
    let said = StoredValue::new(said);
    let mut first = true;
    effect(move || {
        if let (Some(field), true) = (field.get(), std::mem::take(&mut first)) {
            // Drawn anew, it goes on where it was.
            let written = begun.get_value().filter(|(of, _)| *of == place.seq);
            field.set_value(&written.map_or_else(|| said.get_value(), |(_, text)| text));
            // A field that cannot be focused stays unfocused.
            let _ = field.focus();
        }
    });
    let save = move || {
        let Some(field) = field.get_untracked() else {
            return;
        };
        match Body::parse(&field.value()) {
            Ok(body) if said.with_value(|said| body.as_str() == said) => place.set_act(None),
            Ok(body) => place.ask(chat, Deed::Edit(place.seq, body.as_str().to_owned())),
            Err(code) => error.set(Some(words::refusal(code))),
        }
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" if !event.shift_key() && !event.is_composing() => {
            event.prevent_default();
            save();
        }
        "Escape" if !event.is_composing() => place.set_act(None),
        _ => {}
    };
    view! {
        <div class="message-body editor">
            <textarea
                class="input editor-text"
                dir="auto"
                rows="1"
                aria-label=words::EDIT_MESSAGE
                enterkeyhint="done"
                node_ref=field
                on:keydown=on_key
                on:input=move |_| {
                    if let Some(field) = field.get_untracked() {
                        begun.set_value(Some((place.seq, field.value())));
                    }
                }
            ></textarea>
            <p class="field-error" role="alert">
                {show(move || error.get().map(IntoAny::into_any))}
            </p>
            <p class="message-choices">
                <button class="text-button" type="button" on:click=move |_| save()>
                    {words::SAVE}
                </button>
                <button class="text-button" type="button" on:click=move |_| place.set_act(None)>
                    {words::CANCEL}
                </button>
            </p>
        </div>
    }
    .erase()
}

/// Asks whether somebody means to delete.
#[component]
pub fn Confirm(place: Place) -> impl IntoView {
    let chat = Chat::here();
    let button = NodeRef::<html::Button>::new();
    effect(move || {
        if let Some(button) = button.get() {
            // A button that cannot be focused stays unfocused.
            let _ = button.focus();
        }
    });
    view! {
        <p
            class="message-problem"
            role="alertdialog"
            aria-label=words::DELETE_THIS
            on:keydown=move |event: KeyboardEvent| {
                if event.key() == "Escape" {
                    place.set_act(None);
                }
            }
        >
            <span>{words::DELETE_THIS}</span>
            <span class="message-choices">
                <button
                    class="text-button"
                    type="button"
                    node_ref=button
                    on:click=move |_| place.ask(chat, Deed::Delete(place.seq))
                >
                    {words::DELETE}
                </button>
                <button class="text-button" type="button" on:click=move |_| place.set_act(None)>
                    {words::KEEP}
                </button>
            </span>
        </p>
    }
    .erase()
}
