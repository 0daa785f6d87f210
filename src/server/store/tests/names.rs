//! Names are unique among those in use, and free again afterwards.

use super::*;
use crate::protocol::{What, limits::SESSION_IDLE};

const HOUR: Duration = Duration::from_secs(60 * 60);

#[tokio::test]
async fn a_session_is_found_by_its_token_also_after_a_restart() {
    let mut place = Place::new();
    let (ada, token) = place.session("Ada").await;
    for restart in [false, true] {
        if restart {
            place.reopen().await;
        }
        let cookie = SessionToken::parse(&token.to_string()).unwrap();
        let session = place.store().session(&cookie.hash()).await.unwrap();
        let session = session.unwrap();
        assert_eq!(session.person, ada);
        assert_eq!(session.created, Millis(1_000_000));
    }
    let other = SessionToken::random().unwrap();
    assert_eq!(place.store().session(&other.hash()).await.unwrap(), None);
}

#[tokio::test]
async fn a_name_in_use_is_taken_in_every_case_and_look() {
    let place = Place::new();
    place.guest("Paul").await;
    // Capital I for l; Cyrillic a; full width.
    for taken in ["Paul", "pAUL", "PauI", "P\u{430}ul", "\u{FF30}aul"] {
        let second = place.join(taken).await;
        assert!(matches!(second, Err(StoreError::NameTaken)), "{taken}");
    }
    place.guest("Paula").await;
}

#[tokio::test]
async fn signing_out_frees_the_name_and_leaves_every_room() {
    let place = Place::new();
    let (ada, token) = place.session("Ada").await;
    let books = place.room(&ada, "Books").await;
    place.say(&ada, GENERAL, "hello").await;
    place.told();

    let ended = place.store().end_session(&token.hash()).await.unwrap();
    assert_eq!(ended, Some(ada.id));
    let told = place.told();
    for room in [GENERAL, books] {
        assert!(told.contains(&Change::Went { room, user: ada.id }));
        assert_eq!(place.log(room).await.last().unwrap().what, What::Left);
    }
    assert_eq!(told.last(), Some(&Change::SessionEnded { user: ada.id }));
    assert_eq!(place.store().session(&token.hash()).await.unwrap(), None);
    assert_eq!(place.store().memberships(ada.id).await.unwrap(), []);

    let second = place.guest("ADA").await;
    assert_ne!(second.id, ada.id, "a new Ada is somebody else");
    let page = place.store().page(GENERAL, None, None).await.unwrap();
    assert_eq!(page.people, [ada], "old messages keep showing the name");
    let again = place.store().end_session(&token.hash()).await.unwrap();
    assert_eq!(again, None);
}

#[tokio::test]
async fn sessions_that_nobody_uses_expire_and_those_in_use_do_not() {
    let place = Place::new();
    let (ada, idle) = place.session("Ada").await;
    let (bo, used) = place.session("Bo").await;
    place.store().enter(ada.id, GENERAL, true).await.unwrap();
    place.wait(SESSION_IDLE);
    assert_eq!(place.store().expire_sessions().await.unwrap(), 0);

    let session = place.store().session(&used.hash()).await.unwrap().unwrap();
    let hash = used.hash();
    place.store().touch_session(&hash, &session).await.unwrap();
    place.wait(Duration::from_millis(1));
    place.told();
    assert_eq!(place.store().expire_sessions().await.unwrap(), 1);
    let told = place.told();
    assert!(told.contains(&Change::SessionEnded { user: ada.id }));
    assert_eq!(place.store().session(&idle.hash()).await.unwrap(), None);
    let kept = place.store().session(&used.hash()).await.unwrap().unwrap();
    assert_eq!(kept.person, bo);
    place.guest("Ada").await;
    assert!(matches!(place.join("Bo").await, Err(StoreError::NameTaken)));
}

