//! The truth: people, rooms and the log of each, in one SQLite file.
//!
//! All writes go through one thread (`writer`) that commits whatever has gathered in one
//! transaction; reads go through a few connections beside it (`reader`). An answer to a
//! write means that it is on the disk. What a commit changed is told to one listener, after
//! the commit and before the answers.
//!
//! A capability is a file here, with its SQL: `sessions`, `rooms`, `members`, `messages`,
//! `amendments` (edits, deletions, reactions), `log` (how a room's log grows), `history` (how
//! it is read), `people`. What is asked for over and over is remembered in `known` and
//! `newest`. For hosts there are `verify`, `backup` and `restore`, which work
//! without a server. Absent on purpose: sockets, and who may do what. Callers ask that before
//! they come here.

mod amendments;
mod backup;
mod change;
mod column;
mod database;
mod error;
mod history;
mod known;
mod lock;
mod log;
mod members;
mod messages;
mod migrate;
mod newest;
mod people;
mod reactions;
mod reader;
mod restore;
mod rooms;
mod sessions;
#[cfg(test)]
pub(super) mod simulated;
mod token;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use amendments::Version;
pub use backup::{CopyError, backup};
pub use change::{Change, ReadTo};
pub use error::{OpenError, StoreError};
pub use history::{Missed, Page, StoredMessage};
pub use messages::Sent;
pub use restore::{Restored, restore};
pub use sessions::Session;
pub use token::{SessionHash, SessionToken};
pub use verify::{Amounts, Checked, Report, Wrong, verify, verify_file};

use crate::protocol::{Epoch, Millis};
use change::Changes;
use database::Vfs;
use known::Known;
use newest::Newest;
use rusqlite::Connection;
use std::{path::Path, sync::Arc, time::Duration};
use writer::{Committed, Write};

/// What time it is: the system's clock, or a test's.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

/// A store that does not answer [`Store::check`] within this is not well.
const CHECK_WITHIN: Duration = Duration::from_secs(5);

/// A handle of the open database. Clones share it.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    epoch: Epoch,
    clock: Clock,
    memory: Memory,
    // Dropped first: the readers let go of the file before the writer tidies up.
    readers: reader::Readers,
    writer: writer::Writer,
}

impl Store {
    /// Opens or creates the database in `folder`, which no other server may use meanwhile,
    /// and brings it to the newest version.
    ///
    /// `committed` is called on a thread of its own after each commit and before its answers,
    /// with everything that changed, in the order of the commits. The next commit does not
    /// wait for it, but its answers do.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong with the folder or the file. Nothing was changed in
    /// a database that is not ours or too new.
    pub fn open(
        folder: &Path,
        clock: Arc<dyn Fn() -> Millis + Send + Sync>,
        committed: Box<dyn Fn(Vec<Change>) + Send>,
    ) -> Result<Self, OpenError> {
        Self::open_through(None, folder, clock, committed)
    }

    fn open_through(
        vfs: Vfs,
        folder: &Path,
        clock: Clock,
        committed: Committed,
    ) -> Result<Self, OpenError> {
        let lock = lock::FolderLock::take(folder)?;
        let file = folder.join(database::FILE);
        let db = open_newest(&file, vfs)?;
        let epoch = epoch(&db).map_err(|error| database::told(&file, error))?;
        let readers = reader::Readers::open(&file, vfs)?;
        let memory = Memory::default();
        let committed = memory.before(committed);
        let writer = writer::Writer::start((&file, vfs), db, lock, clock.clone(), committed)?;
        Ok(Self(Arc::new(Inner {
            epoch,
            clock,
            memory,
            readers,
            writer,
        })))
    }

    /// Begins another life of a database that nobody has open: what clients know of the one
    /// before means nothing in it. For a backup that was put back, whose sequences will be
    /// given again to other events.
    ///
    /// # Errors
    /// Like [`Store::open`].
    pub fn renew_epoch(folder: &Path) -> Result<(), OpenError> {
        let _lock = lock::FolderLock::take(folder)?;
        let file = folder.join(database::FILE);
        open_newest(&file, None)?
            .execute(RENEW_EPOCH, [])
            .map_err(|error| database::told(&file, error))?;
        Ok(())
    }

    /// The life of this database, which all its sequences belong to.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.0.epoch.clone()
    }

    /// Whether the store is well: really reads, and sends an empty command through the
    /// writer.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when the answer takes longer than 5 s or the queue is full,
    /// otherwise whatever is wrong.
    pub async fn check(&self) -> Result<(), StoreError> {
        let both = async {
            self.read(|db| Ok(epoch(db)?)).await?;
            self.write(|_| Ok(())).await
        };
        tokio::time::timeout(CHECK_WITHIN, both)
            .await
            .unwrap_or(Err(StoreError::Busy))
    }

    /// Takes no more writes, commits those it took, moves everything into the database file
    /// and lets go of the folder. A store that is dropped instead does the same, but blocks.
    pub async fn close(&self) {
        self.0.readers.close().await;
        self.0.writer.close().await;
    }

    async fn write<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.0.writer.write(work).await
    }

    /// Reads several things as of one moment, which also costs less than one after the other.
    ///
    /// # Errors
    /// What the reads say.
    pub async fn at_once<T, W>(&self, read: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Moment<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let newest = self.0.memory.newest.clone();
        self.read(move |db| {
            let newest = &newest;
            read(&Moment { db, newest })
        })
        .await
    }

    async fn read<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.0.readers.read(work).await
    }
}

/// What was read before.
#[derive(Default)]
struct Memory {
    known: Arc<Known>,
    newest: Arc<Newest>,
}

impl Memory {
    /// A listener that is told after this has forgotten what is not so any more.
    fn before(&self, committed: Committed) -> Committed {
        let (known, newest) = (self.known.clone(), self.newest.clone());
        Box::new(move |changes| {
            known.forget_changed(&changes);
            newest.forget_deleted(&changes);
            committed(changes);
        })
    }
}

/// The database at one moment. What it can be asked stands with the capabilities.
pub struct Moment<'a> {
    db: &'a Connection,
    newest: &'a Newest,
}

const RENEW_EPOCH: &str = "UPDATE meta SET value = lower(hex(randomblob(16))) WHERE key = 'epoch'";

fn open_newest(file: &Path, vfs: Vfs) -> Result<Connection, OpenError> {
    let mut db = database::writer(file, vfs)?;
    // Asked before the first write: what is not ours stays as it is.
    migrate::version(&db, file)?;
    migrate::migrate(&mut db, file)?;
    database::keep_safe(&db, file)?;
    Ok(db)
}

fn epoch(db: &Connection) -> rusqlite::Result<Epoch> {
    db.prepare_cached("SELECT value FROM meta WHERE key = 'epoch'")?
        .query_row([], |row| row.get(0))
        .map(Epoch)
}
