-- What happens to messages after they were said: edits, deletions and reactions.
--
-- New kinds of events: 6 edited, 7 deleted, 8 reacted, 9 took a reaction back. of_seq is the
-- message that such an event is about; body is the emoji of a reaction and NULL otherwise:
-- what a message says stands in its own row and nowhere else, so that deleting it there
-- (body NULL) is all there is to do. They carry a cid like messages; hash is that of an edit's
-- text as it was submitted, and goes with the message.
--
-- In the row of a message: edited_at, when it was edited last; amended, the seq of the newest
-- event about it, 0 if there is none.

ALTER TABLE events ADD COLUMN of_seq INTEGER;
ALTER TABLE events ADD COLUMN edited_at INTEGER;
ALTER TABLE events ADD COLUMN amended INTEGER NOT NULL DEFAULT 0 CHECK (amended >= 0);

CREATE INDEX events_by_message ON events (room_id, of_seq) WHERE of_seq IS NOT NULL;

-- What a message said before: until is the seq of the edit that ended it, at when it began.
CREATE TABLE versions (
    room_id INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT    NOT NULL,
    PRIMARY KEY (room_id, seq, until),
    FOREIGN KEY (room_id, seq) REFERENCES events (room_id, seq)
) STRICT, WITHOUT ROWID;

-- One emoji under a message, for as long as anybody has it there: since is the seq of the
-- event that brought it; count counts the rows of the table below.
CREATE TABLE reactions (
    room_id INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    emoji   TEXT    NOT NULL,
    since   INTEGER NOT NULL,
    count   INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (room_id, seq, emoji),
    FOREIGN KEY (room_id, seq) REFERENCES events (room_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE reactors (
    room_id INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    emoji   TEXT    NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    since   INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq, emoji, user_id),
    FOREIGN KEY (room_id, seq, emoji) REFERENCES reactions (room_id, seq, emoji)
) STRICT, WITHOUT ROWID;

CREATE INDEX reactors_in_order ON reactors (room_id, seq, emoji, since);
