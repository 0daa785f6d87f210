//! How a client gets a session: the form `join`, posted again with the same `cid` for as long
//! as the answer does not come.

use super::mind::fresh_cid;
use crate::{
    dice::Dice,
    http,
    patience::{LOOK_EVERY, soon},
};
use hubbub::protocol::{FormReply, Person, RefusalCode};
use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::time::sleep;

/// Somebody with a name.
#[derive(Clone, Debug)]
pub struct Guest {
    pub cookie: String,
    pub me: Person,
}

/// Chooses a name.
pub async fn join(from: Ipv4Addr, to: SocketAddr, name: &str, dice: &mut Dice) -> Guest {
    let cid = fresh_cid(dice).to_string();
    let fields = [("do", "join"), ("name", name), ("cid", &cid)];
    let joined = async {
        loop {
            let wait = match http::post(from, to, "/r/general", &fields).await {
                Ok(answer) => match serde_json::from_str(&answer.body) {
                    Ok(FormReply::Done { me: Some(me), .. }) => {
                        let cookie = answer.cookie.expect("a session has a cookie");
                        return Guest { cookie, me };
                    }
                    Ok(FormReply::Refused { refusal }) => match refusal.code {
                        RefusalCode::TooFast | RefusalCode::Busy | RefusalCode::Internal => {
                            Duration::from_millis(refusal.retry_after_ms.unwrap_or(100))
                        }
                        code => panic!("{name} was refused: {code:?}"),
                    },
                    // The page that says that the server is going away.
                    _ => LOOK_EVERY,
                },
                Err(_) => LOOK_EVERY,
            };
            sleep(wait).await;
        }
    };
    soon("a name", joined).await
}
