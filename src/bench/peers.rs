//! What we compare with, each a process of its own: the floor, which is what the same bytes
//! cost when nothing is done but writing them; the hub that everybody writes first; and hubs
//! of others that are installed.

mod echo;
mod floor;
mod naive;

use super::child::Child;
use clap::Parser;
use hubbub::{
    protocol::limits::LISTEN_BACKLOG,
    server::{self, App, accept, config::Config, limits::Limits},
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// Takes the part of a peer, for ever.
pub fn be(arguments: &[String]) {
    let addr: SocketAddr = arguments[1].parse().unwrap();
    match arguments[0].as_str() {
        "echo" => echo::serve(addr),
        "floor" => floor::write(addr),
        "naive" => runtime().block_on(naive::serve(addr)),
        "unlimited" => runtime().block_on(serve(addr, &arguments[2])),
        other => panic!("no peer is called {other}"),
    }
}

/// As many threads as there are cores for it.
fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

/// The product, for people who may say as much as they can.
async fn serve(addr: SocketAddr, data: &str) {
    let mut limits = Limits::default();
    limits.sends.every = Duration::from_micros(1);
    limits.sends.burst = 100;
    let config = Config {
        limits,
        ..Config::parse_from(["hubbub", "--data", data])
    };
    let listener = accept::listen(addr, LISTEN_BACKLOG).unwrap();
    let app = App::open(config).await.unwrap();
    server::serve(listener, app, std::future::pending()).await;
}

/// Bun's own hub (uWebSockets), if `bun` is installed: on the path, or by `npm install
/// --prefix target/peers bun`.
pub fn bun() -> Option<Child> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let installed = project.join("target/peers/node_modules/.bin/bun");
    let programs = [PathBuf::from("bun"), installed];
    let works = |program: &&PathBuf| {
        let asked = Command::new(program).arg("--version").output();
        asked.is_ok_and(|answer| answer.status.success())
    };
    let program = programs.iter().find(works)?;
    let mut command = Command::new(program);
    command.arg(project.join("src/bench/peers/bun.js"));
    Some(Child::other(command))
}
