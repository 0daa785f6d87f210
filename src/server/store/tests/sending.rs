//! Acknowledged means kept: once, in order, after the commit.

use super::*;
use crate::protocol::{Message, Seq, What};
use std::sync::mpsc;

#[tokio::test]
async fn a_message_is_kept_with_its_sender_and_told_after_the_joining() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    let sent = place.say(&ada, GENERAL, "hello").await;
    assert_eq!((sent.seq, sent.again), (Seq(2), false));
    assert_eq!(sent.at, Millis(1_000_000));

    let told = place.told();
    assert_eq!(
        told[0],
        Change::Entered {
            room: GENERAL,
            person: ada.clone()
        }
    );
    let page = place.store().page(GENERAL, None, None).await.unwrap();
    assert_eq!(
        told[1..],
        [Change::Events {
            room: GENERAL,
            people: vec![ada.clone()],
            events: page.events.clone()
        }]
    );
    assert_eq!(page.people, [ada]);
    assert_eq!(page.events[0].what, What::Joined);
    let What::Message(Message { text, .. }) = &page.events[1].what else {
        panic!("{:?}", page.events[1]);
    };
    assert_eq!(text, "hello");
}

#[tokio::test]
async fn others_read_the_text_and_a_retry_is_compared_by_what_was_submitted() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    let (cid, body) = (cid(), Body::parse(":robot:").unwrap());
    let send = || {
        let text = "\u{1F916}".to_owned();
        place.store().send(ada.id, GENERAL, cid, &body, text, true)
    };
    let first = send().await.unwrap();
    assert!(send().await.unwrap().again);
    let event = place.log(GENERAL).await.pop().unwrap();
    let text = "\u{1F916}".to_owned();
    assert_eq!(
        (event.seq, event.what),
        (first.seq, What::Message(Message::new(cid, text)))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_senders_at_once_leave_no_gap() {
    let place = Place::new();
    let mut senders = Vec::new();
    for number in 0..16 {
        senders.push(place.guest(&format!("Sender {number}")).await);
    }
    let tasks: Vec<_> = senders
        .iter()
        .cloned()
        .map(|who| {
            let store = place.store().clone();
            tokio::spawn(async move {
                let mut places = Vec::new();
                for number in 0..25 {
                    let text = format!("{} says {number}", who.name.as_str());
                    let body = Body::parse(&text).unwrap();
                    let sent = store.send(who.id, GENERAL, cid(), &body, text, true);
                    places.push(sent.await.unwrap().seq);
                }
                places
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        let own = task.await.unwrap();
        assert!(own.is_sorted(), "first in, first out: {own:?}");
        all.extend(own);
    }
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 16 * 25);

    let log = place.log(GENERAL).await;
    let expected: Vec<_> = (1..=16 * 26).map(Seq).collect();
    assert_eq!(log.iter().map(|e| e.seq).collect::<Vec<_>>(), expected);
    let told = place.told();
    let told: Vec<_> = told
        .iter()
        .filter_map(told_of)
        .flat_map(|(_, e)| e)
        .collect();
    assert_eq!(
        told,
        log.iter().collect::<Vec<_>>(),
        "told in the log's order"
    );
}

#[tokio::test]
async fn the_acknowledgement_comes_after_the_commit_and_after_the_telling() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(database::FILE);
    let (telling, told) = mpsc::channel();
    let (go_on, wait) = mpsc::channel::<()>();
    let committed = move |changes: Vec<Change>| {
        if changes.iter().any(|change| told_of(change).is_some()) {
            telling.send(changes).unwrap();
            let _ = wait.recv();
        }
    };
    let store = Store::open(folder.path(), Arc::new(|| Millis(7)), Box::new(committed)).unwrap();
    // A test that fails lets go of this before the store, which waits until all is told.
    let go_on = go_on;
    let name = Name::parse("Ada").unwrap();
    let (ada, _) = store.create_session(name, None).await.unwrap();
    let sender = store.clone();
    let ack = tokio::spawn(async move {
        let body = Body::parse("kept").unwrap();
        sender
            .send(ada.id, GENERAL, cid(), &body, "kept".to_owned(), false)
            .await
    });
    let changes = tokio::task::spawn_blocking(move || told.recv().unwrap());
    assert!(!changes.await.unwrap().is_empty());

    // Committed: another connection sees it. Not yet answered.
    let kept: String = Connection::open(&file)
        .unwrap()
        .query_row("SELECT body FROM events", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, "kept");
    assert!(!ack.is_finished());

    go_on.send(()).unwrap();
    assert_eq!(ack.await.unwrap().unwrap().seq, Seq(1));
    store.close().await;
    assert_sound(&file);
}

#[tokio::test]
async fn a_retry_gets_the_first_answer_again_also_after_a_restart() {
    let mut place = Place::new();
    let ada = place.guest("Ada").await;
    let cid = cid();
    let first = place.send(&ada, GENERAL, cid, "once").await.unwrap();
    place.say(&ada, GENERAL, "another").await;
    place.told();
    for restart in [false, true] {
        if restart {
            place.reopen().await;
        }
        place.wait(Duration::from_secs(60));
        let again = place.send(&ada, GENERAL, cid, "once").await.unwrap();
        assert_eq!(
            again,
            Sent {
                again: true,
                ..first
            }
        );
        assert_eq!(place.told(), [], "nothing happened");
    }
    assert_eq!(place.log(GENERAL).await.len(), 3);
}

#[tokio::test]
async fn a_cid_stands_for_one_message_of_one_person_in_one_room() {
    let mut place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    let books = place.room(&ada, "Books").await;
    let cid = cid();
    place.send(&ada, GENERAL, cid, "once").await.unwrap();
    for restart in [false, true] {
        if restart {
            place.reopen().await;
        }
        let other_body = place.send(&ada, GENERAL, cid, "twice").await;
        assert!(matches!(other_body, Err(StoreError::CidReused)));
        let other_room = place.send(&ada, books, cid, "once").await;
        assert!(matches!(other_room, Err(StoreError::CidReused)));
    }
    let of_another = place.send(&bo, GENERAL, cid, "once").await.unwrap();
    assert!(!of_another.again, "everybody has their own");
}

#[tokio::test]
async fn a_message_nobody_may_send_changes_nothing() {
    let place = Place::new();
    let (ada, token) = place.session("Ada").await;
    let nowhere = place.send(&ada, RoomId(99), cid(), "hello?").await;
    assert!(matches!(nowhere, Err(StoreError::NoSuchRoom)));
    let kept = cid();
    place.send(&ada, GENERAL, kept, "bye").await.unwrap();
    place.store().end_session(&token.hash()).await.unwrap();
    place.told();
    let gone = place.send(&ada, GENERAL, cid(), "still here").await;
    assert!(matches!(gone, Err(StoreError::NoSuchUser)));
    let retry = place.send(&ada, GENERAL, kept, "bye").await.unwrap();
    assert!(retry.again, "what was kept is acknowledged all the same");
    assert_eq!(place.told(), []);
}
