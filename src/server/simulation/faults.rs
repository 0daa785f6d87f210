//! What can go wrong in a run, and how it comes to pass.

use super::world::World;
use std::{sync::atomic::Ordering, time::Duration};

/// A kind of misfortune.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A line is cut; both sides learn of it in time.
    Cut,
    /// A line swallows everything from now on, and nobody is told.
    BlackHole,
    /// A line stands still for a while in one direction.
    Stall,
    /// The server is killed and starts again.
    Crash,
    /// The server says goodbye, ends, and starts again.
    Restart,
    /// A backup is made.
    Backup,
    /// The last backup is put back, as another epoch.
    Restore,
    /// The next commit fails.
    CommitFails,
    /// For a while nothing can be added to a log.
    LogFull,
    /// The clock of the server jumps by up to a day.
    ClockJumps,
}

/// A line that stands still does so for at most this long: some longer than anybody waits.
const STALL: Duration = Duration::from_secs(45);
const DAY: usize = 24 * 60 * 60 * 1_000;

impl Fault {
    /// All of them with their weights.
    pub const ALL: [(usize, Self); 10] = [
        (10, Self::Cut),
        (6, Self::BlackHole),
        (6, Self::Stall),
        (4, Self::Crash),
        (1, Self::Restart),
        (4, Self::Backup),
        (3, Self::Restore),
        (4, Self::CommitFails),
        (3, Self::LogFull),
        (6, Self::ClockJumps),
    ];
}

impl World {
    pub(super) fn go_wrong(&mut self) {
        let Some(fault) = self.dice.weigh(&self.temper.kinds) else {
            return;
        };
        let open: Vec<_> = self
            .links
            .iter()
            .filter(|(_, link)| link.client_open && !link.black_hole)
            .map(|(number, _)| *number)
            .collect();
        let link = self.dice.pick(&open);
        self.trace(|| format!("FAULT {fault:?} (line {link:?})"));
        match fault {
            Fault::Cut => {
                if let Some(link) = link.and_then(|number| self.links.get(&number)) {
                    let [up, down] = link.on_the_way();
                    link.lose([self.dice.below(up + 1), self.dice.below(down + 1)]);
                    link.cut();
                }
            }
            Fault::BlackHole => {
                if let Some(link) = link.and_then(|number| self.links.get_mut(&number)) {
                    link.black_hole = true;
                }
            }
            Fault::Stall => {
                let until = self.now() + self.dice.time(STALL);
                let way = self.dice.below(2);
                if let Some(link) = link.and_then(|number| self.links.get_mut(&number)) {
                    link.stalled[way] = Some(until);
                }
            }
            Fault::Crash => self.crash(),
            Fault::Restart => self.restart(),
            Fault::Backup => self.back_up(),
            Fault::Restore => self.restore(),
            Fault::CommitFails => {
                if let Some(life) = &mut self.machine.life {
                    life.writer.fail_commit();
                }
            }
            Fault::LogFull => {
                if let Some(life) = &mut self.machine.life {
                    let full = self.dice.chance(500);
                    life.writer.set_log_full(full);
                }
            }
            Fault::ClockJumps => {
                let by = self.dice.below(2 * DAY);
                let by = i64::try_from(by).expect("two days") - i64::try_from(DAY).expect("a day");
                self.machine.clock_error.fetch_add(by, Ordering::Relaxed);
            }
        }
    }

    fn crash(&mut self) {
        self.machine.kill();
        self.after_death();
    }

    fn restart(&mut self) {
        let Some(life) = &self.machine.life else {
            return;
        };
        life.app.stop();
        // What was accepted is committed, however long the sockets take.
        for _ in 0..self.dice.below(40) {
            self.go_on_quietly();
        }
        if let Some(life) = &mut self.machine.life {
            while life.writer.can_step() {
                life.writer.step();
            }
        }
        self.history.learn(&self.machine.disk);
        self.machine.kill();
        self.after_death();
    }

    fn back_up(&mut self) {
        if !self.machine.is_in_transaction() {
            self.backup = Some((self.machine.backup(), self.history.acknowledged.clone()));
        }
    }

    fn restore(&mut self) {
        let Some((backup, acknowledged)) = &self.backup else {
            return;
        };
        self.machine.put_back(backup);
        // What was acknowledged since the backup is lost: that is what a backup is.
        self.history.acknowledged = acknowledged.clone();
        self.history.unconfirmed.clear();
        self.history.logs.clear();
        self.history.learn(&self.machine.disk);
        for link in self.links.values() {
            link.lose([0, 0]);
        }
        self.after_death();
    }

    fn after_death(&mut self) {
        self.history.check_told();
        self.history.confirm_all();
        for link in self.links.values() {
            link.cut();
        }
    }
}
