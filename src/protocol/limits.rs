//! Every limit of Hubbub, in one place. `docs/OPERATIONS.md` lists them for hosts; a test
//! stands at the edge of each.

use std::time::Duration;

/// Letters in a message, as people count them being typed (Unicode scalar values).
pub const MESSAGE_CHARS: usize = 8_000;
/// Bytes of a message as a JSON string: what fits into a frame beside its other fields.
/// Reached before [`MESSAGE_CHARS`] by scripts of three and four bytes a letter.
pub const MESSAGE_BYTES: usize = 15 * 1024;
/// Bytes of one frame from a client; a larger one closes the socket with 1009.
pub const FRAME_BYTES: usize = 16 * 1024;
/// Graphemes in a name: what a person would count.
pub const NAME_GRAPHEMES: usize = 32;
/// Bytes in a name: stops a grapheme of a hundred accents.
pub const NAME_BYTES: usize = 128;
/// Letters in the name of a room.
pub const ROOM_NAME_CHARS: usize = 40;
/// Letters in a topic.
pub const TOPIC_CHARS: usize = 200;
/// Letters in the slug of a room.
pub const SLUG_CHARS: usize = 48;
/// Public rooms of one place. More wait for folders and search.
pub const ROOMS: usize = 500;
/// Bytes of a form sent by POST: a whole message, percent-encoded.
pub const FORM_BYTES: usize = 64 * 1024;

/// Different emoji under one message.
pub const REACTIONS: usize = 20;
/// People named for one emoji under a message; above, the count and the first of them.
pub const REACTORS_LISTED: usize = 10;
/// Earlier versions of a message that are kept for its author; the oldest go first.
pub const VERSIONS_KEPT: usize = 50;

/// Events on one page of history; what only amends a message does not count.
pub const PAGE_EVENTS: usize = 50;
/// Missed events that are replayed; beyond, a `reset` brings the newest page.
pub const REPLAY_EVENTS: usize = 500;
/// Events in one replayed frame.
pub const REPLAY_CHUNK: usize = 100;
/// Bytes of one such frame, roughly, unless one event alone is larger.
pub const REPLAY_BYTES: usize = 64 * 1024;
/// Rooms that a `hello` may name.
pub const RESUME_ROOMS: usize = 200;
/// Unread messages are counted up to here; above, "99+".
pub const UNREAD_COUNTED: u32 = 100;
/// People listed as online in one room; above, the count and the first of them. Above it
/// a room also writes no "joined" into its log: a crowd is a count.
pub const ONLINE_LISTED: usize = 200;
/// Messages of one author less far apart than this stand in one group.
pub const GROUP_WITHIN: Duration = Duration::from_secs(5 * 60);

/// A client says `typing` at most this often.
pub const TYPING_EVERY: Duration = Duration::from_secs(3);
/// A client shows somebody as typing for this long after the last word of it.
pub const TYPING_SHOWN: Duration = Duration::from_secs(6);
/// A client says `read` at most this often, however much it reads meanwhile.
pub const READ_EVERY: Duration = Duration::from_secs(1);
/// In a crowd it says so later, by up to this for each person online: all of them read the same
/// message at the same moment, and what each has read is written down.
pub const READ_SPREAD: Duration = Duration::from_millis(1);
/// A server says `beat` to a client that was silent for this long.
pub const HEARTBEAT_EVERY: Duration = Duration::from_secs(20);
/// A client that heard nothing for this long says `ping`: a little later than a server's `beat`
/// would have come.
pub const HEARTBEAT_MISSED: Duration = Duration::from_secs(22);
/// Both sides give up after this much silence.
pub const HEARTBEAT_GIVE_UP: Duration = Duration::from_secs(30);
/// A new socket must say `hello` within this.
pub const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// Changes in presence are gathered this long before they are sent.
pub const PRESENCE_WINDOW: Duration = Duration::from_millis(250);
/// The same in rooms above [`ONLINE_LISTED`]: a crowd that comes in ten seconds is told in
/// five frames each, not in forty.
pub const PRESENCE_WINDOW_CROWD: Duration = Duration::from_secs(2);
/// Somebody whose last socket closed stays listed this long: a reload must not flicker.
pub const PRESENCE_GRACE: Duration = Duration::from_secs(5);
/// Reconnecting waits a random time up to this, at most.
pub const RECONNECT_MAX: Duration = Duration::from_secs(30);
/// Reconnecting waits a random time up to this, the first time; doubled each time.
pub const RECONNECT_FIRST: Duration = Duration::from_millis(500);

/// Frames waiting for one socket. One that falls further behind is closed with
/// [`super::CloseCode::TooSlow`] and resumes.
pub const QUEUE_FRAMES: usize = 512;
/// Writes waiting for the database. When it is full, senders are asked to wait.
pub const WRITE_QUEUE: usize = 4_096;
/// Writes in one transaction at most.
pub const WRITE_BATCH: usize = 256;
/// Sockets at once in all.
pub const CONNECTIONS: usize = 10_000;
/// Sockets at once of one session.
pub const CONNECTIONS_PER_SESSION: usize = 20;
/// Sockets at once from one address (an office or a school may share one).
pub const CONNECTIONS_PER_ADDRESS: usize = 1_000;
/// A client must have sent its whole request head within this.
pub const HEADER_WITHIN: Duration = Duration::from_secs(10);
/// Connections that the system holds ready while we accept others.
pub const LISTEN_BACKLOG: u32 = 4_096;
/// From the signal to the exit of the process.
pub const SHUTDOWN_WITHIN: Duration = Duration::from_secs(5);
/// A session that nobody used for this long ends, and a guest's name is free again.
pub const SESSION_IDLE: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// A join that is posted again by the same page (its `cid`) within this leads to the same
/// guest: the first answer may have been lost.
pub const JOIN_REMEMBERED: Duration = Duration::from_secs(10 * 60);
/// Joins remembered at once; the oldest ones are forgotten first.
pub const JOINS_REMEMBERED: usize = 10_000;

/// A token bucket: so many at once, then one more every so often.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// At once.
    pub burst: u32,
    /// Then one more every.
    pub every: Duration,
}

/// Messages of one session.
pub const SENDS: Rate = Rate {
    burst: 20,
    every: Duration::from_millis(500),
};
/// Other frames of one socket (typing, reading, paging, heartbeats).
pub const FRAMES: Rate = Rate {
    burst: 60,
    every: Duration::from_millis(100),
};
/// Frames of one socket refused for coming too fast before it is closed as flooding. Whoever
/// comes back with words for several rooms waits as each refusal says, and tries each room
/// again: two refusals a second for each room but one.
pub const FRAMES_REFUSED: Rate = Rate {
    burst: 100,
    every: Duration::from_millis(100),
};
/// Names chosen from one address.
pub const JOINS: Rate = Rate {
    burst: 60,
    every: Duration::from_secs(2),
};
/// Names changed, topics set and rooms made by one session.
pub const CHANGES: Rate = Rate {
    burst: 10,
    every: Duration::from_secs(6),
};
/// Rooms made from one address. Sessions are free, rooms are few ([`ROOMS`]): by [`CHANGES`]
/// alone a handful of sessions could fill a place in seconds.
pub const ROOMS_MADE: Rate = Rate {
    burst: 10,
    every: Duration::from_secs(5 * 60),
};
/// Pages asked for, forms posted and sockets opened from one address: whoever comes in asks
/// for a page and opens a socket, so a school of 300 may come in at the same moment.
pub const REQUESTS: Rate = Rate {
    burst: 600,
    every: Duration::from_millis(20),
};
