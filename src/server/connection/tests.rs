//! Connections without a network: the test says when the other side takes a frame, so that
//! what happens *during* a replay can be made to happen.

use super::{Connection, Gone, Heard, Transport, websocket::WebSocket};
use crate::{
    protocol::{
        Body, Cid, ClientFrame, CloseCode, Epoch, Name, Person, ResumeAt, RoomId, Seq, ServerFrame,
    },
    server::{
        App,
        address::Visit,
        config::Config,
        hub::{Frame, Outlet},
    },
};
use axum::http::HeaderMap;
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
        let folder = TempDir::new().unwrap();
        let mut config = Config::parse_from(["hubbub"]);
        config.data = folder.path().to_owned();
        config.limits.queue_frames = queue_frames;
        let app = App::open(config).await.unwrap();
        let name = Name::parse("Talker").unwrap();
        let (talker, _) = app.store.create_session(name, None).await.unwrap();
        let caller = app.caller(&HeaderMap::new(), &visit()).await.unwrap();
        let line = app.hub.connect(None).unwrap();
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
    let socket = WebSocket::new(stream, &[]);
    let task = super::talk(scene.app.clone(), caller, true, socket);
    assert!(size_of_val(&task) <= 2_048, "{} bytes", size_of_val(&task));
}
