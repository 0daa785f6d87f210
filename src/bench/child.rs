//! A process under measure: on its own core, asked for its time and memory.

use super::cores;
use std::{
    cell::RefCell,
    collections::HashMap,
    ffi::OsString,
    fs,
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child as Process, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Nothing that works takes longer to start.
const STARTS_WITHIN: Duration = Duration::from_secs(20);

/// What is measured.
pub struct Child {
    pub addr: SocketAddr,
    process: Process,
    /// By thread: one that ends takes its time with it.
    spent: RefCell<HashMap<OsString, u64>>,
    /// Where it keeps what it keeps.
    _folder: Option<TempDir>,
}

impl Child {
    /// The product itself, on what is in this folder, with everything as in production.
    pub fn hubbub(folder: TempDir) -> Self {
        Self::hubbub_on(cores::take_servers, folder)
    }

    /// The same, on whatever cores the thread takes that starts it.
    pub fn hubbub_on(take: fn(), folder: TempDir) -> Self {
        let mut command = Command::new(executable());
        command.arg("--data").arg(folder.path().join("data"));
        // Whoever asks for pages says, as a proxy does, for whom.
        command.env("HUBBUB_TRUSTED_PROXIES", "127.0.0.1");
        command.env("HUBBUB_LOG", "warn");
        let addr = free_addr();
        command.arg("--addr").arg(addr.to_string());
        Self::start_on(take, command, addr, Some(folder))
    }

    /// The product without the limit of what one person may say: the whole server, started by
    /// this executable.
    pub fn unlimited(folder: TempDir) -> Self {
        let addr = free_addr();
        let mut command = peer("unlimited", addr);
        command.arg(folder.path().join("data"));
        Self::start(command, addr, Some(folder))
    }

    /// This executable in the part of a peer.
    pub fn peer(name: &str) -> Self {
        let addr = free_addr();
        Self::start(peer(name, addr), addr, None)
    }

    /// Somebody else's hub, which is told its port.
    pub fn other(mut command: Command) -> Self {
        let addr = free_addr();
        command.arg(addr.port().to_string());
        Self::start(command, addr, None)
    }

    fn start(command: Command, addr: SocketAddr, folder: Option<TempDir>) -> Self {
        Self::start_on(cores::take_servers, command, addr, folder)
    }

    fn start_on(
        take: fn(),
        mut command: Command,
        addr: SocketAddr,
        folder: Option<TempDir>,
    ) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        // A process has the cores of the thread that started it.
        let starter = thread::spawn(move || {
            take();
            command.spawn().unwrap()
        });
        let process = starter.join().unwrap();
        let began = Instant::now();
        while TcpStream::connect(addr).is_err() {
            assert!(began.elapsed() < STARTS_WITHIN, "{addr} does not answer");
            thread::sleep(Duration::from_millis(1));
        }
        Self {
            addr,
            process,
            spent: RefCell::default(),
            _folder: folder,
        }
    }

    /// How long it has computed, in user and in kernel, all threads together.
    pub fn cpu(&self) -> Duration {
        let mut spent = self.spent.borrow_mut();
        for task in fs::read_dir(self.proc("task")).unwrap() {
            let task = task.unwrap();
            let told = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
            let nanos = told.split(' ').next().and_then(|first| first.parse().ok());
            if let Some(nanos) = nanos {
                spent.insert(task.file_name(), nanos);
            }
        }
        Duration::from_nanos(spent.values().sum())
    }

    /// Bytes of memory that it holds (`VmRSS` of proc(5)).
    pub fn memory(&self) -> u64 {
        let status = fs::read_to_string(self.proc("status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        kilobytes.unwrap().parse::<u64>().unwrap() * 1_024
    }

    /// Files and sockets that it has open.
    pub fn handles(&self) -> usize {
        fs::read_dir(self.proc("fd")).unwrap().count()
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.process.id())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn peer(name: &str, addr: SocketAddr) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--peer", name, &addr.to_string()]);
    command
}

/// A port that is free at the moment, below those that connections going out are given.
fn free_addr() -> SocketAddr {
    let ports = 13_000..30_000;
    let free = ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let mut free = free.filter(|addr| std::net::TcpListener::bind(addr).is_ok());
    free.next().expect("a free port")
}

/// What is measured: the executable of this tree, or another to compare it with.
pub fn executable() -> PathBuf {
    std::env::var_os("HUBBUB_BENCH_SERVER")
        .map_or_else(|| env!("CARGO_BIN_EXE_hubbub").into(), PathBuf::from)
}
