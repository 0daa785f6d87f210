//! Bytes that wait for clients who do not take them: counted by address and in all. Whoever asks
//! for much and reads nothing must not have the server keep it all in memory.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Up to this part of what one address may have it has a place even where all is taken: nobody can
/// take everything from the others.
const SMALL: usize = 64;

/// What waits, and how much may.
#[derive(Debug)]
pub struct Unread {
    in_all: usize,
    each: usize,
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    in_all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// What waits for one client; nothing any more when this is dropped.
#[derive(Debug)]
pub struct Held {
    unread: Arc<Unread>,
    address: IpAddr,
    bytes: usize,
}

/// It would be too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch;

/// An answer that is counted for as long as anybody holds it.
pub struct Counted {
    answer: String,
    _held: Held,
}

impl Unread {
    /// Nothing waits yet.
    #[must_use]
    pub fn new(in_all: usize, each: usize) -> Arc<Self> {
        Arc::new(Self {
            in_all,
            each,
            waiting: Mutex::default(),
        })
    }

    /// For what will wait for a client at this address.
    #[must_use]
    pub fn at(self: &Arc<Self>, address: IpAddr) -> Held {
        Held {
            unread: self.clone(),
            address,
            bytes: 0,
        }
    }
}

impl Held {
    /// So many bytes wait now.
    ///
    /// # Errors
    /// [`TooMuch`]; what is counted stays as it was.
    pub fn set(&mut self, bytes: usize) -> Result<(), TooMuch> {
        if bytes == self.bytes {
            return Ok(());
        }
        let waiting = self.unread.waiting.lock();
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        let theirs = waiting.by_address.get(&self.address).copied();
        let in_all = waiting.in_all - self.bytes + bytes;
        let theirs = theirs.unwrap_or_default() - self.bytes + bytes;
        let most = &*self.unread;
        // Those who fill it are refused more, not everybody else.
        let is_full = in_all > most.in_all && theirs > most.each / SMALL;
        if bytes > self.bytes && (is_full || theirs > most.each) {
            return Err(TooMuch);
        }
        waiting.in_all = in_all;
        if theirs == 0 {
            waiting.by_address.remove(&self.address);
        } else {
            waiting.by_address.insert(self.address, theirs);
        }
        self.bytes = bytes;
        Ok(())
    }

    /// Nothing waits any more.
    pub fn release(&mut self) {
        // Less is never too much.
        let _ = self.set(0);
    }

    /// An answer for this client.
    ///
    /// # Errors
    /// [`TooMuch`].
    pub fn answer(mut self, answer: String) -> Result<Counted, TooMuch> {
        self.set(answer.capacity())?;
        Ok(Counted {
            answer,
            _held: self,
        })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        self.answer.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn who_has_little_waiting_has_a_place_where_others_took_all() {
        let unread = Unread::new(1_000, 640);
        let mut greedy = [1, 2].map(|last| unread.at(address(last)));
        assert_eq!(greedy[0].set(640), Ok(()));
        assert_eq!(greedy[1].set(360), Ok(()));
        assert_eq!(greedy[1].set(361), Err(TooMuch));
        let mut modest = unread.at(address(3));
        assert_eq!(modest.set(10), Ok(()));
        assert_eq!(modest.set(11), Err(TooMuch));
    }

    #[test]
    fn an_address_and_all_together_have_a_limit_at_its_edge() {
        let unread = Unread::new(10, 6);
        let mut first = unread.at(address(1));
        assert_eq!(first.set(6), Ok(()));
        assert_eq!(first.set(7), Err(TooMuch), "of one");
        assert_eq!(unread.at(address(1)).set(1), Err(TooMuch), "of its address");
        let mut other = unread.at(address(2));
        assert_eq!(other.set(4), Ok(()));
        assert_eq!(other.set(5), Err(TooMuch), "in all");
        assert_eq!(first.set(5), Ok(()), "less");
        assert_eq!(other.set(5), Ok(()));
        drop(first);
        assert_eq!(unread.at(address(3)).set(5), Ok(()));
        drop(other);
        let waiting = unread.waiting.lock().unwrap();
        assert_eq!((waiting.in_all, waiting.by_address.len()), (0, 0));
    }

    #[test]
    fn an_answer_counts_until_the_last_part_of_it_is_gone() {
        let unread = Unread::new(10, 10);
        let answer = unread.at(address(1)).answer("a".repeat(10)).unwrap();
        let whole = bytes::Bytes::from_owner(answer);
        let part = whole.slice(9..);
        drop(whole);
        assert!(unread.at(address(2)).answer("b".to_owned()).is_err());
        drop(part);
        assert!(unread.at(address(2)).answer("b".to_owned()).is_ok());
    }
}
