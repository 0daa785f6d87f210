//! What a host looks at: health, readiness, figures.

use crate::harness::{Server, cid};
use hubbub::protocol::{RefusalCode, ServerFrame};

#[tokio::test]
async fn health_and_readiness_are_told() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").send().await.text(), "ok\n");
    assert_eq!(server.get("/readyz").send().await.text(), "ready\n");
}

#[tokio::test]
async fn figures_are_for_this_machine_only() {
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    ada.send(cid(1), "words").await;
    ada.acked(cid(1)).await;
    let figures = server.get("/metrics").send().await;
    assert_eq!(figures.status, 200);
    for name in [
        "hubbub_connections",
        "hubbub_messages_total",
        "hubbub_send_seconds_bucket",
        "hubbub_frames_total",
        "hubbub_responses_total",
    ] {
        assert!(figures.text().contains(name), "{name}");
    }
    for header in ["x-forwarded-for", "forwarded", "via"] {
        let forwarded = server.get("/metrics").header(header, "127.0.0.1");
        assert_eq!(forwarded.send().await.status, 404, "{header}");
    }
}

#[tokio::test]
async fn a_broken_database_is_told_and_not_shown() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let file = server.folder().join("hubbub.sqlite3");
    let other = rusqlite::Connection::open(file).unwrap();
    let rename = "ALTER TABLE rooms RENAME TO lost; ALTER TABLE sessions RENAME TO gone";
    other.execute_batch(rename).unwrap();
    let post = || server.post("/me", &[("do", "sign_out")]);
    let asks = [
        server.get("/r/general"),
        server.get("/r/general").header("cookie", &ada.cookie),
        server.get("/nothing").header("cookie", &ada.cookie),
        post().header("cookie", &ada.cookie),
    ];
    for ask in asks {
        let page = ask.send().await;
        assert_eq!(page.status, 500);
        let kind = page.header("content-type").unwrap();
        assert!(kind.starts_with("text/html"), "{kind}");
        assert!(!page.text().contains("no such table"), "causes are logged");
    }
    let by_script = post().header("cookie", &ada.cookie).json().send().await;
    assert_eq!(by_script.status, 500);
    assert_eq!(by_script.refusal(), RefusalCode::Internal);
    let mut socket = server.connect().await;
    socket
        .say_text(r#"{"t":"hello","epoch":"none","rooms":[]}"#)
        .await;
    socket
        .is_closed_with(hubbub::protocol::CloseCode::Internal)
        .await;
}

#[tokio::test]
async fn a_store_that_takes_nothing_more_asks_to_wait() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let mut socket = ada.opens(&server).await;
    server.app.store.close().await;
    socket.send(cid(1), "words").await;
    let refusal = socket.hear_first(|frame| match frame {
        ServerFrame::Refused { refusal, .. } => Some(refusal),
        _ => None,
    });
    let refusal = refusal.await;
    assert_eq!(refusal.code, RefusalCode::Busy);
    assert!(refusal.retry_after_ms.unwrap() > 0);
    let fields = [("do", "send"), ("body", "words")];
    let by_script = ada.post(&server, "/r/general", &fields).await;
    assert_eq!(by_script.refusal(), RefusalCode::Busy);
    assert_eq!(by_script.status, 503);
    let page = server.get("/r/general").send().await;
    assert_eq!(page.status, 503);
    assert_eq!(page.header("retry-after"), Some("5"));
    assert_eq!(server.get("/readyz").send().await.status, 503);
    assert_eq!(server.get("/healthz").send().await.status, 200);
}

#[tokio::test]
async fn two_servers_do_not_share_a_folder() {
    let server = Server::start().await;
    let refused = hubbub::server::store::Store::open(
        server.folder(),
        std::sync::Arc::new(|| hubbub::protocol::Millis(0)),
        Box::new(|_| ()),
    );
    assert!(refused.is_err());
}

#[test]
fn every_setting_and_every_limit_of_a_host_is_documented() {
    use clap::CommandFactory;
    let page = include_str!("../../docs/OPERATIONS.md");
    for setting in hubbub::server::config::Config::command().get_arguments() {
        let Some(flag) = setting.get_long() else {
            continue;
        };
        let row = match setting.get_env() {
            Some(variable) => format!("| `--{flag}` | `{}` |", variable.to_str().unwrap()),
            None => format!("| `--{flag}` | |"),
        };
        assert!(page.contains(&row), "{row}");
    }
    let limits = include_str!("../protocol/limits.rs");
    let protocol = include_str!("../../docs/PROTOCOL.md");
    for line in limits.lines() {
        let Some((name, _)) = line
            .strip_prefix("pub const ")
            .and_then(|rest| rest.split_once(':'))
        else {
            continue;
        };
        // How the page groups messages is nobody's limit.
        if name != "GROUP_WITHIN" {
            let name = format!("`{name}`");
            assert!(page.contains(&name) || protocol.contains(&name), "{name}");
        }
    }
}

#[tokio::test]
async fn every_figure_is_documented() {
    let page = include_str!("../../docs/OPERATIONS.md");
    let server = Server::start().await;
    let mut ada = server.join("Ada").await.opens(&server).await;
    ada.send(cid(1), "words").await;
    ada.acked(cid(1)).await;
    let figures = server.get("/metrics").send().await;
    let kinds = figures.text().lines().filter_map(|line| {
        let kind = line.strip_prefix("# TYPE ")?;
        kind.split(' ').next()
    });
    let mut seen = 0;
    for name in kinds {
        assert!(page.contains(&format!("`{name}")), "{name}");
        seen += 1;
    }
    assert!(seen >= 5);
}
