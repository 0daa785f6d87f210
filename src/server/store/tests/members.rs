//! Membership, read positions and what is unread.

use super::*;
use crate::protocol::{RoomSummary, Seq, UserId, What, limits::UNREAD_COUNTED};

impl Place {
    async fn summary(&self, who: &Person, room: RoomId) -> RoomSummary {
        let rooms = self.store().rooms(Some(who.id)).await.unwrap();
        rooms.into_iter().find(|one| one.room.id == room).unwrap()
    }

    async fn kinds(&self, room: RoomId) -> Vec<What> {
        let log = self.log(room).await;
        log.into_iter().map(|event| event.what).collect()
    }
}

#[tokio::test]
async fn one_joins_once_and_leaves_once() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    let store = place.store();
    assert!(!store.leave(ada.id, GENERAL).await.unwrap());
    assert!(store.enter(ada.id, GENERAL, true).await.unwrap());
    assert!(!store.enter(ada.id, GENERAL, true).await.unwrap());
    assert_eq!(store.memberships(ada.id).await.unwrap(), [GENERAL]);
    let summary = place.summary(&ada, GENERAL).await;
    assert_eq!((summary.member, summary.members), (true, 1));

    assert!(store.leave(ada.id, GENERAL).await.unwrap());
    assert!(!store.leave(ada.id, GENERAL).await.unwrap());
    let summary = place.summary(&ada, GENERAL).await;
    assert_eq!((summary.member, summary.members), (false, 0));
    assert_eq!(place.kinds(GENERAL).await, [What::Joined, What::Left]);
}

#[tokio::test]
async fn a_crowd_comes_and_goes_without_a_word_in_the_log() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    place.store().enter(ada.id, GENERAL, false).await.unwrap();
    place.store().leave(ada.id, GENERAL).await.unwrap();
    let told = place.told();
    assert_eq!(
        told,
        [
            Change::Entered {
                room: GENERAL,
                person: ada.clone()
            },
            Change::Went {
                room: GENERAL,
                user: ada.id
            }
        ]
    );
    assert_eq!(place.kinds(GENERAL).await, []);
}

#[tokio::test]
async fn rooms_and_people_that_are_not_there_are_refused() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    let (store, nowhere, nobody) = (place.store(), RoomId(99), UserId(99));
    for refused in [
        store.enter(ada.id, nowhere, true).await,
        store.leave(ada.id, nowhere).await,
        store.mark_read(ada.id, nowhere, Seq(1)).await.map(|_| true),
        store.read_position(ada.id, nowhere).await.map(|_| true),
    ] {
        assert!(
            matches!(refused, Err(StoreError::NoSuchRoom)),
            "{refused:?}"
        );
    }
    for refused in [
        store.enter(nobody, GENERAL, true).await,
        store.leave(nobody, GENERAL).await,
    ] {
        assert!(
            matches!(refused, Err(StoreError::NoSuchUser)),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn whoever_joins_has_nothing_unread() {
    let place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    place.say(&ada, GENERAL, "before Bo").await;
    for announce in [true, false] {
        place.store().enter(bo.id, GENERAL, announce).await.unwrap();
        let summary = place.summary(&bo, GENERAL).await;
        assert_eq!(summary.unread, 0);
        let read = place.store().read_position(bo.id, GENERAL).await.unwrap();
        assert_eq!(read, summary.head);
        place.store().leave(bo.id, GENERAL).await.unwrap();
    }
}

#[tokio::test]
async fn only_messages_of_others_are_unread() {
    let place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    place.store().enter(bo.id, GENERAL, true).await.unwrap();
    place.say(&ada, GENERAL, "one").await;
    place.say(&bo, GENERAL, "mine").await;
    place.say(&ada, GENERAL, "two").await;
    assert_eq!(place.summary(&bo, GENERAL).await.unread, 2);
    let rooms = place.store().rooms(None).await.unwrap();
    assert_eq!((rooms[0].unread, rooms[0].member), (0, false), "a visitor");
}

#[tokio::test]
async fn the_read_position_moves_forward_only_and_not_behind_the_newest() {
    let mut place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    place.store().enter(bo.id, GENERAL, false).await.unwrap();
    place.store().enter(ada.id, GENERAL, false).await.unwrap();
    for text in ["one", "two", "three"] {
        place.say(&ada, GENERAL, text).await;
    }
    place.told();
    let read = async |place: &Place, seq| {
        let marked = place.store().mark_read(bo.id, GENERAL, Seq(seq)).await;
        let told = place.told().len();
        (marked.unwrap(), told)
    };
    assert_eq!(read(&place, 2).await, ((Seq(2), 1), 1));
    assert_eq!(read(&place, 1).await, ((Seq(2), 1), 0));
    assert_eq!(read(&place, 2).await, ((Seq(2), 1), 0));
    place.reopen().await;
    let kept = place.store().read_position(bo.id, GENERAL).await.unwrap();
    assert_eq!(kept, Seq(2));
    assert_eq!(read(&place, u64::MAX).await, ((Seq(3), 0), 1));
}

#[tokio::test]
async fn who_is_no_member_has_read_everything() {
    let place = Place::new();
    let (ada, eve) = (place.guest("Ada").await, place.guest("Eve").await);
    place.say(&ada, GENERAL, "hello").await;
    place.told();
    let marked = place.store().mark_read(eve.id, GENERAL, Seq(1)).await;
    assert_eq!(marked.unwrap(), (Seq(2), 0));
    let read = place.store().read_position(eve.id, GENERAL).await.unwrap();
    assert_eq!(read, Seq(2));
    assert_eq!(place.told(), []);
}

#[tokio::test]
async fn unread_messages_are_counted_up_to_the_limit() {
    let place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    place.store().enter(bo.id, GENERAL, false).await.unwrap();
    for unread in 1..=UNREAD_COUNTED + 1 {
        place.say(&ada, GENERAL, "again").await;
        if unread >= UNREAD_COUNTED - 1 {
            let counted = place.summary(&bo, GENERAL).await.unread;
            assert_eq!(counted, unread.min(UNREAD_COUNTED));
        }
    }
}
