//! What people do in a run.

use super::{
    machine::Form,
    tab::Question,
    world::{GENERAL, World},
};
use crate::{
    protocol::{ClientFrame, RoomId, Seq},
    server::runtime,
};

/// Something that somebody does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Say,
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

const DEEDS: [(usize, Deed); 11] = [
    (40, Deed::Say),
    (10, Deed::Open),
    (3, Deed::Older),
    (6, Deed::Read),
    (3, Deed::Type),
    (2, Deed::CatchUp),
    (3, Deed::Leave),
    (2, Deed::Rename),
    (2, Deed::Topic),
    (4, Deed::Retry),
    (1, Deed::Reload),
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

    fn carry_out(&mut self, number: usize, deed: Deed, room: RoomId) {
        let tab = &mut self.tabs[number];
        let human = &self.humans[tab.human];
        match deed {
            Deed::Say => {
                if let Some((cid, number, text)) = tab.send(room) {
                    let said = super::history::Said {
                        tab: tab.number,
                        by: human.person.id,
                        room,
                        number,
                        text,
                    };
                    self.history.said.insert(cid, said);
                }
            }
            Deed::Open => {
                let rooms: Vec<_> = tab.list.values().collect();
                if let Some(room) = self.dice.pick(&rooms) {
                    let slug = room.slug.clone();
                    tab.ask(Question::Open(slug));
                }
            }
            Deed::Older => {
                let view = tab.views.get(&room);
                if view.is_some_and(|view| view.timeline.has_older()) {
                    tab.ask(Question::Older(room));
                }
            }
            Deed::Read => {
                if let Some(view) = tab.views.get(&room).filter(|view| view.member) {
                    let seq = view.timeline.last();
                    tab.say(ClientFrame::Read { room, seq });
                }
            }
            Deed::Type => {
                tab.say(ClientFrame::Typing { room });
            }
            Deed::CatchUp => {
                if let Some(view) = tab.views.get(&room) {
                    let back = self.dice.below(4) as u64;
                    let last = Seq(view.timeline.last().0.saturating_sub(back));
                    tab.catch_up(room, last);
                }
            }
            Deed::Leave => self.machine.post(human, Form::Leave(room)),
            Deed::Rename => {
                self.names += 1;
                let name = format!("Name {}", self.names);
                self.machine.post(human, Form::Rename(name));
            }
            Deed::Topic => {
                let topic = format!("Topic {}", self.dice.below(4));
                self.machine.post(human, Form::Topic(room, topic));
            }
            Deed::Retry => tab.retry_all(),
            Deed::Reload => {
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
}
