//! Several who push, one who closes, and the one connection that waits and takes.

use super::explore;
use crate::{
    protocol::{CloseCode, RoomId, Seq, ServerFrame},
    server::{
        hub::{
            frame::{Bundle, Frame, Parcel},
            mailbox::Mailbox,
            outlet::Outlet,
            sync::Notify,
        },
        websocket::encoder,
    },
};
use shuttle::{
    future::{block_on, yield_now},
    thread,
};
use std::{
    collections::{BTreeMap, VecDeque},
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// What one connection heard.
#[derive(Default)]
struct Heard {
    parcels: Vec<Parcel>,
    code: Option<CloseCode>,
}

impl Heard {
    /// How far each pusher was heard, each in their order, nothing twice and nothing left out.
    fn up_to(&self) -> BTreeMap<RoomId, Seq> {
        let mut up_to = BTreeMap::new();
        for (pusher, seq) in self.parcels.iter().filter_map(|parcel| parcel.up_to) {
            let before = up_to.insert(pusher, seq).unwrap_or(Seq(0));
            assert_eq!(seq, before.next(), "of {pusher:?}");
        }
        up_to
    }
}

/// One pusher puts so many in, and counts what is in for certain.
fn push(mailbox: &Mailbox, pusher: u64, many: u64, pushed: &AtomicU64) {
    for seq in 1..=many {
        let (room, seq) = (RoomId(pusher), Seq(seq));
        mailbox.push(&Bundle::new(vec![Parcel {
            up_to: Some((room, seq)),
            is_rest: false,
            frame: Frame::encode(&ServerFrame::Read {
                room,
                seq,
                unread: 0,
                head: Seq(0),
            }),
        }]));
        pushed.store(seq.0, Ordering::SeqCst);
    }
}

/// How a life of a mailbox goes.
#[derive(Clone, Copy)]
struct Life {
    capacity: usize,
    /// How many frames come from each pusher.
    each: u64,
    ends: Ends,
}

/// How it ends.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    /// Somebody closes it while others still push.
    ClosedMeanwhile,
    /// Somebody closes it when everything was pushed.
    ClosedAfterwards,
    /// Everything was heard: nobody wakes a listener who still sleeps then.
    AllHeard,
    /// The client takes nothing any more.
    Stalls,
}

