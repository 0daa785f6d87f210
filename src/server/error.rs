//! What a failure becomes for whoever asked: a refusal and a status. Causes are logged
//! where they happen, once, and never shown.

use super::store::StoreError;
use crate::protocol::{Refusal, RefusalCode};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// How long somebody should wait when the store has too much to do.
const BUSY_FOR: Duration = Duration::from_secs(1);

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error.code() {
            code @ RefusalCode::Busy => Self::retry_after(code, BUSY_FOR),
            code => code.into(),
        }
    }
}

/// The status of an HTTP answer that carries a refusal.
#[must_use]
pub fn status(code: RefusalCode) -> StatusCode {
    match code {
        RefusalCode::NoSuchRoom | RefusalCode::NoSuchMessage => StatusCode::NOT_FOUND,
        RefusalCode::NameNeeded | RefusalCode::NotYours | RefusalCode::ForeignOrigin => {
            StatusCode::FORBIDDEN
        }
        RefusalCode::MessageDeleted => StatusCode::GONE,
        RefusalCode::TooFast => StatusCode::TOO_MANY_REQUESTS,
        RefusalCode::Busy => StatusCode::SERVICE_UNAVAILABLE,
        RefusalCode::UnknownForm | RefusalCode::UnknownFrame => StatusCode::BAD_REQUEST,
        RefusalCode::Internal | RefusalCode::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// An answer in plain words, for where there is no page.
#[must_use]
pub fn refused(refusal: &Refusal) -> Response {
    count_refusal(refusal.code);
    let retry = retry_after(refusal).map(|retry| (header::RETRY_AFTER, retry));
    let mut response = (status(refusal.code), refusal.message.clone()).into_response();
    response.headers_mut().extend(retry);
    response
}

/// `Retry-After` in whole seconds, where the refusal says when.
#[must_use]
pub fn retry_after(refusal: &Refusal) -> Option<HeaderValue> {
    let seconds = refusal.retry_after_ms?.div_ceil(1_000).max(1);
    Some(HeaderValue::from(seconds))
}

/// Counts a refusal for the host.
pub fn count_refusal(code: RefusalCode) {
    let code = serde_json::to_value(code).ok();
    let code = code.as_ref().and_then(serde_json::Value::as_str);
    let code = code.unwrap_or("unknown").to_owned();
    metrics::counter!("hubbub_refusals_total", "code" => code).increment(1);
}
