//! Who connects, follows, hears and goes, all at the same time.

use super::{
    explore,
    place::{
        ADA, BO, CY, Deed, Life, Place,
        Step::{Ends, Passes, Stays},
    },
};
use crate::{
    protocol::{CloseCode, limits::PRESENCE_WINDOW},
    server::{hub::Hub, limits::Limits},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

#[test]
fn whoever_follows_hears_everything_from_then_on_in_order() {
    explore(600, || {
        let life = Life {
            members: &[ADA, BO],
            listed: 200,
            deeds: &[Deed::Say(ADA), Deed::Say(BO), Deed::Say(ADA), Deed::Say(BO)],
            steps: &[&[Stays(Some(ADA))], &[Stays(None)], &[Stays(Some(BO))]],
        };
        life.live();
    });
}

#[test]
fn a_line_that_ended_keeps_no_seat_and_nobody_online() {
    explore(600, || {
        let life = Life {
            members: &[BO],
            listed: 200,
            deeds: &[
                Deed::Join(ADA),
                Deed::Leave(BO),
                Deed::Say(ADA),
                Deed::Join(BO),
            ],
            steps: &[
                &[Ends(Some(ADA)), Ends(Some(ADA))],
                &[Ends(Some(BO))],
                &[Ends(Some(ADA)), Stays(None)],
            ],
        };
        life.live();
    });
}

#[test]
fn the_newest_name_is_the_one_that_everybody_has_at_last() {
    explore(600, || {
        let life = Life {
            members: &[ADA, BO],
            listed: 200,
            deeds: &[Deed::Rename(ADA, "Eve"), Deed::Rename(ADA, "Zuse")],
            steps: &[
                &[Stays(Some(ADA))],
                &[Stays(Some(BO)), Passes(PRESENCE_WINDOW)],
                &[Ends(Some(ADA)), Passes(PRESENCE_WINDOW), Stays(None)],
            ],
        };
        life.live();
    });
}

#[test]
fn a_membership_that_ends_or_begins_meanwhile_counts() {
    explore(600, || {
        let life = Life {
            members: &[ADA, CY],
            listed: 200,
            deeds: &[
                Deed::Leave(ADA),
                Deed::Join(BO),
                Deed::Rename(BO, "Zuse"),
                Deed::Join(ADA),
                Deed::Leave(CY),
            ],
            steps: &[&[Stays(Some(ADA))], &[Stays(Some(BO))], &[Stays(Some(CY))]],
        };
        life.live();
    });
}

#[test]
fn nobody_has_more_lines_than_one_may_have() {
    explore(600, || {
        let hub = Arc::new(Hub::new(Limits {
            connections_per_session: 2,
            ..Limits::default()
        }));
        let comers = [(); 3].map(|()| {
            let hub = hub.clone();
            shuttle::thread::spawn(move || hub.connect(Some(ADA)))
        });
        let lines = comers.map(|comer| comer.join().unwrap());
        assert_eq!(lines.iter().flatten().count(), 2);
        assert_eq!(hub.connections(), 2);
    });
}

/// As `server::connection::talk` and `App::stop` do it.
#[test]
fn whoever_connects_while_the_server_says_goodbye_is_told_to_go() {
    explore(600, || {
        let place = Arc::new(Place::new(&[], 200));
        let stopping = Arc::new(AtomicBool::new(false));
        let comer = {
            let (place, stopping) = (place.clone(), stopping.clone());
            shuttle::thread::spawn(move || {
                let line = place.hub.connect(Some(ADA)).unwrap();
                let is_late = stopping.load(Ordering::Relaxed);
                (line, is_late)
            })
        };
        stopping.store(true, Ordering::Relaxed);
        place.hub.say_goodbye(Duration::from_secs(1));
        let (line, is_late) = comer.join().unwrap();
        let told = line.mailbox.closed() == Some(CloseCode::GoingAway);
        assert!(told || is_late, "nobody told them");
    });
}
