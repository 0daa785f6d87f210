//! One server per data folder.

use super::OpenError;
use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

/// Holds the data folder for this process until it is dropped. The system lets go of it
/// by itself when the process dies, whatever the way.
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Makes the folder if it is missing (readable by its owner only) and takes the lock.
    pub(super) fn take(folder: &Path) -> Result<Self, OpenError> {
        let refused = |source| OpenError::Folder {
            path: folder.to_owned(),
            source,
        };
        make(folder).map_err(refused)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("hubbub.lock"))
            .map_err(refused)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
                path: folder.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(refused(source)),
        }
    }
}

/// Makes the folder, to last: its name is in the folder above it, which is synced too.
fn make(folder: &Path) -> std::io::Result<()> {
    let new: Vec<&Path> = folder.ancestors().take_while(|one| !one.exists()).collect();
    let mut maker = fs::DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.create(folder)?;
    new.into_iter().try_for_each(sync_parent)
}

/// Makes a name last that was made, changed or removed.
pub(super) fn sync_parent(path: &Path) -> std::io::Result<()> {
    // Elsewhere folders cannot be opened as files, and names last by themselves.
    #[cfg(not(unix))]
    let _ = path;
    #[cfg(unix)]
    if let Some(parent) = path.parent() {
        let here = parent.as_os_str().is_empty();
        File::open(if here { Path::new(".") } else { parent })?.sync_all()?;
    }
    Ok(())
}
