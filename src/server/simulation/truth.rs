//! What must be true when everything is mended and quiet.

use super::{tab::Tab, world::World};
use crate::protocol::{Event, RoomId, UserId, What};
use std::collections::{BTreeMap, BTreeSet};

/// Questions to the database whose answer must be nothing.
const NEVER: [(&str, &str); 6] = [
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
            if self
                .machine
                .disk
                .events_after(room, crate::protocol::Seq(0))
                != log
            {
                self.history
                    .violate(format!("the log of {room:?} is not what was committed"));
            }
        }
    }

    /// Every acknowledged message is in the log, and every message there was said.
    fn check_messages(&mut self) {
        let mut kept = BTreeMap::new();
        for (room, log) in &self.history.logs {
            for event in log {
                if let What::Message { cid, text } = &event.what {
                    kept.insert(*cid, (*room, event.seq, event.by, text.clone()));
                }
            }
        }
        let mut wrong = Vec::new();
        for (cid, (room, seq)) in &self.history.acknowledged {
            if kept.get(cid).map(|kept| (kept.0, kept.1)) != Some((*room, *seq)) {
                wrong.push(format!("{cid}, acknowledged as {seq:?}, is lost"));
            }
        }
        for (cid, (room, seq, by, text)) in kept {
            // What was there before the run.
            if cid.0[8..] == [0xff; 8] {
                continue;
            }
            let said = self.history.said.get(&cid);
            let fits =
                said.is_some_and(|said| (said.room, said.by) == (room, by) && said.text == text);
            if !fits {
                wrong.push(format!("{seq:?} of {room:?} is a ghost of {said:?}"));
            }
        }
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
                let What::Message { cid, .. } = &event.what else {
                    continue;
                };
                let Some(said) = self.history.said.get(cid) else {
                    continue;
                };
                if self.history.late.contains(cid) {
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
            let from = log.len().saturating_sub(seen.len());
            if seen != log[from..].iter().collect::<Vec<_>>() {
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
