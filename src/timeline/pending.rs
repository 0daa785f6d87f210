//! What this person did that is not in the log yet: shown at once, kept until the log has
//! it or the server says no.

use super::Timeline;
use crate::protocol::{
    Cid, ClientFrame, Emoji, Event, Message, RefusalCode, RoomId, Seq, UserId, What,
};
use std::sync::Arc;

/// Something that somebody does in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Says something; the text as it was typed.
    Say(String),
    /// Writes a message of theirs anew.
    Edit(Seq, String),
    /// Takes a message of theirs back.
    Delete(Seq),
    /// Puts an emoji under a message, or takes it away.
    React(Seq, Emoji, bool),
}

/// A deed on its way into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The name of the action; the event in the log carries the same.
    pub cid: Cid,
    /// What is done.
    pub deed: Deed,
    /// How it stands.
    pub state: PendingState,
}

/// How a deed stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PendingState {
    /// Waiting for a connection, or for the answer.
    Waiting,
    /// Acknowledged; its event is on the way.
    Sent(Seq),
    /// Refused: it needs a decision.
    Failed(RefusalCode),
}

/// A message as this person sees it, with what they do to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// As it will be.
    pub event: Arc<Event>,
    /// How far that is.
    pub state: State,
}

/// How far the log is with a message that is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// This is what it has.
    #[default]
    Kept,
    /// The words, or that there are none any more, are on their way.
    OnItsWay,
    /// What was done was refused and needs a decision; the message is as it was.
    Failed(Cid, RefusalCode),
}

impl Deed {
    /// The message that it is done to; nothing for a new one.
    #[must_use]
    pub fn of(&self) -> Option<Seq> {
        match self {
            Self::Say(_) => None,
            Self::Edit(of, _) | Self::Delete(of) | Self::React(of, ..) => Some(*of),
        }
    }

    /// The frame that asks for it.
    #[must_use]
    pub fn frame(self, cid: Cid, room: RoomId) -> ClientFrame {
        match self {
            Self::Say(body) => ClientFrame::Send { cid, room, body },
            Self::Edit(of, body) => ClientFrame::Edit {
                cid,
                room,
                of,
                body,
            },
            Self::Delete(of) => ClientFrame::Delete { cid, room, of },
            Self::React(of, emoji, on) => ClientFrame::React {
                cid,
                room,
                of,
                emoji: emoji.as_str().to_owned(),
                on,
            },
        }
    }

    /// The message as it will be.
    fn apply(&self, cid: Cid, me: UserId, event: &mut Event) {
        let at = event.at;
        let What::Message(message) = &mut event.what else {
            return;
        };
        let (of, cid) = (event.seq, cid);
        let what = match self.clone() {
            Self::Say(_) => return,
            Self::Edit(_, text) => What::Edited { cid, of, text },
            Self::Delete(_) => What::Deleted { cid, of },
            Self::React(_, emoji, on) => {
                // What the log has already would count twice.
                if has(message, &emoji, me) == on {
                    return;
                }
                What::Reacted { cid, of, emoji, on }
            }
        };
        message.change(at, me, &what);
    }
}

/// Whether somebody has put an emoji under a message.
fn has(message: &Message, emoji: &Emoji, user: UserId) -> bool {
    let theirs = message.reactions.iter().find(|one| one.emoji == *emoji);
    theirs.is_some_and(|one| one.by.contains(&user))
}

impl Pending {
    /// The words of a new message; nothing for what is done to one.
    #[must_use]
    pub fn said(&self) -> Option<&str> {
        match &self.deed {
            Deed::Say(text) => Some(text),
            Deed::Edit(..) | Deed::Delete(_) | Deed::React(..) => None,
        }
    }
}

impl Timeline {
    /// What this person did that is not in the log yet, oldest first.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.pending
    }

    /// A message with what `me` does to it just now; nothing if it is not known here.
    #[must_use]
    pub fn shown(&self, seq: Seq, me: Option<UserId>) -> Option<Shown> {
        let mut event = self.events[self.at(seq)?].clone();
        let mut state = State::Kept;
        let theirs = |pending: &&Pending| pending.deed.of() == Some(seq);
        for pending in self.pending.iter().filter(theirs) {
            match (&pending.state, me) {
                (PendingState::Failed(code), _) => state = State::Failed(pending.cid, *code),
                (_, Some(me)) => {
                    if !matches!(pending.deed, Deed::React(..)) {
                        state = State::OnItsWay;
                    }
                    pending
                        .deed
                        .apply(pending.cid, me, Arc::make_mut(&mut event));
                }
                _ => {}
            }
        }
        Some(Shown { event, state })
    }

    /// Shows what somebody does at once, before the server has it.
    pub fn act(&mut self, cid: Cid, deed: Deed) {
        self.pending.push(Pending {
            cid,
            deed,
            state: PendingState::Waiting,
        });
    }

    /// Shows a message at once, before the server has it.
    pub fn send(&mut self, cid: Cid, text: String) {
        self.act(cid, Deed::Say(text));
    }

    /// The server keeps the deed. If its event came first there is nothing to do.
    pub fn acknowledge(&mut self, cid: Cid, seq: Seq) {
        self.set_state(cid, PendingState::Sent(seq));
        self.settle_sent();
    }

    /// The server does not do it.
    pub fn refuse(&mut self, cid: Cid, code: RefusalCode) {
        self.set_state(cid, PendingState::Failed(code));
    }

    /// Tries a refused deed again.
    pub fn retry(&mut self, cid: Cid) {
        self.set_state(cid, PendingState::Waiting);
    }

    /// Takes a pending deed away and gives it back.
    pub fn forget(&mut self, cid: Cid) -> Option<Deed> {
        let at = self.pending.iter().position(|pending| pending.cid == cid)?;
        Some(self.pending.remove(at).deed)
    }

    /// The log is another one, in which nothing is acknowledged: what was sent is sent again.
    /// The messages that something was done to are not those of this log: that is over.
    pub fn forget_acknowledgements(&mut self) {
        self.pending.retain(|pending| pending.deed.of().is_none());
        for pending in &mut self.pending {
            if matches!(pending.state, PendingState::Sent(_)) {
                pending.state = PendingState::Waiting;
            }
        }
    }

    /// Nothing goes out by itself any more: each deed needs a decision.
    pub fn hold(&mut self, code: RefusalCode) {
        for pending in &mut self.pending {
            if pending.state == PendingState::Waiting {
                pending.state = PendingState::Failed(code);
            }
        }
    }

    fn set_state(&mut self, cid: Cid, state: PendingState) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.cid == cid) {
            pending.state = state;
        }
    }

    /// An event that is the outcome of a pending deed takes its place.
    pub(super) fn settle(&mut self, event: &Event) {
        if let Some(cid) = event.what.cid() {
            self.forget(cid);
        }
    }

    /// What the log has up to here is pending no more.
    pub(super) fn settle_sent(&mut self) {
        let last = self.last;
        let open = |state: &PendingState| !matches!(state, PendingState::Sent(seq) if *seq <= last);
        self.pending.retain(|pending| open(&pending.state));
    }
}
