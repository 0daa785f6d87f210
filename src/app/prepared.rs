//! What was rendered before: most pages are what a page before them was, for whoever asked,
//! and most of the others are. On the server only.

mod holes;
mod kept;

use super::{Assets, Chat, RoomState, Sheet, shell, still};
use crate::{
    protocol::{Boot, Person, What},
    timeline::{Row, is_message},
};
use holes::{Document, Holes};
use kept::Kept;
use leptos::{prelude::*, tachys::html::InertElement};
use std::sync::Arc;

/// So many bytes of messages are kept, and of what they were made from.
const ROWS: usize = 16 * 1024 * 1024;
/// The same of documents.
const DOCUMENTS: usize = 16 * 1024 * 1024;

/// The HTML of documents and of messages, by everything that it was made from: what is not
/// the same in any part of that is another one. Nothing of one viewer can reach another: who
/// asks is a part of it.
#[derive(Clone)]
pub struct Prepared(Arc<Shelves>);

struct Shelves {
    documents: Kept<Document>,
    rows: Kept<str>,
    holes: Holes,
}

impl Prepared {
    /// Nothing yet. The numbers are random.
    #[must_use]
    pub fn new(secrets: [[u8; 16]; 2]) -> Self {
        Self(Arc::new(Shelves {
            documents: Kept::new(DOCUMENTS),
            rows: Kept::new(ROWS),
            holes: Holes::new(secrets),
        }))
    }

    /// A page as a document. `nonce` is that of its Content-Security-Policy, in letters that
    /// mean nothing in HTML.
    #[must_use]
    pub fn page(&self, mut boot: Boot, assets: Assets, nonce: &str) -> String {
        // What was refused concerns one request.
        if boot.refused.is_some() {
            return self.render(|| shell(boot, assets, nonce.to_owned()));
        }
        let Shelves {
            documents, holes, ..
        } = &*self.0;
        let cid = std::mem::replace(&mut boot.cid, holes.cid);
        let key = serde_json::to_vec(&(&boot, &assets)).expect("Boot has string keys only");
        let document = documents.find(&key).unwrap_or_else(|| {
            let html = self.render(|| shell(boot, assets, holes.nonce.clone()));
            let document = Arc::new(holes.cut(&html));
            documents.keep(key, document.clone(), document.bytes());
            document
        });
        document.fill(cid, nonce)
    }

    /// Forgets everything. Nothing of it would be shown where it should not; but words that
    /// were deleted are to be nowhere.
    pub fn forget(&self) {
        self.0.documents.forget();
        self.0.rows.forget();
    }

    /// The document of one message, which never comes alive.
    #[must_use]
    pub fn still(&self, boot: Boot, sheet: Sheet, assets: Assets) -> String {
        self.render(|| still(boot, sheet, assets))
    }

    fn render<V: IntoView>(&self, view: impl FnOnce() -> V) -> String {
        let owner = Owner::new_root(None);
        let html = owner.with(|| {
            provide_context(self.clone());
            view().into_view().to_html()
        });
        owner.unset_with_forced_cleanup();
        html
    }

    /// A row as it was rendered before, or rendered now and kept.
    pub(super) fn row(
        chat: Chat,
        state: RoomState,
        row: &Row,
        render: impl FnOnce() -> AnyView,
    ) -> AnyView {
        let (Some(prepared), Some(key)) = (use_context::<Self>(), key(chat, state, row)) else {
            return render();
        };
        let rows = &prepared.0.rows;
        let html = rows.find(&key).unwrap_or_else(|| {
            let html: Arc<str> = render().to_html().into();
            rows.keep(key, html.clone(), html.len());
            html
        });
        InertElement::new(html.to_string()).into_any()
    }
}

