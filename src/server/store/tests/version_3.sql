-- A database of version 3 with something of everything in it.
-- It never changes: what comes later must read it.

PRAGMA application_id = 1215652450;
PRAGMA user_version = 3;
BEGIN;

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL,
    name_key   TEXT    NOT NULL,
    skeleton   TEXT    NOT NULL,
    gravatar   TEXT,
    in_use     INTEGER NOT NULL CHECK (in_use IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX users_by_name_key ON users (name_key) WHERE in_use = 1;

CREATE UNIQUE INDEX users_by_skeleton ON users (skeleton) WHERE in_use = 1;

CREATE TABLE sessions (
    hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    user_id    INTEGER NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE rooms (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    slug       TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL,
    topic      TEXT    NOT NULL,
    head       INTEGER NOT NULL DEFAULT 0 CHECK (head >= 0),
    members    INTEGER NOT NULL DEFAULT 0 CHECK (members >= 0),
    created_by INTEGER REFERENCES users (id),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE members (
    user_id   INTEGER NOT NULL REFERENCES users (id),
    room_id   INTEGER NOT NULL REFERENCES rooms (id),
    joined_at INTEGER NOT NULL,
    read_seq  INTEGER NOT NULL CHECK (read_seq >= 0),
    announced INTEGER NOT NULL CHECK (announced IN (0, 1)),
    PRIMARY KEY (user_id, room_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    room_id INTEGER NOT NULL REFERENCES rooms (id),
    seq     INTEGER NOT NULL CHECK (seq > 0),
    at      INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    user_id INTEGER NOT NULL REFERENCES users (id),
    body    TEXT,
    was     TEXT,
    cid     BLOB,
    hash    BLOB, of_seq INTEGER, edited_at INTEGER, amended INTEGER NOT NULL DEFAULT 0 CHECK (amended >= 0),
    PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX events_by_cid ON events (cid, user_id) WHERE cid IS NOT NULL;

CREATE INDEX events_by_message ON events (room_id, of_seq) WHERE of_seq IS NOT NULL;

CREATE TABLE versions (
    room_id INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT    NOT NULL,
    PRIMARY KEY (room_id, seq, until),
    FOREIGN KEY (room_id, seq) REFERENCES events (room_id, seq)
) STRICT, WITHOUT ROWID;

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

INSERT INTO meta VALUES ('epoch', '00112233445566778899aabbccddeeff');

-- Bo signed out: the name is free, the messages stay.
INSERT INTO users VALUES (1, 'Ada', 'ada', 'ada', NULL, 1, 1790000000000);
INSERT INTO users VALUES (2, 'Bo', 'bo', 'bo', '0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f', 0, 1790000001000);

-- The token is 32 bytes of 1.
INSERT INTO sessions VALUES (X'72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793', 1, 1790000000000, 1790003600000);

INSERT INTO rooms VALUES (1, 'general', 'general', 'Everything', 12, 1, NULL, 1790000000000);
INSERT INTO rooms VALUES (2, 'book-club', 'Book Club', 'June: Dune', 1, 1, 1, 1790000002000);

INSERT INTO members VALUES (1, 1, 1790000000500, 4, 1);
INSERT INTO members VALUES (1, 2, 1790000002000, 1, 1);

INSERT INTO events VALUES (1, 1, 1790000000500, 2, 1, NULL, NULL, NULL, NULL, NULL, NULL, 0);
-- Edited at 8, with a thumb of Ada's from 9 on; the heart of 10 was taken back at 11.
INSERT INTO events VALUES (1, 2, 1790000000900, 1, 1, 'hello everybody 🤖', NULL,
    X'000102030405060708090a0b0c0d0e0f',
    X'26fa7be83db1c9d22cfe9755cb7c8f994b1ba5a25982b24453517140f4d46e2b',
    NULL, 1790000001500, 11);
INSERT INTO events VALUES (1, 3, 1790000001000, 2, 2, NULL, NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO events VALUES (1, 4, 1790000001100, 4, 2, 'Bo', 'Bob', NULL, NULL, NULL, NULL, 0);
-- Edited at 6, deleted at 7.
INSERT INTO events VALUES (1, 5, 1790000001200, 1, 2, NULL, NULL,
    X'101112131415161718191a1b1c1d1e1f', NULL, NULL, NULL, 7);
INSERT INTO events VALUES (1, 6, 1790000001300, 6, 2, NULL, NULL,
    X'202122232425262728292a2b2c2d2e2f', NULL, 5, NULL, 0);
INSERT INTO events VALUES (1, 7, 1790000001400, 7, 2, NULL, NULL,
    X'303132333435363738393a3b3c3d3e3f', NULL, 5, NULL, 0);
INSERT INTO events VALUES (1, 8, 1790000001500, 6, 1, NULL, NULL,
    X'404142434445464748494a4b4c4d4e4f',
    X'ee5c672a4161f40c06a58583959609749268115d3f8170ede0d2ae9a6db92704',
    2, NULL, 0);
INSERT INTO events VALUES (1, 9, 1790000001600, 8, 1, '👍', NULL,
    X'505152535455565758595a5b5c5d5e5f', NULL, 2, NULL, 0);
INSERT INTO events VALUES (1, 10, 1790000001700, 8, 1, '❤️', NULL,
    X'606162636465666768696a6b6c6d6e6f', NULL, 2, NULL, 0);
INSERT INTO events VALUES (1, 11, 1790000001800, 9, 1, '❤️', NULL,
    X'707172737475767778797a7b7c7d7e7f', NULL, 2, NULL, 0);
-- Its action has a name that begins with the time.
INSERT INTO events VALUES (1, 12, 1790000001900, 1, 1, 'hello again', NULL,
    X'01a0c450736c8182838485868788898a',
    X'3908c567feda72bc0dbdb2dff040fe0d3470dcd51b942374378a476930dbf6b3',
    NULL, NULL, 0);
INSERT INTO events VALUES (2, 1, 1790000002000, 2, 1, NULL, NULL, NULL, NULL, NULL, NULL, 0);

INSERT INTO versions VALUES (1, 2, 8, 1790000000900, 'hello 🤖');
INSERT INTO reactions VALUES (1, 2, '👍', 9, 1);
INSERT INTO reactors VALUES (1, 2, '👍', 1, 9);

COMMIT;
