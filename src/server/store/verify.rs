//! Looks at a database without touching it, also while a server runs on it, and names what
//! is wrong.

mod checks;

use super::{OpenError, database, migrate};
use checks::CHECKS;
use rusqlite::{Connection, ErrorCode};
use std::{fmt, path::Path, path::PathBuf};

/// Wrong things that a check names one by one; more are counted.
const NAMED: usize = 20;

/// What was seen in a database, all at one moment.
#[derive(Debug)]
pub struct Report {
    /// The file.
    pub file: PathBuf,
    /// The version of the database.
    pub version: u32,
    /// How much there is of what; what could not be counted is left out.
    pub counted: Vec<(&'static str, i64)>,
    /// The checks in their order.
    pub checked: Vec<Checked>,
}

/// A check, and what it found.
#[derive(Debug)]
pub struct Checked {
    /// What should be so.
    pub what: &'static str,
    /// What is not so.
    pub wrong: Wrong,
}

/// Wrong things, each named with where it is.
#[derive(Debug, Default)]
pub struct Wrong {
    /// The first of them.
    pub named: Vec<String>,
    /// How many there are.
    pub count: usize,
}

impl Wrong {
    fn add(&mut self, what: impl Into<String>) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(what.into());
        }
    }
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.wrong() == 0
    }

    fn wrong(&self) -> usize {
        self.checked.iter().map(|check| check.wrong.count).sum()
    }
}

/// Checks the database of a data folder.
///
/// # Errors
/// [`OpenError`] if there is nothing that could be looked at.
pub fn verify(folder: &Path) -> Result<Report, OpenError> {
    verify_file(&folder.join(database::FILE))
}

/// Checks a database that is one file, such as a backup.
///
/// # Errors
/// As [`verify`].
pub fn verify_file(file: &Path) -> Result<Report, OpenError> {
    let (db, version) = open(file)?;
    // One moment for all checks, whatever a server writes meanwhile.
    let moment = db
        .unchecked_transaction()
        .map_err(|error| database::told(file, error))?;
    Ok(Report {
        file: file.to_owned(),
        version,
        counted: counted(&moment),
        checked: CHECKS
            .iter()
            .filter(|check| check.since <= version)
            .map(|check| {
                let mut wrong = Wrong::default();
                if let Err(error) = (check.look)(&moment, &mut wrong) {
                    wrong.add(format!("this could not be looked at: {error}"));
                }
                Checked {
                    what: check.what,
                    wrong,
                }
            })
            .collect(),
    })
}

/// Opens a database of ours for reading only. Returns its version, too.
pub(super) fn open(file: &Path) -> Result<(Connection, u32), OpenError> {
    let missing = || OpenError::Missing {
        path: file.to_owned(),
    };
    // Nor is there one in a pipe, which nobody may ever write to.
    if !(file.is_file() || file.is_dir()) {
        return Err(missing());
    }
    let (db, version) = match opened(file, |file| database::reader(file, None)) {
        // Where nothing can be written, SQLite cannot even read without being told that
        // nobody else writes; a log would belong to it, and could not be read.
        Err(OpenError::Database { source, .. })
            if source.sqlite_error_code() == Some(ErrorCode::CannotOpen) && !has_log(file) =>
        {
            opened(file, database::still)?
        }
        other => other?,
    };
    if version == 0 {
        return Err(missing());
    }
    Ok((db, version))
}

fn opened(
    file: &Path,
    how: impl FnOnce(&Path) -> Result<Connection, OpenError>,
) -> Result<(Connection, u32), OpenError> {
    let db = how(file)?;
    let version = migrate::version(&db, file)?;
    Ok((db, version))
}

fn has_log(file: &Path) -> bool {
    let mut log = file.as_os_str().to_owned();
    log.push("-wal");
    Path::new(&log).exists()
}

fn counted(db: &Connection) -> Vec<(&'static str, i64)> {
    let tables = [
        ("room", "rooms", "SELECT count(*) FROM rooms"),
        ("event", "events", "SELECT count(*) FROM events"),
        ("person", "people", "SELECT count(*) FROM users"),
        ("session", "sessions", "SELECT count(*) FROM sessions"),
    ];
    // What cannot be counted, a check cannot read either, and says so.
    tables
        .into_iter()
        .filter_map(|(one, many, sql)| {
            let count = db.query_row(sql, [], |row| row.get(0)).ok()?;
            Some((if count == 1 { one } else { many }, count))
        })
        .collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}, version {}: {}",
            self.file.display(),
            self.version,
            Amounts(&self.counted)
        )?;
        for check in &self.checked {
            let count = check.wrong.count;
            let mark = if count == 0 { "ok   " } else { "WRONG" };
            writeln!(f, "  {mark}  {}", check.what)?;
            for wrong in &check.wrong.named {
                writeln!(f, "           {wrong}")?;
            }
            if let more @ 1.. = count - check.wrong.named.len() {
                writeln!(f, "           and {more} more")?;
            }
        }
        match self.wrong() {
            0 => write!(f, "Nothing is wrong."),
            1 => write!(f, "One thing is wrong."),
            many => write!(f, "{many} things are wrong."),
        }
    }
}

/// "3 rooms, 1 event", as one says it.
pub struct Amounts<'a>(pub &'a [(&'static str, i64)]);

impl fmt::Display for Amounts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (what, count)) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(f, "{comma}{count} {what}")?;
        }
        Ok(())
    }
}
