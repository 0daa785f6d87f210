//! How the client of the past joins, connects, and comes back.

use super::{Known, Previous, Said, text};
use crate::{address, http, patience::soon};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    time::Duration,
};
use tokio::time::sleep;
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// The subprotocol of its time.
const VERSION: &str = "hubbub.1";
/// Before another try, whatever the reason.
const PAUSE: Duration = Duration::from_millis(200);
/// What a line that was cut counts as.
const CUT: u16 = 1006;

impl Previous {
    /// Gets a name.
    pub async fn join(to: SocketAddr, name: &str) -> Self {
        let fields = [("do", "join"), ("name", name)];
        let joined = http::post(address::fresh(), to, "/r/general", &fields);
        let joined = joined.await.unwrap();
        let answer: Value = serde_json::from_str(&joined.body).unwrap();
        assert_eq!(text(&answer, "result"), "done", "{answer}");
        Self {
            to,
            cookie: joined.cookie.expect("a session has a cookie"),
            user: super::number(&answer["me"], "id"),
            epoch: String::new(),
            rooms: BTreeMap::new(),
            outbox: VecDeque::new(),
            in_flight: false,
            acknowledged: Vec::new(),
            closes: Vec::new(),
        }
    }

    /// Has something to say.
    pub fn say(&mut self, cid: String, room: u64, body: String) {
        self.outbox.push_back(Said { cid, room, body });
    }

    /// Its own number.
    pub fn user(&self) -> u64 {
        self.user
    }

    /// What it was told is kept: name, room and place.
    pub fn acknowledged(&self) -> &[(String, u64, u64)] {
        &self.acknowledged
    }

    /// The rooms that it follows.
    pub fn rooms(&self) -> &BTreeMap<u64, Known> {
        &self.rooms
    }

    /// The numbers that its sockets were closed with.
    pub fn closes(&self) -> &[u16] {
        &self.closes
    }

    /// Follows this room and talks, coming back as often as it takes, until `enough`.
    pub async fn live(&mut self, slug: &str, enough: impl Fn(&Self) -> bool) {
        let living = async {
            while !enough(self) {
                let code = self.connection(slug, &enough).await;
                if !enough(self) {
                    self.closes.push(code);
                    sleep(PAUSE).await;
                }
            }
        };
        soon("enough for the client of the past", living).await;
    }

    async fn connection(&mut self, slug: &str, enough: &impl Fn(&Self) -> bool) -> u16 {
        let Ok(stream) = address::connect(address::fresh(), self.to).await else {
            return CUT;
        };
        let mut request = format!("ws://{}/ws", self.to)
            .into_client_request()
            .unwrap();
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", VERSION.parse().unwrap());
        headers.insert("cookie", self.cookie.parse().unwrap());
        let Ok((mut socket, _)) = client_async(request, stream).await else {
            return CUT;
        };
        let mut answers = vec![self.hello()];
        loop {
            for answer in answers.drain(..) {
                if socket
                    .send(Message::text(answer.to_string()))
                    .await
                    .is_err()
                {
                    return CUT;
                }
            }
            if enough(self) {
                return 1000;
            }
            let heard = tokio::select! {
                heard = socket.next() => heard,
                // Also the pause after a refusal, and far below the heartbeat.
                () = sleep(PAUSE) => {
                    answers.push(json!({ "t": "ping" }));
                    if !self.rooms.is_empty() {
                        answers.extend(self.pump());
                    }
                    continue;
                }
            };
            match heard {
                Some(Ok(Message::Text(text))) => {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    answers.extend(self.hear(&frame));
                    if frame["t"] == "resumed" {
                        if self.rooms.is_empty() {
                            answers.push(json!({ "t": "open", "re": 1, "room": slug }));
                        }
                        answers.extend(self.pump());
                    }
                }
                Some(Ok(Message::Close(Some(close)))) => return close.code.into(),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return CUT,
            }
        }
    }
}
