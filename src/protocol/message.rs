//! A message as it stands today: what was said, and what became of it since.

use super::{Cid, Event, Millis, Seq, UserId, What, limits::REACTORS_LISTED};
use serde::{Deserialize, Serialize};

/// Something that somebody said, in its current form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The sender's own name for this action: how they find their pending copy.
    pub cid: Cid,
    /// Markdown as it was written, emoji shortcodes already turned into emoji. Empty when it
    /// was deleted.
    pub text: String,
    /// When it was edited last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Millis>,
    /// Whether it was deleted: nothing but its place is left.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deleted: bool,
    /// The newest event that this form contains: an edit, a deletion or a reaction. 0 if
    /// there was none. What comes later in the log is not in it yet.
    #[serde(default, skip_serializing_if = "is_default")]
    pub amended: Seq,
    /// In the order in which each emoji came first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
}

/// One emoji under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Which.
    pub emoji: Emoji,
    /// How many people, each once.
    pub count: u32,
    /// The first of them, at most [`REACTORS_LISTED`], and whoever asks if they are one.
    pub by: Vec<UserId>,
}

/// One emoji, as the Unicode charts have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Emoji(String);

impl Emoji {
    /// An emoji that the charts have: whoever makes one has looked it up.
    #[must_use]
    pub fn known(emoji: &str) -> Self {
        Self(emoji.to_owned())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Message {
    /// A message that was said just now.
    #[must_use]
    pub fn new(cid: Cid, text: String) -> Self {
        Self {
            cid,
            text,
            edited: None,
            deleted: false,
            amended: Seq::default(),
            reactions: Vec::new(),
        }
    }

    /// Takes what an event changed in this message, unless it is in this form already.
    pub fn amend(&mut self, event: &Event) {
        if event.seq > self.amended {
            self.change(event.at, event.by, &event.what);
            self.amended = event.seq;
        }
    }

    /// What an event changes, wherever in the log it stands.
    pub(crate) fn change(&mut self, at: Millis, by: UserId, what: &What) {
        match what {
            _ if self.deleted => {}
            What::Edited { text, .. } => {
                self.text.clone_from(text);
                self.edited = Some(at);
            }
            What::Deleted { .. } => {
                *self = Self {
                    deleted: true,
                    amended: self.amended,
                    ..Self::new(self.cid, String::new())
                };
            }
            What::Reacted { emoji, on, .. } => self.react(by, emoji, *on),
            _ => {}
        }
    }

    fn react(&mut self, by: UserId, emoji: &Emoji, on: bool) {
        let at = self.reactions.iter().position(|one| one.emoji == *emoji);
        match (at, on) {
            (Some(at), true) => {
                let reaction = &mut self.reactions[at];
                if !reaction.by.contains(&by) {
                    reaction.count += 1;
                    reaction.by.push(by);
                }
            }
            (None, true) => self.reactions.push(Reaction {
                emoji: emoji.clone(),
                count: 1,
                by: vec![by],
            }),
            (Some(at), false) => {
                let reaction = &mut self.reactions[at];
                reaction.count = reaction.count.saturating_sub(1);
                reaction.by.retain(|user| *user != by);
                if reaction.count == 0 {
                    self.reactions.remove(at);
                }
            }
            (None, false) => {}
        }
    }
}

impl Reaction {
    /// The first of those who reacted, for a list that says who.
    #[must_use]
    pub fn listed(&self) -> &[UserId] {
        &self.by[..self.by.len().min(REACTORS_LISTED)]
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reacted(seq: u64, by: u64, emoji: &str, on: bool) -> Event {
        let what = What::Reacted {
            cid: Cid([0; 16]),
            of: Seq(1),
            emoji: Emoji::known(emoji),
            on,
        };
        happened(seq, by, what)
    }

    fn happened(seq: u64, by: u64, what: What) -> Event {
        Event {
            seq: Seq(seq),
            at: Millis(1_000),
            by: UserId(by),
            what,
        }
    }

    fn edited(seq: u64, text: &str) -> Event {
        let what = What::Edited {
            cid: Cid([0; 16]),
            of: Seq(1),
            text: text.to_owned(),
        };
        happened(seq, 1, what)
    }

    fn chips(message: &Message) -> Vec<(&str, u32)> {
        let chip = |one: &Reaction| (one.emoji.0.clone(), one.count);
        let chips: Vec<_> = message.reactions.iter().map(chip).collect();
        let known = ["a", "b"];
        chips
            .into_iter()
            .map(|(emoji, count)| (*known.iter().find(|one| **one == emoji).unwrap(), count))
            .collect()
    }

    #[test]
    fn what_is_in_a_form_already_changes_nothing_in_it() {
        let mut message = Message::new(Cid([0; 16]), "one".into());
        message.amend(&edited(5, "two"));
        message.amend(&edited(4, "older"));
        message.amend(&edited(5, "two"));
        assert_eq!(message.text, "two");
        assert_eq!(
            (message.edited, message.amended),
            (Some(Millis(1_000)), Seq(5))
        );
    }

    #[test]
    fn each_person_counts_once_for_each_emoji() {
        let mut message = Message::new(Cid([0; 16]), "one".into());
        message.amend(&reacted(2, 1, "a", true));
        message.amend(&reacted(3, 2, "b", true));
        message.amend(&reacted(4, 2, "a", true));
        assert_eq!(chips(&message), [("a", 2), ("b", 1)]);
        message.amend(&reacted(5, 1, "a", false));
        message.amend(&reacted(6, 2, "b", false));
        assert_eq!(chips(&message), [("a", 1)]);
        message.amend(&reacted(7, 2, "a", false));
        assert_eq!(message.reactions, []);
    }

    #[test]
    fn nothing_is_left_of_a_deleted_message_and_nothing_comes_back() {
        let mut message = Message::new(Cid([0; 16]), "secret".into());
        message.amend(&reacted(2, 1, "a", true));
        message.amend(&edited(3, "more secret"));
        let what = What::Deleted {
            cid: Cid([0; 16]),
            of: Seq(1),
        };
        message.amend(&happened(4, 1, what));
        message.amend(&edited(5, "back"));
        message.amend(&reacted(6, 1, "a", true));
        let gone = Message {
            deleted: true,
            amended: Seq(6),
            ..Message::new(Cid([0; 16]), String::new())
        };
        assert_eq!(message, gone);
    }
}
