//! The protocol's types as columns.
//!
//! What the database holds passed its parser on the way in. It is read back as a client
//! reads it off the wire: without asking the rules again, for they may have changed since.

use crate::protocol::{Cid, Emoji, Millis, Name, RoomId, RoomName, Seq, Slug, Topic, UserId};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, de::IntoDeserializer, de::value::StrDeserializer};

/// So many rows at most.
pub(super) fn rows(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

macro_rules! counted {
    ($($column:ident),*) => {$(
        impl ToSql for $column {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                // What somebody asks for may be beyond what a column holds: it is as little
                // there as the last number. What is written was counted here, one by one.
                Ok(ToSqlOutput::from(i64::try_from(self.0).unwrap_or(i64::MAX)))
            }
        }

        impl FromSql for $column {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let number = value.as_i64()?;
                u64::try_from(number)
                    .map(Self)
                    .map_err(|_| FromSqlError::OutOfRange(number))
            }
        }
    )*};
}

macro_rules! text {
    ($($column:ident),*) => {$(
        impl ToSql for $column {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.as_str()))
            }
        }

        impl FromSql for $column {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let text: StrDeserializer<'_, serde::de::value::Error> =
                    value.as_str()?.into_deserializer();
                Self::deserialize(text).map_err(|error| FromSqlError::Other(error.into()))
            }
        }
    )*};
}

counted!(UserId, RoomId, Seq);
text!(Emoji, Name, RoomName, Slug, Topic);

impl ToSql for Millis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0))
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(Self)
    }
}

impl ToSql for Cid {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_slice()))
    }
}

impl FromSql for Cid {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 16]>::column_result(value).map(Self)
    }
}
