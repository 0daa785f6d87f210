//! Why something was not done: a code for programs, words for people.

use crate::words;
use serde::{Deserialize, Serialize};

/// A refusal, as it goes over the wire and back into a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// For programs.
    pub code: RefusalCode,
    /// For people: what happened and what helps.
    pub message: String,
    /// When it makes sense to try again, in milliseconds from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// The codes. The table stands in `docs/PROTOCOL.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The name is empty, or has neither letter nor digit.
    NameEmpty,
    /// The name is longer than [`super::limits::NAME_GRAPHEMES`].
    NameTooLong,
    /// The name has control, bidi, unassigned or otherwise disallowed characters.
    NameCharacters,
    /// Somebody has this name, or one that looks like it.
    NameTaken,
    /// The message is empty.
    MessageEmpty,
    /// The message is longer than [`super::limits::MESSAGE_CHARS`] or
    /// [`super::limits::MESSAGE_BYTES`].
    MessageTooLong,
    /// The message has control characters.
    MessageCharacters,
    /// The room's name is empty or makes no slug.
    RoomNameEmpty,
    /// The room's name is longer than [`super::limits::ROOM_NAME_CHARS`].
    RoomNameTooLong,
    /// A room with this slug exists, or with one that looks like it.
    RoomTaken,
    /// There are [`super::limits::ROOMS`] rooms already.
    TooManyRooms,
    /// The topic is longer than [`super::limits::TOPIC_CHARS`].
    TopicTooLong,
    /// Text that stands on one line has control characters or line breaks.
    LineCharacters,
    /// The e-mail address is none.
    EmailInvalid,
    /// There is no such room.
    NoSuchRoom,
    /// There is no such message in this room.
    NoSuchMessage,
    /// The message is somebody else's.
    NotYours,
    /// The message was deleted.
    MessageDeleted,
    /// What was put under a message is no emoji.
    EmojiUnknown,
    /// There are [`super::limits::REACTIONS`] different emoji under the message already.
    TooManyReactions,
    /// One must choose a name first.
    NameNeeded,
    /// The `cid` was used for something else.
    CidReused,
    /// Too fast; `retry_after_ms` says when.
    TooFast,
    /// The server has too much to do; `retry_after_ms` says when.
    Busy,
    /// The frame is not known or has wrong fields.
    UnknownFrame,
    /// The form is not known or has wrong fields.
    UnknownForm,
    /// The request came from another site.
    ForeignOrigin,
    /// Something failed inside; the server's log says what.
    Internal,
    /// A code of a later version.
    #[serde(other)]
    Unknown,
}

impl Refusal {
    /// A refusal with the words for its code.
    #[must_use]
    pub fn new(code: RefusalCode) -> Self {
        Self {
            code,
            message: words::refusal(code).to_owned(),
            retry_after_ms: None,
        }
    }

    /// A refusal that says when to try again.
    #[must_use]
    pub fn retry_after(code: RefusalCode, wait: std::time::Duration) -> Self {
        let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        Self {
            retry_after_ms: Some(millis),
            ..Self::new(code)
        }
    }
}

impl From<RefusalCode> for Refusal {
    fn from(code: RefusalCode) -> Self {
        Self::new(code)
    }
}
