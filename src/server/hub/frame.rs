//! A frame, encoded once and shared by everybody who gets it.

use crate::protocol::{RoomId, Seq, ServerFrame};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// The text of a frame. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Frame(Utf8Bytes);

impl Frame {
    /// Encodes what the server says.
    #[must_use]
    pub fn encode(said: &ServerFrame) -> Self {
        let text = serde_json::to_string(said).expect("frames have no maps with other keys");
        Self(text.into())
    }

    /// The text, for the transport.
    #[must_use]
    pub fn into_text(self) -> Utf8Bytes {
        self.0
    }
}

/// A frame on its way to one connection.
#[derive(Clone, Debug)]
pub struct Parcel {
    /// For events: their room and the last of them, so that a connection which has just been
    /// told as much by a replay can leave them out.
    pub up_to: Option<(RoomId, Seq)>,
    /// What to send.
    pub frame: Frame,
}

impl Parcel {
    /// A frame that stands for itself.
    #[must_use]
    pub fn plain(said: &ServerFrame) -> Self {
        Self {
            up_to: None,
            frame: Frame::encode(said),
        }
    }
}
