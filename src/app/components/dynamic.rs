//! What changes on the page, as few types as possible. Every closure in a view is a type of
//! its own, and Leptos compiles all it can do with it once more; behind these functions
//! they share one, which halves the WASM. (A closure inside a generic function is a type for
//! each of its types too: hence the functions within functions.)

use leptos::{prelude::*, tachys::reactive_graph::SharedReactiveFunction};
use std::sync::{Arc, Mutex};

/// What `view!` makes, as the one type of all views.
pub trait Erase {
    /// Without the wrapper that `view!` puts around it: with it, every kind of element would
    /// be two types to Leptos.
    fn erase(self) -> AnyView;
}

impl<T: RenderHtml + Send> Erase for View<T> {
    fn erase(self) -> AnyView {
        self.into_inner().into_any()
    }
}

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

/// Something to do now and again whenever what it reads has changed; in the browser only.
pub fn effect(run: impl FnMut() + 'static) {
    fn start(run: Box<dyn FnMut()>) {
        Effect::new(run);
    }
    start(Box::new(run));
}

/// What follows from other signals, told on only when it is another.
pub fn memo<T: Send + Sync + PartialEq + 'static>(
    value: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    fn start<T: Send + Sync + PartialEq + 'static>(
        value: Box<dyn Fn() -> T + Send + Sync>,
    ) -> Memo<T> {
        Memo::new(move |_| value())
    }
    start(Box::new(value))
}

/// One entry of a list: what tells it apart, and how it looks.
#[derive(Clone)]
pub struct Entry {
    key: String,
    view: Arc<dyn Fn() -> AnyView + Send + Sync>,
}

impl Entry {
    /// An entry. As long as `key` is the same, the entry stays as it was drawn.
    pub fn new(key: String, view: impl Fn() -> AnyView + Send + Sync + 'static) -> Self {
        let view = Arc::new(view);
        Self { key, view }
    }
}

/// A list that changes entry by entry.
pub fn entries_of(entries: impl Fn() -> Vec<Entry> + Send + Sync + 'static) -> AnyView {
    fn list(entries: Box<dyn Fn() -> Vec<Entry> + Send + Sync>) -> AnyView {
        view! { <For each=entries key=|entry| entry.key.clone() children=|entry| (entry.view)() /> }
            .erase()
    }
    list(Box::new(entries))
}
