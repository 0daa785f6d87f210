//! What a client may say after `hello`.

use super::{Connection, End, Heard, Parcel, Transport};
use crate::{
    protocol::{
        Cid, ClientFrame, CloseCode, Refusal, RefusalCode, RoomId, Seq, ServerFrame, Slug,
        limits::TYPING_EVERY,
    },
    server::{
        App,
        door::{Caller, too_fast},
        error::count_refusal,
        runtime,
    },
};
use serde::{Deserialize, de::IgnoredAny};
use std::{pin::pin, sync::LazyLock};

static PONG: LazyLock<Parcel> = LazyLock::new(|| Parcel::plain(&ServerFrame::Pong));

/// What a refusal answers.
#[derive(Clone, Copy, Default)]
struct Question {
    re: Option<u32>,
    cid: Option<Cid>,
}

impl<T: Transport> Connection<T> {
    pub(super) async fn hear(&mut self, heard: Heard) -> Result<(), End> {
        self.heard_at = runtime::now();
        match heard {
            Heard::Text(text) => {
                self.app.counters.frames_in.increment(1);
                match parse(&text) {
                    Ok((frame, question)) => self.take(frame, question).await,
                    Err(Some(question)) => {
                        if !self.count_frame(question).await? {
                            return Ok(());
                        }
                        let refusal = RefusalCode::UnknownFrame.into();
                        self.refuse(question, refusal).await
                    }
                    Err(None) => Err(End::Close(CloseCode::BadFrame)),
                }
            }
            Heard::Control if std::mem::take(&mut self.awaits_answer) => Ok(()),
            Heard::Control => self.count_frame(Question::default()).await.map(|_| ()),
            Heard::Ping(asked) => {
                if self.count_frame(Question::default()).await? {
                    self.pong(&asked).await?;
                }
                Ok(())
            }
            Heard::Closed(code) => Err(End::Closed(code)),
            Heard::Wrong(number, reason) => Err(End::Wrong(number, reason)),
            Heard::Gone => Err(End::Gone),
        }
    }

