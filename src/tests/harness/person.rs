//! Somebody with a name, in words of what people do.

use super::{Answer, Ask, Server, Socket};
use hubbub::protocol::{self, FormReply, RefusalCode, SUBPROTOCOL, UserId};

/// A guest with their cookie.
#[derive(Clone, Debug)]
pub struct Person {
    pub cookie: String,
    pub me: protocol::Person,
}

impl Person {
    pub async fn join(server: &Server, name: &str) -> Self {
        let answer = server
            .post("/r/general", &[("do", "join"), ("name", name)])
            .json()
            .send()
            .await;
        let cookie = answer
            .cookie()
            .unwrap_or_else(|| panic!("{}", answer.text()));
        match serde_json::from_slice(&answer.body).unwrap() {
            FormReply::Done { me: Some(me), .. } => Self { cookie, me },
            other => panic!("{other:?}"),
        }
    }

    pub fn id(&self) -> UserId {
        self.me.id
    }

    /// Posts a form with script.
    pub async fn post(&self, server: &Server, path: &str, fields: &[(&str, &str)]) -> Answer {
        let ask = server.post(path, fields).header("cookie", &self.cookie);
        ask.json().send().await
    }

    /// Posts a form that must be done.
    pub async fn does(&self, server: &Server, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(server, path, fields).await;
        match serde_json::from_slice(&answer.body).unwrap() {
            FormReply::Done { next, .. } => next,
            FormReply::Refused { refusal } => panic!("{refusal:?}"),
        }
    }

    /// Posts a form that must be refused.
    pub async fn is_refused(
        &self,
        server: &Server,
        path: &str,
        fields: &[(&str, &str)],
    ) -> RefusalCode {
        self.post(server, path, fields).await.refusal()
    }

    /// A socket before its first word.
    pub async fn connect(&self, server: &Server) -> Socket {
        Socket::open(server.addr, &[("cookie", &self.cookie)])
            .await
            .unwrap()
    }

    /// The request for a socket, by hand.
    pub fn upgrade(&self, server: &Server) -> Ask {
        server
            .get("/ws")
            .header("cookie", &self.cookie)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("sec-websocket-protocol", SUBPROTOCOL)
    }

    /// A socket that follows the default room from its end: what an open page is.
    pub async fn opens(&self, server: &Server) -> Socket {
        let mut socket = self.connect(server).await;
        socket.hello_at_end().await;
        socket
    }
}

impl Answer {
    /// Why a script's form was refused.
    pub fn refusal(&self) -> RefusalCode {
        match serde_json::from_slice(&self.body) {
            Ok(FormReply::Refused { refusal }) => refusal.code,
            other => panic!("{other:?}: {}", self.text()),
        }
    }
}
