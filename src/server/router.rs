//! Which address leads where.

use super::{App, address::Visit, assets, connection, forms, pages, security};
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use std::sync::Arc;

/// Everything that is served.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/r/{slug}", get(pages::room).post(forms::room))
        .route("/r/{slug}/", get(pages::room_slash))
        .route("/r/{slug}/{seq}", get(pages::message).post(forms::message))
        .route("/rooms", get(pages::rooms).post(forms::rooms))
        .route("/rooms/", get(pages::slash))
        .route("/me", get(pages::me).post(forms::me))
        .route("/me/", get(pages::slash))
        .route("/ws", get(connection::upgrade))
        .route("/emoji.json", get(assets::emoji_table))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(pages::other)
        .layer(from_fn_with_state(app.clone(), pages::guard))
        .layer(from_fn(count))
        .layer(from_fn_with_state(app.clone(), security::headers))
        .with_state(app)
}

/// `GET /readyz`: whether people can be served, down to the disk.
async fn ready(State(app): State<Arc<App>>) -> Response {
    match app.store.check().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
        }
    }
}

/// `GET /metrics`, for this very machine only: how busy a place is is nobody else's business.
async fn metrics(State(app): State<Arc<App>>, visit: Visit) -> Response {
    if !visit.local {
        return StatusCode::NOT_FOUND.into_response();
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, app.counters.render(app.hub.connections())).into_response()
}

async fn count(request: axum::extract::Request, next: axum::middleware::Next) -> Response {
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("hubbub_responses_total", "status" => status).increment(1);
    response
}
