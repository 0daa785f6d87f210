//! Connections without a network: the test says when the other side takes a frame, so that
//! what happens *during* a replay can be made to happen.

use super::{Connection, Gone, Heard, Transport, websocket::WebSocket};
use crate::{
    protocol::{
        Body, Cid, ClientFrame, CloseCode, Epoch, Event, Millis, Name, Person, ResumeAt, RoomId,
        Seq, ServerFrame, What, limits::REPLAY_CHUNK,
    },
    server::{
        App,
        address::Visit,
        config::Config,
        hub::{Frame, Outlet},
        session,
        store::Change,
    },
};
use axum::http::{HeaderMap, header};
use clap::Parser;
use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    task::JoinHandle,
    time::timeout,
};

const GENERAL: RoomId = RoomId(1);

/// The other side: takes as many frames as it is allowed to.
#[derive(Default)]
struct Taken {
    frames: Vec<ServerFrame>,
    allowed: usize,
    waker: Option<Waker>,
    closed: Option<u16>,
}

struct Queues {
    said: Receiver<Heard>,
    taken: Arc<Mutex<Taken>>,
}

impl Transport for Queues {
    async fn receive(&mut self) -> Heard {
        self.said.recv().await.unwrap_or(Heard::Gone)
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let mut taken = self.taken.lock().unwrap();
        if taken.frames.len() < taken.allowed {
            return Poll::Ready(Ok(()));
        }
        taken.waker = Some(context.waker().clone());
        Poll::Pending
    }

    fn put(&mut self, frame: Frame) -> Result<(), Gone> {
        let frame = serde_json::from_str(frame.text()).unwrap();
        self.taken.lock().unwrap().frames.push(frame);
        Ok(())
    }

    fn put_ping(&mut self) -> Result<(), Gone> {
        Ok(())
    }

    fn put_pong(&mut self, _: &[u8]) -> Result<(), Gone> {
        Ok(())
    }

    /// Everything comes through here: the test says when.
    fn outlet(&self) -> Option<Arc<dyn Outlet>> {
        None
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        Poll::Ready(Ok(()))
    }

    async fn agree(&mut self, _: Option<u16>) {}

    async fn close(&mut self, code: u16, _: &'static str) {
        self.taken.lock().unwrap().closed = Some(code);
    }
}

/// A place with one talker, and one visitor's connection.
struct Scene {
    app: Arc<App>,
    talker: Person,
    sent: u64,
    say: Sender<Heard>,
    taken: Arc<Mutex<Taken>>,
    running: JoinHandle<()>,
    _folder: TempDir,
}

impl Scene {
    async fn new(allowed: usize, queue_frames: usize) -> Self {
        Self::of(false, allowed, queue_frames).await
    }

    /// The connection of somebody in a crowd, which one person is here.
    async fn crowded() -> Self {
        Self::of(true, 1_000, 512).await
    }

    async fn of(crowded: bool, allowed: usize, queue_frames: usize) -> Self {
        let folder = TempDir::new().unwrap();
        let mut config = Config::parse_from(["hubbub"]);
        config.data = folder.path().to_owned();
        config.limits.queue_frames = queue_frames;
        if crowded {
            config.limits.online_listed = 0;
        }
        let app = App::open(config).await.unwrap();
        let name = Name::parse("Talker").unwrap();
        let (talker, _) = app.store.create_session(name, None).await.unwrap();
        let mut headers = HeaderMap::new();
        if crowded {
            let name = Name::parse("One of many").unwrap();
            let (person, token) = app.store.create_session(name, None).await.unwrap();
            app.store.enter(person.id, GENERAL, false).await.unwrap();
            headers.insert(header::COOKIE, session::keep(&token, false));
        }
        let caller = app.caller(&headers, &visit()).await.unwrap();
        let line = app.hub.connect(caller.me().map(|me| me.id)).unwrap();
        let (say, said) = channel(8);
        let taken = Arc::new(Mutex::new(Taken {
            allowed,
            ..Taken::default()
        }));
        let transport = Queues {
            said,
            taken: taken.clone(),
        };
        let connection = Connection::new(app.clone(), caller, line, transport);
        Self {
            app,
            talker,
            sent: 0,
            say,
            taken,
            running: tokio::spawn(connection.run()),
            _folder: folder,
        }
    }

