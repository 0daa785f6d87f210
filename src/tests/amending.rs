//! What is done to messages reaches everybody, is acknowledged like a message, and comes in
//! its current form to whoever comes later.

use crate::harness::{Person, Server, Socket, cid, only, unlimited};
use hubbub::protocol::{
    Cid, ClientFrame, Emoji, Event, Message, RefusalCode, ResumeAt, RoomId, Seq, ServerFrame, What,
    limits::{FORM_BYTES, MESSAGE_CHARS, REPLAY_EVENTS},
};

const GENERAL: RoomId = RoomId(1);

fn edit(number: u64, of: Seq, body: &str) -> ClientFrame {
    ClientFrame::Edit {
        cid: cid(number),
        room: GENERAL,
        of,
        body: body.to_owned(),
    }
}

fn delete(number: u64, of: Seq) -> ClientFrame {
    ClientFrame::Delete {
        cid: cid(number),
        room: GENERAL,
        of,
    }
}

fn react(number: u64, of: Seq, emoji: &str, on: bool) -> ClientFrame {
    ClientFrame::React {
        cid: cid(number),
        room: GENERAL,
        of,
        emoji: emoji.to_owned(),
        on,
    }
}

fn name_of(frame: &ClientFrame) -> Cid {
    match frame {
        ClientFrame::Edit { cid, .. }
        | ClientFrame::Delete { cid, .. }
        | ClientFrame::React { cid, .. } => *cid,
        other => panic!("{other:?}"),
    }
}

impl Socket {
    /// Does something and waits until it is kept.
    async fn does(&mut self, frame: ClientFrame) -> Seq {
        self.say(&frame).await;
        self.acked(name_of(&frame)).await.0
    }

    /// Does something that is refused.
    async fn may_not(&mut self, frame: ClientFrame) -> RefusalCode {
        self.say(&frame).await;
        self.refused().await
    }

    async fn says(&mut self, number: u64, text: &str) -> Seq {
        self.send(cid(number), text).await;
        self.acked(cid(number)).await.0
    }

    /// What was missed behind a place.
    async fn missed_behind(&mut self, last: Seq) -> Vec<Event> {
        let epoch = self.epoch.clone();
        let room = GENERAL;
        let heard = self.hello(epoch, vec![ResumeAt { room, last }]).await;
        let events = heard.into_iter().filter_map(|frame| match frame {
            ServerFrame::Events { events, .. } => Some(events),
            ServerFrame::Reset { .. } => panic!("a reset instead of a replay"),
            _ => None,
        });
        events.flatten().collect()
    }
}

fn message(events: &[Event], seq: Seq) -> Message {
    let event = events.iter().find(|event| event.seq == seq).unwrap();
    match &event.what {
        What::Message(message) => message.clone(),
        what => panic!("{what:?}"),
    }
}

#[tokio::test]
async fn everybody_hears_of_it_and_who_comes_later_finds_it_so() {
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let bo = server.join("Bo").await;
    let mut reader = bo.opens(&server).await;
    let mut visitor = server.visit().await;
    let (first, second) = (ada.says(1, "one").await, ada.says(2, "two").await);
    ada.does(edit(3, first, "one :robot:")).await;
    ada.does(delete(4, second)).await;
    let thumb = "\u{1F44D}";
    let amended = reader.does(react(5, first, ":+1:", true)).await;
    let mut told = Vec::new();
    while told.len() < 3 {
        let events = visitor.events().await.into_iter();
        told.extend(
            events
                .map(|one| one.what)
                .filter(|what| what.amends().is_some()),
        );
    }
    let text = "one \u{1F916}".to_owned();
    let emoji = Emoji::known(thumb);
    assert_eq!(
        told,
        [
            What::Edited {
                cid: cid(3),
                of: first,
                text: text.clone()
            },
            What::Deleted {
                cid: cid(4),
                of: second
            },
            What::Reacted {
                cid: cid(5),
                of: first,
                emoji,
                on: true
            },
        ]
    );
    let page = server.connect().await.hello_at_end().await;
    let one = message(&page.events, first);
    assert_eq!((one.text, one.amended), (text, amended));
    assert_eq!(one.reactions[0].by, [bo.id()]);
    assert!(page.people.iter().any(|who| who.id == bo.id()));
    let two = message(&page.events, second);
    assert!(two.deleted && two.text.is_empty());
    assert_eq!(page.head, amended);
}

