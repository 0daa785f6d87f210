//! From events to what stands on the screen: days, groups, merged notices.

use super::{Pending, PendingState, Timeline};
use crate::protocol::{Cid, Event, Millis, Name, Seq, Topic, UserId, What, limits};
use std::{fmt, sync::Arc};

/// One line of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A new day begins: days since 1970 in local time.
    Day(i64),
    /// Unread messages begin.
    New,
    /// Something quiet happened.
    Notice(Notice),
    /// Somebody said something.
    Message {
        /// The event in the log.
        event: Arc<Event>,
        /// Whether it opens a group: avatar, name and time stand above it.
        opens: bool,
    },
    /// This person said something that is on its way.
    Pending {
        /// What and how it stands.
        pending: Pending,
        /// Whether it opens a group.
        opens: bool,
    },
}

/// Something that happened beside the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// People came and went, merged while nothing else happened. Somebody who did both
    /// counts for what they did last, and is told of behind what others did before.
    Members {
        /// The first event of the run.
        first: Seq,
        /// The last event of the run.
        last: Seq,
        /// Who joined, in order.
        joined: Vec<UserId>,
        /// Who left, in order.
        left: Vec<UserId>,
        /// Whether the last event is that somebody joined.
        ends_joined: bool,
    },
    /// Somebody took another name.
    Renamed {
        /// The event.
        seq: Seq,
        /// Before.
        from: Name,
        /// After.
        to: Name,
    },
    /// Somebody changed the topic.
    Topic {
        /// The event.
        seq: Seq,
        /// Who.
        by: UserId,
        /// The new topic, empty when it was removed.
        topic: Topic,
    },
}

/// What tells rows apart; a row whose key is the same looks the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RowKey {
    /// A day, told apart from the same day elsewhere by its first event.
    Day(i64),
    /// The new line.
    New,
    /// A notice and how far it reaches.
    Notice(Seq, Seq),
    /// A message and whether it opens a group. By its `cid`, too: after a restored backup its
    /// place may be another's.
    Message(Seq, Cid, bool),
    /// A pending message, how it stands, and whether it opens a group.
    Pending(Cid, u8, bool),
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => write!(f, "day {day}"),
            Self::New => f.write_str("new"),
            Self::Notice(first, last) => write!(f, "notice {} {}", first.0, last.0),
            Self::Message(seq, cid, opens) => write!(f, "message {} {cid} {opens}", seq.0),
            Self::Pending(cid, state, opens) => write!(f, "pending {cid} {state} {opens}"),
        }
    }
}

impl Row {
    /// The event it stands for; the first of several. None that are not in the log.
    fn seq(&self) -> Option<Seq> {
        match self {
            Self::Day(_) | Self::New | Self::Pending { .. } => None,
            Self::Notice(Notice::Members { first, .. }) => Some(*first),
            Self::Notice(Notice::Renamed { seq, .. } | Notice::Topic { seq, .. }) => Some(*seq),
            Self::Message { event, .. } => Some(event.seq),
        }
    }

    /// The key of this row.
    #[must_use]
    pub fn key(&self) -> RowKey {
        match self {
            Self::Day(day) => RowKey::Day(*day),
            Self::New => RowKey::New,
            Self::Notice(Notice::Members { first, last, .. }) => RowKey::Notice(*first, *last),
            Self::Notice(Notice::Renamed { seq, .. } | Notice::Topic { seq, .. }) => {
                RowKey::Notice(*seq, *seq)
            }
            Self::Message { event, opens } => {
                let cid = event.what.cid().unwrap_or(Cid([0; 16]));
                RowKey::Message(event.seq, cid, *opens)
            }
            Self::Pending { pending, opens } => {
                let state = match pending.state {
                    PendingState::Waiting => 0,
                    PendingState::Sent(_) => 1,
                    PendingState::Failed(_) => 2,
                };
                RowKey::Pending(pending.cid, state, *opens)
            }
        }
    }
}

/// Rows that came onto the screen together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowPage {
    /// Each page of history has the next number behind those after it, and each that is begun
    /// with what is new the one before. It stays.
    pub number: isize,
    /// In order.
    pub rows: Vec<Row>,
}

impl Timeline {
    /// The rows, oldest page first. Whoever draws pages one by one leaves alone what is on
    /// the screen when history comes before it.
    #[must_use]
    pub fn pages(&self, rows: Vec<Row>) -> Vec<RowPage> {
        let mut pages: Vec<RowPage> = (0..=self.seams.len())
            .map(|place| RowPage {
                number: place.wrapping_sub(self.begun).cast_signed(),
                rows: Vec::new(),
            })
            .collect();
        let mut place = 0;
        // From the end: a day and the new line belong to what stands below them.
        for row in rows.into_iter().rev() {
            if let Some(seq) = row.seq() {
                place = self.seams.iter().take_while(|seam| seq < **seam).count();
            }
            pages[place].rows.push(row);
        }
        for page in &mut pages {
            page.rows.reverse();
        }
        pages.reverse();
        pages
    }

