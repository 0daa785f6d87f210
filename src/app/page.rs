//! Which page is shown. The first one is what the server chose; from there on addresses
//! lead to others (`client/navigation.rs`). Our own, because the four addresses need no
//! more than this, and a general router took 26 kB of the WebAssembly.

use crate::protocol::{BootPage, RoomSnapshot, Slug};

/// A page.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// `/r/<slug>`: a room, live.
    Room(Slug),
    /// `/r/<slug>?before=<seq>`: a page of its past, which only the server makes.
    Past(Box<RoomSnapshot>),
    /// `/rooms`.
    Rooms,
    /// `/me`.
    Me,
    /// Nothing is here.
    NotFound,
    /// Something failed inside the server.
    Failed,
}

impl Page {
    /// What the server rendered.
    #[must_use]
    pub fn first(page: &BootPage) -> Self {
        match page {
            BootPage::Room {
                snapshot,
                before: None,
            } => Self::Room(snapshot.room.slug.clone()),
            BootPage::Room { snapshot, .. } => Self::Past(snapshot.clone()),
            BootPage::Rooms => Self::Rooms,
            BootPage::Me => Self::Me,
            BootPage::NotFound => Self::NotFound,
            BootPage::Failed => Self::Failed,
        }
    }

    /// What is at a path, which has been decoded.
    #[must_use]
    pub fn at(path: &str) -> Self {
        match path {
            "/" => Self::Room(Slug::default_room()),
            "/rooms" => Self::Rooms,
            "/me" => Self::Me,
            _ => path
                .strip_prefix("/r/")
                .and_then(|slug| Slug::parse(slug).ok())
                .map_or(Self::NotFound, Self::Room),
        }
    }

    /// The room it belongs to.
    #[must_use]
    pub fn slug(&self) -> Option<&Slug> {
        match self {
            Self::Room(slug) => Some(slug),
            Self::Past(snapshot) => Some(&snapshot.room.slug),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_pages() {
        let room = |slug: &str| Page::Room(Slug::parse(slug).unwrap());
        assert_eq!(Page::at("/"), room("general"));
        assert_eq!(Page::at("/r/caf\u{E9}"), room("caf\u{E9}"));
        assert_eq!(Page::at("/rooms"), Page::Rooms);
        assert_eq!(Page::at("/me"), Page::Me);
        for nowhere in ["", "/r/", "/r/Caps", "/r/a/b", "/rooms/", "/healthz"] {
            assert_eq!(Page::at(nowhere), Page::NotFound, "{nowhere:?}");
        }
    }
}
