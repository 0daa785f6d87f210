//! Messages as they were rendered before: most of a page is what the page before it was, for
//! whoever asked. On the server only.

use super::{Chat, RoomState};
use crate::{
    protocol::{Person, What},
    timeline::{Row, is_message},
};
use leptos::{prelude::*, tachys::html::InertElement};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// So many bytes of messages are kept, and of what they were made from.
const BYTES: usize = 16 * 1024 * 1024;

/// The HTML of messages, by everything that it was made from: what is not the same in any
/// part of that is another message. Shared by all pages.
#[derive(Clone, Default)]
pub struct Prepared(Arc<Mutex<Kept>>);

/// What was used lately, and what was used before that: what is used moves up, and what is
/// not goes in the end.
#[derive(Default)]
struct Kept {
    new: HashMap<Vec<u8>, Arc<str>>,
    old: HashMap<Vec<u8>, Arc<str>>,
    /// Of the new ones.
    bytes: usize,
}

impl Prepared {
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
        let html = prepared.find(&key).unwrap_or_else(|| {
            let html: Arc<str> = render().to_html().into();
            prepared.keep(key, html.clone());
            html
        });
        InertElement::new(html.to_string()).into_any()
    }

    fn find(&self, key: &[u8]) -> Option<Arc<str>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(html) = kept.new.get(key) {
            return Some(html.clone());
        }
        let (key, html) = kept.old.remove_entry(key)?;
        kept.keep(key, html.clone());
        Some(html)
    }

    fn keep(&self, key: Vec<u8>, html: Arc<str>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.keep(key, html);
    }
}

impl Kept {
    fn keep(&mut self, key: Vec<u8>, html: Arc<str>) {
        let bytes = key.len() + html.len();
        if self.bytes + bytes > BYTES / 2 {
            self.old = std::mem::take(&mut self.new);
            self.bytes = 0;
        }
        self.bytes += bytes;
        self.new.insert(key, html);
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
    use crate::{
        app::{Assets, shell},
        protocol::{
            Boot, BootPage, Cid, Emoji, Epoch, Event, Message, Millis, Name, Online, Reaction,
            Room, RoomId, RoomName, RoomSnapshot, Seq, Slug, Topic, UserId,
        },
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

    fn render(boot: Boot, prepared: Option<&Prepared>) -> String {
        let assets = Assets {
            css: String::new(),
            js: String::new(),
            wasm: String::new(),
            kept: Vec::new(),
        };
        let owner = Owner::new_root(None);
        let html = owner.with(|| {
            if let Some(prepared) = prepared {
                provide_context(prepared.clone());
            }
            shell(boot, assets, String::new()).to_html()
        });
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
        let prepared = Prepared::default();
        for _ in 0..2 {
            for page in &pages {
                assert_eq!(
                    render(page.clone(), Some(&prepared)),
                    render(page.clone(), None)
                );
            }
        }
        let kept = prepared.0.lock().unwrap();
        assert!(kept.new.len() > 10, "{} messages", kept.new.len());
    }

    #[test]
    fn what_is_not_used_goes_before_there_is_too_much() {
        let prepared = Prepared::default();
        let html: Arc<str> = "x".repeat(BYTES / 20).into();
        for number in 0..100_u8 {
            prepared.keep(vec![number], html.clone());
            assert!(prepared.find(&[0]).is_some(), "what is used stays");
            let kept = prepared.0.lock().unwrap();
            let all = kept.new.values().chain(kept.old.values());
            assert!(all.map(|html| html.len()).sum::<usize>() <= BYTES);
        }
        assert!(prepared.find(&[1]).is_none());
    }
}
