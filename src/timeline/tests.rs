use super::*;
use crate::protocol::{Message, Millis, Online, RefusalCode, Room, RoomId, RoomName, Slug, Topic};
use proptest::prelude::*;

mod amending;
mod interleaving;

const ADA: UserId = UserId(1);
const BO: UserId = UserId(2);
const MINUTE: i64 = 60_000;

fn cid(number: u64) -> Cid {
    Cid(u128::from(number).to_be_bytes())
}

fn event(seq: u64, by: UserId, minute: i64, what: What) -> Event {
    Event {
        seq: Seq(seq),
        at: Millis(minute * MINUTE),
        by,
        what,
    }
}

fn message(seq: u64, by: UserId, minute: i64) -> Event {
    event(
        seq,
        by,
        minute,
        What::Message(Message::new(cid(seq), format!("message {seq}"))),
    )
}

/// A log in which everybody talks and somebody comes and goes.
fn log(length: u64) -> Vec<Event> {
    let one = |seq| match seq % 7 {
        3 => event(seq, BO, i64::try_from(seq).unwrap(), What::Joined),
        5 => event(seq, BO, i64::try_from(seq).unwrap(), What::Unknown),
        other => message(seq, UserId(1 + other % 3), i64::try_from(seq).unwrap()),
    };
    (1..=length).map(one).collect()
}

fn snapshot(log: &[Event], head: usize, page: usize) -> RoomSnapshot {
    let from = head.saturating_sub(page);
    RoomSnapshot {
        room: Room {
            id: RoomId(1),
            slug: Slug::default_room(),
            name: RoomName::parse("general").unwrap(),
            topic: Topic::default(),
        },
        head: Seq(head as u64),
        events: log[from..head].to_vec(),
        older: from > 0,
        people: vec![],
        online: Online::default(),
        read: Seq(head as u64),
        member: true,
    }
}

fn seqs(timeline: &Timeline) -> Vec<u64> {
    timeline.events().iter().map(|event| event.seq.0).collect()
}

fn rows(timeline: &Timeline) -> Vec<Row> {
    timeline.rows(|_| 0, None, Some(ADA))
}

#[test]
fn doubles_are_dropped_and_gaps_are_named() {
    let log = log(10);
    let mut timeline = Timeline::of(&snapshot(&log, 5, 50));
    assert_eq!(timeline.extend(log[2..5].to_vec()), Applied::Nothing);
    assert_eq!(timeline.extend(log[7..].to_vec()), Applied::Gap(Seq(5)));
    assert_eq!(timeline.extend(log[3..].to_vec()), Applied::Grew);
    assert_eq!(seqs(&timeline), (1..=10).collect::<Vec<_>>());
}

#[test]
fn an_empty_room_takes_its_first_event() {
    let mut timeline = Timeline::of(&snapshot(&[], 0, 50));
    assert_eq!(timeline.extend(log(1)), Applied::Grew);
    assert_eq!(timeline.last(), Seq(1));
}

#[test]
fn history_fits_right_before_what_is_known_or_not_at_all() {
    let log = log(120);
    let mut timeline = Timeline::of(&snapshot(&log, 120, 50));
    assert!(
        !timeline.prepend(Seq(61), log[10..60].to_vec(), true),
        "a page further back"
    );
    assert!(timeline.prepend(Seq(71), log[20..70].to_vec(), true));
    assert!(
        !timeline.prepend(Seq(71), log[20..70].to_vec(), true),
        "the same page again"
    );
    assert!(timeline.prepend(Seq(21), log[..20].to_vec(), false));
    assert_eq!(seqs(&timeline), (1..=120).collect::<Vec<_>>());
    assert!(!timeline.has_older());
}

