//! What must be true when everything is mended and quiet.

use super::{tab::Tab, world::World};
use crate::{
    protocol::{Event, RoomId, Seq, UserId, What},
    timeline::Deed,
};
use std::collections::{BTreeMap, BTreeSet};

/// Questions to the database whose answer must be nothing.
const NEVER: [(&str, &str); 8] = [
    (
        "the words of a deleted message",
        "SELECT 1 FROM events AS gone JOIN events AS message
             ON message.room_id = gone.room_id AND message.seq = gone.of_seq
         WHERE gone.kind = 7 AND (message.body IS NOT NULL OR message.hash IS NOT NULL)",
    ),
    (
        "what a deleted message said before",
        "SELECT 1 FROM versions JOIN events
             ON events.room_id = versions.room_id AND of_seq = versions.seq
         WHERE kind = 7",
    ),
    (
        "a gap in a log",
        "SELECT slug FROM rooms WHERE head <>
             (SELECT count(*) FROM events WHERE room_id = id)
         OR head <> (SELECT ifnull(max(seq), 0) FROM events WHERE room_id = id)",
    ),
    (
        "a room that counts its members wrong",
        "SELECT slug FROM rooms WHERE members <>
             (SELECT count(*) FROM members WHERE room_id = id)",
    ),
    (
        "a read position behind the newest event",
        "SELECT slug FROM rooms JOIN members ON room_id = id WHERE read_seq > head",
    ),
    (
        "a message twice",
        "SELECT user_id FROM events WHERE cid IS NOT NULL
         GROUP BY user_id, cid HAVING count(*) > 1",
    ),
    (
        "a session that ended by itself",
        "SELECT name FROM users WHERE in_use = 0",
    ),
    ("a broken reference", "PRAGMA foreign_key_check"),
];

impl World {
    pub(super) fn check_all(&mut self) {
        self.history.learn(&self.machine.disk);
        self.check_database();
        self.check_messages();
        self.check_order();
        for number in 0..self.tabs.len() {
            self.check_tab(number);
        }
    }

    fn check_database(&mut self) {
        for (wrong, sql) in NEVER {
            let mut ask = self.machine.disk.db().prepare_cached(sql);
            let ask = ask.as_mut().expect("these are questions");
            if ask.exists([]).expect("the disk is well") {
                self.history.violate(format!("the database has {wrong}"));
            }
        }
        for (room, log) in self.history.logs.clone() {
            let kept = self.machine.disk.events_after(room, Seq(0));
            let is = |event: &Event| (event.seq, event.by, event.what.cid());
            if !kept.iter().map(is).eq(log.iter().map(is)) {
                self.history
                    .violate(format!("the log of {room:?} is not what was committed"));
            }
        }
    }

    /// Every acknowledged message is in the log, and every message there was said.
    fn check_messages(&mut self) {
        let (mut kept, mut doubles) = (BTreeMap::new(), Vec::new());
        for (room, log) in &self.history.logs {
            for event in log {
                if let Some(cid) = event.what.cid()
                    && let Some((_, twice)) = kept.insert(cid, (*room, event.clone()))
                {
                    let again = event.seq;
                    doubles.push(format!(
                        "{cid} is {:?} and {again:?} of {room:?}",
                        twice.seq
                    ));
                }
            }
        }
        let mut wrong = Vec::new();
        for (cid, (room, seq)) in &self.history.acknowledged {
            if kept.get(cid).map(|(room, event)| (*room, event.seq)) != Some((*room, *seq)) {
                wrong.push(format!("{cid}, acknowledged as {seq:?}, is lost"));
            }
        }
        for (cid, (room, event)) in kept {
            // What was there before the run.
            if cid.0[8..] == [0xff; 8] {
                continue;
            }
            let said = self.history.said.get(&cid);
            let fits = said.is_some_and(|said| {
                let same = match (&event.what, &said.deed) {
                    (What::Message(message), Deed::Say(text)) => message.text == *text,
                    (What::Edited { text, .. }, Deed::Edit(_, said)) => text == said,
                    (What::Deleted { .. }, Deed::Delete(_)) => true,
                    (What::Reacted { emoji, on, .. }, Deed::React(_, said, put)) => {
                        (emoji, on) == (said, put)
                    }
                    _ => false,
                };
                (said.room, said.by, said.deed.of()) == (room, event.by, event.what.amends())
                    && same
            });
            if !fits {
                wrong.push(format!("{event:?} of {room:?} is a ghost of {said:?}"));
            }
        }
        wrong.extend(doubles);
        wrong
            .into_iter()
            .for_each(|wrong| self.history.violate(wrong));
    }

