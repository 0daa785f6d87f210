//! What people wrote, from the tree that Markdown makes. No HTML text anywhere.

use super::dynamic::{Erase, flag, show};
use crate::{
    app::{Chat, Intent},
    markdown::{self, Block, Inline},
    words,
};
use leptos::prelude::*;

/// A message's text.
#[component]
pub fn Prose(
    /// As it was written.
    text: String,
) -> impl IntoView {
    let blocks = markdown::parse(&text);
    let emoji = markdown::only_emoji(&blocks).then_some("");
    view! {
        <div class="message-body prose" dir="auto" data-emoji=emoji>
            {blocks.into_iter().map(block).collect_view()}
        </div>
    }
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Paragraph(content) => view! { <p dir="auto">{inlines(content)}</p> }.erase(),
        Block::Code { language, text } => view! { <Code language text /> }.erase(),
        Block::Quote(content) => {
            view! { <blockquote>{content.into_iter().map(self::block).collect_view()}</blockquote> }
                .erase()
        }
        Block::List { start: None, items } => view! { <ul>{list(items)}</ul> }.erase(),
        Block::List {
            start: Some(start),
            items,
        } => view! { <ol start=start.to_string()>{list(items)}</ol> }.erase(),
    }
}

fn list(items: Vec<Vec<Block>>) -> Vec<AnyView> {
    let item =
        |item: Vec<Block>| view! { <li>{item.into_iter().map(block).collect_view()}</li> }.erase();
    items.into_iter().map(item).collect()
}

fn inlines(content: Vec<Inline>) -> Vec<AnyView> {
    content.into_iter().map(inline).collect()
}

fn inline(inline: Inline) -> AnyView {
    match inline {
        Inline::Text(text) => text.into_any(),
        Inline::Code(text) => view! { <code>{text}</code> }.erase(),
        Inline::Emphasis(content) => view! { <em>{inlines(content)}</em> }.erase(),
        Inline::Strong(content) => view! { <strong>{inlines(content)}</strong> }.erase(),
        Inline::Strike(content) => view! { <del>{inlines(content)}</del> }.erase(),
        Inline::Link { href, content } => view! {
            <a href=href rel="noopener nofollow" target="_blank">
                {inlines(content)}
            </a>
        }
        .erase(),
        Inline::Break => view! { <br /> }.erase(),
    }
}

/// A block of code that can be copied.
#[component]
fn Code(language: Option<String>, text: String) -> impl IntoView {
    let label = language.unwrap_or_else(|| words::CODE.to_owned());
    let copied = text.clone();
    view! {
        <figure class="code" dir="ltr">
            <figcaption class="code-head">
                <span class="code-lang">{label}</span>
                <CopyButton class="code-copy" text=copied>
                    {words::COPY}
                </CopyButton>
            </figcaption>
            <pre tabindex="0">
                <code>{text}</code>
            </pre>
        </figure>
    }
}

/// A button that copies a text and says so for a moment.
#[component]
pub fn CopyButton(class: &'static str, text: String, children: Children) -> impl IntoView {
    let chat = Chat::here();
    let copied = RwSignal::new(false);
    let copy = move |_| chat.ask(Intent::Copy(text.clone(), copied));
    view! {
        <button class=class type="button" data-action="copy" on:click=copy>
            {show(move || {
                let done = || view! { <span role="status">{words::COPIED}</span> };
                copied.get().then(|| done().erase())
            })}
            <span hidden=flag(move || copied.get())>{children()}</span>
        </button>
    }
}
