//! The hub that everybody writes first: axum, a task for each socket, a channel for all. The
//! upgrade is what axum's own does, which the server has no use for.

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Response, StatusCode, header},
    routing::any,
    serve::ListenerExt,
};
use futures_util::{SinkExt, StreamExt};
use hubbub::{protocol::limits::LISTEN_BACKLOG, server::accept};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use tokio::sync::broadcast::{self, Sender};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, handshake::derive_accept_key, protocol::Role},
};

/// As large as examples have it.
const CHANNEL: usize = 1_024;

/// Serves for ever.
pub async fn serve(addr: SocketAddr) {
    let (said, _) = broadcast::channel::<Message>(CHANNEL);
    let router = Router::new().route("/ws", any(upgrade)).with_state(said);
    let listener = accept::listen(addr, LISTEN_BACKLOG).unwrap();
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
    axum::serve(listener, router).await.unwrap();
}

async fn upgrade(
    State(said): State<Sender<Message>>,
    headers: HeaderMap,
    mut request: Request,
) -> Response<Body> {
    let key = headers[header::SEC_WEBSOCKET_KEY].as_bytes();
    let upgrading = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let stream = TokioIo::new(upgrading.await.unwrap());
        let socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
        talk(socket, said).await;
    });
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "upgrade")
        .header(header::UPGRADE, "websocket")
        .header(header::SEC_WEBSOCKET_ACCEPT, derive_accept_key(key))
        .body(Body::empty())
        .unwrap()
}

async fn talk(
    mut socket: WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>,
    said: Sender<Message>,
) {
    let mut heard = said.subscribe();
    loop {
        tokio::select! {
            message = heard.recv() => {
                let Ok(message) = message else { return };
                if socket.send(message).await.is_err() {
                    return;
                }
            }
            message = socket.next() => match message {
                Some(Ok(message @ Message::Text(_))) => drop(said.send(message)),
                Some(Ok(_)) => {}
                _ => return,
            }
        }
    }
}
