//! The browser.
pub(crate) fn start() {}
