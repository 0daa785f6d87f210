//! Pages and files: where they are, and what every answer carries.

use crate::harness::{Answer, Server};
use hubbub::protocol::Cid;
use std::time::{SystemTime, UNIX_EPOCH};

/// Of every kind of answer one.
const ROUTES: [(&str, u16); 12] = [
    ("/", 303),
    ("/r/general", 200),
    ("/r/general?before=10", 200),
    ("/rooms", 200),
    ("/me", 200),
    ("/r/nowhere", 404),
    ("/nothing/here", 404),
    ("/pkg/hubbub.nothing.js", 404),
    ("/emoji.json", 200),
    ("/healthz", 200),
    ("/metrics", 200),
    ("/ws", 426),
];

fn is_page(answer: &Answer) -> bool {
    let kind = answer.header("content-type");
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

#[tokio::test]
async fn every_route_answers_with_its_status() {
    let server = Server::start().await;
    for (path, status) in ROUTES {
        assert_eq!(server.get(path).send().await.status, status, "{path}");
    }
    let home = server.get("/").send().await;
    assert_eq!(home.header("location"), Some("/r/general"));
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let server = Server::start().await;
    for (path, _) in ROUTES {
        let answer = server.get(path).send().await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name} of {path}");
        }
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        assert!(answer.header("cache-control").is_some(), "{path}");
        assert!(answer.header("server").is_none());
    }
}

#[tokio::test]
async fn every_page_has_a_nonce_of_its_own_and_is_not_stored() {
    let server = Server::start().await;
    let mut seen = std::collections::HashSet::new();
    for (path, _) in ROUTES {
        let answer = server.get(path).send().await;
        if !is_page(&answer) {
            continue;
        }
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        let (_, nonce) = policy.split_once("'nonce-").unwrap();
        let (nonce, _) = nonce.split_once('\'').unwrap();
        assert_eq!(nonce.len(), 22, "128 bits");
        assert!(seen.insert(nonce.to_owned()), "{path}");
        assert!(policy.contains("'wasm-unsafe-eval'"));
        assert!(!policy.contains("gravatar"), "nobody else is asked");
    }
    assert_eq!(seen.len(), 7);
}

#[tokio::test]
async fn every_form_names_an_action_of_its_own_that_begins_with_the_time() {
    let server = Server::start().await;
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let cid = async || -> Cid {
        let page = server.get("/r/general").send().await;
        let (_, form) = page.text().split_once(r#"name="cid" value=""#).unwrap();
        form[..22].parse().unwrap()
    };
    let before = now().as_millis();
    let (first, second) = (cid().await, cid().await);
    let after = now().as_millis();
    assert_ne!(first.0[6..], second.0[6..]);
    for Cid(bits) in [first, second] {
        let made = bits[..6]
            .iter()
            .fold(0, |made, byte| made << 8 | u128::from(*byte));
        assert!((before..=after).contains(&made), "{before} {made} {after}");
    }
}

#[tokio::test]
async fn pages_are_pages_for_visitors_and_members() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    for (path, status) in ROUTES {
        let answer = server.get(path).header("cookie", &ada.cookie).send().await;
        assert_eq!(answer.status, status, "{path}");
    }
}

#[tokio::test]
async fn looking_at_pages_changes_nothing() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    ada.does(&server, "/r/general", &[("do", "leave")]).await;
    let before = server.visit().await.rooms;
    for (path, _) in ROUTES {
        server.get(path).header("cookie", &ada.cookie).send().await;
    }
    assert_eq!(server.visit().await.rooms, before);
}

