//! Sockets.
use axum::{http::StatusCode, response::IntoResponse};
/// soon
pub async fn upgrade() -> impl IntoResponse {
    StatusCode::NOT_IMPLEMENTED
}
