//! Every figure in `docs/PROTOCOL.md` against `protocol::limits`.

use super::page::{PAGE, rows, section};
use crate::protocol::limits::{self, Rate};
use std::{collections::BTreeSet, time::Duration};

/// How the page writes a figure.
trait Figure {
    fn figure(&self) -> String;
}

impl Figure for u64 {
    fn figure(&self) -> String {
        let digits = self.to_string();
        let groups = digits.as_bytes().rchunks(3).rev();
        let groups: Vec<&str> = groups
            .map(|group| std::str::from_utf8(group).unwrap())
            .collect();
        groups.join(",")
    }
}

impl Figure for usize {
    fn figure(&self) -> String {
        (*self as u64).figure()
    }
}

impl Figure for u32 {
    fn figure(&self) -> String {
        u64::from(*self).figure()
    }
}

impl Figure for Duration {
    fn figure(&self) -> String {
        const DAY: u64 = 24 * 60 * 60;
        match (self.as_secs(), self.subsec_millis()) {
            (days, 0) if days >= DAY && days % DAY == 0 => format!("{} days", days / DAY),
            (seconds, 0) => format!("{seconds} s"),
            _ => format!("{} ms", self.as_millis()),
        }
    }
}

impl Figure for Rate {
    fn figure(&self) -> String {
        format!(
            "{}, then one every {}",
            self.burst.figure(),
            self.every.figure()
        )
    }
}

/// Every constant that the page may cite, with its figure.
fn figures() -> Vec<(&'static str, String)> {
    macro_rules! figures {
        ($($name:ident)+) => { vec![$((stringify!($name), limits::$name.figure())),+] };
    }
    let kib = |bytes: usize| format!("{} KiB", bytes / 1024);
    let mut figures = figures![
        MESSAGE_CHARS NAME_GRAPHEMES NAME_BYTES ROOM_NAME_CHARS TOPIC_CHARS SLUG_CHARS ROOMS
        REACTIONS REACTORS_LISTED VERSIONS_KEPT PAGE_EVENTS REPLAY_EVENTS REPLAY_CHUNK REPLAY_BYTES RESUME_ROOMS UNREAD_COUNTED ONLINE_LISTED
        TYPING_EVERY TYPING_SHOWN READ_EVERY READ_SPREAD HEARTBEAT_EVERY HEARTBEAT_MISSED HEARTBEAT_GIVE_UP HELLO_WITHIN
        PRESENCE_WINDOW PRESENCE_WINDOW_CROWD PRESENCE_GRACE RECONNECT_MAX RECONNECT_FIRST
        QUEUE_FRAMES CONNECTIONS CONNECTIONS_PER_SESSION CONNECTIONS_PER_ADDRESS SESSION_IDLE
        JOIN_REMEMBERED JOINS_REMEMBERED
        SENDS FRAMES FRAMES_REFUSED JOINS CHANGES ROOMS_MADE REQUESTS
    ];
    for (name, bytes) in [
        ("MESSAGE_BYTES", limits::MESSAGE_BYTES),
        ("FRAME_BYTES", limits::FRAME_BYTES),
        ("FORM_BYTES", limits::FORM_BYTES),
    ] {
        assert_eq!(bytes % 1024, 0);
        figures.push((name, kib(bytes)));
    }
    figures
}

#[test]
fn every_figure_in_the_page_is_the_programs() {
    let figures = figures();
    let figure = |name: &str| {
        let known = figures.iter().find(|(known, _)| *known == name);
        &known
            .unwrap_or_else(|| panic!("{name} is no constant that the page may cite"))
            .1
    };
    let mut cited = BTreeSet::new();
    for row in rows(section("## Limits")) {
        let name = row[0].trim_matches('`');
        assert_eq!(row[1], figure(name), "{name}");
        cited.insert(name);
    }
    // In the text a figure stands before its name: "15 s (`HEARTBEAT_EVERY`)".
    let words = PAGE.replace('\n', " ");
    let mut parts = words.split('`');
    let mut before = parts.next().unwrap_or_default().to_owned();
    let is_name =
        |code: &str| code.len() > 3 && code.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    while let (Some(code), Some(after)) = (parts.next(), parts.next()) {
        if is_name(code) && before.ends_with('(') {
            // "200 rooms (`RESUME_ROOMS`)": at most three words stand between.
            let said: Vec<&str> = before
                .trim_end_matches('(')
                .split_whitespace()
                .rev()
                .take(7)
                .collect();
            let said = said.into_iter().rev().collect::<Vec<_>>().join(" ");
            assert!(
                said.contains(figure(code)),
                "{said:?} for {code}, which is {}",
                figure(code)
            );
            cited.insert(figures.iter().find(|(name, _)| *name == code).unwrap().0);
        }
        before = after.to_owned();
    }
    let all = figures.iter().map(|(name, _)| *name);
    assert_eq!(cited, all.collect(), "cited and known");
}