#[tokio::test]
async fn a_crowd_of_sessions_expires_in_several_commands() {
    let place = Place::new();
    for number in 0..120 {
        place.guest(&format!("Guest {number}")).await;
    }
    place.wait(SESSION_IDLE + HOUR);
    assert_eq!(place.store().expire_sessions().await.unwrap(), 120);
    assert_eq!(place.store().expire_sessions().await.unwrap(), 0);
}

#[tokio::test]
async fn a_session_is_written_down_as_seen_once_an_hour() {
    let place = Place::new();
    let (_, token) = place.session("Ada").await;
    let seen = async |place: &Place| {
        let (store, hash) = (place.store(), token.hash());
        let session = store.session(&hash).await.unwrap().unwrap();
        store.touch_session(&hash, &session).await.unwrap();
        store.session(&hash).await.unwrap().unwrap().seen
    };
    place.wait(HOUR - Duration::from_millis(1));
    assert_eq!(seen(&place).await, Millis(1_000_000));
    place.wait(Duration::from_millis(1));
    let hour_later = Millis(1_000_000 + 3_600_000);
    assert_eq!(seen(&place).await, hour_later);
    place.clock.fetch_sub(7_200_000, Ordering::Relaxed);
    let set_back = Millis(hour_later.0 - 7_200_000);
    assert_eq!(seen(&place).await, set_back, "a clock that was set back");
}

#[tokio::test]
async fn a_new_name_is_told_in_every_room_and_old_messages_follow() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    place.say(&ada, GENERAL, "hello").await;
    let books = place.room(&ada, "Books").await;
    place.told();

    let name = Name::parse("Ada L.").unwrap();
    let renamed = place.store().rename(ada.id, name.clone(), None).await;
    let renamed = renamed.unwrap();
    assert_eq!((renamed.id, &renamed.name), (ada.id, &name));
    let told = place.told();
    assert_eq!(told[0], Change::Person(renamed.clone()));
    let what = What::Renamed {
        from: ada.name.clone(),
        to: name,
    };
    for room in [GENERAL, books] {
        assert_eq!(place.log(room).await.last().unwrap().what, what);
        assert!(told.iter().filter_map(told_of).any(|(of, _)| of == room));
    }
    let page = place.store().page(GENERAL, None, None).await.unwrap();
    assert_eq!(page.people, [renamed]);
    place.guest("Ada Lovelace").await;
}

#[tokio::test]
async fn a_name_can_change_its_case_but_not_become_somebody_elses() {
    let place = Place::new();
    let (ada, bo) = (place.guest("ada").await, place.guest("Bo").await);
    let rename = async |who: &Person, name: &str| {
        let name = Name::parse(name).unwrap();
        place.store().rename(who.id, name, None).await
    };
    assert!(rename(&ada, "Ada").await.is_ok());
    assert!(matches!(
        rename(&bo, "ADA").await,
        Err(StoreError::NameTaken)
    ));
    rename(&ada, "Eve").await.unwrap();
    rename(&bo, "ada").await.unwrap();
    let nobody = Person {
        id: crate::protocol::UserId(99),
        ..bo
    };
    assert!(matches!(
        rename(&nobody, "Zoe").await,
        Err(StoreError::NoSuchUser)
    ));
}

#[tokio::test]
async fn a_picture_changes_without_a_word_in_the_log() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    place.store().enter(ada.id, GENERAL, false).await.unwrap();
    place.told();
    let picture = Some("0f".repeat(32));
    let change = async |gravatar| {
        let name = ada.name.clone();
        let person = place.store().rename(ada.id, name, gravatar).await.unwrap();
        (person.gravatar, place.told().len())
    };
    assert_eq!(change(Some(picture.clone())).await, (picture.clone(), 1));
    assert_eq!(change(None).await, (picture.clone(), 0), "as it was");
    assert_eq!(change(Some(None)).await, (None, 1));
    assert_eq!(place.log(GENERAL).await, []);
}
