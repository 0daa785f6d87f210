//! Logs in portions: a frame holds what a slow line can carry before anybody loses patience,
//! and what a thousand slow readers may keep waiting in memory.

use crate::protocol::{
    Event, What,
    limits::{REPLAY_BYTES, REPLAY_CHUNK},
};

/// Bytes of an event beside its text, roughly.
const BARE: usize = 100;

/// How many of the first events go into one frame: at least one.
#[must_use]
pub fn first_slice(events: &[Event]) -> usize {
    let mut bytes = 0;
    let fits = |event: &&Event| {
        bytes += size(event);
        bytes <= REPLAY_BYTES
    };
    let some = events.iter().take(REPLAY_CHUNK).take_while(fits).count();
    some.max(1).min(events.len())
}

/// How much memory these events take, roughly.
#[must_use]
pub fn bytes(events: &[Event]) -> usize {
    events.iter().map(size).sum()
}

fn size(event: &Event) -> usize {
    let text = match &event.what {
        What::Message(message) => {
            let chips = message.reactions.iter();
            message.text.len() + chips.map(|one| BARE + 8 * one.by.len()).sum::<usize>()
        }
        What::Edited { text, .. } => text.len(),
        _ => 0,
    };
    BARE + text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Cid, Message, Millis, Seq, UserId};

    fn messages(count: usize, bytes: usize) -> Vec<Event> {
        let message = |seq| Event {
            seq: Seq(seq as u64),
            at: Millis(0),
            by: UserId(1),
            what: What::Message(Message::new(Cid([0; 16]), "x".repeat(bytes))),
        };
        (1..=count).map(message).collect()
    }

    #[test]
    fn a_frame_holds_so_many_events_and_so_many_bytes() {
        assert_eq!(first_slice(&[]), 0);
        assert_eq!(first_slice(&messages(1, 2 * REPLAY_BYTES)), 1);
        assert_eq!(first_slice(&messages(99, 1)), 99);
        assert_eq!(first_slice(&messages(101, 1)), REPLAY_CHUNK);
        let half = REPLAY_BYTES / 2 - BARE;
        assert_eq!(first_slice(&messages(3, half)), 2);
        assert_eq!(first_slice(&messages(3, half + 1)), 1);
    }
}
