//! Carries bytes between two sockets, in the weather of the moment.

use super::{
    Cut,
    weather::{Flow, Way, Weather},
};
use std::{collections::VecDeque, io, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    sync::{mpsc, watch},
    time::{Instant, sleep, sleep_until},
};

/// Small, so that a cut falls between any two bytes of a frame.
const CHUNK: usize = 2 * 1024;
/// What waits for its delay; more is not read.
const DELAYED: usize = 64 * 1024;

/// Carries until both sides have ended or the line is cut.
pub(super) async fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    weather: watch::Receiver<Weather>,
    mut cuts: mpsc::UnboundedReceiver<Cut>,
) {
    let _ = client.set_nodelay(true);
    let (client_reads, client_writes) = client.split();
    let (server_reads, server_writes) = server.split();
    let up = pump(client_reads, server_writes, weather.clone(), |weather| {
        weather.up
    });
    let down = pump(server_reads, client_writes, weather, |weather| weather.down);
    let both = async { tokio::try_join!(up, down) };
    let cut = tokio::select! {
        done = both => done.is_err().then_some(Cut::Rst),
        cut = cuts.recv() => cut.or(Some(Cut::Rst)),
    };
    match cut {
        Some(Cut::Rst) => {
            reset(&client);
            reset(&server);
        }
        Some(Cut::Fin) => {
            let _ = client.shutdown().await;
            let _ = server.shutdown().await;
        }
        None => {}
    }
}

/// The next close of this socket is a reset.
pub(super) fn reset(stream: &TcpStream) {
    // A socket that is gone already was reset by the other side.
    let _ = stream.set_zero_linger();
}

async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    mut weather: watch::Receiver<Weather>,
    way: fn(&Weather) -> Way,
) -> io::Result<()> {
    let mut buffer = [0; CHUNK];
    let mut delayed: VecDeque<(Instant, Vec<u8>)> = VecDeque::new();
    let mut waiting = 0;
    let mut ended = false;
    loop {
        let now = way(&weather.borrow_and_update());
        let due = delayed.front().map(|(due, _)| *due);
        if ended && due.is_none() {
            return swallow_or_end(&mut to, &mut weather, way).await;
        }
        let is_stalled = now.flow == Flow::Stalled;
        tokio::select! {
            biased;
            changed = weather.changed() => if changed.is_err() {
                return Err(io::ErrorKind::ConnectionReset.into());
            },
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() && !is_stalled => {
                if let Some((_, bytes)) = delayed.pop_front() {
                    waiting -= bytes.len();
                    if now.flow == Flow::Open {
                        to.write_all(&bytes).await?;
                        throttle(now, bytes.len()).await;
                    }
                }
            }
            read = from.read(&mut buffer), if !ended && !is_stalled && waiting < DELAYED => {
                let bytes = &buffer[..read?];
                ended = bytes.is_empty();
                if now.flow == Flow::Open && now.delay.is_zero() && delayed.is_empty() {
                    to.write_all(bytes).await?;
                    throttle(now, bytes.len()).await;
                } else if now.flow == Flow::Open && !ended {
                    waiting += bytes.len();
                    delayed.push_back((Instant::now() + now.delay, bytes.to_vec()));
                }
            }
        }
    }
}

/// Passes the end of a stream on, unless the line swallows ends too.
async fn swallow_or_end(
    to: &mut WriteHalf<'_>,
    weather: &mut watch::Receiver<Weather>,
    way: fn(&Weather) -> Way,
) -> io::Result<()> {
    let open = weather.wait_for(|weather| way(weather).flow == Flow::Open);
    if open.await.is_err() {
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    to.shutdown().await
}

async fn throttle(way: Way, bytes: usize) {
    if let (Some(rate), Ok(bytes)) = (way.rate, u32::try_from(bytes)) {
        sleep(Duration::from_secs(1) * bytes / rate.max(1)).await;
    }
}
