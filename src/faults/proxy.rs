//! A line that misbehaves: a TCP proxy between clients and a server, which cuts, stalls,
//! delays, throttles and swallows, in either direction, for one connection or for all.
//!
//! It goes on to the server from the address that the client came from, so that the server
//! counts as if there were no proxy.

mod pump;
#[cfg(test)]
mod tests;
mod weather;

pub use weather::{Flow, Way, Weather};

use super::{
    address::{self, HOME},
    dice::Dice,
};
use pump::carry;
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    task::JoinHandle,
    time::sleep,
};

/// How a connection ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Both sides read that the other has closed.
    Fin,
    /// Both sides read an error, and what was on its way is gone.
    Rst,
}

/// A listening proxy. Dropped, it cuts everything.
pub struct Proxy {
    pub addr: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

struct Shared {
    to: SocketAddr,
    state: Mutex<State>,
}

struct State {
    /// For connections that begin from now on.
    weather: Weather,
    next: u64,
    links: BTreeMap<u64, Link>,
}

/// One client's connection, seen from the outside.
struct Link {
    from: IpAddr,
    weather: watch::Sender<Weather>,
    cut: mpsc::UnboundedSender<Cut>,
}

impl Proxy {
    /// A line to this server; fair weather.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((HOME, 0)).await.unwrap();
        let addr = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            to: server,
            state: Mutex::new(State {
                weather: Weather::FAIR,
                next: 0,
                links: BTreeMap::new(),
            }),
        });
        let accepting = tokio::spawn(accept(listener, shared.clone()));
        Self {
            addr,
            shared,
            accepting,
        }
    }

    /// Changes the weather for all, those who come later included.
    pub fn set(&self, weather: Weather) {
        let mut state = self.shared.lock();
        state.weather = weather;
        for link in state.links.values() {
            link.weather.send_replace(weather);
        }
    }

    /// Changes the weather for the connections that this client has now.
    pub fn set_for(&self, client: Ipv4Addr, weather: Weather) {
        for link in self.shared.lock().links.values() {
            if link.from == IpAddr::V4(client) {
                link.weather.send_replace(weather);
            }
        }
    }

    /// Cuts everybody's connections.
    pub fn cut(&self, how: Cut) {
        self.shared
            .lock()
            .links
            .values()
            .for_each(|link| link.end(how));
    }

    /// Cuts the connections that this client has now.
    pub fn cut_for(&self, client: Ipv4Addr, how: Cut) {
        for link in self.shared.lock().links.values() {
            if link.from == IpAddr::V4(client) {
                link.end(how);
            }
        }
    }

    /// One misfortune for one of the connections, as the dice fall. What begins here passes:
    /// after a while the line is fair again, or cut.
    pub fn misfortune(&self, dice: &mut Dice) {
        let state = self.shared.lock();
        if state.links.is_empty() {
            return;
        }
        let at = dice.below(state.links.len());
        let link = state.links.values().nth(at).expect("below their number");
        let (weather, cut) = (link.weather.clone(), link.cut.clone());
        drop(state);
        let lasting = dice.between(Duration::from_millis(20), Duration::from_millis(700));
        let how = *dice.pick(&[Cut::Fin, Cut::Rst]);
        let bad = match dice.below(6) {
            0 | 1 => {
                // Who is not there any more needs no cut.
                let _ = cut.send(how);
                return;
            }
            2 => Weather::only(dice, Flow::Stalled),
            // What was swallowed is missing from a stream: only a cut can end this.
            3 => Weather::only(dice, Flow::Swallowed),
            4 => Weather::slow(dice.up_to(lasting)),
            _ => Weather::narrow(2_000),
        };
        weather.send_replace(bad);
        let swallowed = bad.swallows();
        tokio::spawn(async move {
            sleep(lasting).await;
            if swallowed {
                let _ = cut.send(how);
            } else {
                weather.send_replace(Weather::FAIR);
            }
        });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut(Cut::Rst);
    }
}

impl Link {
    fn end(&self, how: Cut) {
        // A link that ended by itself needs no cut.
        let _ = self.cut.send(how);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn register(
        &self,
        from: IpAddr,
    ) -> (u64, watch::Receiver<Weather>, mpsc::UnboundedReceiver<Cut>) {
        let mut state = self.lock();
        let (weather, seen) = watch::channel(state.weather);
        let (cut, cuts) = mpsc::unbounded_channel();
        let number = state.next;
        state.next += 1;
        state.links.insert(number, Link { from, weather, cut });
        (number, seen, cuts)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        // Out of files: the client tries again, and so do we.
        let Ok((client, from)) = listener.accept().await else {
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let shared = shared.clone();
        tokio::spawn(async move {
            let (number, weather, cuts) = shared.register(from.ip());
            carry_to(shared.to, client, from.ip(), weather, cuts).await;
            shared.lock().links.remove(&number);
        });
    }
}

async fn carry_to(
    to: SocketAddr,
    client: TcpStream,
    from: IpAddr,
    weather: watch::Receiver<Weather>,
    cuts: mpsc::UnboundedReceiver<Cut>,
) {
    let IpAddr::V4(from) = from else { return };
    // In bad weather the way to the server is as good as any: what does not come through is
    // decided in the pump. A server that is away is a connection refused.
    match address::connect(from, to).await {
        Ok(server) => carry(client, server, weather, cuts).await,
        Err(_) => pump::reset(&client),
    }
}