#[test]
fn history_is_a_page_of_its_own_and_leaves_the_others_alone() {
    let log = log(120);
    let keys = |page: &RowPage| page.rows.iter().map(Row::key).collect::<Vec<_>>();
    let mut timeline = Timeline::of(&snapshot(&log, 110, 50));
    let before = timeline.pages(rows(&timeline));
    timeline.prepend(Seq(61), log[10..60].to_vec(), true);
    timeline.prepend(Seq(11), log[..10].to_vec(), false);
    timeline.extend(log[110..].to_vec());
    timeline.send(cid(200), "on its way".into());
    let after = timeline.pages(rows(&timeline));

    let numbers: Vec<_> = after.iter().map(|page| page.number).collect();
    assert_eq!(numbers, [2, 1, 0, -1]);
    let all: Vec<_> = after.iter().flat_map(|page| page.rows.clone()).collect();
    assert_eq!(all, rows(&timeline), "nothing is lost or turned round");
    // The day above the first message has gone up, the rest stands where it stood.
    assert!(keys(&after[2]).starts_with(&keys(&before[0])[1..]));
}

#[test]
fn what_is_new_begins_pages_of_its_own_and_leaves_the_others_alone() {
    let log = log(170);
    let mut timeline = Timeline::of(&snapshot(&log, 60, 50));
    for (known, numbers) in [
        (60, &[0][..]),
        (61, &[0, -1]),
        (110, &[0, -1]),
        (111, &[0, -1, -2]),
        (161, &[0, -1, -2, -3]),
    ] {
        let before = timeline.pages(rows(&timeline));
        timeline.extend(log[..known].to_vec());
        let pages = timeline.pages(rows(&timeline));
        let told: Vec<_> = pages.iter().map(|page| page.number).collect();
        assert_eq!(told, numbers, "{known} events");
        let full = before.len() - 1;
        assert_eq!(pages[..full], before[..full], "{known} events");
    }
    // Another log, of which the newest page may be the same.
    timeline.reset(&snapshot(&log, 170, 50));
    assert_eq!(timeline.pages(rows(&timeline))[0].number, -3);
}

#[test]
fn whoever_follows_has_the_newest_pages_and_can_ask_for_the_others() {
    let log = log(1_000);
    let mut timeline = Timeline::of(&snapshot(&log, 50, 50));
    timeline.send(cid(2_000), "on its way".into());
    let mut before = timeline.pages(rows(&timeline));
    for known in 51..=1_000 {
        timeline.extend(log[..known].to_vec());
        timeline.trim();
        let pages = timeline.pages(rows(&timeline));
        assert!(pages.len() <= PAGES_SHOWN, "{known} events");
        let newest = pages.last().map(|page| page.rows.len());
        assert!(newest <= Some(PAGE_EVENTS + 1), "{known} events");
        for page in &pages[1..pages.len() - 1] {
            let same = before.iter().find(|one| one.number == page.number);
            assert!(same.is_none_or(|same| same.rows.len() < PAGE_EVENTS || same == page));
        }
        before = pages;
    }
    let known = seqs(&timeline);
    let first = known[0];
    assert_eq!(known, (first..=1_000).collect::<Vec<_>>());
    assert!(timeline.has_older());
    let at = usize::try_from(first - 1).unwrap();
    assert!(timeline.prepend(Seq(first), log[at - 50..at].to_vec(), true));
    assert_eq!(seqs(&timeline), (first - 50..=1_000).collect::<Vec<_>>());
    assert_eq!(timeline.pending().len(), 1);
}

#[test]
fn nothing_goes_where_little_was_said_or_where_a_deed_waits() {
    let quiet: Vec<_> = (1..=600)
        .map(|seq| event(seq, ADA, 0, What::Joined))
        .collect();
    let mut timeline = Timeline::of(&snapshot(&quiet, 50, 50));
    timeline.extend(quiet.clone());
    let all = timeline.clone();
    timeline.trim();
    assert_eq!(timeline, all);

    let log = log(600);
    let mut timeline = Timeline::of(&snapshot(&log, 50, 50));
    timeline.extend(log.clone());
    timeline.act(cid(2_000), Deed::Edit(Seq(3), "better".into()));
    timeline.refuse(cid(2_000), RefusalCode::TooFast);
    let all = timeline.clone();
    timeline.trim();
    assert_eq!(timeline, all);
    timeline.forget(cid(2_000));
    timeline.trim();
    assert_ne!(timeline.first(), all.first());
}

