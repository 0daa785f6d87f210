//! Forms: how everything that is not said over a socket is done, with script and without.

use crate::harness::{Server, cid};
use hubbub::protocol::{
    FormReply, RefusalCode, What,
    limits::{FORM_BYTES, ROOM_NAME_CHARS, ROOMS, TOPIC_CHARS},
};
use std::time::Duration;

type Fields<'a> = &'a [(&'a str, &'a str)];

#[tokio::test]
async fn without_script_a_form_leads_to_a_page() {
    let server = Server::start().await;
    let joined = server
        .post("/r/general", &[("do", "join"), ("name", "Ada")])
        .send()
        .await;
    assert_eq!(joined.status, 303, "a reload posts nothing again");
    assert_eq!(joined.header("location"), Some("/r/general"));
    let cookie = joined.cookie().unwrap();
    let sent = server
        .post("/r/general", &[("do", "send"), ("body", "by hand")])
        .header("cookie", &cookie)
        .send()
        .await;
    assert_eq!(sent.status, 303);
    let page = server.get("/r/general").header("cookie", &cookie).send();
    assert_eq!(page.await.status, 200);
    let mut reader = server.connect().await;
    let last = reader.hello_at_end().await.events.pop().unwrap();
    assert!(matches!(last.what, What::Message(message) if message.text == "by hand"));
}

#[tokio::test]
async fn with_script_a_form_gets_json() {
    let server = Server::start().await;
    let ask = server.post("/r/general", &[("do", "join"), ("name", "Ada")]);
    let answer = ask.json().send().await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    match serde_json::from_slice(&answer.body).unwrap() {
        FormReply::Done { next, me } => {
            assert_eq!(next, "/r/general");
            assert_eq!(me.unwrap().name.as_str(), "Ada");
        }
        FormReply::Refused { refusal } => panic!("{refusal:?}"),
    }
}

#[tokio::test]
async fn a_refused_form_shows_its_page_again() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let places: [(&str, Fields<'_>); 4] = [
        ("/r/general", &[("do", "send"), ("body", " ")]),
        ("/r/general", &[("do", "topic"), ("topic", "two\u{1}lines")]),
        ("/rooms", &[("do", "create"), ("name", "")]),
        ("/me", &[("do", "rename"), ("name", "")]),
    ];
    for (path, fields) in places {
        let ask = server.post(path, fields).header("cookie", &ada.cookie);
        let answer = ask.send().await;
        assert_eq!(answer.status, 422, "{path}");
        let kind = answer.header("content-type").unwrap();
        assert!(kind.starts_with("text/html"), "{kind}");
        assert!(answer.header("location").is_none());
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("'nonce-"), "a page like any other");
    }
}

#[tokio::test]
async fn what_was_typed_and_why_it_was_refused_stand_on_the_page() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let typed = "<b>typed</b> \u{1}";
    let cases: [(&str, Fields<'_>, RefusalCode); 4] = [
        (
            "/r/general",
            &[("do", "join"), ("name", typed)],
            RefusalCode::NameCharacters,
        ),
        (
            "/r/general",
            &[("do", "send"), ("body", typed)],
            RefusalCode::MessageCharacters,
        ),
        (
            "/rooms",
            &[("do", "create"), ("name", typed)],
            RefusalCode::LineCharacters,
        ),
        (
            "/me",
            &[("do", "rename"), ("name", typed)],
            RefusalCode::NameCharacters,
        ),
    ];
    for (path, fields, code) in cases {
        let mut ask = server.post(path, fields);
        if fields[0].1 != "join" {
            ask = ask.header("cookie", &ada.cookie);
        }
        let answer = ask.send().await;
        let page = answer.text();
        assert!(page.contains("&lt;b&gt;typed"), "{path}");
        assert!(!page.contains("<b>typed"), "{path}");
        let why = hubbub::words::refusal(code).replace('\'', "&#x27;");
        let why = why.split(['\'', '&']).next().unwrap();
        assert!(page.contains(why), "{path}: {why}");
    }
}

