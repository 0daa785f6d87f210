//! One field to talk.

use super::{
    FieldError,
    dynamic::{Erase, attr},
    focus_by_address, post,
};
use crate::{
    app::{Chat, RoomState},
    protocol::Form,
    words,
};
use leptos::prelude::*;

/// What a visitor finds in the composer's place.
#[component]
pub fn Join(
    /// The room to join.
    state: RoomState,
) -> impl IntoView {
    let chat = Chat::here();
    let field = NodeRef::new();
    focus_by_address("#name", field);
    let typed = chat
        .typed_before(Form::Join)
        .map(|form| form.field("name").to_owned());
    let invalid = attr(move || chat.refused(Form::Join).map(|_| "true"));
    view! {
        <form
            class="join"
            method="post"
            action=format!("/r/{}", state.slug())
            on:submit=post(Form::Join)
        >
            <div class="join-box">
                <label class="join-label" for="name">
                    {words::WHAT_NAME}
                </label>
                <input
                    class="join-name"
                    id="name"
                    name="name"
                    node_ref=field
                    value=typed
                    required
                    maxlength="200"
                    placeholder=words::YOUR_NAME
                    dir="auto"
                    autocomplete="nickname"
                    spellcheck="false"
                    aria-invalid=invalid
                    aria-describedby="name-error"
                />
                <input type="hidden" name="do" value=Form::Join.name() />
                <input type="hidden" name="cid" value=chat.form_cid.to_string() />
                <button class="button" data-kind="primary">
                    {words::JOIN}
                </button>
            </div>
            <FieldError form=Form::Join id="name-error" />
        </form>
    }
    .erase()
}
