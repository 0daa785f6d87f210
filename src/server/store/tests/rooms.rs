//! Rooms: the one that is always there, new ones, and what they are about.

use super::*;
use crate::protocol::{Room, Seq, UserId, What, limits::ROOMS};

#[tokio::test]
async fn the_default_room_is_there_from_the_beginning() {
    let place = Place::new();
    let general = place.store().room(&Slug::default_room()).await.unwrap();
    let general = general.unwrap();
    assert_eq!(general.id, GENERAL);
    assert_eq!(general.name.as_str(), "general");
    assert_eq!(general.topic, Topic::default());
    let by_id = place.store().room_by_id(GENERAL).await.unwrap();
    assert_eq!(by_id, Some(general));
    let missing = Slug::parse("missing").unwrap();
    assert_eq!(place.store().room(&missing).await.unwrap(), None);
    assert_eq!(place.store().room_by_id(RoomId(99)).await.unwrap(), None);
}

#[tokio::test]
async fn rooms_are_listed_as_people_sort_with_the_default_room_first() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    for name in ["zebra", "Room 10", "\u{C4}pfel", "room 9", "apes"] {
        place.room(&ada, name).await;
    }
    let rooms = place.store().rooms(None).await.unwrap();
    let names: Vec<_> = rooms.iter().map(|one| one.room.name.as_str()).collect();
    let sorted = [
        "general",
        "apes",
        "\u{C4}pfel",
        "room 9",
        "Room 10",
        "zebra",
    ];
    assert_eq!(names, sorted);
}

#[tokio::test]
async fn a_new_room_has_its_maker_and_is_told_before_them() {
    let mut place = Place::new();
    let ada = place.guest("Ada").await;
    let name = RoomName::parse("Book Club").unwrap();
    let (slug, topic) = (
        Slug::of(&name).unwrap(),
        Topic::parse("June: Dune").unwrap(),
    );
    let room = place
        .store()
        .create_room(ada.id, name, slug.clone(), topic.clone())
        .await
        .unwrap();
    assert_eq!((&room.slug, &room.topic), (&slug, &topic));
    let (told, log) = (place.told(), place.log(room.id).await);
    assert_eq!(
        told,
        [
            Change::Room {
                room: room.clone(),
                head: Seq(1)
            },
            Change::Entered {
                room: room.id,
                person: ada.clone()
            },
            Change::Events {
                room: room.id,
                people: vec![ada.clone()],
                events: log
            },
        ]
    );
    place.reopen().await;
    assert_eq!(place.store().room(&slug).await.unwrap(), Some(room));
}

#[tokio::test]
async fn a_room_is_refused_when_its_place_is_taken_or_there_are_too_many() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    let create = async |name: &str, by: UserId| {
        let name = RoomName::parse(name).unwrap();
        let slug = Slug::of(&name).unwrap();
        let topic = Topic::default();
        place.store().create_room(by, name, slug, topic).await
    };
    let taken = create("General!", ada.id).await;
    assert!(matches!(taken, Err(StoreError::RoomTaken)));
    let nobody = create("Books", UserId(99)).await;
    assert!(matches!(nobody, Err(StoreError::NoSuchUser)));

    for number in 1..ROOMS {
        create(&format!("Room {number}"), ada.id).await.unwrap();
    }
    let one_more = create("One more", ada.id).await;
    assert!(matches!(one_more, Err(StoreError::TooManyRooms)));
    let rooms = place.store().rooms(Some(ada.id)).await.unwrap();
    assert_eq!(rooms.len(), ROOMS);
}

#[tokio::test]
async fn a_topic_is_told_when_it_is_new() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    let topic = Topic::parse("Everything").unwrap();
    let set = async |topic: &Topic| -> Result<Room, StoreError> {
        let topic = topic.clone();
        place.store().set_topic(ada.id, GENERAL, topic).await
    };
    let room = set(&topic).await.unwrap();
    assert_eq!(room.topic, topic);
    assert_eq!(
        place.store().room_by_id(GENERAL).await.unwrap(),
        Some(room.clone())
    );
    let log = place.log(GENERAL).await;
    assert_eq!(
        log[0].what,
        What::Topic {
            topic: topic.clone()
        }
    );
    let told = place.told();
    assert_eq!(told.last(), Some(&Change::Room { room, head: Seq(1) }));

    set(&topic).await.unwrap();
    assert_eq!(place.told(), []);
    let removed = set(&Topic::default()).await.unwrap();
    assert_eq!(removed.topic, Topic::default());
    let nowhere = place.store().set_topic(ada.id, RoomId(99), topic).await;
    assert!(matches!(nowhere, Err(StoreError::NoSuchRoom)));
}
