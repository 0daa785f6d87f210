//! A backup takes the place of a data folder's database.

use super::{
    CopyError, OpenError, RENEW_EPOCH, Report,
    backup::{Partial, not_copied, not_written},
    database,
    lock::{FolderLock, sync_parent},
    verify, verify_file,
};
use rusqlite::Connection;
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long to wait for a program that reads the database: nothing of ours does.
const PATIENCE: Duration = Duration::from_secs(1);

/// A backup that is in place.
#[derive(Debug)]
pub struct Restored {
    /// What was seen in it.
    pub report: Report,
    /// Where the database is kept that was there before.
    pub before: Option<PathBuf>,
}

/// Puts a backup into a data folder, with a new epoch: sequences will be given again to
/// other events than those that clients know. With `replace` a database that is there is
/// kept under another name.
///
/// # Errors
/// [`CopyError`]. The folder is as it was then.
pub fn restore(folder: &Path, backup: &Path, replace: bool) -> Result<Restored, CopyError> {
    let (source, _) = verify::open(backup)?;
    let report = verify_file(backup)?;
    if !report.is_sound() {
        return Err(CopyError::Wrong(report));
    }
    let _lock = FolderLock::take(folder)?;
    let file = folder.join(database::FILE);
    let is_there = file.symlink_metadata().is_ok();
    if is_there && !replace {
        return Err(CopyError::HasDatabase(file));
    }
    let copy = Partial::beside(&file)?;
    copy.fill(&source)?;
    drop(source);
    renew(&copy.path).map_err(|error| not_copied(&file, error))?;
    let mut report = verify_file(&copy.path)?;
    if !report.is_sound() {
        return Err(CopyError::Wrong(report));
    }
    file.clone_into(&mut report.file);
    let before = if is_there { Some(keep(&file)?) } else { None };
    copy.gets_its_name()?;
    Ok(Restored { report, before })
}

fn renew(file: &Path) -> rusqlite::Result<()> {
    let db = Connection::open(file)?;
    db.execute(RENEW_EPOCH, [])?;
    db.close().map_err(|(_, error)| error)
}

/// Gives the database that is there another name, too; only the backup takes the first one
/// from it, so that there is one at every moment.
fn keep(file: &Path) -> Result<PathBuf, CopyError> {
    let kept = free_name(file);
    let log = beside(file, "-wal");
    if fold(file)? {
        fs::hard_link(file, &kept).or_else(|_| fs::rename(file, &kept))
    } else {
        // So damaged that its log can only be kept beside it. The log goes last: it is
        // never found beside another database than its own.
        fs::rename(file, &kept).and_then(|()| match fs::rename(&log, beside(&kept, "-wal")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }
    .and_then(|()| sync_parent(&kept))
    .map_err(|source| not_written(&kept, source))?;
    Ok(kept)
}

/// Moves what is in the write-ahead log into the file, so that the file is all there is to
/// keep. Returns whether it could be done. What cannot be read is not even opened for it:
/// SQLite throws a log away that it makes nothing of.
fn fold(file: &Path) -> Result<bool, CopyError> {
    if !matches!(verify::open(file), Ok(_) | Err(OpenError::Newer { .. })) {
        return Ok(false);
    }
    let folded = database::writer(file, None).and_then(|db| {
        db.busy_timeout(PATIENCE)
            .and_then(|()| db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)))
            .map_err(|error| database::told(file, error))
    });
    match folded {
        Ok(false) => Ok(true),
        Ok(true) => Err(CopyError::InUse(file.to_owned())),
        Err(_) => Ok(false),
    }
}

fn free_name(file: &Path) -> PathBuf {
    let mut number = 1_u32;
    loop {
        let name = beside(file, &format!(".before-restore-{number}"));
        let taken = [&name, &beside(&name, "-wal")]
            .into_iter()
            .any(|path| path.symlink_metadata().is_ok());
        if !taken {
            return name;
        }
        number += 1;
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
