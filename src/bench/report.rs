//! What came out: a table for people, and JSON for whoever keeps figures.

use super::{cores, length::is_smoke};
use serde::Serialize;
use serde_json::json;

/// All figures of one run.
pub struct Report {
    machine: String,
    rows: Vec<Row>,
}

/// One figure.
#[derive(Serialize)]
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
        self.rows.push(row);
    }

    /// A table on the standard output, and JSON where `HUBBUB_BENCH_JSON` says.
    pub fn print(&self) {
        println!("{}", self.machine);
        if is_smoke() {
            println!("A smoke run: these figures mean nothing.");
        }
        println!("| | what | figure | bound | | |\n|---|---|---|---|---|---|");
        for row in &self.rows {
            let bound = match row.bound {
                Some(bound) if bound < 0.0 => format!(">= {}", -bound),
                Some(bound) => format!("<= {bound}"),
                None => String::new(),
            };
            let met = if row.is_met() { "" } else { "**not met**" };
            println!(
                "| {} | {} | {:.2} | {bound} | {met} | {} |",
                row.id, row.what, row.figure, row.note
            );
        }
        if let Some(file) = std::env::var_os("HUBBUB_BENCH_JSON") {
            let all = json!({ "machine": self.machine, "rows": self.rows });
            std::fs::write(file, all.to_string()).unwrap();
        }
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
