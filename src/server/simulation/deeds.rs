//! What people do in a run.

use super::{
    history::Said,
    machine::Form,
    tab::{Question, Tab},
    world::{GENERAL, World},
};
use crate::{
    protocol::{ClientFrame, Emoji, RoomId, Seq},
    server::runtime,
    timeline::{Deed, is_message},
};

/// Something that somebody does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Say,
    Edit,
    Delete,
    React,
    Open,
    Older,
    Read,
    Type,
    CatchUp,
    Leave,
    Rename,
    Topic,
    Retry,
    Reload,
}

const DEEDS: [(usize, Act); 14] = [
    (36, Act::Say),
    (8, Act::Edit),
    (4, Act::Delete),
    (8, Act::React),
    (10, Act::Open),
    (3, Act::Older),
    (6, Act::Read),
    (3, Act::Type),
    (2, Act::CatchUp),
    (3, Act::Leave),
    (2, Act::Rename),
    (2, Act::Topic),
    (4, Act::Retry),
    (1, Act::Reload),
];

impl World {
    pub(super) fn do_something(&mut self) {
        let tab = self.dice.below(self.tabs.len());
        let Some(deed) = self.dice.weigh(&DEEDS) else {
            return;
        };
        let open: Vec<_> = self.tabs[tab].views.keys().copied().collect();
        let room = self.dice.pick(&open).unwrap_or(GENERAL);
        self.trace(|| format!("tab {tab}: {deed:?} {room:?}"));
        self.carry_out(tab, deed, room);
        self.speak(tab);
    }

    fn carry_out(&mut self, number: usize, deed: Act, room: RoomId) {
        let tab = &mut self.tabs[number];
        let human = &self.humans[tab.human];
        match deed {
            Act::Say => {
                let words = tab.fresh_words();
                self.act(number, room, Deed::Say(words));
            }
            Act::Edit => {
                let words = tab.fresh_words();
                let mine = own_messages(tab, room);
                if let Some(of) = self.dice.pick(&mine) {
                    self.act(number, room, Deed::Edit(of, words));
                }
            }
            Act::Delete => {
                let mine = own_messages(tab, room);
                if let Some(of) = self.dice.pick(&mine) {
                    self.act(number, room, Deed::Delete(of));
                }
            }
            Act::React => {
                let (view, on) = (tab.views.get(&room), self.dice.chance(700));
                let events = view.map_or(&[][..], |view| view.timeline.events());
                let messages: Vec<_> = events.iter().filter(|event| is_message(event)).collect();
                let emoji = self.dice.pick(&EMOJI).map(Emoji::known);
                if let (Some(event), Some(emoji)) = (self.dice.pick(&messages), emoji) {
                    let of = event.seq;
                    self.act(number, room, Deed::React(of, emoji, on));
                }
            }
            Act::Open => {
                let rooms: Vec<_> = tab.list.values().collect();
                if let Some(room) = self.dice.pick(&rooms) {
                    let slug = room.slug.clone();
                    tab.ask(Question::Open(slug));
                }
            }
            Act::Older => {
                let view = tab.views.get(&room);
                if view.is_some_and(|view| view.timeline.has_older()) {
                    tab.ask(Question::Older(room));
                }
            }
            Act::Read => {
                if let Some(view) = tab.views.get(&room).filter(|view| view.member) {
                    let seq = view.timeline.last();
                    tab.say(ClientFrame::Read { room, seq });
                }
            }
            Act::Type => {
                tab.say(ClientFrame::Typing { room });
            }
            Act::CatchUp => {
                if let Some(view) = tab.views.get(&room) {
                    let back = self.dice.below(4) as u64;
                    let last = Seq(view.timeline.last().0.saturating_sub(back));
                    tab.catch_up(room, last);
                }
            }
            Act::Leave => self.machine.post(human, Form::Leave(room)),
            Act::Rename => {
                self.names += 1;
                let name = format!("Name {}", self.names);
                self.machine.post(human, Form::Rename(name));
            }
            Act::Topic => {
                let topic = format!("Topic {}", self.dice.below(4));
                self.machine.post(human, Form::Topic(room, topic));
            }
            Act::Retry => tab.retry_all(),
            Act::Reload => {
                let pending = tab.views.values().map(|view| view.timeline.pending().len());
                if pending.sum::<usize>() == 0 {
                    let link = tab.link;
                    tab.reload(runtime::now());
                    if let Some(link) = link.and_then(|number| self.links.get_mut(&number)) {
                        link.end_client();
                    }
                }
            }
        }
    }

    fn act(&mut self, number: usize, room: RoomId, deed: Deed) {
        let tab = &mut self.tabs[number];
        let by = self.humans[tab.human].person.id;
        if let Some((cid, count)) = tab.act(room, deed.clone()) {
            let said = Said {
                tab: number,
                by,
                room,
                number: count,
                deed,
            };
            self.history.said.insert(cid, said);
        }
    }
}

const EMOJI: [&str; 3] = ["👍", "🎉", "🤖"];

/// The newest messages of this tab's person.
fn own_messages(tab: &Tab, room: RoomId) -> Vec<Seq> {
    let events = tab.views.get(&room).map(|view| view.timeline.events());
    let newest = events.unwrap_or_default().iter().rev();
    newest
        .filter(|event| is_message(event) && Some(event.by) == tab.me)
        .take(5)
        .map(|event| event.seq)
        .collect()
}
