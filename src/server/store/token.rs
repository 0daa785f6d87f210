//! The secret of a session: the browser has the token, the database has its hash.

use super::StoreError;
use base64ct::{Base64UrlUnpadded, Encoding};
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use sha2::{Digest, Sha256};
use std::fmt;

/// 256 random bits that stand for a session. `Display` writes them for the cookie; there
/// is no other way to see them.
pub struct SessionToken([u8; 32]);

/// The SHA-256 of a token. As the token is random and long, it needs no salt and no slow
/// hash: nobody can try them all.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionHash([u8; 32]);

impl SessionToken {
    /// A new token from the system's randomness.
    pub(super) fn random() -> Result<Self, StoreError> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits).map_err(|error| StoreError::failed(error.to_string()))?;
        Ok(Self(bits))
    }

    /// Reads a cookie: 43 letters of base64url.
    #[must_use]
    pub fn parse(cookie: &str) -> Option<Self> {
        let mut bits = [0; 32];
        let decoded = Base64UrlUnpadded::decode(cookie, &mut bits).ok()?;
        (decoded.len() == bits.len()).then_some(Self(bits))
    }

    /// What the database knows the session by.
    #[must_use]
    pub fn hash(&self) -> SessionHash {
        SessionHash(Sha256::digest(self.0).into())
    }
}

impl fmt::Display for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64UrlUnpadded::encode_string(&self.0))
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionToken(secret)")
    }
}

impl fmt::Debug for SessionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionHash(secret)")
    }
}

impl ToSql for SessionHash {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.as_slice()))
    }
}

impl FromSql for SessionHash {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 32]>::column_result(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_the_cookie_and_shows_itself_nowhere_else() {
        let token = SessionToken::random().unwrap();
        let cookie = token.to_string();
        assert_eq!(cookie.len(), 43);
        assert_eq!(SessionToken::parse(&cookie).unwrap().hash(), token.hash());
        assert!(!format!("{token:?}{:?}", token.hash()).contains(&cookie));
        assert_ne!(SessionToken::random().unwrap().hash(), token.hash());
    }

    #[test]
    fn a_cookie_of_another_shape_is_no_token() {
        for wrong in ["", "abc", &"A".repeat(42), &"A".repeat(44), &"!".repeat(43)] {
            assert!(SessionToken::parse(wrong).is_none(), "{wrong:?}");
        }
    }
}
