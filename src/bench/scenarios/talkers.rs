//! Whoever has something said in front of a crowd.

use super::super::{crowd::Crowd, ground::GENERAL_ID, wire};
use hubbub::protocol::Cid;
use std::{io::Write, net::TcpStream};

/// Letters of what is said: with what the server adds, about 250 bytes come.
pub const WORDS: usize = 60;

/// Something that tells everybody.
pub trait Talker {
    /// Has this message said. Numbers only grow.
    fn say(&mut self, crowd: &mut Crowd, number: u64);
}

/// The product: people in turn, since each may say two a second.
pub struct Hubbub {
    /// How many of them, from the first on.
    pub people: usize,
    pub words: usize,
    /// By person, in turn.
    pub rooms: Vec<u64>,
}

impl Hubbub {
    /// So many people in one room.
    pub fn new(people: usize, words: usize) -> Self {
        let rooms = vec![GENERAL_ID.0];
        Self {
            people,
            words,
            rooms,
        }
    }
}

impl Talker for Hubbub {
    fn say(&mut self, crowd: &mut Crowd, number: u64) {
        let person = usize::try_from(number).unwrap() % self.people;
        let room = self.rooms[person % self.rooms.len()];
        let words = "x".repeat(self.words);
        crowd.say(person, &send(number, room, &format!("{number} {words}")));
    }
}

/// What a page sends when somebody says something.
pub fn send(number: u64, room: u64, words: &str) -> Vec<u8> {
    let cid = Cid(u128::from(number).to_be_bytes());
    let frame = format!(r#"{{"t":"send","cid":"{cid}","room":{room},"body":"{words}"}}"#);
    wire::text(&frame)
}

/// A frame as long as ours.
pub fn told(length: usize, number: u64) -> String {
    let told = format!(r#"{{"kind":"message","text":"{number} "#);
    let rest = length.saturating_sub(told.len() + 2);
    format!(r#"{told}{}"}}"#, "x".repeat(rest))
}

/// A hub that says again what it hears.
pub struct Echo {
    pub length: usize,
}

impl Talker for Echo {
    fn say(&mut self, crowd: &mut Crowd, number: u64) {
        crowd.say(0, &wire::text(&told(self.length, number)));
    }
}

/// The floor, which writes so many at once.
pub struct Floor {
    control: TcpStream,
    together: u64,
}

impl Floor {
    /// Tells it how.
    pub fn new(mut control: TcpStream, how: [usize; 3], length: usize) -> Self {
        let [sockets, rooms, together] = how;
        control.set_nodelay(true).unwrap();
        let how = format!("{sockets} {rooms} {together} {}\n", told(length, 0));
        control.write_all(how.as_bytes()).unwrap();
        Self {
            control,
            together: together as u64,
        }
    }
}

impl Talker for Floor {
    fn say(&mut self, _: &mut Crowd, number: u64) {
        if (number + 1).is_multiple_of(self.together) {
            self.control.write_all(b"g").unwrap();
        }
    }
}
