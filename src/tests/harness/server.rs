//! A server on a port of its own.

use super::{Ask, Person, Socket, soon, unlimited};
use clap::Parser;
use hubbub::{
    protocol::{Body, Cid, Millis, Name, RoomId},
    server::{
        self, App, accept,
        config::Config,
        store::{SessionToken, Store},
    },
};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

/// The room that everybody starts in, in a database of its own.
pub const GENERAL: RoomId = RoomId(1);

/// A running server.
pub struct Server {
    pub addr: SocketAddr,
    /// Its inside, for conditions that nobody outside can see.
    pub app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
    folder: TempDir,
}

impl Server {
    /// With the limits of production, except that presence is told quickly and forms and
    /// sockets from this one address are not counted.
    pub async fn start() -> Self {
        Self::with(|_| ()).await
    }

    /// With other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::in_folder(TempDir::new().unwrap(), change).await
    }

    /// With so many messages in the default room already.
    pub async fn with_messages(count: usize) -> Self {
        Self::with_messages_and(count, |_| ()).await
    }

    /// The same with other settings.
    pub async fn with_messages_and(count: usize, change: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().unwrap();
        write_messages(&folder, count).await;
        Self::in_folder(folder, change).await
    }

    async fn in_folder(folder: TempDir, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::parse_from(["hubbub"]);
        config.addr = ([127, 0, 0, 1], 0).into();
        config.data = folder.path().to_owned();
        config.limits.presence_window = Duration::from_millis(20);
        config.limits.presence_window_crowd = Duration::from_millis(20);
        config.limits.presence_grace = Duration::from_millis(200);
        config.limits.requests = unlimited();
        config.limits.joins = unlimited();
        change(&mut config);
        Self::run(folder, config).await
    }

    /// What the executable does.
    async fn run(folder: TempDir, config: Config) -> Self {
        let listener = accept::listen(config.addr, 128).unwrap();
        let addr = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let app = App::open(config).await.unwrap();
        let serving = app.clone();
        let running = tokio::spawn(async move {
            let shutdown = async { drop(stopped.await) };
            server::serve(listener, serving, shutdown).await;
        });
        Self {
            addr,
            app,
            stop: Some(stop),
            running,
            folder,
        }
    }

    /// Tells the server to stop, and returns how long that took.
    pub async fn stop(mut self) -> Duration {
        self.end().await
    }

    /// Stops and starts again with the same folder, on another port.
    pub async fn restart(self) -> Self {
        self.restart_with(|_| ()).await
    }

    /// The same with other settings.
    pub async fn restart_with(mut self, change: impl FnOnce(&mut Config)) -> Self {
        self.end().await;
        let mut config = self.app.config.clone();
        change(&mut config);
        drop(self.app);
        Self::run(self.folder, config).await
    }

    /// Tells the server to stop and does not wait for it.
    pub fn begin_to_stop(&mut self) {
        drop(self.stop.take());
    }

    async fn end(&mut self) -> Duration {
        let asked = Instant::now();
        drop(self.stop.take());
        soon("the end of the server", &mut self.running)
            .await
            .unwrap();
        asked.elapsed()
    }

    /// Waits until there are so many sockets.
    pub async fn has_connections(&self, count: usize) {
        let reached = async {
            while self.app.hub.connections() != count {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        soon("so many sockets", reached).await;
    }

    /// The folder with the database.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A GET request.
    pub fn get(&self, path: &str) -> Ask {
        Ask::new(self.addr, "GET", path)
    }

    /// A form as a browser without script posts it.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Ask {
        Ask::new(self.addr, "POST", path)
            .header("origin", &format!("http://{}", self.addr))
            .form(fields)
    }

    /// Somebody chooses a name in the default room.
    pub async fn join(&self, name: &str) -> Person {
        Person::join(self, name).await
    }

    /// A visitor's socket before its first word.
    pub async fn connect(&self) -> Socket {
        Socket::open(self.addr, &[]).await.unwrap()
    }

    /// A visitor's socket that follows the default room from its end.
    pub async fn visit(&self) -> Socket {
        let mut socket = self.connect().await;
        socket.hello_at_end().await;
        socket
    }
}

/// Writes into a database that no server has open. All at once: one commit takes many.
async fn write_messages(folder: &TempDir, count: usize) {
    let clock = Arc::new(|| Millis(1_700_000_000_000));
    let store = Store::open(folder.path(), clock, Box::new(|_| ())).unwrap();
    let (author, _): (_, SessionToken) = store
        .create_session(Name::parse("Scribe").unwrap(), None)
        .await
        .unwrap();
    // The first message makes its author a member, with an event of its own.
    for chunk in (0..count).collect::<Vec<_>>().chunks(200) {
        let sends = chunk.iter().map(|number| {
            let body = Body::parse(&format!("message {number}")).unwrap();
            let mut bits = [0; 16];
            bits[..8].copy_from_slice(&(*number as u64).to_be_bytes());
            let store = store.clone();
            async move {
                let text = body.as_str().to_owned();
                let cid = Cid(bits);
                store
                    .send(author.id, GENERAL, cid, &body, text, false)
                    .await
                    .unwrap();
            }
        });
        futures_util::future::join_all(sends).await;
    }
    store.close().await;
}
