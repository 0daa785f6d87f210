//! The system's clock of one process, which goes where it is told: the machine's own belongs
//! to everything else on it. `clock.c` stands between the process and the C library; whoever
//! builds the server has the compiler that it takes.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use tempfile::TempDir;

/// A clock that differs from the machine's by an amount that can be changed at any moment.
pub struct Clock {
    folder: TempDir,
    moved: i64,
}

impl Clock {
    /// The machine's own, for now.
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/faults/clock.c");
        let clock = Self { folder, moved: 0 };
        let built = Command::new("cc")
            .args(["-std=gnu11", "-O1", "-shared", "-fPIC", "-o"])
            .arg(clock.library())
            .arg(source)
            .status()
            .unwrap();
        assert!(built.success(), "cc ended with {built}");
        clock.write();
        clock
    }

    /// What to put before the C library.
    pub fn library(&self) -> PathBuf {
        self.folder.path().join("clock.so")
    }

    /// Where the library reads how far the clock was moved.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("moved")
    }

    /// How far it was moved.
    pub fn moved(&self) -> i64 {
        self.moved
    }

    pub fn forwards(&mut self, by: Duration) {
        self.moved += nanos(by);
        self.write();
    }

    pub fn back(&mut self, by: Duration) {
        self.moved -= nanos(by);
        self.write();
    }

    /// Over what was there, never shorter: the library may read at this moment.
    fn write(&self) {
        let mut options = File::options();
        let file = options.create(true).write(true).truncate(false);
        let mut file = file.open(self.file()).unwrap();
        file.write_all(&self.moved.to_ne_bytes()).unwrap();
    }
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).expect("a few years")
}
