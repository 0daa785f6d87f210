//! What a host asks of the executable beside serving. Answers go to standard output, reasons
//! why not to standard error.

use super::{
    config::Command,
    store::{self, Amounts, Checked, CopyError, OpenError, Report, Restored, Wrong},
};
use std::{path::Path, process::ExitCode};

/// Something is wrong, or was not done.
const WRONG: u8 = 1;
/// There was nothing that could be looked at.
const NOTHING_SEEN: u8 = 2;

/// Does it. The code is 0 if all is well.
#[must_use]
pub fn run(command: &Command, data: &Path) -> ExitCode {
    match command {
        Command::Verify { file } => verify(data, file.as_deref()),
        Command::Backup { file } => backup(data, file),
        Command::Restore { file, replace } => restore(data, file, *replace),
    }
}

fn verify(data: &Path, file: Option<&Path>) -> ExitCode {
    let looked = file.map_or_else(|| store::verify(data), store::verify_file);
    match looked {
        Ok(report) => {
            println!("{report}");
            code(report.is_sound())
        }
        Err(error) => {
            eprintln!("hubbub: {error}");
            let damaged = matches!(error, OpenError::Damaged { .. });
            ExitCode::from(if damaged { WRONG } else { NOTHING_SEEN })
        }
    }
}

fn backup(data: &Path, file: &Path) -> ExitCode {
    told(store::backup(data, file), |report| {
        println!(
            "{} holds everything that was acknowledged before: {}",
            report.file.display(),
            Amounts(&report.counted)
        );
        warn(&report);
        code(report.is_sound())
    })
}

fn restore(data: &Path, file: &Path, replace: bool) -> ExitCode {
    told(
        store::restore(data, file, replace),
        |Restored { report, before }| {
            println!(
                "{} holds what was in {}: {}",
                report.file.display(),
                file.display(),
                Amounts(&report.counted)
            );
            if let Some(before) = before {
                println!("The database before it is kept as {}", before.display());
            }
            ExitCode::SUCCESS
        },
    )
}

/// A backup of what is wrong is still a backup, but nobody should find out too late.
fn warn(report: &Report) {
    let wrong = |check: &&Checked| check.wrong.count > 0;
    for Checked { what, wrong } in report.checked.iter().filter(wrong) {
        let Wrong { named, count } = wrong;
        eprintln!("hubbub: wrong in the database, and so in the backup ({count}): {what}");
        for one in named {
            eprintln!("    {one}");
        }
    }
}

fn told<T>(done: Result<T, CopyError>, tell: impl FnOnce(T) -> ExitCode) -> ExitCode {
    match done {
        Ok(done) => tell(done),
        Err(error) => {
            eprintln!("hubbub: {error}");
            ExitCode::from(WRONG)
        }
    }
}

fn code(well: bool) -> ExitCode {
    if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(WRONG)
    }
}
