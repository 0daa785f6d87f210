//! The page of a room, as a browser gets it first.

use super::super::{
    child::Child,
    ground::Ground,
    length::scaled,
    report::{Report, Row},
};
use hdrhistogram::Histogram;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    time::{Duration, Instant},
};

/// Connections that ask at once.
const AT_ONCE: u32 = 8;

pub fn measure(report: &mut Report) {
    let ground = Ground::new(8, 1_000);
    let child = Child::hubbub(ground.folder);
    let member = Some(ground.cookies[0].as_str());
    for (who, cookie) in [("a visitor", None), ("a member", member)] {
        let asked = ask(&child, cookie, AT_ONCE);
        report.add(Row {
            id: "P13",
            what: format!("pages of a room with 50 messages a second, {who}"),
            figure: asked.rate,
            bound: Some(-3_000.0),
            note: format!("{:.0?} of CPU and {} bytes each", asked.cpu, asked.bytes),
        });
        let asked = ask(&child, cookie, 1);
        report.add(Row {
            id: "P14",
            what: format!("median time to a page with one client, {who}, ms"),
            figure: asked.median.as_secs_f64() * 1e3,
            bound: Some(1.0),
            note: String::new(),
        });
    }
}

/// How pages came.
struct Asked {
    /// A second.
    rate: f64,
    median: Duration,
    /// Of the server, for one.
    cpu: Duration,
    /// As they came, compressed or not.
    bytes: u64,
}

/// Asks over and over on so many connections, one after the other in turn.
fn ask(child: &Child, cookie: Option<&str>, connections: u32) -> Asked {
    let lasts = scaled(Duration::from_millis(300), Duration::from_secs(4));
    let cookie = cookie.map_or(String::new(), |cookie| format!("cookie: {cookie}\r\n"));
    let mut many: Vec<_> = (0..connections)
        .map(|_| {
            let stream = TcpStream::connect(child.addr).unwrap();
            stream.set_nodelay(true).unwrap();
            BufReader::new(stream)
        })
        .collect();
    let mut people = 0_u32;
    let mut request = || {
        people += 1;
        // Everybody comes from an address of their own: the limit of requests is as in
        // production.
        let from = Ipv4Addr::from_bits(0x0a00_0000 + people % 0x00ff_ffff);
        let host = child.addr;
        format!(
            "GET /r/general HTTP/1.1\r\nhost: {host}\r\nx-forwarded-for: {from}\r\n\
             accept-encoding: gzip, deflate, br, zstd\r\n{cookie}\r\n"
        )
    };
    for one in &mut many {
        one.get_mut().write_all(request().as_bytes()).unwrap();
    }
    let mut took: Histogram<u64> = Histogram::new(3).unwrap();
    let (began, cpu, mut pages, mut bytes) = (Instant::now(), child.cpu(), 0, 0);
    let mut asked = began;
    while began.elapsed() < lasts {
        for one in &mut many {
            bytes = read_page(one);
            let nanos = asked.elapsed().as_nanos();
            took.record(u64::try_from(nanos).unwrap()).unwrap();
            asked = Instant::now();
            one.get_mut().write_all(request().as_bytes()).unwrap();
            pages += 1;
        }
    }
    Asked {
        rate: f64::from(pages) / began.elapsed().as_secs_f64(),
        median: Duration::from_nanos(took.value_at_quantile(0.5)),
        cpu: (child.cpu() - cpu) / pages,
        bytes,
    }
}

/// Returns how many bytes its body had.
fn read_page(from: &mut BufReader<TcpStream>) -> u64 {
    let mut line = String::new();
    let mut length = None;
    from.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 200"), "{line}");
    loop {
        line.clear();
        from.read_line(&mut line).unwrap();
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = Some(value.parse::<u64>().unwrap());
        }
    }
    if let Some(length) = length {
        return pass_over(from, length);
    }
    let mut all = 0;
    loop {
        line.clear();
        from.read_line(&mut line).unwrap();
        let length = u64::from_str_radix(line.trim_end(), 16).unwrap();
        pass_over(from, length + 2);
        all += length;
        if length == 0 {
            return all;
        }
    }
}

fn pass_over(from: &mut BufReader<TcpStream>, bytes: u64) -> u64 {
    std::io::copy(&mut from.take(bytes), &mut std::io::sink()).unwrap()
}
