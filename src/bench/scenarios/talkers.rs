//! Whoever has something said in front of a crowd.

use super::super::{
    crowd::Crowd,
    ground::{self, GENERAL_ID},
    wire,
};
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
    let cid = ground::cid(number);
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
    pub together: u8,
    /// Said, and not written yet.
    waiting: u8,
}

impl Floor {
    /// Tells it how: so many sockets, in so many rooms, and the length of a frame that is alone
    /// in its write, and of one that is not.
    pub fn new(mut control: TcpStream, sockets: usize, rooms: usize, lengths: [usize; 2]) -> Self {
        control.set_nodelay(true).unwrap();
        let [alone, one] = lengths;
        let how = format!("{sockets} {rooms} {alone} {one}\n");
        control.write_all(how.as_bytes()).unwrap();
        Self {
            control,
            together: 1,
            waiting: 0,
        }
    }
}

impl Talker for Floor {
    fn say(&mut self, _: &mut Crowd, _: u64) {
        self.waiting += 1;
        if self.waiting == self.together {
            self.control.write_all(&[self.together]).unwrap();
            self.waiting = 0;
        }
    }
}
