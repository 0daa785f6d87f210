//! One socket: one task that reads what its client says, does it, and writes what waits in
//! its mailbox.
//!
//! A frame is done before the next one is read, so that a client's sends keep their order
//! and a flood waits in its own socket. While a frame is being done, live frames wait in the
//! mailbox: that is how a replay comes before what happened during it. Only whoever waits for
//! the disk among many goes on hearing them.

mod hello;
mod requests;
#[cfg(test)]
mod tests;
mod transport;
mod upgrade;
mod websocket;

pub use transport::{Gone, Heard, Transport};
pub use upgrade::{accept_key, talk, upgrade};

use super::{
    App,
    door::Caller,
    hub::{Line, Parcel},
    metrics::FRAMES_OUT,
    rate::Bucket,
    runtime::{self, Instant},
};
use crate::{
    planted::{Mistake, planted},
    protocol::{CloseCode, RoomId, Seq, ServerFrame},
};
use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::pin,
    sync::{Arc, LazyLock},
    task::Poll,
    time::Duration,
};
use upgrade::CLOSE_WITHIN;

static BEAT: LazyLock<Parcel> = LazyLock::new(|| Parcel::plain(&ServerFrame::Beat));

/// One socket and what we know of it.
pub struct Connection<T> {
    app: Arc<App>,
    transport: T,
    attached: Attached,
    caller: Caller,
    /// Taken from the mailbox or made here, and not yet written.
    outgoing: VecDeque<Parcel>,
    /// When somebody was told last that this client is writing.
    typing: Vec<(RoomId, Instant)>,
    frames: Bucket,
    refusals: Bucket,
    heard_at: Instant,
    /// When it was told last that nothing happened.
    beaten_at: Option<Instant>,
    /// What it says to that is not counted.
    awaits_answer: bool,
    /// It has not heard yet all that was before what is in its mailbox.
    is_behind: bool,
}

/// Leaves the hub when the connection ends, however it ends.
struct Attached {
    app: Arc<App>,
    line: Arc<Line>,
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.app.hub.disconnect(&self.line);
    }
}

