//! Edits, deletions and reactions: once, by whom they belong to, and nothing is left of what
//! was deleted.

use super::*;
use crate::{
    protocol::{
        Emoji, Message, Reaction, Seq, UserId, What,
        limits::{PAGE_EVENTS, REACTIONS, REACTORS_LISTED, VERSIONS_KEPT},
    },
    server::store::Missed,
};

fn emoji(number: usize) -> Emoji {
    Emoji::known(&format!("emoji {number}"))
}

impl Place {
    pub(super) async fn edit(
        &self,
        who: &Person,
        of: Seq,
        cid: Cid,
        text: &str,
    ) -> Result<Sent, StoreError> {
        let body = Body::parse(text).unwrap();
        self.store()
            .edit(who.id, GENERAL, cid, of, &body, text.to_owned())
            .await
    }

    pub(super) async fn delete(&self, who: &Person, of: Seq, cid: Cid) -> Result<Sent, StoreError> {
        self.store().delete(who.id, GENERAL, cid, of).await
    }

    pub(super) async fn react(
        &self,
        who: &Person,
        of: Seq,
        cid: Cid,
        number: usize,
        on: bool,
    ) -> Result<Sent, StoreError> {
        self.store()
            .react(who.id, GENERAL, cid, of, emoji(number), on)
            .await
    }

    async fn message(&self, of: Seq, viewer: Option<UserId>) -> Message {
        let found = self.store().message(GENERAL, of, viewer).await.unwrap();
        match found.unwrap().event.what {
            What::Message(message) => message,
            what => panic!("{what:?}"),
        }
    }

    /// All of the log as it is replayed.
    async fn replay(&self) -> Vec<Event> {
        match self.store().missed(GENERAL, Seq(0), None).await.unwrap() {
            Missed::Events { events, head, .. } => {
                assert_eq!(events.last().map(|event| event.seq), Some(head));
                events
            }
            Missed::TooMany => panic!("more than one portion"),
        }
    }

    /// Whether a text is anywhere in the files of the database.
    async fn has_on_disk(&mut self, text: &str) -> bool {
        self.reopen().await;
        let bytes = std::fs::read(self.folder.path().join(database::FILE)).unwrap();
        bytes.windows(text.len()).any(|at| at == text.as_bytes())
    }
}

#[tokio::test]
async fn an_edit_is_an_event_and_the_message_has_the_new_words() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    let of = place.say(&ada, GENERAL, "first").await.seq;
    place.wait(Duration::from_secs(1));
    place.told();
    let action = cid();
    let edited = place.edit(&ada, of, action, "second").await.unwrap();
    assert_eq!((edited.seq, edited.again), (of.next(), false));
    let what = What::Edited {
        cid: action,
        of,
        text: "second".into(),
    };
    let told = place.told();
    assert!(matches!(told_of(&told[0]), Some((GENERAL, [event])) if event.what == what));
    let message = place.message(of, None).await;
    assert_eq!(message.text, "second");
    assert_eq!(message.edited, Some(edited.at));
    assert_eq!(message.amended, edited.seq);
    let replay = place.replay().await;
    assert_eq!(replay.last().unwrap().what, what);
    let before = place.store().versions(GENERAL, of).await.unwrap();
    assert_eq!(before.len(), 1);
    assert_eq!(
        (before[0].text.as_str(), before[0].at),
        ("first", Millis(1_000_000))
    );
}

#[tokio::test]
async fn a_retry_of_anything_has_the_effect_of_once_also_after_a_restart() {
    let mut place = Place::new();
    let ada = place.guest("Ada").await;
    let of = place.say(&ada, GENERAL, "words").await.seq;
    let (edit, react, delete) = (cid(), cid(), cid());
    let edited = place.edit(&ada, of, edit, "other words").await.unwrap();
    let reacted = place.react(&ada, of, react, 1, true).await.unwrap();
    for round in 0..2 {
        let again = place.edit(&ada, of, edit, "other words").await.unwrap();
        assert_eq!(
            (again.seq, again.at, again.again),
            (edited.seq, edited.at, true)
        );
        let again = place.react(&ada, of, react, 1, true).await.unwrap();
        assert_eq!(
            (again.seq, again.again),
            (reacted.seq, true),
            "round {round}"
        );
        place.wait(Duration::from_secs(86_400));
        place.reopen().await;
    }
    let deleted = place.delete(&ada, of, delete).await.unwrap();
    place.reopen().await;
    let again = place.delete(&ada, of, delete).await.unwrap();
    assert_eq!((again.seq, again.again), (deleted.seq, true));
    // What was acknowledged stays so, though nothing of it is left.
    let again = place.edit(&ada, of, edit, "other words").await.unwrap();
    assert_eq!((again.seq, again.again), (edited.seq, true));
    assert_eq!(
        place.replay().await.len(),
        5,
        "joined, said, and three events"
    );
}

