//! A browser: what it costs somebody to open a page and to use it. Playwright looks, and this
//! brings the place and those who talk.

use super::{
    super::{
        child::Child,
        cores,
        ground::Ground,
        guest::Guest,
        length::is_smoke,
        report::{Report, Row},
    },
    talkers,
};
use serde_json::Value;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{task::JoinSet, time::MissedTickBehavior};

/// Messages in the short room, in the long one, and where people talk.
const MESSAGES: [usize; 3] = [50, 10_000, 50];
/// Who talks, once a second each.
const TALKERS: usize = 50;
/// Of the room where they do.
const BUSY: (&str, u64) = ("room-2", 4);

pub fn measure(report: &mut Report) {
    // The tests have a browser of their own to look at everything.
    if is_smoke() {
        return;
    }
    let ground = Ground::with_histories(TALKERS + 2, &MESSAGES);
    let child = Child::hubbub(ground.folder);
    // The first of all said what is there.
    let [_, viewer, talkers @ ..] = ground.cookies.as_slice() else {
        unreachable!()
    };
    let results = TempDir::new().unwrap();
    let look = |of: &[&str]| look(child.addr, viewer, results.path(), of);
    cores::take_both();
    look(&["--grep-invert", "@busy"]);
    let enough = Arc::new(AtomicBool::new(false));
    let talking = {
        let (to, cookies, enough) = (child.addr, talkers.to_vec(), enough.clone());
        thread::spawn(move || talk(to, cookies, &enough))
    };
    look(&["--grep", "@busy"]);
    enough.store(true, Ordering::Relaxed);
    talking.join().unwrap();
    cores::take(cores::LOAD);

    let rounds = |name: &str| -> Vec<Value> {
        let file = results.path().join(name).with_extension("json");
        serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
    };
    let (visit, open, busy) = (rounds("visit"), rounds("open"), rounds("busy"));
    let mut add = |id, what: &str, bound, rounds: &[Value], of: &dyn Fn(&Value) -> f64, note| {
        let mut figures: Vec<_> = rounds.iter().map(of).collect();
        figures.sort_by(f64::total_cmp);
        let (least, most) = (figures[0], figures[figures.len() - 1]);
        report.add(Row {
            id,
            what: what.to_owned(),
            figure: figures[figures.len() / 2],
            bound,
            note: format!("{least:.2} to {most:.2}{note}"),
        });
    };
    let field = |name: &'static str| move |round: &Value| round[name].as_f64().unwrap();
    let kilobytes = |round: &Value| round["bytes"].as_f64().unwrap() / 1e3;
    let ratio = |round: &Value| round["long"].as_f64().unwrap() / round["short"].as_f64().unwrap();
    let slow = "CPU 4 times slower:";
    add(
        "P15",
        "WASM, JS and CSS as they come, kB",
        Some(250.0),
        &visit,
        &kilobytes,
        "",
    );
    add(
        "P16",
        &format!("{slow} largest paint, ms"),
        Some(1_200.0),
        &visit,
        &field("largestPaint"),
        "",
    );
    add(
        "P16",
        &format!("{slow} blocking time, ms"),
        Some(150.0),
        &visit,
        &field("blocking"),
        "",
    );
    add(
        "P16",
        &format!("{slow} layout shift"),
        Some(0.0),
        &visit,
        &field("shift"),
        "",
    );
    add(
        "P16",
        &format!("{slow} slowest answer to a key or a tap, ms"),
        Some(100.0),
        &visit,
        &field("slowest"),
        "",
    );
    add(
        "-",
        &format!("{slow} until the page is alive, ms"),
        None,
        &visit,
        &field("alive"),
        "",
    );
    add(
        "P17",
        "until a room of 10,000 is alive / one of 50",
        Some(1.3),
        &open,
        &ratio,
        "",
    );
    let rates: Vec<_> = busy.iter().map(field("perSecond")).collect();
    let rate = rates.iter().sum::<f64>() / rates.len() as f64;
    let note = format!("; {rate:.0} messages a second shown");
    add(
        "P17",
        "tasks longer than 50 ms in 6 s while everybody talks",
        Some(0.0),
        &busy,
        &field("long"),
        &note,
    );
}

/// Has Playwright look, and write down what it saw.
fn look(at: SocketAddr, cookie: &str, results: &Path, of: &[&str]) {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "end2end"].iter().collect();
    let mut command = Command::new("npx");
    command
        .args(["--no-install", "playwright", "test"])
        .args(["--config", "bench.config.ts"])
        .args(of)
        .current_dir(folder)
        .env("BENCH_URL", format!("http://{at}"))
        .env("BENCH_COOKIE", cookie)
        .env("BENCH_FOLDER", results)
        // What it prints is for people who look for a mistake.
        .stdout(std::io::stderr());
    assert!(command.status().unwrap().success(), "the browser failed");
}

/// Everybody says something once a second, not all at the same time, until it is enough.
fn talk(to: SocketAddr, cookies: Vec<String>, enough: &Arc<AtomicBool>) {
    super::super::ground::runtime().block_on(async {
        let mut talking = JoinSet::new();
        for (number, cookie) in cookies.into_iter().enumerate() {
            let enough = enough.clone();
            talking.spawn(async move {
                let mut guest = Guest::connect(number, to, None).await;
                guest.upgrade(Some(&cookie)).await;
                guest.open(BUSY.0, |_| ()).await;
                tokio::time::sleep(Duration::from_secs(1).mul_f64(number as f64 / TALKERS as f64))
                    .await;
                let mut every = tokio::time::interval(Duration::from_secs(1));
                // Who was late hurries: the browser has the same two cores, and is to be shown
                // as many messages all the same.
                every.set_missed_tick_behavior(MissedTickBehavior::Burst);
                for round in 0_u64.. {
                    every.tick().await;
                    if enough.load(Ordering::Relaxed) {
                        break;
                    }
                    let words = format!("{round}, says number {number}, and *more* than that.");
                    let frame = talkers::send(round, BUSY.1, &words);
                    guest.ask_framed(&frame, "ack", |_| ()).await;
                }
            });
        }
        talking.join_all().await;
    });
}
