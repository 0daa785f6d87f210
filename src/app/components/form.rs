//! Forms: plain ones, that a script takes over once the page is alive.

use super::{
    Icon,
    dynamic::{Erase, effect, show},
};
use crate::{
    app::{Chat, Intent},
    protocol::Form,
};
use leptos::{ev::SubmitEvent, html, prelude::*};
use wasm_bindgen::JsCast;

/// What a form does when it is submitted: the browser posts it by itself until the page
/// is alive, then the page does without leaving.
pub fn post(form: Form) -> impl Fn(SubmitEvent) + Copy {
    let chat = Chat::here();
    move |event: SubmitEvent| {
        event.prevent_default();
        let Some(element) = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok())
        else {
            return;
        };
        let fields = web_sys::FormData::new_with_form(&element)
            .and_then(|data| web_sys::UrlSearchParams::new_with_str_sequence_sequence(&data));
        if let Ok(fields) = fields {
            let action = element.get_attribute("action").unwrap_or_default();
            chat.ask(Intent::Post(action, form, fields.to_string().into()));
        }
    }
}

/// Puts the cursor into a field whenever the address asks for it, as in `/rooms#new`.
pub fn focus_by_address(hash: &'static str, field: NodeRef<html::Input>) {
    let address = Chat::here().hash;
    effect(move || {
        if let (true, Some(field)) = (address.get() == hash, field.get()) {
            // A field that cannot be focused stays unfocused.
            let _ = field.focus();
        }
    });
}

/// The line under a field or form that says what was wrong with it.
#[component]
pub fn FieldError(
    /// The form whose refusal it shows.
    form: Form,
    /// What fields point to with `aria-describedby`.
    id: &'static str,
) -> impl IntoView {
    let chat = Chat::here();
    view! {
        <p class="field-error" id=id role="alert">
            {show(move || {
                let message = chat.refused(form)?.refusal.message;
                Some(view! { {Icon::Warning.small()} {message} }.erase())
            })}
        </p>
    }
    .erase()
}
