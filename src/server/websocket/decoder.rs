//! Frames of a WebSocket as a client sends them (RFC 6455, section 5): bytes in, messages out.
//!
//! Our own, because a connection that only listens keeps nothing for it: a library's buffers
//! were most of what ten thousand of them cost.

/// A whole message, or something about the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// What people say.
    Text(String),
    /// What nobody here says.
    Binary(Vec<u8>),
    /// To be answered with the same.
    Ping(Vec<u8>),
    /// An answer to ours.
    Pong,
    /// The other side ends it, with its reason: to be answered with the same.
    Close(Option<u16>),
}

/// Why nothing more can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Not as the standard says.
    Protocol,
    /// A message longer than may be.
    TooLarge,
    /// A text that is none.
    NotUtf8,
}

impl Wrong {
    /// Its code (RFC 6455, section 7.4.1), and words.
    pub fn close(self) -> (u16, &'static str) {
        match self {
            Self::Protocol => (1002, "protocol error"),
            Self::NotUtf8 => (1007, "not UTF-8"),
            Self::TooLarge => (1009, "frame too large"),
        }
    }
}

/// Of a frame.
const FINAL: u8 = 0x80;
const RESERVED: u8 = 0x70;
const KIND: u8 = 0x0f;
const MASKED: u8 = 0x80;
const LENGTH: u8 = 0x7f;

/// Kinds of frames.
pub(super) const CONTINUES: u8 = 0x0;
pub(super) const TEXT: u8 = 0x1;
pub(super) const BINARY: u8 = 0x2;
pub(super) const CLOSE: u8 = 0x8;
pub(super) const PING: u8 = 0x9;
pub(super) const PONG: u8 = 0xa;

/// A message comes in no more pieces than this, and one more for every 16 bytes it may have:
/// pieces without words cost, too.
pub(super) const PIECES: usize = 1_024;

/// A frame about the connection has no more bytes than this.
const CONTROL_BYTES: u64 = 125;

/// Cuts what comes into messages.
#[derive(Debug)]
pub struct Decoder {
    /// How long a message may be.
    longest: usize,
    /// Read and not yet taken apart; nothing at all most of the time.
    bytes: Vec<u8>,
    /// How much of it was taken apart.
    done: usize,
    /// The beginning of a message in pieces.
    begun: Option<Begun>,
}

/// A message of which more will come.
#[derive(Debug)]
struct Begun {
    kind: u8,
    said: Vec<u8>,
    /// How much of it is text for certain: looked at once only.
    valid: usize,
    pieces: usize,
}

/// What stands in front of a frame's bytes.
struct Header {
    is_final: bool,
    kind: u8,
    length: usize,
    mask: [u8; 4],
    /// How many bytes it has itself.
    size: usize,
}

impl Decoder {
    /// For messages of so many bytes.
    pub fn new(longest: usize) -> Self {
        Self {
            longest,
            bytes: Vec::new(),
            done: 0,
            begun: None,
        }
    }

    /// Takes in what was read.
    pub fn feed(&mut self, read: &[u8]) {
        self.bytes.extend_from_slice(read);
    }

    /// The next piece, if all of it is there.
    ///
    /// # Errors
    /// [`Wrong`]; what comes after that means nothing.
    pub fn piece(&mut self) -> Result<Option<Piece>, Wrong> {
        loop {
            let Some(header) = self.header()? else {
                self.let_go();
                return Ok(None);
            };
            let begin = self.done + header.size;
            let Some(payload) = self.bytes.get_mut(begin..begin + header.length) else {
                self.let_go();
                return Ok(None);
            };
            unmask(payload, header.mask);
            let payload = &self.bytes[begin..begin + header.length];
            self.done = begin + header.length;
            if header.kind >= CLOSE {
                return about_connection(header.kind, payload).map(Some);
            }
            let mut message = self.begun.take().unwrap_or_else(|| Begun {
                kind: header.kind,
                said: Vec::new(),
                valid: 0,
                pieces: 0,
            });
            message.said.extend_from_slice(payload);
            message.pieces += 1;
            if message.pieces > PIECES + self.longest / 16 {
                return Err(Wrong::TooLarge);
            }
            if header.is_final {
                return message.end().map(Some);
            }
            message.look()?;
            self.begun = Some(message);
        }
    }

