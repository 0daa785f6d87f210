//! Numbers and names of things.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// A person. Counted from 1 by the database; never given to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub u64);

/// A room. Counted from 1 by the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoomId(pub u64);

/// An event's place in its room: 1, 2, 3 ... without gaps. 0 is "before the first".
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// The place right behind this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// Milliseconds since 1970 in UTC by the server's clock. Shown to people; orders nothing.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Millis(pub i64);

/// The life of a database: random, renewed when one is created or restored. Sequences of
/// different epochs have nothing to do with each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub String);

/// One action of a person, named by its client: 128 bits, 22 letters of base64url on the wire.
/// Sending the same action twice with the same `Cid` has the effect of once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cid(pub [u8; 16]);

impl Cid {
    /// A name that no other action has: when it was made, in 48 bits, and random bits. Any other
    /// 128 bits are as good; the server finds these faster, side by side in its index.
    #[must_use]
    pub fn new(made: Millis, random: [u8; 16]) -> Self {
        let mut bits = random;
        bits[..6].copy_from_slice(&made.0.to_be_bytes()[2..]);
        Self(bits)
    }
}

/// The text is not 22 letters of base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCid;

impl fmt::Display for InvalidCid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cid is 128 bits as 22 letters of base64url")
    }
}

impl std::error::Error for InvalidCid {}

impl fmt::Display for Cid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Base64UrlUnpadded::encode_string(&self.0))
    }
}

impl FromStr for Cid {
    type Err = InvalidCid;

    fn from_str(text: &str) -> Result<Self, InvalidCid> {
        let mut bits = [0; 16];
        let decoded = Base64UrlUnpadded::decode(text, &mut bits).map_err(|_| InvalidCid)?;
        if decoded.len() == bits.len() {
            Ok(Self(bits))
        } else {
            Err(InvalidCid)
        }
    }
}

impl Serialize for Cid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cid_survives_the_wire() {
        let cid = Cid(*b"sixteen bytes ok");
        let wire = serde_json::to_string(&cid).unwrap();
        assert_eq!(wire.len(), 24, "22 letters and two quotes");
        assert_eq!(serde_json::from_str::<Cid>(&wire).unwrap(), cid);
    }

    #[test]
    fn cids_stand_in_the_order_in_which_they_were_made() {
        let made = |at| Cid::new(Millis(at), [0xa5; 16]);
        assert!(made(1_795_305_600_255) < made(1_795_305_600_256));
        assert_eq!(
            made(0x0102_0304_0506).0[..8],
            [1, 2, 3, 4, 5, 6, 0xa5, 0xa5]
        );
        // A clock that is far off makes names that are as good.
        for at in [i64::MIN, -1, i64::MAX] {
            assert_eq!(made(at).0[6..], [0xa5; 10]);
        }
    }

    #[test]
    fn a_cid_of_another_length_is_refused() {
        for wrong in [
            "",
            "abc",
            "AAAAAAAAAAAAAAAAAAAAAAAA",
            "!!!!!!!!!!!!!!!!!!!!!!",
            // Of the other base64, with its end, and with bits behind the last one.
            "AAAAAAAAAAAAAAAAAAAA+A",
            "AAAAAAAAAAAAAAAAAAAAAA==",
            "AAAAAAAAAAAAAAAAAAAAAB",
            "AAAAAAAAAAAAAAAAAAAA\u{e9}",
        ] {
            assert_eq!(wrong.parse::<Cid>(), Err(InvalidCid), "{wrong:?}");
        }
    }
}