#[tokio::test]
async fn a_cid_stands_for_one_thing_only() {
    let place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    let said = cid();
    let of = place.send(&ada, GENERAL, said, "words").await.unwrap().seq;
    let other = place.say(&ada, GENERAL, "more").await.seq;
    let (edit, react) = (cid(), cid());
    place.edit(&ada, of, edit, "edited").await.unwrap();
    place.react(&ada, of, react, 1, true).await.unwrap();
    let reused = |done: Result<Sent, StoreError>| matches!(done, Err(StoreError::CidReused));
    assert!(reused(place.edit(&ada, of, edit, "another").await));
    assert!(reused(place.edit(&ada, other, edit, "edited").await));
    assert!(reused(place.edit(&ada, of, said, "words").await));
    assert!(reused(place.delete(&ada, of, edit).await));
    assert!(reused(place.react(&ada, of, react, 2, true).await));
    assert!(reused(place.react(&ada, of, react, 1, false).await));
    assert!(reused(place.react(&ada, other, react, 1, true).await));
    assert!(reused(place.send(&ada, GENERAL, edit, "edited").await));
    // It is each person's own.
    assert!(!place.react(&bo, of, react, 2, true).await.unwrap().again);
}

#[tokio::test]
async fn only_its_author_changes_a_message_and_only_messages_are_changed() {
    let place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    let of = place.say(&ada, GENERAL, "words").await.seq;
    let before = place.replay().await;
    let edit = place.edit(&bo, of, cid(), "mine").await;
    assert!(matches!(edit, Err(StoreError::NotYours)));
    let delete = place.delete(&bo, of, cid()).await;
    assert!(matches!(delete, Err(StoreError::NotYours)));
    for nothing in [Seq(0), Seq(1), Seq(99)] {
        let edit = place.edit(&ada, nothing, cid(), "words").await;
        assert!(
            matches!(edit, Err(StoreError::NoSuchMessage)),
            "{nothing:?}"
        );
        let react = place.react(&ada, nothing, cid(), 1, true).await;
        assert!(
            matches!(react, Err(StoreError::NoSuchMessage)),
            "{nothing:?}"
        );
    }
    let elsewhere = place.store().delete(ada.id, RoomId(99), cid(), of).await;
    assert!(matches!(elsewhere, Err(StoreError::NoSuchRoom)));
    assert_eq!(place.replay().await, before);
}

#[tokio::test]
async fn nothing_is_left_of_a_deleted_message() {
    let mut place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    let said = cid();
    let of = place
        .send(&ada, GENERAL, said, "the secret is 12345")
        .await
        .unwrap()
        .seq;
    let edit = cid();
    place.edit(&ada, of, edit, "no, it is 67890").await.unwrap();
    place.react(&bo, of, cid(), 1, true).await.unwrap();
    assert!(place.has_on_disk("12345").await, "the test can see it");
    let deleted = place.delete(&ada, of, cid()).await.unwrap();

    let message = place.message(of, None).await;
    let gone = Message {
        deleted: true,
        amended: deleted.seq,
        ..Message::new(said, String::new())
    };
    assert_eq!(message, gone);
    let replayed: Vec<What> = place
        .replay()
        .await
        .into_iter()
        .map(|one| one.what)
        .collect();
    assert_eq!(replayed[1], What::Message(gone));
    assert_eq!(
        replayed[2],
        What::Deleted { cid: edit, of },
        "the edit tells no words"
    );
    assert_eq!(place.store().versions(GENERAL, of).await.unwrap(), []);
    assert!(
        !place.has_on_disk("12345").await,
        "not even in unused pages"
    );
    assert!(!place.has_on_disk("67890").await);

    let edit = place.edit(&ada, of, cid(), "back").await;
    assert!(matches!(edit, Err(StoreError::MessageDeleted)));
    let react = place.react(&bo, of, cid(), 1, true).await;
    assert!(matches!(react, Err(StoreError::MessageDeleted)));
    // A retry of the sending finds that it was kept, whatever it says now.
    let again = place.send(&ada, GENERAL, said, "the secret is 12345").await;
    assert_eq!(again.unwrap().seq, of);
    let again = place.delete(&ada, of, cid()).await.unwrap();
    assert_eq!(
        (again.seq, again.again),
        (deleted.seq, true),
        "nothing left to do"
    );
}

