//! What was promised by a moment, and whether a place keeps it.

use super::{
    super::unsound,
    disk::Files,
    trace::{Message, Step},
    workload::say,
};
use crate::{
    protocol::{Cid, Event, Millis, RoomId, Seq, UserId, What},
    server::store::{Store, database, verify},
};
use rusqlite::{Connection, params};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    sync::Arc,
};
use tempfile::TempDir;

#[derive(Default)]
pub(super) struct Promises {
    /// Messages that somebody asked to be kept, and the place that they were told.
    sends: BTreeMap<(UserId, Cid), (Message, Option<Seq>)>,
    /// Events that others have seen.
    told: Vec<(RoomId, Event)>,
    /// Messages that may have other words by now, or none.
    amended: BTreeSet<(RoomId, Seq)>,
}

impl Promises {
    /// Goes on to the end of these steps.
    pub(super) fn play(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Asked(message) => {
                    self.sends
                        .entry((message.user, message.cid))
                        .or_insert_with(|| (message.clone(), None));
                }
                Step::Acked { message, seq } => {
                    self.sends
                        .insert((message.user, message.cid), (message.clone(), Some(*seq)));
                }
                Step::Amending { room, of } => {
                    self.amended.insert((*room, *of));
                }
                Step::Told { room, event } => self.told.push((*room, event.clone())),
                _ => {}
            }
        }
    }

    pub(super) fn acked(&self) -> usize {
        self.sends.values().filter(|(_, seq)| seq.is_some()).count()
    }

    /// Starts a server on what a power cut left, lets everybody who got no answer ask
    /// again, and says which promises are broken.
    pub(super) async fn broken(&self, left: &Files) -> Vec<String> {
        let folder = TempDir::new().unwrap();
        for (name, bytes) in left {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        // Shared memory is on no disk, but its file may hold anything.
        let shared = format!("{}-shm", database::FILE);
        fs::write(folder.path().join(shared), [0xA5; 32_768]).unwrap();
        let clock = Arc::new(|| Millis(1_800_000_000_000));
        let store = match Store::open(folder.path(), clock, Box::new(|_| ())) {
            Ok(store) => store,
            Err(error) => return vec![format!("does not open: {error}")],
        };
        let mut wrong = Vec::new();
        for (message, seq) in self.sends.values() {
            if seq.is_none()
                && let Err(error) = say(&store, message).await
            {
                wrong.push(format!("{} cannot be sent again: {error}", of(message)));
            }
        }
        store.close().await;
        match verify(folder.path()) {
            Ok(report) => {
                let named = report.checked.into_iter();
                wrong.extend(named.flat_map(|check| check.wrong.named));
            }
            Err(error) => wrong.push(error.to_string()),
        }
        let db = Connection::open(folder.path().join(database::FILE)).unwrap();
        wrong.extend(unsound(&db));
        wrong.extend(
            self.missing(&db)
                .unwrap_or_else(|error| vec![error.to_string()]),
        );
        wrong
    }

    fn missing(&self, db: &Connection) -> rusqlite::Result<Vec<String>> {
        let mut wrong = Vec::new();
        let mut kept =
            db.prepare("SELECT room_id, seq, body FROM events WHERE user_id = ?1 AND cid = ?2")?;
        for (message, promised) in self.sends.values() {
            let found: Vec<(RoomId, Seq, Option<String>)> = kept
                .query_map(params![message.user, message.cid], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect::<Result<_, _>>()?;
            match found.as_slice() {
                [] => wrong.push(format!("{} is lost", of(message))),
                [(room, seq, text)] => {
                    let moved = promised.is_some_and(|promised| promised != *seq);
                    let reworded = text.as_ref() != Some(&message.text)
                        && !self.amended.contains(&(*room, *seq));
                    if *room != message.room || moved || reworded {
                        wrong.push(format!("{} is not as it was acknowledged", of(message)));
                    }
                }
                more => wrong.push(format!("{} is there {} times", of(message), more.len())),
            }
        }
        let mut event = db.prepare(
            "SELECT 1 FROM events WHERE room_id = ?1 AND seq = ?2 AND user_id = ?3 AND at = ?4",
        )?;
        let mut words = db
            .prepare("SELECT 1 FROM events WHERE room_id = ?1 AND seq = ?2 AND body IS NOT NULL")?;
        for (room, told) in &self.told {
            if let What::Deleted { of, .. } = told.what
                && words.exists(params![room, of])?
            {
                wrong.push(format!("{} of room {} is there again", of.0, room.0));
            }
            if !event.exists(params![room, told.seq, told.by, told.at])? {
                wrong.push(format!("{} of room {} was seen", told.seq.0, room.0));
            }
        }
        Ok(wrong)
    }
}

fn of(message: &Message) -> String {
    format!("message {} of room {}", &message.text[..8], message.room.0)
}
