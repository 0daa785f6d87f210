//! The files of the site: inside the executable in release builds, read from the folder
//! where cargo-leptos puts them in debug builds.

use super::App;
use crate::{app, server::emoji};
use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

#[cfg(debug_assertions)]
mod disk;
#[cfg(not(debug_assertions))]
mod embedded;
#[cfg(debug_assertions)]
use disk as site;
#[cfg(not(debug_assertions))]
use embedded as site;

pub use site::Library;

/// Its address changes with its content.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// Its address stays: browsers ask again after five minutes, and learn that nothing changed.
const SHORT: &str = "public, max-age=300";

/// Decides what browsers keep: asked for anew each time.
const WORKER: &str = "service-worker.js";
/// Scripts beside the WASM, and like it found by their content: by that of all, because they
/// name each other. The first leads to the others, and is all of them in a release.
const KEPT: [&str; 4] = [
    "kept/index.js",
    "kept/outbox.js",
    "kept/reading.js",
    "kept/storage.js",
];
/// The worker may ask us, and nobody else.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";
/// Pages that are complete in themselves.
const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/// One version of the site.
#[derive(Debug, Default)]
pub struct Site {
    files: HashMap<String, File>,
    urls: Option<app::Assets>,
}

/// One file.
#[derive(Debug)]
pub(super) struct File {
    /// Tells versions of the content apart.
    pub hash: String,
    /// As it is.
    pub plain: Bytes,
    /// Compressed beforehand.
    pub brotli: Option<Bytes>,
    /// Compressed beforehand.
    pub gzip: Option<Bytes>,
}

impl Site {
    /// Orders files by the address that each is asked for: those under `pkg/` carry their
    /// hash, the others their own name.
    pub(super) fn new(read: impl IntoIterator<Item = (String, String, Bytes)>) -> Self {
        let mut raw: HashMap<String, (String, Bytes)> = read
            .into_iter()
            .map(|(name, hash, bytes)| (name, (hash, bytes)))
            .collect();
        let names: Vec<_> = raw
            .keys()
            .filter(|name| !is_compressed(name))
            .cloned()
            .collect();
        let mut site = Self::default();
        let mut urls = app::Assets {
            css: "/pkg/hubbub.missing.css".to_owned(),
            js: "/pkg/hubbub.missing.js".to_owned(),
            wasm: "/pkg/hubbub.missing.wasm".to_owned(),
            kept: Vec::new(),
        };
        let mut all = DefaultHasher::new();
        for name in KEPT {
            raw.get(name).map(|(hash, _)| hash).hash(&mut all);
        }
        let kept = format!("{:016x}", all.finish());
        let is_there = |name: &&str| raw.contains_key(*name);
        let there = KEPT.into_iter().filter(is_there);
        urls.kept = there.map(|name| format!("/pkg/{kept}/{name}")).collect();
        for name in names {
            let mut take = |name: &str| raw.remove(name).map(|(_, bytes)| bytes);
            let (brotli, gzip) = (take(&format!("{name}.br")), take(&format!("{name}.gz")));
            let Some((hash, plain)) = raw.remove(&name) else {
                continue;
            };
            let path = match name
                .strip_prefix("pkg/")
                .and_then(|file| file.rsplit_once('.'))
            {
                Some((stem, extension)) => {
                    let path = format!("pkg/{stem}.{hash}.{extension}");
                    match extension {
                        "css" => urls.css = format!("/{path}"),
                        "js" => urls.js = format!("/{path}"),
                        "wasm" => urls.wasm = format!("/{path}"),
                        _ => {}
                    }
                    path
                }
                None if KEPT.contains(&name.as_str()) => format!("pkg/{kept}/{name}"),
                None => name,
            };
            let file = File {
                hash,
                plain,
                brotli,
                gzip,
            };
            site.files.insert(path, file);
        }
        site.urls = Some(urls);
        site
    }

    /// Where pages find style, script and WASM.
    #[must_use]
    pub fn urls(&self) -> app::Assets {
        self.urls.clone().unwrap_or(app::Assets {
            css: String::new(),
            js: String::new(),
            wasm: String::new(),
            kept: Vec::new(),
        })
    }

    /// Answers a request for a file; nothing if there is no such file.
    #[must_use]
    pub fn answer(&self, path: &str, asked: &HeaderMap) -> Option<Response> {
        let path = path.trim_start_matches('/');
        let file = self.files.get(path)?;
        let etag = format!("\"{}\"", file.hash);
        let cache = match path {
            _ if path.starts_with("pkg/") => FOREVER,
            WORKER => "no-cache",
            _ => SHORT,
        };
        let known = asked.get(header::IF_NONE_MATCH);
        let lasting = [
            (header::ETAG, etag.clone()),
            (header::CACHE_CONTROL, cache.to_owned()),
            (header::VARY, "accept-encoding".to_owned()),
        ];
        if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
            return Some((StatusCode::NOT_MODIFIED, lasting).into_response());
        }
        let (encoding, bytes) = file.choose(asked);
        let kind = [(header::CONTENT_TYPE, content_type(path))];
        let mut response = (lasting, kind, bytes).into_response();
        let mut add = |name, value| {
            let value = header::HeaderValue::from_static(value);
            response.headers_mut().insert(name, value);
        };
        if let Some(encoding) = encoding {
            add(header::CONTENT_ENCODING, encoding);
        }
        if path == WORKER {
            add(header::CONTENT_SECURITY_POLICY, WORKER_POLICY);
        } else if path.ends_with(".html") {
            add(header::CONTENT_SECURITY_POLICY, PAGE_POLICY);
        }
        Some(response)
    }
}