#[tokio::test]
async fn every_wrong_field_has_its_code() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    server.join("Bo").await;
    let long_name = "r".repeat(ROOM_NAME_CHARS + 1);
    let long_topic = "t".repeat(TOPIC_CHARS + 1);
    let long_body = "b".repeat(8_001);
    let cases: &[(&str, Fields<'_>, RefusalCode)] = &[
        (
            "/r/general",
            &[("do", "send"), ("body", "")],
            RefusalCode::MessageEmpty,
        ),
        (
            "/r/general",
            &[("do", "send"), ("body", &long_body)],
            RefusalCode::MessageTooLong,
        ),
        (
            "/r/general",
            &[("do", "send"), ("body", "\u{7}")],
            RefusalCode::MessageCharacters,
        ),
        (
            "/r/general",
            &[("do", "topic"), ("topic", &long_topic)],
            RefusalCode::TopicTooLong,
        ),
        (
            "/r/general",
            &[("do", "topic"), ("topic", "a\nb")],
            RefusalCode::LineCharacters,
        ),
        (
            "/rooms",
            &[("do", "create"), ("name", " ")],
            RefusalCode::RoomNameEmpty,
        ),
        (
            "/rooms",
            &[("do", "create"), ("name", "!!!")],
            RefusalCode::RoomNameEmpty,
        ),
        (
            "/rooms",
            &[("do", "create"), ("name", &long_name)],
            RefusalCode::RoomNameTooLong,
        ),
        (
            "/rooms",
            &[("do", "create"), ("name", "General")],
            RefusalCode::RoomTaken,
        ),
        (
            "/rooms",
            // With a Cyrillic "е".
            &[("do", "create"), ("name", "g\u{435}neral")],
            RefusalCode::RoomTaken,
        ),
        (
            "/me",
            &[("do", "rename"), ("name", "")],
            RefusalCode::NameEmpty,
        ),
        (
            "/me",
            &[("do", "rename"), ("name", "a\u{202E}b")],
            RefusalCode::NameCharacters,
        ),
        (
            "/me",
            &[("do", "rename"), ("name", "Bo")],
            RefusalCode::NameTaken,
        ),
    ];
    for (path, fields, code) in cases {
        let answer = ada.post(&server, path, fields).await;
        assert_eq!(answer.refusal(), *code, "{fields:?}");
        assert_eq!(answer.status, 422, "{fields:?}");
    }
}

#[tokio::test]
async fn texts_at_their_limits_pass() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let name = "r".repeat(ROOM_NAME_CHARS);
    let topic = "t".repeat(TOPIC_CHARS);
    let fields = [("do", "create"), ("name", name.as_str()), ("topic", &topic)];
    let next = ada.does(&server, "/rooms", &fields).await;
    assert_eq!(next, format!("/r/{name}"));
    ada.does(&server, &next, &[("do", "topic"), ("topic", &topic)])
        .await;
}

#[tokio::test]
async fn a_form_that_nobody_knows_is_refused() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let cases: &[(&str, Fields<'_>)] = &[
        ("/r/general", &[("do", "dance")]),
        ("/r/general", &[("body", "no do")]),
        ("/r/general", &[("do", "create"), ("name", "Side")]),
        ("/rooms", &[("do", "send"), ("body", "words")]),
        ("/me", &[("do", "join"), ("name", "Ada")]),
        (
            "/r/general",
            &[("do", "send"), ("cid", "short"), ("body", "words")],
        ),
    ];
    for (path, fields) in cases {
        let answer = ada.post(&server, path, fields).await;
        assert_eq!(answer.refusal(), RefusalCode::UnknownForm, "{fields:?}");
        assert_eq!(answer.status, 400);
    }
    let nothing = server.post("/me", &[]).body("%%%\u{0}=".to_owned());
    assert_eq!(nothing.send().await.status, 400);
}

#[tokio::test]
async fn a_form_at_the_limit_is_read_and_one_byte_more_is_not() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let start = "do=send&body=";
    for (bytes, status) in [(FORM_BYTES, 422), (FORM_BYTES + 1, 413)] {
        let body = start.to_owned() + &"a".repeat(bytes - start.len());
        let ask = server.post("/r/general", &[]).body(body);
        let answer = ask.header("cookie", &ada.cookie).json().send().await;
        assert_eq!(answer.status, status, "{bytes} bytes");
    }
}

#[tokio::test]
async fn without_script_a_message_that_is_too_large_shows_its_page_again() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let too_long = hubbub::words::refusal(RefusalCode::MessageTooLong);
    for bytes in [FORM_BYTES + 1, 2 * 1024 * 1024] {
        let start = format!("do=send&cid={}&body=", cid(1));
        let body = start.clone() + &"a".repeat(bytes - start.len());
        let ask = server.post("/r/general", &[]).body(body.clone());
        let answer = ask.header("cookie", &ada.cookie).send().await;
        assert_eq!(answer.status, 413, "{bytes} bytes");
        let page = answer.text();
        assert!(page.contains("id=\"composer\""), "the room's page");
        let (_, foot) = page.split_once("id=\"composer-error\"").unwrap();
        let (error, _) = foot.split_once("</p>").unwrap();
        assert!(error.contains(too_long), "{error}");
        let ask = server.post("/r/general", &[]).body(body.clone()).json();
        let answer = ask.header("cookie", &ada.cookie).send().await;
        assert_eq!(answer.status, 413);
        assert_eq!(answer.refusal(), RefusalCode::MessageTooLong);
        let visitor = server.post("/r/general", &[]).body(body).send().await;
        assert_eq!(visitor.status, 403, "who has no name hears that first");
    }
    let mut reader = server.connect().await;
    let events = reader.hello_at_end().await.events;
    let none = |what: &What| !matches!(what, What::Message { .. });
    assert!(events.iter().all(|event| none(&event.what)));
}

