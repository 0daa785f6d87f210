//! The site in its folder, read again whenever a file changed: `cargo leptos watch` builds
//! style and WASM without restarting the server.

use super::Site;
use axum::body::Bytes;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

/// The site as it was when it was asked for last.
#[derive(Debug)]
pub struct Library {
    root: PathBuf,
    last: Mutex<(Vec<Found>, Arc<Site>)>,
}

#[derive(Debug, PartialEq, Eq)]
struct Found {
    path: PathBuf,
    changed: u128,
    bytes: u64,
}

impl Library {
    /// Finds the folder: `LEPTOS_SITE_ROOT`, or where cargo-leptos puts it.
    #[must_use]
    pub fn open() -> Self {
        let root = std::env::var_os("LEPTOS_SITE_ROOT").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/site"),
            PathBuf::from,
        );
        Self {
            root,
            last: Mutex::default(),
        }
    }

    /// The site as it is now.
    #[must_use]
    pub fn site(&self) -> Arc<Site> {
        let mut found = Vec::new();
        find(&self.root, &mut found);
        found.sort_by(|a, b| a.path.cmp(&b.path));
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != found || found.is_empty() {
            let read = found.iter().filter_map(|file| self.read(file));
            last.1 = Arc::new(Site::new(read));
            last.0 = found;
        }
        last.1.clone()
    }

    fn read(&self, found: &Found) -> Option<(String, String, Bytes)> {
        let bytes = fs::read(&found.path).ok()?;
        let name = found.path.strip_prefix(&self.root).ok()?;
        // Hashing the WASM of a debug build would take a second.
        let version = format!("{:x}-{:x}", found.changed, found.bytes);
        Some((name.to_str()?.replace('\\', "/"), version, bytes.into()))
    }
}

fn find(folder: &Path, found: &mut Vec<Found>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(about) = entry.metadata() else {
            continue;
        };
        if about.is_dir() {
            find(&entry.path(), found);
        } else {
            let changed = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            found.push(Found {
                path: entry.path(),
                changed: changed
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_nanos()),
                bytes: about.len(),
            });
        }
    }
}