#[tokio::test]
async fn each_person_counts_once_under_an_emoji() {
    let place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    let of = place.say(&ada, GENERAL, "words").await.seq;
    place.react(&bo, of, cid(), 1, true).await.unwrap();
    let twice = place.react(&bo, of, cid(), 1, true).await.unwrap();
    assert!(twice.again && twice.seq == place.message(of, None).await.amended);
    place.react(&ada, of, cid(), 2, true).await.unwrap();
    place.react(&ada, of, cid(), 1, true).await.unwrap();
    let reactions = place.message(of, None).await.reactions;
    let of_both = |number, by: &[&Person]| Reaction {
        emoji: emoji(number),
        count: u32::try_from(by.len()).unwrap(),
        by: by.iter().map(|who| who.id).collect(),
    };
    assert_eq!(reactions, [of_both(1, &[&bo, &ada]), of_both(2, &[&ada])]);
    place.react(&bo, of, cid(), 1, false).await.unwrap();
    place.react(&ada, of, cid(), 2, false).await.unwrap();
    let none_of_mine = place.react(&bo, of, cid(), 2, false).await.unwrap();
    assert!(none_of_mine.again);
    let reactions = place.message(of, None).await.reactions;
    assert_eq!(reactions, [of_both(1, &[&ada])]);
    place.react(&ada, of, cid(), 1, false).await.unwrap();
    assert_eq!(place.message(of, None).await.reactions, []);
}

#[tokio::test]
async fn so_many_emoji_stand_under_a_message_and_no_more() {
    let place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    let of = place.say(&ada, GENERAL, "words").await.seq;
    for number in 0..REACTIONS {
        place.react(&ada, of, cid(), number, true).await.unwrap();
    }
    let more = place.react(&ada, of, cid(), REACTIONS, true).await;
    assert!(matches!(more, Err(StoreError::TooManyReactions)));
    place.react(&bo, of, cid(), 0, true).await.unwrap();
}

#[tokio::test]
async fn whoever_asks_finds_their_own_reaction_in_a_crowd() {
    let place = Place::new();
    let author = place.guest("Author").await;
    let of = place.say(&author, GENERAL, "words").await.seq;
    let mut crowd = Vec::new();
    for number in 0..=REACTORS_LISTED + 1 {
        let who = place.guest(&format!("Reader {number}")).await;
        place.react(&who, of, cid(), 1, true).await.unwrap();
        crowd.push(who.id);
    }
    let last = crowd[REACTORS_LISTED + 1];
    let seen = place.message(of, Some(last)).await.reactions.remove(0);
    assert_eq!(seen.count as usize, crowd.len());
    assert_eq!(seen.listed(), &crowd[..REACTORS_LISTED]);
    assert_eq!(seen.by.last(), Some(&last));
    let seen = place.message(of, Some(author.id)).await.reactions.remove(0);
    assert_eq!(seen.by, crowd[..REACTORS_LISTED]);
}

#[tokio::test]
async fn so_many_versions_are_kept_the_newest_ones() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    let of = place.say(&ada, GENERAL, "version 0").await.seq;
    for number in 1..=VERSIONS_KEPT + 2 {
        let text = format!("version {number}");
        place.edit(&ada, of, cid(), &text).await.unwrap();
    }
    let kept = place.store().versions(GENERAL, of).await.unwrap();
    assert_eq!(kept.len(), VERSIONS_KEPT);
    assert_eq!(kept[0].text, "version 2");
    let newest = format!("version {}", VERSIONS_KEPT + 2);
    let again = place.edit(&ada, of, cid(), &newest);
    assert!(again.await.unwrap().again, "the same words change nothing");
}

#[tokio::test]
async fn pages_hold_what_is_shown_and_lead_on_over_what_is_not() {
    let place = Place::new();
    let ada = place.guest("Ada").await;
    let mut said = vec![Seq(1)];
    for number in 0..PAGE_EVENTS + 5 {
        let of = place.say(&ada, GENERAL, "words").await.seq;
        said.push(of);
        place
            .react(&ada, of, cid(), number % 3, true)
            .await
            .unwrap();
        place.edit(&ada, of, cid(), "other words").await.unwrap();
    }
    let log: Vec<Seq> = place.log(GENERAL).await.iter().map(|one| one.seq).collect();
    assert_eq!(log, said);
    let page = place.store().page(GENERAL, None, None).await.unwrap();
    assert_eq!(page.events.len(), PAGE_EVENTS);
    assert!(page.older);
    let behind = |after: usize| place.store().page_behind(GENERAL, said[after]);
    assert_eq!(behind(0).await.unwrap(), Some(said[PAGE_EVENTS].next()));
    assert_eq!(behind(5).await.unwrap(), Some(said[PAGE_EVENTS + 5].next()));
    assert_eq!(behind(6).await.unwrap(), None, "that is on the newest page");
}

#[tokio::test]
async fn what_was_deleted_is_not_unread() {
    let place = Place::new();
    let (ada, bo) = (place.guest("Ada").await, place.guest("Bo").await);
    place.say(&bo, GENERAL, "hello").await;
    let of = place.say(&ada, GENERAL, "one").await.seq;
    place.say(&ada, GENERAL, "two").await;
    place.edit(&ada, of, cid(), "One").await.unwrap();
    let unread = async || {
        let rooms = place.store().rooms(Some(bo.id)).await.unwrap();
        rooms[0].unread
    };
    assert_eq!(unread().await, 2);
    place.delete(&ada, of, cid()).await.unwrap();
    assert_eq!(unread().await, 1);
}