    async fn talk(&mut self) {
        self.sent += 1;
        let mut bits = [0; 16];
        bits[..8].copy_from_slice(&self.sent.to_be_bytes());
        let body = Body::parse("words").unwrap();
        let text = body.as_str().to_owned();
        let send = self
            .app
            .store
            .send(self.talker.id, GENERAL, Cid(bits), &body, text, false);
        send.await.unwrap();
    }

    async fn hello(&self, last: u64) {
        let epoch: Epoch = self.app.store.epoch();
        let rooms = vec![ResumeAt {
            room: GENERAL,
            last: Seq(last),
        }];
        let hello = ClientFrame::Hello { epoch, rooms };
        let hello = serde_json::to_string(&hello).unwrap();
        self.say.send(Heard::Text(hello)).await.unwrap();
    }

    fn allow(&self, frames: usize) {
        let mut taken = self.taken.lock().unwrap();
        taken.allowed = frames;
        if let Some(waker) = taken.waker.take() {
            waker.wake();
        }
    }

    /// Waits until what was taken fits.
    async fn until(&self, fits: impl Fn(&Taken) -> bool) {
        let wait = async {
            while !fits(&self.taken.lock().unwrap()) {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(20), wait).await.unwrap();
    }
}

fn visit() -> Visit {
    Visit {
        address: Ipv4Addr::LOCALHOST.into(),
        origin: None,
        https: false,
        local: true,
    }
}

fn seqs(frames: &[ServerFrame]) -> Vec<u64> {
    let events = frames.iter().filter_map(|frame| match frame {
        ServerFrame::Events { events, .. } => Some(events.iter().map(|event| event.seq.0)),
        _ => None,
    });
    events.flatten().collect()
}

#[tokio::test]
async fn what_happens_during_a_replay_comes_after_it_and_once() {
    let mut scene = Scene::new(1, 512).await;
    for _ in 0..5 {
        scene.talk().await;
    }
    scene.hello(2).await;
    // It has said welcome, and cannot say what was missed: before, while and after it reads
    // the database, more is said in the room.
    scene.until(|taken| taken.frames.len() == 1).await;
    for _ in 0..5 {
        scene.talk().await;
        tokio::task::yield_now().await;
    }
    scene.allow(1_000);
    scene
        .until(|taken| seqs(&taken.frames).last() == Some(&10))
        .await;
    let taken = scene.taken.lock().unwrap();
    assert_eq!(seqs(&taken.frames), (3..=10).collect::<Vec<_>>());
    let resumed = taken
        .frames
        .iter()
        .position(|frame| *frame == ServerFrame::Resumed);
    let replay = seqs(&taken.frames[..resumed.unwrap()]);
    assert!(replay.starts_with(&[3, 4, 5]));
}

#[tokio::test]
async fn who_is_closed_while_they_catch_up_hears_nothing_behind_the_gap() {
    let mut scene = Scene::new(1_000, 512).await;
    let many = 2 * REPLAY_CHUNK as u64;
    for _ in 0..many {
        scene.talk().await;
    }
    scene.hello(many).await;
    let resumed = |taken: &Taken| taken.frames.contains(&ServerFrame::Resumed);
    scene.until(resumed).await;
    let taken = scene.taken.lock().unwrap().frames.len();
    scene.allow(taken);
    let (room, last) = (GENERAL, Seq(0));
    let catch_up = serde_json::to_string(&ClientFrame::CatchUp { room, last }).unwrap();
    scene.say.send(Heard::Text(catch_up)).await.unwrap();
    // The first portion is read, and not taken.
    scene.until(|taken| taken.waker.is_some()).await;
    scene.talk().await;
    scene.app.hub.say_goodbye(Duration::ZERO);
    scene.until(|_| scene.app.hub.connections() == 0).await;
    scene.allow(1_000);
    scene.until(|taken| taken.closed.is_some()).await;
    let told = seqs(&scene.taken.lock().unwrap().frames);
    assert!(!told.is_empty());
    assert_eq!(told, (1..=told.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_speaks_in_a_crowd_hears_the_others_meanwhile() {
    let scene = Scene::crowded().await;
    scene.hello(0).await;
    let resumed = |taken: &Taken| taken.frames.contains(&ServerFrame::Resumed);
    scene.until(resumed).await;
    // Nothing is committed as long as somebody else writes.
    let file = scene.app.config.data.join("hubbub.sqlite3");
    let other = rusqlite::Connection::open(file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let cid = Cid([7; 16]);
    let room = GENERAL;
    let body = "words".to_owned();
    let send = ClientFrame::Send { cid, room, body };
    let send = serde_json::to_string(&send).unwrap();
    scene.say.send(Heard::Text(send)).await.unwrap();
    // By then it has been taken.
    let taking = async {
        while scene.say.capacity() < scene.say.max_capacity() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), taking).await.unwrap();
    let event = Event {
        seq: Seq(9),
        at: Millis(0),
        by: scene.talker.id,
        what: What::Joined,
    };
    scene.app.hub.publish(vec![Change::Events {
        room,
        people: vec![scene.talker.clone()],
        events: vec![event],
    }]);
    scene.until(|taken| seqs(&taken.frames) == [9]).await;
    let is_ack = |frame: &ServerFrame| matches!(frame, ServerFrame::Ack { .. });
    assert!(!scene.taken.lock().unwrap().frames.iter().any(is_ack));
    other.execute_batch("ROLLBACK").unwrap();
    scene.until(|taken| taken.frames.iter().any(is_ack)).await;
    // Their own message comes first.
    let taken = scene.taken.lock().unwrap();
    let acked = taken.frames.iter().position(is_ack).unwrap();
    assert_eq!(seqs(&taken.frames[..acked]), [9, 1]);
}

#[tokio::test]
async fn who_takes_nothing_is_too_slow_once_the_mailbox_is_full() {
    let mut scene = Scene::new(1_000, 4).await;
    scene.hello(0).await;
    let resumed = |taken: &Taken| taken.frames.contains(&ServerFrame::Resumed);
    scene.until(resumed).await;
    let taken = scene.taken.lock().unwrap().frames.len();
    scene.allow(taken);
    // One may be on its way out of the mailbox, four wait in it, the next is too much.
    for _ in 0..6 {
        scene.talk().await;
        tokio::task::yield_now().await;
    }
    scene.until(|taken| taken.closed.is_some()).await;
    let closed = scene.taken.lock().unwrap().closed;
    assert_eq!(closed, Some(CloseCode::TooSlow.number()));
    timeout(Duration::from_secs(20), scene.running)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(scene.app.hub.connections(), 0);
}

#[tokio::test]
async fn who_only_ever_asks_for_a_sign_of_life_is_closed() {
    let scene = Scene::new(1_000, 4).await;
    let most = scene.app.config.limits.frames.burst;
    for _ in 0..most {
        scene.say.send(Heard::Ping(Vec::new())).await.unwrap();
    }
    scene.hello(0).await;
    let resumed = |taken: &Taken| taken.frames.contains(&ServerFrame::Resumed);
    scene.until(resumed).await;

    let scene = Scene::new(1_000, 4).await;
    // A few more come in while these are taken.
    for _ in 0..2 * most {
        let _ = scene.say.send(Heard::Ping(Vec::new())).await;
    }
    scene.until(|taken| taken.closed.is_some()).await;
    let closed = scene.taken.lock().unwrap().closed;
    assert_eq!(closed, Some(CloseCode::Flooding.number()));
}

/// Ten thousand of them wait at once; what is seldom waited for is put beside the task.
#[tokio::test]
async fn a_connection_that_waits_is_small() {
    let scene = Scene::new(0, 4).await;
    let caller = scene.app.caller(&HeaderMap::new(), &visit()).await.unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let unread = scene.app.unread.at(caller.address());
    let socket = WebSocket::new(stream, &[], unread);
    let task = super::talk(scene.app.clone(), caller, true, socket);
    assert!(size_of_val(&task) <= 2_048, "{} bytes", size_of_val(&task));
}