#[tokio::test]
async fn a_replay_tells_how_things_are_now() {
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let (first, second) = (ada.says(1, "one").await, ada.says(2, "secret").await);
    ada.does(edit(3, second, "another secret")).await;
    ada.does(edit(4, first, "early")).await;
    ada.does(edit(5, first, "late")).await;
    ada.does(delete(6, second)).await;
    let mut reader = server.connect().await;
    reader.epoch = ada.epoch.clone();
    let missed = reader.missed_behind(Seq(1)).await;
    assert_eq!(missed.len(), 6, "nothing is left out");
    assert_eq!(message(&missed, first).text, "late");
    assert!(message(&missed, second).deleted);
    let text = format!("{missed:?}");
    assert!(!text.contains("secret"), "{text}");
    let cid = cid(3);
    assert_eq!(missed[2].what, What::Deleted { cid, of: second });
}

#[tokio::test]
async fn the_same_action_again_has_the_effect_of_once() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut socket = ada.opens(&server).await;
    let of = socket.says(1, "one").await;
    let edited = socket.does(edit(2, of, "two")).await;
    let reacted = socket.does(react(3, of, "\u{1F389}", true)).await;
    let server = server.restart().await;
    let mut socket = ada.opens(&server).await;
    assert_eq!(socket.does(edit(2, of, "two")).await, edited);
    assert_eq!(socket.does(react(3, of, "\u{1F389}", true)).await, reacted);
    assert_eq!(
        socket.may_not(edit(2, of, "three")).await,
        RefusalCode::CidReused
    );
    assert_eq!(
        socket.may_not(react(2, of, "\u{1F389}", true)).await,
        RefusalCode::CidReused
    );
    let page = server.connect().await.hello_at_end().await;
    assert_eq!(page.head, reacted, "nothing was added");
    assert_eq!(message(&page.events, of).reactions[0].count, 1);
}

#[tokio::test]
async fn what_may_not_be_done_is_refused_and_changes_nothing() {
    let server = Server::with(|config| config.limits.sends = unlimited()).await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let mut bo = server.join("Bo").await.opens(&server).await;
    let mut visitor = server.visit().await;
    let of = ada.says(1, "mine").await;
    assert_eq!(
        bo.may_not(edit(2, of, "yours")).await,
        RefusalCode::NotYours
    );
    assert_eq!(bo.may_not(delete(3, of)).await, RefusalCode::NotYours);
    assert_eq!(
        visitor.may_not(react(4, of, "\u{1F44D}", true)).await,
        RefusalCode::NameNeeded
    );
    // Also where no log can ever reach.
    for (number, nowhere) in [(5, 99), (105, 1 << 63), (205, u64::MAX)] {
        assert_eq!(
            ada.may_not(edit(number, Seq(nowhere), "x")).await,
            RefusalCode::NoSuchMessage
        );
    }
    assert_eq!(
        ada.may_not(edit(6, of, "  ")).await,
        RefusalCode::MessageEmpty
    );
    let long = "x".repeat(MESSAGE_CHARS + 1);
    assert_eq!(
        ada.may_not(edit(7, of, &long)).await,
        RefusalCode::MessageTooLong
    );
    for none in ["", "x", "\u{1F44D}\u{1F44D}", &"\u{1F44D}".repeat(100)] {
        assert_eq!(
            ada.may_not(react(8, of, none, true)).await,
            RefusalCode::EmojiUnknown
        );
    }
    let elsewhere = ClientFrame::Delete {
        cid: cid(9),
        room: RoomId(99),
        of,
    };
    assert_eq!(ada.may_not(elsewhere).await, RefusalCode::NoSuchRoom);
    ada.does(edit(10, of, &"x".repeat(MESSAGE_CHARS))).await;
    ada.does(delete(11, of)).await;
    assert_eq!(
        ada.may_not(edit(12, of, "back")).await,
        RefusalCode::MessageDeleted
    );
    assert_eq!(
        bo.may_not(react(13, of, "\u{1F44D}", true)).await,
        RefusalCode::MessageDeleted
    );
}

#[tokio::test]
async fn it_counts_like_saying_something() {
    let server = Server::with(|config| config.limits.sends = only(2)).await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let of = ada.says(1, "one").await;
    ada.does(react(2, of, "\u{1F44D}", true)).await;
    assert_eq!(ada.may_not(edit(3, of, "two")).await, RefusalCode::TooFast);
}

