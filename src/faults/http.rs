//! As much of HTTP/1.1 as joining and looking at figures takes, from an address of choice.

use super::address;
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

/// An answer that takes longer is lost.
const WITHIN: Duration = Duration::from_secs(10);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub cookie: Option<String>,
    pub body: String,
}

/// Asks for a page.
pub async fn get(from: Ipv4Addr, to: SocketAddr, path: &str) -> io::Result<Answer> {
    let head = format!("GET {path} HTTP/1.1\r\nhost: {to}\r\nconnection: close\r\n\r\n");
    timeout(WITHIN, exchange(from, to, head)).await?
}

/// Posts a form the way a script of ours does.
pub async fn post(
    from: Ipv4Addr,
    to: SocketAddr,
    path: &str,
    fields: &[(&str, &str)],
) -> io::Result<Answer> {
    let body = serde_urlencoded::to_string(fields).map_err(io::Error::other)?;
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {to}\r\norigin: http://{to}\r\naccept: application/json\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    );
    timeout(WITHIN, exchange(from, to, request)).await?
}

async fn exchange(from: Ipv4Addr, to: SocketAddr, request: String) -> io::Result<Answer> {
    let mut stream = address::connect(from, to).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    parse(&answer).ok_or_else(|| io::Error::other("the answer was cut"))
}

fn parse(answer: &str) -> Option<Answer> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut cookie = None;
    let mut length = None;
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        match name.to_ascii_lowercase().as_str() {
            "set-cookie" => cookie = value.split(';').next().map(str::to_owned),
            "content-length" => length = value.parse().ok(),
            _ => {}
        }
    }
    let whole = length.is_none_or(|length: usize| body.len() == length);
    whole.then(|| Answer {
        status,
        cookie,
        body: body.to_owned(),
    })
}
