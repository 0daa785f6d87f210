//! The beginning: what the client knows already, and what it missed.

use super::{Connection, End, Heard, Transport};
use crate::{
    planted::{Mistake, planted},
    protocol::{
        ClientFrame, CloseCode, Epoch, Online, Person, Refusal, ResumeAt, RoomId, Seq, ServerFrame,
        limits::RESUME_ROOMS,
    },
    server::{
        runtime::{self, timeout_at},
        store::Missed,
    },
};
use std::collections::HashSet;

impl<T: Transport> Connection<T> {
    /// Waits for `hello` and answers it.
    pub(super) async fn await_hello(&mut self) -> Result<(), End> {
        let deadline = self.heard_at + self.app.config.limits.hello_within;
        let line = self.attached.line.clone();
        let rate = self.app.config.limits.frames;
        let text = loop {
            let now = runtime::now();
            if now >= deadline {
                return Err(End::Close(CloseCode::BadFrame));
            }
            let heard = tokio::select! {
                biased;
                heard = timeout_at(deadline, self.transport.receive()) => heard,
                () = line.mailbox.shut() => {
                    return Err(End::Close(line.mailbox.closed().unwrap_or(CloseCode::Internal)));
                }
            };
            match heard {
                Ok(Heard::Text(text)) => break text,
                // Whatever it is, it is read only so fast: who never says `hello` must not keep
                // a thread busy.
                Ok(Heard::Control | Heard::Ping(_))
                    if self.frames.take(rate, now.into_std()).is_err() =>
                {
                    return Err(End::Close(CloseCode::Flooding));
                }
                Ok(Heard::Control) => {}
                Ok(Heard::Ping(asked)) => self.pong(&asked).await?,
                Ok(Heard::Closed(code)) => return Err(End::Closed(code)),
                Ok(Heard::Wrong(number, reason)) => return Err(End::Wrong(number, reason)),
                Ok(Heard::Gone) => return Err(End::Gone),
                Err(_) => return Err(End::Close(CloseCode::BadFrame)),
            }
        };
        self.heard_at = runtime::now();
        self.app.counters.frames_in.increment(1);
        match serde_json::from_str(&text) {
            Ok(ClientFrame::Hello { epoch, rooms }) if rooms.len() <= RESUME_ROOMS => {
                self.resume(epoch, rooms).await
            }
            _ => Err(End::Close(CloseCode::BadFrame)),
        }
    }

    /// The order matters: the live feed is attached before the database is read, and what
    /// comes meanwhile waits in the mailbox, where [`Connection::note_told`] sorts out what
    /// the database said already.
    async fn resume(&mut self, epoch: Epoch, rooms: Vec<ResumeAt>) -> Result<(), End> {
        let before = self.caller.me().is_some();
        self.caller = self.app.again(&self.caller).await.map_err(failed)?;
        let me = self.caller.me().cloned();
        if before && me.is_none() {
            return Err(End::Close(CloseCode::SessionEnded));
        }
        let named = self.nameable(rooms);
        let mut lists = Vec::new();
        if !planted(Mistake::LateAttach) {
            lists = self.follow_all(me.as_ref(), &named).await?;
        }
        let ours = self.app.store.epoch();
        let same_epoch = epoch == ours || planted(Mistake::NoEpochCheck);
        let places = if same_epoch {
            named.clone()
        } else {
            Vec::new()
        };
        let read = self.app.return_to(&self.caller, places).await;
        let (summaries, missed) = read.map_err(failed)?;
        let mut missed = missed.into_iter();
        for summary in &summaries {
            // Somebody may have become a member since their memberships were read: then the
            // hub follows as soon as it hears of it, and tells what `head` has told.
            if summary.member || self.attached.line.is_following(summary.room.id) {
                self.note_told(summary.room.id, summary.head);
            }
        }
        self.put(&ServerFrame::Welcome {
            epoch: ours,
            me: me.clone(),
            rooms: summaries,
        });
        for (place, at) in named.iter().enumerate() {
            // What was missed in one room goes out with the welcome; that of hundreds does not
            // wait together.
            if place > 0 {
                self.write().await?;
            }
            if same_epoch {
                self.replay(at.room, at.last, missed.next()).await?;
            } else {
                self.reset(at.room).await?;
            }
        }
        if planted(Mistake::LateAttach) {
            lists = self.follow_all(me.as_ref(), &named).await?;
        }
        for (place, (room, online)) in lists.into_iter().enumerate() {
            if place > 0 {
                self.write().await?;
            }
            self.put(&ServerFrame::Online { room, online });
        }
        self.say(&ServerFrame::Resumed).await
    }

    /// Sends what came behind `last`, or the room anew when that is too much. Read and
    /// written a portion at a time: a thousand slow readers must not keep it all in memory.
    /// The first portion may have been read already, and the last one goes out with what is said
    /// next.
    pub(super) async fn replay(
        &mut self,
        room: RoomId,
        mut last: Seq,
        mut first: Option<Missed>,
    ) -> Result<(), End> {
        if planted(Mistake::CursorOffByOne) {
            (last, first) = (last.next(), None);
        }
        loop {
            let missed = match first.take() {
                Some(missed) => Ok(missed),
                None => self.app.missed(&self.caller, room, last).await,
            };
            match missed.map_err(failed)? {
                Missed::Events {
                    people,
                    events,
                    head,
                } => {
                    last = events.last().map_or(last, |event| event.seq);
                    self.note_told(room, last);
                    if !events.is_empty() {
                        self.put(&ServerFrame::Events {
                            room,
                            people,
                            events,
                        });
                    }
                    if last >= head {
                        return Ok(());
                    }
                    self.write().await?;
                }
                Missed::TooMany => return self.reset(room).await,
            }
        }
    }

    async fn reset(&mut self, room: RoomId) -> Result<(), End> {
        let snapshot = self.app.snapshot(&self.caller, room, None).await;
        let snapshot = Box::new(snapshot.map_err(failed)?);
        self.note_told(room, snapshot.head);
        self.say(&ServerFrame::Reset { snapshot }).await
    }

    /// The rooms that the client may read, each once. Of another epoch the number may mean
    /// nothing: such rooms are just not in `welcome`.
    fn nameable(&self, rooms: Vec<ResumeAt>) -> Vec<ResumeAt> {
        let mut seen = HashSet::new();
        rooms
            .into_iter()
            .filter(|at| self.app.readable(&self.caller, at.room).is_ok())
            .filter(|at| seen.insert(at.room))
            .collect()
    }

    /// Follows what the client named and where its person is a member; returns who is
    /// online in the rooms it named.
    async fn follow_all(
        &mut self,
        me: Option<&Person>,
        named: &[ResumeAt],
    ) -> Result<Vec<(RoomId, Online)>, End> {
        let mut memberships = Vec::new();
        if let Some(me) = me {
            let read = self.app.store.memberships(me.id).await;
            memberships = read.map_err(|error| failed(error.into()))?;
        }
        let line = &self.attached.line;
        for room in &memberships {
            self.app.hub.follow(line, *room, me);
        }
        let lists = named
            .iter()
            .map(|at| (at.room, self.app.hub.follow(line, at.room, None)));
        Ok(lists.collect())
    }
}

/// What is refused in the middle of a replay closes the socket: the client tries again.
fn failed(refusal: Refusal) -> End {
    tracing::error!(code = ?refusal.code, "a client could not be told what it missed");
    End::Close(CloseCode::Internal)
}
