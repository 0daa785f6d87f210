//! Everything in one file, written while a server may be running.

use super::{OpenError, Report, database, lock::sync_parent, verify, verify_file};
use rusqlite::{Connection, ErrorCode};
use std::{
    error::Error,
    ffi::OsString,
    fmt,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// Why there is no backup, or nothing was restored. Its text is for the host.
#[derive(Debug)]
pub enum CopyError {
    /// The database, or the folder, could not be opened.
    Open(OpenError),
    /// The target is there already; it was left alone.
    Exists(PathBuf),
    /// The folder has a database already; it was left alone.
    HasDatabase(PathBuf),
    /// Something else uses the database.
    InUse(PathBuf),
    /// The backup has something wrong in it.
    Wrong(Report),
    /// No room for the copy.
    DiskFull(PathBuf),
    /// The copy could not be written or put in place.
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The copy could not be made.
    Database {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Exists(path) => write!(
                f,
                "{} is there already and was left as it is; choose another name",
                path.display()
            ),
            Self::HasDatabase(path) => write!(
                f,
                "there is a database already: {}; with --replace it is kept under another name \
                 and the backup takes its place",
                path.display()
            ),
            Self::InUse(path) => write!(
                f,
                "another program has {} open; close it and try again",
                path.display()
            ),
            Self::Wrong(report) => write!(
                f,
                "{report}\nNothing was restored. An older backup may be better"
            ),
            Self::DiskFull(path) => write!(
                f,
                "there is no room for {}; make some and try again, nothing was changed",
                path.display()
            ),
            Self::Write { path, source } => {
                write!(f, "{} could not be written: {source}", path.display())
            }
            Self::Database { path, source } => {
                write!(f, "{} could not be copied: {source}", path.display())
            }
        }
    }
}

impl Error for CopyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Open(source) => Some(source),
            Self::Write { source, .. } => Some(source),
            Self::Database { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<OpenError> for CopyError {
    fn from(error: OpenError) -> Self {
        Self::Open(error)
    }
}

/// Writes all that was committed before the call into a file of its own, which gets its name
/// when it is complete, on the disk, and looked at. Returns what was seen in it: what is
/// wrong in the database is wrong in its backup, which is better than none.
///
/// # Errors
/// [`CopyError`]. Nothing is left behind then.
pub fn backup(folder: &Path, target: &Path) -> Result<Report, CopyError> {
    let (source, _) = verify::open(&folder.join(database::FILE))?;
    if target.symlink_metadata().is_ok() {
        return Err(CopyError::Exists(target.to_owned()));
    }
    let copy = Partial::beside(target)?;
    copy.fill(&source)?;
    let mut report = verify_file(&copy.path)?;
    target.clone_into(&mut report.file);
    copy.gets_a_free_name()?;
    Ok(report)
}

/// A file under a name of its own until it is complete. It goes if it does not get there.
pub(super) struct Partial {
    /// Where it is meanwhile.
    pub path: PathBuf,
    target: PathBuf,
}

impl Partial {
    /// In the folder of the target, so that it can take its name at once.
    pub(super) fn beside(target: &Path) -> Result<Self, CopyError> {
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut number = 1;
        loop {
            let mut name = OsString::from(".");
            name.push(target.file_name().unwrap_or_default());
            name.push(format!(".{number}.partial"));
            let path = target.with_file_name(name);
            match options.open(&path) {
                Ok(_) => {
                    let target = target.to_owned();
                    return Ok(Self { path, target });
                }
                // Another one at work, or one that was cut off.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(source) => return Err(not_written(target, source)),
            }
        }
    }

    /// Takes everything as of now. What was deleted is not in the copy, not even between its
    /// pages.
    pub(super) fn fill(&self, source: &Connection) -> Result<(), CopyError> {
        let name = self.path.to_str().ok_or_else(|| CopyError::Write {
            path: self.path.clone(),
            source: io::Error::other("its name is not Unicode"),
        })?;
        source
            .execute("VACUUM INTO ?1", [name])
            .map(|_| ())
            .map_err(|error| not_copied(&self.target, error))
    }

    /// Takes the target's name, whoever has it, and lasts.
    pub(super) fn gets_its_name(self) -> Result<(), CopyError> {
        self.placed(|path, target| fs::rename(path, target))
    }

    /// Takes the target's name unless something has it by now, and lasts.
    pub(super) fn gets_a_free_name(self) -> Result<(), CopyError> {
        use io::ErrorKind::{AlreadyExists, PermissionDenied, Unsupported};
        self.placed(|path, target| match fs::hard_link(path, target) {
            // It still has its first name, too, and loses that when it is dropped.
            Ok(()) => Ok(()),
            // Some file systems know no second names: there is a moment between look and deed.
            Err(error) if matches!(error.kind(), PermissionDenied | Unsupported) => {
                match target.symlink_metadata() {
                    Ok(_) => Err(AlreadyExists.into()),
                    Err(_) => fs::rename(path, target),
                }
            }
            Err(error) => Err(error),
        })
    }

    fn placed(&self, place: fn(&Path, &Path) -> io::Result<()>) -> Result<(), CopyError> {
        let placed = File::open(&self.path)
            .and_then(|file| file.sync_all())
            .and_then(|()| place(&self.path, &self.target))
            .and_then(|()| sync_parent(&self.target));
        placed.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => CopyError::Exists(self.target.clone()),
            _ => not_written(&self.target, source),
        })
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Not there any more if it has its name.
        let _ = fs::remove_file(&self.path);
    }
}

pub(super) fn not_written(path: &Path, source: io::Error) -> CopyError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => CopyError::DiskFull(path),
        _ => CopyError::Write { path, source },
    }
}

pub(super) fn not_copied(path: &Path, source: rusqlite::Error) -> CopyError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => CopyError::DiskFull(path),
        Some(ErrorCode::DatabaseCorrupt) => OpenError::Damaged { path, source }.into(),
        _ => CopyError::Database { path, source },
    }
}
