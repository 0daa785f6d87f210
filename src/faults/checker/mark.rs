//! The one place that knows the kinds of events and actions: what the checker compares of
//! each. A new kind is a new arm here, and everything else holds for it. What messages say
//! is compared by their forms (`forms.rs`), because it changes.

use crate::history::{Deed, Submitted};
use hubbub::protocol::{Cid, Event, Seq, What};
use std::fmt;

/// What something in the log is: its kind, the name of the action that made it if a client
/// named one, the message that it is about, and what never changes of the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub kind: &'static str,
    pub cid: Option<Cid>,
    pub of: Option<Seq>,
    pub body: String,
}

const EDITED: &str = "edited";
const DELETED: &str = "deleted";

impl Mark {
    /// Of an event, wherever it was found.
    pub fn of(event: &Event) -> Self {
        let (kind, body) = match &event.what {
            What::Message(_) => ("message", String::new()),
            What::Edited { .. } => (EDITED, String::new()),
            What::Deleted { .. } => (DELETED, String::new()),
            What::Reacted { emoji, on, .. } => ("reacted", reaction(emoji.as_str(), *on)),
            What::Joined => ("joined", String::new()),
            What::Left => ("left", String::new()),
            What::Renamed { from, to } => ("renamed", format!("{} {}", from.as_str(), to.as_str())),
            What::Topic { topic } => ("topic", topic.as_str().to_owned()),
            What::Unknown => ("unknown", String::new()),
        };
        Self {
            kind,
            cid: event.what.cid(),
            of: event.what.amends(),
            body,
        }
    }

    /// What the log will have of an action.
    pub fn submitted(submitted: &Submitted) -> Self {
        let (kind, body) = match &submitted.deed {
            Deed::Say(_) => ("message", String::new()),
            Deed::Edit(..) => (EDITED, String::new()),
            Deed::Delete(_) => (DELETED, String::new()),
            Deed::React(_, emoji, on) => ("reacted", reaction(emoji.as_str(), *on)),
        };
        Self {
            kind,
            cid: Some(submitted.cid),
            of: submitted.deed.of(),
            body,
        }
    }

    /// Whether somebody may have been told this as that: an edit of what was deleted since
    /// has nothing to tell but that.
    pub fn may_be_told_as(&self, told: &Self) -> bool {
        let as_deleted = Self {
            kind: DELETED,
            ..self.clone()
        };
        self == told || (self.kind == EDITED && as_deleted == *told)
    }
}

fn reaction(emoji: &str, on: bool) -> String {
    format!("{emoji} {on}")
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        if let Some(cid) = self.cid {
            write!(f, " {cid}")?;
        }
        if let Some(of) = self.of {
            write!(f, " of {}", of.0)?;
        }
        write!(f, " {:?}", self.body)
    }
}
