//! What is there before a server starts: rooms, written by the server's own store. Made over
//! the wire they would wait for the limit of rooms of one address.

use hubbub::{
    protocol::{Millis, Name, RoomId, RoomName, Slug, Topic},
    server::store::Store,
};
use std::{path::Path, sync::Arc};

/// A room that a scenario uses.
#[derive(Clone, Debug)]
pub struct Room {
    pub id: RoomId,
    pub slug: String,
}

/// Makes so many rooms in a folder that no server uses yet.
pub async fn rooms(data: &Path, count: usize) -> Vec<Room> {
    let clock = Arc::new(|| Millis(1_700_000_000_000));
    let store = Store::open(data, clock, Box::new(|_| ())).unwrap();
    let founder = Name::parse("Founder").unwrap();
    let (founder, _) = store.create_session(founder, None).await.unwrap();
    let mut made = Vec::new();
    for number in 1..=count {
        let name = RoomName::parse(&format!("Room {number}")).unwrap();
        let slug = Slug::of(&name).unwrap();
        let topic = Topic::parse("").unwrap();
        let room = store.create_room(founder.id, name, slug, topic).await;
        let room = room.unwrap();
        made.push(Room {
            id: room.id,
            slug: room.slug.as_str().to_owned(),
        });
    }
    store.close().await;
    made
}
