//! A drive that is full or fails: senders are told, nothing is damaged, and service goes on
//! as soon as the drive does.

use super::{
    super::{GENERAL, unsound},
    recording,
    trace::{Drive, Message, Recorder},
};
use crate::{
    protocol::{Body, Cid, Millis, Name, Person, RefusalCode, Seq},
    server::store::{CopyError, Sent, Store, StoreError, backup::Partial, database, verify_file},
};
use rusqlite::Connection;
use std::{fs, sync::Arc};
use tempfile::TempDir;

struct Place {
    store: Store,
    ada: Person,
    drive: &'static Recorder,
    folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let (vfs, drive) = recording::install();
        let clock = Arc::new(|| Millis(0));
        let store = Store::open_through(Some(vfs), folder.path(), clock, Box::new(|_| ())).unwrap();
        let ada = store.create_session(Name::parse("Ada").unwrap(), None);
        let (ada, _) = ada.await.unwrap();
        let place = Self {
            store,
            ada,
            drive,
            folder,
        };
        place.send(0).await.unwrap();
        place
    }

    async fn send(&self, number: u8) -> Result<Sent, StoreError> {
        let message = Message {
            user: self.ada.id,
            cid: Cid([number; 16]),
            room: GENERAL,
            text: format!("number {number}"),
        };
        let body = Body::parse(&message.text).unwrap();
        self.store
            .send(
                message.user,
                message.room,
                message.cid,
                &body,
                message.text,
                true,
            )
            .await
    }

    /// What is in the room, as people see it.
    async fn messages(&self) -> usize {
        let page = self.store.page(GENERAL, None, None).await.unwrap();
        page.events.len() - 1
    }

    async fn ends_sound(self) {
        self.store.close().await;
        let db = Connection::open(self.folder.path().join(database::FILE)).unwrap();
        assert_eq!(unsound(&db), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_full_disk_asks_senders_to_wait_until_there_is_room() {
    let place = Place::new().await;
    place.drive.becomes(Drive::IsFull);
    for number in 1..=3 {
        let refused = place.send(number).await.unwrap_err();
        assert_eq!(refused.code(), RefusalCode::Busy, "{refused}");
        assert_eq!(place.messages().await, 1, "what was there can be read");
    }
    place.drive.becomes(Drive::Honest);
    for number in 1..=3 {
        let sent = place.send(number).await.unwrap();
        assert_eq!((sent.seq, sent.again), (Seq(2 + u64::from(number)), false));
    }
    place.ends_sound().await;
}

#[tokio::test]
async fn a_drive_that_fails_is_told_and_leaves_no_doubles() {
    for fault in [Drive::FailsWrites, Drive::FailsSyncs] {
        let place = Place::new().await;
        place.drive.becomes(fault);
        for number in 1..=3 {
            let failed = place.send(number).await.unwrap_err();
            assert_eq!(failed.code(), RefusalCode::Internal, "{fault:?}: {failed}");
        }
        assert_eq!(
            place.messages().await,
            1,
            "{fault:?}: nobody sees what may be undone"
        );
        place.drive.becomes(Drive::Honest);
        for number in 1..=3 {
            let sent = place.send(number).await.unwrap();
            assert_eq!(sent.seq, Seq(2 + u64::from(number)), "{fault:?}");
        }
        assert_eq!(place.messages().await, 4);
        place.ends_sound().await;
    }
}

#[tokio::test]
async fn a_backup_without_room_is_told_and_leaves_nothing() {
    let place = Place::new().await;
    let shelf = TempDir::new().unwrap();
    let target = shelf.path().join("backup");
    let (vfs, disk) = recording::install();
    let source = database::reader(&place.folder.path().join(database::FILE), Some(vfs)).unwrap();
    disk.becomes(Drive::IsFull);
    let copy = Partial::beside(&target).unwrap();
    let refused = copy.fill(&source).err().unwrap();
    assert!(matches!(refused, CopyError::DiskFull(_)), "{refused}");
    drop(copy);
    assert_eq!(fs::read_dir(shelf.path()).unwrap().count(), 0);
    disk.becomes(Drive::Honest);
    let copy = Partial::beside(&target).unwrap();
    copy.fill(&source).unwrap();
    copy.gets_its_name().unwrap();
    let report = verify_file(&target).unwrap();
    assert!(report.is_sound(), "{report}");
}
