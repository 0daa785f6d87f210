//! From an HTTP request to a socket.

use super::{Connection, Transport, websocket::WebSocket};
use crate::{
    protocol::{CloseCode, RefusalCode, SUBPROTOCOL},
    server::{
        App, accept::ClientStream, address::Visit, door::Caller, error::refused, runtime,
        security::Source,
    },
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64ct::{Base64, Encoding};
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};
use std::{sync::Arc, time::Duration};
use tokio::net::TcpStream;

/// How long a socket that is closed may take to hear of it.
pub(super) const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// `GET /ws`
pub async fn upgrade(State(app): State<Arc<App>>, visit: Visit, request: Request) -> Response {
    let headers = request.headers();
    let Some(key) = handshake_key(headers) else {
        let upgrade = [(header::UPGRADE, "websocket")];
        return (StatusCode::UPGRADE_REQUIRED, upgrade).into_response();
    };
    let accept = accept_key(key.as_bytes());
    if !Source::of(headers, &visit).may_connect() {
        return refused(&RefusalCode::ForeignOrigin.into());
    }
    if let Err(refusal) = app.count_request(visit.limit_key()) {
        return refused(&refusal);
    }
    let caller = match app.caller(headers, &visit).await {
        Ok(caller) => caller,
        Err(refusal) => return refused(&refusal),
    };
    let (version, understood) = choose_version(headers);
    let upgrading = hyper::upgrade::on(request);
    tokio::spawn(async move {
        match upgrading.await {
            Ok(upgraded) => {
                let parts = upgraded
                    .downcast::<TokioIo<ClientStream<TcpStream>>>()
                    .expect("connections are only made by `accept`");
                let (stream, _place) = parts.io.into_inner().into_parts();
                let unread = app.unread.at(caller.address());
                let socket = WebSocket::new(stream, &parts.read_buf, unread);
                // However little is in it, it holds the whole buffer of the handshake.
                drop(parts.read_buf);
                talk(app, caller, understood, socket).await;
            }
            Err(error) => tracing::debug!(%error, "an upgrade came to nothing"),
        }
    });
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    let accept = HeaderValue::try_from(accept).expect("base64 makes a header");
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(version) = version {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, version);
    }
    response
}

/// Takes an open socket in, if there is a place for it, and talks until one side has enough.
pub async fn talk<T: Transport>(app: Arc<App>, caller: Caller, understood: bool, mut socket: T) {
    let place = app.sockets.take(Some(caller.address()));
    if !understood {
        // The hub never hears of it.
        return turn_away(&mut socket, CloseCode::UnknownVersion).await;
    }
    let line = place
        .as_ref()
        .and_then(|_| app.hub.connect(caller.me().map(|me| me.id)));
    match line {
        // Too late for the goodbye that everybody else has heard.
        Some(line) if app.is_stopping() => {
            app.hub.disconnect(&line);
            turn_away(&mut socket, CloseCode::GoingAway).await;
        }
        Some(line) => Connection::new(app, caller, line, socket).run().await,
        None => turn_away(&mut socket, CloseCode::TooManyConnections).await,
    }
    drop(place);
}

async fn turn_away(socket: &mut impl Transport, code: CloseCode) {
    super::count_close(code.reason());
    let close = socket.close(code.number(), code.reason());
    let _ = Box::pin(runtime::timeout(CLOSE_WITHIN, close)).await;
}

/// Proves that we know what a WebSocket is (RFC 6455, 4.2.2).
#[must_use]
pub fn accept_key(key: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    Base64::encode_string(&hash.finalize())
}

/// The client's key, if these are the headers of a WebSocket handshake (RFC 6455, 4.2.1).
fn handshake_key(headers: &HeaderMap) -> Option<&HeaderValue> {
    let says = |name, word: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .any(|one| one.trim().eq_ignore_ascii_case(word))
    };
    let whole = says(header::CONNECTION, "upgrade")
        && says(header::UPGRADE, "websocket")
        && says(header::SEC_WEBSOCKET_VERSION, "13");
    headers
        .get(header::SEC_WEBSOCKET_KEY)
        .filter(|key| whole && key.len() == 24)
}

/// The version to answer with, and whether it is ours. To a stranger we answer in their
/// words: browsers drop an answer without any, and would never read the close code.
fn choose_version(headers: &HeaderMap) -> (Option<HeaderValue>, bool) {
    let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let offered: Vec<_> = offered
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    if offered.contains(&SUBPROTOCOL) {
        return (Some(HeaderValue::from_static(SUBPROTOCOL)), true);
    }
    let theirs = offered.first();
    (
        theirs.and_then(|one| HeaderValue::from_str(one).ok()),
        false,
    )
}