/// Waits and takes as `server::connection` does: what the client says comes first and ends the
/// wait; while something is written, only the end of the mailbox counts.
async fn listen(mailbox: &Mailbox, said: &Notify, life: Life) -> Heard {
    let mut heard = Heard::default();
    let mut outgoing = VecDeque::new();
    let all = usize::try_from(PUSHERS * life.each).expect("a few");
    while life.ends != Ends::AllHeard || heard.parcels.len() < all {
        tokio::select! {
            biased;
            () = said.notified() => continue,
            () = mailbox.filled() => {}
        }
        mailbox.take(&mut outgoing);
        assert!(outgoing.len() <= life.capacity, "{} waited", outgoing.len());
        if outgoing.is_empty()
            && let Some(code) = mailbox.closed()
        {
            heard.code = Some(code);
            return heard;
        }
        heard.parcels.extend(outgoing.drain(..));
        let written = async {
            yield_now().await;
            if life.ends == Ends::Stalls {
                pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = written => {}
            () = mailbox.shut() => {
                heard.code = mailbox.closed();
                // The rest is for the client, too.
                mailbox.take(&mut outgoing);
                heard.parcels.extend(outgoing);
                return heard;
            }
        }
    }
    heard
}

const PUSHERS: u64 = 2;

/// Pushes from two threads while one connection listens.
fn live(life: Life) -> Heard {
    let mailbox = Arc::new(Mailbox::new(life.capacity));
    let said = Arc::new(Notify::new());
    let pushed: Arc<[AtomicU64; PUSHERS as usize]> = Arc::default();
    let listener = {
        let (mailbox, said) = (mailbox.clone(), said.clone());
        thread::spawn(move || block_on(listen(&mailbox, &said, life)))
    };
    let mut others = vec![thread::spawn(move || said.notify_one())];
    for (one, pusher) in (0..PUSHERS).enumerate() {
        let (mailbox, pushed) = (mailbox.clone(), pushed.clone());
        others.push(thread::spawn(move || {
            push(&mailbox, pusher, life.each, &pushed[one]);
        }));
    }
    let close = || {
        let before = pushed.each_ref().map(|one| one.load(Ordering::SeqCst));
        mailbox.close(CloseCode::GoingAway);
        before
    };
    let mut in_before = [0; PUSHERS as usize];
    if life.ends == Ends::ClosedMeanwhile {
        in_before = close();
    }
    others.into_iter().for_each(|one| one.join().unwrap());
    if life.ends == Ends::ClosedAfterwards {
        in_before = close();
    }
    let heard = listener.join().unwrap();
    let up_to = heard.up_to();
    if heard.code == Some(CloseCode::GoingAway) {
        for (pusher, before) in (0..).zip(in_before) {
            let heard = up_to.get(&RoomId(pusher)).map_or(0, |seq| seq.0);
            assert!(heard >= before, "{heard} of {before} from {pusher}");
        }
    }
    heard
}

#[test]
fn what_was_put_in_before_the_end_is_taken_and_nobody_sleeps_over_it() {
    explore(2_000, || {
        let heard = live(Life {
            capacity: 6,
            each: 3,
            ends: Ends::ClosedMeanwhile,
        });
        assert_eq!(heard.code, Some(CloseCode::GoingAway));
    });
}

#[test]
fn who_sleeps_wakes_for_every_frame() {
    explore(2_000, || {
        let heard = live(Life {
            capacity: 6,
            each: 3,
            ends: Ends::AllHeard,
        });
        let all = (0..PUSHERS).map(|pusher| (RoomId(pusher), Seq(3)));
        assert_eq!(heard.up_to(), all.collect());
    });
}

#[test]
fn a_mailbox_at_its_edge_keeps_the_order_or_closes() {
    explore(2_000, || {
        let heard = live(Life {
            capacity: 2,
            each: 3,
            ends: Ends::ClosedAfterwards,
        });
        let code = heard.code.unwrap();
        assert!(matches!(code, CloseCode::TooSlow | CloseCode::GoingAway));
    });
}

#[test]
fn whoever_takes_nothing_hears_that_they_are_too_slow() {
    explore(2_000, || {
        let heard = live(Life {
            capacity: 1,
            each: 3,
            ends: Ends::Stalls,
        });
        assert_eq!(heard.code, Some(CloseCode::TooSlow));
    });
}

/// A socket that takes all, half, or nothing, in turn.
#[derive(Debug, Default)]
struct Socket {
    /// No lock of shuttle's: a write is one step.
    taken: std::sync::Mutex<Vec<u8>>,
    writes: AtomicU64,
}

impl Outlet for Socket {
    fn write_now(&self, frames: &[u8]) -> usize {
        let takes = match self.writes.fetch_add(1, Ordering::SeqCst) % 3 {
            0 => frames.len(),
            1 => frames.len() / 2,
            _ => 0,
        };
        self.write(&frames[..takes]);
        takes
    }
}

impl Socket {
    fn write(&self, bytes: &[u8]) {
        self.taken.lock().unwrap().extend_from_slice(bytes);
    }

    /// How far each pusher was heard, each in their order.
    fn up_to(&self) -> BTreeMap<RoomId, Seq> {
        let taken = self.taken.lock().unwrap();
        let (mut up_to, mut rest) = (BTreeMap::new(), taken.as_slice());
        while let Some(length) = encoder::length_of(rest) {
            let frame = encoder::text_of(&rest[..length]);
            if let ServerFrame::Read { room, seq, .. } = serde_json::from_str(frame).unwrap() {
                let before = up_to.insert(room, seq).unwrap_or(Seq(0));
                assert_eq!(seq, before.next(), "of {room:?}");
            }
            rest = &rest[length..];
        }
        assert!(rest.is_empty(), "a frame without an end");
        up_to
    }
}

/// Leaves the socket to the mailbox while it has nothing to say, as `server::connection` does,
/// and answers what the client says.
async fn share(mailbox: &Mailbox, said: &Notify, socket: &Socket) {
    let mut outgoing = VecDeque::new();
    loop {
        tokio::select! {
            biased;
            () = said.notified() => {
                outgoing.extend(mailbox.hold());
                outgoing.push_back(Parcel::plain(&ServerFrame::Pong));
            }
            () = mailbox.filled() => {
                mailbox.take(&mut outgoing);
                if outgoing.is_empty() {
                    return;
                }
            }
        }
        for parcel in outgoing.drain(..) {
            yield_now().await;
            socket.write(parcel.frame.bytes());
        }
    }
}

#[test]
fn what_goes_straight_to_the_socket_keeps_its_order_with_what_waits() {
    explore(2_000, || {
        let mailbox = Arc::new(Mailbox::new(10));
        let socket = Arc::new(Socket::default());
        mailbox.open(socket.clone());
        let said = Arc::new(Notify::new());
        let listener = {
            let (mailbox, said, socket) = (mailbox.clone(), said.clone(), socket.clone());
            thread::spawn(move || block_on(share(&mailbox, &said, &socket)))
        };
        let mut others = vec![thread::spawn(move || {
            for _ in 0..2 {
                said.notify_one();
                thread::yield_now();
            }
        })];
        for pusher in 0..PUSHERS {
            let mailbox = mailbox.clone();
            others.push(thread::spawn(move || {
                push(&mailbox, pusher, 3, &AtomicU64::new(0));
            }));
        }
        others.into_iter().for_each(|one| one.join().unwrap());
        mailbox.close(CloseCode::GoingAway);
        listener.join().unwrap();
        let all = (0..PUSHERS).map(|pusher| (RoomId(pusher), Seq(3)));
        assert_eq!(socket.up_to(), all.collect());
    });
}
