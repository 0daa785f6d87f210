//! A connection as the hub sees it.

use super::{
    frame::Bundle,
    mailbox::Mailbox,
    sync::{Mutex, MutexGuard},
};
use crate::{
    protocol::{Person, RoomId, UserId},
    server::metrics::FRAMES_OUT,
};
use std::{
    collections::{BTreeSet, HashSet},
    sync::{Arc, LazyLock, PoisonError},
    thread,
};

/// Fewer are not worth a thread, whose start costs as much as a few writes.
const SHARE: usize = 1_000;
/// As many as a core waits for at once.
const WARMED: usize = 16;
/// Those that this process may use.
static CORES: LazyLock<usize> =
    LazyLock::new(|| thread::available_parallelism().map_or(1, usize::from));

/// One connection: whose it is, what waits for it, which rooms it follows.
#[derive(Debug)]
pub struct Line {
    /// Counted from 0 since the start of the server.
    pub id: u64,
    /// Nothing for a visitor.
    pub user: Option<UserId>,
    /// What waits for it.
    pub mailbox: Mailbox,
    /// Locked before the room's own lock, so that leaving and following cannot cross.
    follows: Mutex<Follows>,
}

/// The rooms that a line follows.
#[derive(Debug, Default)]
pub(super) struct Follows {
    /// Which ones, in an order that is always the same.
    pub rooms: BTreeSet<RoomId>,
    /// Set when the connection ended: it follows nothing any more.
    pub ended: bool,
    /// Whose it is, if that was told since it began: newer than what the database said to
    /// somebody who asked before.
    pub person: Option<Person>,
    /// Rooms of which its person is no member any more, if that was told since it began.
    pub left: HashSet<RoomId>,
}

impl Line {
    pub(super) fn new(id: u64, user: Option<UserId>, queue_frames: usize) -> Self {
        Self {
            id,
            user,
            mailbox: Mailbox::new(queue_frames),
            follows: Mutex::default(),
        }
    }

    /// Whether it follows this room.
    #[must_use]
    pub fn is_following(&self, room: RoomId) -> bool {
        self.follows().rooms.contains(&room)
    }

    pub(super) fn follows(&self) -> MutexGuard<'_, Follows> {
        self.follows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts frames into every mailbox. This is the fast path: to a room of a thousand it is
/// walked a thousand times for each message, and what it costs beside the writes themselves
/// stands in `docs/PERFORMANCE.md`.
pub(super) fn tell<'l>(lines: impl IntoIterator<Item = &'l Arc<Line>>, bundle: &Bundle) {
    let lines: Vec<&Line> = lines.into_iter().map(|line| &**line).collect();
    let written = match (lines.len() / SHARE).min(*CORES) {
        0 | 1 => tell_share(&lines, bundle),
        threads => tell_on(threads, &lines, bundle),
    };
    FRAMES_OUT.increment(written as u64);
}

/// Shares a crowd out among threads, each line to one of them. When this returns all are told.
fn tell_on(threads: usize, lines: &[&Line], bundle: &Bundle) -> usize {
    let mut shares = lines.chunks(lines.len().div_ceil(threads));
    let own = shares.next().unwrap_or_default();
    thread::scope(|scope| {
        let others: Vec<_> = shares
            .map(|share| {
                let telling = move || tell_share(share, bundle);
                (share, thread::Builder::new().spawn_scoped(scope, telling))
            })
            .collect();
        let own = tell_share(own, bundle);
        let others = others.into_iter().map(|(share, thread)| match thread {
            Ok(thread) => thread.join().unwrap_or_else(|_| {
                tracing::error!(lines = share.len(), "telling a share of a crowd panicked");
                0
            }),
            // The system has no threads left.
            Err(_) => tell_share(share, bundle),
        });
        own + others.sum::<usize>()
    })
}

fn tell_share(lines: &[&Line], bundle: &Bundle) -> usize {
    let mut written = 0;
    for some in lines.chunks(WARMED) {
        some.iter().for_each(|line| line.mailbox.warm());
        let pushed = some.iter().map(|line| line.mailbox.push(bundle));
        written += pushed.sum::<usize>();
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::ServerFrame, server::hub::outlet::Ear};
    use futures_util::FutureExt;
    use std::collections::VecDeque;

    #[test]
    fn a_crowd_is_told_by_several_threads_each_once_and_in_order() {
        let ears: Vec<Arc<Ear>> = (0..3 * SHARE + 1).map(|_| Arc::default()).collect();
        let lines: Vec<_> = (0..)
            .zip(&ears)
            .map(|(id, ear)| {
                let line = Arc::new(Line::new(id, None, 4));
                // Every tenth takes everything from its mailbox.
                if id % 10 != 0 {
                    line.mailbox.open(ear.clone());
                    assert!(line.mailbox.filled().now_or_never().is_none());
                }
                line
            })
            .collect();
        let said = [ServerFrame::Pong, ServerFrame::Resumed, ServerFrame::Beat];
        let bundles: Vec<_> = said.iter().map(Bundle::plain).collect();
        let crowd: Vec<_> = lines.iter().map(|line| &**line).collect();
        tell(&lines, &bundles[0]);
        tell_on(3, &crowd, &bundles[1]);
        tell_on(7, &crowd, &bundles[2]);
        let all: Vec<u8> = bundles.iter().flat_map(Bundle::bytes).copied().collect();
        for (line, ear) in lines.iter().zip(&ears) {
            let mut waiting = VecDeque::new();
            line.mailbox.take(&mut waiting);
            let waited = waiting.iter().flat_map(|parcel| parcel.frame.bytes());
            let mut heard = ear.0.lock().unwrap().clone();
            heard.extend(waited);
            assert_eq!(heard, all, "line {}", line.id);
        }
        tell([], &bundles[0]);
    }
}
