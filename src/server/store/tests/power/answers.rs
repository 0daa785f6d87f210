//! Whether each answer waited for its commit to be synced, read from the trace.
//!
//! Every text stands in a page of the write-ahead log, and the last frame of a commit says
//! that it is the last: <https://www.sqlite.org/fileformat2.html#walformat>.

use super::trace::{FileId, Step};
use rusqlite::ffi::SQLITE_SYNC_FULL;
use std::collections::HashMap;

const FRAME_HEADER: usize = 24;
/// Where a frame's header holds the size of the database: not 0 at the end of a commit.
const COMMITTED: std::ops::Range<usize> = 4..8;

/// The texts that were acknowledged, or told to others, before the log was synced behind
/// the commit that they are in.
pub(super) fn hasty(steps: &[Step]) -> Vec<String> {
    let written = first_written(steps);
    let mut hasty = Vec::new();
    for (answered, step) in steps.iter().enumerate() {
        let Some(text) = answer(step) else { continue };
        let commit = written.get(&text).and_then(|page| end(steps, *page));
        let synced = commit.is_some_and(|(log, last)| {
            let behind = steps.get(last..answered).unwrap_or_default();
            behind.iter().any(|step| syncs(step, log))
        });
        if !synced {
            hasty.push(text);
        }
    }
    hasty
}

fn answer(step: &Step) -> Option<String> {
    use crate::protocol::What;
    match step {
        Step::Acked { message, .. } => marks(message.text.as_bytes()).next(),
        Step::Told { event, .. } => match &event.what {
            What::Message(message) => marks(message.text.as_bytes()).next(),
            _ => None,
        },
        _ => None,
    }
}

/// The first write that holds each text.
fn first_written(steps: &[Step]) -> HashMap<String, usize> {
    let mut first = HashMap::new();
    for (at, step) in steps.iter().enumerate() {
        if let Step::Written { bytes, .. } = step {
            for mark in marks(bytes) {
                first.entry(mark).or_insert(at);
            }
        }
    }
    first
}

/// The marks that make texts one of a kind: `<000123>`.
fn marks(bytes: &[u8]) -> impl Iterator<Item = String> {
    bytes
        .windows(8)
        .filter(|mark| {
            mark[0] == b'<' && mark[7] == b'>' && mark[1..7].iter().all(u8::is_ascii_digit)
        })
        .map(|mark| String::from_utf8_lossy(mark).into_owned())
}

/// The log, and the last write, of the commit that has written this page. A frame is two
/// writes: its header and the page.
fn end(steps: &[Step], page: usize) -> Option<(FileId, usize)> {
    let Step::Written { file: log, .. } = steps[page] else {
        return None;
    };
    let header = (page.checked_sub(1)?..steps.len()).find(|&at| {
        matches!(&steps[at], Step::Written { file, bytes, .. }
            if *file == log && bytes.len() == FRAME_HEADER && bytes[COMMITTED] != [0; 4])
    })?;
    Some((log, header + 1))
}

/// As a drive must be asked that has a cache of its own (`PRAGMA fullfsync`).
fn syncs(step: &Step, log: FileId) -> bool {
    matches!(step, Step::Synced { file, flags, .. }
        if *file == log && flags & 0x0F == SQLITE_SYNC_FULL)
}
