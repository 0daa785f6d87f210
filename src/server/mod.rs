//! The server.
//!
//! Read in this order: [`App::open`] and [`serve`] here; `config`, `limits`, `telemetry`, `metrics`; `accept` takes
//! connections in and `router` says where an address leads; `address`, `session` and
//! `security` read a request, `rate` and `places` count; `door` decides who may do what and
//! does it; `pages`, `forms`, `assets` answer by HTTP and `connection` by socket, in the frames of
//! `websocket`; `hub`
//! brings what happened to whoever follows it; `store` keeps the truth. `runtime` is time,
//! timers and tasks; `upkeep` is what the executable does beside serving.
//!
//! Absent on purpose: `hub` never touches the database, `store` never touches a socket, and
//! nobody but `door` decides about access.

pub mod accept;
pub mod address;
pub mod assets;
pub mod config;
pub mod connection;
pub mod door;
pub mod emoji;
pub mod error;
pub mod forms;
pub mod hub;
pub mod limits;
pub mod metrics;
pub mod pages;
pub mod places;
pub mod rate;
pub mod router;
pub mod runtime;
pub mod security;
pub mod session;
#[cfg(test)]
mod simulation;
pub mod slice;
pub mod sort;
pub mod store;
pub mod telemetry;
pub mod unread;
pub mod upkeep;
pub mod websocket;

use crate::{
    app::Prepared,
    protocol::{Cid, Millis, UserId},
};
use accept::Acceptor;
use assets::Library;
use config::Config;
use hub::Hub;
use metrics::Counters;
use places::Places;
use rate::Buckets;
use std::{
    fmt,
    future::Future,
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use store::{Change, OpenError, Store, StoreError};
use tokio::{
    net::TcpListener,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, timeout_at},
};
use unread::Unread;

/// How often memory is tidied up.
const TIDY_EVERY: Duration = Duration::from_secs(60);
/// How many tidy-ups lie between two looks for sessions that nobody uses any more.
const TIDIES_PER_EXPIRY: u32 = 60;
/// After a restart everybody comes back within this: long enough not to be a stampede.
const COME_BACK_WITHIN: Duration = Duration::from_secs(3);

/// What every part of the server shares.
pub struct App {
    /// The settings.
    pub config: Config,
    /// The truth.
    pub store: Store,
    /// Who follows what.
    pub hub: Arc<Hub>,
    /// The files of the site.
    pub library: Library,
    /// Pages and messages that were rendered.
    pub prepared: Prepared,
    /// Figures for the host.
    pub counters: Counters,
    /// How fast one may do what.
    pub rates: Rates,
    /// Sockets, by address.
    pub sockets: Arc<Places<IpAddr>>,
    /// What is written and not taken, by address.
    pub unread: Arc<Unread>,
    /// Since when.
    pub begun: Instant,
    stopping: AtomicBool,
}

/// Token buckets by what they limit, and what else is remembered of visitors for a while.
#[derive(Debug)]
pub struct Rates {
    /// Messages.
    pub sends: Buckets<UserId>,
    /// Names, topics, rooms.
    pub changes: Buckets<UserId>,
    /// Names chosen.
    pub joins: Buckets<IpAddr>,
    /// Rooms made.
    pub rooms: Buckets<IpAddr>,
    /// Pages, forms and sockets.
    pub requests: Buckets<IpAddr>,
    /// Sessions made, by the page that asked.
    pub joined: forms::joined::Joined,
}

