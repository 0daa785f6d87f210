-- Names of actions begin with the time they were made (docs/PROTOCOL.md, `cid`). By them first,
-- what many people do at the same time stands side by side in the index: in one page of it, not
-- in one page for each of them.

DROP INDEX IF EXISTS events_by_cid;
CREATE UNIQUE INDEX events_by_cid ON events (cid, user_id) WHERE cid IS NOT NULL;