    /// The header of the next frame, if all of it is there and it may come now.
    fn header(&self) -> Result<Option<Header>, Wrong> {
        let bytes = &self.bytes[self.done..];
        let &[first, second, ..] = bytes else {
            return Ok(None);
        };
        let (kind, is_final) = (first & KIND, first & FINAL != 0);
        let is_expected = match kind {
            CONTINUES => self.begun.is_some(),
            TEXT | BINARY => self.begun.is_none(),
            CLOSE | PING | PONG => is_final,
            _ => false,
        };
        // No extension was agreed on, and clients mask.
        if !is_expected || first & RESERVED != 0 || second & MASKED == 0 {
            return Err(Wrong::Protocol);
        }
        let Some((length, size)) = length(second & LENGTH, &bytes[2..])? else {
            return Ok(None);
        };
        if kind >= CLOSE && length > CONTROL_BYTES {
            return Err(Wrong::Protocol);
        }
        let before = self.begun.as_ref().map_or(0, |begun| begun.said.len());
        let room = if kind >= CLOSE {
            self.longest.max(125)
        } else {
            self.longest - before
        };
        let length = usize::try_from(length).ok().filter(|it| *it <= room);
        let length = length.ok_or(Wrong::TooLarge)?;
        let Some(mask) = bytes[2 + size..].first_chunk() else {
            return Ok(None);
        };
        Ok(Some(Header {
            is_final,
            kind,
            length,
            mask: *mask,
            size: 2 + size + 4,
        }))
    }

    /// Keeps only what is not taken apart: no memory at all between messages.
    fn let_go(&mut self) {
        if self.done == self.bytes.len() {
            self.bytes = Vec::new();
        } else {
            self.bytes.drain(..self.done);
        }
        self.done = 0;
    }
}

/// A length as it is written in the shortest way, and how many bytes more that took.
fn length(short: u8, behind: &[u8]) -> Result<Option<(u64, usize)>, Wrong> {
    let (length, size, least) = match short {
        126 => match behind.first_chunk() {
            Some(two) => (u16::from_be_bytes(*two).into(), 2, 126),
            None => return Ok(None),
        },
        127 => match behind.first_chunk() {
            Some(eight) => (u64::from_be_bytes(*eight), 8, 1 << 16),
            None => return Ok(None),
        },
        short => (short.into(), 0, 0),
    };
    if length < least || length >= 1 << 63 {
        return Err(Wrong::Protocol);
    }
    Ok(Some((length, size)))
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    for four in payload.chunks_mut(4) {
        for (byte, mask) in four.iter_mut().zip(mask) {
            *byte ^= mask;
        }
    }
}

fn about_connection(kind: u8, payload: &[u8]) -> Result<Piece, Wrong> {
    Ok(match (kind, payload) {
        (PING, payload) => Piece::Ping(payload.to_vec()),
        (PONG, _) => Piece::Pong,
        (_, []) => Piece::Close(None),
        (_, [high, low, reason @ ..]) => {
            let code = u16::from_be_bytes([*high, *low]);
            // Those that may be said (RFC 6455, section 7.4, and the registry of IANA).
            if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                return Err(Wrong::Protocol);
            }
            std::str::from_utf8(reason).map_err(|_| Wrong::NotUtf8)?;
            Piece::Close(Some(code))
        }
        (_, [_]) => return Err(Wrong::Protocol),
    })
}

impl Begun {
    /// Whether it can still become a text, if it is to be one: it may be cut within a
    /// character.
    fn look(&mut self) -> Result<(), Wrong> {
        if self.kind == BINARY {
            return Ok(());
        }
        let news = &self.said[self.valid..];
        self.valid += match std::str::from_utf8(news) {
            Ok(all) => all.len(),
            Err(error) if error.error_len().is_some() => return Err(Wrong::NotUtf8),
            Err(cut) => cut.valid_up_to(),
        };
        Ok(())
    }

    fn end(self) -> Result<Piece, Wrong> {
        if self.kind == BINARY {
            return Ok(Piece::Binary(self.said));
        }
        let text = String::from_utf8(self.said).map_err(|_| Wrong::NotUtf8)?;
        Ok(Piece::Text(text))
    }
}

#[cfg(test)]
#[path = "decoder_tests.rs"]
mod tests;