#[tokio::test]
async fn any_other_form_that_is_too_large_says_so() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let large = "a".repeat(FORM_BYTES);
    for (path, start) in [
        ("/r/general", "do=topic&topic="),
        ("/r/general", "do=join&name="),
        ("/rooms", "do=create&name="),
        ("/rooms", "do=send&body="),
        ("/me", "do=rename&name="),
        ("/me", "%%%"),
    ] {
        let ask = server.post(path, &[]).body(start.to_owned() + &large);
        let answer = ask.header("cookie", &ada.cookie).send().await;
        assert_eq!(answer.status, 413, "{start}");
        assert!(answer.text().contains("too large"), "{start}");
    }
}

#[tokio::test]
async fn a_form_that_never_ends_is_given_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = Server::with(|config| {
        config.limits.header_within = Duration::from_millis(100);
    })
    .await;
    let mut stream = tokio::net::TcpStream::connect(server.addr).await.unwrap();
    let head = "POST /me HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\ndo=";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    crate::harness::soon("an answer", stream.read_exact(&mut answer))
        .await
        .unwrap();
    assert_eq!(&answer, b"HTTP/1.1 408");
}

#[tokio::test]
async fn a_message_by_form_is_kept_once_under_its_name() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let cid = cid(5).to_string();
    let fields = [("do", "send"), ("cid", cid.as_str()), ("body", "twice")];
    ada.does(&server, "/r/general", &fields).await;
    ada.does(&server, "/r/general", &fields).await;
    let page = ada.connect(&server).await.hello_at_end().await;
    let messages = page
        .events
        .iter()
        .filter(|event| matches!(event.what, What::Message { .. }));
    assert_eq!(messages.count(), 1);
    let other = [("do", "send"), ("cid", cid.as_str()), ("body", "other")];
    let code = ada.is_refused(&server, "/r/general", &other).await;
    assert_eq!(code, RefusalCode::CidReused);
}

#[tokio::test]
async fn whoever_has_a_name_keeps_it_when_they_join_again() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let fields = [("do", "join"), ("name", "Somebody else")];
    let answer = ada.post(&server, "/r/general", &fields).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.cookie(), Some(ada.cookie.clone()));
    assert_eq!(ada.opens(&server).await.me.unwrap().name.as_str(), "Ada");
}

#[tokio::test]
async fn joining_without_a_room_makes_nobody() {
    let server = Server::start().await;
    let ask = server.post("/r/nowhere", &[("do", "join"), ("name", "Ada")]);
    let answer = ask.json().send().await;
    assert_eq!(answer.refusal(), RefusalCode::NoSuchRoom);
    assert!(answer.cookie().is_none());
    server.join("Ada").await;
}

#[tokio::test]
async fn a_room_in_any_script_has_an_address() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let name = "\u{645}\u{631}\u{62D}\u{628}\u{627}";
    let next = ada
        .does(&server, "/rooms", &[("do", "create"), ("name", name)])
        .await;
    assert!(next.starts_with("/r/%D9%85"), "{next}");
    assert_eq!(server.get(&next).send().await.status, 200);
    let sent = server
        .post(&next, &[("do", "send"), ("body", "words")])
        .header("cookie", &ada.cookie);
    assert_eq!(sent.send().await.header("location"), Some(next.as_str()));
}

#[tokio::test]
async fn a_place_holds_so_many_rooms_and_no_more() {
    let unlimited = |config: &mut hubbub::server::config::Config| {
        config.limits.changes = crate::harness::unlimited();
        config.limits.rooms_made = crate::harness::unlimited();
    };
    let server = Server::with(unlimited).await;
    let ada = server.join("Ada").await;
    for number in 1..ROOMS {
        let name = format!("room {number}");
        ada.does(&server, "/rooms", &[("do", "create"), ("name", &name)])
            .await;
    }
    let fields = [("do", "create"), ("name", "one more")];
    let code = ada.is_refused(&server, "/rooms", &fields).await;
    assert_eq!(code, RefusalCode::TooManyRooms);
}
