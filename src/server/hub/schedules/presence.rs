//! Who comes and goes while presence is told: no change stays untold, whenever the task that
//! tells them ends.

use super::{
    explore,
    place::{
        ADA, BO, CY, Deed, Life,
        Step::{Ends, Passes, Stays},
    },
};
use crate::protocol::limits::{PRESENCE_GRACE, PRESENCE_WINDOW};

#[test]
fn a_change_is_told_however_it_meets_the_end_of_a_telling() {
    explore(800, a_telling_life);
}

pub(super) fn a_telling_life() {
    let life = Life {
        members: &[ADA, BO],
        listed: 200,
        deeds: &[Deed::Leave(BO), Deed::Join(BO)],
        steps: &[
            &[Stays(None), Stays(Some(ADA))],
            &[Stays(Some(BO))],
            &[Passes(PRESENCE_WINDOW), Passes(PRESENCE_WINDOW)],
        ],
    };
    life.live();
}

#[test]
fn a_new_name_that_meets_a_telling_stays() {
    explore(600, || {
        let life = Life {
            members: &[ADA],
            listed: 200,
            deeds: &[Deed::Rename(ADA, "Zuse")],
            steps: &[&[
                Stays(None),
                Stays(Some(ADA)),
                Passes(PRESENCE_WINDOW),
                Passes(PRESENCE_WINDOW),
            ]],
        };
        life.live();
    });
}

#[test]
fn whose_grace_ends_while_they_come_back_is_online() {
    explore(600, || {
        let life = Life {
            members: &[ADA, BO],
            listed: 200,
            deeds: &[],
            steps: &[
                &[Stays(None)],
                &[Ends(Some(ADA)), Stays(Some(ADA))],
                &[Ends(Some(BO)), Passes(PRESENCE_GRACE), Ends(Some(BO))],
                &[Passes(PRESENCE_WINDOW), Passes(PRESENCE_GRACE)],
            ],
        };
        life.live();
    });
}

#[test]
fn a_crowd_comes_and_goes_and_its_count_is_right() {
    explore(600, || {
        let life = Life {
            members: &[ADA, BO, CY],
            listed: 1,
            deeds: &[Deed::Leave(CY), Deed::Leave(BO), Deed::Join(CY)],
            steps: &[
                &[Stays(None), Stays(Some(ADA))],
                &[Stays(Some(BO)), Ends(Some(BO))],
                &[Ends(Some(CY)), Passes(PRESENCE_WINDOW)],
            ],
        };
        life.live();
    });
}

/// Whoever came meanwhile took a list that has not room for all, and later differences name
/// only who changed.
#[test]
fn a_crowd_that_is_one_for_a_moment_leaves_nobody_out() {
    explore(600, || {
        let life = Life {
            members: &[ADA, BO, CY],
            listed: 2,
            deeds: &[Deed::Leave(BO)],
            steps: &[&[
                Stays(Some(ADA)),
                Stays(Some(CY)),
                Passes(PRESENCE_WINDOW),
                Stays(Some(BO)),
                Stays(None),
            ]],
        };
        life.live();
    });
}
