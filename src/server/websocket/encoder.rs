//! Frames of a WebSocket as a server sends them (RFC 6455, section 5): without a mask, and
//! never in pieces.

use super::decoder::{CLOSE, PING, PONG, TEXT};
use bytes::{BufMut, Bytes, BytesMut};

/// The longest header.
const HEADER: usize = 10;
/// A frame about the connection has no more bytes than this.
const CONTROL_BYTES: usize = 125;

/// A text, ready to be written.
pub fn text(text: &str) -> Bytes {
    frame(TEXT, text.as_bytes())
}

/// What a text frame of ours says.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn text_of(frame: &[u8]) -> &str {
    let header = match frame[1] {
        126 => 4,
        127 => HEADER,
        _ => 2,
    };
    std::str::from_utf8(&frame[header..]).expect("it was a text")
}

/// How long the first of these frames of ours is, if all of it is there.
#[cfg(test)]
pub fn length_of(frames: &[u8]) -> Option<usize> {
    let length = match frames.get(1)? {
        126 => 4 + usize::from(u16::from_be_bytes(*frames[2..].first_chunk()?)),
        127 => HEADER + usize::try_from(u64::from_be_bytes(*frames[2..].first_chunk()?)).ok()?,
        short => 2 + usize::from(*short),
    };
    (length <= frames.len()).then_some(length)
}

/// A question for a sign of life.
pub fn ping() -> Bytes {
    frame(PING, &[])
}

/// The answer to one, which says the same.
pub fn pong(asked: &[u8]) -> Bytes {
    frame(PONG, asked)
}

/// The last frame, with its reason or without.
pub fn close(reason: Option<(u16, &str)>) -> Bytes {
    let mut payload = Vec::new();
    if let Some((code, words)) = reason {
        payload.extend(code.to_be_bytes());
        payload.extend_from_slice(words.as_bytes());
        debug_assert!(payload.len() <= CONTROL_BYTES, "{words} is too long");
    }
    frame(CLOSE, &payload)
}

fn frame(kind: u8, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(HEADER + payload.len());
    // All of it: final.
    frame.put_u8(0x80 | kind);
    match payload.len() {
        length @ 0..126 => frame.put_u8(u8::try_from(length).expect("less than 126")),
        length @ 126..0x1_0000 => {
            frame.put_u8(126);
            frame.put_u16(u16::try_from(length).expect("less than 65536"));
        }
        length => {
            frame.put_u8(127);
            frame.put_u64(length as u64);
        }
    }
    frame.extend_from_slice(payload);
    frame.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;
    use tokio_tungstenite::tungstenite::{
        Message,
        protocol::{Role, WebSocket},
    };

    #[test]
    fn others_read_what_we_write_at_every_length_that_is_written_differently() {
        for length in [0, 1, 125, 126, 65_535, 65_536, 100_000] {
            let said = "x".repeat(length);
            let bytes = text(&said);
            assert_eq!(text_of(&bytes), said);
            let mut socket =
                WebSocket::from_raw_socket(Cursor::new(bytes.to_vec()), Role::Client, None);
            assert_eq!(socket.read().unwrap(), Message::text(said));
        }
    }

    #[test]
    fn others_read_what_is_about_the_connection() {
        let read = |bytes: Bytes| {
            let mut socket =
                WebSocket::from_raw_socket(Cursor::new(bytes.to_vec()), Role::Client, None);
            socket.read().unwrap()
        };
        assert_eq!(read(ping()), Message::Ping(Bytes::new()));
        assert_eq!(read(pong(b"there")), Message::Pong("there".into()));
        assert_eq!(read(close(None)), Message::Close(None));
        let Message::Close(Some(frame)) = read(close(Some((4003, "flooding")))) else {
            panic!("it has a reason");
        };
        assert_eq!(
            (u16::from(frame.code), frame.reason.as_str()),
            (4003, "flooding")
        );
    }
}
