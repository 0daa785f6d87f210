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

fn make(folder: &Path) -> std::io::Result<()> {
    let mut maker = fs::DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);
    maker.create(folder)
}
