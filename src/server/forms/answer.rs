//! What a posted form gets back.

use super::Done;
use crate::{
    protocol::{FormReply, Refusal, RefusalCode},
    server::{door::Caller, error},
};
use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

/// What a form other than a message gets when it is larger than any of them can be.
const TOO_LARGE: &str = "That was too large to be taken. Shorten it and try again.";

/// Why a form could not even be read.
pub(super) enum Unread {
    /// It did not arrive within [`crate::protocol::limits::HEADER_WITHIN`].
    TooSlow,
    /// It is larger than [`crate::protocol::limits::FORM_BYTES`].
    TooLarge,
    /// Its fields are no form of this place.
    Unknown,
}

impl Unread {
    pub(super) fn answer(self, json: bool) -> Response {
        let mut refusal = Refusal::from(RefusalCode::UnknownForm);
        let status = match self {
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => {
                TOO_LARGE.clone_into(&mut refusal.message);
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Self::Unknown => StatusCode::BAD_REQUEST,
        };
        (status, refused(refusal, json)).into_response()
    }
}

/// Whether a script asks, and not a browser on its own.
pub(super) fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT);
    let accept = accept.and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.starts_with("application/json"))
}

/// It is done: the next page (303: asked for by GET, so that a reload posts nothing again).
pub(super) fn done(done: Done, caller: &Caller, json: bool) -> Response {
    let mut response = if json {
        Json(FormReply::Done {
            next: done.next,
            me: caller.me().cloned(),
        })
        .into_response()
    } else {
        Redirect::to(&done.next).into_response()
    };
    if let Some(cookie) = done.cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// It is refused, and there is no page to show it on.
pub(super) fn refused(refusal: Refusal, json: bool) -> Response {
    let mut response = error::refused(&refusal);
    if json {
        let json = Json(FormReply::Refused { refusal }).into_response();
        let retry = response.headers_mut().remove(header::RETRY_AFTER);
        response = (response.status(), json).into_response();
        let retry = retry.map(|retry| (header::RETRY_AFTER, retry));
        response.headers_mut().extend(retry);
    }
    response
}