/// Everything that a message on the page is made from (`components::message`): the event in
/// its newest form, the room's address, the time zone, whether it opens a group, the looks of
/// its author, the names of those who reacted, and what of it is this person's own. Nothing
/// for rows that are rendered each time.
fn key(chat: Chat, state: RoomState, row: &Row) -> Option<Vec<u8>> {
    let Row::Message { event, opens } = row else {
        return None;
    };
    let me = chat.me.with(|me| me.as_ref().map(|me| me.id));
    let shown = state
        .timeline
        .with(|timeline| timeline.shown(event.seq, me))?;
    let What::Message(message) = &shown.event.what else {
        return None;
    };
    if shown.state != crate::timeline::State::Kept || state.acting.with(Option::is_some) {
        return None;
    }
    let own = |users: &[_]| me.is_some_and(|me| users.contains(&me));
    let person = |id| -> Option<Person> { Some(chat.person(id)?.get()) };
    let reactors: Vec<_> = message
        .reactions
        .iter()
        .map(|one| {
            let names = one.listed().iter().map(|id| Some(person(*id)?.name));
            (own(&one.by), names.collect::<Vec<_>>())
        })
        .collect();
    let viewer = (
        me.is_some(),
        is_message(&shown.event) && own(&[shown.event.by]),
    );
    let offset = chat.clock.with(|clock| clock.offset(event.at));
    let all = (
        state.room.with(|room| room.slug.clone()),
        (opens, offset, viewer),
        person(event.by),
        &shown.event,
        reactors,
    );
    serde_json::to_vec(&all).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{
        BootPage, Cid, Emoji, Epoch, Event, Message, Millis, Name, Online, Reaction, Room, RoomId,
        RoomName, RoomSnapshot, Seq, Slug, Topic, UserId,
    };

    const ADA: UserId = UserId(1);
    const BO: UserId = UserId(2);

    fn person(id: UserId, name: &str) -> Person {
        Person {
            id,
            name: Name::parse(name).unwrap(),
            gravatar: None,
        }
    }

    /// A page with messages of two people, for one of them or for a visitor.
    fn boot(me: Option<UserId>, names: [&str; 2], change: impl Fn(&mut [Message])) -> Boot {
        let people: Vec<_> = [ADA, BO].into_iter().zip(names).collect();
        let people: Vec<_> = people.iter().map(|(id, name)| person(*id, name)).collect();
        let mut messages: Vec<_> = ["one *bold*", "two", "`three`"]
            .iter()
            .zip(1..)
            .map(|(text, number)| Message::new(Cid([number; 16]), (*text).to_owned()))
            .collect();
        change(&mut messages);
        let event = |(message, seq): (Message, u64)| Event {
            seq: Seq(seq),
            at: Millis(1_000_000 * i64::try_from(seq).unwrap()),
            by: if seq == 2 { BO } else { ADA },
            what: What::Message(message),
        };
        let snapshot = RoomSnapshot {
            room: Room {
                id: RoomId(1),
                slug: Slug::parse("general").unwrap(),
                name: RoomName::parse("General").unwrap(),
                topic: Topic::parse("").unwrap(),
            },
            head: Seq(3),
            people: people.clone(),
            events: messages.into_iter().zip(1..).map(event).collect(),
            older: false,
            online: Online::default(),
            read: Seq(3),
            member: me.is_some(),
        };
        Boot {
            place: "Hubbub".to_owned(),
            epoch: Epoch("epoch".to_owned()),
            me: people.into_iter().find(|person| Some(person.id) == me),
            tz: 0,
            now: Millis(5_000_000),
            gravatar: false,
            rooms: Vec::new(),
            page: BootPage::Room {
                snapshot: Box::new(snapshot),
                before: None,
            },
            cid: Cid([9; 16]),
            refused: None,
        }
    }

    fn assets() -> Assets {
        Assets {
            css: String::new(),
            js: String::new(),
            wasm: String::new(),
            kept: Vec::new(),
        }
    }

    fn nothing_yet() -> Prepared {
        Prepared::new([[0xa1; 16], [0xa2; 16]])
    }

    /// As if nothing had been rendered before.
    fn anew(boot: Boot) -> String {
        let owner = Owner::new_root(None);
        let html = owner.with(|| shell(boot, assets(), "nonce".to_owned()).to_html());
        owner.unset_with_forced_cleanup();
        html
    }

    fn react(messages: &mut [Message], by: Vec<UserId>) {
        messages[0].reactions.push(Reaction {
            emoji: Emoji::known("\u{1F44D}"),
            count: u32::try_from(by.len()).unwrap(),
            by,
        });
    }

    /// Whatever differs between two pages that share messages, each is as if it were the
    /// first: nothing of another viewer, another time zone or another state comes through.
    #[test]
    fn a_prepared_page_is_the_page_itself() {
        let names = ["Ada", "Bo"];
        let none = |_: &mut [Message]| {};
        let mut pages = vec![
            boot(None, names, none),
            boot(Some(ADA), names, none),
            boot(Some(BO), names, none),
            boot(Some(BO), ["Ada", "Robert"], none),
            boot(None, ["<b>Ada</b>", "Bo"], none),
            boot(Some(ADA), names, |all| react(all, vec![BO])),
            boot(Some(BO), names, |all| react(all, vec![BO])),
            boot(Some(BO), names, |all| react(all, vec![BO, ADA])),
            boot(Some(BO), ["Ada", "Robert"], |all| react(all, vec![BO, ADA])),
            boot(Some(ADA), names, |all| all[0].deleted = true),
            boot(Some(ADA), names, |all| {
                all[0].edited = Some(Millis(4_000_000))
            }),
            boot(Some(ADA), names, |all| {
                "another".clone_into(&mut all[0].text)
            }),
        ];
        let mut abroad = boot(Some(ADA), names, none);
        abroad.tz = 90;
        pages.push(abroad);
        let mut crowd = boot(Some(ADA), names, none);
        let BootPage::Room { snapshot, .. } = &mut crowd.page else {
            unreachable!()
        };
        snapshot.online.people = vec![person(BO, "Bo")];
        pages.push(crowd);
        let prepared = nothing_yet();
        for round in 1..=2 {
            for page in &mut pages {
                page.cid = Cid([round; 16]);
                let html = prepared.page(page.clone(), assets(), "nonce");
                assert_eq!(html, anew(page.clone()));
                // Its messages, by those of the others.
                let html = prepared.render(|| shell(page.clone(), assets(), "nonce".to_owned()));
                assert_eq!(html, anew(page.clone()));
            }
        }
    }

    #[test]
    fn what_is_new_on_each_page_is_not_kept() {
        let prepared = nothing_yet();
        let mut boot = boot(Some(ADA), ["Ada", "Bo"], |_| {});
        let first = prepared.page(boot.clone(), assets(), "first");
        boot.cid = Cid([8; 16]);
        let second = prepared.page(boot.clone(), assets(), "second");
        let cid = boot.cid.to_string();
        assert!(first.contains("nonce=\"first\"") && !first.contains(&cid));
        assert!(second.contains("nonce=\"second\"") && second.contains(&cid));
    }
}
