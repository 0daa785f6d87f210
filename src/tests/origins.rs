//! Other people's pages can neither talk nor post for somebody; proxies are believed when
//! they are known.

use crate::harness::{Ask, Server, Socket, only};
use hubbub::{
    protocol::{CloseCode, RefusalCode},
    server::{address::parse_network, config::Config},
};

const FOREIGN: [&str; 6] = [
    "https://evil.example",
    "null",
    "",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "https://localhost",
];

fn ours(server: &Server) -> String {
    format!("http://{}", server.addr)
}

fn behind_proxy(config: &mut Config) {
    config.trusted_proxies = vec![parse_network("127.0.0.1").unwrap()];
}

#[tokio::test]
async fn a_foreign_page_opens_no_socket() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let same_host = ours(&server);
    let tricks = [
        format!("{same_host}.evil.example"),
        format!("{same_host}/"),
        same_host.replace("http", "https"),
        same_host.to_uppercase(),
        format!("{same_host}, {same_host}"),
    ];
    for origin in FOREIGN.into_iter().chain(tricks.iter().map(String::as_str)) {
        let answer = ada.upgrade(&server).header("origin", origin).send().await;
        assert_eq!(answer.status, 403, "{origin}");
    }
    let own = [("origin", same_host.as_str()), ("cookie", &ada.cookie)];
    Socket::open(server.addr, &own).await.unwrap();
}

#[tokio::test]
async fn a_bot_without_origin_opens_a_socket() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    assert_eq!(ada.opens(&server).await.me, Some(ada.me.clone()));
    let crossing = ada.upgrade(&server).header("sec-fetch-site", "cross-site");
    assert_eq!(crossing.send().await.status, 403);
}

#[tokio::test]
async fn a_foreign_page_posts_nothing() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    let ask = |origin: &str| {
        server
            .post("/me", &[("do", "sign_out")])
            .header("cookie", &ada.cookie)
            .header("origin", origin)
    };
    for origin in FOREIGN {
        let answer = ask(origin).json().send().await;
        assert_eq!(answer.refusal(), RefusalCode::ForeignOrigin, "{origin}");
        assert_eq!(answer.status, 403);
        assert_eq!(ask(origin).send().await.status, 403, "without script too");
    }
    assert_eq!(ada.opens(&server).await.me, Some(ada.me));
}

#[tokio::test]
async fn without_origin_the_fetch_metadata_decide() {
    let server = Server::start().await;
    let ada = server.join("Ada").await;
    for (site, status) in [
        ("same-origin", 200),
        ("none", 200),
        ("same-site", 403),
        ("cross-site", 403),
        ("nonsense", 403),
    ] {
        let answer = server
            .post("/r/general", &[("do", "send"), ("body", "words")])
            .without("origin")
            .header("sec-fetch-site", site)
            .header("cookie", &ada.cookie)
            .json()
            .send();
        assert_eq!(answer.await.status, status, "{site}");
    }
}

#[tokio::test]
async fn who_says_nothing_of_its_source_may_not_use_a_session() {
    let server = Server::start().await;
    let silent = |cookie: Option<&str>| {
        let ask = server.post("/r/general", &[("do", "join"), ("name", "Bot")]);
        let ask = ask.without("origin").json();
        match cookie {
            Some(cookie) => ask.header("cookie", cookie),
            None => ask,
        }
    };
    for cookie in ["hubbub=x", "a=1; __Host-hubbub=x"] {
        let answer = silent(Some(cookie)).send().await;
        assert_eq!(answer.refusal(), RefusalCode::ForeignOrigin);
    }
    assert_eq!(silent(Some("tz=60")).send().await.status, 200);
}

