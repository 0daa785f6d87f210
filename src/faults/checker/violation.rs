//! What can go against the promises, each with a name and with what one needs to find it.

use hubbub::protocol::{Cid, RoomId, Seq};
use std::fmt;

/// Where something was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the database.
    Log,
    /// In the pages of history that the server tells.
    Pages,
    /// On the screen of this client.
    View(String),
}

/// One promise that was not kept; the worst ones first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Violation {
    /// Acknowledged, and not in the log.
    Lost {
        who: String,
        room: RoomId,
        cid: Cid,
        seq: Seq,
    },
    /// Twice what happened once.
    Doubled {
        place: Place,
        room: RoomId,
        what: String,
    },
    /// A place in the sequence is missing.
    Gap {
        place: Place,
        room: RoomId,
        after: Seq,
        next: Seq,
    },
    /// Another order than the log's, or than the sender's own.
    Reorder {
        place: Place,
        room: RoomId,
        what: String,
    },
    /// Seen and not in the log, or in the log and never submitted, or with other words.
    Ghost {
        place: Place,
        room: RoomId,
        seq: Seq,
        what: String,
    },
    /// The acknowledgement names another place or time than the log.
    AckLies {
        who: String,
        room: RoomId,
        cid: Cid,
        told: Seq,
        kept: Seq,
    },
    /// Submitted, and at the end neither kept nor refused.
    Stuck { who: String, room: RoomId, cid: Cid },
    /// A good action was refused for good.
    Refused {
        who: String,
        room: RoomId,
        cid: Cid,
        code: String,
    },
    /// A `reset` where a replay was promised, or the other way round.
    WrongReset {
        who: String,
        room: RoomId,
        missed: u64,
        reset: bool,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log => f.write_str("in the log"),
            Self::Pages => f.write_str("in the pages"),
            Self::View(who) => write!(f, "on {who}'s screen"),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost {
                who,
                room,
                cid,
                seq,
            } => write!(
                f,
                "lost: room {}: {who} was told that {cid} is kept at {}, and it is not there",
                room.0, seq.0
            ),
            Self::Doubled { place, room, what } => {
                write!(f, "doubled: room {}, {place}: {what}", room.0)
            }
            Self::Gap {
                place,
                room,
                after,
                next,
            } => write!(
                f,
                "gap: room {}, {place}: behind {} comes {}",
                room.0, after.0, next.0
            ),
            Self::Reorder { place, room, what } => {
                write!(f, "reorder: room {}, {place}: {what}", room.0)
            }
            Self::Ghost {
                place,
                room,
                seq,
                what,
            } => write!(f, "ghost: room {}, {place}, at {}: {what}", room.0, seq.0),
            Self::AckLies {
                who,
                room,
                cid,
                told,
                kept,
            } => write!(
                f,
                "ack lies: room {}: {who} was told {} of {cid}, the log says {} (or another \
                 room or time)",
                room.0, told.0, kept.0
            ),
            Self::Stuck { who, room, cid } => write!(
                f,
                "stuck: room {}: what {who} submitted as {cid} was neither kept nor refused",
                room.0
            ),
            Self::Refused {
                who,
                room,
                cid,
                code,
            } => write!(
                f,
                "refused: room {}: what {who} submitted as {cid} was refused for good: {code}",
                room.0
            ),
            Self::WrongReset {
                who,
                room,
                missed,
                reset,
            } => {
                let came = if *reset { "a reset" } else { "a replay" };
                write!(
                    f,
                    "wrong reset: room {}: {who} missed {missed} events and got {came}",
                    room.0
                )
            }
        }
    }
}
