//! `/me`: one's name, one's picture, and the way out.

use super::name_tab;
use crate::{
    app::{
        Chat,
        components::{Avatar, Erase, FieldError, RoomsButton, Sidebar, attr, memo, post, show},
    },
    protocol::{Form, Person, RefusalCode},
    words,
};
use leptos::prelude::*;

/// The page about oneself.
#[component]
pub fn MePage() -> impl IntoView {
    let chat = Chat::here();
    name_tab(move || words::page_title(words::YOU, &chat.place.get_value()));
    let me = memo(move || chat.me.with(|me| me.as_ref().map(|me| me.id)));
    view! {
        <a class="skip" href="#page">
            {words::SKIP_TO_CONTENT}
        </a>
        <div class="shell" data-page="plain">
            <Sidebar current=None />
            <main class="page" id="page">
                <div class="page-inner" data-narrow="">
                    <div class="page-head">
                        <RoomsButton />
                        <h1 class="page-title">{words::YOU}</h1>
                    </div>
                    {show(move || {
                        let about = match me.get().and_then(|_| chat.me.get_untracked()) {
                            Some(me) => view! { <AboutMe me /> }.erase(),
                            None => view! {
                                <p class="page-lead">
                                    {words::NO_NAME_YET} " "
                                    <a href="/r/general#name">{words::CHOOSE_NAME}</a>
                                </p>
                            }
                            .erase(),
                        };
                        Some(about)
                    })}
                </div>
            </main>
        </div>
    }
    .erase()
}

#[component]
fn AboutMe(me: Person) -> impl IntoView {
    let chat = Chat::here();
    let person = chat.person_or(me.clone());
    let saved =
        move || chat.done.get() == Some(Form::Rename) && chat.refused(Form::Rename).is_none();
    view! {
        <section class="page-section" aria-label=words::NAME>
            <div role="status">
                {show(move || {
                    let notice = || {
                        view! {
                            <p class="notice-box">
                                {words::SAVED_AS} " "
                                <bdi>{person.with(|me| me.name.as_str().to_owned())}</bdi> "."
                            </p>
                        }
                    };
                    saved().then(|| notice().erase())
                })}
            </div>
            <RenameForm me />
        </section>
        <section class="page-section" aria-labelledby="picture-title">
            <h2 id="picture-title">{words::PICTURE}</h2>
            <div class="picture">
                <Avatar person size="l" />
                <p class="field-hint">
                    {if chat.gravatar { words::PICTURE_GRAVATAR } else { words::PICTURE_LOCAL }}
                </p>
            </div>
        </section>
        <section class="page-section" aria-labelledby="leave-title">
            <h2 id="leave-title">{words::SIGN_OUT}</h2>
            <p class="page-lead">{words::SIGN_OUT_LEAD}</p>
            <form
                class="form-actions"
                method="post"
                action="/me"
                data-unsent=words::SIGN_OUT_UNSENT
                on:submit=post(Form::SignOut)
            >
                <input type="hidden" name="do" value=Form::SignOut.name() />
                <button class="button" data-kind="danger">
                    {words::SIGN_OUT}
                </button>
            </form>
        </section>
    }
    .erase()
}

#[component]
fn RenameForm(me: Person) -> impl IntoView {
    let chat = Chat::here();
    let refused = chat.typed_before(Form::Rename);
    let typed = |field, otherwise: &str| {
        refused
            .as_ref()
            .map_or_else(|| otherwise.to_owned(), |form| form.field(field).to_owned())
    };
    let name = typed("name", me.name.as_str());
    let email = typed("email", "");
    let about_email = |code| matches!(code, RefusalCode::EmailInvalid);
    let invalid = move |email: bool| {
        let refused = chat.refused(Form::Rename);
        refused
            .filter(|form| about_email(form.refusal.code) == email)
            .map(|_| "true")
    };
    view! {
        <form class="form" method="post" action="/me" on:submit=post(Form::Rename)>
            <input type="hidden" name="do" value=Form::Rename.name() />
            <div class="field">
                <label class="field-label" for="my-name">
                    {words::WHAT_NAME}
                </label>
                <input
                    class="input"
                    id="my-name"
                    name="name"
                    value=name
                    required
                    maxlength="200"
                    dir="auto"
                    autocomplete="nickname"
                    spellcheck="false"
                    aria-invalid=attr(move || invalid(false))
                    aria-describedby="my-name-hint rename-error"
                />
                <p class="field-hint" id="my-name-hint">
                    {words::RENAME_HINT}
                </p>
            </div>
            {chat
                .gravatar
                .then(|| {
                    view! {
                        <div class="field">
                            <label class="field-label" for="email">
                                {words::EMAIL}
                            </label>
                            <input
                                class="input"
                                id="email"
                                name="email"
                                type="email"
                                value=email
                                autocomplete="email"
                                aria-invalid=attr(move || invalid(true))
                                aria-describedby="email-hint rename-error"
                            />
                            <p class="field-hint" id="email-hint">
                                {words::EMAIL_HINT}
                            </p>
                        </div>
                    }
                })}
            <FieldError form=Form::Rename id="rename-error" />
            <div class="form-actions">
                <button class="button" data-kind="primary">
                    {words::SAVE_NAME}
                </button>
            </div>
        </form>
    }
    .erase()
}
