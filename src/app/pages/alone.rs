//! Pages that stand alone: nothing is here, something broke.

use super::name_tab;
use crate::{
    app::{
        Chat,
        components::{Art, Mark, Picture},
    },
    words,
};
use leptos::prelude::*;

/// Nothing is at this address.
#[component]
pub fn NotFound() -> impl IntoView {
    let chat = Chat::here();
    name_tab(move || words::page_title(words::NOT_FOUND, &chat.place.get_value()));
    view! {
        <Alone picture=Picture::Door title=words::NOTHING_HERE text=words::NOTHING_HERE_TEXT>
            <a class="button" data-kind="primary" href="/r/general">
                {words::GO_TO_GENERAL}
            </a>
        </Alone>
    }
}

/// Something failed inside.
#[component]
pub fn Failed() -> impl IntoView {
    view! {
        <Alone picture=Picture::Lamp title=words::BROKE title_is_alert=true text=words::BROKE_TEXT>
            <a class="button" data-kind="primary" href="">
                {words::TRY_AGAIN}
            </a>
        </Alone>
    }
}

#[component]
fn Alone(
    picture: Picture,
    title: &'static str,
    text: &'static str,
    #[prop(optional)] title_is_alert: bool,
    children: Children,
) -> impl IntoView {
    let place = Chat::here().place.get_value();
    view! {
        <main class="alone">
            <a class="place" href="/r/general">
                <Mark />
                <span class="place-name" dir="auto">
                    {place}
                </span>
            </a>
            <div class="empty" role=title_is_alert.then_some("alert")>
                <Art picture />
                <h1 class="empty-title">{title}</h1>
                <p class="empty-text">{text}</p>
                {children()}
            </div>
        </main>
    }
}
