//! What the store remembers of what it read is what it would read again.

use super::*;
use crate::{
    protocol::{Seq, UserId, limits::REACTORS_LISTED},
    server::store::{Missed, Moment, Page, known::Known, newest::Newest},
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Action {
    Say(usize),
    Edit(usize, usize),
    Delete(usize, usize),
    React(usize, usize, bool),
    Rename(usize),
    Paint(usize),
    SignOut(usize),
}

/// So many that under one emoji not everybody is listed.
const PEOPLE: usize = REACTORS_LISTED + 3;

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let (who, of) = (0..PEOPLE, 0..3_usize);
    let action = prop_oneof![
        3 => who.clone().prop_map(Action::Say),
        3 => (who.clone(), of.clone()).prop_map(|(who, of)| Action::Edit(who, of)),
        1 => (who.clone(), of.clone()).prop_map(|(who, of)| Action::Delete(who, of)),
        20 => (who.clone(), of, prop::bool::weighted(0.8))
            .prop_map(|(who, of, on)| Action::React(who, of, on)),
        1 => who.clone().prop_map(Action::Rename),
        1 => who.clone().prop_map(Action::Paint),
        1 => who.prop_map(Action::SignOut),
    ];
    prop::collection::vec(action, 1..80)
}

type Shown = (Page, Vec<Missed>);

fn show(moment: &Moment<'_>, viewer: Option<UserId>) -> Result<Shown, StoreError> {
    let page = moment.page(GENERAL, None, viewer)?;
    let places = [0, 1, page.head.0.saturating_sub(5), page.head.0];
    let missed = places.map(|place| moment.missed(GENERAL, Seq(place), viewer));
    Ok((page, missed.into_iter().collect::<Result<_, _>>()?))
}

impl Place {
    async fn shows(&self, viewer: Option<UserId>) -> Shown {
        let shown = self.store().at_once(move |moment| show(moment, viewer));
        shown.await.unwrap()
    }

    /// As a store does that has just been opened.
    async fn shows_anew(&self, viewer: Option<UserId>) -> Shown {
        let read = self.store().read(move |db| {
            let newest = &Newest::default();
            show(&Moment { db, newest }, viewer)
        });
        read.await.unwrap()
    }
}

async fn live(actions: Vec<Action>) {
    let place = Place::new();
    let store = place.store();
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(place.session(&format!("Person {number}")).await);
    }
    for (person, _) in people.iter().take(3) {
        place.say(person, GENERAL, "words").await;
    }
    for (number, action) in actions.into_iter().enumerate() {
        let (Action::Say(who)
        | Action::Edit(who, _)
        | Action::Delete(who, _)
        | Action::React(who, ..)
        | Action::Rename(who)
        | Action::Paint(who)
        | Action::SignOut(who)) = action;
        let (person, token) = &people[who];
        let hash = token.hash();
        let body = Body::parse(&format!("words {number}")).unwrap();
        let of = |of: usize| Seq(2 * of as u64 + 2);
        // Much of it is refused: that changes nothing either.
        let _ = match action {
            Action::Say(_) => {
                let said = store.send(person.id, GENERAL, cid(), &body, "words".into(), true);
                said.await.map(|_| ())
            }
            Action::Edit(_, at) => {
                let edited = place.edit(person, of(at), cid(), body.as_str());
                edited.await.map(|_| ())
            }
            Action::Delete(_, at) => place.delete(person, of(at), cid()).await.map(|_| ()),
            Action::React(_, at, on) => {
                let reacted = place.react(person, of(at), cid(), 1, on);
                reacted.await.map(|_| ())
            }
            Action::Rename(_) => {
                let name = Name::parse(&format!("Renamed {number}")).unwrap();
                store.rename(person.id, name, None).await.map(|_| ())
            }
            Action::Paint(_) => {
                let picture = Some(Some(format!("{number:064}")));
                let painted = store.rename(person.id, person.name.clone(), picture);
                painted.await.map(|_| ())
            }
            Action::SignOut(_) => store.end_session(&hash).await.map(|_| ()),
        };
        for viewer in [None, Some(person.id), Some(people[0].0.id)] {
            assert_eq!(place.shows(viewer).await, place.shows_anew(viewer).await);
        }
        let remembered = store.session(&hash).await.unwrap();
        store.0.memory.known.forget(&hash);
        assert_eq!(store.session(&hash).await.unwrap(), remembered);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_remembered_is_what_would_be_read(actions in actions()) {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap()
            .block_on(live(actions));
    }
}

#[tokio::test]
async fn whoever_signed_out_is_nobody_even_to_who_asked_before() {
    let place = Place::new();
    let (person, token) = place.session("Ada").await;
    let hash = token.hash();
    let known = Known::default();
    let Err(asked) = known.find(&hash) else {
        panic!("nothing is known yet");
    };
    let session = place.store().session(&hash).await.unwrap().unwrap();
    // The database has answered; then they sign out; then the answer arrives.
    known.forget_changed(&[Change::SessionEnded { user: person.id }]);
    known.learn(hash, session.clone(), &asked);
    let Err(asked) = known.find(&hash) else {
        panic!("somebody who signed out is remembered");
    };
    known.learn(hash, session, &asked);
    assert!(known.find(&hash).is_ok());
    known.forget_changed(&[Change::Person(person)]);
    assert!(known.find(&hash).is_err());
}
