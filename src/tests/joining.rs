//! Joining: whoever posts the same form again, because no answer came, is the same guest.

use crate::harness::{Answer, Ask, Person, Server, cid};
use hubbub::protocol::{Cid, FormReply, RefusalCode, UserId};

fn ask(server: &Server, name: &str, cid: Cid) -> Ask {
    let cid = cid.to_string();
    let fields = [("do", "join"), ("name", name), ("cid", &cid)];
    server.post("/r/general", &fields).json()
}

fn joined(answer: &Answer) -> Person {
    match serde_json::from_slice(&answer.body).unwrap() {
        FormReply::Done { me: Some(me), .. } => {
            let cookie = answer.cookie().unwrap();
            Person { cookie, me }
        }
        other => panic!("{other:?}"),
    }
}

async fn join(server: &Server, name: &str, cid: Cid) -> Person {
    joined(&ask(server, name, cid).send().await)
}

async fn is_refused(server: &Server, name: &str, cid: Cid) -> RefusalCode {
    ask(server, name, cid).send().await.refusal()
}

/// The name that a page gives to what its form does.
fn cid_of(page: &Answer) -> String {
    let (_, rest) = page.text().split_once("name=\"cid\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_join_whose_answer_was_lost_leads_to_the_same_guest() {
    let server = Server::start().await;
    let lost = join(&server, "Ada", cid(1)).await;
    let ada = join(&server, "Ada", cid(1)).await;
    assert_eq!(ada.me, lost.me);
    assert_eq!(ada.opens(&server).await.me, Some(ada.me.clone()));
    ada.does(&server, "/me", &[("do", "sign_out")]).await;
    let next = server.join("Ada").await;
    assert_ne!(
        next.id(),
        ada.id(),
        "no session that was lost holds the name"
    );
}

#[tokio::test]
async fn a_join_whose_line_was_cut_on_the_way_is_remembered() {
    use tokio::io::AsyncWriteExt;
    let server = Server::start().await;
    // Nothing can be written down until this lets go.
    let file = server.folder().join("hubbub.sqlite3");
    let db = rusqlite::Connection::open(file).unwrap();
    db.execute_batch("BEGIN IMMEDIATE").unwrap();
    let body = format!("do=join&name=Ada&cid={}", cid(1));
    let head = format!(
        "POST /r/general HTTP/1.1\r\nhost: {0}\r\norigin: http://{0}\r\ncontent-length: {1}\r\n\r\n",
        server.addr,
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(server.addr).await.unwrap();
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    // Others are answered meanwhile, and each time the server looks after this one, too.
    let answers = || async {
        for _ in 0..20 {
            server.get("/r/general").send().await;
        }
    };
    answers().await;
    drop(stream);
    answers().await;
    db.execute_batch("COMMIT").unwrap();
    let ada = join(&server, "Ada", cid(1)).await;
    assert_eq!(ada.id(), UserId(1), "made by the first form");
}

#[tokio::test]
async fn joins_of_one_page_at_the_same_moment_make_one_guest() {
    let server = Server::start().await;
    let asks = (0..8).map(|_| ask(&server, "Ada", cid(1)).send());
    let answers = futures_util::future::join_all(asks).await;
    let guests: Vec<_> = answers.iter().map(|answer| joined(answer).id()).collect();
    assert!(guests.iter().all(|id| *id == guests[0]), "{guests:?}");
}

#[tokio::test]
async fn without_the_pages_own_cid_a_name_is_taken() {
    let server = Server::start().await;
    let ada = join(&server, "Ada", cid(1)).await;
    assert_eq!(
        is_refused(&server, "Ada", cid(2)).await,
        RefusalCode::NameTaken
    );
    let without = [("do", "join"), ("name", "Ada")];
    let answer = server.post("/r/general", &without).json().send().await;
    assert_eq!(answer.refusal(), RefusalCode::NameTaken);
    let wrong = [("do", "join"), ("name", "Ada"), ("cid", "short")];
    let answer = server.post("/r/general", &wrong).json().send().await;
    assert_eq!(answer.refusal(), RefusalCode::UnknownForm);
    let bo = join(&server, "Bo", cid(1)).await;
    assert_ne!(bo.id(), ada.id(), "another name is somebody else");
}

#[tokio::test]
async fn a_name_that_was_given_up_meanwhile_is_nobodys_claim() {
    let server = Server::start().await;
    let ada = join(&server, "Ada", cid(1)).await;
    ada.does(&server, "/me", &[("do", "rename"), ("name", "Bea")])
        .await;
    let other = server.join("Ada").await;
    let code = is_refused(&server, "Ada", cid(1)).await;
    assert_eq!(code, RefusalCode::NameTaken);
    let code = is_refused(&server, "Bea", cid(2)).await;
    assert_eq!(code, RefusalCode::NameTaken);
    other.does(&server, "/me", &[("do", "sign_out")]).await;
    let third = join(&server, "Ada", cid(1)).await;
    assert_ne!(third.id(), ada.id());
    third.does(&server, "/me", &[("do", "sign_out")]).await;
    let fourth = join(&server, "Ada", cid(1)).await;
    assert_ne!(fourth.id(), third.id(), "whose session has ended");
}

#[tokio::test]
async fn a_cid_that_a_room_has_read_opens_no_session() {
    let server = Server::start().await;
    let ada = join(&server, "Ada", cid(1)).await;
    let name = cid(1).to_string();
    let fields = [("do", "send"), ("cid", &*name), ("body", "words")];
    ada.does(&server, "/r/general", &fields).await;
    let code = is_refused(&server, "Ada", cid(1)).await;
    assert_eq!(code, RefusalCode::NameTaken);
    let bo = join(&server, "Bo", cid(2)).await;
    let mut socket = bo.opens(&server).await;
    socket.send(cid(2), "words").await;
    socket.acked(cid(2)).await;
    let code = is_refused(&server, "Bo", cid(2)).await;
    assert_eq!(code, RefusalCode::NameTaken);
}

#[tokio::test]
async fn joins_are_remembered_for_so_long_and_so_many() {
    let server = Server::with(|config| config.limits.joins_remembered = 2).await;
    for number in 1..=3 {
        join(&server, &format!("Guest {number}"), cid(number)).await;
    }
    join(&server, "Guest 3", cid(3)).await;
    let code = is_refused(&server, "Guest 1", cid(1)).await;
    assert_eq!(code, RefusalCode::NameTaken);

    let server = Server::with(|config| {
        config.limits.join_remembered = std::time::Duration::ZERO;
    })
    .await;
    join(&server, "Ada", cid(1)).await;
    let code = is_refused(&server, "Ada", cid(1)).await;
    assert_eq!(code, RefusalCode::NameTaken);
}

#[tokio::test]
async fn a_page_joins_under_a_name_of_its_own_and_keeps_it_when_it_is_shown_again() {
    let server = Server::start().await;
    let page = server.get("/r/general").send().await;
    let cid = cid_of(&page);
    assert_ne!(cid_of(&server.get("/r/general").send().await), cid);
    let fields = |name| [("do", "join"), ("name", name), ("cid", cid.as_str())];
    let again = server.post("/r/general", &fields("")).send().await;
    assert_eq!(again.status, 422);
    assert_eq!(cid_of(&again), cid);
    for _ in 0..2 {
        let done = server.post("/r/general", &fields("Ada")).send().await;
        assert_eq!(done.status, 303);
    }
    // A message may have been read by others though its sender never heard of it.
    let sent = [("do", "send"), ("body", "words"), ("cid", cid.as_str())];
    let visitor = server.post("/r/general", &sent).send().await;
    assert_eq!(visitor.status, 403);
    assert_ne!(cid_of(&visitor), cid);
}
