//! The forms on the page of a message.

use super::{Done, Posted, address, cid, field};
use crate::{
    protocol::{Form, Refusal, RefusalCode, Room, Seq},
    server::{App, door::Caller, fresh_cid},
};

impl App {
    /// Edits, deletes or reacts; leads back into the room where the message can be seen there.
    pub(super) async fn amend(
        &self,
        caller: &Caller,
        room: &Room,
        of: Seq,
        posted: &Posted,
    ) -> Result<Done, Refusal> {
        let field = |name: &str| field(&posted.fields, name);
        // Without one it is no browser, or a reaction, which may be put there twice.
        let cid = cid(field("cid"))?.unwrap_or_else(fresh_cid);
        match posted.form {
            Form::Edit if posted.cut => {
                caller.person()?;
                return Err(RefusalCode::MessageTooLong.into());
            }
            Form::Edit => self.edit(caller, room.id, cid, of, field("body")).await?,
            Form::Delete => self.delete(caller, room.id, cid, of).await?,
            _ => {
                // Buttons: each names its emoji and what pressing it does.
                let (put, take) = (field("put"), field("take"));
                let (emoji, on) = if put.is_empty() {
                    (take, false)
                } else {
                    (put, true)
                };
                self.react(caller, room.id, cid, of, emoji, on).await?
            }
        };
        let further_up = self.store.page_behind(room.id, of).await?.is_some();
        let room = address(room);
        Ok(Done::to(&if further_up {
            format!("{room}/{}", of.0)
        } else {
            format!("{room}#m{}", of.0)
        }))
    }
}
