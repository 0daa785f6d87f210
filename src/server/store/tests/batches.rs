//! Group commit: what one command does to the others, and the ends of the queue.

use super::*;
use crate::protocol::{Seq, limits::WRITE_QUEUE};
use futures_util::future::join_all;
use std::sync::mpsc;
use tokio::task::JoinHandle;

type Answer<T> = JoinHandle<Result<T, StoreError>>;

/// Keeps the writer busy until the sender is dropped, and returns when it is.
pub(super) async fn hold(store: &Store) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel();
    let (here, begun) = tokio::sync::oneshot::channel();
    let busy = store.clone();
    tokio::spawn(async move {
        busy.write(move |_| {
            let _ = here.send(());
            // An error means: released.
            let _: Result<(), _> = held.recv();
            Ok(())
        })
        .await
    });
    begun.await.unwrap();
    release
}

/// Asks without waiting for the answer; returns when the command is in the queue.
async fn ask<T: Send + 'static>(
    store: &Store,
    work: impl FnOnce(&mut super::super::writer::Write<'_>) -> Result<T, StoreError> + Send + 'static,
) -> Answer<T> {
    let before = store.0.writer.waiting();
    let asking = store.clone();
    let answer = tokio::spawn(async move { asking.write(work).await });
    while store.0.writer.waiting() == before && !answer.is_finished() {
        tokio::task::yield_now().await;
    }
    answer
}

async fn ask_to_send(store: &Store, who: &Person, text: &'static str) -> Answer<Sent> {
    let before = store.0.writer.waiting();
    let (asking, who) = (store.clone(), who.id);
    let answer = tokio::spawn(async move {
        let body = Body::parse(text).unwrap();
        asking
            .send(who, GENERAL, cid(), &body, text.to_owned(), false)
            .await
    });
    while store.0.writer.waiting() == before && !answer.is_finished() {
        tokio::task::yield_now().await;
    }
    answer
}

#[tokio::test]
async fn one_commit_takes_all_that_waits_and_a_failure_hurts_only_itself() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    place.told();
    let release = hold(place.store()).await;
    let first = ask_to_send(place.store(), &ada, "first").await;
    let halfway = ask(place.store(), |write| -> Result<(), _> {
        write.db.execute("UPDATE rooms SET head = 99", [])?;
        write.changes.push(Change::SessionEnded {
            user: crate::protocol::UserId(99),
        });
        Err(StoreError::failed("planted"))
    })
    .await;
    let panicked = ask(place.store(), |write| -> Result<(), _> {
        write.db.execute("DELETE FROM events", [])?;
        panic!("planted");
    })
    .await;
    let refused = ask(place.store(), |_| Err::<(), _>(StoreError::NameTaken)).await;
    let last = ask_to_send(place.store(), &ada, "last").await;
    drop(release);

    assert_eq!(first.await.unwrap().unwrap().seq, Seq(1));
    assert!(matches!(halfway.await.unwrap(), Err(StoreError::Failed(_))));
    assert!(matches!(
        panicked.await.unwrap(),
        Err(StoreError::Failed(_))
    ));
    assert!(matches!(refused.await.unwrap(), Err(StoreError::NameTaken)));
    assert_eq!(last.await.unwrap().unwrap().seq, Seq(2));

    let commits = place.commits();
    assert_eq!(commits.len(), 1, "{commits:?}");
    let [
        Change::Entered { .. },
        Change::Events { events, people, .. },
    ] = &commits[0][..]
    else {
        panic!("{commits:?}");
    };
    assert_eq!(*events, place.log(GENERAL).await);
    assert_eq!(*people, [ada], "each once");
}

