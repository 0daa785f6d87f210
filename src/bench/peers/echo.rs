//! Our own reading and writing of WebSockets with nothing behind it, for the test suite of
//! Autobahn (`scripts/autobahn.sh`): says again what it hears.

use hubbub::server::{
    connection::accept_key,
    websocket::{
        decoder::{Decoder, Piece},
        encoder,
    },
};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

/// The suite says up to 16 MiB at once.
const LONGEST: usize = 16 * 1024 * 1024;
/// First byte of a frame that is no text.
const BINARY: u8 = 0x82;

/// Serves for ever.
pub fn serve(addr: SocketAddr) {
    for stream in TcpListener::bind(addr).unwrap().incoming() {
        // Whoever goes away without a word is none of ours.
        thread::spawn(|| drop(talk(stream.unwrap())));
    }
}

fn talk(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut key = String::new();
    let mut line = String::new();
    while stream.read_line(&mut line)? > 2 {
        if line.to_ascii_lowercase().starts_with("sec-websocket-key:") {
            key = line[18..].trim().to_owned();
        }
        line.clear();
    }
    let accept = accept_key(key.as_bytes());
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-accept: {accept}\r\n\r\n"
    );
    stream.get_mut().write_all(answer.as_bytes())?;
    let mut decoder = Decoder::new(LONGEST);
    let mut bytes = vec![0; 64 * 1024];
    loop {
        let answer = match decoder.piece() {
            Ok(None) => {
                let read = stream.read(&mut bytes)?;
                if read == 0 {
                    return Ok(());
                }
                decoder.feed(&bytes[..read]);
                continue;
            }
            Ok(Some(Piece::Text(text))) => encoder::text(&text).to_vec(),
            Ok(Some(Piece::Binary(said))) => binary(&said),
            Ok(Some(Piece::Ping(asked))) => encoder::pong(&asked).to_vec(),
            Ok(Some(Piece::Pong)) => continue,
            Ok(Some(Piece::Close(code))) => {
                let close = encoder::close(code.map(|code| (code, "")));
                return stream.get_mut().write_all(&close);
            }
            Err(wrong) => {
                let close = encoder::close(Some(wrong.close()));
                return stream.get_mut().write_all(&close);
            }
        };
        stream.get_mut().write_all(&answer)?;
    }
}

/// What the server itself never says: a text's frame around it.
fn binary(said: &[u8]) -> Vec<u8> {
    let mut frame = encoder::text(&"x".repeat(said.len())).to_vec();
    frame[0] = BINARY;
    let header = frame.len() - said.len();
    frame[header..].copy_from_slice(said);
    frame
}
