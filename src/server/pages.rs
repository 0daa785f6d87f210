//! Pages: loads what a first render needs, and renders it.

use super::{
    App,
    address::Visit,
    door::Caller,
    error, forms, fresh_cid, now,
    security::{nonce, page_policy},
    session,
};
use crate::{
    app,
    protocol::{
        Boot, BootPage, Form, Millis, Refusal, RefusalCode, RefusedForm, Room, RoomSummary, Seq,
    },
};
use axum::{
    extract::{FromRequest, FromRequestParts, Path, Query, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use futures_util::FutureExt;
use std::{
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

/// What a restarting server says: complete in itself, because nothing else may answer.
const RESTARTING: &str = include_str!("../../public/restarting.html");
const RESTARTING_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

/// Whose page it is: the id of a person, 0 for a visitor. By it the browser's service worker
/// knows when the pages that it keeps are somebody else's.
const PERSON: HeaderName = HeaderName::from_static("hubbub-person");

/// How long whoever has many pages on their way should wait for the next one.
const UNREAD_FOR: Duration = Duration::from_secs(5);
const UNREAD: &str =
    "Many pages are on their way to your network and not read yet. Please try again.";

/// Minutes between UTC and the place furthest from it.
const FURTHEST_ZONE: i32 = 14 * 60;

/// Who asks, from where, and for which address: what every page is made for.
pub struct Asked {
    /// Who.
    pub caller: Caller,
    /// Path and query.
    pub url: Uri,
    /// From the cookie `tz`.
    pub tz: i32,
    /// Lets the browser keep the caller's session for another while. It goes with every
    /// page, and not only when the use of the session is written down: a tab left open does
    /// that by its socket, mostly just before a page is asked for.
    cookie: Option<HeaderValue>,
}

impl Asked {
    /// Reads the request.
    #[must_use]
    pub fn new(caller: Caller, url: Uri, headers: &HeaderMap, https: bool) -> Self {
        let minutes = session::cookie(headers, "tz").and_then(|minutes| minutes.parse().ok());
        let tz = minutes.filter(|minutes: &i32| minutes.abs() <= FURTHEST_ZONE);
        let known = caller.me().is_some();
        let cookie = known.then(|| session::keep_on(headers, https)).flatten();
        Self {
            caller,
            url,
            tz: tz.unwrap_or(0),
            cookie,
        }
    }

    fn query(&self) -> RoomQuery {
        let query = Query::<RoomQuery>::try_from_uri(&self.url);
        query.map(|Query(query)| query).unwrap_or_default()
    }

    /// To the address of a page that is meant by another one, for good and with the query.
    fn redirect(&self, path: &str) -> Response {
        let query = self.url.query().map(|query| format!("?{query}"));
        Redirect::permanent(&format!("{path}{}", query.unwrap_or_default())).into_response()
    }
}

impl FromRequestParts<Arc<App>> for Asked {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let Ok(visit) = Visit::from_request_parts(parts, app).await;
        // Told in plain words: a page is what there were too many of.
        app.count_request(visit.limit_key())
            .map_err(|refusal| error::refused(&refusal))?;
        let (url, headers) = (parts.uri.clone(), &parts.headers);
        match app.caller(headers, &visit).await {
            Ok(caller) => Ok(Self::new(caller, url, headers, visit.https)),
            Err(refusal) => {
                let nobody = Caller::nobody(visit.limit_key());
                let asked = Self::new(nobody, url, headers, visit.https);
                Err(app.show_failed(&asked, &refusal))
            }
        }
    }
}

/// `GET /`
pub async fn home() -> Redirect {
    Redirect::to("/r/general")
}

/// The query of a room's page.
#[derive(Debug, Default, serde::Deserialize)]
struct RoomQuery {
    before: Option<Seq>,
    after: Option<Seq>,
}

/// `GET /r/{slug}`, and `?before=` or `?after=` for a page of the past.
pub async fn room(State(app): State<Arc<App>>, Path(slug): Path<String>, asked: Asked) -> Response {
    match app.readable_by_slug(&asked.caller, &slug) {
        Ok(room) => app.show_room(&asked, room, None).await,
        Err(_) => match app.room_meant(&asked, &slug) {
            Some(path) => asked.redirect(&path),
            None => app.show(&asked, BootPage::NotFound, None).await,
        },
    }
}

/// `GET /r/{slug}/`
pub async fn room_slash(
    State(app): State<Arc<App>>,
    Path(slug): Path<String>,
    asked: Asked,
) -> Response {
    match app.room_meant(&asked, &slug) {
        Some(path) => asked.redirect(&path),
        None => app.show(&asked, BootPage::NotFound, None).await,
    }
}

/// `GET /r/{slug}/{seq}`
pub async fn message(
    State(app): State<Arc<App>>,
    Path((slug, seq)): Path<(String, Seq)>,
    asked: Asked,
) -> Response {
    app.show_message(&asked, &slug, seq, None).await
}

/// `GET /rooms/` and `GET /me/`
pub async fn slash(asked: Asked) -> Response {
    asked.redirect(asked.url.path().trim_end_matches('/'))
}

/// `GET /rooms`
pub async fn rooms(State(app): State<Arc<App>>, asked: Asked) -> Response {
    app.show(&asked, BootPage::Rooms, None).await
}

/// `GET /me`
pub async fn me(State(app): State<Arc<App>>, asked: Asked) -> Response {
    app.show(&asked, BootPage::Me, None).await
}

/// Whatever else is asked for: a file of the site, or nothing.
pub async fn other(State(app): State<Arc<App>>, request: Request) -> Response {
    let site = app.library.site();
    if let Some(file) = site.answer(request.uri().path(), request.headers()) {
        return file;
    }
    match Asked::from_request(request, &app).await {
        Ok(asked) => app.show(&asked, BootPage::NotFound, None).await,
        Err(response) => response,
    }
}

/// Answers for a server that goes away or broke down on the way.
pub async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if app.is_stopping() && request.uri().path() != "/healthz" {
        return restarting();
    }
    let url = request.uri().clone();
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answer.unwrap_or_else(|_| {
        tracing::error!("a request was answered by a panic");
        let refusal = RefusalCode::Internal.into();
        let nobody = Caller::nobody(IpAddr::from([0; 4]));
        let asked = Asked::new(nobody, url, &HeaderMap::new(), false);
        catch_unwind(AssertUnwindSafe(|| app.show_failed(&asked, &refusal)))
            .unwrap_or_else(|_| super::error::refused(&refusal))
    })
}

impl App {
    /// Shows a room: its newest page, or the one of the past that was asked for.
    pub async fn show_room(
        &self,
        asked: &Asked,
        room: Room,
        refused: Option<RefusedForm>,
    ) -> Response {
        let RoomQuery { before, after } = asked.query();
        let before = match after {
            Some(after) => match self.store.page_behind(room.id, after).await {
                Ok(before) => before,
                Err(error) => return self.show_failed(asked, &error.into()),
            },
            None => before,
        };
        let started = Instant::now();
        match self.view(&asked.caller, room.id, before).await {
            Ok((snapshot, rooms)) => {
                let snapshot = Box::new(snapshot);
                let page = BootPage::Room { snapshot, before };
                self.show_with(asked, rooms, page, refused, started)
            }
            Err(refusal) => self.show_failed(asked, &refusal),
        }
    }

    /// Shows one message by itself, with what can be done to it. This page never comes alive.
    pub async fn show_message(
        &self,
        asked: &Asked,
        slug: &str,
        seq: Seq,
        refused: Option<RefusedForm>,
    ) -> Response {
        let Ok(room) = self.readable_by_slug(&asked.caller, slug) else {
            return self.show(asked, BootPage::NotFound, None).await;
        };
        let (stored, versions) = match self.message(&asked.caller, room.id, seq).await {
            Ok(found) => found,
            Err(refusal) if refusal.code == RefusalCode::NoSuchMessage => {
                return self.show(asked, BootPage::NotFound, None).await;
            }
            Err(refusal) => return self.show_failed(asked, &refusal),
        };
        let refused_for = refused.as_ref().map(|refused| refused.refusal.code);
        let status = refused_for.map_or(StatusCode::OK, super::error::status);
        let sheet = app::Sheet {
            room,
            event: stored.event,
            people: stored.people,
            earlier: versions.into_iter().map(|one| (one.at, one.text)).collect(),
            cids: [(); 2].map(|()| fresh_cid()),
        };
        let boot = Boot {
            refused,
            ..self.empty_boot(asked)
        };
        let html = self.prepared.still(boot, sheet, self.library.site().urls());
        self.answer(asked, status, &nonce(), html)
    }

    /// The path of the room that somebody means who wrote its address by hand, with capitals
    /// or a slash behind it; nothing if there is none.
    fn room_meant(&self, asked: &Asked, slug: &str) -> Option<String> {
        let slug = slug.to_lowercase();
        let room = self.readable_by_slug(&asked.caller, &slug).ok()?;
        Some(forms::address(&room))
    }

    /// Shows a page.
    pub async fn show(
        &self,
        asked: &Asked,
        page: BootPage,
        refused: Option<RefusedForm>,
    ) -> Response {
        let started = Instant::now();
        let me = asked.caller.me().map(|me| me.id);
        match self.store.rooms(me).await {
            Ok(rooms) => self.show_with(asked, rooms, page, refused, started),
            Err(error) => self.show_failed(asked, &error.into()),
        }
    }

    fn show_with(
        &self,
        asked: &Asked,
        rooms: Vec<RoomSummary>,
        page: BootPage,
        refused: Option<RefusedForm>,
        started: Instant,
    ) -> Response {
        let refused_for = refused.as_ref().map(|refused| refused.refusal.code);
        let status = match (&page, refused_for) {
            (_, Some(code)) => super::error::status(code),
            (BootPage::NotFound, None) => StatusCode::NOT_FOUND,
            (BootPage::Failed, None) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::OK,
        };
        let mut boot = Boot {
            rooms,
            page,
            ..self.empty_boot(asked)
        };
        // What became of a refused message or name may be unknown: sent again, it is the same
        // one. But a name of a message, which others may have read, is none for a join.
        let kind = if boot.me.is_some() {
            Form::Send
        } else {
            Form::Join
        };
        if let Some(refused) = &refused
            && refused.form == kind
            && refused.refusal.code != RefusalCode::CidReused
        {
            boot.cid = refused.field("cid").parse().unwrap_or(boot.cid);
        }
        boot.refused = refused;
        let response = self.render(asked, status, boot);
        self.counters.page_seconds.record(started.elapsed());
        response
    }

    /// Shows that something failed inside, or that the server has too much to do.
    pub fn show_failed(&self, asked: &Asked, refusal: &Refusal) -> Response {
        if refusal.code == RefusalCode::Busy {
            return restarting();
        }
        let boot = Boot {
            page: BootPage::Failed,
            ..self.empty_boot(asked)
        };
        self.render(asked, super::error::status(refusal.code), boot)
    }

    fn empty_boot(&self, asked: &Asked) -> Boot {
        Boot {
            place: self.config.name.clone(),
            epoch: self.store.epoch(),
            me: asked.caller.me().cloned(),
            tz: asked.tz,
            now: to_the_minute(now()),
            gravatar: self.config.gravatar,
            rooms: Vec::new(),
            page: BootPage::Failed,
            cid: fresh_cid(),
            refused: None,
        }
    }

    fn render(&self, asked: &Asked, status: StatusCode, boot: Boot) -> Response {
        let nonce = nonce();
        let assets = self.library.site().urls();
        let html = self.prepared.page(boot, assets, &nonce);
        self.answer(asked, status, &nonce, html)
    }

    /// Answers with a document whose scripts carry this nonce.
    fn answer(&self, asked: &Asked, status: StatusCode, nonce: &str, html: String) -> Response {
        let policy = page_policy(self, nonce);
        let person = asked.caller.me().map_or(0, |me| me.id.0);
        let headers = [
            (header::CONTENT_SECURITY_POLICY, policy),
            (PERSON, HeaderValue::from(person)),
        ];
        let Ok(html) = self.unread.at(asked.caller.address()).answer(html) else {
            let refusal = Refusal::retry_after(RefusalCode::TooFast, UNREAD_FOR);
            let message = UNREAD.to_owned();
            return super::error::refused(&Refusal { message, ..refusal });
        };
        let html = Html(Bytes::from_owner(html));
        let mut response = (status, headers, html).into_response();
        let cookie = asked.cookie.clone();
        let cookie = cookie.map(|cookie| (header::SET_COOKIE, cookie));
        response.headers_mut().extend(cookie);
        response
    }
}

/// As exactly as anybody is told which day it is: what is rendered within a minute is the same.
fn to_the_minute(now: Millis) -> Millis {
    Millis(now.0 - now.0.rem_euclid(60_000))
}

/// The page of a server that is not there at the moment.
#[must_use]
pub fn restarting() -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, RESTARTING_POLICY),
        (header::RETRY_AFTER, "5"),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, Html(RESTARTING)).into_response()
}
