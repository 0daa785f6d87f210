//! What is read of hostile and of ordinary bytes; tungstenite, which others trust, is the
//! judge wherever it says something.

use super::*;
use proptest::prelude::*;
use std::io::{Cursor, Read, Write};
use tokio_tungstenite::tungstenite::{
    Error, Message,
    error::CapacityError,
    protocol::{Role, WebSocket, WebSocketConfig},
};

const LONGEST: usize = 1_000;
const MASK: [u8; 4] = [1, 2, 3, 250];

/// A frame as a client sends it, or one that no client may send.
#[derive(Clone, Debug)]
struct Sent {
    first: u8,
    is_masked: bool,
    payload: Vec<u8>,
}

impl Sent {
    fn new(kind: u8, payload: &[u8]) -> Self {
        Self {
            first: FINAL | kind,
            is_masked: true,
            payload: payload.to_vec(),
        }
    }

    fn in_pieces(self) -> Self {
        Self {
            first: self.first & !FINAL,
            ..self
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![self.first];
        let masked = if self.is_masked { MASKED } else { 0 };
        match self.payload.len() {
            short @ 0..126 => bytes.push(masked | u8::try_from(short).unwrap()),
            middle @ 126..0x1_0000 => {
                bytes.push(masked | 126);
                bytes.extend(u16::try_from(middle).unwrap().to_be_bytes());
            }
            long => {
                bytes.push(masked | 127);
                bytes.extend((long as u64).to_be_bytes());
            }
        }
        let mut payload = self.payload.clone();
        if self.is_masked {
            bytes.extend(MASK);
            unmask(&mut payload, MASK);
        }
        bytes.extend(payload);
        bytes
    }
}

fn bytes(frames: &[Sent]) -> Vec<u8> {
    frames.iter().flat_map(Sent::bytes).collect()
}

/// Everything up to what is wrong or the end of the connection, from portions of this size.
fn read(bytes: &[u8], portion: usize) -> (Vec<Piece>, Option<Wrong>) {
    let mut decoder = Decoder::new(LONGEST);
    let mut pieces = Vec::new();
    for portion in bytes.chunks(portion) {
        decoder.feed(portion);
        loop {
            match decoder.piece() {
                Ok(None) => break,
                Ok(Some(piece)) => {
                    let is_last = matches!(piece, Piece::Close(_));
                    pieces.push(piece);
                    if is_last {
                        return (pieces, None);
                    }
                }
                Err(wrong) => return (pieces, Some(wrong)),
            }
        }
    }
    (pieces, None)
}

/// What is read from, and swallows what is written.
struct Line(Cursor<Vec<u8>>);

impl Read for Line {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(into)? {
            0 => Err(std::io::ErrorKind::WouldBlock.into()),
            read => Ok(read),
        }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The same, by tungstenite.
fn judged(bytes: &[u8]) -> (Vec<Piece>, Option<Wrong>) {
    let config = WebSocketConfig::default()
        .max_message_size(Some(LONGEST))
        .max_frame_size(Some(LONGEST));
    let line = Line(Cursor::new(bytes.to_vec()));
    let mut socket = WebSocket::from_raw_socket(line, Role::Server, Some(config));
    let mut pieces = Vec::new();
    loop {
        pieces.push(match socket.read() {
            Ok(Message::Text(text)) => Piece::Text(text.as_str().to_owned()),
            Ok(Message::Binary(bytes)) => Piece::Binary(bytes.to_vec()),
            Ok(Message::Ping(bytes)) => Piece::Ping(bytes.to_vec()),
            Ok(Message::Pong(_)) => Piece::Pong,
            Ok(Message::Close(close)) => {
                pieces.push(Piece::Close(close.map(|close| close.code.into())));
                return (pieces, None);
            }
            Ok(Message::Frame(_)) => unreachable!("nobody asked for raw frames"),
            Err(Error::Io(_)) => return (pieces, None),
            Err(Error::Capacity(CapacityError::MessageTooLong { .. })) => {
                return (pieces, Some(Wrong::TooLarge));
            }
            Err(Error::Utf8(_)) => return (pieces, Some(Wrong::NotUtf8)),
            Err(_) => return (pieces, Some(Wrong::Protocol)),
        });
    }
}

fn wrong(frames: &[Sent]) -> Wrong {
    read(&bytes(frames), 1).1.expect("something is wrong")
}

#[test]
fn a_message_may_come_in_pieces_with_pings_between() {
    let frames = [
        Sent::new(TEXT, "gr\u{fc}".as_bytes()).in_pieces(),
        Sent::new(PING, b"there?"),
        Sent::new(CONTINUES, b"").in_pieces(),
        Sent::new(CONTINUES, "\u{df}e".as_bytes()),
    ];
    let (pieces, wrong) = read(&bytes(&frames), 1);
    let text = "gr\u{fc}\u{df}e".to_owned();
    assert_eq!(pieces, [Piece::Ping(b"there?".to_vec()), Piece::Text(text)]);
    assert_eq!(wrong, None);
}

#[test]
fn a_character_may_be_cut_by_a_piece_but_not_be_wrong() {
    let euro = "\u{20ac}".as_bytes();
    let cut = [
        Sent::new(TEXT, &euro[..1]).in_pieces(),
        Sent::new(CONTINUES, &euro[1..]),
    ];
    assert_eq!(
        read(&bytes(&cut), 3).0,
        [Piece::Text("\u{20ac}".to_owned())]
    );
    // Noticed before the end of the message.
    assert_eq!(
        wrong(&[Sent::new(TEXT, b"\xff").in_pieces()]),
        Wrong::NotUtf8
    );
    assert_eq!(wrong(&[Sent::new(TEXT, &euro[..2])]), Wrong::NotUtf8);
}

#[test]
fn a_message_may_be_as_long_as_the_limit_in_whole_and_in_pieces() {
    let long = vec![b'x'; LONGEST];
    let whole = Sent::new(BINARY, &long);
    assert_eq!(read(&whole.bytes(), 64).0, [Piece::Binary(long.clone())]);
    let pieces = [
        Sent::new(BINARY, &long[..999]).in_pieces(),
        Sent::new(CONTINUES, &long[999..]),
    ];
    assert_eq!(read(&bytes(&pieces), 64).0, [Piece::Binary(long.clone())]);
    let longer = Sent::new(BINARY, &vec![b'x'; LONGEST + 1]);
    assert_eq!(wrong(std::slice::from_ref(&longer)), Wrong::TooLarge);
    // Said before it comes: nothing is kept of it.
    assert_eq!(read(&longer.bytes()[..4], 4).1, Some(Wrong::TooLarge));
    let pieces = [
        Sent::new(BINARY, &long).in_pieces(),
        Sent::new(CONTINUES, b"x"),
    ];
    assert_eq!(wrong(&pieces), Wrong::TooLarge);
}

#[test]
fn what_the_standard_forbids_ends_it() {
    let text = Sent::new(TEXT, b"x");
    let unmasked = Sent {
        is_masked: false,
        ..text.clone()
    };
    assert_eq!(wrong(&[unmasked]), Wrong::Protocol);
    for reserved in [0x10, 0x20, 0x40, 0x70] {
        let first = text.first | reserved;
        let frame = Sent {
            first,
            ..text.clone()
        };
        assert_eq!(wrong(&[frame]), Wrong::Protocol);
    }
    for kind in (0x3..0x8).chain(0xb..=0xf) {
        assert_eq!(wrong(&[Sent::new(kind, b"")]), Wrong::Protocol, "{kind}");
    }
    for kind in [CLOSE, PING, PONG] {
        assert_eq!(wrong(&[Sent::new(kind, b"").in_pieces()]), Wrong::Protocol);
        assert_eq!(wrong(&[Sent::new(kind, &[b'x'; 126])]), Wrong::Protocol);
    }
    assert_eq!(wrong(&[Sent::new(CONTINUES, b"x")]), Wrong::Protocol);
    let twice = [text.clone().in_pieces(), text];
    assert_eq!(wrong(&twice), Wrong::Protocol);
    // Lengths that are longer written than they have to be, or that are none.
    for length in [
        &[126, 0, 125][..],
        &[127, 0, 0, 0, 0, 0, 0, 255, 255],
        &[127, 128, 0, 0, 0, 0, 1, 0, 0],
    ] {
        let mut bytes = vec![FINAL | TEXT, MASKED | length[0]];
        bytes.extend(&length[1..]);
        assert_eq!(read(&bytes, 1).1, Some(Wrong::Protocol), "{length:?}");
    }
}

#[test]
fn a_close_says_why_or_nothing() {
    let close = |payload: &[u8]| read(&Sent::new(CLOSE, payload).bytes(), 1);
    assert_eq!(close(b"").0, [Piece::Close(None)]);
    assert_eq!(close(b"\x03\xe8bye").0, [Piece::Close(Some(1000))]);
    assert_eq!(close(b"\x13\x87").0, [Piece::Close(Some(4999))]);
    assert_eq!(close(b"\x03").1, Some(Wrong::Protocol));
    assert_eq!(close(b"\x03\xe8\xff").1, Some(Wrong::NotUtf8));
    for code in [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535_u16] {
        assert_eq!(
            close(&code.to_be_bytes()).1,
            Some(Wrong::Protocol),
            "{code}"
        );
    }
}

#[test]
fn between_messages_nothing_is_kept() {
    let mut decoder = Decoder::new(LONGEST);
    decoder.feed(&Sent::new(TEXT, &[b'x'; 500]).bytes());
    assert!(decoder.piece().unwrap().is_some());
    assert!(decoder.piece().unwrap().is_none());
    assert_eq!(decoder.bytes.capacity(), 0);
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "\\PC{0,40}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..20),
        (120_usize..140).prop_map(|length| vec![b'x'; length]),
        (LONGEST - 2..LONGEST + 3).prop_map(|length| vec![b'x'; length]),
    ]
}

/// Mostly what may come, now and then what may not.
fn sent() -> impl Strategy<Value = Sent> {
    let kind = prop_oneof![
        4 => Just(TEXT),
        2 => Just(BINARY),
        4 => Just(CONTINUES),
        1 => Just(PING),
        1 => Just(PONG),
        1 => 0_u8..16,
    ];
    let close = Just(Sent::new(CLOSE, b"\x03\xe8bye"));
    let any = (kind, payload(), 0..40).prop_map(|(kind, payload, luck)| {
        let whole = Sent::new(kind, &payload);
        match luck {
            0 => Sent {
                is_masked: false,
                ..whole
            },
            1 => Sent {
                first: whole.first | 0x40,
                ..whole
            },
            2..20 => whole.in_pieces(),
            _ => whole,
        }
    });
    // A close with other reasons means different things to different people.
    let any = any.prop_filter("close", |sent| sent.first & KIND != CLOSE);
    prop_oneof![20 => any, 1 => close]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// However it is cut, the same is read; and the same as by tungstenite.
    #[test]
    fn whatever_comes_is_read_as_others_read_it(
        frames in proptest::collection::vec(sent(), 0..8),
        portion in 1_usize..200,
    ) {
        let bytes = bytes(&frames);
        let ours = read(&bytes, portion);
        prop_assert_eq!(&ours, &read(&bytes, usize::MAX));
        let (pieces, wrong) = judged(&bytes);
        prop_assert_eq!(&ours.0, &pieces);
        prop_assert_eq!(ours.1.is_some(), wrong.is_some(), "{:?}, {:?}", ours.1, wrong);
    }

    /// Bytes without any sense end in an error or wait for more, and keep no more than that.
    #[test]
    fn noise_is_survived(noise in proptest::collection::vec(any::<u8>(), 0..3_000)) {
        let mut decoder = Decoder::new(LONGEST);
        for byte in noise {
            decoder.feed(&[byte]);
            while let Ok(Some(_)) = decoder.piece() {}
            prop_assert!(decoder.bytes.len() <= 3_000);
        }
    }
}

#[test]
fn a_message_comes_in_so_many_pieces_and_no_more() {
    let most = PIECES + LONGEST / 16;
    for (pieces, is_taken) in [(most, true), (most + 1, false)] {
        let mut decoder = Decoder::new(LONGEST);
        decoder.feed(&Sent::new(TEXT, b"").in_pieces().bytes());
        for _ in 2..pieces {
            decoder.feed(&Sent::new(CONTINUES, b"").in_pieces().bytes());
        }
        assert_eq!(decoder.piece().unwrap(), None);
        decoder.feed(&Sent::new(CONTINUES, b"end").bytes());
        let wanted = if is_taken {
            Ok(Some(Piece::Text("end".to_owned())))
        } else {
            Err(Wrong::TooLarge)
        };
        assert_eq!(decoder.piece(), wanted);
    }
}
