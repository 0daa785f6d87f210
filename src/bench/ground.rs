//! A place with people in it, made by the server's own store before it starts: over the wire
//! they would wait for the limit of new names.

use futures_util::future::join_all;
use hubbub::{
    protocol::{Body, Cid, Epoch, Name, Room, RoomId, RoomName, Slug, Topic, UserId},
    server::{now, store::Store},
};
use std::{path::Path, sync::Arc};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// The room that is there from the beginning.
pub const GENERAL: &str = "general";
/// Its number.
pub const GENERAL_ID: RoomId = RoomId(1);
/// So much is asked of the store at once.
const AT_ONCE: usize = 500;

/// A folder, and who is in it.
pub struct Ground {
    pub folder: TempDir,
    pub epoch: Epoch,
    /// Of the people, as a browser sends it.
    pub cookies: Vec<String>,
    /// Where rooms are in an address.
    pub rooms: Vec<String>,
}

/// A runtime for what is not measured.
pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Opens the store of a folder.
pub fn store(folder: &Path) -> Store {
    Store::open(&folder.join("data"), Arc::new(now), Box::new(|_| ())).unwrap()
}

/// The name of an action that is done now, as a page makes it. No other of this person may have
/// the number.
pub fn cid(number: u64) -> Cid {
    Cid::new(now(), u128::from(number).to_be_bytes())
}

impl Ground {
    /// So many people who are members of one room, and so many messages in it.
    pub fn new(people: usize, messages: usize) -> Self {
        Self::made(|store| async move {
            let (users, cookies) = join(&store, people).await;
            all(&users, |user| store.enter(*user, GENERAL_ID, false)).await;
            say(&store, users[0], GENERAL_ID, messages).await;
            (cookies, vec![GENERAL.to_owned()])
        })
    }

    /// So many people, and rooms of which they are members in turn. Whoever made the rooms is a
    /// member of all, and none of these.
    pub fn with_rooms(people: usize, rooms: usize) -> Self {
        Self::made(|store| async move {
            let (users, mut cookies) = join(&store, people + 1).await;
            cookies.truncate(people);
            let mut slugs = Vec::new();
            for number in 0..rooms {
                let room = make(&store, users[people], number).await;
                slugs.push(room.slug.as_str().to_owned());
            }
            (cookies, slugs)
        })
    }

    /// So many people, and rooms with so many messages each.
    pub fn with_histories(people: usize, messages: &[usize]) -> Self {
        Self::made(|store| async move {
            let (users, cookies) = join(&store, people).await;
            let mut slugs = Vec::new();
            for (number, messages) in messages.iter().enumerate() {
                let room = make(&store, users[0], number).await;
                say(&store, users[0], room.id, *messages).await;
                slugs.push(room.slug.as_str().to_owned());
            }
            (cookies, slugs)
        })
    }

    fn made<F: Future<Output = (Vec<String>, Vec<String>)>>(
        people_it: impl FnOnce(Arc<Store>) -> F,
    ) -> Self {
        let folder = TempDir::new().unwrap();
        let ((cookies, rooms), epoch) = runtime().block_on(async {
            let store = Arc::new(store(folder.path()));
            let made = people_it(store.clone()).await;
            store.close().await;
            (made, store.epoch())
        });
        Self {
            folder,
            epoch,
            cookies,
            rooms,
        }
    }
}

async fn join(store: &Store, people: usize) -> (Vec<UserId>, Vec<String>) {
    let numbers: Vec<_> = (0..people).collect();
    let joined = all(&numbers, |number| {
        let name = Name::parse(&format!("Person {number}")).unwrap();
        store.create_session(name, None)
    })
    .await;
    let pair =
        |(person, token): (hubbub::protocol::Person, _)| (person.id, format!("hubbub={token}"));
    joined.into_iter().map(pair).unzip()
}

async fn make(store: &Store, user: UserId, number: usize) -> Room {
    let name = RoomName::parse(&format!("Room {number}")).unwrap();
    let slug = Slug::parse(&format!("room-{number}")).unwrap();
    let topic = Topic::parse("").unwrap();
    let made = store.create_room(user, name, slug, topic).await;
    made.unwrap()
}

/// So many messages of this person.
async fn say(store: &Store, user: UserId, room: RoomId, messages: usize) {
    let numbers: Vec<_> = (0..messages).collect();
    all(&numbers, |number| {
        let cid = cid((room.0 << 32) | *number as u64);
        let text = format!("Message {number} of a long conversation, with *some* words.");
        let body = Body::parse(&text).unwrap();
        async move {
            let kept = store.send(user, room, cid, &body, text, false);
            kept.await
        }
    })
    .await;
}

/// Does something about each, as many at once as the store takes.
async fn all<'a, I, F, T, E>(items: &'a [I], each: impl Fn(&'a I) -> F) -> Vec<T>
where
    F: Future<Output = Result<T, E>>,
    E: std::fmt::Debug,
{
    let mut done = Vec::new();
    for some in items.chunks(AT_ONCE) {
        let results = join_all(some.iter().map(&each)).await;
        done.extend(results.into_iter().map(Result::unwrap));
    }
    done
}