    /// The rows of the conversation.
    ///
    /// `offset` gives the minutes to add to UTC at a moment; `new_after` is where the
    /// unread messages begin; `me` is who the pending messages belong to.
    #[must_use]
    pub fn rows(
        &self,
        offset: impl Fn(Millis) -> i32,
        new_after: Option<Seq>,
        me: Option<UserId>,
    ) -> Vec<Row> {
        let mut rows = Rows::default();
        let mut new_after = new_after;
        for event in &self.events {
            rows.day(event.at, &offset);
            let unread = new_after.is_some_and(|seq| event.seq > seq);
            if unread && super::is_message(event) && Some(event.by) != me {
                rows.new_line();
                new_after = None;
            }
            rows.event(event);
        }
        for pending in self.pending.iter().filter(|one| one.said().is_some()) {
            rows.pending(pending, me);
        }
        rows.done
    }
}

/// Rows being made, and what the next one depends on.
#[derive(Default)]
struct Rows {
    done: Vec<Row>,
    day: Option<i64>,
    /// Who spoke last and when, while nothing came between.
    speaker: Option<(UserId, Millis)>,
}

impl Rows {
    fn day(&mut self, at: Millis, offset: impl Fn(Millis) -> i32) {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let day = (at.0 + i64::from(offset(at)) * 60_000).div_euclid(DAY);
        // A clock that was set back must not make a day twice.
        if self.day.is_none_or(|before| day > before) {
            self.day = Some(day);
            self.done.push(Row::Day(day));
            self.speaker = None;
        }
    }

    fn new_line(&mut self) {
        self.done.push(Row::New);
        self.speaker = None;
    }

    fn event(&mut self, event: &Arc<Event>) {
        let notice = match &event.what {
            What::Message { .. } => {
                let opens = !self.continues(event.by, event.at);
                self.speaker = Some((event.by, event.at));
                self.done.push(Row::Message {
                    event: Arc::clone(event),
                    opens,
                });
                return;
            }
            What::Unknown | What::Edited { .. } | What::Deleted { .. } | What::Reacted { .. } => {
                return;
            }
            What::Joined | What::Left => {
                self.membership(event);
                return;
            }
            What::Renamed { from, to } => Notice::Renamed {
                seq: event.seq,
                from: from.clone(),
                to: to.clone(),
            },
            What::Topic { topic } => Notice::Topic {
                seq: event.seq,
                by: event.by,
                topic: topic.clone(),
            },
        };
        self.notice(notice);
    }

    fn notice(&mut self, notice: Notice) {
        self.speaker = None;
        self.done.push(Row::Notice(notice));
    }

    fn membership(&mut self, event: &Event) {
        let came = event.what == What::Joined;
        if !matches!(self.done.last(), Some(Row::Notice(Notice::Members { .. }))) {
            let (joined, left) = (Vec::new(), Vec::new());
            self.notice(Notice::Members {
                first: event.seq,
                last: event.seq,
                joined,
                left,
                ends_joined: came,
            });
        }
        if let Some(Row::Notice(Notice::Members {
            last,
            joined,
            left,
            ends_joined,
            ..
        })) = self.done.last_mut()
        {
            (*last, *ends_joined) = (event.seq, came);
            joined.retain(|user| *user != event.by);
            left.retain(|user| *user != event.by);
            if came {
                joined.push(event.by)
            } else {
                left.push(event.by)
            }
        }
    }

    fn pending(&mut self, pending: &Pending, me: Option<UserId>) {
        // A pending message has no time yet: it joins the group of its author whenever
        // that is the last on the screen, so that taking its place moves nothing.
        let opens = match (self.speaker, me) {
            (Some((speaker, _)), Some(me)) => speaker != me,
            _ => true,
        };
        self.speaker = me.map(|me| (me, Millis(i64::MAX)));
        self.done.push(Row::Pending {
            pending: pending.clone(),
            opens,
        });
    }

    fn continues(&self, by: UserId, at: Millis) -> bool {
        let within = i64::try_from(limits::GROUP_WITHIN.as_millis()).unwrap_or(i64::MAX);
        self.speaker
            .is_some_and(|(speaker, before)| speaker == by && (at.0 - before.0).abs() < within)
    }
}
