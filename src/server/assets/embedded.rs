//! The site inside the executable.

use super::Site;
use axum::body::Bytes;
use rust_embed::RustEmbed;
use std::{borrow::Cow, fmt::Write as _, sync::Arc};

#[derive(RustEmbed)]
#[folder = "target/site"]
#[allow_missing = true]
struct Embedded;

/// The site; it never changes.
#[derive(Debug)]
pub struct Library(Arc<Site>);

impl Library {
    /// Reads what is in the executable.
    #[must_use]
    pub fn open() -> Self {
        let files = Embedded::iter().filter_map(|name| {
            let file = Embedded::get(&name)?;
            let bytes = match file.data {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            // Taken when the executable was built: starting costs no hashing.
            let hash = file.metadata.sha256_hash();
            let hash = hash.iter().take(6).fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            });
            Some((name.into_owned(), hash, bytes))
        });
        Self(Arc::new(Site::new(files)))
    }

    /// The site.
    #[must_use]
    pub fn site(&self) -> Arc<Site> {
        self.0.clone()
    }
}
