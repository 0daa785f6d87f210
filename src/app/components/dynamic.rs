//! What changes on the page, as few types as possible. Every closure in a view is a type of
//! its own, and Leptos compiles all it can do with it once more; behind these functions
//! they share one, which halves the WASM.

use leptos::{prelude::*, tachys::reactive_graph::SharedReactiveFunction};
use std::sync::{Arc, Mutex};

/// Text that changes, as text or as an attribute.
pub fn text(text: impl FnMut() -> String + Send + 'static) -> SharedReactiveFunction<String> {
    Arc::new(Mutex::new(text))
}

/// An attribute that changes, or goes.
pub fn attr(
    value: impl FnMut() -> Option<&'static str> + Send + 'static,
) -> SharedReactiveFunction<Option<&'static str>> {
    Arc::new(Mutex::new(value))
}

/// A part of the page that changes, or goes.
pub fn show(part: impl FnMut() -> Option<AnyView> + Send + 'static) -> AnyView {
    let part: SharedReactiveFunction<Option<AnyView>> = Arc::new(Mutex::new(part));
    part.into_any()
}

/// A flag as an attribute: there without a value, or not at all.
pub fn flag(
    mut is: impl FnMut() -> bool + Send + 'static,
) -> SharedReactiveFunction<Option<&'static str>> {
    attr(move || is().then_some(""))
}

/// One entry of a list: what tells it apart, and how it looks.
#[derive(Clone)]
pub struct Entry {
    key: String,
    view: Arc<dyn Fn() -> AnyView + Send + Sync>,
}

impl Entry {
    /// An entry. As long as `key` is the same, the entry stays as it was drawn.
    pub fn new(
        key: &impl std::fmt::Debug,
        view: impl Fn() -> AnyView + Send + Sync + 'static,
    ) -> Self {
        Self {
            key: format!("{key:?}"),
            view: Arc::new(view),
        }
    }
}

/// A list that changes entry by entry.
pub fn entries_of(entries: impl Fn() -> Vec<Entry> + Send + Sync + 'static) -> AnyView {
    let entries: Arc<dyn Fn() -> Vec<Entry> + Send + Sync> = Arc::new(entries);
    view! {
        <For
            each=move || entries()
            key=|entry| entry.key.clone()
            children=|entry| (entry.view)()
        />
    }
    .into_any()
}
