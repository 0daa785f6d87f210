-- A database of version 1 with something of everything in it.
-- It never changes: what comes later must read it.

PRAGMA application_id = 1215652450;
PRAGMA user_version = 1;
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
    hash    BLOB,
    PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX events_by_cid ON events (user_id, cid) WHERE cid IS NOT NULL;

INSERT INTO meta VALUES ('epoch', '00112233445566778899aabbccddeeff');

-- Bo signed out: the name is free, the messages stay.
INSERT INTO users VALUES (1, 'Ada', 'ada', 'ada', NULL, 1, 1790000000000);
INSERT INTO users VALUES (2, 'Bo', 'bo', 'bo', '0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f', 0, 1790000001000);

-- The token is 32 bytes of 1.
INSERT INTO sessions VALUES (X'72cd6e8422c407fb6d098690f1130b7ded7ec2f7f5e1d30bd9d521f015363793', 1, 1790000000000, 1790003600000);

INSERT INTO rooms VALUES (1, 'general', 'general', 'Everything', 7, 1, NULL, 1790000000000);
INSERT INTO rooms VALUES (2, 'book-club', 'Book Club', 'June: Dune', 1, 1, 1, 1790000002000);

INSERT INTO members VALUES (1, 1, 1790000000500, 4, 1);
INSERT INTO members VALUES (1, 2, 1790000002000, 1, 1);

INSERT INTO events VALUES (1, 1, 1790000000500, 2, 1, NULL, NULL, NULL, NULL);
INSERT INTO events VALUES (1, 2, 1790000000900, 1, 1, 'hello 🤖', NULL,
    X'000102030405060708090a0b0c0d0e0f',
    X'26fa7be83db1c9d22cfe9755cb7c8f994b1ba5a25982b24453517140f4d46e2b');
INSERT INTO events VALUES (1, 3, 1790000001000, 2, 2, NULL, NULL, NULL, NULL);
INSERT INTO events VALUES (1, 4, 1790000001100, 4, 2, 'Bo', 'Bob', NULL, NULL);
INSERT INTO events VALUES (1, 5, 1790000001200, 1, 2, '*hi* Ada', NULL,
    X'101112131415161718191a1b1c1d1e1f',
    X'160bb581ab0a21b86bd9b6577caa6f80f71923403838ec01eb4626ce0be13d68');
INSERT INTO events VALUES (1, 6, 1790000001300, 3, 2, NULL, NULL, NULL, NULL);
INSERT INTO events VALUES (1, 7, 1790000001400, 5, 1, 'Everything', NULL, NULL, NULL);
INSERT INTO events VALUES (2, 1, 1790000002000, 2, 1, NULL, NULL, NULL, NULL);

COMMIT;
