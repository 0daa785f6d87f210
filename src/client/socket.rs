//! One connection after another: say hello, hear everything, notice silence, come back.

use super::{
    CLIENT, apply,
    heart::{Beat, Heart, TICK, is_offline},
    storage,
};
use crate::{
    app::{Chat, Link},
    protocol::{ClientFrame, CloseCode, Reconnect, ResumeAt, SUBPROTOCOL, ServerFrame, limits},
};
use futures::{
    FutureExt, SinkExt, StreamExt,
    channel::{mpsc, oneshot},
    future::{Fuse, FusedFuture, poll_fn},
    select_biased,
};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use std::time::Duration;

/// Frames waiting to be written. A person does not fill it; if it is full, the frame
/// counts as not said, and what matters is said again after the next resume.
const OUTGOING: usize = 64;
/// A socket that has not opened by then is given up.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// What a page that is not drawn waits for, at the longest: one behind another window may not be.
const UNDRAWN: Duration = Duration::from_millis(100);
/// A page younger than this is not loaded again: that would be a loop.
const RELOAD_EVERY_MS: f64 = 10_000.0;
/// What a browser reports when the line was cut.
const CUT: u16 = 1006;

/// The way into the running connection.
#[derive(Default)]
pub(super) struct Handle {
    outgoing: Option<mpsc::Sender<String>>,
    /// Everything missed has arrived.
    resumed: bool,
    /// Ends the wait before the next try.
    wake: Option<oneshot::Sender<()>>,
    /// The server asked to come back within so many milliseconds.
    goodbye: Option<u64>,
    /// Counts sessions: a connection that was begun for another one is of no use.
    session: u32,
}

/// Says something, if there is a connection that has resumed.
pub(super) fn say(frame: &ClientFrame) -> bool {
    say_text(text(frame))
}

/// Says a frame that is text already.
pub(super) fn say_text(text: String) -> bool {
    CLIENT.with_borrow_mut(|client| {
        let socket = &mut client.socket;
        let outgoing = socket.outgoing.as_mut().filter(|_| socket.resumed);
        outgoing.is_some_and(|outgoing| outgoing.try_send(text).is_ok())
    })
}

/// A frame as it goes over the line.
pub(super) fn text(frame: &ClientFrame) -> String {
    serde_json::to_string(frame).expect("frames have string keys only")
}

/// Whether everything missed has arrived.
pub(super) fn resumed(now: bool) {
    CLIENT.with_borrow_mut(|client| client.socket.resumed = now);
}

/// The server will be away for up to so long.
pub(super) fn said_goodbye(after_ms: u64) {
    CLIENT.with_borrow_mut(|client| client.socket.goodbye = Some(after_ms));
}

/// Ends the wait before the next try.
pub(super) fn connect_now() {
    if let Some(wake) = CLIENT.with_borrow_mut(|client| client.socket.wake.take()) {
        // The wait may just have ended by itself.
        let _ = wake.send(());
    }
}

/// Leaves the connection for a new one: the session is another now.
pub(super) fn restart() {
    CLIENT.with_borrow_mut(|client| {
        client.socket.outgoing = None;
        client.socket.resumed = false;
        client.socket.session += 1;
    });
    connect_now();
}

fn session() -> u32 {
    CLIENT.with_borrow(|client| client.socket.session)
}

/// The device says that it has no network; the connection asks at its next tick whether that is so.
pub(super) fn went_offline(chat: Chat) {
    if chat.link.get_untracked() != Link::Connected {
        chat.link.set(Link::Offline);
    }
}

/// Keeps connected for as long as the page lives.
pub(super) fn run(chat: Chat) {
    leptos::task::spawn_local(async move {
        let mut tries = 0;
        loop {
            let end = connection(chat).await;
            storage::lost();
            CLIENT.with_borrow_mut(|client| {
                client.socket.outgoing = None;
                client.socket.resumed = false;
                client.catching_up.clear();
            });
            if end.resumed {
                tries = 0;
            }
            match end.rule {
                None => {}
                Some(Reconnect::Now) if tries == 0 => {}
                Some(Reconnect::Reload) if may_reload() => {
                    // If the browser refuses to reload, the loop goes on below.
                    let _ = window().location().reload();
                    wait(chat, limits::RECONNECT_MAX).await;
                }
                Some(Reconnect::Slowly) => {
                    wait(chat, limits::RECONNECT_MAX + jitter(limits::RECONNECT_MAX)).await;
                }
                Some(_) => wait(chat, pause(tries)).await,
            }
            tries += 1;
            if end.rule.is_none() {
                // Nothing was lost: nobody needs to hear of it.
                chat.link.set(Link::Starting);
            } else if chat.link.get_untracked() != Link::Starting {
                chat.link.set(Link::Trying);
            }
        }
    });
}

/// How a connection ended.
struct End {
    /// It had resumed: the server was well.
    resumed: bool,
    /// What to do next; nothing when this page itself asked for a new connection.
    rule: Option<Reconnect>,
}

