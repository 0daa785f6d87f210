//! Rooms: finding, listing, making them, and what they are about.

use super::{Change, Moment, Store, StoreError, database, log, members, people, writer::Write};
use crate::{
    protocol::{Room, RoomId, RoomName, RoomSummary, Slug, Topic, UserId, What, limits::ROOMS},
    server::sort,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

impl Store {
    /// The room at a place in the URL.
    ///
    /// # Errors
    /// What every read can meet.
    pub async fn room(&self, slug: &Slug) -> Result<Option<Room>, StoreError> {
        let slug = slug.clone();
        self.read(move |db| {
            let found = db
                .prepare_cached("SELECT id, slug, name, topic FROM rooms WHERE slug = ?1")?
                .query_row([slug], room)
                .optional()?;
            Ok(found)
        })
        .await
    }

    /// The room with a number.
    ///
    /// # Errors
    /// What every read can meet.
    pub async fn room_by_id(&self, id: RoomId) -> Result<Option<Room>, StoreError> {
        self.read(move |db| match by_id(db, id) {
            Ok(found) => Ok(Some(found)),
            Err(StoreError::NoSuchRoom) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    /// Every room, the default room first and the others as people sort, with what is unread
    /// for `user`.
    ///
    /// # Errors
    /// What every read can meet.
    pub async fn rooms(&self, user: Option<UserId>) -> Result<Vec<RoomSummary>, StoreError> {
        self.at_once(move |moment| moment.rooms(user)).await
    }

    /// Makes a room; its maker is its first member.
    ///
    /// # Errors
    /// [`StoreError::RoomTaken`], [`StoreError::TooManyRooms`], [`StoreError::NoSuchUser`],
    /// and what every write can meet.
    pub async fn create_room(
        &self,
        user: UserId,
        name: RoomName,
        slug: Slug,
        topic: Topic,
    ) -> Result<Room, StoreError> {
        self.write(move |write| write.create_room(user, name, slug, topic))
            .await
    }

    /// Says what a room is about; the log tells it, if it is something new.
    ///
    /// # Errors
    /// [`StoreError::NoSuchRoom`], [`StoreError::NoSuchUser`], and what every write can meet.
    pub async fn set_topic(
        &self,
        user: UserId,
        room: RoomId,
        topic: Topic,
    ) -> Result<Room, StoreError> {
        self.write(move |write| write.set_topic(user, room, topic))
            .await
    }
}

impl Moment<'_> {
    /// As [`Store::rooms`].
    pub fn rooms(&self, user: Option<UserId>) -> Result<Vec<RoomSummary>, StoreError> {
        let mut rooms = summaries(self.db, user)?;
        sort::rooms(&mut rooms);
        Ok(rooms)
    }
}

impl Write<'_> {
    fn create_room(
        &mut self,
        user: UserId,
        name: RoomName,
        slug: Slug,
        topic: Topic,
    ) -> Result<Room, StoreError> {
        let maker = people::acting(self.db, user)?;
        let count: i64 = self
            .db
            .prepare_cached("SELECT count(*) FROM rooms")?
            .query_row([], |row| row.get(0))?;
        if usize::try_from(count).is_ok_and(|count| count >= ROOMS) {
            return Err(StoreError::TooManyRooms);
        }
        let id = self
            .db
            .prepare_cached(
                "INSERT INTO rooms (slug, name, topic, created_by, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
            )?
            .query_row(params![slug, name, topic, user, self.now], |row| row.get(0))
            .map_err(|error| {
                if database::refused_as_double(&error) {
                    StoreError::RoomTaken
                } else {
                    error.into()
                }
            })?;
        let room = Room {
            id,
            slug,
            name,
            topic,
        };
        let news = self.changes.len();
        self.enter(&maker, id, true)?;
        let head = log::head(self.db, id)?;
        // The room comes before who is in it.
        self.changes.insert(
            news,
            Change::Room {
                room: room.clone(),
                head,
            },
        );
        Ok(room)
    }

    fn set_topic(&mut self, user: UserId, id: RoomId, topic: Topic) -> Result<Room, StoreError> {
        let by = people::acting(self.db, user)?;
        let mut room = by_id(self.db, id)?;
        if room.topic == topic {
            return Ok(room);
        }
        self.db
            .prepare_cached("UPDATE rooms SET topic = ?2 WHERE id = ?1")?
            .execute(params![id, topic])?;
        room.topic = topic.clone();
        let event = self.log(id, &by, What::Topic { topic })?;
        self.changes.push(Change::Room {
            room: room.clone(),
            head: event.seq,
        });
        Ok(room)
    }
}

fn by_id(db: &Connection, id: RoomId) -> Result<Room, StoreError> {
    db.prepare_cached("SELECT id, slug, name, topic FROM rooms WHERE id = ?1")?
        .query_row([id], room)
        .optional()?
        .ok_or(StoreError::NoSuchRoom)
}

fn room(row: &Row<'_>) -> rusqlite::Result<Room> {
    Ok(Room {
        id: row.get(0)?,
        slug: row.get(1)?,
        name: row.get(2)?,
        topic: row.get(3)?,
    })
}

fn summaries(db: &Connection, user: Option<UserId>) -> rusqlite::Result<Vec<RoomSummary>> {
    db.prepare_cached(
        "SELECT id, slug, name, topic, head, members, read_seq
         FROM rooms LEFT JOIN members ON room_id = id AND user_id = ?1",
    )?
    .query_map([user], |row| {
        let room = room(row)?;
        let head = row.get(4)?;
        let read = row.get(6)?;
        let unread = match (user, read) {
            (Some(user), Some(read)) => members::unread(db, user, room.id, read, head)?,
            _ => 0,
        };
        Ok(RoomSummary {
            room,
            head,
            unread,
            member: read.is_some(),
            members: row.get(5)?,
        })
    })?
    .collect()
}
