//! Quiet lines: who came and went, new names, new topics.

use super::dynamic::{Erase, text};
use crate::{
    app::Chat,
    protocol::{Person, UserId},
    timeline::Notice,
    words::{self, Piece},
};
use leptos::prelude::*;

/// One quiet line.
#[component]
pub fn NoticeLine(
    /// What happened.
    notice: Notice,
) -> impl IntoView {
    let chat = Chat::here();
    let line = match notice {
        Notice::Members {
            joined,
            left,
            ends_joined,
            ..
        } => {
            let joined =
                (!joined.is_empty()).then(|| people(chat, words::did(&joined, words::JOINED)));
            let left = (!left.is_empty()).then(|| people(chat, words::did(&left, words::LEFT)));
            let (before, after) = if ends_joined {
                (left, joined)
            } else {
                (joined, left)
            };
            let between = (before.is_some() && after.is_some()).then_some(", ");
            view! { {before} {between} {after} }.erase()
        }
        Notice::Renamed { from, to, .. } => view! {
            <bdi class="notice-name">{from.as_str().to_owned()}</bdi>
            {words::IS_NOW}
            <bdi class="notice-name">{to.as_str().to_owned()}</bdi>
        }
        .erase(),
        Notice::Topic { by, topic, .. } => {
            let removed = topic.as_str().is_empty();
            let verb = if removed {
                words::REMOVED_TOPIC
            } else {
                words::SET_TOPIC
            };
            view! {
                {people(chat, words::did(&[by], verb))}
                {(!removed).then(|| view! { <bdi>{topic.as_str().to_owned()}</bdi> })}
            }
            .erase()
        }
    };
    view! { <li class="notice">{line}</li> }
}

/// A sentence about people, each by the name they have today.
pub fn people(chat: Chat, pieces: Vec<Piece<UserId>>) -> Vec<AnyView> {
    let piece = |piece| match piece {
        Piece::Who(id) => {
            view! { <bdi class="notice-name">{text(name(chat.person(id)))}</bdi> }.erase()
        }
        Piece::Words(words) => words.into_any(),
    };
    pieces.into_iter().map(piece).collect()
}

/// Somebody's name as it is today.
pub fn name(person: Option<RwSignal<Person>>) -> impl Fn() -> String {
    move || {
        person.map_or_else(
            || words::SOMEBODY.to_owned(),
            |person| person.with(|person| person.name.as_str().to_owned()),
        )
    }
}
