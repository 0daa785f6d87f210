//! Where the browser starts. Everything else is in `hubbub`.

#![cfg(target_arch = "wasm32")]

/// Brings the server's page to life in place.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    hubbub::client::start();
}
