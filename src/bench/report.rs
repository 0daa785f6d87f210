//! What came out: a table for people, and JSON for whoever keeps figures.

use super::{cores, length::is_smoke};
use serde::Serialize;
use serde_json::json;

/// All figures of one run.
pub struct Report {
    machine: String,
    rows: Vec<Rounds>,
}

/// What was measured more than once: the middle one counts.
#[derive(Serialize)]
struct Rounds {
    #[serde(flatten)]
    middle: Row,
    least: f64,
    most: f64,
    #[serde(skip)]
    all: Vec<Row>,
}

/// One figure.
#[derive(Clone, Serialize)]
pub struct Row {
    /// Its name in docs/PERFORMANCE.md.
    pub id: &'static str,
    pub what: String,
    pub figure: f64,
    /// What it must not pass; below zero, what it must reach.
    pub bound: Option<f64>,
    pub note: String,
}

impl Report {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            machine: machine(),
            rows: Vec::new(),
        }
    }

    /// Whether nothing was measured.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Takes one in, and tells it at once: the whole takes minutes.
    pub fn add(&mut self, row: Row) {
        eprintln!(
            "  {} {}: {:.3} ({})",
            row.id, row.what, row.figure, row.note
        );
        let is_same = |one: &&mut Rounds| (one.middle.id, &one.middle.what) == (row.id, &row.what);
        match self.rows.iter_mut().find(is_same) {
            Some(rounds) => rounds.add(row),
            None => self.rows.push(Rounds {
                middle: row.clone(),
                least: row.figure,
                most: row.figure,
                all: vec![row],
            }),
        }
    }

    /// A table on the standard output, and JSON where `HUBBUB_BENCH_JSON` says.
    pub fn print(&self) {
        println!("{}", self.machine);
        if is_smoke() {
            println!("A smoke run: these figures mean nothing.");
        }
        println!("| | what | figure | rounds | bound | | |\n|---|---|---|---|---|---|---|");
        for rounds in &self.rows {
            let row = &rounds.middle;
            let bound = match row.bound {
                Some(bound) if bound < 0.0 => format!(">= {}", -bound),
                Some(bound) => format!("<= {bound}"),
                None => String::new(),
            };
            let met = if row.is_met() { "" } else { "**not met**" };
            let spread = match rounds.all.len() {
                1 => String::new(),
                _ => format!("{:.2} to {:.2}", rounds.least, rounds.most),
            };
            println!(
                "| {} | {} | {:.2} | {spread} | {bound} | {met} | {} |",
                row.id, row.what, row.figure, row.note
            );
        }
        if let Some(file) = std::env::var_os("HUBBUB_BENCH_JSON") {
            let all = json!({ "machine": self.machine, "rows": self.rows });
            std::fs::write(file, all.to_string()).unwrap();
        }
    }
}

impl Rounds {
    fn add(&mut self, row: Row) {
        self.all.push(row);
        self.all
            .sort_by(|one, other| one.figure.total_cmp(&other.figure));
        let figure = |at: usize| self.all[at].figure;
        (self.least, self.most) = (figure(0), figure(self.all.len() - 1));
        self.middle = self.all[self.all.len() / 2].clone();
    }
}

impl Row {
    fn is_met(&self) -> bool {
        match self.bound {
            Some(bound) if bound < 0.0 => self.figure >= -bound,
            Some(bound) => self.figure <= bound,
            None => true,
        }
    }
}

fn machine() -> String {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    let cpus = read("/proc/cpuinfo");
    let model = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |model| {
        model.trim_start_matches(['\t', ' ', ':'])
    });
    let kernel = read("/proc/sys/kernel/osrelease");
    format!(
        "{} cores of {model}, Linux {}",
        cores::count(),
        kernel.trim()
    )
}
