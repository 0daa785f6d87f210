//! A room's log and what surrounds it.

use super::{
    Cid, Emoji, Message, Millis, Name, RoomId, RoomName, Seq, Slug, Topic, UserId, flat::FlatWhat,
};
use serde::{Deserialize, Serialize};

/// Somebody, as others see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who it is, whatever the name says today.
    pub id: UserId,
    /// The name in use now; old messages follow it.
    pub name: Name,
    /// SHA-256 of an e-mail address in hex, when the host allows Gravatar and the person
    /// gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gravatar: Option<String>,
}

/// One entry of a room's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the room.
    pub seq: Seq,
    /// When the server took it.
    pub at: Millis,
    /// Who did it.
    pub by: UserId,
    /// What they did.
    pub what: What,
}

/// What can happen in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "FlatWhat")]
pub enum What {
    /// Somebody said something.
    Message(Message),
    /// Somebody wrote a message of theirs anew.
    Edited {
        /// The author's own name for this action.
        cid: Cid,
        /// The message.
        of: Seq,
        /// What it says now.
        text: String,
    },
    /// Somebody took a message back.
    Deleted {
        /// Their own name for this action.
        cid: Cid,
        /// The message.
        of: Seq,
    },
    /// Somebody put an emoji under a message, or took theirs away.
    Reacted {
        /// Their own name for this action.
        cid: Cid,
        /// The message.
        of: Seq,
        /// Which.
        emoji: Emoji,
        /// Whether it is there now.
        on: bool,
    },
    /// Somebody became a member.
    Joined,
    /// Somebody stopped being a member.
    Left,
    /// Somebody took another name.
    Renamed {
        /// The name before.
        from: Name,
        /// The name after.
        to: Name,
    },
    /// Somebody changed what the room is about.
    Topic {
        /// The new topic; empty when it was removed.
        topic: Topic,
    },
    /// An event of a later version: it takes its place in the sequence and is not shown.
    #[serde(other)]
    Unknown,
}

impl What {
    /// The message that this changes, if it is a change of one: such events are not shown by
    /// themselves, and pages leave them out.
    #[must_use]
    pub fn amends(&self) -> Option<Seq> {
        match self {
            Self::Edited { of, .. } | Self::Deleted { of, .. } | Self::Reacted { of, .. } => {
                Some(*of)
            }
            _ => None,
        }
    }

    /// The action of somebody that it is the outcome of.
    #[must_use]
    pub fn cid(&self) -> Option<Cid> {
        match self {
            Self::Message(message) => Some(message.cid),
            Self::Edited { cid, .. } | Self::Deleted { cid, .. } | Self::Reacted { cid, .. } => {
                Some(*cid)
            }
            _ => None,
        }
    }
}

/// A room, without its log.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Room {
    /// Which one.
    pub id: RoomId,
    /// Its place in the URL: `/r/<slug>`.
    pub slug: Slug,
    /// As people read it.
    pub name: RoomName,
    /// What it is about; may be empty.
    pub topic: Topic,
}

/// A line of somebody's room list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSummary {
    /// The room.
    pub room: Room,
    /// Its newest event.
    pub head: Seq,
    /// Messages of others behind this person's read position, counted up to
    /// [`super::limits::UNREAD_COUNTED`]. 0 for visitors and for rooms never entered.
    pub unread: u32,
    /// Whether this person is a member.
    pub member: bool,
    /// How many members the room has.
    pub members: u32,
}

/// Who is online in a room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Online {
    /// How many people, each once however many tabs.
    pub count: u32,
    /// The first of them, sorted as people sort: at most
    /// [`super::limits::ONLINE_LISTED`].
    pub people: Vec<Person>,
}

/// A room as of one moment: its newest page and what one needs to go on from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSnapshot {
    /// The room.
    pub room: Room,
    /// The newest event at that moment; the live feed goes on behind it.
    pub head: Seq,
    /// Up to [`super::limits::PAGE_EVENTS`] events in order, each in its current form; those
    /// that only amend a message are left out. They are the newest ones (unless this is a
    /// page of the past, see [`super::BootPage::Room`]).
    pub events: Vec<Event>,
    /// Whether there are events before these.
    pub older: bool,
    /// Everybody the events and the list name.
    pub people: Vec<Person>,
    /// Who is online.
    pub online: Online,
    /// How far this person has read; equal to `head` for visitors.
    pub read: Seq,
    /// Whether this person is a member.
    pub member: bool,
}
