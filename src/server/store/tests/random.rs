//! Anything in any order: what was told, what was acknowledged and what is read back are
//! one and the same log.

use super::*;
use crate::protocol::{Seq, UserId, limits::SESSION_IDLE};
use proptest::prelude::*;
use std::collections::HashMap;

/// Something that somebody does. Numbers choose among the people, rooms, names and
/// messages there are.
#[derive(Clone, Debug)]
enum Action {
    Arrive(usize),
    SignOut(usize),
    Rename(usize, usize),
    Say(usize, usize, u8, usize),
    Enter(usize, usize, bool),
    Leave(usize, usize),
    Read(usize, usize, u64),
    Topic(usize, usize, usize),
    Create(usize, usize),
    Sleep(u8),
    Restart,
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let (who, room, text) = (0..6_usize, 0..4_usize, 0..5_usize);
    let action = prop_oneof![
        3 => text.clone().prop_map(Action::Arrive),
        1 => who.clone().prop_map(Action::SignOut),
        2 => (who.clone(), text.clone()).prop_map(|(w, n)| Action::Rename(w, n)),
        9 => (who.clone(), room.clone(), 0..12_u8, 0..2_usize)
            .prop_map(|(w, r, c, t)| Action::Say(w, r, c, t)),
        3 => (who.clone(), room.clone(), any::<bool>()).prop_map(|(w, r, a)| Action::Enter(w, r, a)),
        2 => (who.clone(), room.clone()).prop_map(|(w, r)| Action::Leave(w, r)),
        3 => (who.clone(), room.clone(), 0..30_u64).prop_map(|(w, r, s)| Action::Read(w, r, s)),
        1 => (who.clone(), room, text.clone()).prop_map(|(w, r, t)| Action::Topic(w, r, t)),
        1 => (who, text).prop_map(|(w, n)| Action::Create(w, n)),
        1 => (0..2_u8).prop_map(Action::Sleep),
        1 => Just(Action::Restart),
    ];
    prop::collection::vec(action, 1..60)
}

const NAMES: [&str; 5] = ["Ada", "ADA", "Bo", "Paul", "PauI"];
const BODIES: [&str; 2] = ["hello", "good bye"];

/// What the store must agree with.
#[derive(Default)]
struct Model {
    people: Vec<(Person, SessionToken)>,
    rooms: Vec<RoomId>,
    acknowledged: HashMap<(UserId, u8), (RoomId, usize, Seq)>,
    told: HashMap<RoomId, Vec<Event>>,
}

impl Model {
    fn who(&self, number: usize) -> Option<&(Person, SessionToken)> {
        self.people.get(number % self.people.len().max(1))
    }

    fn room(&self, number: usize) -> RoomId {
        self.rooms[number % self.rooms.len()]
    }

    fn hear(&mut self, changes: Vec<Change>) {
        for change in changes {
            if let Change::Events {
                room,
                events,
                people,
            } = change
            {
                for event in &events {
                    assert!(people.iter().any(|person| person.id == event.by));
                }
                self.told.entry(room).or_default().extend(events);
            }
        }
    }
}

/// A refusal is an answer, a failure is not.
fn refused<T>(answer: Result<T, StoreError>) -> Option<T> {
    match answer {
        Ok(done) => Some(done),
        Err(StoreError::Failed(cause)) => panic!("{cause}"),
        Err(_) => None,
    }
}

async fn act(place: &mut Place, model: &mut Model, action: Action) {
    use Action::{
        Arrive, Create, Enter, Leave, Read, Rename, Restart, Say, SignOut, Sleep, Topic as About,
    };
    let store = place.store().clone();
    let name = |number: usize| Name::parse(NAMES[number]).unwrap();
    let person = |number| model.who(number).map(|(person, _)| person.clone());
    match action {
        Arrive(number) => {
            let guest = store.create_session(name(number), None).await;
            model.people.extend(refused(guest));
        }
        SignOut(who) => {
            if let Some((_, token)) = model.who(who) {
                store.end_session(&token.hash()).await.unwrap();
            }
        }
        Rename(who, number) => {
            if let Some(who) = person(who) {
                refused(store.rename(who.id, name(number), None).await);
            }
        }
        Say(who, room, number, text) => {
            if let Some(who) = person(who) {
                let room = model.room(room);
                let sent = place
                    .send(&who, room, Cid([number; 16]), BODIES[text])
                    .await;
                say(model, who.id, room, number, text, sent);
            }
        }
        Enter(who, room, announce) => {
            if let Some(who) = person(who) {
                refused(store.enter(who.id, model.room(room), announce).await);
            }
        }
        Leave(who, room) => {
            if let Some(who) = person(who) {
                refused(store.leave(who.id, model.room(room)).await);
            }
        }
        Read(who, room, seq) => {
            if let Some(who) = person(who) {
                let room = model.room(room);
                let before = store.read_position(who.id, room).await.unwrap();
                let (after, _) = store.mark_read(who.id, room, Seq(seq)).await.unwrap();
                assert!(after >= before);
            }
        }
        About(who, room, text) => {
            if let Some(who) = person(who) {
                let topic = Topic::parse(NAMES[text]).unwrap();
                refused(store.set_topic(who.id, model.room(room), topic).await);
            }
        }
        Create(who, number) => {
            if let Some(who) = person(who) {
                let name = RoomName::parse(NAMES[number]).unwrap();
                let slug = Slug::of(&name).unwrap();
                let made = store.create_room(who.id, name, slug, Topic::default());
                model.rooms.extend(refused(made.await).map(|room| room.id));
            }
        }
        Sleep(long) => {
            place.wait(SESSION_IDLE / 2 * u32::from(long + 1));
            store.expire_sessions().await.unwrap();
        }
        Restart => {
            drop(store);
            place.reopen().await;
        }
    }
}

fn say(
    model: &mut Model,
    who: UserId,
    room: RoomId,
    number: u8,
    text: usize,
    sent: Result<Sent, StoreError>,
) {
    let first = model.acknowledged.get(&(who, number));
    match (first, sent) {
        (Some(&(where_to, what, seq)), Ok(sent)) => {
            assert!(sent.again);
            assert_eq!((room, text, sent.seq), (where_to, what, seq));
        }
        (Some(&(where_to, what, _)), Err(StoreError::CidReused)) => {
            assert_ne!((room, text), (where_to, what));
        }
        (None, Ok(sent)) => {
            assert!(!sent.again);
            let kept = (room, text, sent.seq);
            model.acknowledged.insert((who, number), kept);
        }
        (None, Err(StoreError::NoSuchUser)) => {}
        (first, sent) => panic!("{first:?} {sent:?}"),
    }
}

async fn live(actions: Vec<Action>) {
    let mut place = Place::new();
    let mut model = Model {
        rooms: vec![GENERAL],
        ..Model::default()
    };
    for action in actions {
        act(&mut place, &mut model, action).await;
        let told = place.told();
        model.hear(told);
    }
    place.reopen().await;
    for &room in &model.rooms {
        let told = model.told.remove(&room).unwrap_or_default();
        assert_eq!(place.log(room).await, told);
    }
    assert!(model.told.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_life_of_a_place_ends_in_one_log(actions in actions()) {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(live(actions));
    }
}
