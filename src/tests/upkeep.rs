//! What the executable does for hosts beside serving, as a host meets it: by its words and
//! its codes.

use crate::harness::{Server, Socket, cid, soon, unlimited};
use hubbub::protocol::{Cid, RoomId, What};
use std::{
    collections::HashSet,
    fs,
    path::Path,
    process::{Command, Output},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};
use tempfile::TempDir;

/// Runs the executable to its end.
async fn hubbub(data: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hubbub"));
    command.env_clear().args(words).arg("--data").arg(data);
    let run = tokio::task::spawn_blocking(move || command.output().unwrap());
    soon("the end of a command", run).await.unwrap()
}

/// Its code, and what it said.
fn told(output: &Output) -> (i32, String) {
    let said = [output.stdout.as_slice(), &output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(said).unwrap(),
    )
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Messages that were acknowledged.
#[derive(Default)]
struct Acked(Mutex<Vec<Cid>>);

impl Acked {
    fn so_far(&self) -> Vec<Cid> {
        self.0.lock().unwrap().clone()
    }

    async fn grows_by(&self, count: usize) {
        let goal = self.so_far().len() + count;
        let grown = async {
            while self.so_far().len() < goal {
                tokio::task::yield_now().await;
            }
        };
        soon("so many acknowledgements", grown).await;
    }
}

/// Somebody who sends one message after the other until told to stop.
async fn keeps_sending(mut socket: Socket, who: u64, acked: &Acked, enough: &AtomicBool) {
    for number in 1.. {
        if enough.load(Ordering::Relaxed) {
            break;
        }
        let cid = cid(who * 1_000_000 + number);
        socket.send(cid, &format!("number {number}")).await;
        socket.acked(cid).await;
        acked.0.lock().unwrap().push(cid);
    }
}

/// All messages of the default room.
async fn messages(server: &Server) -> HashSet<Cid> {
    let mut all = HashSet::new();
    let mut before = None;
    loop {
        let page = server
            .app
            .store
            .page(RoomId(1), before, None)
            .await
            .unwrap();
        before = page.events.first().map(|event| event.seq);
        all.extend(
            page.events
                .into_iter()
                .filter_map(|event| match event.what {
                    What::Message(message) => Some(message.cid),
                    _ => None,
                }),
        );
        if !page.older {
            return all;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_holds_what_was_acknowledged_before_it() {
    let server = Server::with(|config| {
        config.limits.sends = unlimited();
        config.limits.frames = unlimited();
    })
    .await;
    let mut sockets = Vec::new();
    for name in ["Ada", "Bo", "Chloe", "Dan"] {
        sockets.push(server.join(name).await.opens(&server).await);
    }
    let (acked, enough) = (Acked::default(), AtomicBool::new(false));
    let sending = (1..)
        .zip(sockets)
        .map(|(who, socket)| keeps_sending(socket, who, &acked, &enough));
    let sending = futures_util::future::join_all(sending);
    let shelf = TempDir::new().unwrap();
    let backing_up = async {
        let mut backups = Vec::new();
        for name in ["first", "second", "third"] {
            acked.grows_by(25).await;
            let before = acked.so_far();
            let file = shelf.path().join(name);
            let made = hubbub(server.folder(), &["backup", text(&file)]).await;
            let (code, said) = told(&made);
            assert_eq!(code, 0, "{said}");
            assert!(said.contains("everything that was acknowledged"), "{said}");
            backups.push((file, before));
        }
        acked.grows_by(5).await;
        enough.store(true, Ordering::Relaxed);
        backups
    };
    let (_, backups) = tokio::join!(sending, backing_up);
    for (file, before) in backups {
        let home = TempDir::new().unwrap();
        let put = hubbub(home.path(), &["restore", text(&file)]).await;
        assert_eq!(told(&put).0, 0, "{}", told(&put).1);
        let looked = hubbub(home.path(), &["verify"]).await;
        assert_eq!(told(&looked).0, 0, "{}", told(&looked).1);
        let restored = Server::with(|config| home.path().clone_into(&mut config.data)).await;
        let kept = messages(&restored).await;
        let lost: Vec<_> = before.iter().filter(|cid| !kept.contains(cid)).collect();
        assert!(lost.is_empty(), "{lost:?}");
        assert_ne!(restored.app.store.epoch(), server.app.store.epoch());
    }
}

#[tokio::test]
async fn verify_says_by_its_code_what_it_saw() {
    let server = Server::with_messages(3).await;
    let looked = hubbub(server.folder(), &["verify"]).await;
    let (code, said) = told(&looked);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("Nothing is wrong"), "{said}");
    let file = server.folder().join("hubbub.sqlite3");
    let db = rusqlite::Connection::open(file).unwrap();
    db.execute("DELETE FROM events WHERE seq = 2", []).unwrap();
    let (code, said) = told(&hubbub(server.folder(), &["verify"]).await);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("room general: 2 is missing"), "{said}");
    let empty = TempDir::new().unwrap();
    let (code, said) = told(&hubbub(empty.path(), &["verify"]).await);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("there is no database"), "{said}");
}

#[tokio::test]
async fn what_a_host_must_not_do_is_refused_with_words() {
    let server = Server::with_messages(3).await;
    let shelf = TempDir::new().unwrap();
    let file = shelf.path().join("backup");
    for (code, expected) in [(0, "holds everything"), (1, "is there already")] {
        let made = told(&hubbub(server.folder(), &["backup", text(&file)]).await);
        assert_eq!(made.0, code, "{}", made.1);
        assert!(made.1.contains(expected), "{}", made.1);
    }
    for words in [
        ["restore", text(&file), "--replace"],
        ["--addr", "127.0.0.1:0", "--gravatar"],
    ] {
        let (code, said) = told(&hubbub(server.folder(), &words).await);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("another server is using"), "{said}");
    }
    assert_eq!(server.get("/readyz").send().await.status, 200);
}

#[tokio::test]
async fn a_server_does_not_start_on_what_it_would_damage() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("hubbub.sqlite3");
    let newer = "PRAGMA application_id = 1215652450; PRAGMA user_version = 99; CREATE TABLE t (i)";
    let plantings: [(&dyn Fn(), &str); 3] = [
        (
            &|| fs::write(&file, "a shopping list ".repeat(400)).unwrap(),
            "not a database of Hubbub",
        ),
        (
            &|| {
                fs::remove_file(&file).unwrap();
                let db = rusqlite::Connection::open(&file).unwrap();
                db.execute_batch(newer).unwrap();
            },
            "newer Hubbub",
        ),
        (
            &|| {
                let whole = fs::read(&file).unwrap();
                fs::write(&file, &whole[..4_096]).unwrap();
            },
            "damaged",
        ),
    ];
    for (plant, expected) in plantings {
        plant();
        let before = fs::read(&file).unwrap();
        let (code, said) = told(&hubbub(home.path(), &["--addr", "127.0.0.1:0"]).await);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(fs::read(&file).unwrap() == before, "not touched");
    }
}
