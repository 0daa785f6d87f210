//! Takes connections in. Not `axum::serve`: that one installs no timer, so that a client
//! which sends its request head a byte a minute could hold a socket for ever.

mod stream;

pub(super) use stream::ClientStream;

use super::{
    App,
    address::{Peer, is_trusted, limit_key},
    limits::UNSENT_BYTES,
    places::Places,
};
use axum::{Router, body::Body, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::HttpService};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tower::ServiceExt;

/// Beside the sockets, as many connections as this may ask for pages at once; a tenth of
/// them from one address.
const SPARE: usize = 1_000;
/// How long to wait when the system has no files left for connections.
const OUT_OF_FILES: Duration = Duration::from_millis(200);

/// Listens with a backlog that takes a crowd which comes back at once.
///
/// # Errors
/// When the address is in use or not ours.
pub fn listen(addr: SocketAddr, backlog: u32) -> io::Result<TcpListener> {
    let socket = if addr.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A restart must not wait for the last run's connections to be forgotten. (On Windows
    // the same call would let another program take the port.)
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(backlog)
}

/// Everything that a connection needs.
pub struct Acceptor {
    app: Arc<App>,
    router: Router,
    /// Connections, whether they ask for pages or became sockets.
    places: Arc<Places<IpAddr>>,
    stopping: watch::Sender<bool>,
}

impl Acceptor {
    /// Serves `router` to whoever connects.
    #[must_use]
    pub fn new(app: Arc<App>, router: Router) -> Self {
        let limits = &app.config.limits;
        let places = Places::new(
            limits.connections + SPARE,
            limits.connections_per_address + SPARE / 10,
        );
        Self {
            app,
            router,
            places,
            stopping: watch::Sender::new(false),
        }
    }

    /// Accepts until the future is dropped.
    pub async fn accept(&self, listener: &TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => self.take(stream, peer),
                // The other side was gone before we looked.
                Err(error) if is_theirs(&error) => {}
                Err(error) => {
                    tracing::error!(%error, "cannot accept connections");
                    sleep(OUT_OF_FILES).await;
                }
            }
        }
    }

    /// Lets running requests end and sockets close, but not longer than this.
    pub async fn finish(self, within: Duration) {
        self.stopping.send_replace(true);
        if timeout(within, self.places.empty()).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }

    fn take(&self, stream: TcpStream, peer: SocketAddr) {
        // Everybody behind a proxy has its address; it counts them itself.
        let is_proxy = is_trusted(&self.app.config.trusted_proxies, peer.ip());
        let key = (!is_proxy).then(|| limit_key(peer.ip()));
        let Some(place) = self.places.take(key) else {
            metrics::counter!("hubbub_turned_away_total").increment(1);
            return;
        };
        // A message is small and somebody waits for it.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection was gone at once");
            return;
        }
        if let Err(error) = keep_little(&stream) {
            tracing::debug!(%error, "the system keeps as much for a connection as it likes");
        }
        let limits = &self.app.config.limits;
        let stream = ClientStream::new(stream, limits.write_within, place);
        let router = self.router.clone();
        let service = router.map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request.map(Body::new)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_within)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
            .with_upgrades();
        tokio::spawn(serve(connection, self.stopping.subscribe()));
    }
}

/// Has the system keep little that it cannot send: it would take megabytes for each client who
/// does not read.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn keep_little(stream: &TcpStream) -> io::Result<()> {
    socket2::SockRef::from(stream).set_tcp_notsent_lowat(UNSENT_BYTES)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn keep_little(_: &TcpStream) -> io::Result<()> {
    Ok(())
}

/// Serves one connection until it ends or becomes a socket, which takes the stream with it.
/// When the server stops, the request that runs is the last one.
async fn serve<S>(
    connection: http1::UpgradeableConnection<TokioIo<ClientStream<TcpStream>>, S>,
    mut stopping: watch::Receiver<bool>,
) where
    S: HttpService<Incoming, ResBody = Body> + Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    S::Future: Send + 'static,
{
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = async { drop(stopping.wait_for(|stopping| *stopping).await) } => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    // Browsers cut connections all the time: no reason to write it down.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

fn is_theirs(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}
