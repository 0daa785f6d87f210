//! Many connections in one thread: what is heard is counted, and hardly anything else is done
//! with it.
//!
//! While something is measured it never sleeps. On one machine, waking whoever waits for a
//! frame is done by whoever sends it, and costs half as much again as sending: a hub would be
//! charged for an idle crowd, which people at the other end of a network are not.

use super::{
    ground::{self, GENERAL_ID},
    guest::{Guest, REFUSED},
    length::scaled,
    wire::{self, Wire},
};
use hubbub::protocol::limits::{READ_EVERY, READ_SPREAD};
use memchr::memmem::Finder;
use mio::{Events, Interest, Poll, Token, net::TcpStream};
use std::{
    io::{ErrorKind, Read, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// Read at once from one socket.
const BUFFER: usize = 256 * 1024;
/// Sockets that are looked at in one go.
const LOOKED_AT: usize = 1_024;
/// What stops for so long will not go on.
const PATIENCE: Duration = Duration::from_secs(30);

/// What each message has exactly once, in everything that is measured.
const MESSAGE: &str = r#""kind":"message""#;
/// What comes when nothing happened.
const BEAT: &[u8] = br#"{"t":"beat"}"#;
/// In front of the number of a message.
const WORDS: &str = r#""text":""#;

/// Connections to one server.
pub struct Crowd {
    /// For coming in only.
    runtime: Runtime,
    poll: Poll,
    events: Events,
    seats: Vec<Seat>,
    buffer: Vec<u8>,
    message: Finder<'static>,
    words: Finder<'static>,
    /// Messages heard, at all seats together.
    pub heard: u64,
    /// Frames that told something.
    pub frames: u64,
    /// Bytes in which they came.
    pub bytes: u64,
    /// How long nothing came while it looked.
    pub idle: Duration,
    /// Since when everybody says what they read, and how often somebody did.
    reports: Option<(Instant, u32)>,
}

struct Seat {
    stream: TcpStream,
    wire: Wire,
}

/// How to come in.
#[derive(Clone, Copy)]
pub enum Door<'c> {
    /// As people who open a room: their cookies, and the rooms that they take in turn.
    Hubbub(&'c [String], &'c [String]),
    /// A WebSocket and nothing else.
    WebSocket,
    /// Not even that.
    Raw,
}

/// Of a reader who will stop reading, the kernel keeps hardly anything: it would take a minute
/// to fill otherwise.
const SMALL: u32 = 4 * 1024;

impl Crowd {
    /// Nobody is there.
    pub fn new() -> Self {
        Self {
            runtime: ground::runtime(),
            poll: Poll::new().unwrap(),
            events: Events::with_capacity(LOOKED_AT),
            seats: Vec::new(),
            buffer: vec![0; BUFFER],
            message: Finder::new(MESSAGE),
            words: Finder::new(WORDS),
            heard: 0,
            frames: 0,
            bytes: 0,
            idle: Duration::ZERO,
            reports: None,
        }
    }

    /// From now on everybody says how far they have read, as pages do; or nobody.
    pub fn report(&mut self, reports: bool) {
        self.reports = reports.then(|| (Instant::now(), 0));
    }

    /// So many, once all is quiet.
    pub fn settled(count: usize, to: SocketAddr, door: Door<'_>) -> Self {
        let mut crowd = Self::new();
        crowd.gather(count, to, door);
        crowd.settle();
        crowd
    }

    /// Waits until presence has told who is there.
    pub fn settle(&mut self) {
        self.idle(scaled(Duration::from_millis(500), Duration::from_secs(8)));
    }

    /// Brings the crowd to this size.
    pub fn gather(&mut self, count: usize, to: SocketAddr, door: Door<'_>) {
        while self.seats.len() < count {
            let number = self.seats.len();
            self.seat(enter(number, to, door, None));
            if number.is_multiple_of(256) {
                self.drain(Duration::ZERO);
            }
        }
    }

    /// Brings it to this size with people who never read again.
    pub fn stall(&mut self, count: usize, to: SocketAddr, door: Door<'_>) {
        while self.seats.len() < count {
            let number = self.seats.len();
            self.seat(enter(number, to, door, Some(SMALL)));
            let seat = &mut self.seats[number];
            self.poll.registry().deregister(&mut seat.stream).unwrap();
        }
    }

    /// Forgets those who do not read.
    pub fn forget(&mut self, from: usize) {
        self.seats.truncate(from);
    }

    fn seat(&mut self, entering: impl Future<Output = Guest>) {
        let guest = self.runtime.block_on(entering);
        let mut stream = TcpStream::from_std(guest.stream.into_std().unwrap());
        let token = Token(self.seats.len());
        let registry = self.poll.registry();
        registry
            .register(&mut stream, token, Interest::READABLE)
            .unwrap();
        self.seats.push(Seat {
            stream,
            wire: Wire::default(),
        });
    }

    /// One of them says something.
    pub fn say(&mut self, number: usize, frame: &[u8]) {
        let number = number % self.seats.len();
        self.seats[number].stream.write_all(frame).unwrap();
    }

    /// Hears until so many messages have been heard in all.
    pub fn hear(&mut self, until: u64) {
        let began = Instant::now();
        while self.heard < until {
            let (heard, wanted) = (self.heard, until);
            assert!(began.elapsed() < PATIENCE, "heard {heard} of {wanted}");
            self.drain(Duration::ZERO);
        }
    }

    /// Hears for so long, whatever comes.
    pub fn idle(&mut self, lasts: Duration) {
        let until = Instant::now() + lasts;
        while Instant::now() < until {
            self.drain(Duration::from_millis(10));
        }
    }

    /// The same without ever sleeping.
    pub fn watch(&mut self, lasts: Duration) {
        let until = Instant::now() + lasts;
        while Instant::now() < until {
            self.drain(Duration::ZERO);
        }
    }

    /// Hears what there is.
    pub fn drain(&mut self, wait: Duration) {
        self.look(wait, &mut |_| ());
    }

    /// Who has read something says so, evenly: everybody as often as a page does.
    fn say_read(&mut self) {
        let Some((since, mut said)) = self.reports else {
            return;
        };
        let crowd = u32::try_from(self.seats.len()).unwrap();
        let every = READ_EVERY.max(READ_SPREAD * crowd) / crowd;
        // The server takes it as far as the room goes.
        let all = format!(
            r#"{{"t":"read","room":{},"seq":{}}}"#,
            GENERAL_ID.0,
            u32::MAX
        );
        let all = wire::text(&all);
        while since.elapsed() >= every * said {
            self.say(said as usize, &all);
            said += 1;
        }
        self.reports = Some((since, said));
    }

    /// Hears what there is, each message with its number.
    pub fn look(&mut self, wait: Duration, tell: &mut impl FnMut(u64)) {
        self.say_read();
        let began = Instant::now();
        match self.poll.poll(&mut self.events, Some(wait)) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return,
            looked => looked.unwrap(),
        }
        if self.events.is_empty() {
            self.idle += began.elapsed();
        }
        for event in &self.events {
            let Seat { stream, wire, .. } = &mut self.seats[event.token().0];
            loop {
                let read = match stream.read(&mut self.buffer) {
                    Ok(0) => panic!("a connection was closed"),
                    Ok(read) => read,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => panic!("{error}"),
                };
                self.bytes += read as u64;
                wire.feed(&self.buffer[..read], |text| {
                    self.frames += u64::from(text != BEAT);
                    for at in self.message.find_iter(text) {
                        self.heard += 1;
                        tell(number(&self.words, &text[at..]));
                    }
                    assert!(
                        !text.starts_with(REFUSED),
                        "{}",
                        String::from_utf8_lossy(text)
                    );
                });
                if std::mem::take(&mut wire.asked) {
                    stream.write_all(&wire::PONG).unwrap();
                }
                if read < self.buffer.len() {
                    break;
                }
            }
        }
    }
}

/// What a message begins with.
fn number(words: &Finder<'_>, text: &[u8]) -> u64 {
    let at = words.find(text).map_or(text.len(), |at| at + WORDS.len());
    let digits = text[at..].iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'))
}

async fn enter(number: usize, to: SocketAddr, door: Door<'_>, buffer: Option<u32>) -> Guest {
    let mut guest = Guest::connect(number, to, buffer).await;
    match door {
        Door::Raw => {}
        Door::WebSocket => guest.upgrade(None).await,
        Door::Hubbub(cookies, rooms) => {
            guest.upgrade(Some(&cookies[number])).await;
            guest.open(&rooms[number % rooms.len()], |_| ()).await;
        }
    }
    guest
}
