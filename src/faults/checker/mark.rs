//! The one place that knows the kinds of events and actions: what the checker compares of
//! each. A new kind is a new arm here, and everything else holds for it.

use crate::history::{Deed, Submitted};
use hubbub::protocol::{Cid, Event, What};
use std::fmt;

/// What something in the log is: its kind, the name of the action that made it if a client
/// named one, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub kind: &'static str,
    pub cid: Option<Cid>,
    pub body: String,
}

impl Mark {
    /// Of an event, wherever it was found.
    pub fn of(event: &Event) -> Self {
        let plain = |kind, body: &str| Self {
            kind,
            cid: None,
            body: body.to_owned(),
        };
        match &event.what {
            What::Message(message) => Self {
                cid: Some(message.cid),
                ..plain("message", &message.text)
            },
            What::Edited { cid, of, text } => Self {
                cid: Some(*cid),
                ..plain("edited", &format!("{}: {text}", of.0))
            },
            What::Deleted { cid, of } => Self {
                cid: Some(*cid),
                ..plain("deleted", &of.0.to_string())
            },
            What::Reacted { cid, of, emoji, on } => Self {
                cid: Some(*cid),
                ..plain("reacted", &format!("{}: {} {on}", of.0, emoji.as_str()))
            },
            What::Joined => plain("joined", ""),
            What::Left => plain("left", ""),
            What::Renamed { from, to } => {
                plain("renamed", &format!("{} {}", from.as_str(), to.as_str()))
            }
            What::Topic { topic } => plain("topic", topic.as_str()),
            What::Unknown => plain("unknown", ""),
        }
    }

    /// What the log will have of an action. (Drivers submit what is kept as it is: without
    /// shortcodes, and without white space at its end.)
    pub fn submitted(submitted: &Submitted) -> Self {
        match &submitted.deed {
            Deed::Message(text) => Self {
                kind: "message",
                cid: Some(submitted.cid),
                body: text.clone(),
            },
        }
    }

    /// Whether an action with this mark may stand in the log with that one.
    pub fn is_kept_as(&self, kept: &Self) -> bool {
        self == kept
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        if let Some(cid) = self.cid {
            write!(f, " {cid}")?;
        }
        write!(f, " {:?}", self.body)
    }
}
