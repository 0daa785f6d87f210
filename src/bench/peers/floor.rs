//! The least that telling everybody can cost.

use super::super::wire;
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
};

/// One thread that writes the same bytes to every socket of a room, rooms in turn, as often as
/// it is told to. The first line of the first connection that has one says how: sockets,
/// rooms, frames in each write, and the text of a frame.
pub fn write(addr: SocketAddr) {
    let listener = TcpListener::bind(addr).unwrap();
    let (mut control, how) = loop {
        let mut control = BufReader::new(listener.accept().unwrap().0);
        let mut how = String::new();
        // Whoever only looks whether somebody is there says nothing.
        if control.read_line(&mut how).is_ok_and(|read| read > 0) {
            break (control, how);
        }
    };
    let mut words = how.trim_end().splitn(4, ' ');
    let mut next = || words.next().unwrap();
    let mut count = || next().parse::<usize>().unwrap();
    let (sockets, rooms, together) = (count(), count(), count());
    let bytes = wire::framed(next().as_bytes()).repeat(together);
    let mut all: Vec<Vec<_>> = (0..rooms).map(|_| Vec::new()).collect();
    for number in 0..sockets {
        all[number % rooms].push(listener.accept().unwrap().0);
    }
    let mut go = [0];
    for room in (0..rooms).cycle() {
        if control.read_exact(&mut go).is_err() {
            return;
        }
        for socket in &mut all[room] {
            socket.write_all(&bytes).unwrap();
        }
    }
}
