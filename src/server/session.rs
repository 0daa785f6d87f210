//! The session cookie.

use super::store::SessionToken;
use crate::protocol::limits::SESSION_IDLE;
use axum::http::{HeaderMap, HeaderValue, header};

const PLAIN: &str = "hubbub";
/// Browsers take a cookie with this prefix only through TLS, for this host and every path:
/// no neighbour under the same domain can plant one.
const SECURE: &str = "__Host-hubbub";

/// The token that a request brings, if its cookie has the shape of one.
#[must_use]
pub fn token(headers: &HeaderMap, https: bool) -> Option<SessionToken> {
    cookie(headers, name(https)).and_then(SessionToken::parse)
}

/// Whether the request brings a session cookie at all, whatever it says.
#[must_use]
pub fn has_cookie(headers: &HeaderMap) -> bool {
    [PLAIN, SECURE]
        .iter()
        .any(|name| cookie(headers, name).is_some())
}

/// `Set-Cookie` that keeps a session: the browser forgets it when the server would.
#[must_use]
pub fn keep(token: &SessionToken, https: bool) -> HeaderValue {
    set(&token.to_string(), SESSION_IDLE.as_secs(), https)
}

/// The same for the session that a request brought: its 90 days begin anew in the browser,
/// as they do in the database.
#[must_use]
pub fn keep_on(headers: &HeaderMap, https: bool) -> Option<HeaderValue> {
    token(headers, https).map(|token| keep(&token, https))
}

/// `Set-Cookie` that forgets the session.
#[must_use]
pub fn forget(https: bool) -> HeaderValue {
    set("", 0, https)
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn name(https: bool) -> &'static str {
    if https { SECURE } else { PLAIN }
}

fn set(value: &str, seconds: u64, https: bool) -> HeaderValue {
    let secure = if https { "; Secure" } else { "" };
    let name = name(https);
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
        .try_into()
        .expect("base64url and digits make a header")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; hubbub=secret; b=2".parse().unwrap());
        headers.append(header::COOKIE, "tz=-120".parse().unwrap());
        assert_eq!(cookie(&headers, "hubbub"), Some("secret"));
        assert_eq!(cookie(&headers, "tz"), Some("-120"));
        assert_eq!(cookie(&headers, "bub"), None);
        assert!(has_cookie(&headers));
    }

    #[test]
    fn the_cookie_is_for_us_alone() {
        let plain = forget(false);
        assert_eq!(plain, "hubbub=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
        let secure = forget(true);
        assert_eq!(
            secure,
            "__Host-hubbub=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0; Secure"
        );
    }
}