/// Why a connection ends.
#[derive(Debug)]
enum End {
    /// The other side is gone.
    Gone,
    /// The other side closes it.
    Closed(Option<u16>),
    /// We close it.
    Close(CloseCode),
    /// We close it with a code of the transport's standard.
    Wrong(u16, &'static str),
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl<T: Transport> Connection<T> {
    /// A connection that the hub knows already.
    #[must_use]
    pub fn new(app: Arc<App>, caller: Caller, line: Arc<Line>, transport: T) -> Self {
        let now = runtime::now();
        if let Some(outlet) = transport.outlet() {
            line.mailbox.open(outlet);
        }
        Self {
            attached: Attached {
                app: app.clone(),
                line,
            },
            app,
            transport,
            caller,
            outgoing: VecDeque::new(),
            typing: Vec::new(),
            frames: Bucket::new(now.into_std()),
            refusals: Bucket::new(now.into_std()),
            heard_at: now,
            beaten_at: None,
            awaits_answer: false,
            is_behind: true,
        }
    }

    /// Talks until one side has enough.
    pub async fn run(mut self) {
        let end = match self.talk().await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        let (number, reason) = match end {
            End::Gone => return,
            End::Closed(code) => {
                self.app.hub.disconnect(&self.attached.line);
                let agree = async {
                    let _ = poll_fn(|context| self.poll_write(context)).await;
                    self.transport.agree(code).await;
                };
                let _ = Box::pin(runtime::timeout(CLOSE_WITHIN, agree)).await;
                return;
            }
            End::Close(code) => (code.number(), code.reason()),
            End::Wrong(number, reason) => (number, reason),
        };
        count_close(reason);
        // Nobody waits for a socket that takes its time to close.
        self.app.hub.disconnect(&self.attached.line);
        let finish = async {
            // Whoever fell off the queue resumes anyway, and gets only what was begun; the
            // others get what was for them.
            let mailbox = &self.attached.line.mailbox;
            if matches!(end, End::Close(CloseCode::TooSlow)) {
                self.outgoing.retain(|parcel| parcel.is_rest);
                self.outgoing.extend(mailbox.hold());
            } else {
                mailbox.take(&mut self.outgoing);
                // Nobody hears what came since who has not heard what was before.
                if self.is_behind {
                    self.outgoing.retain(|parcel| parcel.up_to.is_none());
                }
            }
            let _ = poll_fn(|context| self.poll_write(context)).await;
            self.transport.close(number, reason).await;
        };
        let _ = Box::pin(runtime::timeout(CLOSE_WITHIN, finish)).await;
    }

    async fn talk(&mut self) -> Result<std::convert::Infallible, End> {
        // A task has room for the largest of what it ever waits for. What is seldom waited for
        // is put beside it: ten thousand of these do nothing most of the time.
        Box::pin(self.await_hello()).await?;
        self.is_behind = false;
        let mut silence = pin!(runtime::sleep_until(self.first_beat()));
        let line = self.attached.line.clone();
        loop {
            tokio::select! {
                // In this order nobody starves: what a client says has a rate, silence is
                // looked at every few seconds, and the mailbox has no end.
                biased;
                heard = self.transport.receive() => {
                    self.outgoing.extend(line.mailbox.hold());
                    if !self.answer_sign_of_life(&heard) {
                        Box::pin(self.hear(heard)).await?;
                    }
                }
                // Set anew only when it runs out: frames do not touch the timer.
                () = silence.as_mut() => {
                    self.outgoing.extend(line.mailbox.hold());
                    let next = Box::pin(self.notice_silence()).await?;
                    silence.set(runtime::sleep_until(next));
                }
                () = line.mailbox.filled() => self.collect()?,
            }
            // Before the socket is the mailbox's again, what either left half written is whole.
            self.write().await?;
        }
    }

    /// Those who came together do not beat together.
    fn first_beat(&self) -> Instant {
        const PHASES: u32 = 64;
        let phase = u32::try_from(self.attached.line.id % u64::from(PHASES)).unwrap_or(0);
        let every = self.app.config.limits.heartbeat_every();
        self.on_the_beat(runtime::now() + every * (phase + 1) / PHASES)
    }

    /// Gives a silent client a sign of life and asks for one, and gives up if there is none.
    /// Returns when to look again.
    async fn notice_silence(&mut self) -> Result<Instant, End> {
        let limits = &self.app.config.limits;
        let (every, give_up) = (limits.heartbeat_every(), limits.heartbeat_give_up);
        let grain = limits.heartbeat_grain();
        let now = runtime::now();
        if planted(Mistake::NoHeartbeat) {
            return Ok(now + give_up);
        }
        // Up to so much earlier than it should be: see `on_the_beat`.
        let silent = now - self.heard_at + grain;
        if silent >= give_up {
            return Err(End::Close(CloseCode::Silent));
        }
        let until = self.heard_at + give_up;
        if self.beaten_at.is_some_and(|at| at > self.heard_at) {
            return Ok(self.on_the_beat(until));
        }
        if self.beaten_at.is_some() && silent < every {
            return Ok(self.on_the_beat(self.heard_at + every));
        }
        self.beaten_at = Some(now);
        // A line that takes nothing any more takes no question either.
        let written = poll_fn(|context| self.poll_write(context));
        match runtime::timeout_at(until, written).await {
            Ok(written) => written?,
            Err(runtime::Elapsed) => return Err(End::Close(CloseCode::Silent)),
        }
        self.outgoing.push_back(BEAT.clone());
        self.transport.put_ping()?;
        self.awaits_answer = true;
        self.write().await?;
        Ok(self.on_the_beat(until.min(now + every)))
    }

    /// The last of the moments before this at which all connections look at their silence: one
    /// after the other costs half of waking up for each.
    fn on_the_beat(&self, at: Instant) -> Instant {
        let grain = self.app.config.limits.heartbeat_grain();
        let since = at - self.app.begun;
        let into = since.as_nanos() % grain.as_nanos().max(1);
        at - Duration::from_nanos(u64::try_from(into).unwrap_or(0))
    }

    /// Takes what waits in the mailbox.
    fn collect(&mut self) -> Result<(), End> {
        let mailbox = &self.attached.line.mailbox;
        mailbox.take(&mut self.outgoing);
        if self.outgoing.is_empty()
            && let Some(code) = mailbox.closed()
        {
            return Err(End::Close(code));
        }
        Ok(())
    }

    /// Says something to this client alone, behind what waits for it already: the sender of
    /// a message hears the message itself before it is acknowledged.
    async fn answer(&mut self, said: &ServerFrame) -> Result<(), End> {
        self.attached.line.mailbox.take(&mut self.outgoing);
        self.say(said).await
    }

    /// Says something to this client alone, before what waits for it: a replay and a
    /// snapshot come before what happened since.
    async fn say(&mut self, said: &ServerFrame) -> Result<(), End> {
        self.put(said);
        self.write().await
    }

    /// The same, with whatever is said next.
    fn put(&mut self, said: &ServerFrame) {
        self.outgoing.push_back(Parcel::plain(said));
    }

    /// Answers the other side's question for a sign of life.
    async fn pong(&mut self, asked: &[u8]) -> Result<(), End> {
        self.write().await?;
        self.transport.put_pong(asked)?;
        self.write().await
    }

    /// Writes everything in `outgoing`, in one go if the socket takes it.
    async fn write(&mut self) -> Result<(), End> {
        let line = self.attached.line.clone();
        let patience = self.app.config.limits.heartbeat_give_up;
        tokio::select! {
            biased;
            written = poll_fn(|context| self.poll_write(context)) => Ok(written?),
            () = line.mailbox.shut() => {
                let code = line.mailbox.closed().unwrap_or(CloseCode::TooSlow);
                Err(End::Close(code))
            }
            () = runtime::sleep(patience) => Err(End::Close(CloseCode::TooSlow)),
        }
    }

    fn poll_write(&mut self, context: &mut std::task::Context<'_>) -> Poll<Result<(), Gone>> {
        while !self.outgoing.is_empty() {
            std::task::ready!(self.transport.poll_ready(context))?;
            if let Some(parcel) = self.outgoing.pop_front() {
                FRAMES_OUT.increment(1);
                self.transport.put(parcel.frame)?;
            }
        }
        self.transport.poll_flush(context)
    }

    /// A replay or snapshot has told the room up to here.
    fn note_told(&self, room: RoomId, seq: Seq) {
        if !planted(Mistake::ToldTwice) {
            // Asked before the mailbox is looked through: what was told is in there by then. Most
            // rooms are quiet, and notes of them would stay for as long as they are.
            let may_come = !self.app.hub.has_told(room, seq);
            self.attached.line.mailbox.note_told(room, seq, may_come);
        }
    }
}

fn count_close(reason: &'static str) {
    metrics::counter!("hubbub_closes_total", "reason" => reason).increment(1);
}
