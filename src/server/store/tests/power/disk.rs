//! A disk that loses power: what must be on it by then, and what may be.
//!
//! What was written before a file's last sync is there. Of what was written since, each
//! sector (512 bytes) may be there or not, whatever the order of the writes: drives and
//! file systems write when they like. A write that was under way may even have left
//! something else; but bytes that nobody wrote stay, which SQLite expects of a drive
//! ("powersafe overwrite", <https://www.sqlite.org/psow.html>). Names that were made or
//! deleted since the folder's last sync are as uncertain.

use super::{
    seed::Seed,
    trace::{FileId, Step},
};
use std::collections::{BTreeMap, BTreeSet};

/// How the files look afterwards, by name.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

const SECTOR: usize = 512;
const PAGE: usize = 4_096;

/// What becomes of that which was not synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing of it is there.
    Nothing,
    /// All of it is there.
    Everything,
    /// It is there up to some write, of which the beginning is there.
    Begun,
    /// Only what came last is there.
    Late,
    /// Some writes are there, others are not.
    Writes,
    /// Some pages are there.
    Pages,
    /// Some sectors are there.
    Sectors,
    /// Some sectors are there, some are not, and some hold something else.
    Junk,
}

impl Fate {
    pub(super) const ALL: [Self; 8] = [
        Self::Nothing,
        Self::Sectors,
        Self::Begun,
        Self::Junk,
        Self::Everything,
        Self::Pages,
        Self::Late,
        Self::Writes,
    ];
}

#[derive(Default)]
pub(super) struct Disk {
    files: Vec<File>,
    names: BTreeMap<String, FileId>,
    /// Since the folder's last sync; `None` where a name was deleted.
    renamed: Vec<(String, Option<FileId>)>,
}

#[derive(Default)]
struct File {
    synced: Vec<u8>,
    since: Vec<Change>,
}

enum Change {
    Written { at: usize, bytes: Vec<u8> },
    Truncated { size: usize },
}

impl Disk {
    /// Goes on to the end of these steps.
    pub(super) fn play(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Made { file, name } => {
                    assert_eq!(file.0, self.files.len());
                    self.files.push(File::default());
                    self.renamed.push((name.clone(), Some(*file)));
                }
                Step::Written { file, at, bytes } => {
                    let at = usize::try_from(*at).unwrap();
                    let bytes = bytes.clone();
                    self.files[file.0].since.push(Change::Written { at, bytes });
                }
                Step::Truncated { file, size } => {
                    let size = usize::try_from(*size).unwrap();
                    self.files[file.0].since.push(Change::Truncated { size });
                }
                Step::Synced { file, folder, .. } => {
                    self.files[file.0].sync();
                    self.sync_folder(*folder);
                }
                Step::Deleted { name, folder } => {
                    self.renamed.push((name.clone(), None));
                    self.sync_folder(*folder);
                }
                Step::Asked(_) | Step::Acked { .. } | Step::Amending { .. } | Step::Told { .. } => {
                }
            }
        }
    }

    /// What a power cut at this moment leaves.
    pub(super) fn cut(&self, fate: Fate, seed: &mut Seed) -> Files {
        let mut left = Files::new();
        let names: BTreeSet<&String> = self
            .names
            .keys()
            .chain(self.renamed.iter().map(|(name, _)| name))
            .collect();
        for name in names {
            let mut versions = vec![self.names.get(name).copied()];
            let since = self.renamed.iter().filter(|(renamed, _)| renamed == name);
            versions.extend(since.map(|(_, file)| *file));
            let version = match fate {
                Fate::Nothing => 0,
                Fate::Everything => versions.len() - 1,
                _ => seed.below(versions.len()),
            };
            if let Some(file) = versions[version] {
                left.insert(name.clone(), self.files[file.0].cut(fate, seed));
            }
        }
        left
    }

    fn sync_folder(&mut self, asked: bool) {
        if asked {
            for (name, file) in self.renamed.drain(..) {
                match file {
                    Some(file) => self.names.insert(name, file),
                    None => self.names.remove(&name),
                };
            }
        }
    }
}

impl File {
    fn sync(&mut self) {
        for change in self.since.drain(..) {
            change.apply(&mut self.synced);
        }
    }

    fn cut(&self, fate: Fate, seed: &mut Seed) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        let turn = seed.below(self.since.len() + 1);
        for (number, change) in self.since.iter().enumerate() {
            match fate {
                Fate::Nothing => {}
                Fate::Everything => change.apply(&mut bytes),
                Fate::Begun if number < turn => change.apply(&mut bytes),
                Fate::Begun if number == turn => change.begin(&mut bytes, seed),
                Fate::Late if number >= turn => change.apply(&mut bytes),
                Fate::Begun | Fate::Late => {}
                Fate::Writes => {
                    if seed.coin() {
                        change.apply(&mut bytes);
                    }
                }
                Fate::Pages => change.tear(&mut bytes, PAGE, |_| seed.coin()),
                Fate::Sectors => change.tear(&mut bytes, SECTOR, |_| seed.coin()),
                Fate::Junk => change.tear(&mut bytes, SECTOR, |piece| {
                    if seed.below(3) == 0 {
                        piece.fill_with(|| seed.next().to_le_bytes()[0]);
                    }
                    seed.coin()
                }),
            }
        }
        bytes
    }
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Written { at, bytes } => put(file, *at, bytes),
            Self::Truncated { size } => file.resize(*size, 0),
        }
    }

    /// Only the first sectors of a write.
    fn begin(&self, file: &mut Vec<u8>, seed: &mut Seed) {
        let mut there = true;
        self.tear(file, SECTOR, |_| {
            there = there && seed.below(4) > 0;
            there
        });
    }

    /// Applies those pieces that `is_there` says; it may also change them.
    fn tear(&self, file: &mut Vec<u8>, grain: usize, mut is_there: impl FnMut(&mut [u8]) -> bool) {
        match self {
            Self::Written { at, bytes } => {
                let mut at = *at;
                let mut rest = bytes.clone();
                while !rest.is_empty() {
                    let more = rest.split_off(rest.len().min(grain - at % grain));
                    if is_there(&mut rest) {
                        put(file, at, &rest);
                    }
                    at += rest.len();
                    rest = more;
                }
            }
            Self::Truncated { .. } => {
                if is_there(&mut []) {
                    self.apply(file);
                }
            }
        }
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[at..end].copy_from_slice(bytes);
}
