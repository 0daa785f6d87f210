//! Names: one at a time, told to everybody, free again when their session ends.

use crate::harness::{Server, only};
use hubbub::protocol::{RefusalCode, ServerFrame, What};

async fn join(server: &Server, name: &str) -> RefusalCode {
    let ask = server.post("/r/general", &[("do", "join"), ("name", name)]);
    ask.json().send().await.refusal()
}

#[tokio::test]
async fn a_name_in_use_and_its_likes_are_taken() {
    let server = Server::start().await;
    server.join("Paul").await;
    for name in ["Paul", "paul", "PAUL", "P\u{430}ul"] {
        assert_eq!(join(&server, name).await, RefusalCode::NameTaken, "{name}");
    }
    server.join("Paula").await;
}

#[tokio::test]
async fn wrong_names_have_their_codes() {
    let server = Server::start().await;
    let limit = "n".repeat(32);
    server.join(&limit).await;
    for (name, code) in [
        ("", RefusalCode::NameEmpty),
        ("   ", RefusalCode::NameEmpty),
        (&"m".repeat(33), RefusalCode::NameTooLong),
        ("a\u{0}b", RefusalCode::NameCharacters),
        ("a\u{202E}b", RefusalCode::NameCharacters),
    ] {
        assert_eq!(join(&server, name).await, code, "{name:?}");
    }
}

#[tokio::test]
async fn everybody_hears_of_a_new_name() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut own = ada.opens(&server).await;
    let mut other = server.join("Bo").await.opens(&server).await;
    ada.does(
        &server,
        "/me",
        &[("do", "rename"), ("name", "Ada Lovelace")],
    )
    .await;
    for socket in [&mut own, &mut other] {
        let mut renamed = false;
        let mut person = None;
        while !renamed || person.is_none() {
            match socket.hear().await {
                ServerFrame::Events { events, people, .. } => {
                    renamed |= events.iter().any(|event| {
                        matches!(&event.what, What::Renamed { from, to }
                            if from.as_str() == "Ada" && to.as_str() == "Ada Lovelace")
                    });
                    if renamed {
                        assert_eq!(people[0].name.as_str(), "Ada Lovelace");
                    }
                }
                ServerFrame::Person { person: now } => person = Some(now),
                _ => {}
            }
        }
        let person = person.unwrap();
        assert_eq!(person.id, ada.id());
        assert_eq!(person.name.as_str(), "Ada Lovelace");
    }
    server.join("Ada").await;
}

#[tokio::test]
async fn a_name_survives_reload_and_restart() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    assert_eq!(ada.opens(&server).await.me, Some(ada.me.clone()));
    let server = server.restart().await;
    assert_eq!(ada.opens(&server).await.me, Some(ada.me.clone()));
    assert_eq!(join(&server, "Ada").await, RefusalCode::NameTaken);
}

#[tokio::test]
async fn signing_out_frees_the_name_and_leaves_the_rooms() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut bo = server.join("Bo").await.opens(&server).await;
    let fields = [("do", "sign_out")];
    let answer = ada.post(&server, "/me", &fields).await;
    assert_eq!(answer.cookie().as_deref(), Some("hubbub="));
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    let left = bo.events().await;
    assert_eq!(left[0].what, What::Left);
    assert_eq!(left[0].by, ada.id());
    let again = server.join("Ada").await;
    assert_ne!(again.id(), ada.id(), "somebody else");
}

#[tokio::test]
async fn names_from_one_address_come_at_a_rate() {
    let server = Server::with(|config| config.limits.joins = only(2)).await;
    server.join("Ada").await;
    server.join("Bo").await;
    let ask = server.post("/r/general", &[("do", "join"), ("name", "Cy")]);
    let answer = ask.json().send().await;
    assert_eq!(answer.refusal(), RefusalCode::TooFast);
    assert_eq!(answer.status, 429);
    let seconds = answer.header("retry-after").unwrap().parse::<u64>();
    assert!(seconds.unwrap() > 0);
}

#[tokio::test]
async fn a_picture_is_taken_only_where_the_host_allows_it() {
    let email = ("email", "Ada@Example.org");
    let fields = [("do", "rename"), ("name", "Ada"), email];
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    ada.does(&server, "/me", &fields).await;
    assert_eq!(ada.opens(&server).await.me.unwrap().gravatar, None);

    let server = Server::with(|config| config.gravatar = true).await;
    let ada = server.join("Ada").await;
    ada.does(&server, "/me", &fields).await;
    let picture = ada.opens(&server).await.me.unwrap().gravatar.unwrap();
    assert_eq!(picture.len(), 64);
    let rename = [("do", "rename"), ("name", "Ada L"), ("email", "")];
    ada.does(&server, "/me", &rename).await;
    let kept = ada.opens(&server).await.me.unwrap().gravatar;
    assert_eq!(kept, Some(picture), "an empty field changes nothing");
    let wrong = [("do", "rename"), ("name", "Ada"), ("email", "ada")];
    let code = ada.is_refused(&server, "/me", &wrong).await;
    assert_eq!(code, RefusalCode::EmailInvalid);
    let forget = [("do", "rename"), ("name", "Ada"), ("forget_email", "1")];
    ada.does(&server, "/me", &forget).await;
    assert_eq!(ada.opens(&server).await.me.unwrap().gravatar, None);
    let policy = server.get("/me").send().await;
    let policy = policy.header("content-security-policy").unwrap();
    assert!(policy.contains("https://gravatar.com"));
}
