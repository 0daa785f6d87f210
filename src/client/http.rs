//! Forms and files by plain requests.

use super::{navigation, people, socket, storage};
use crate::{
    app::Chat,
    protocol::{Form, FormReply, Person, Refusal, RefusalCode, RefusedForm},
    words,
};
use futures::{FutureExt, select_biased};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A line that swallows everything must not swallow the person's next step too.
const ANSWER_WITHIN_MS: u32 = 15_000;

/// Posts a form and does what follows from the answer.
pub(super) fn post(chat: Chat, action: String, form: Form, fields: String) {
    leptos::task::spawn_local(async move {
        let reply = select_biased! {
            reply = send(&action, &fields).boxed_local().fuse() => reply.ok(),
            () = TimeoutFuture::new(ANSWER_WITHIN_MS).fuse() => None,
        };
        let reply = reply.and_then(|text| serde_json::from_str(&text).ok());
        match reply {
            Some(FormReply::Done { next, me }) => done(chat, form, next, me),
            Some(FormReply::Refused { refusal }) => refuse(chat, form, refusal),
            None => {
                let message = words::NO_ANSWER.to_owned();
                let refusal = Refusal {
                    code: RefusalCode::Unknown,
                    message,
                    retry_after_ms: None,
                };
                refuse(chat, form, refusal);
            }
        }
    });
}

fn refuse(chat: Chat, form: Form, refusal: Refusal) {
    chat.done.set(None);
    chat.refused.set(Some(RefusedForm {
        form,
        refusal,
        fields: Vec::new(),
    }));
}

fn done(chat: Chat, form: Form, next: String, me: Option<Person>) {
    chat.refused.set(None);
    if form == Form::SignOut {
        // The whole page belongs to somebody who is gone.
        storage::sign_out(&next);
        return;
    }
    if let Some(me) = me {
        chat.meet(me.clone());
        people::renamed(chat, &me);
        chat.me.set(Some(me));
    }
    if form == Form::Join {
        socket::restart();
    }
    if form == Form::Leave {
        left(chat);
    }
    chat.done.set(Some(form));
    if window().location().pathname().as_ref() != Ok(&next) {
        navigation::go(chat, &next);
    }
}

/// The rooms that this person is a member of no more come from the server; until then the
/// one on the page is known to be left.
fn left(chat: Chat) {
    let here = chat.page.with_untracked(|page| page.slug().cloned());
    if let Some(state) = here.and_then(|slug| chat.room(&slug)) {
        state.member.set(false);
    }
}

/// Fetches the table of emoji, once.
pub(super) fn fetch_emoji(chat: Chat) {
    if chat.emoji.with_untracked(|emoji| !emoji.is_empty()) {
        return;
    }
    leptos::task::spawn_local(async move {
        let table = get("/emoji.json").await.ok();
        if let Some(table) = table.and_then(|text| serde_json::from_str(&text).ok()) {
            chat.emoji.set(Arc::new(table));
        }
    });
}

async fn send(action: &str, fields: &str) -> Result<String, JsValue> {
    let headers = web_sys::Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set("content-type", "application/x-www-form-urlencoded")?;
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&fields.into());
    answer(window().fetch_with_str_and_init(action, &init)).await
}

async fn get(address: &str) -> Result<String, JsValue> {
    answer(window().fetch_with_str(address)).await
}

async fn answer(request: js_sys::Promise) -> Result<String, JsValue> {
    let response: web_sys::Response = JsFuture::from(request).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?;
    Ok(text.as_string().unwrap_or_default())
}
