//! Pages of the past and what was missed, at every edge.

use super::*;
use crate::{
    protocol::{
        Seq,
        limits::{PAGE_EVENTS, REPLAY_CHUNK, REPLAY_EVENTS},
    },
    server::store::{Missed, Page},
};

/// A place whose default room has so many events, all by one person who is returned.
async fn place_with(events: usize) -> (Place, Person) {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    place.store().enter(ada.id, GENERAL, false).await.unwrap();
    let sends: Vec<_> = (0..events)
        .map(|number| {
            let (store, who) = (place.store().clone(), ada.id);
            tokio::spawn(async move {
                let text = format!("number {number}");
                let body = Body::parse(&text).unwrap();
                store.send(who, GENERAL, cid(), &body, text, true).await
            })
        })
        .collect();
    for send in sends {
        send.await.unwrap().unwrap();
    }
    (place, ada)
}

fn places(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.seq.0).collect()
}

fn up_to(head: usize, count: usize) -> Vec<u64> {
    let start = head.saturating_sub(count) + 1;
    (start..=head).map(|seq| seq as u64).collect()
}

/// What came behind a place, portion after portion; nothing if it is too much.
async fn all_missed(place: &Place, after: Seq) -> Option<(Vec<Person>, Vec<Event>)> {
    let (mut everybody, mut all) = (Vec::new(), Vec::<Event>::new());
    loop {
        let last = all.last().map_or(after, |event| event.seq);
        match place.store().missed(GENERAL, last, None).await.unwrap() {
            Missed::TooMany => return None,
            Missed::Events {
                people,
                events,
                head,
            } => {
                assert!(events.len() <= REPLAY_CHUNK);
                assert_eq!(events.is_empty(), last == head);
                if events.is_empty() {
                    return Some((everybody, all));
                }
                everybody = people;
                all.extend(events);
            }
        }
    }
}

#[tokio::test]
async fn pages_and_gaps_of_every_length() {
    for events in [0, 1, 49, 50, 51, 500, 501] {
        let (place, ada) = place_with(events).await;
        let everybody = if events == 0 { vec![] } else { vec![ada] };

        let page = place.store().page(GENERAL, None, None).await.unwrap();
        assert_eq!(places(&page.events), up_to(events, PAGE_EVENTS));
        assert_eq!(page.older, events > PAGE_EVENTS, "{events}");
        assert_eq!(page.head, Seq(events as u64));
        assert_eq!(page.people, everybody);
        assert_eq!(places(&place.log(GENERAL).await), up_to(events, events));

        match all_missed(&place, Seq(0)).await {
            None => assert!(events > REPLAY_EVENTS, "{events}"),
            Some((people, all)) => {
                assert_eq!(places(&all), up_to(events, events));
                assert_eq!(people, everybody);
            }
        }
    }
}

#[tokio::test]
async fn a_page_ends_right_before_the_place_asked_for() {
    let (place, _) = place_with(120).await;
    let page = async |before| -> Page {
        let page = place.store().page(GENERAL, Some(Seq(before)), None).await;
        page.unwrap()
    };
    for (before, head, older) in [
        (0, 0, false),
        (1, 0, false),
        (2, 1, false),
        (51, 50, false),
        (52, 51, true),
        (120, 119, true),
        (121, 120, true),
        (9_999, 120, true),
        (u64::MAX, 120, true),
    ] {
        let page = page(before).await;
        assert_eq!(places(&page.events), up_to(head, PAGE_EVENTS), "{before}");
        assert_eq!((page.older, page.head), (older, Seq(120)), "{before}");
    }
}

#[tokio::test]
async fn a_gap_is_filled_from_any_place_up_to_the_limit() {
    let (place, _) = place_with(520).await;
    let gap = async |length: u64| {
        let missed = all_missed(&place, Seq(520 - length)).await;
        missed.map(|(_, events)| places(&events))
    };
    for length in [0, 1, 49, 50, 51, 499, 500] {
        let missed = gap(length).await.unwrap();
        assert_eq!(missed, up_to(520, usize::try_from(length).unwrap()));
    }
    assert_eq!(gap(501).await, None);
    for wrong in [521, u64::MAX] {
        let missed = place
            .store()
            .missed(GENERAL, Seq(wrong), None)
            .await
            .unwrap();
        assert_eq!(missed, Missed::TooMany, "a place that is not in this log");
    }
}

#[tokio::test]
async fn a_room_that_is_not_there_has_no_history() {
    let place = Place::new();
    let page = place.store().page(RoomId(99), None, None).await;
    assert!(matches!(page, Err(StoreError::NoSuchRoom)));
    let missed = place.store().missed(RoomId(99), Seq(0), None).await;
    assert!(matches!(missed, Err(StoreError::NoSuchRoom)));
}
