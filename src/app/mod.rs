//! What people see, the same code on both sides.

use crate::protocol::Boot;
use leptos::prelude::*;

/// Where the browser finds its files: hashed, so that they can be cached for ever.
#[derive(Clone, Debug)]
pub struct Assets {
    /// The style sheet.
    pub css: String,
    /// The script that loads the WASM.
    pub js: String,
    /// The WASM.
    pub wasm: String,
}

/// The whole document, rendered on the server.
pub fn shell(boot: Boot, assets: Assets, nonce: String) -> impl IntoView {
    let _ = (boot, assets, nonce);
    view! { <!DOCTYPE html><html lang="en"><body>"Hubbub"</body></html> }
}
