//! What every answer carries, and what every change must come from.

use super::{App, address::Visit, session};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use base64ct::{Base64Unpadded, Encoding};
use std::sync::Arc;

/// For answers that are no pages: they may load nothing, be framed by nobody.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// `same-origin` and not `no-referrer`: with the latter browsers send `Origin: null` with
/// forms, and every form would be refused.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Where a request comes from, by what browsers say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// One of our own pages.
    Ours,
    /// Somebody else's page.
    Foreign,
    /// No browser: a bot, a script, a test. It says nothing.
    Silent,
}

impl Source {
    /// Reads `Origin`, which browsers send with every upgrade and every POST; where it is
    /// missing, `Sec-Fetch-Site`.
    #[must_use]
    pub fn of(headers: &HeaderMap, visit: &Visit) -> Self {
        if let Some(origin) = headers.get(header::ORIGIN) {
            let ours = visit.origin.as_deref();
            return if ours.is_some_and(|ours| origin.as_bytes() == ours.as_bytes()) {
                Self::Ours
            } else {
                Self::Foreign
            };
        }
        match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
            Some(b"same-origin" | b"none") => Self::Ours,
            Some(_) => Self::Foreign,
            None => Self::Silent,
        }
    }

    /// Whether a socket may be opened. Without `Origin` it is no browser, and a page cannot
    /// make a browser leave it away.
    #[must_use]
    pub fn may_connect(self) -> bool {
        self != Self::Foreign
    }

    /// Whether a form may be posted. What says nothing of its source may not use a session:
    /// an old browser that sends a cookie along with a foreign page's form looks like that.
    #[must_use]
    pub fn may_post(self, headers: &HeaderMap) -> bool {
        match self {
            Self::Ours => true,
            Self::Foreign => false,
            Self::Silent => !session::has_cookie(headers),
        }
    }
}

/// 128 random bits.
///
/// # Panics
/// When the system has no random numbers; then nothing here is safe.
#[must_use]
pub fn random() -> [u8; 16] {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).expect("the system has random numbers");
    bits
}

/// A fresh nonce.
#[must_use]
pub fn nonce() -> String {
    Base64Unpadded::encode_string(&random())
}

/// The Content-Security-Policy of a page whose scripts carry this nonce.
#[must_use]
pub fn page_policy(app: &App, nonce: &str) -> HeaderValue {
    let pictures = if app.config.gravatar {
        " https://gravatar.com https://www.gravatar.com"
    } else {
        ""
    };
    // `cargo leptos watch` tells pages to reload by a socket of its own.
    let watch = if cfg!(debug_assertions) && std::env::var_os("LEPTOS_WATCH").is_some() {
        " ws://127.0.0.1:3001 ws://localhost:3001"
    } else {
        ""
    };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; \
         style-src 'self'; img-src 'self' data:{pictures}; font-src 'self'; \
         connect-src 'self'{watch}; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'"
    )
    .try_into()
    .expect("base64 makes a header")
}

/// Adds the headers to every answer. A policy of its own stays.
pub async fn headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(NOTHING));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if app.config.public_url.as_ref().is_some_and(|url| url.https) {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}
