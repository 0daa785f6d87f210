//! What the server hands to the browser with the first page, so that HTML and stream meet
//! without a gap; and what a form posted by script gets back.

use super::{
    Cid, Epoch, Millis, Person, Refusal, RoomSnapshot, RoomSummary, Seq,
    flat::{FlatPage, FlatReply},
};
use serde::{Deserialize, Serialize};

/// Everything the first render needs, the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// What the host calls the place.
    pub place: String,
    /// The life of the database that every sequence here belongs to.
    pub epoch: Epoch,
    /// Who the session belongs to; nothing for a visitor.
    pub me: Option<Person>,
    /// Minutes to add to UTC for the times in this render: what the browser told last
    /// time (cookie `tz`), 0 on a first visit. The browser corrects it after hydration.
    pub tz: i32,
    /// When this page was made, to the minute, for "Today" and "Yesterday".
    pub now: Millis,
    /// Whether the host allows Gravatar.
    pub gravatar: bool,
    /// The public rooms.
    pub rooms: Vec<RoomSummary>,
    /// The page itself.
    pub page: BootPage,
    /// A fresh name for what this page's form may do without script: a message that is sent
    /// twice is kept once, and who joins twice is one.
    pub cid: Cid,
    /// A form that this very request posted and that was refused.
    pub refused: Option<RefusedForm>,
}

/// Which page, with its data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "page", rename_all = "snake_case", try_from = "FlatPage")]
pub enum BootPage {
    /// `/r/<slug>`.
    Room {
        /// The room; its newest page, or the page before `before`.
        snapshot: Box<RoomSnapshot>,
        /// Set on a page of the past: `/r/<slug>?before=<seq>`.
        before: Option<Seq>,
    },
    /// `/rooms`.
    Rooms,
    /// `/me`.
    Me,
    /// Nothing is here.
    NotFound,
    /// Something failed inside.
    Failed,
}

/// The forms that can be posted; the value of their field `do`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// `/r/<slug>`: choose a name (`name`); the same `cid` again is the same joining.
    Join,
    /// `/r/<slug>`: say something (`cid`, `body`).
    Send,
    /// `/r/<slug>/<seq>`: write a message anew (`cid`, `body`).
    Edit,
    /// `/r/<slug>/<seq>`: take a message back (`cid`).
    Delete,
    /// `/r/<slug>/<seq>`: put an emoji under a message (`put`), or take it away (`take`).
    React,
    /// `/r/<slug>`: set the topic (`topic`).
    Topic,
    /// `/r/<slug>`: stop being a member.
    Leave,
    /// `/rooms`: make a room (`name`, `topic`).
    Create,
    /// `/me`: another name (`name`), and e-mail address where Gravatar is allowed (`email`).
    Rename,
    /// `/me`: end the session.
    SignOut,
}

impl Form {
    /// The value of the field `do`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Join => "join",
            Self::Send => "send",
            Self::Edit => "edit",
            Self::Delete => "delete",
            Self::React => "react",
            Self::Topic => "topic",
            Self::Leave => "leave",
            Self::Create => "create",
            Self::Rename => "rename",
            Self::SignOut => "sign_out",
        }
    }
}

/// A form that was refused, to be shown again with what was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedForm {
    /// Which one.
    pub form: Form,
    /// Why.
    pub refusal: Refusal,
    /// The fields as they were typed, in order.
    pub fields: Vec<(String, String)>,
}

impl RefusedForm {
    /// What was typed into a field; empty if nothing was.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, typed)| typed)
    }
}

/// What a form posted with `Accept: application/json` gets: 200 with `next`, or the
/// refusal with its status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case", try_from = "FlatReply")]
pub enum FormReply {
    /// It is done.
    Done {
        /// Where a browser without script would be sent.
        next: String,
        /// Who the session belongs to now.
        me: Option<Person>,
    },
    /// It is not done.
    Refused {
        /// Why.
        refusal: Refusal,
    },
}