#[test]
fn a_message_shows_once_whichever_of_ack_and_event_comes_first() {
    let mut timeline = Timeline::of(&snapshot(&[], 0, 50));
    timeline.send(cid(1), "one".into());
    timeline.send(cid(2), "two".into());
    timeline.acknowledge(cid(1), Seq(1));
    assert_eq!(timeline.pending()[0].state, PendingState::Sent(Seq(1)));
    timeline.extend([message(1, ADA, 0), message(2, ADA, 0)]);
    assert!(timeline.pending().is_empty());
    timeline.acknowledge(cid(2), Seq(2));
    assert!(timeline.pending().is_empty());
    assert_eq!(seqs(&timeline), [1, 2]);
}

#[test]
fn a_refused_message_waits_for_a_decision_and_gives_its_text_back() {
    let mut timeline = Timeline::default();
    timeline.send(cid(9), "typed with care".into());
    timeline.refuse(cid(9), RefusalCode::TooFast);
    assert_eq!(
        timeline.pending()[0].state,
        PendingState::Failed(RefusalCode::TooFast)
    );
    timeline.retry(cid(9));
    assert_eq!(timeline.pending()[0].state, PendingState::Waiting);
    assert_eq!(
        timeline.forget(cid(9)),
        Some(Deed::Say("typed with care".into()))
    );
}

#[test]
fn a_reset_keeps_what_is_on_its_way() {
    let log = log(300);
    let mut timeline = Timeline::of(&snapshot(&log, 10, 50));
    timeline.send(cid(300), "in the snapshot".into());
    timeline.send(cid(999), "not yet".into());
    timeline.reset(&snapshot(&log, 300, 50));
    assert_eq!(timeline.last(), Seq(300));
    let left: Vec<_> = timeline
        .pending()
        .iter()
        .map(|pending| pending.cid)
        .collect();
    assert_eq!(left, [cid(999)]);
}

#[test]
fn what_was_acknowledged_is_pending_no_more_when_the_log_goes_on_elsewhere() {
    let log = log(300);
    let mut timeline = Timeline::of(&snapshot(&log, 10, 50));
    timeline.send(cid(7), "long ago".into());
    timeline.acknowledge(cid(7), Seq(20));
    timeline.reset(&snapshot(&log, 300, 50));
    assert_eq!(timeline.pending(), []);
}

#[test]
fn in_another_log_nothing_is_acknowledged() {
    let mut timeline = Timeline::of(&snapshot(&log(5), 5, 50));
    timeline.send(cid(999), "kept by the server that was".into());
    timeline.acknowledge(cid(999), Seq(6));
    timeline.forget_acknowledgements();
    timeline.reset(&snapshot(&log(20), 20, 50));
    assert_eq!(timeline.pending().len(), 1);
    assert_eq!(timeline.pending()[0].state, PendingState::Waiting);
}

#[test]
fn what_a_newer_snapshot_has_must_be_asked_for() {
    let log = log(300);
    let timeline = Timeline::of(&snapshot(&log, 100, 50));
    assert!(timeline.is_behind(&snapshot(&log, 101, 50)));
    assert!(!timeline.is_behind(&snapshot(&log, 100, 50)));
    assert!(!timeline.is_behind(&snapshot(&log, 99, 50)), "an older one");
}