#[tokio::test]
async fn a_public_url_is_the_only_origin() {
    let server = Server::with(|config| {
        config.public_url = Some("https://chat.example.org".parse().unwrap());
    })
    .await;
    let fields = [("do", "join"), ("name", "Ada")];
    let by_address = server.post("/r/general", &fields).json().send().await;
    assert_eq!(by_address.refusal(), RefusalCode::ForeignOrigin);
    let public = server
        .post("/r/general", &fields)
        .header("origin", "https://chat.example.org")
        .json()
        .send()
        .await;
    assert_eq!(public.status, 200);
    let cookie = public.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-hubbub="), "{cookie}");
    assert!(cookie.contains("; Secure"), "{cookie}");
    assert!(public.header("strict-transport-security").is_some());
    let headers = [("origin", "https://chat.example.org")];
    Socket::open(server.addr, &headers).await.unwrap();
}

#[tokio::test]
async fn a_known_proxy_says_how_people_reach_us() {
    let server = Server::with(behind_proxy).await;
    let join = |origin: &str| {
        let ask = server.post("/r/general", &[("do", "join"), ("name", "Ada")]);
        ask.header("origin", origin)
            .header("x-forwarded-for", "203.0.113.9")
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-host", "chat.example.org")
            .json()
    };
    let inside = join(&ours(&server)).send().await;
    assert_eq!(inside.refusal(), RefusalCode::ForeignOrigin);
    let public = join("https://chat.example.org").send().await;
    assert_eq!(public.status, 200);
    assert!(public.header("set-cookie").unwrap().contains("; Secure"));
}

#[tokio::test]
async fn an_unknown_proxy_is_not_believed() {
    let server = Server::start().await;
    let answer = server
        .post("/r/general", &[("do", "join"), ("name", "Ada")])
        .header("origin", "https://chat.example.org")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "chat.example.org")
        .json()
        .send()
        .await;
    assert_eq!(answer.refusal(), RefusalCode::ForeignOrigin);
}

fn join_from(server: &Server, chain: &str, name: &str) -> Ask {
    let ask = server.post("/r/general", &[("do", "join"), ("name", name)]);
    ask.header("x-forwarded-for", chain).json()
}

#[tokio::test]
async fn behind_a_known_proxy_limits_count_the_browsers_address() {
    let server = Server::with(|config| {
        behind_proxy(config);
        config.limits.joins = only(1);
    })
    .await;
    let first = join_from(&server, "203.0.113.9", "Ada").send().await;
    assert_eq!(first.status, 200);
    let faked = join_from(&server, "198.51.100.1, 203.0.113.9", "Bo");
    assert_eq!(faked.send().await.refusal(), RefusalCode::TooFast);
    let other = join_from(&server, "203.0.113.10", "Cy").send().await;
    assert_eq!(other.status, 200);
    let household = join_from(&server, "2001:db8:1:2::1", "Di").send().await;
    assert_eq!(household.status, 200);
    let same = join_from(&server, "2001:db8:1:2:ffff::1", "Ed")
        .send()
        .await;
    assert_eq!(same.refusal(), RefusalCode::TooFast);
}

#[tokio::test]
async fn without_a_known_proxy_the_header_changes_nothing() {
    let server = Server::with(|config| config.limits.joins = only(1)).await;
    let first = join_from(&server, "203.0.113.9", "Ada").send().await;
    assert_eq!(first.status, 200);
    let faked = join_from(&server, "203.0.113.10", "Bo").send().await;
    assert_eq!(faked.refusal(), RefusalCode::TooFast);
}

#[tokio::test]
async fn sockets_behind_a_proxy_count_by_browser() {
    let server = Server::with(|config| {
        behind_proxy(config);
        config.limits.connections_per_address = 1;
    })
    .await;
    let from = |address: &'static str| [("x-forwarded-for", address)];
    let mut first = Socket::open(server.addr, &from("203.0.113.9"))
        .await
        .unwrap();
    first.hello_at_end().await;
    let mut second = Socket::open(server.addr, &from("203.0.113.9"))
        .await
        .unwrap();
    second.is_closed_with(CloseCode::TooManyConnections).await;
    let mut third = Socket::open(server.addr, &from("203.0.113.10"))
        .await
        .unwrap();
    third.hello_at_end().await;
}
