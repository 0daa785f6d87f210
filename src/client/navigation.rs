//! Links within the chat lead on without loading a page: the connection, the rooms and what
//! is being written stay. Whatever is not one of our live pages is left to the browser.

use crate::app::{Chat, Page};
use leptos::{ev, prelude::*};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};

/// Listens for as long as the page lives.
pub(super) fn listen(chat: Chat) {
    let first = (address(), chat.page.get_untracked());
    chat.hash
        .set(window().location().hash().unwrap_or_default());
    window_event_listener(ev::click, move |event| {
        if let Some(link) = link_of(&event) {
            if leads_within_page(&link) {
                // The browser goes there itself, which takes the focus away from fields:
                // they get it afterwards.
                let hash = link.hash();
                set_timeout(move || chat.hash.set(hash), Duration::ZERO);
            } else if is_live_page(&link) {
                event.prevent_default();
                go(chat, &link.href());
            }
        }
    });
    window_event_listener(ev::popstate, move |_| {
        let (first_address, first_page) = &first;
        if address() == *first_address {
            show(chat, first_page.clone());
        } else if window().location().search().is_ok_and(|it| !it.is_empty()) {
            // A page of the past comes from the server. Where there is none, what is
            // shown stays.
            let _ = window().location().reload();
        } else {
            show_address(chat);
        }
    });
}

/// Goes to one of our live pages.
pub(super) fn go(chat: Chat, href: &str) {
    let pushed = window()
        .history()
        .and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(href)));
    if pushed.is_err() {
        // A browser that limits how often addresses change; loading the page works as well.
        let _ = window().location().assign(href);
        return;
    }
    show_address(chat);
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

fn show_address(chat: Chat) {
    show(chat, Page::at(&decoded(&path())));
}

fn show(chat: Chat, page: Page) {
    if chat.page.with_untracked(|shown| *shown != page) {
        // What became of a form is said beside it, once.
        chat.refused.set(None);
        chat.done.set(None);
        chat.page.set(page);
    }
    chat.hash
        .set(window().location().hash().unwrap_or_default());
}

/// The link that a click follows in this tab.
fn link_of(event: &web_sys::MouseEvent) -> Option<web_sys::HtmlAnchorElement> {
    let keys = event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || keys {
        return None;
    }
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    let link: web_sys::HtmlAnchorElement = target.closest("a[href]").ok()??.dyn_into().ok()?;
    let here = link.target().is_empty() && !link.has_attribute("download");
    (here && Ok(link.origin()) == window().location().origin()).then_some(link)
}

fn leads_within_page(link: &web_sys::HtmlAnchorElement) -> bool {
    !link.hash().is_empty() && link.pathname() + &link.search() == address()
}

fn is_live_page(link: &web_sys::HtmlAnchorElement) -> bool {
    link.search().is_empty() && Page::at(&decoded(&link.pathname())) != Page::NotFound
}

/// Path and query of this tab.
fn address() -> String {
    path() + &window().location().search().unwrap_or_default()
}

fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

fn decoded(path: &str) -> String {
    let decoded = js_sys::decode_uri_component(path);
    decoded.map_or_else(|_| path.to_owned(), String::from)
}