#[test]
fn held_messages_go_out_only_by_decision() {
    let mut timeline = Timeline::of(&snapshot(&[], 0, 50));
    timeline.send(cid(1), "one".into());
    timeline.hold(RefusalCode::NameNeeded);
    let state = &timeline.pending()[0].state;
    assert_eq!(*state, PendingState::Failed(RefusalCode::NameNeeded));
    timeline.retry(cid(1));
    assert_eq!(timeline.pending()[0].state, PendingState::Waiting);
}

#[test]
fn messages_are_grouped_by_author_within_five_minutes() {
    let mut timeline = Timeline::of(&snapshot(&[], 0, 50));
    timeline.extend([
        message(1, ADA, 0),
        message(2, ADA, 4),
        message(3, ADA, 9),
        message(4, BO, 9),
        message(5, ADA, 9),
    ]);
    let opens: Vec<_> = rows(&timeline)
        .iter()
        .filter_map(|row| match row {
            Row::Message { opens, .. } => Some(*opens),
            _ => None,
        })
        .collect();
    assert_eq!(opens, [true, false, true, true, true]);
}

#[test]
fn days_follow_the_local_clock() {
    let mut timeline = Timeline::of(&snapshot(&[], 0, 50));
    timeline.extend([message(1, ADA, 23 * 60), message(2, ADA, 24 * 60 + 30)]);
    let days = |offset| {
        let rows = timeline.rows(|_| offset, None, None);
        rows.iter().filter(|row| matches!(row, Row::Day(_))).count()
    };
    assert_eq!(days(0), 2);
    assert_eq!(days(60), 1, "an hour further east both are after midnight");
}

#[test]
fn comings_and_goings_merge_and_the_last_word_counts() {
    let mut timeline = Timeline::of(&snapshot(&[], 0, 50));
    timeline.extend([
        event(1, ADA, 0, What::Joined),
        event(2, BO, 1, What::Joined),
        event(3, UserId(3), 2, What::Joined),
        event(4, BO, 3, What::Left),
        message(5, ADA, 3),
        event(6, BO, 4, What::Left),
        event(7, BO, 5, What::Joined),
        message(8, ADA, 5),
        event(9, BO, 6, What::Left),
        event(10, ADA, 7, What::Joined),
    ]);
    let notices: Vec<_> = rows(&timeline)
        .into_iter()
        .filter_map(|row| match row {
            Row::Notice(Notice::Members {
                joined,
                left,
                ends_joined,
                ..
            }) => Some((joined, left, ends_joined)),
            _ => None,
        })
        .collect();
    assert_eq!(
        notices,
        [
            (vec![ADA, UserId(3)], vec![BO], false),
            (vec![BO], vec![], true),
            (vec![ADA], vec![BO], true)
        ]
    );
}

#[test]
fn the_new_line_stands_before_the_first_unread_message_of_somebody_else() {
    let mut timeline = Timeline::of(&snapshot(&[], 0, 50));
    timeline.extend([
        message(1, BO, 0),
        message(2, ADA, 0),
        message(3, BO, 0),
        message(4, BO, 0),
    ]);
    let rows = timeline.rows(|_| 0, Some(Seq(1)), Some(ADA));
    let at = rows.iter().position(|row| *row == Row::New).unwrap();
    assert!(matches!(&rows[at + 1], Row::Message { event, opens: true } if event.seq == Seq(3)));
    assert_eq!(rows.iter().filter(|row| **row == Row::New).count(), 1);
    assert_eq!(timeline.messages_after(Seq(1), Some(ADA)), 2);
}

proptest! {
    #[test]
    fn keys_of_rows_never_repeat(head in 0..200usize, offset in -720..840i32) {
        let log = log(200);
        let mut timeline = Timeline::of(&snapshot(&log, head, 200));
        timeline.send(cid(7_000), "a".into());
        timeline.send(cid(7_001), "b".into());
        let rows = timeline.rows(|_| offset, Some(Seq(20)), Some(ADA));
        let keys: std::collections::HashSet<_> = rows.iter().map(Row::key).collect();
        prop_assert_eq!(keys.len(), rows.len());
    }
}
