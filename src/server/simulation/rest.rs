//! Rest at the end of a run: everything is mended, and everybody gets what they want.

use super::{network::Link, tab::Tab, world::World};
use crate::server::runtime::simulated;

impl World {
    pub(super) fn mend(&mut self) {
        self.trace(|| "everything is mended".to_owned());
        if self.machine.life.is_none() {
            self.boot();
        }
        for link in self.links.values_mut() {
            link.stalled = [None; 2];
        }
    }

    /// What could not be mended while a transaction was open, and what people decide.
    pub(super) fn clear_up(&mut self) {
        if let Some(life) = &mut self.machine.life {
            life.writer.set_log_full(false);
            if !life.writer.is_log_full() {
                self.tabs.iter_mut().for_each(Tab::retry_all);
                (0..self.tabs.len()).for_each(|tab| self.speak(tab));
            }
        }
    }

    /// Everybody has what they want; only hearts beat.
    pub(super) fn is_content(&self) -> bool {
        self.tabs.iter().all(Tab::is_content) && !self.links.values().any(Link::is_half_open)
    }

    pub(super) fn is_quiet(&mut self) -> bool {
        let now = self.now();
        simulated::ready().is_empty()
            && simulated::jobs() == 0
            && self
                .links
                .values()
                .all(|link| link.ways(now).next().is_none())
            && self
                .machine
                .life
                .as_mut()
                .is_some_and(|life| !life.writer.can_step() && !life.writer.can_tell())
    }

    pub(super) fn unrest(&self) -> String {
        let restless: Vec<_> = self
            .tabs
            .iter()
            .filter(|tab| !tab.is_content())
            .map(|tab| {
                let pending: Vec<_> = tab
                    .views
                    .values()
                    .flat_map(|view| view.timeline.pending())
                    .collect();
                format!(
                    "tab {}, live: {}, pending: {pending:?}",
                    tab.number, tab.live
                )
            })
            .collect();
        let half_open = self.links.values().filter(|link| link.is_half_open());
        format!("{restless:?}, {} half-open lines", half_open.count())
    }
}
