//! One connection after another: say hello, hear everything, notice silence, come back.

use super::{
    Manner, Mood, Shared,
    heart::{Beat, Heart},
    socket::{CUT, Entrance, Socket},
};
use crate::dice::Dice;
use hubbub::protocol::{ClientFrame, CloseCode, Reconnect, ServerFrame, limits::RECONNECT_MAX};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, sleep_until};

/// Keeps connected for as long as the test lets it.
pub(super) async fn live(shared: Arc<Shared>, entrance: Entrance, manner: Manner, mut dice: Dice) {
    let mut tries = 0;
    loop {
        wait_while_away(&shared).await;
        let code = connection(&shared, &entrance).await;
        let end = shared.mind().lost(code);
        shared.changed.send_replace(());
        if end.resumed {
            tries = 0;
        }
        let pause = match CloseCode::rule(code) {
            Reconnect::Now if tries == 0 => Duration::ZERO,
            Reconnect::Slowly => RECONNECT_MAX + dice.up_to(RECONNECT_MAX),
            // A bot has no page to load again: it stops, and the scenario fails for it.
            Reconnect::Reload => return,
            Reconnect::Now | Reconnect::Backoff => match end.goodbye {
                Some(after) => dice.up_to(after),
                None => manner.pause(tries, &mut dice),
            },
        };
        tries += 1;
        sleep(pause).await;
    }
}

/// One connection; returns the number that it was closed with.
async fn connection(shared: &Shared, entrance: &Entrance) -> u16 {
    let Ok(mut socket) = Socket::open(entrance).await else {
        return CUT;
    };
    let hello = shared.mind().hello();
    if !socket.say(&hello).await {
        return CUT;
    }
    let mut heart = Heart::new();
    let mut mood = shared.mood.subscribe();
    loop {
        let due = shared.mind().due();
        let frames = tokio::select! {
            heard = socket.hear() => match heard {
                Ok(frame) => {
                    heart.heard();
                    take(shared, frame)
                }
                Err(code) => return code,
            },
            () = shared.poke.notified() => shared.mind().pump(Instant::now()),
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                shared.mind().pump(Instant::now())
            }
            () = sleep_until(heart.due()) => match heart.beat() {
                Beat::Ping => vec![ClientFrame::Ping],
                Beat::Dead => return CUT,
            },
            _ = mood.changed() => Vec::new(),
        };
        for frame in frames {
            if !socket.say(&frame).await {
                return CUT;
            }
        }
        // Like a machine that sleeps: no timer runs, nothing is read.
        let woke = mood.wait_for(|mood| *mood != Mood::Asleep).await;
        if woke.is_ok_and(|mood| *mood == Mood::Away) {
            return CUT;
        }
    }
}

fn take(shared: &Shared, frame: ServerFrame) -> Vec<ClientFrame> {
    let frames = shared.mind().hear(frame, Instant::now());
    shared.changed.send_replace(());
    frames
}

async fn wait_while_away(shared: &Shared) {
    let mut mood = shared.mood.subscribe();
    // The sender lives as long as `shared`.
    let _ = mood.wait_for(|mood| *mood != Mood::Away).await;
}
