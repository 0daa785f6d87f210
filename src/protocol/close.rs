//! Why a socket was closed, and what the client does about it.

/// Close codes of the server, beside the standard ones that the transport uses itself
/// (1002 not WebSocket, 1003 binary frame, 1007 not UTF-8, 1009 frame too large). The table stands in `docs/PROTOCOL.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum CloseCode {
    /// The server stops or restarts; `goodbye` came before.
    GoingAway = 4000,
    /// The client read too slowly and fell off its queue; a resume brings the rest.
    TooSlow = 4001,
    /// No frame for [`super::limits::HEARTBEAT_GIVE_UP`].
    Silent = 4002,
    /// `hello` was missing, late or doubled, or a frame was no JSON object.
    BadFrame = 4003,
    /// The session ended: signed out, or expired.
    SessionEnded = 4004,
    /// Too many frames too fast, also after refusals.
    Flooding = 4005,
    /// More sockets at once than a session or an address may have.
    TooManyConnections = 4006,
    /// The subprotocol is not [`super::SUBPROTOCOL`].
    UnknownVersion = 4007,
    /// The server failed inside; its log says why.
    Internal = 4008,
}

/// What a client does after a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reconnect {
    /// At once, and resume.
    Now,
    /// With full jitter, growing.
    Backoff,
    /// Not before half a minute.
    Slowly,
    /// Load the page again: this client is of another time or another session.
    Reload,
}

impl CloseCode {
    /// All of them, for tests and documentation.
    pub const ALL: [Self; 9] = [
        Self::GoingAway,
        Self::TooSlow,
        Self::Silent,
        Self::BadFrame,
        Self::SessionEnded,
        Self::Flooding,
        Self::TooManyConnections,
        Self::UnknownVersion,
        Self::Internal,
    ];

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> u16 {
        self as u16
    }

    /// The word that goes with the number, for people who read traces.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "going away",
            Self::TooSlow => "too slow",
            Self::Silent => "silent",
            Self::BadFrame => "bad frame",
            Self::SessionEnded => "session ended",
            Self::Flooding => "flooding",
            Self::TooManyConnections => "too many connections",
            Self::UnknownVersion => "unknown version",
            Self::Internal => "internal error",
        }
    }

    /// What a client does about a close with this number. Numbers that are not in the
    /// table (a cut line is 1006) mean: try again with backoff.
    #[must_use]
    pub fn rule(number: u16) -> Reconnect {
        match Self::ALL.into_iter().find(|code| code.number() == number) {
            Some(Self::TooSlow) => Reconnect::Now,
            Some(Self::Flooding | Self::TooManyConnections | Self::BadFrame) => Reconnect::Slowly,
            Some(Self::SessionEnded | Self::UnknownVersion) => Reconnect::Reload,
            Some(Self::GoingAway | Self::Silent | Self::Internal) | None => Reconnect::Backoff,
        }
    }
}
