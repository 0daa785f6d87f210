//! Emoji under a message: those that are there, and the choice of another one.

use super::{
    completion::offers,
    composer::has_mouse,
    dynamic::{Entry, Erase, attr, effect, entries_of, flag, show, text},
    message::Place,
    notice::name,
};
use crate::{
    app::{Chat, Intent},
    protocol::{Emoji, Form, Reaction},
    timeline::Deed,
    words,
};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;

/// What people reach for most.
pub const OFTEN: [&str; 8] = [
    "\u{1F44D}",
    "\u{2764}\u{FE0F}",
    "\u{1F602}",
    "\u{1F389}",
    "\u{1F62E}",
    "\u{1F622}",
    "\u{1F440}",
    "\u{1F64F}",
];

/// How many are offered for a word.
const OFFERED: usize = 8;

/// The emoji under a message, each a button that puts one's own there or takes it away.
/// Without a script they are the buttons of a form.
pub fn chips(place: Place) -> AnyView {
    let entries = move || {
        let entry = |one: &Reaction| {
            let emoji = one.emoji.clone();
            Entry::new(emoji.as_str().to_owned(), move || {
                chip(place, emoji.clone())
            })
        };
        place.reactions(|all| all.iter().map(entry).collect())
    };
    view! {
        <form
            class="chips"
            method="post"
            action=place.address()
            on:submit=|event: SubmitEvent| event.prevent_default()
        >
            <input type="hidden" name="do" value=Form::React.name() />
            {entries_of(entries)}
        </form>
    }
    .erase()
}

fn chip(place: Place, emoji: Emoji) -> AnyView {
    let chat = Chat::here();
    let shown = emoji.as_str().to_owned();
    let emoji = StoredValue::new(emoji);
    // As long as the chip stands there is one; nothing in the moment in which it goes.
    let find = move || {
        let is = |one: &&Reaction| emoji.with_value(|emoji| one.emoji == *emoji);
        place.reactions(|all| all.iter().find(is).cloned())
    };
    let mine = move || {
        let me = chat.me.with(|me| me.as_ref().map(|me| me.id));
        find().zip(me).is_some_and(|(one, me)| one.by.contains(&me))
    };
    let count = move || find().map_or(0, |one| one.count);
    let who = move || {
        let listed = find().map(|one| one.listed().to_vec()).unwrap_or_default();
        let names: Vec<String> = listed.iter().map(|id| name(chat.person(*id))()).collect();
        words::who(&names, count())
    };
    let toggle = move |_| {
        let deed = Deed::React(place.seq, emoji.get_value(), !mine());
        place.ask(chat, deed);
    };
    view! {
        <button
            class="chip"
            name=attr(move || Some(if mine() { "take" } else { "put" }))
            value=shown.clone()
            disabled=flag(move || chat.me.with(Option::is_none))
            aria-pressed=attr(move || Some(if mine() { "true" } else { "false" }))
            title=text(who)
            on:click=toggle
        >
            {shown.clone()}
            " "
            <span class="chip-count">{text(move || count().to_string())}</span>
        </button>
    }
    .erase()
}

/// The choice of an emoji.
#[component]
pub fn Picker(place: Place) -> impl IntoView {
    let chat = Chat::here();
    let field = NodeRef::<html::Input>::new();
    let word = RwSignal::new(String::new());
    effect(move || {
        if let Some(field) = field.get() {
            let picker = field
                .parent_element()
                .map(JsCast::dyn_into::<web_sys::HtmlElement>);
            // What cannot be focused stays unfocused.
            let _ = match picker {
                Some(Ok(picker)) if !has_mouse() => picker.focus(),
                _ => field.focus(),
            };
        }
    });
    let offered = move || {
        let word = word.get();
        if word.is_empty() {
            return OFTEN
                .map(|emoji| (String::new(), emoji.to_owned()))
                .to_vec();
        }
        offers(&chat.emoji.get(), &word, OFFERED)
    };
    let put = move |emoji: &str| {
        place.ask(chat, Deed::React(place.seq, Emoji::known(emoji), true));
    };
    let on_input = move |_| {
        if let Some(field) = field.get_untracked() {
            chat.ask(Intent::NeedEmoji);
            word.set(field.value().trim_matches([':', ' ']).to_ascii_lowercase());
        }
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => place.set_act(None),
        "Enter" => {
            event.prevent_default();
            if let Some((_, emoji)) = offered().first() {
                put(emoji);
            }
        }
        _ => {}
    };
    let choice = move |(name, emoji): (String, String)| {
        let taken = emoji.clone();
        view! {
            <button
                class="picker-emoji"
                type="button"
                title=name
                on:click=move |_| put(&taken)
            >
                {emoji}
            </button>
        }
        .erase()
    };
    view! {
        <div class="picker" role="group" tabindex="-1" aria-label=words::REACT>
            {show(move || {
                Some(offered().into_iter().map(choice).collect::<Vec<_>>().into_any())
            })}
            <input
                class="picker-field"
                placeholder=words::FIND_EMOJI
                aria-label=words::FIND_EMOJI
                autocomplete="off"
                node_ref=field
                on:input=on_input
                on:keydown=on_key
            />
            <button class="text-button" type="button" on:click=move |_| place.set_act(None)>
                {words::CANCEL}
            </button>
        </div>
    }
    .erase()
}
