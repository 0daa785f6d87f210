//! What this browser keeps, by the scripts in `public/kept/`, which the page loads beside the
//! WebAssembly. They hear everything that the server says, so that little has to be told
//! them. Nothing here fails: what cannot be kept lives as long as the page.

use wasm_bindgen::{JsValue, closure::Closure, prelude::wasm_bindgen};

/// What the scripts tell the page: kind, room, action, and what more there is. The answer is
/// whether it could be done.
pub(super) type Page = dyn Fn(String, String, String, String) -> bool;

#[wasm_bindgen(js_namespace = hubbub)]
extern "C" {
    fn begin(page: &Closure<Page>);

    /// Has this told of whatever somebody does that changes the page, before the page hears it.
    #[wasm_bindgen(js_name = beforeDeeds)]
    pub(super) fn before_deeds(tell: &JsValue);

    /// What the server said, once the page has taken it.
    pub(super) fn heard(frame: &str);

    /// The connection is lost.
    pub(super) fn lost();

    /// Keeps an action and sends it. The page is told when to show it.
    pub(super) fn send(slug: &str, frame: &str, person: f64);

    /// Tries again what was refused.
    pub(super) fn retry(cid: &str, room: f64);

    /// Gives up what was refused.
    pub(super) fn discard(cid: &str);

    /// The draft of a room; empty if there is none.
    pub(super) fn draft(slug: &str) -> String;

    /// What stands in the composer now.
    #[wasm_bindgen(js_name = keepDraft)]
    pub(super) fn keep_draft(slug: &str, text: &str);

    /// Goes to a room by loading the page that is kept of it, if one is.
    #[wasm_bindgen(js_name = goTo)]
    pub(super) fn go_to(slug: &str);

    /// Forgets whatever is kept of this person, and leads to another page.
    #[wasm_bindgen(js_name = signOut)]
    pub(super) fn sign_out(next: &str);

    /// Whether anything that somebody wrote would be lost with this page.
    #[wasm_bindgen(js_name = wouldLose)]
    pub(super) fn would_lose() -> bool;
}

/// Begins, for as long as the page lives. What is kept is told at once, and `ready` then.
pub(super) fn start(page: impl Fn(String, String, String, String) -> bool + 'static) {
    let page: Box<Page> = Box::new(page);
    let page = Closure::wrap(page);
    begin(&page);
    page.forget();
}
