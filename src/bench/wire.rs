//! As much of RFC 6455 as a client of ours needs, at the least cost: the load must not be
//! what is measured.

/// What a server wrote, cut into frames.
#[derive(Default)]
pub struct Wire {
    /// The beginning of a frame whose end has not come.
    rest: Vec<u8>,
    /// Whether somebody asked for a sign of life.
    pub asked: bool,
}

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
/// What a browser answers to that by itself.
pub const PONG: [u8; 6] = [0x8a, 0x80, 0, 0, 0, 0];

impl Wire {
    /// Takes bytes in; tells each whole text. Panics when the other side closes.
    pub fn feed(&mut self, bytes: &[u8], mut tell: impl FnMut(&[u8])) {
        let mut all = bytes;
        let joined;
        if !self.rest.is_empty() {
            self.rest.extend_from_slice(bytes);
            joined = std::mem::take(&mut self.rest);
            all = &joined;
        }
        while let Some((head, text, behind)) = frame(all) {
            assert_ne!(head, CLOSE, "closed: {}", String::from_utf8_lossy(text));
            if head == TEXT {
                tell(text);
            }
            self.asked |= head == PING;
            all = behind;
        }
        self.rest.extend_from_slice(all);
    }
}

/// The first frame of these bytes, and what is behind it.
fn frame(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (head, rest) = bytes.split_first()?;
    let (short, rest) = rest.split_first()?;
    let (length, rest) = match short {
        126 => {
            let (length, rest) = rest.split_first_chunk()?;
            (u16::from_be_bytes(*length).into(), rest)
        }
        127 => {
            let (length, rest) = rest.split_first_chunk()?;
            (usize::try_from(u64::from_be_bytes(*length)).ok()?, rest)
        }
        short => (usize::from(*short), rest),
    };
    let (text, behind) = rest.split_at_checked(length)?;
    Some((*head, text, behind))
}

/// A text as a client sends it. The mask is 0: what it protects proxies from does not happen
/// here.
pub fn text(text: &str) -> Vec<u8> {
    let mut frame = framed(text.as_bytes());
    frame[1] |= 0x80;
    let header = frame.len() - text.len();
    frame.splice(header..header, [0; 4]);
    frame
}

/// A text as a server sends it.
pub fn framed(text: &[u8]) -> Vec<u8> {
    let mut frame = vec![TEXT];
    match u16::try_from(text.len()).expect("short texts only") {
        short @ 0..126 => frame.push(short.to_be_bytes()[1]),
        length => {
            frame.push(126);
            frame.extend(length.to_be_bytes());
        }
    }
    frame.extend_from_slice(text);
    frame
}