async fn connection(chat: Chat) -> End {
    let lost = End {
        resumed: false,
        rule: Some(Reconnect::Backoff),
    };
    let begun_for = session();
    let Ok(mut socket) = WebSocket::open_with_protocol(&address(), SUBPROTOCOL) else {
        return lost;
    };
    // Resolves when the socket is open, and also when it cannot be opened. On a line that
    // swallows everything neither happens for minutes.
    select_biased! {
        _ = poll_fn(|context| socket.poll_ready_unpin(context)).fuse() => {}
        () = sleep(OPEN_WITHIN).fuse() => return lost,
    }
    if session() != begun_for {
        return End {
            resumed: false,
            rule: None,
        };
    }
    if !matches!(socket.state(), State::Open) {
        return lost;
    }
    let (mut sink, mut stream) = socket.split();
    let (mut outgoing, mut waiting) = mpsc::channel(OUTGOING);
    // An empty channel takes the first frame.
    let _ = outgoing.try_send(text(&hello(chat)));
    CLIENT.with_borrow_mut(|client| client.socket.outgoing = Some(outgoing));

    let mut heart = Heart::new();
    let mut tick = sleep(TICK).boxed_local().fuse();
    let mut resumed = false;
    let mut heard = Vec::new();
    let mut drawing = Fuse::terminated();
    loop {
        select_biased! {
            () = drawing => resumed |= take(chat, std::mem::take(&mut heard)),
            came = stream.next().fuse() => {
                let code = match came {
                    Some(Ok(Message::Text(text))) => {
                        heart.heard();
                        heard.push(text);
                        if drawing.is_terminated() {
                            drawing = next_drawing().boxed_local().fuse();
                        }
                        continue;
                    }
                    Some(Ok(Message::Bytes(_))) => continue,
                    Some(Err(WebSocketError::ConnectionClose(close))) => close.code,
                    Some(Err(_)) | None => CUT,
                };
                resumed |= take(chat, heard);
                return End { resumed, rule: Some(CloseCode::rule(code)) };
            }
            frame = waiting.next().fuse() => {
                let Some(frame) = frame else { return End { resumed, rule: None } };
                if sink.send(Message::Text(frame)).await.is_err() {
                    return End { resumed, rule: Some(Reconnect::Backoff) };
                }
            }
            () = tick => {
                tick = sleep(TICK).boxed_local().fuse();
                match heart.beat() {
                    Beat::Quiet => {}
                    Beat::Ping => {
                        let ping = Message::Text(text(&ClientFrame::Ping));
                        if sink.send(ping).await.is_err() {
                            return End { resumed, rule: Some(Reconnect::Backoff) };
                        }
                    }
                    Beat::Dead => return End { resumed, rule: Some(Reconnect::Backoff) },
                }
            }
        }
    }
}

/// Takes what was heard; whether that was the end of a resume. Messages that follow each other
/// change the page once.
fn take(chat: Chat, heard: Vec<String>) -> bool {
    let mut frames: Vec<ServerFrame> = Vec::new();
    for text in &heard {
        let frame = ServerFrame::heard(text);
        let behind = match frames.last_mut() {
            Some(before) => before.append(frame),
            None => Some(frame),
        };
        frames.extend(behind);
    }
    let resumed = frames.contains(&ServerFrame::Resumed);
    for frame in frames {
        apply::frame(chat, frame);
    }
    heard.iter().for_each(|text| storage::heard(text));
    resumed
}

/// When the page is drawn next: what comes meanwhile is taken together. A page that nobody sees
/// is not drawn.
async fn next_drawing() {
    if document().hidden() {
        return;
    }
    let (draws, drawn) = oneshot::channel();
    let asked = request_animation_frame_with_handle(move || {
        // Nobody waits any more only if it was taken already.
        let _ = draws.send(());
    });
    select_biased! {
        _ = drawn.fuse() => return,
        () = sleep(UNDRAWN).fuse() => {}
    }
    if let Ok(asked) = asked {
        asked.cancel();
    }
}

/// What the page knows, for the server to add to.
fn hello(chat: Chat) -> ClientFrame {
    let last = |state: &crate::app::RoomState| ResumeAt {
        room: state.id,
        last: state.timeline.with_untracked(|timeline| timeline.last()),
    };
    let rooms = chat
        .rooms_open()
        .iter()
        .take(limits::RESUME_ROOMS)
        .map(last)
        .collect();
    let epoch = CLIENT.with_borrow(|client| client.epoch.clone());
    ClientFrame::Hello {
        epoch: epoch.expect("start() sets it before it runs the socket"),
        rooms,
    }
}

/// Full jitter: a random time up to a bound that doubles with each try.
fn pause(tries: u32) -> Duration {
    let goodbye = CLIENT.with_borrow_mut(|client| client.socket.goodbye.take());
    if let Some(after_ms) = goodbye {
        return jitter(Duration::from_millis(after_ms));
    }
    let bound = limits::RECONNECT_FIRST * 2u32.saturating_pow(tries.min(10));
    jitter(bound.min(limits::RECONNECT_MAX))
}

/// Waits, shows how long, and ends early when asked.
async fn wait(chat: Chat, pause: Duration) {
    let (wake, woken) = oneshot::channel();
    CLIENT.with_borrow_mut(|client| client.socket.wake = Some(wake));
    let mut woken = woken.fuse();
    let mut left = pause;
    while !left.is_zero() {
        let seconds = u32::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX);
        chat.link.set(if is_offline() {
            Link::Offline
        } else {
            Link::Waiting(seconds)
        });
        let step = left.min(Duration::from_secs(1));
        select_biased! {
            _ = woken => break,
            () = sleep(step).fuse() => {}
        }
        left -= step;
    }
}

pub(super) fn jitter(bound: Duration) -> Duration {
    bound.mul_f64(js_sys::Math::random())
}

async fn sleep(duration: Duration) {
    TimeoutFuture::new(u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)).await;
}

/// A page that was just loaded and is refused would load for ever; and nobody's words are
/// thrown away for a reload.
fn may_reload() -> bool {
    let opened = window()
        .performance()
        .map_or(f64::MAX, |performance| performance.now());
    opened > RELOAD_EVERY_MS && !storage::would_lose()
}

fn address() -> String {
    let location = window().location();
    let scheme = if location.protocol().as_deref() == Ok("https:") {
        "wss"
    } else {
        "ws"
    };
    format!("{scheme}://{}/ws", location.host().unwrap_or_default())
}
