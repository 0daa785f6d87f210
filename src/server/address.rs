//! Who sent a request, and by which address people reach us: from the socket, and from
//! `X-Forwarded-*` only when a trusted proxy wrote it.

use super::{App, config};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use ipnet::IpNet;
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

/// Entries of `X-Forwarded-For` that are looked at: chains of proxies are short.
const HOPS: usize = 16;

/// The other end of the TCP connection; put into every request by the accept loop.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Where a request came from.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The browser's address, or the nearest that can be believed.
    pub address: IpAddr,
    /// Our own origin as this browser must see it; nothing when the request names no host.
    pub origin: Option<String>,
    /// Whether the browser speaks TLS to us or to a trusted proxy.
    pub https: bool,
    /// From this very machine and not through a proxy.
    pub local: bool,
}

impl Visit {
    /// What limits by address are counted on: one IPv4 address, or the /64 network that a
    /// household or a host of IPv6 commands.
    #[must_use]
    pub fn limit_key(&self) -> IpAddr {
        limit_key(self.address)
    }

    fn of(app: &App, peer: IpAddr, headers: &HeaderMap) -> Self {
        let peer = peer.to_canonical();
        let proxies = &app.config.trusted_proxies;
        let by_proxy = is_trusted(proxies, peer);
        let address = if by_proxy {
            client_address(peer, headers, proxies)
        } else {
            peer
        };
        let forwarded = |name| by_proxy.then(|| nearest(headers, name)).flatten();
        let public = app.config.public_url.as_ref();
        let https = public.map_or_else(
            || forwarded("x-forwarded-proto").is_some_and(|scheme| scheme == "https"),
            |url| url.https,
        );
        let origin = public.map_or_else(
            || {
                let host = forwarded("x-forwarded-host")
                    .or_else(|| headers.get(header::HOST)?.to_str().ok())?;
                Some(config::origin(https, host))
            },
            |url| Some(url.origin.clone()),
        );
        Self {
            address,
            origin,
            https,
            local: peer.is_loopback() && !is_forwarded(headers),
        }
    }
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>();
        let peer = peer.map_or(Ipv6Addr::UNSPECIFIED.into(), |peer| peer.0.ip());
        Ok(Self::of(app, peer, &parts.headers))
    }
}

/// What limits by address are counted on, see [`Visit::limit_key`].
#[must_use]
pub fn limit_key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

/// Whether the address belongs to one of these proxies.
#[must_use]
pub fn is_trusted(proxies: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    proxies.iter().any(|network| network.contains(&address))
}

/// A network, or an address as the network of just itself.
///
/// # Errors
/// When the text is neither.
pub fn parse_network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("{text} is neither an address nor a network such as 10.0.0.0/8"))
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    ["x-forwarded-for", "x-forwarded-host", "forwarded", "via"]
        .iter()
        .any(|name| headers.contains_key(*name))
}

/// Walks the chain from our end: every proxy appends whom it saw, so that whatever a client
/// wrote itself stands further left than the first address that we do not trust.
fn client_address(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let lines: Vec<_> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let chain = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut client = peer;
    for entry in chain.take(HOPS) {
        let Some(address) = parse_entry(entry.trim()) else {
            break;
        };
        client = address;
        if !is_trusted(proxies, address) {
            break;
        }
    }
    client
}

/// `1.2.3.4`, `1.2.3.4:5678`, `2001:db8::1` or `[2001:db8::1]:5678`.
fn parse_entry(entry: &str) -> Option<IpAddr> {
    let address = entry
        .parse::<IpAddr>()
        .or_else(|_| entry.parse::<SocketAddr>().map(|socket| socket.ip()))
        .or_else(|_| {
            entry
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<IpAddr>()
        });
    address.ok().map(|address| address.to_canonical())
}

/// The last value of a header: the one that the proxy beside us wrote.
fn nearest<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, chain: &[&str]) -> String {
        let proxies = [
            parse_network("10.0.0.0/8").unwrap(),
            parse_network("::1").unwrap(),
        ];
        let mut headers = HeaderMap::new();
        for line in chain {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        client_address(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn the_first_address_from_our_end_that_is_no_proxy_is_the_client() {
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(
            client("10.0.0.1", &["198.51.100.7, 203.0.113.9, 10.0.0.2"]),
            "203.0.113.9",
            "what stands left of it was written by the client itself"
        );
        assert_eq!(
            client("10.0.0.1", &["198.51.100.7", "203.0.113.9"]),
            "203.0.113.9",
            "several lines are one list"
        );
    }

    #[test]
    fn ports_brackets_and_nonsense_in_the_chain() {
        assert_eq!(client("10.0.0.1", &["203.0.113.9:4711"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(client("10.0.0.1", &["::ffff:203.0.113.9"]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &["unknown"]), "10.0.0.1");
        assert_eq!(
            client("10.0.0.1", &["203.0.113.9, nonsense, 10.0.0.2"]),
            "10.0.0.2"
        );
    }

    #[test]
    fn an_ipv6_household_shares_its_limits() {
        let key = |address: &str| limit_key(address.parse().unwrap()).to_string();
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(key("::ffff:203.0.113.9"), "203.0.113.9");
        assert_eq!(key("203.0.113.9"), "203.0.113.9");
    }
}
