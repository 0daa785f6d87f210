//! The connections that read, beside the writer and without waiting for it.

use super::{
    OpenError, StoreError,
    database::{self, Vfs},
};
use crate::server::runtime;
use rusqlite::Connection;
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::available_parallelism,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// More connections than this gain nothing: reads are short and mostly in memory.
const MOST_READERS: usize = 8;

/// A few connections, lent to one read each. Reads beyond that wait in line; the line is
/// as long as there are requests and sockets, which have their own limits.
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
    count: u32,
}

impl Readers {
    pub(super) fn open(file: &Path, vfs: Vfs) -> Result<Self, OpenError> {
        let cores = available_parallelism().map_or(2, usize::from);
        let count = cores.clamp(2, MOST_READERS);
        let idle = (0..count).map(|_| database::reader(file, vfs));
        Ok(Self::over(idle.collect::<Result<_, _>>()?))
    }

    /// Reads through these connections.
    pub(super) fn over(idle: Vec<Connection>) -> Self {
        let count = idle.len();
        Self {
            idle: Arc::new(Mutex::new(idle)),
            turns: Arc::new(Semaphore::new(count)),
            count: u32::try_from(count).unwrap_or(u32::MAX),
        }
    }

    /// Runs `work` on a thread that may block. All its queries see the same moment.
    pub(super) async fn read<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let turn = self.turns.clone().acquire_owned().await;
        let lent = Lent {
            connection: shelf(&self.idle).pop(),
            home: self.idle.clone(),
            _turn: turn.map_err(|_| StoreError::Closed)?,
        };
        let answer = runtime::blocking(move || {
            let db = lent.connection.as_ref().ok_or(StoreError::Closed)?;
            let moment = db.unchecked_transaction()?;
            let answer = work(&moment)?;
            moment.commit()?;
            Ok(answer)
        })
        .await
        .unwrap_or_else(|panic| Err(StoreError::failed(panic)));
        if let Err(StoreError::Failed(cause)) = &answer {
            tracing::error!(%cause, "a read failed");
        }
        answer
    }

    /// Waits for the reads under way and closes all connections.
    pub(super) async fn close(&self) {
        let all = self.turns.acquire_many(self.count).await;
        self.turns.close();
        shelf(&self.idle).clear();
        drop(all);
    }
}

/// A connection on its way; it comes home also from a read that panicked, or that nobody
/// waits for any more.
struct Lent {
    connection: Option<Connection>,
    home: Arc<Mutex<Vec<Connection>>>,
    _turn: OwnedSemaphorePermit,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            shelf(&self.home).push(connection);
        }
    }
}

fn shelf(idle: &Mutex<Vec<Connection>>) -> MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