#[tokio::test]
async fn two_who_change_things_at_once_end_with_the_same() {
    let server = Server::with(|config| config.limits.sends = unlimited()).await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let (bo, cy) = (server.join("Bo").await, server.join("Cy").await);
    let mut others = [bo.opens(&server).await, cy.opens(&server).await];
    let of = ada.says(1, "one").await;
    for round in 0..30 {
        ada.say(&edit(100 + round, of, &format!("round {round}")))
            .await;
        for (number, other) in others.iter_mut().enumerate() {
            let name = 1_000 * (number as u64 + 1) + round;
            other
                .say(&react(name, of, "\u{1F44D}", round % 2 == 0))
                .await;
        }
    }
    ada.acked(cid(129)).await;
    for (number, other) in others.iter_mut().enumerate() {
        other.acked(cid(1_000 * (number as u64 + 1) + 29)).await;
    }
    // Everybody folds the events that they heard over what the log says of the message.
    let log = {
        let mut late = server.connect().await;
        late.epoch = ada.epoch.clone();
        late.missed_behind(Seq(0)).await
    };
    let now = message(&log, of);
    assert_eq!(now.text, "round 29");
    assert_eq!(now.reactions, [], "everybody took theirs away");
    assert_eq!(log.last().unwrap().seq, now.amended);
}

#[tokio::test]
async fn by_a_form_it_is_done_as_well_and_leads_back_to_the_message() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let of = ada.opens(&server).await.says(1, "one").await;
    let path = format!("/r/general/{}", of.0);
    let next = ada
        .does(&server, &path, &[("do", "edit"), ("body", "two")])
        .await;
    assert_eq!(next, format!("/r/general#m{}", of.0));
    ada.does(&server, &path, &[("do", "react"), ("put", "\u{1F389}")])
        .await;
    let sheet = read(&server, &ada, &path).await;
    for part in ["two", "What it said before", "one", "\u{1F389}"] {
        assert!(sheet.contains(part), "{part}");
    }
    let others = read(&server, &server.join("Bo").await, &path).await;
    assert!(others.contains("two") && !others.contains("What it said before"));
    let none = ada.is_refused(&server, &path, &[("do", "react"), ("put", "nothing")]);
    assert_eq!(none.await, RefusalCode::EmojiUnknown);
    ada.does(&server, &path, &[("do", "react"), ("take", "\u{1F389}")])
        .await;
    ada.does(&server, &path, &[("do", "delete")]).await;
    let sheet = read(&server, &ada, &path).await;
    assert!(sheet.contains("Message deleted") && !sheet.contains("two"));
}

async fn read(server: &Server, who: &Person, path: &str) -> String {
    let answer = server.get(path).header("cookie", &who.cookie).send().await;
    assert_eq!(answer.status, 200);
    answer.text().to_owned()
}

#[tokio::test]
async fn a_form_that_is_refused_shows_its_page_again() {
    let server = Server::start().await;
    let (ada, bo) = (server.join("Ada").await, server.join("Bo").await);
    let of = ada.opens(&server).await.says(1, "one").await;
    let path = format!("/r/general/{}", of.0);
    let post = |who: &Person, fields: &[(&str, &str)]| {
        server
            .post(&path, fields)
            .header("cookie", &who.cookie)
            .send()
    };
    let foreign = post(&bo, &[("do", "edit"), ("body", "mine")]).await;
    assert_eq!(foreign.status, 403);
    let empty = post(&ada, &[("do", "edit"), ("body", " ")]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.text().contains("There is nothing to send yet."));
    let body = "x".repeat(FORM_BYTES);
    let large = post(&ada, &[("do", "edit"), ("body", &body)]).await;
    assert_eq!(large.status, 413);
    for path in [
        "/r/general/99",
        "/r/general/9223372036854775807",
        "/r/general/9223372036854775808",
        "/r/general/18446744073709551615",
        "/r/general/1",
        "/r/nowhere/1",
    ] {
        let nothing = server.get(path).header("cookie", &ada.cookie).send().await;
        assert_eq!(nothing.status, 404, "{path}");
    }
    let no_place = server.get("/r/general/first").send().await;
    assert!(no_place.status == 400 || no_place.status == 404);
}

#[tokio::test]
async fn amendments_count_for_the_replay_like_everything_else() {
    let server = Server::with(|config| config.limits.sends = unlimited()).await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    let of = ada.says(1, "one").await;
    let before = of;
    for number in 0..REPLAY_EVENTS as u64 {
        ada.say(&edit(10 + number, of, &format!("version {number}")))
            .await;
    }
    ada.acked(cid(9 + REPLAY_EVENTS as u64)).await;
    let mut reader = server.connect().await;
    reader.epoch = ada.epoch.clone();
    let missed = reader.missed_behind(before).await;
    assert_eq!(missed.len(), REPLAY_EVENTS);
    ada.does(edit(9_999, of, "one too many")).await;
    let mut reader = server.connect().await;
    let epoch = ada.epoch.clone();
    let at = ResumeAt {
        room: GENERAL,
        last: before,
    };
    let heard = reader.hello(epoch, vec![at]).await;
    assert!(
        heard
            .iter()
            .any(|frame| matches!(frame, ServerFrame::Reset { .. }))
    );
}
