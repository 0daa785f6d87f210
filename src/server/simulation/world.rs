//! A run: everything there is, and the choice of what happens next.

use super::{
    dice::Dice,
    hearing::Ears,
    history::History,
    machine::{Human, Machine},
    network::{Down, Link, Way},
    tab::Tab,
    temper::Temper,
};
use crate::{
    planted::{Mistake, planted},
    protocol::{Cid, RoomId, Seq},
    server::{
        runtime::{self, simulated},
        store::simulated::Disk,
    },
};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::Instant;

/// Where everything begins.
pub(super) const GENERAL: RoomId = RoomId(1);
/// Mending everything never takes longer than this, however bad it was.
const MENDED_WITHIN: Duration = Duration::from_secs(600);
/// Presence has come to rest after this.
const AT_REST: Duration = Duration::from_secs(8);
/// Nothing here takes more steps than this to be mended.
const MENDING_STEPS: usize = 200_000;

/// Where what was acknowledged must be found.
pub(super) type Acknowledged = BTreeMap<Cid, (RoomId, Seq)>;

pub(super) struct World {
    pub dice: Dice,
    pub temper: Temper,
    pub machine: Machine,
    pub humans: Vec<Human>,
    pub tabs: Vec<Tab>,
    pub links: BTreeMap<usize, Link>,
    pub history: History,
    pub backup: Option<(Disk, Acknowledged)>,
    pub names: usize,
    links_made: usize,
    begun: Instant,
    story: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug)]
enum Choice {
    Task,
    Writer,
    Herald,
    Read,
    Network,
    Connect,
    Deed,
    Boot,
    Time,
}

impl World {
    /// Everything at its beginning. With `telling`, it notes what happens.
    pub fn new(seed: u64, telling: bool) -> Self {
        let mut dice = Dice::new(seed);
        let temper = Temper::of(&mut dice);
        let history = History::default();
        let machine = Machine::new(temper.queue_frames, history.told.clone());
        let mut world = Self {
            dice,
            machine,
            humans: Vec::new(),
            tabs: Vec::new(),
            links: BTreeMap::new(),
            history,
            backup: None,
            names: 0,
            links_made: 0,
            begun: runtime::now(),
            story: telling.then(Vec::new),
            temper,
        };
        world.trace(|| format!("seed {seed}"));
        world.populate();
        world
    }

    fn populate(&mut self) {
        self.machine.start();
        for number in 0..self.temper.people {
            let human = self.machine.join(&format!("Somebody {number}"));
            self.humans.push(human);
        }
        let maker = self.humans[0].clone();
        for number in 0..self.temper.rooms {
            self.machine.make_room(&maker, &format!("Room {number}"));
        }
        for number in 0..self.temper.old_messages {
            self.machine.say_before(&maker, GENERAL, number as u64);
        }
        self.history.learn(&self.machine.disk);
        self.history.check_told();
        let now = self.now();
        for number in 0..self.temper.people * self.temper.tabs {
            let human = number % self.temper.people;
            self.tabs.push(Tab::new(number, human, now));
        }
    }

    pub fn now(&self) -> Instant {
        runtime::now()
    }

