//! The real executable on a port and a folder of its own: started, killed, told to stop,
//! and started again where it was, so that clients find it by themselves.

use super::{
    address::{self, HOME},
    clock::Clock,
    http,
    patience::{LOOK_EVERY, soon},
};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs::File,
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
};
use tempfile::TempDir;
use tokio::time::sleep;

/// How much of a log is shown when a test fails.
const LOG_SHOWN: usize = 4_000;

/// A server process, or the place of one that is not running.
pub struct Process {
    pub addr: SocketAddr,
    folder: TempDir,
    /// Of its own; otherwise the machine's.
    clock: Option<Clock>,
    child: Option<Child>,
}

impl Process {
    /// An empty folder and a port; nothing runs yet.
    pub fn new() -> Self {
        Self {
            addr: (HOME, address::free_port()).into(),
            folder: TempDir::new().unwrap(),
            clock: None,
            child: None,
        }
    }

    /// From its next start on it has a clock of its own.
    pub fn take_clock(&mut self) {
        self.clock = Some(Clock::new());
    }

    /// That clock, to be moved while it runs.
    pub fn clock(&mut self) -> &mut Clock {
        self.clock.as_mut().expect("it has taken one")
    }

    /// The folder with the database.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts it, and waits until it takes requests.
    pub async fn start(&mut self) {
        self.launch();
        self.ready().await;
    }

    /// Starts it. What it logs is kept for whoever has to look for a failure.
    pub fn launch(&mut self) {
        assert!(self.child.is_none(), "it runs already");
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .unwrap();
        let mut command = Command::new(executable());
        if let Some(clock) = &self.clock {
            command.env("LD_PRELOAD", clock.library());
            command.env("HUBBUB_FAULTS_CLOCK", clock.file());
        }
        let child = command
            .arg("--addr")
            .arg(self.addr.to_string())
            .arg("--data")
            .arg(self.data())
            .env("HUBBUB_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.child = Some(child);
    }

    /// Waits until it takes requests.
    pub async fn ready(&mut self) {
        let addr = self.addr;
        let answers = async {
            loop {
                let answer = http::get(HOME, addr, "/readyz").await;
                if answer.is_ok_and(|answer| answer.status == 200) {
                    return;
                }
                if let Some(ended) = self.ended() {
                    panic!("the server ended with {ended} instead of starting");
                }
                sleep(LOOK_EVERY).await;
            }
        };
        soon("a server that is ready", answers).await;
    }

    /// SIGKILL: it ends between two instructions, with whatever it had in hand.
    pub fn kill(&mut self) {
        let mut child = self.child.take().expect("it runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// SIGTERM: what a service manager says. Does not wait.
    pub fn tell_to_stop(&self) {
        let child = self.child.as_ref().expect("it runs");
        kill_process(Pid::from_child(child), Signal::TERM).unwrap();
    }

    /// Waits for the end that it was told to come to.
    pub async fn stopped(&mut self) {
        let gone = async {
            loop {
                if let Some(ended) = self.ended() {
                    return ended;
                }
                sleep(LOOK_EVERY).await;
            }
        };
        let ended = soon("the end of the server", gone).await;
        self.child = None;
        assert!(ended.success(), "it stopped with {ended}");
    }

    /// Tells it to stop and waits for that.
    pub async fn stop(&mut self) {
        self.tell_to_stop();
        self.stopped().await;
    }

    /// Bytes of memory that it holds (`VmRSS` of proc(5)).
    pub fn memory(&self) -> u64 {
        let id = self.child.as_ref().expect("it runs").id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        kilobytes.unwrap().parse::<u64>().unwrap() * 1_024
    }

    /// One figure of `/metrics`, 0 while it has none.
    pub async fn figure(&self, name: &str) -> f64 {
        let page = http::get(HOME, self.addr, "/metrics").await.unwrap().body;
        let line = page.lines().find_map(|line| line.strip_prefix(name));
        line.map_or(0.0, |value| value.trim().parse().unwrap())
    }

    /// Waits until a figure has grown to this.
    pub async fn counts(&self, name: &str, figure: f64) {
        let grown = async {
            while self.figure(name).await < figure {
                sleep(LOOK_EVERY).await;
            }
        };
        soon(&format!("{name} at {figure}"), grown).await;
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        let child = self.child.as_mut().expect("it runs");
        child.try_wait().unwrap()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.log()).unwrap_or_default();
            let from = log.floor_char_boundary(log.len().saturating_sub(LOG_SHOWN));
            println!("The server's log ended with:\n{}", &log[from..]);
        }
    }
}

/// The server to test: this build's, or another one that somebody names, such as the complete
/// release build in the long run.
fn executable() -> PathBuf {
    std::env::var_os("HUBBUB_FAULTS_SERVER")
        .map_or_else(|| env!("CARGO_BIN_EXE_hubbub").into(), PathBuf::from)
}
