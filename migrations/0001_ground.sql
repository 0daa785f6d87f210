-- The ground: people and their sessions, rooms with their members, and the log.

PRAGMA application_id = 1215652450; -- "Hubb"

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta (key, value) VALUES ('epoch', lower(hex(randomblob(16))));

-- People stay for as long as their messages do; their names are free again when nobody
-- can speak in them any more (in_use = 0).
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

-- hash is the SHA-256 of the token; the token itself is only in the cookie.
CREATE TABLE sessions (
    hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    user_id    INTEGER NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id);

-- head is the seq of the newest event; members counts the rows of the table below.
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

INSERT INTO rooms (slug, name, topic, created_at)
VALUES ('general', 'general', '', CAST(unixepoch('subsec') * 1000 AS INTEGER));

-- announced says whether the log told that they joined: only then it tells that they left.
CREATE TABLE members (
    user_id   INTEGER NOT NULL REFERENCES users (id),
    room_id   INTEGER NOT NULL REFERENCES rooms (id),
    joined_at INTEGER NOT NULL,
    read_seq  INTEGER NOT NULL CHECK (read_seq >= 0),
    announced INTEGER NOT NULL CHECK (announced IN (0, 1)),
    PRIMARY KEY (user_id, room_id)
) STRICT, WITHOUT ROWID;

-- kind: 1 message, 2 joined, 3 left, 4 renamed, 5 topic.
-- body: the message, the new name or the new topic; was: the name before.
-- cid and hash (of the body as it was submitted) belong to messages, and make a retry
-- have the effect of once for as long as the message lives.
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