    /// Notes what happens, if somebody wants to read it.
    pub fn trace(&mut self, what: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            let since = (runtime::now() - self.begun).as_millis();
            story.push(format!("{since:>8} ms  {}", what()));
        }
    }

    /// What happened, if it was noted.
    pub fn story(&mut self) -> Vec<String> {
        self.story.take().unwrap_or_default()
    }

    /// Lets things happen, then mends everything and waits until all is quiet.
    ///
    /// # Errors
    /// What was wrong.
    pub fn live(&mut self) -> Result<(), String> {
        for _ in 0..self.temper.steps {
            if self.dice.chance(self.temper.faults) {
                self.go_wrong();
            }
            self.step(true);
            self.wrong()?;
        }
        self.mend();
        let deadline = self.now() + MENDED_WITHIN;
        let mut content_since = None;
        for _ in 0..MENDING_STEPS {
            if !self.is_content() {
                content_since = None;
            } else if self.is_quiet()
                && self.now() - *content_since.get_or_insert(self.now()) >= AT_REST
            {
                self.check_all();
                return self.wrong();
            }
            if self.now() > deadline {
                break;
            }
            self.clear_up();
            self.step(false);
            self.wrong()?;
        }
        Err(format!("it never comes to rest: {}", self.unrest()))
    }

    fn wrong(&mut self) -> Result<(), String> {
        self.history.violation.take().map_or(Ok(()), Err)
    }

    /// The one next thing. With `deeds`, people do something too.
    fn step(&mut self, deeds: bool) {
        let now = self.now();
        let temper = &self.temper;
        let in_transaction = self.machine.is_in_transaction();
        let ready = simulated::ready();
        let life = self.machine.life.as_mut();
        let alive = life.is_some();
        let herald = life.as_ref().is_some_and(|life| life.writer.can_tell());
        let writer = life.is_some_and(|life| life.writer.can_step());
        let ways: Vec<_> = self
            .links
            .iter()
            .flat_map(|(number, link)| link.ways(now).map(|way| (*number, way)))
            .collect();
        let connecting: Vec<_> = self
            .tabs
            .iter()
            .filter(|tab| tab.wants_to_connect(now))
            .map(|tab| tab.number)
            .collect();
        let weight = |when: bool, weight: usize| if when { weight } else { 0 };
        let reads = simulated::jobs() > 0 && !in_transaction;
        let busy = writer
            || herald
            || reads
            || !ready.is_empty()
            || !ways.is_empty()
            || !connecting.is_empty();
        let choices = [
            (weight(!ready.is_empty(), temper.tasks), Choice::Task),
            (weight(writer, temper.writer), Choice::Writer),
            (weight(herald, temper.writer), Choice::Herald),
            (weight(reads, temper.reads), Choice::Read),
            (weight(!ways.is_empty(), temper.network), Choice::Network),
            (weight(!connecting.is_empty(), 4), Choice::Connect),
            (weight(deeds, temper.deeds), Choice::Deed),
            (weight(!alive, 2), Choice::Boot),
            (weight(deeds || !busy, temper.time), Choice::Time),
        ];
        match self.dice.weigh(&choices) {
            Some(Choice::Task) => {
                if let Some(task) = self.dice.pick(&ready) {
                    self.trace(|| format!("task {task}"));
                    simulated::go_on(task);
                }
            }
            Some(Choice::Writer) => self.write(),
            Some(Choice::Herald) => self.tell(),
            Some(Choice::Read) => {
                let job = self.dice.below(simulated::jobs());
                self.trace(|| format!("read {job}"));
                simulated::do_job(job);
            }
            Some(Choice::Network) => {
                if let Some((number, way)) = self.dice.pick(&ways) {
                    self.bring(number, way);
                }
            }
            Some(Choice::Connect) => {
                if let Some(tab) = self.dice.pick(&connecting) {
                    self.connect(tab);
                }
            }
            Some(Choice::Deed) => self.do_something(),
            Some(Choice::Boot) => self.boot(),
            Some(Choice::Time) | None => self.let_time_pass(busy),
        }
    }

    /// The same without people and time: while the server shuts down.
    pub(super) fn go_on_quietly(&mut self) {
        if let Some(task) = self.dice.pick(&simulated::ready()) {
            simulated::go_on(task);
        } else if simulated::jobs() > 0 && !self.machine.is_in_transaction() {
            simulated::do_job(0);
        }
    }

    pub(super) fn boot(&mut self) {
        self.trace(|| "the server starts".to_owned());
        self.machine.start();
    }

    fn write(&mut self) {
        let Some(life) = &mut self.machine.life else {
            return;
        };
        let told = life.writer.step();
        self.trace(|| format!("writer: {told}"));
        let in_transaction = self.machine.is_in_transaction();
        if !in_transaction {
            self.history.learn(&self.machine.disk);
            self.history.confirm_all();
        }
        self.history.check_told();
    }

    fn tell(&mut self) {
        let Some(life) = &mut self.machine.life else {
            return;
        };
        let told = life.writer.tell();
        self.trace(|| format!("herald: {told}"));
        self.history.check_told();
    }

    fn bring(&mut self, number: usize, way: Way) {
        let Some(link) = self.links.get(&number) else {
            return;
        };
        let tab = link.tab;
        match way {
            Way::Up => {
                self.trace(|| format!("line {number} brings something up"));
                link_mut(&mut self.links, number).bring_up();
            }
            Way::Down => {
                let down = link.bring_down();
                self.trace(|| format!("tab {tab} hears {down:?}"));
                self.hear(number, tab, &down);
            }
        }
        if self.links.get(&number).is_some_and(Link::is_over) {
            self.links.remove(&number);
        }
    }

    fn hear(&mut self, number: usize, tab: usize, down: &Down) {
        let now = self.now();
        let in_transaction = self.machine.is_in_transaction();
        let closed = match down {
            Down::Text(text) => {
                let mut ears = Ears {
                    history: &mut self.history,
                    now,
                    in_transaction,
                };
                self.tabs[tab].hear(text, &mut ears);
                self.speak(tab);
                return;
            }
            Down::Ping => {
                link_mut(&mut self.links, number).pong();
                return;
            }
            Down::Close(code) => Some(*code),
            Down::End => None,
        };
        link_mut(&mut self.links, number).end_client();
        self.lose(tab, closed);
        if let Some(wrong @ (4004 | 4005 | 4007)) = closed {
            self.history
                .violate(format!("tab {tab} was closed with {wrong}"));
        }
    }

    fn lose(&mut self, tab: usize, closed: Option<u16>) {
        if planted(Mistake::FreshCid) {
            for (old, new) in self.tabs[tab].rename_in_flight() {
                if let Some(said) = self.history.said.get(&old).cloned() {
                    self.history.said.insert(new, said);
                }
            }
        }
        let now = self.now();
        self.tabs[tab].lost(closed, now, &mut self.dice);
    }

    /// Puts what a tab wants to say on the line.
    pub(super) fn speak(&mut self, tab: usize) {
        let out = std::mem::take(&mut self.tabs[tab].out);
        let Some(number) = self.tabs[tab].link else {
            return;
        };
        for frame in out {
            self.trace(|| format!("tab {tab} says {frame:?}"));
            link_mut(&mut self.links, number).say(&frame);
        }
    }

    fn connect(&mut self, tab: usize) {
        let now = self.now();
        if self.machine.life.is_none() {
            self.tabs[tab].not_connected(now, &mut self.dice);
            return;
        }
        self.links_made += 1;
        let number = self.links_made;
        self.trace(|| format!("tab {tab} connects by line {number}"));
        let (link, socket) = Link::new(tab, self.temper.window);
        self.links.insert(number, link);
        let heads = self.history.heads();
        self.tabs[tab].connected(number, heads, now);
        let human = self.humans[self.tabs[tab].human].clone();
        self.machine.accept(&human, socket);
        self.speak(tab);
    }

    /// Up to the next thing that is due, or, while there is work, often much less: a
    /// server needs milliseconds, and patience is counted in seconds.
    fn let_time_pass(&mut self, busy: bool) {
        let now = self.now();
        let stalls = self.links.values().flat_map(|link| link.stalled).flatten();
        let next = self
            .tabs
            .iter()
            .filter_map(Tab::next_timer)
            .chain(stalls)
            .chain(simulated::next_timer())
            .filter(|due| *due > now)
            .min();
        let until = next.map_or(Duration::from_millis(1), |due| due - now);
        let most = if busy {
            let steps = [(6, 20), (3, 400), (1, 60_000)];
            let millis = self.dice.weigh(&steps).unwrap_or(20);
            self.dice.time(Duration::from_millis(millis))
        } else {
            until
        };
        simulated::pass(until.min(most));
        for tab in 0..self.tabs.len() {
            let now = self.now();
            if self.tabs[tab].beat(now) {
                self.trace(|| format!("tab {tab} gives its line up"));
                if let Some(number) = self.tabs[tab].link {
                    link_mut(&mut self.links, number).end_client();
                }
                self.lose(tab, None);
            }
            self.speak(tab);
        }
    }
}

fn link_mut(links: &mut BTreeMap<usize, Link>, number: usize) -> &mut Link {
    links
        .get_mut(&number)
        .expect("lines stay until both sides are over")
}