/// Why a server could not start.
#[derive(Debug)]
pub enum StartError {
    /// The database could not be opened.
    Open(OpenError),
    /// It could be opened but not read.
    Store(StoreError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for StartError {}

impl App {
    /// Opens the store and gets everything ready, without serving anybody yet.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn open(config: Config) -> Result<Arc<Self>, StartError> {
        let hub = Arc::new(Hub::new(config.limits.clone()));
        let (folder, publisher) = (config.data.clone(), hub.clone());
        let prepared = Prepared::new([security::random(), security::random()]);
        let rendered = prepared.clone();
        let committed = Box::new(move |changes: Vec<Change>| {
            if changes.iter().any(Change::takes_words) {
                rendered.forget();
            }
            publisher.publish(changes);
        });
        let restored = config.restored;
        let open = move || {
            if restored {
                Store::renew_epoch(&folder)?;
            }
            Store::open(&folder, Arc::new(now), committed)
        };
        let store = tokio::task::spawn_blocking(open)
            .await
            .expect("opening the store does not panic")
            .map_err(StartError::Open)?;
        Self::over(config, store, hub, prepared).await
    }

    /// Gets everything ready over an open store that tells this hub what it commits.
    async fn over(
        config: Config,
        store: Store,
        hub: Arc<Hub>,
        prepared: Prepared,
    ) -> Result<Arc<Self>, StartError> {
        let limits = &config.limits;
        hub.know(store.rooms(None).await.map_err(StartError::Store)?);
        Ok(Arc::new(Self {
            store,
            hub,
            library: Library::open(),
            prepared,
            counters: Counters::new(),
            rates: Rates {
                sends: Buckets::new(limits.sends),
                changes: Buckets::new(limits.changes),
                joins: Buckets::new(limits.joins),
                rooms: Buckets::new(limits.rooms_made),
                requests: Buckets::new(limits.requests),
                joined: forms::joined::Joined::new(limits.joins_remembered, limits.join_remembered),
            },
            sockets: Places::new(limits.connections, limits.connections_per_address),
            unread: Unread::new(limits.unread_bytes, limits.unread_bytes_per_address),
            begun: runtime::now(),
            stopping: AtomicBool::new(false),
            config,
        }))
    }

    /// Whether the server is about to go away.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// From now on everybody is told to come back later.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.hub.say_goodbye(COME_BACK_WITHIN);
    }

    fn tidy(&self) {
        self.rates.sends.sweep();
        self.rates.changes.sweep();
        self.rates.joins.sweep();
        self.rates.rooms.sweep();
        self.rates.requests.sweep();
        self.rates.joined.sweep();
        self.counters.tidy();
    }
}

/// Serves until `shutdown` is done, then says goodbye, finishes what was accepted and
/// returns within [`crate::protocol::limits::SHUTDOWN_WITHIN`].
pub async fn serve(listener: TcpListener, app: Arc<App>, shutdown: impl Future<Output = ()>) {
    let tidying = keep_tidy(app.clone());
    let acceptor = Acceptor::new(app.clone(), router::router(app.clone()));
    tokio::select! {
        () = acceptor.accept(&listener) => {}
        () = shutdown => {}
    }
    tracing::info!("stopping");
    let deadline = Instant::now() + app.config.limits.shutdown_within;
    app.stop();
    // Whoever asks for a page meanwhile is answered that we will be back.
    let half_time = deadline - app.config.limits.shutdown_within / 2;
    let gone = async {
        tokio::select! {
            () = acceptor.accept(&listener) => {}
            () = app.sockets.empty() => {}
        }
    };
    if timeout_at(half_time, gone).await.is_err() {
        tracing::warn!("some sockets did not close in time");
    }
    drop(listener);
    acceptor
        .finish(app.config.limits.shutdown_within / 10)
        .await;
    tidying.abort();
    if timeout_at(deadline, app.store.close()).await.is_err() {
        tracing::error!("the database did not close in time");
    }
    tracing::info!("stopped");
}

fn keep_tidy(app: Arc<App>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut every = interval(TIDY_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for tick in 0_u32.. {
            every.tick().await;
            app.tidy();
            if tick % TIDIES_PER_EXPIRY == 0 {
                match app.store.expire_sessions().await {
                    Ok(0) => {}
                    Ok(ended) => tracing::info!(ended, "sessions ended that nobody used"),
                    Err(error) => tracing::error!(%error, "old sessions could not be ended"),
                }
            }
        }
    })
}

/// A name for an action whose form has none, or that a page has a form for.
fn fresh_cid() -> Cid {
    Cid::new(now(), security::random())
}

/// What time it is.
#[must_use]
pub fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    Millis(i64::try_from(millis).unwrap_or(i64::MAX))
}
