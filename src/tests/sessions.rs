//! Sessions: whoever comes back is known, and the browser keeps the cookie as long as the
//! server keeps the session.

use crate::harness::{Person, Server};
use hubbub::protocol::limits::SESSION_IDLE;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes the database believe that nobody used any session for so long.
async fn let_pass(server: Server, time: Duration) -> Server {
    let file = server.folder().join("hubbub.sqlite3");
    let db = rusqlite::Connection::open(file).unwrap();
    db.busy_timeout(crate::harness::PATIENCE).unwrap();
    let millis = i64::try_from(time.as_millis()).unwrap();
    db.execute("UPDATE sessions SET seen_at = seen_at - ?1", [millis])
        .unwrap();
    // It remembers sessions that it asked for.
    server.restart().await
}

fn seen(server: &Server) -> i64 {
    let file = server.folder().join("hubbub.sqlite3");
    let db = rusqlite::Connection::open(file).unwrap();
    db.query_row("SELECT seen_at FROM sessions", [], |row| row.get(0))
        .unwrap()
}

/// The cookie of an answer, if it is the person's own with all its time before it.
#[track_caller]
fn is_kept_on(set: Option<&str>, ada: &Person) {
    let set = set.expect("no cookie");
    let start = format!("{}; Path=/; HttpOnly; SameSite=Lax; Max-Age=", ada.cookie);
    assert_eq!(set, format!("{start}{}", SESSION_IDLE.as_secs()));
}

#[tokio::test]
async fn a_session_in_use_is_kept_on_by_server_and_browser() {
    let mut server = Server::start().await;
    let ada = server.join("Ada").await;
    let joined = seen(&server);
    for path in ["/r/general", "/rooms", "/me", "/nowhere"] {
        server = let_pass(server, 80 * DAY).await;
        let page = server.get(path).header("cookie", &ada.cookie).send().await;
        is_kept_on(page.header("set-cookie"), &ada);
        assert!(seen(&server) >= joined, "{path}");
    }
    let server = let_pass(server, 80 * DAY).await;
    let fields = [("do", "topic"), ("topic", "Tea")];
    let done = ada.post(&server, "/r/general", &fields).await;
    is_kept_on(done.header("set-cookie"), &ada);
    let refused = server.post("/me", &[("do", "rename"), ("name", "")]);
    let refused = refused.header("cookie", &ada.cookie).send().await;
    assert_eq!(refused.status, 422);
    is_kept_on(refused.header("set-cookie"), &ada);
}

#[tokio::test]
async fn a_page_keeps_the_cookie_though_a_socket_was_first_to_use_the_session() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let server = let_pass(server, 80 * DAY).await;
    let _socket = ada.opens(&server).await;
    let page = server.get("/rooms").header("cookie", &ada.cookie);
    is_kept_on(page.send().await.header("set-cookie"), &ada);
}

#[tokio::test]
async fn nobody_else_gets_a_cookie() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let unknown = format!("hubbub={}", "A".repeat(43));
    ada.does(&server, "/me", &[("do", "sign_out")]).await;
    for cookie in ["", "hubbub=short", &unknown, &ada.cookie] {
        let page = server.get("/rooms").header("cookie", cookie).send().await;
        assert_eq!(page.header("set-cookie"), None, "{cookie}");
    }
}

#[tokio::test]
async fn a_page_says_whose_it_is() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let whose = async |cookie: &str| {
        let page = server.get("/r/general").header("cookie", cookie);
        let page = page.send().await;
        page.header("hubbub-person").map(str::to_owned)
    };
    let visitor = whose("").await;
    assert_eq!(visitor.as_deref(), Some("0"));
    let before = whose(&ada.cookie).await;
    assert!(before.is_some() && before != visitor);
    ada.does(&server, "/me", &[("do", "sign_out")]).await;
    assert_eq!(whose(&ada.cookie).await, visitor);
}
