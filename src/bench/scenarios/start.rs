//! A server that nobody uses yet.

use super::super::{
    child::{self, Child},
    report::{Report, Row},
};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};
use tempfile::TempDir;

pub fn measure(report: &mut Report) {
    let mut starts: Vec<_> = (0..5).map(|_| start()).collect();
    starts.sort();
    let (took, memory) = starts[2];
    report.add(Row {
        id: "P18",
        what: "idle memory, empty data folder, MB".to_owned(),
        figure: memory as f64 / 1e6,
        bound: Some(20.0),
        note: String::new(),
    });
    report.add(Row {
        id: "P19",
        what: "cold start to the first page, ms".to_owned(),
        figure: took.as_secs_f64() * 1e3,
        bound: Some(150.0),
        note: format!(
            "{:.1?} to {:.1?}; the data folder is made on the way",
            starts[0].0, starts[4].0
        ),
    });
    report.add(Row {
        id: "P20",
        what: "size of the executable, MB".to_owned(),
        figure: child::executable().metadata().unwrap().len() as f64 / 1e6,
        bound: Some(25.0),
        note: String::new(),
    });
}

fn start() -> (Duration, u64) {
    let began = Instant::now();
    let child = Child::hubbub(TempDir::new().unwrap());
    let mut stream = TcpStream::connect(child.addr).unwrap();
    let to = child.addr;
    let request = format!("GET /r/general HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    (began.elapsed(), child.memory())
}
