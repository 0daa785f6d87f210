//! The least that telling everybody can cost.

use super::super::{scenarios::talkers, wire};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener},
};

/// One thread that writes the same bytes to every socket of a room, rooms in turn, as often as
/// it is told to. The first line of the first connection that has one says how: sockets, rooms,
/// and how long a frame is that is alone in its write, or not. Each byte behind it says: now, so
/// many frames in each write.
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
    let mut words = how.trim_end().split(' ');
    let mut count = || words.next().unwrap().parse::<usize>().unwrap();
    let (sockets, rooms) = (count(), count());
    let mut frame = || wire::framed(talkers::told(count(), 0).as_bytes());
    let (alone, one) = (frame(), frame());
    let most = one.repeat(u8::MAX.into());
    let mut all: Vec<Vec<_>> = (0..rooms).map(|_| Vec::new()).collect();
    for number in 0..sockets {
        let socket = listener.accept().unwrap().0;
        // As every hub has them: otherwise the kernel would gather what it should send.
        socket.set_nodelay(true).unwrap();
        all[number % rooms].push(socket);
    }
    let mut go = [0];
    for room in (0..rooms).cycle() {
        if control.read_exact(&mut go).is_err() {
            return;
        }
        let bytes = match go[0] {
            1 => &alone,
            some => &most[..usize::from(some) * one.len()],
        };
        for socket in &mut all[room] {
            socket.write_all(bytes).unwrap();
        }
    }
}
