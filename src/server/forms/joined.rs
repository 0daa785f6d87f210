//! Which page's form made which session. The answer to a join may be lost on its way when
//! the name is taken already: posted again by the same page, the form must lead to the same
//! guest, or people would be locked out of their own name.
//!
//! A page's `cid` is known to nobody else until something is said under it, and is
//! forgotten here then. The token itself is kept, and not a new session made each time: a
//! session that no browser ever got would hold the name after its owner has signed out.

use crate::{protocol::Cid, server::store::SessionToken};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The session that was made, once it is. Locked while it is being made: whoever posts the
/// same form meanwhile waits for the outcome.
pub type Made = Arc<tokio::sync::Mutex<Option<Arc<SessionToken>>>>;

/// The sessions made lately, by the `cid` of the page that asked for them.
#[derive(Debug)]
pub struct Joined {
    at_most: usize,
    within: Duration,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    by_cid: HashMap<Cid, (Instant, Made)>,
    /// The oldest first. What was used again or forgotten stands here twice, or still.
    order: VecDeque<(Instant, Cid)>,
}

impl Joined {
    /// Nobody has joined yet. Remembers so many, each for so long after its last use.
    #[must_use]
    pub fn new(at_most: usize, within: Duration) -> Self {
        Self {
            at_most,
            within,
            kept: Mutex::default(),
        }
    }

    /// Where the session that this page asks for is, or is to be put.
    #[must_use]
    pub fn made(&self, cid: Cid) -> Made {
        self.made_at(cid, Instant::now())
    }

    /// From here on others may know the `cid`.
    pub fn forget(&self, cid: Cid) {
        self.lock().by_cid.remove(&cid);
    }

    /// Forgets what is too old.
    pub fn sweep(&self) {
        self.lock().drop_until(Instant::now(), self.within);
    }

    fn made_at(&self, cid: Cid, now: Instant) -> Made {
        let mut kept = self.lock();
        kept.drop_until(now, self.within);
        while kept.order.len() >= self.at_most.max(1) {
            kept.drop_oldest();
        }
        kept.order.push_back((now, cid));
        let (used, made) = kept.by_cid.entry(cid).or_insert((now, Made::default()));
        *used = now;
        made.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn drop_until(&mut self, now: Instant, within: Duration) {
        let old = |(used, _): &(Instant, Cid)| now.duration_since(*used) >= within;
        while self.order.front().is_some_and(old) {
            self.drop_oldest();
        }
    }

    fn drop_oldest(&mut self) {
        let Some((used, cid)) = self.order.pop_front() else {
            return;
        };
        if self.by_cid.get(&cid).is_some_and(|kept| kept.0 == used) {
            self.by_cid.remove(&cid);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn is_same(one: &Made, other: &Made) -> bool {
        Arc::ptr_eq(one, other)
    }

    #[test]
    fn a_page_is_remembered_for_so_long_after_its_last_use() {
        let joined = Joined::new(10, 3 * MINUTE);
        let (cid, now) = (Cid([1; 16]), Instant::now());
        let first = joined.made_at(cid, now);
        let again = joined.made_at(cid, now + 2 * MINUTE);
        assert!(is_same(&first, &again));
        assert!(is_same(&first, &joined.made_at(cid, now + 4 * MINUTE)));
        assert!(!is_same(&first, &joined.made_at(cid, now + 7 * MINUTE)));
    }

    #[test]
    fn the_newest_pages_are_remembered() {
        let joined = Joined::new(2, MINUTE);
        let now = Instant::now();
        let made: Vec<_> = (0..3)
            .map(|number| joined.made_at(Cid([number; 16]), now))
            .collect();
        assert!(joined.lock().by_cid.len() <= 2);
        assert!(is_same(&made[2], &joined.made_at(Cid([2; 16]), now)));
        assert!(!is_same(&made[0], &joined.made_at(Cid([0; 16]), now)));
        for _ in 0..100 {
            drop(joined.made_at(Cid([2; 16]), now));
            joined.forget(Cid([2; 16]));
        }
        assert!(joined.lock().order.len() <= 2);
        assert!(joined.lock().by_cid.len() <= 2);
    }
}
