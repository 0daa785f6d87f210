//! Forms: everything that changes something and is not said over a socket. A browser
//! without script gets a redirect or the page again; a script that asks for JSON gets JSON.

mod amending;
mod answer;
pub mod joined;
mod reading;

use super::{
    App,
    address::Visit,
    door::Caller,
    error::{count_refusal, retry_after},
    fresh_cid,
    pages::Asked,
    security::Source,
    session,
};
use crate::protocol::{
    BootPage, Cid, Form, InvalidCid, Refusal, RefusalCode, RefusedForm, Room, Seq,
};
use answer::wants_json;
use axum::{
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use std::sync::Arc;

/// Where a form was posted.
enum Place {
    Room(String),
    /// A message in a room.
    Message(String, Seq),
    Rooms,
    Me,
}

/// A form as it came in.
struct Posted {
    form: Form,
    fields: Vec<(String, String)>,
    /// A message that is larger than [`crate::protocol::limits::FORM_BYTES`]: only its first
    /// fields are here, without the words.
    cut: bool,
}

/// What a form that was done leads to.
struct Done {
    /// Path of the next page.
    next: String,
    /// Where there is none, the caller's session is kept on.
    cookie: Option<HeaderValue>,
}

impl Done {
    fn to(path: &str) -> Self {
        Self {
            next: path.to_owned(),
            cookie: None,
        }
    }

    fn at(room: &Room) -> Self {
        Self::to(&address(room))
    }
}

/// `POST /r/{slug}`
pub async fn room(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    visit: Visit,
    request: Request,
) -> Response {
    app.take_form(Place::Room(slug), visit, request).await
}

/// `POST /r/{slug}/{seq}`
pub async fn message(
    State(app): State<Arc<App>>,
    Path((slug, seq)): Path<(String, Seq)>,
    visit: Visit,
    request: Request,
) -> Response {
    app.take_form(Place::Message(slug, seq), visit, request)
        .await
}

/// `POST /rooms`
pub async fn rooms(State(app): State<Arc<App>>, visit: Visit, request: Request) -> Response {
    app.take_form(Place::Rooms, visit, request).await
}

/// `POST /me`
pub async fn me(State(app): State<Arc<App>>, visit: Visit, request: Request) -> Response {
    app.take_form(Place::Me, visit, request).await
}

impl App {
    async fn take_form(&self, place: Place, visit: Visit, request: Request) -> Response {
        let (head, body) = request.into_parts();
        let json = wants_json(&head.headers);
        if !Source::of(&head.headers, &visit).may_post(&head.headers) {
            return answer::refused(RefusalCode::ForeignOrigin.into(), json);
        }
        if let Err(refusal) = self.count_request(visit.limit_key()) {
            return answer::refused(refusal, json);
        }
        let posted = match self.read_form(&place, body).await {
            Ok(posted) => posted,
            Err(refused) => return refused.answer(json),
        };
        let mut caller = match self.caller(&head.headers, &visit).await {
            Ok(caller) => caller,
            Err(refusal) if json => return answer::refused(refusal, json),
            Err(refusal) => {
                let nobody = Caller::nobody(visit.limit_key());
                let asked = Asked::new(nobody, head.uri, &head.headers, visit.https);
                return self.show_failed(&asked, &refusal);
            }
        };
        let result = self
            .do_form(&place, &posted, &mut caller, &visit, json)
            .await;
        let too_large = posted.cut && is_too_long(&result);
        let mut response = match result {
            Ok(mut done) => {
                if done.cookie.is_none() && caller.me().is_some() {
                    done.cookie = session::keep_on(&head.headers, visit.https);
                }
                return answer::done(done, &caller, json);
            }
            Err(refusal) if json => answer::refused(refusal, json),
            Err(refusal) => {
                count_refusal(refusal.code);
                let asked = Asked::new(caller, head.uri, &head.headers, visit.https);
                self.show_again(place, &asked, posted, refusal).await
            }
        };
        if too_large {
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        }
        response
    }

    async fn do_form(
        &self,
        place: &Place,
        posted: &Posted,
        caller: &mut Caller,
        visit: &Visit,
        json: bool,
    ) -> Result<Done, Refusal> {
        let field = |name: &str| field(&posted.fields, name);
        let room = || match place {
            Place::Room(slug) | Place::Message(slug, _) => self.readable_by_slug(caller, slug),
            Place::Rooms | Place::Me => Err(RefusalCode::NoSuchRoom.into()),
        };
        match posted.form {
            Form::Join => {
                let room = room()?;
                let cid = cid(field("cid"))?;
                let Some(token) = self.join(caller, field("name"), cid).await? else {
                    self.become_member(caller, room.id).await?;
                    return Ok(Done::at(&room));
                };
                // The name is theirs from here on, whatever becomes of the room.
                if let Err(refusal) = self.enter_first(caller, room.id).await {
                    tracing::warn!(code = ?refusal.code, "joined without entering");
                }
                Ok(Done {
                    cookie: Some(session::keep(&token, visit.https)),
                    ..Done::at(&room)
                })
            }
            Form::Send => {
                let room = room()?;
                // Without one it is no browser: nothing there would send the same again.
                let cid = cid(field("cid"))?.unwrap_or_else(fresh_cid);
                if posted.cut {
                    caller.person()?;
                    return Err(RefusalCode::MessageTooLong.into());
                }
                self.say(caller, room.id, cid, field("body")).await?;
                // Who posts without a script has read the room to its end: no script will tell.
                // What they said is kept, whatever becomes of this.
                if !json && let Err(refusal) = self.mark_read(caller, room.id, Seq(u64::MAX)).await
                {
                    tracing::warn!(code = ?refusal.code, "said without having read");
                }
                Ok(Done::at(&room))
            }
            Form::Edit | Form::Delete | Form::React => {
                let Place::Message(_, of) = place else {
                    return Err(RefusalCode::UnknownForm.into());
                };
                self.amend(caller, &room()?, *of, posted).await
            }
            Form::Topic => {
                let room = room()?;
                self.set_topic(caller, room.id, field("topic")).await?;
                Ok(Done::at(&room))
            }
            Form::Leave => {
                let room = room()?;
                self.leave(caller, room.id).await?;
                Ok(Done::to("/rooms"))
            }
            Form::Create => {
                let room = self
                    .create_room(caller, field("name"), field("topic"))
                    .await?;
                Ok(Done::at(&room))
            }
            Form::Rename => {
                let forget = !field("forget_email").is_empty();
                self.rename(caller, field("name"), field("email"), forget)
                    .await?;
                Ok(Done::to("/me"))
            }
            Form::SignOut => {
                self.sign_out(caller).await?;
                Ok(Done {
                    cookie: Some(session::forget(visit.https)),
                    ..Done::to("/")
                })
            }
        }
    }

    async fn show_again(
        &self,
        place: Place,
        asked: &Asked,
        posted: Posted,
        refusal: Refusal,
    ) -> Response {
        let retry = retry_after(&refusal);
        let page = match &place {
            Place::Room(slug) => match self.readable_by_slug(&asked.caller, slug) {
                Ok(room) => Err(room),
                Err(_) => Ok(BootPage::NotFound),
            },
            Place::Message(..) => Ok(BootPage::NotFound),
            Place::Rooms => Ok(BootPage::Rooms),
            Place::Me => Ok(BootPage::Me),
        };
        let refused = Some(RefusedForm {
            form: posted.form,
            refusal,
            fields: posted.fields,
        });
        let mut response = match (place, page) {
            (Place::Message(slug, seq), _) => self.show_message(asked, &slug, seq, refused).await,
            (_, Ok(page)) => self.show(asked, page, refused).await,
            (_, Err(room)) => self.show_room(asked, room, refused).await,
        };
        response
            .headers_mut()
            .extend(retry.map(|retry| (header::RETRY_AFTER, retry)));
        response
    }
}

/// What was filled into a field; empty if nothing was.
fn field<'f>(fields: &'f [(String, String)], name: &str) -> &'f str {
    let found = fields.iter().find(|(field, _)| field == name);
    found.map_or("", |(_, typed)| typed)
}

/// The name of an action; nothing where the form has none.
fn cid(typed: &str) -> Result<Option<Cid>, RefusalCode> {
    let cid = (!typed.is_empty()).then(|| typed.parse());
    cid.transpose()
        .map_err(|InvalidCid| RefusalCode::UnknownForm)
}

fn is_too_long(result: &Result<Done, Refusal>) -> bool {
    result
        .as_ref()
        .is_err_and(|refusal| refusal.code == RefusalCode::MessageTooLong)
}

/// The path of a room's page.
pub(super) fn address(room: &Room) -> String {
    format!("/r/{}", percent_encoded(room.slug.as_str()))
}

/// A slug as it stands in a URL: letters beyond ASCII as the bytes of their UTF-8.
fn percent_encoded(slug: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    slug.bytes()
        .map(|byte| match plain(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_of_every_script_fit_into_a_header() {
        assert_eq!(percent_encoded("book-club-2"), "book-club-2");
        assert_eq!(percent_encoded("\u{E9}t\u{E9}"), "%C3%A9t%C3%A9");
    }
}