impl File {
    fn choose(&self, asked: &HeaderMap) -> (Option<&'static str>, Bytes) {
        let accepted = asked
            .get(header::ACCEPT_ENCODING)
            .and_then(|line| line.to_str().ok())
            .unwrap_or_default();
        let takes = |encoding: &str| {
            accepted.split(',').any(|one| {
                let (name, quality) = one.split_once(';').unwrap_or((one, ""));
                name.trim() == encoding && !matches!(quality.trim(), "q=0" | "q=0.0")
            })
        };
        match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if takes("br") => (Some("br"), brotli.clone()),
            (_, Some(gzip)) if takes("gzip") => (Some("gzip"), gzip.clone()),
            _ => (None, self.plain.clone()),
        }
    }
}

/// `GET /emoji.json`: the table for completion. Kept for ever when asked for by its hash.
pub async fn emoji_table(State(_): State<Arc<App>>, uri: Uri, asked: HeaderMap) -> Response {
    let table = &*emoji::TABLE;
    let etag = format!("\"{}\"", table.hash);
    let by_hash = uri
        .query()
        .is_some_and(|query| query.ends_with(&table.hash));
    let lasting = [
        (header::ETAG, etag.clone()),
        (
            header::CACHE_CONTROL,
            if by_hash { FOREVER } else { SHORT }.to_owned(),
        ),
    ];
    let known = asked.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, lasting).into_response();
    }
    let kind = [(header::CONTENT_TYPE, content_type(".json"))];
    (lasting, kind, table.json.clone()).into_response()
}

fn is_compressed(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("ico") => "image/x-icon",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let file = |name: &str, bytes: &'static str| {
            (name.to_owned(), "abc123".to_owned(), Bytes::from(bytes))
        };
        Site::new([
            file("pkg/hubbub.js", "plain"),
            file("pkg/hubbub.js.br", "brotli"),
            file("pkg/hubbub.js.gz", "gzip"),
            file("favicon.svg", "<svg/>"),
        ])
    }

    fn asked(encodings: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, encodings.parse().unwrap())])
    }

    #[test]
    fn a_file_under_pkg_is_asked_for_by_its_hash_and_kept_for_ever() {
        let site = site();
        assert_eq!(site.urls().js, "/pkg/hubbub.abc123.js");
        let answer = site
            .answer("/pkg/hubbub.abc123.js", &HeaderMap::new())
            .unwrap();
        assert_eq!(answer.headers()[header::CACHE_CONTROL], FOREVER);
        assert!(site.answer("/pkg/hubbub.js", &HeaderMap::new()).is_none());
        assert!(
            site.answer("/pkg/hubbub.abc123.js.br", &HeaderMap::new())
                .is_none()
        );
    }

    #[test]
    fn scripts_that_name_each_other_stand_in_one_folder_named_by_all_of_them() {
        let site = |outbox: &str| {
            let file =
                |name: &str, hash: &str| (name.to_owned(), hash.to_owned(), Bytes::from("plain"));
            Site::new([file(KEPT[0], "a"), file(KEPT[1], outbox)])
        };
        let urls = site("b").urls().kept;
        let folder = |url: &str| url.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        assert!(urls.iter().all(|url| folder(url) == folder(&urls[0])));
        assert_ne!(urls, site("c").urls().kept);
        let answer = site("b").answer(&urls[1], &HeaderMap::new()).unwrap();
        assert_eq!(answer.headers()[header::CACHE_CONTROL], FOREVER);
    }

    #[test]
    fn the_service_worker_is_asked_for_anew_and_may_ask_us_alone() {
        let file = (WORKER.to_owned(), "abc123".to_owned(), Bytes::from("plain"));
        let answer = Site::new([file]).answer("/service-worker.js", &HeaderMap::new());
        let answer = answer.unwrap();
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
        let policy = &answer.headers()[header::CONTENT_SECURITY_POLICY];
        assert_eq!(policy, WORKER_POLICY);
    }

    #[test]
    fn the_smallest_form_that_a_browser_takes_is_sent() {
        let site = site();
        let encoding = |asked: &HeaderMap| {
            let answer = site.answer("/pkg/hubbub.abc123.js", asked).unwrap();
            let encoding = answer.headers().get(header::CONTENT_ENCODING);
            encoding.map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(
            encoding(&asked("gzip, deflate, br, zstd")).as_deref(),
            Some("br")
        );
        assert_eq!(encoding(&asked("gzip")).as_deref(), Some("gzip"));
        assert_eq!(
            encoding(&asked("br;q=0, gzip;q=0.5")).as_deref(),
            Some("gzip")
        );
        assert_eq!(encoding(&asked("identity")), None);
        assert_eq!(encoding(&HeaderMap::new()), None);
    }

    #[test]
    fn an_unchanged_file_is_not_sent_again() {
        let known = HeaderMap::from_iter([(header::IF_NONE_MATCH, "\"abc123\"".parse().unwrap())]);
        let answer = site().answer("/favicon.svg", &known).unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer.headers()[header::CACHE_CONTROL], SHORT);
    }
}
