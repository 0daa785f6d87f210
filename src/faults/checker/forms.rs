//! What messages say and what stands under them, at every place of the log: worked out from
//! what people did, in the log's order, past all code of the product that does the same.

use super::Log;
use crate::history::{Deed, History};
use hubbub::protocol::{Cid, Event, Message, Millis, RoomId, Seq, UserId, What};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Every form that every message ever had.
pub struct Forms(HashMap<(RoomId, Seq), BTreeMap<Seq, Form>>);

/// A message from one place in the log to the next that is about it.
#[derive(Clone, Debug)]
pub struct Form {
    pub text: String,
    pub edited: Option<Millis>,
    pub deleted: bool,
    /// In the order in which each emoji came, and each person under it.
    reactions: Vec<(String, Vec<UserId>)>,
}

impl Forms {
    pub fn of(log: &Log, histories: &[History]) -> Self {
        let mut words: HashMap<(UserId, Cid), &str> = HashMap::new();
        for history in histories {
            for one in &history.submitted {
                if let (Some(user), Deed::Say(text) | Deed::Edit(_, text)) =
                    (history.user, &one.deed)
                {
                    words.insert((user, one.cid), text);
                }
            }
        }
        let mut forms = HashMap::new();
        for (room, events) in log {
            for event in events {
                let said = event.what.cid().and_then(|cid| words.get(&(event.by, cid)));
                if let What::Message(message) = &event.what {
                    // Of what nobody submitted the log itself is the witness.
                    let text = said.map_or(message.text.as_str(), |said| said);
                    let first = BTreeMap::from([(Seq(0), Form::new(text))]);
                    forms.insert((*room, event.seq), first);
                } else if let Some(of) = event.what.amends()
                    && let Some(known) = forms.get_mut(&(*room, of))
                {
                    let (_, newest) = known.last_key_value().expect("the first one");
                    let mut form = newest.clone();
                    form.change(event, said.map_or("", |said| said));
                    known.insert(event.seq, form);
                }
            }
        }
        Self(forms)
    }

    /// The form at a place in the log, which may be one of the message itself.
    pub fn at(&self, room: RoomId, message: Seq, place: Seq) -> Option<&Form> {
        let forms = self.0.get(&(room, message))?;
        Some(forms.range(..=place).next_back()?.1)
    }

    /// Whether a place is that of a message, or of something about it.
    pub fn is_about(&self, room: RoomId, message: Seq, place: Seq) -> bool {
        let forms = self.0.get(&(room, message));
        place == message || forms.is_some_and(|forms| forms.contains_key(&place))
    }

    /// What is wrong with an event, as somebody has it, if it says something else than the
    /// log did at some place that it may be of. Of those who reacted it names at least so
    /// many, if there are.
    pub fn disagreement(&self, room: RoomId, event: &Event, named: usize) -> Option<String> {
        match &event.what {
            What::Message(message) => {
                let forms = self.0.get(&(room, event.seq))?;
                let Some(form) = forms.get(&message.amended) else {
                    return Some(format!("nothing at {} is about it", message.amended.0));
                };
                let is_same = form.is_form_of(message, named);
                (!is_same).then(|| format!("it is {message:?}, not {form:?}"))
            }
            What::Edited { of, text, .. } => {
                let forms = self.0.get(&(room, *of))?;
                let mut later = forms.range(event.seq..).map(|(_, form)| &form.text);
                let is_one = later.any(|said| said == text);
                (!is_one).then(|| format!("{text:?} was never said at {}", of.0))
            }
            _ => None,
        }
    }

    /// Like [`Forms::disagreement`], of a message that is said to be in the form that it has
    /// at this place.
    pub fn disagreement_at(
        &self,
        room: RoomId,
        place: Seq,
        event: &Event,
        named: usize,
    ) -> Option<String> {
        let What::Message(message) = &event.what else {
            return None;
        };
        let forms = self.0.get(&(room, event.seq))?;
        let newest = forms.range(..=place).next_back()?.0;
        if *newest == message.amended {
            self.disagreement(room, event, named)
        } else {
            let (told, newest) = (message.amended.0, newest.0);
            Some(format!("it is as at {told}, not {newest}"))
        }
    }
}

impl Form {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            edited: None,
            deleted: false,
            reactions: Vec::new(),
        }
    }

    fn change(&mut self, event: &Event, said: &str) {
        match &event.what {
            What::Edited { .. } => {
                said.clone_into(&mut self.text);
                self.edited = Some(event.at);
            }
            What::Deleted { .. } => {
                *self = Self {
                    deleted: true,
                    ..Self::new("")
                };
            }
            What::Reacted { emoji, on, .. } => {
                let known = self
                    .reactions
                    .iter_mut()
                    .find(|one| one.0 == emoji.as_str());
                match known {
                    Some((_, by)) if *on => by.push(event.by),
                    Some((_, by)) => by.retain(|user| *user != event.by),
                    None => self
                        .reactions
                        .push((emoji.as_str().to_owned(), vec![event.by])),
                }
                self.reactions.retain(|(_, by)| !by.is_empty());
            }
            _ => {}
        }
    }

    /// Whether somebody's emoji stands under it.
    pub fn has(&self, emoji: &str, user: UserId) -> bool {
        let theirs = self.reactions.iter().find(|one| one.0 == emoji);
        theirs.is_some_and(|(_, by)| by.contains(&user))
    }

    /// Whether a message is in this form, and names at least so many of those who reacted.
    fn is_form_of(&self, message: &Message, named: usize) -> bool {
        let same_words = (&self.text, self.edited, self.deleted)
            == (&message.text, message.edited, message.deleted);
        let mut pairs = self.reactions.iter().zip(&message.reactions);
        let same_reactions = pairs.all(|((emoji, by), told)| {
            emoji == told.emoji.as_str()
                && u32::try_from(by.len()) == Ok(told.count)
                && told.by.iter().all(|user| by.contains(user))
                && told.by.iter().collect::<HashSet<_>>().len() == told.by.len()
                && told.by.len() >= by.len().min(named)
        });
        same_words && same_reactions && self.reactions.len() == message.reactions.len()
    }
}
