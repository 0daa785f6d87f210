//! Copying, also where browsers keep their clipboard from pages: over plain HTTP in a local
//! network, which is where many hosts begin.

use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// How long it says "Copied".
const SAID_FOR: Duration = Duration::from_secs(2);

/// Copies a text and says so for a moment, if it is true.
pub(super) fn copy(text: String, copied: RwSignal<bool>) {
    leptos::task::spawn_local(async move {
        if write(&text).await || select_and_copy(&text).is_ok_and(|done| done) {
            copied.set(true);
            set_timeout(move || copied.set(false), SAID_FOR);
        }
    });
}

async fn write(text: &str) -> bool {
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into());
    if clipboard.is_ok_and(|clipboard| clipboard.is_undefined()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text))
        .await
        .is_ok()
}

/// The way before there was a clipboard: what is selected in a field is copied.
fn select_and_copy(text: &str) -> Result<bool, JsValue> {
    let document = document();
    let focused = document.active_element();
    let field: web_sys::HtmlTextAreaElement = document.create_element("textarea")?.dyn_into()?;
    field.set_class_name("visually-hidden");
    field.set_value(text);
    let body = document.body().ok_or(JsValue::NULL)?;
    body.append_child(&field)?;
    field.focus()?;
    field.select();
    let command = js_sys::Reflect::get(&document, &"execCommand".into())?;
    let command: js_sys::Function = command.dyn_into()?;
    let done = command.call1(&document, &"copy".into());
    field.remove();
    if let Some(focused) = focused.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok()) {
        // What cannot be focused any more stays unfocused.
        let _ = focused.focus();
    }
    Ok(done?.is_truthy())
}
