//! The document around the app, rendered on the server only.

use super::{
    App, Chat,
    pages::{MessagePage, Sheet},
};
use crate::{
    protocol::{Boot, BootPage},
    words,
};
use leptos::{html, prelude::*};

/// Where the browser finds its files: hashed, so that they can be cached for ever.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The script that loads the WASM.
    pub js: String,
    /// The WASM.
    pub wasm: String,
    /// The scripts that keep things in the browser; the first leads to the others.
    pub kept: Vec<String>,
}

/// The whole document. `nonce` is that of the Content-Security-Policy.
pub fn shell(boot: Boot, assets: Assets, nonce: String) -> impl IntoView {
    let state = serde_json::to_string(&boot).expect("Boot has string keys only and no maps");
    let title = title(&boot);
    let place = boot.place.clone();
    let Assets {
        css,
        js,
        wasm,
        kept,
    } = assets;
    let first = kept.first().cloned().unwrap_or_default();
    let start = format!(
        "import '{first}'; import start, {{ hydrate }} from '{js}'; \
         start({{ module_or_path: '{wasm}' }}).then(hydrate)"
    );
    // The list hangs from its end: drawn before it is all there, it would show old messages first
    // and move. Browsers that do not know this draw it twice.
    let whole = matches!(boot.page, BootPage::Room { .. }).then(|| {
        html::link()
            .rel("expect")
            .attr("blocking", "render")
            .href("#end")
    });
    let chat = Chat::new(boot);
    let kept: Vec<_> = kept
        .into_iter()
        .map(|script| view! { <link rel="modulepreload" href=script /> })
        .collect();
    let life = view! {
        {whole}
        <link rel="modulepreload" href=js />
        {kept}
        {html::link().rel("preload").attr("as", "fetch").crossorigin("").href(wasm)}
        <meta name="hubbub" content=state />
        <script type="module" nonce=nonce>
            {start}
        </script>
    };
    document(title, place, css, life, view! { <App chat /> })
}

/// The document of one message, which never comes alive.
pub fn still(boot: Boot, sheet: Sheet, assets: Assets) -> impl IntoView {
    let place = boot.place.clone();
    let title = words::room_title(0, sheet.room.name.as_str(), &place);
    let chat = Chat::new(boot);
    let body = view! { <MessagePage chat sheet /> };
    document(title, place, assets.css, (), body)
}

fn document(
    title: String,
    place: String,
    css: String,
    life: impl IntoView,
    body: impl IntoView,
) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" dir="ltr">
            <head>
                <meta charset="utf-8" />
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f5efe6" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0e0e14" />
                <title>{title.clone()}</title>
                <meta name="description" content=words::DESCRIPTION />
                {open_graph("og:title", title)}
                {open_graph("og:site_name", place)}
                {open_graph("og:description", words::DESCRIPTION.to_owned())}
                {open_graph("og:image", "/social.png".to_owned())}
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <link rel="stylesheet" href=css />
                {life}
            </head>
            <body>{body}</body>
        </html>
    }
}

/// What a link preview shows. (`property` is no attribute of HTML itself.)
fn open_graph(property: &'static str, content: String) -> impl IntoView {
    html::meta().attr("property", property).content(content)
}

fn title(boot: &Boot) -> String {
    let page = match &boot.page {
        BootPage::Room { snapshot, .. } => {
            return words::room_title(0, snapshot.room.name.as_str(), &boot.place);
        }
        BootPage::Rooms => words::ROOMS,
        BootPage::Me => words::YOU,
        BootPage::NotFound => words::NOT_FOUND,
        BootPage::Failed => words::FAILED,
    };
    words::page_title(page, &boot.place)
}