#[tokio::test]
async fn a_commit_that_fails_acknowledges_nothing() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    place.told();
    // A broken reference is found at COMMIT; a ROLLBACK is what SQLite does by itself when
    // the disk is full.
    for planted in [
        "PRAGMA defer_foreign_keys = ON;
         INSERT INTO members VALUES (99, 99, 0, 0, 0);",
        "ROLLBACK",
    ] {
        let release = hold(place.store()).await;
        let before = ask_to_send(place.store(), &ada, "before").await;
        let failing = ask(place.store(), |write| {
            Ok(write.db.execute_batch(planted)?)
        })
        .await;
        let refused = ask(place.store(), |_| Err::<(), _>(StoreError::RoomTaken)).await;
        drop(release);
        assert!(matches!(before.await.unwrap(), Err(StoreError::Failed(_))));
        assert!(matches!(failing.await.unwrap(), Err(StoreError::Failed(_))));
        assert!(matches!(refused.await.unwrap(), Err(StoreError::RoomTaken)));
        assert_eq!(place.told(), [], "nobody sees what was undone");
        place.store().check().await.unwrap();
    }
    assert_eq!(place.log(GENERAL).await, []);
    assert_eq!(place.say(&ada, GENERAL, "after").await.seq, Seq(2));
}

#[tokio::test]
async fn a_listener_that_panics_does_not_stop_the_writer() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(
        folder.path(),
        Arc::new(|| Millis(7)),
        Box::new(|_| panic!("planted")),
    )
    .unwrap();
    let name = Name::parse("Ada").unwrap();
    let (ada, _) = store.create_session(name, None).await.unwrap();
    assert!(store.enter(ada.id, GENERAL, true).await.unwrap());
    store.check().await.unwrap();
}

#[tokio::test]
async fn a_full_queue_refuses_and_keeps_what_it_took() {
    let place = Place::new();
    let release = hold(place.store()).await;
    let mut taken = Vec::new();
    while place.store().0.writer.waiting() < WRITE_QUEUE {
        taken.push(ask(place.store(), |_| Ok(())).await);
    }
    let over = place.store().write(|_| Ok(())).await;
    assert!(matches!(over, Err(StoreError::Busy)));
    assert!(matches!(place.store().check().await, Err(StoreError::Busy)));
    drop(release);
    for answer in taken {
        answer.await.unwrap().unwrap();
    }
    place.store().check().await.unwrap();
}

#[tokio::test]
async fn closing_commits_what_was_accepted_and_refuses_the_rest() {
    let mut place = Place::new();
    let ada = place.guest("Ada").await;
    let release = hold(place.store()).await;
    let accepted = ask_to_send(place.store(), &ada, "just in time").await;
    let closing = tokio::spawn({
        let store = place.store().clone();
        async move { store.close().await }
    });
    drop(release);
    closing.await.unwrap();
    assert_eq!(accepted.await.unwrap().unwrap().seq, Seq(1));
    let late = place.send(&ada, GENERAL, cid(), "too late").await;
    assert!(matches!(late, Err(StoreError::Closed)));
    assert!(matches!(
        place.store().rooms(None).await,
        Err(StoreError::Closed)
    ));
    assert!(matches!(
        place.store().check().await,
        Err(StoreError::Closed)
    ));
    place.store().close().await;
    let log = place.folder.path().join("hubbub.sqlite3-wal");
    assert!(!log.exists(), "the file alone is the whole database");

    place.reopen().await;
    assert_eq!(place.log(GENERAL).await.len(), 1);
}

#[tokio::test]
async fn a_store_that_is_dropped_commits_what_it_accepted() {
    let mut place = Place::new();
    let ada = place.guest("Ada").await;
    place.say(&ada, GENERAL, "kept").await;
    place.store = None;
    place.open();
    assert_eq!(place.log(GENERAL).await.len(), 2);
}

#[tokio::test]
async fn what_is_in_the_log_moves_into_the_database_meanwhile() {
    let mut place = Place::new();
    let ada = place.guest("Ada").await;
    let file = place.folder.path().join("hubbub.sqlite3");
    let size = || std::fs::metadata(&file).unwrap().len();
    let before = size();
    // Not nearly enough for a commit to do it.
    for portion in 0..10 {
        let words: Vec<_> = (0..100)
            .map(|number| format!("word {portion}.{number}"))
            .collect();
        join_all(words.iter().map(|words| place.say(&ada, GENERAL, words))).await;
    }
    let moved = async {
        while size() == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let moved = tokio::time::timeout(Duration::from_secs(20), moved);
    moved.await.unwrap();
    place.reopen().await;
    assert_eq!(place.log(GENERAL).await.len(), 1_001);
}
