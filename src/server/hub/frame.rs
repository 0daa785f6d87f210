//! A frame, encoded once and shared by everybody who gets it.

use crate::{
    protocol::{RoomId, Seq, ServerFrame},
    server::websocket::encoder,
};
use bytes::Bytes;

/// A frame as it goes over the wire, or what is left of it. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Frame(Bytes);

impl Frame {
    /// Encodes what the server says.
    #[must_use]
    pub fn encode(said: &ServerFrame) -> Self {
        let text = serde_json::to_string(said).expect("frames have no maps with other keys");
        Self(encoder::text(&text))
    }

    /// As a WebSocket writes it.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// What it says, for a transport that is no WebSocket. Only of a whole frame.
    #[must_use]
    pub fn text(&self) -> &str {
        encoder::text_of(&self.0)
    }

    /// What is left behind so many bytes.
    fn rest(&self, written: usize) -> Self {
        Self(self.0.slice(written..))
    }
}

/// Frames on their way to many connections: written in one go wherever that can be done.
#[derive(Debug)]
pub struct Bundle {
    /// At least one, in order.
    parcels: Vec<Parcel>,
    /// All of them, one behind the other.
    joined: Bytes,
}

impl Bundle {
    /// These frames.
    #[must_use]
    pub fn new(parcels: Vec<Parcel>) -> Self {
        let joined = match parcels.as_slice() {
            [one] => one.frame.0.clone(),
            all => all
                .iter()
                .flat_map(|one| one.frame.bytes())
                .copied()
                .collect(),
        };
        Self { parcels, joined }
    }

    /// A frame that stands for itself.
    #[must_use]
    pub fn plain(said: &ServerFrame) -> Self {
        Self::new(vec![Parcel::plain(said)])
    }

    /// Each frame by itself.
    #[must_use]
    pub fn parcels(&self) -> &[Parcel] {
        &self.parcels
    }

    /// All frames at once.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.joined
    }

    /// What is left when so many bytes are written: of the frame that was begun, and the
    /// frames behind it.
    pub(super) fn behind(&self, mut written: usize) -> (Option<Frame>, &[Parcel]) {
        for (at, parcel) in self.parcels.iter().enumerate() {
            let length = parcel.frame.bytes().len();
            match written.checked_sub(length) {
                Some(more) => written = more,
                None if written == 0 => return (None, &self.parcels[at..]),
                None => return (Some(parcel.frame.rest(written)), &self.parcels[at + 1..]),
            }
        }
        (None, &[])
    }
}

/// A frame on its way to one connection.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// For events: their room and the last of them, so that a connection which has just been
    /// told as much by a replay can leave them out.
    pub up_to: Option<(RoomId, Seq)>,
    /// Whether the other side has the beginning of it: then it goes out before all else.
    pub is_rest: bool,
    /// What to send.
    pub frame: Frame,
}

impl Parcel {
    /// A frame that stands for itself.
    #[must_use]
    pub fn plain(said: &ServerFrame) -> Self {
        Self {
            up_to: None,
            is_rest: false,
            frame: Frame::encode(said),
        }
    }
}
