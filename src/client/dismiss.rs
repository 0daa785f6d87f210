//! What is open and no longer wanted closes: menus on a click elsewhere or Escape, the
//! drawer of rooms after a choice. Opening them needs no script.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

/// Menus and small forms that hang from the header.
const OPEN_DETAILS: &str = "details[name=header][open]";

/// Listens for as long as the page lives.
pub(super) fn listen() {
    window_event_listener(ev::click, |event| {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let Some(target) = target else { return };
        for details in open_details() {
            if !details.contains(Some(&target)) {
                details.set_open(false);
            }
        }
        if matches!(target.closest("[popover] a"), Ok(Some(_))) {
            hide_popovers();
        }
    });
    window_event_listener(ev::keydown, |event| {
        if event.key() == "Escape" {
            for details in open_details() {
                details.set_open(false);
                let summary = details.query_selector("summary").ok().flatten();
                if let Some(summary) =
                    summary.and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok())
                {
                    // A summary that cannot be focused stays unfocused.
                    let _ = summary.focus();
                }
            }
        }
    });
}

fn open_details() -> Vec<web_sys::HtmlDetailsElement> {
    let Ok(found) = document().query_selector_all(OPEN_DETAILS) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|index| found.get(index)?.dyn_into().ok())
        .collect()
}

fn hide_popovers() {
    if let Ok(Some(open)) = document().query_selector("[popover]:popover-open")
        && let Ok(open) = open.dyn_into::<web_sys::HtmlElement>()
    {
        // It may have been closed by the same click.
        let _ = open.hide_popover();
    }
}