    /// Takes the one thing that most clients say most of the time, as ours says it. Whether it
    /// was that.
    pub(super) fn answer_sign_of_life(&mut self, heard: &Heard) -> bool {
        let is_ping = matches!(heard, Heard::Text(text) if text == r#"{"t":"ping"}"#);
        let now = runtime::now();
        if !is_ping
            || self
                .frames
                .take(self.app.config.limits.frames, now.into_std())
                .is_err()
        {
            return false;
        }
        self.heard_at = now;
        self.app.counters.frames_in.increment(1);
        self.attached.line.mailbox.take(&mut self.outgoing);
        self.outgoing.push_back(PONG.clone());
        true
    }

    async fn take(&mut self, frame: ClientFrame, question: Question) -> Result<(), End> {
        // What a person sends has a limit of its own, counted over all their sockets.
        let has_own_limit = action(&frame).is_some() && self.caller.me().is_some();
        if !has_own_limit && !self.count_frame(question).await? {
            return Ok(());
        }
        let done = match frame {
            ClientFrame::Hello { .. } => return Err(End::Close(CloseCode::BadFrame)),
            ClientFrame::Ping => Ok(Some(ServerFrame::Pong)),
            ClientFrame::CatchUp { room, last } => match self.app.readable(&self.caller, room) {
                Ok(_) => {
                    let line = &self.attached.line;
                    self.app.hub.follow(line, room, None);
                    self.is_behind = true;
                    self.replay(room, last, None).await?;
                    self.is_behind = false;
                    return Ok(());
                }
                Err(refusal) => Err(refusal),
            },
            ClientFrame::Send { room, .. }
            | ClientFrame::Edit { room, .. }
            | ClientFrame::Delete { room, .. }
            | ClientFrame::React { room, .. }
            | ClientFrame::Read { room, .. } => {
                if self.app.hub.is_large(room) {
                    let (app, caller) = (self.app.clone(), self.caller.clone());
                    let acting = async move { act(&app, &caller, frame).await };
                    self.meanwhile(acting).await?
                } else {
                    act(&self.app, &self.caller, frame).await
                }
            }
            ClientFrame::Open { re, room } => self.open(re, &room).await,
            ClientFrame::Older { re, room, before } => self.older(re, room, before).await,
            ClientFrame::Typing { room } => self.relay_typing(room).map(|()| None),
        };
        match done {
            // Read before what waits in the mailbox happened, and so told before it: what is
            // done to a message must not come before the message.
            Ok(Some(read @ (ServerFrame::Opened { .. } | ServerFrame::Page { .. }))) => {
                self.say(&read).await
            }
            Ok(Some(answer)) => self.answer(&answer).await,
            Ok(None) => Ok(()),
            Err(refusal) => self.refuse(question, refusal).await,
        }
    }

    /// Waits for something that the live feed need not wait for: whoever says something to many
    /// goes on hearing them. Among few the answer comes soon, and what is told until then goes
    /// out with it in one write.
    async fn meanwhile<O>(&mut self, something: impl Future<Output = O>) -> Result<O, End> {
        let mut something = pin!(something);
        let line = self.attached.line.clone();
        loop {
            // What the socket took half of goes out whole before the mailbox uses it again.
            let is_writing = !self.outgoing.is_empty();
            tokio::select! {
                biased;
                done = something.as_mut() => {
                    self.outgoing.extend(line.mailbox.hold());
                    return Ok(done);
                }
                written = self.write(), if is_writing => if let Err(end) = written {
                    // What was begun is done, even if nobody hears of it.
                    something.await;
                    return Err(end);
                },
                () = line.mailbox.filled(), if !is_writing => {
                    line.mailbox.take(&mut self.outgoing);
                    if line.mailbox.closed().is_some() {
                        return Ok(something.await);
                    }
                }
            }
        }
    }

    /// Follows the room before it reads the database, like a resume.
    async fn open(&mut self, re: u32, slug: &Slug) -> Result<Option<ServerFrame>, Refusal> {
        let room = self.app.readable_by_slug(&self.caller, slug.as_str())?.id;
        let line = self.attached.line.clone();
        self.app.hub.follow(&line, room, None);
        if self.caller.me().is_some() {
            self.app.enter(&self.caller, room).await?;
        }
        let online = self.app.hub.follow(&line, room, None);
        let snapshot = self.app.snapshot_with(&self.caller, room, None, online);
        let mut snapshot = Box::new(snapshot.await?);
        if snapshot.member {
            snapshot.online = self.app.hub.follow(&line, room, self.caller.me());
        }
        self.note_told(room, snapshot.head);
        Ok(Some(ServerFrame::Opened { re, snapshot }))
    }

    async fn older(
        &mut self,
        re: u32,
        room: RoomId,
        before: Seq,
    ) -> Result<Option<ServerFrame>, Refusal> {
        let page = self.app.page(&self.caller, room, Some(before)).await?;
        Ok(Some(ServerFrame::Page {
            re,
            room,
            people: page.people,
            before,
            events: page.events,
            older: page.older,
        }))
    }

    /// Relays that somebody is writing, half as often again as a client should say it: more
    /// than that is nobody's writing.
    fn relay_typing(&mut self, room: RoomId) -> Result<(), Refusal> {
        let user = self.caller.person()?.id;
        self.app.readable(&self.caller, room)?;
        let now = runtime::now();
        self.typing.retain(|(_, at)| *at + TYPING_EVERY / 2 > now);
        if self.typing.iter().all(|(other, _)| *other != room) {
            self.typing.push((room, now));
            self.app.hub.typing(room, user);
        }
        Ok(())
    }

    /// Whether a frame is not too fast; otherwise it is refused here.
    async fn count_frame(&mut self, question: Question) -> Result<bool, End> {
        let rate = self.app.config.limits.frames;
        match self.frames.take(rate, runtime::now().into_std()) {
            Ok(()) => Ok(true),
            Err(wait) => self.refuse(question, too_fast(wait)).await.map(|()| false),
        }
    }

    async fn refuse(&mut self, question: Question, refusal: Refusal) -> Result<(), End> {
        count_refusal(refusal.code);
        if refusal.code == RefusalCode::TooFast {
            let rate = self.app.config.limits.frames_refused;
            let now = runtime::now().into_std();
            if self.refusals.take(rate, now).is_err() {
                return Err(End::Close(CloseCode::Flooding));
            }
        }
        self.answer(&ServerFrame::Refused {
            re: question.re,
            cid: question.cid,
            refusal,
        })
        .await
    }
}

/// Does what is written down, and acknowledges it once it is on the disk. What somebody has read
/// needs no answer.
async fn act(
    app: &App,
    caller: &Caller,
    frame: ClientFrame,
) -> Result<Option<ServerFrame>, Refusal> {
    let (cid, room, sent) = match frame {
        ClientFrame::Send { cid, room, body } => {
            (cid, room, app.say(caller, room, cid, &body).await?)
        }
        ClientFrame::Edit {
            cid,
            room,
            of,
            body,
        } => (cid, room, app.edit(caller, room, cid, of, &body).await?),
        ClientFrame::Delete { cid, room, of } => {
            (cid, room, app.delete(caller, room, cid, of).await?)
        }
        ClientFrame::React {
            cid,
            room,
            of,
            emoji,
            on,
        } => {
            let reacted = app.react(caller, room, cid, of, &emoji, on);
            (cid, room, reacted.await?)
        }
        ClientFrame::Read { room, seq } => {
            return app.mark_read(caller, room, seq).await.map(|()| None);
        }
        _ => return Err(RefusalCode::UnknownFrame.into()),
    };
    Ok(Some(ServerFrame::Ack {
        cid,
        room,
        seq: sent.seq,
        at: sent.at,
    }))
}

/// The name of the action that a frame asks for, if it is one that is acknowledged.
fn action(frame: &ClientFrame) -> Option<Cid> {
    match frame {
        ClientFrame::Send { cid, .. }
        | ClientFrame::Edit { cid, .. }
        | ClientFrame::Delete { cid, .. }
        | ClientFrame::React { cid, .. } => Some(*cid),
        _ => None,
    }
}

/// Reads a frame. One that is not known, or has wrong fields, is refused by the question it
/// may still name; what is no JSON object at all is an error without one.
fn parse(text: &str) -> Result<(ClientFrame, Question), Option<Question>> {
    if let Ok(frame) = serde_json::from_str(text) {
        let question = match &frame {
            ClientFrame::Open { re, .. } | ClientFrame::Older { re, .. } => Question {
                re: Some(*re),
                cid: None,
            },
            other => Question {
                cid: action(other),
                re: None,
            },
        };
        return Ok((frame, question));
    }
    #[derive(Deserialize)]
    struct Asked {
        re: u32,
    }
    #[derive(Deserialize)]
    struct Named {
        cid: Cid,
    }
    // Whatever else is in it is passed over: half a letter, a number too large for any type.
    let is_object = text.trim_start().starts_with('{');
    if !is_object || serde_json::from_str::<IgnoredAny>(text).is_err() {
        return Err(None);
    }
    Err(Some(Question {
        re: serde_json::from_str(text).map(|Asked { re }| re).ok(),
        cid: serde_json::from_str(text).map(|Named { cid }| cid).ok(),
    }))
}
