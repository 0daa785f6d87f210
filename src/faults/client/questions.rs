//! The rooms that a client asks to open, until they are.

use super::refusal::{hold_for, may_pass};
use hubbub::protocol::{ClientFrame, Refusal, Slug};
use std::collections::HashMap;
use tokio::time::Instant;

pub(super) struct Questions {
    /// Rooms to open, until they are.
    wanted: Vec<Slug>,
    /// On this connection, by number.
    asked: HashMap<u32, Slug>,
    count: u32,
    /// When to ask again what was refused for being too fast.
    ask_at: Option<Instant>,
}

impl Questions {
    pub(super) fn about(wanted: Vec<Slug>) -> Self {
        Self {
            wanted,
            asked: HashMap::new(),
            count: 0,
            ask_at: None,
        }
    }

    pub(super) fn are_answered(&self) -> bool {
        self.wanted.is_empty()
    }

    /// The answers will not come any more.
    pub(super) fn lost(&mut self) {
        self.asked.clear();
    }

    pub(super) fn answered(&mut self, re: u32) {
        if let Some(slug) = self.asked.remove(&re) {
            self.wanted.retain(|wanted| *wanted != slug);
        }
    }

    pub(super) fn refused(&mut self, re: u32, refusal: &Refusal, now: Instant) {
        if let Some(slug) = self.asked.remove(&re) {
            assert!(may_pass(refusal.code), "{slug:?}: {:?}", refusal.code);
            self.ask_at = Some(now + hold_for(refusal));
        }
    }

    /// When to ask again.
    pub(super) fn due(&self) -> Option<Instant> {
        self.ask_at
    }

    /// What is to be asked again now.
    pub(super) fn pump(&mut self, now: Instant) -> Vec<ClientFrame> {
        if self.ask_at.is_none_or(|at| at > now) {
            return Vec::new();
        }
        self.ask_at = None;
        self.ask()
    }

    /// Asks for what is wanted and not asked for yet.
    pub(super) fn ask(&mut self) -> Vec<ClientFrame> {
        let mut frames = Vec::new();
        for slug in &self.wanted {
            if self.asked.values().all(|asked| asked != slug) {
                self.count += 1;
                self.asked.insert(self.count, slug.clone());
                frames.push(ClientFrame::Open {
                    re: self.count,
                    room: slug.clone(),
                });
            }
        }
        frames
    }
}
