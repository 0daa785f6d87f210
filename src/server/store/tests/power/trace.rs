//! Everything that happened, in one order: what the disk was asked, and what was promised.

use crate::protocol::{Cid, Event, RoomId, Seq, UserId};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A file, whatever its name is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FileId(pub usize);

#[derive(Clone, Debug)]
pub(super) enum Step {
    Made {
        file: FileId,
        name: String,
    },
    Written {
        file: FileId,
        at: u64,
        bytes: Vec<u8>,
    },
    Truncated {
        file: FileId,
        size: u64,
    },
    /// With the folder, a name that was made or deleted lasts too.
    Synced {
        file: FileId,
        folder: bool,
        flags: i32,
    },
    Deleted {
        name: String,
        folder: bool,
    },
    /// Somebody asks for a message to be kept.
    Asked(Message),
    /// They are told that it is.
    Acked {
        message: Message,
        seq: Seq,
    },
    /// Somebody asks for other words in a message, or none.
    Amending {
        room: RoomId,
        of: Seq,
    },
    /// Everybody else is told of an event.
    Told {
        room: RoomId,
        event: Event,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub user: UserId,
    pub cid: Cid,
    pub room: RoomId,
    pub text: String,
}

/// What the drive is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Drive {
    #[default]
    Honest,
    /// Says that a sync is done, and does nothing.
    ForgetsSyncs,
    /// Has no room for anything that makes a file longer.
    IsFull,
    /// Fails whatever is written.
    FailsWrites,
    /// Fails whatever is synced.
    FailsSyncs,
}

/// One trace under way.
#[derive(Default)]
pub(super) struct Recorder(Mutex<Recorded>);

#[derive(Default)]
struct Recorded {
    steps: Vec<Step>,
    names: HashMap<String, FileId>,
    files: usize,
    drive: Drive,
}

impl Recorder {
    pub(super) fn add(&self, step: Step) {
        self.state().steps.push(step);
    }

    /// The file with a name; a new one if there is none.
    pub(super) fn file(&self, name: &str) -> FileId {
        let mut state = self.state();
        if let Some(&known) = state.names.get(name) {
            return known;
        }
        let file = FileId(state.files);
        state.files += 1;
        state.names.insert(name.to_owned(), file);
        state.steps.push(Step::Made {
            file,
            name: name.to_owned(),
        });
        file
    }

    pub(super) fn delete(&self, name: String, folder: bool) {
        let mut state = self.state();
        state.names.remove(&name);
        state.steps.push(Step::Deleted { name, folder });
    }

    pub(super) fn drive(&self) -> Drive {
        self.state().drive
    }

    pub(super) fn becomes(&self, drive: Drive) {
        self.state().drive = drive;
    }

    /// The trace so far.
    pub(super) fn steps(&self) -> Vec<Step> {
        self.state().steps.clone()
    }

    fn state(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
