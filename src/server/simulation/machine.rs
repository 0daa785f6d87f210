//! The server of a run: what is on its disk, and, while it lives, everything in its memory.

use super::{history::BEFORE, network::Socket};
use crate::{
    app::Prepared,
    protocol::{Body, Cid, Millis, Name, Person, RoomId, RoomName, Slug, Topic},
    server::{
        App,
        address::Visit,
        config::Config,
        connection::talk,
        hub::Hub,
        runtime::{self, simulated},
        store::{
            Change, Store,
            simulated::{Disk, Stepped},
        },
    },
};
use axum::http::{HeaderMap, HeaderValue, header};
use clap::Parser;
use std::{
    future::Future,
    net::Ipv4Addr,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};
use tokio::time::Instant;

/// What the clock shows when a run begins.
const BEGINNING: i64 = 1_800_000_000_000;

/// Databases in memory are told apart by their names in the whole process.
static DISKS: AtomicU64 = AtomicU64::new(0);

/// Somebody with a session.
#[derive(Clone, Debug)]
pub(super) struct Human {
    pub person: Person,
    headers: HeaderMap,
}

pub(super) struct Machine {
    pub disk: Disk,
    pub life: Option<Life>,
    config: Config,
    begun: Instant,
    /// By how much the clock is wrong, in milliseconds.
    pub clock_error: Arc<AtomicI64>,
    told: Arc<Mutex<Vec<Change>>>,
    epochs: u32,
}

/// From one start of the server to its end.
pub(super) struct Life {
    pub app: Arc<App>,
    pub writer: Stepped,
}

impl Machine {
    pub fn new(queue_frames: usize, told: Arc<Mutex<Vec<Change>>>) -> Self {
        let mut config = Config::parse_from(["hubbub"]);
        config.limits.queue_frames = queue_frames;
        let disk = Disk::blank(&fresh_name());
        disk.set_epoch("epoch 0");
        Self {
            disk,
            life: None,
            config,
            begun: runtime::now(),
            clock_error: Arc::default(),
            told,
            epochs: 0,
        }
    }

    /// Starts the server.
    pub fn start(&mut self) {
        let (begun, error) = (self.begun, self.clock_error.clone());
        let clock = Arc::new(move || {
            let since = i64::try_from((runtime::now() - begun).as_millis()).unwrap_or(i64::MAX);
            Millis(BEGINNING + since + error.load(Ordering::Relaxed))
        });
        let hub = Arc::new(Hub::new(self.config.limits.clone()));
        let (publisher, told) = (hub.clone(), self.told.clone());
        let committed = Box::new(move |changes: Vec<Change>| {
            told.lock()
                .expect("nobody panics with it")
                .extend(changes.iter().cloned());
            publisher.publish(changes);
        });
        let (store, writer) = self.disk.open(clock, committed);
        let prepared = Prepared::new([[1; 16], [2; 16]]);
        let opening = App::over(self.config.clone(), store, hub, prepared);
        let app = complete(opening, None).expect("the disk is well");
        self.life = Some(Life { app, writer });
    }

    /// The server ends where it is.
    pub fn kill(&mut self) {
        simulated::stop_everything();
        self.life = None;
        // What the last of it said to nobody.
        simulated::stop_everything();
    }

    /// The disk as it was is put back, in another epoch.
    pub fn put_back(&mut self, backup: &Disk) {
        self.kill();
        self.disk = backup.copy(&fresh_name());
        self.epochs += 1;
        self.disk.set_epoch(&format!("epoch {}", self.epochs));
    }

    pub fn backup(&self) -> Disk {
        self.disk.copy(&fresh_name())
    }

    /// Whether nobody can look at the disk right now.
    pub fn is_in_transaction(&self) -> bool {
        let life = self.life.as_ref();
        life.is_some_and(|life| life.writer.is_in_transaction())
    }

    /// Takes a socket in.
    pub fn accept(&self, human: &Human, socket: Socket) {
        let Some(life) = &self.life else { return };
        let (app, headers) = (life.app.clone(), human.headers.clone());
        simulated::spawn(async move {
            if let Ok(caller) = app.caller(&headers, &visit()).await {
                talk(app, caller, true, socket).await;
            }
        });
    }

    /// Does what somebody asks for by a form.
    pub fn post(&self, human: &Human, form: Form) {
        let Some(life) = &self.life else { return };
        let (app, headers) = (life.app.clone(), human.headers.clone());
        simulated::spawn(async move {
            let Ok(mut caller) = app.caller(&headers, &visit()).await else {
                return;
            };
            // Refusals go to the page that asked, which is not looked at here.
            let _ = match form {
                Form::Leave(room) => app.leave(&caller, room).await,
                Form::Rename(name) => app.rename(&mut caller, &name, "", false).await,
                Form::Topic(room, topic) => app.set_topic(&caller, room, &topic).await,
            };
        });
    }

    /// Makes somebody who has a name. Only while nothing else goes on.
    pub fn join(&mut self, name: &str) -> Human {
        let name = Name::parse(name).expect("names here are names");
        let (person, token) = self.ask(|store| async move {
            let made = store.create_session(name, None).await;
            made.expect("names here are different")
        });
        let cookie = HeaderValue::try_from(format!("hubbub={token}"));
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.expect("base64url"));
        Human { person, headers }
    }

    /// Makes a room. Only while nothing else goes on.
    pub fn make_room(&mut self, maker: &Human, name: &str) {
        let name = RoomName::parse(name).expect("names here are names");
        let slug = Slug::of(&name).expect("names here have letters");
        let maker = maker.person.id;
        self.ask(|store| async move {
            let made = store.create_room(maker, name, slug, Topic::default());
            made.await.expect("names here are different")
        });
    }

    /// Says something from before the run. Only while nothing else goes on.
    pub fn say_before(&mut self, human: &Human, room: RoomId, number: u64) {
        let body = Body::parse(BEFORE).expect("it is a word");
        let by = human.person.id;
        let mut bits = [0xff; 16];
        bits[..8].copy_from_slice(&number.to_be_bytes());
        self.ask(|store| async move {
            let text = body.as_str().to_owned();
            let sent = store.send(by, room, Cid(bits), &body, text, false).await;
            sent.expect("the room is there");
        });
    }

    fn ask<F: Future>(&mut self, question: impl FnOnce(Store) -> F) -> F::Output {
        let life = self.life.as_mut().expect("the server runs");
        let asked = question(life.app.store.clone());
        complete(asked, Some(&mut life.writer))
    }
}

/// What one can post.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Leave(RoomId),
    Rename(String),
    Topic(RoomId, String),
}

/// Does everything that a future waits for.
fn complete<F: Future>(future: F, mut writer: Option<&mut Stepped>) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(done) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return done;
        }
        while simulated::jobs() > 0 {
            simulated::do_job(0);
        }
        if let Some(writer) = &mut writer {
            while writer.can_step() {
                writer.step();
            }
            while writer.can_tell() {
                writer.tell();
            }
        }
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

fn fresh_name() -> String {
    format!("simulated-{}", DISKS.fetch_add(1, Ordering::Relaxed))
}
