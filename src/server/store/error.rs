//! What can go wrong with the store: before it is open, and after.

use crate::protocol::RefusalCode;
use rusqlite::ErrorCode;
use std::{error::Error, fmt, io, path::PathBuf, sync::Arc};

/// Why the data folder could not be opened. Its text is for the host: what happened and
/// what helps.
#[derive(Debug)]
pub enum OpenError {
    /// The folder, or the lock in it, cannot be made or written.
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another server uses this folder.
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The SQLite inside this program has a known bug that loses data.
    OldSqlite {
        /// Its version.
        version: &'static str,
    },
    /// There is no database yet.
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file was one of ours, but parts of it are missing or changed.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The file is no SQLite database, or it belongs to another program.
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// The database was made by a newer version of this program. It was not touched.
    Newer {
        /// The file.
        path: PathBuf,
        /// The version it has.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// The file can be read but not written.
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The file system cannot hold a write-ahead log (some network file systems).
    NoWriteAheadLog {
        /// The file.
        path: PathBuf,
    },
    /// A step of the migration broke a reference; the step was undone.
    BrokenReferences {
        /// The step, counted from 1.
        step: u32,
    },
    /// The system refused a thread for the writer.
    Thread(io::Error),
    /// Anything else that SQLite says.
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { path, source } => write!(
                f,
                "the data folder {} cannot be used: {source}; make it writable for this user \
                 or choose another one",
                path.display()
            ),
            Self::InUse { path } => write!(
                f,
                "another server is using the data folder {}; stop it or choose another folder",
                path.display()
            ),
            Self::OldSqlite { version } => write!(
                f,
                "SQLite {version} has a bug that can damage a database; build with 3.51.3 or \
                 newer"
            ),
            Self::Missing { path } => write!(
                f,
                "there is no database at {}; look whether the folder is the right one (--data)",
                path.display()
            ),
            Self::Damaged { path, source } => write!(
                f,
                "the database {} is damaged ({source}); keep it as it is and restore a backup: \
                 hubbub restore <FILE> --replace",
                path.display()
            ),
            Self::NotOurs { path } => write!(
                f,
                "{} is not a database of Hubbub; move it away or choose another folder",
                path.display()
            ),
            Self::Newer { path, found, known } => write!(
                f,
                "{} was made by a newer Hubbub (database version {found}, this one knows \
                 {known}); run that one, or restore a backup from before the upgrade",
                path.display()
            ),
            Self::ReadOnly { path } => write!(
                f,
                "{} can be read but not written; make it writable for this user",
                path.display()
            ),
            Self::NoWriteAheadLog { path } => write!(
                f,
                "the file system of {} cannot hold a write-ahead log; choose a folder on a \
                 local disk",
                path.display()
            ),
            Self::BrokenReferences { step } => write!(
                f,
                "step {step} of the upgrade of the database left broken references and was \
                 undone; the database is damaged, restore a backup"
            ),
            Self::Thread(source) => write!(f, "no thread for the database: {source}"),
            Self::Database { path, source } => {
                write!(f, "the database {} failed: {source}", path.display())
            }
        }
    }
}

impl Error for OpenError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Folder { source, .. } | Self::Thread(source) => Some(source),
            Self::Database { source, .. } | Self::Damaged { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// Why the store did not do something.
#[derive(Clone, Debug)]
pub enum StoreError {
    /// Somebody has the name, or one that looks like it.
    NameTaken,
    /// The `cid` was used for something else.
    CidReused,
    /// There is no such room.
    NoSuchRoom,
    /// There is no such message in the room.
    NoSuchMessage,
    /// Only its author may do this with a message.
    NotYours,
    /// The message was deleted.
    MessageDeleted,
    /// There are [`crate::protocol::limits::REACTIONS`] different emoji under it already.
    TooManyReactions,
    /// A room with this slug exists.
    RoomTaken,
    /// There are [`crate::protocol::limits::ROOMS`] rooms already.
    TooManyRooms,
    /// There is no such person, or their last session ended.
    NoSuchUser,
    /// The queue is full. Nothing was done.
    Busy,
    /// The disk is full. Nothing was done.
    DiskFull,
    /// The store is closed, or closing.
    Closed,
    /// Something failed inside. The store has logged the cause where it happened; whether
    /// the write was done is not known, and asking again with the same `cid` is safe.
    Failed(Arc<dyn Error + Send + Sync>),
}

impl StoreError {
    /// What to tell the person who asked.
    #[must_use]
    pub fn code(&self) -> RefusalCode {
        match self {
            Self::NameTaken => RefusalCode::NameTaken,
            Self::CidReused => RefusalCode::CidReused,
            Self::NoSuchRoom => RefusalCode::NoSuchRoom,
            Self::NoSuchMessage => RefusalCode::NoSuchMessage,
            Self::NotYours => RefusalCode::NotYours,
            Self::MessageDeleted => RefusalCode::MessageDeleted,
            Self::TooManyReactions => RefusalCode::TooManyReactions,
            Self::RoomTaken => RefusalCode::RoomTaken,
            Self::TooManyRooms => RefusalCode::TooManyRooms,
            Self::NoSuchUser => RefusalCode::NameNeeded,
            Self::Busy | Self::DiskFull | Self::Closed => RefusalCode::Busy,
            Self::Failed(_) => RefusalCode::Internal,
        }
    }

    pub(super) fn failed(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(Arc::from(cause.into()))
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameTaken => f.write_str("the name is taken"),
            Self::CidReused => f.write_str("the cid was used for something else"),
            Self::NoSuchRoom => f.write_str("there is no such room"),
            Self::NoSuchMessage => f.write_str("there is no such message"),
            Self::NotYours => f.write_str("the message is somebody else's"),
            Self::MessageDeleted => f.write_str("the message was deleted"),
            Self::TooManyReactions => f.write_str("there are too many emoji under the message"),
            Self::RoomTaken => f.write_str("a room with this slug exists"),
            Self::TooManyRooms => f.write_str("there are too many rooms"),
            Self::NoSuchUser => f.write_str("there is no such person"),
            Self::Busy => f.write_str("the store has too much to do"),
            Self::DiskFull => f.write_str("the disk is full"),
            Self::Closed => f.write_str("the store is closed"),
            Self::Failed(cause) => write!(f, "the store failed: {cause}"),
        }
    }
}

impl Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            // SQLite has undone the transaction: asking again later is all that helps.
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            _ => Self::failed(error),
        }
    }
}
