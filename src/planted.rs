//! Known mistakes, to prove that the tests would find them. A build without the feature
//! `planted` has none: there every question here is `false` before the program runs. With
//! it, `HUBBUB_PLANTED` names the one that is made. `scripts/planted.sh` makes each in turn
//! and demands that it is caught; `docs/SIMULATION.md` lists them.

/// A mistake that somebody could make.
#[cfg_attr(
    not(any(test, feature = "planted")),
    allow(dead_code, reason = "some are made by the clients of a test")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// A message is acknowledged before it is on the disk.
    AckBeforeCommit,
    /// Others see a message before it is on the disk.
    PublishBeforeCommit,
    /// A retry is known as one for 30 s only.
    ForgetfulDedupe,
    /// Sequences of another epoch are taken for ours.
    NoEpochCheck,
    /// The live feed is attached after the missed events were read.
    LateAttach,
    /// A replay begins one event too late.
    CursorOffByOne,
    /// The events of a commit are told in another order.
    ReorderedCommit,
    /// A replay tells what was deleted.
    ReplayDeleted,
    /// A mailbox wakes nobody when something is put in.
    LostWakeUp,
    /// A silent client is never given up.
    NoHeartbeat,
    /// What a replay told is told again by the live feed.
    ToldTwice,
    /// A command that was undone is answered as if it was kept.
    AckRolledBack,
    /// A client sends what was not acknowledged under a new name.
    FreshCid,
    /// A client does not wait for the answer before it sends the next message.
    Impatient,
    /// A mailbox wakes only who waits at that very moment.
    MissedWakeUp,
    /// A line that has ended can still be seated.
    SeatAfterEnd,
    /// The list is taken before the line has its seat.
    ListBeforeSeat,
    /// What changed in presence is told after the room's lock was let go.
    ToldUnlocked,
    /// The task that tells presence says that it ends after the room's lock was let go.
    EndUnlocked,
}

#[cfg(any(test, feature = "planted"))]
impl Mistake {
    /// All of them, by the names that choose them.
    pub const ALL: [(&str, Self); 19] = [
        ("ack-before-commit", Self::AckBeforeCommit),
        ("publish-before-commit", Self::PublishBeforeCommit),
        ("forgetful-dedupe", Self::ForgetfulDedupe),
        ("no-epoch-check", Self::NoEpochCheck),
        ("late-attach", Self::LateAttach),
        ("cursor-off-by-one", Self::CursorOffByOne),
        ("reordered-commit", Self::ReorderedCommit),
        ("replay-deleted", Self::ReplayDeleted),
        ("lost-wake-up", Self::LostWakeUp),
        ("no-heartbeat", Self::NoHeartbeat),
        ("told-twice", Self::ToldTwice),
        ("ack-rolled-back", Self::AckRolledBack),
        ("fresh-cid", Self::FreshCid),
        ("impatient", Self::Impatient),
        ("missed-wake-up", Self::MissedWakeUp),
        ("seat-after-end", Self::SeatAfterEnd),
        ("list-before-seat", Self::ListBeforeSeat),
        ("told-unlocked", Self::ToldUnlocked),
        ("end-unlocked", Self::EndUnlocked),
    ];
}

/// Whether this mistake is made.
#[cfg(not(feature = "planted"))]
#[must_use]
pub const fn planted(_: Mistake) -> bool {
    false
}

/// Whether this mistake is made.
///
/// # Panics
/// When `HUBBUB_PLANTED` names none that we know.
#[cfg(feature = "planted")]
#[must_use]
pub fn planted(mistake: Mistake) -> bool {
    static CHOSEN: std::sync::OnceLock<Option<Mistake>> = std::sync::OnceLock::new();
    let chosen = CHOSEN.get_or_init(|| {
        let name = std::env::var("HUBBUB_PLANTED").ok()?;
        let known = Mistake::ALL.iter().find(|(known, _)| *known == name);
        Some(known.expect("HUBBUB_PLANTED names a mistake").1)
    });
    *chosen == Some(mistake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_lists_each_mistake_once() {
        let page = include_str!("../docs/SIMULATION.md");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
        let listed: Vec<_> = rows.filter_map(|row| row.split_once("` |")).collect();
        let names: Vec<_> = listed.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, Mistake::ALL.map(|(name, _)| name));
    }

    #[test]
    fn nothing_is_planted_unless_somebody_asks() {
        let asked = cfg!(feature = "planted") && std::env::var_os("HUBBUB_PLANTED").is_some();
        let planted = Mistake::ALL.iter().any(|(_, mistake)| planted(*mistake));
        assert_eq!(planted, asked);
    }
}