    /// What a tab said in a room is there in its order.
    fn check_order(&mut self) {
        let mut wrong = Vec::new();
        for (room, log) in &self.history.logs {
            let mut newest: BTreeMap<usize, u64> = BTreeMap::new();
            for event in log {
                let Some(cid) = event.what.cid() else {
                    continue;
                };
                let Some(said) = self.history.said.get(&cid) else {
                    continue;
                };
                if self.history.late.contains(&cid) {
                    continue;
                }
                let before = newest.insert(said.tab, said.number).unwrap_or(0);
                if before >= said.number {
                    wrong.push(format!(
                        "in {room:?} tab {} is out of order: {} after {before}",
                        said.tab, said.number
                    ));
                }
            }
        }
        wrong
            .into_iter()
            .for_each(|wrong| self.history.violate(wrong));
    }

    fn check_tab(&mut self, number: usize) {
        let tab = &self.tabs[number];
        let mut wrong = Vec::new();
        for (room, view) in &tab.views {
            let log = self.history.logs.get(room).map_or(&[][..], Vec::as_slice);
            let seen: Vec<&Event> = view.timeline.events().iter().map(AsRef::as_ref).collect();
            let head = Seq(log.len() as u64);
            let shown = log.iter().filter(|event| event.what.amends().is_none());
            let forms: Vec<_> = shown
                .skip_while(|event| Some(event.seq) < view.timeline.first())
                .filter_map(|event| self.history.form(*room, event.seq, head))
                .collect();
            if view.timeline.last() != head || seen != forms.iter().collect::<Vec<_>>() {
                let ends = (seen.last().map(|event| event.seq), log.len());
                wrong.push(format!(
                    "{room:?} differs from the log, the ends are {ends:?}"
                ));
            }
            let online = self.online(*room);
            if view.online != online {
                let seen = &view.online;
                wrong.push(format!(
                    "in {room:?} it sees {seen:?} online, not {online:?}"
                ));
            }
        }
        let topics: BTreeMap<RoomId, String> = self.topics();
        let listed: BTreeMap<RoomId, String> = tab
            .list
            .iter()
            .map(|(room, about)| (*room, about.topic.as_str().to_owned()))
            .collect();
        if topics != listed {
            wrong.push(format!("it lists {listed:?}, not {topics:?}"));
        }
        for wrong in wrong {
            self.history.violate(format!("tab {number}: {wrong}"));
        }
    }

    /// Members with an open page, by the name they have now.
    fn online(&self, room: RoomId) -> BTreeMap<UserId, String> {
        let here: BTreeSet<UserId> = self.tabs.iter().filter_map(Tab::user).collect();
        let sql = "SELECT id, name FROM users JOIN members ON user_id = id WHERE room_id = ?1";
        let mut members = self.machine.disk.db().prepare_cached(sql);
        let members = members.as_mut().expect("the tables are there");
        let members = members.query_map([room], |row| Ok((row.get(0)?, row.get(1)?)));
        let members: BTreeMap<_, _> = members
            .and_then(Iterator::collect)
            .expect("the disk is well");
        members
            .into_iter()
            .filter(|(user, _)| here.contains(user))
            .collect()
    }

    fn topics(&self) -> BTreeMap<RoomId, String> {
        let mut rooms = self
            .machine
            .disk
            .db()
            .prepare_cached("SELECT id, topic FROM rooms");
        let rooms = rooms.as_mut().expect("the table is there");
        let rooms = rooms.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
        rooms.and_then(Iterator::collect).expect("the disk is well")
    }
}