#[tokio::test]
async fn an_address_written_by_hand_leads_to_the_page_that_is_meant() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let fields = [("do", "create"), ("name", "\u{C9}t\u{E9}")];
    let summer = ada.does(&server, "/rooms", &fields).await;
    for (path, location) in [
        ("/r/general/", "/r/general"),
        ("/rooms/", "/rooms"),
        ("/me/", "/me"),
        ("/me/?a=b", "/me?a=b"),
        ("/r/General", "/r/general"),
        ("/r/GENERAL/", "/r/general"),
        ("/r/General?before=10", "/r/general?before=10"),
        ("/r/general/?before=10", "/r/general?before=10"),
        ("/r/%C3%89t%C3%A9", &summer),
    ] {
        let answer = server.get(path).send().await;
        assert_eq!(answer.status, 308, "{path}");
        assert_eq!(answer.header("location"), Some(location), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    for path in [
        "/r/nowhere/",
        "/r/Nowhere",
        "/r/general//",
        "//r/general",
        "/r/",
        "/R/general",
        "/Rooms",
        "/nothing/",
        "/healthz/",
        "//example.org/",
    ] {
        let answer = server.get(path).send().await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(is_page(&answer), "{path}");
    }
    for path in ["/r/general/", "/rooms/", "/me/"] {
        let status = server.post(path, &[]).send().await.status;
        assert_eq!(status, 405, "{path}");
    }
}

#[tokio::test]
async fn other_methods_are_not_served() {
    let server = Server::start().await;
    for (method, path) in [("DELETE", "/r/general"), ("PUT", "/me"), ("POST", "/ws")] {
        let ask = crate::harness::Ask::new(server.addr, method, path);
        assert_eq!(ask.send().await.status, 405, "{method} {path}");
    }
}

#[tokio::test]
async fn the_emoji_table_is_kept_by_its_hash() {
    let server = Server::start().await;
    let table = server.get("/emoji.json").send().await;
    let pairs: Vec<(String, String)> = serde_json::from_slice(&table.body).unwrap();
    assert!(pairs.contains(&("robot".to_owned(), "\u{1F916}".to_owned())));
    assert_eq!(table.header("cache-control"), Some("public, max-age=300"));
    let etag = table.header("etag").unwrap();
    let again = server.get("/emoji.json").header("if-none-match", etag);
    assert_eq!(again.send().await.status, 304);
    let by_hash = format!("/emoji.json?v={}", etag.trim_matches('"'));
    let kept = server.get(&by_hash).send().await;
    assert!(kept.header("cache-control").unwrap().contains("immutable"));
}

#[tokio::test]
async fn a_path_does_not_lead_out_of_the_site() {
    let server = Server::start().await;
    for path in [
        "/../Cargo.toml",
        "/pkg/../../Cargo.toml",
        "/%2e%2e/Cargo.toml",
    ] {
        assert_eq!(server.get(path).send().await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_page_has_the_newest_messages_and_leads_to_older_ones() {
    let server = Server::with_messages(120).await;
    let newest = server.get("/r/general").send().await;
    assert!(newest.text().contains("message 119"));
    assert!(newest.text().contains("message 70"));
    assert!(!newest.text().contains("message 69<"));
    let older = server.get("/r/general?before=72").send().await;
    assert!(older.text().contains("message 69"));
    assert!(!older.text().contains("message 119<"));
}

#[tokio::test]
async fn nothing_that_people_write_becomes_html() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let evil = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    let mut socket = ada.opens(&server).await;
    socket.send(crate::harness::cid(1), evil).await;
    socket.acked(crate::harness::cid(1)).await;
    let name = "</title><script>alert(3)</script>";
    let fields = [("do", "create"), ("name", name), ("topic", evil)];
    let next = ada.does(&server, "/rooms", &fields).await;
    for path in ["/r/general", "/rooms", &next] {
        let answer = server.get(path).header("cookie", &ada.cookie).send().await;
        let page = answer.text();
        assert!(page.contains("alert("), "{path} shows it");
        assert!(!page.contains("<script>alert"), "{path}");
        assert!(!page.contains("<img src=x"), "{path}");
        assert_eq!(page.matches("</title>").count(), 1, "{path}");
    }
}
