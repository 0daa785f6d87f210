//! Drawings: line icons on a grid of 20, the mark, and the pictures of empty places.

use leptos::prelude::*;

/// A line icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A list of rooms.
    Rooms,
    /// Two people.
    People,
    /// Three dots: more.
    More,
    /// An arrow up: send.
    Send,
    /// A pencil: edit.
    Pencil,
    /// A plus: new.
    Plus,
    /// A clock: on its way.
    Clock,
    /// A triangle: something is wrong.
    Warning,
    /// A cross: close.
    Close,
    /// Two sheets: copy.
    Copy,
    /// An arrow down.
    Down,
    /// A door and an arrow: leave.
    Leave,
    /// A looking-glass: find.
    Search,
    /// A face: react.
    Smile,
    /// A bin: delete.
    Bin,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Rooms => "M3.5 5.5h13M3.5 10h8.5M3.5 14.5h13",
            Self::People => {
                "M4.75 7a2.75 2.75 0 1 0 5.5 0a2.75 2.75 0 1 0-5.5 0M2.5 16c0-2.7 2.2-4.25 5-4.25s5 \
                 1.55 5 4.25M12.75 4.4a2.75 2.75 0 0 1 0 5.2M14.75 12.1c1.75.6 2.75 1.95 2.75 3.9"
            }
            Self::More => "M4.5 10h.01M10 10h.01M15.5 10h.01",
            Self::Send => "M10 16V4.25M5 9l5-5 5 5",
            Self::Pencil => "m12.25 4.5 3.25 3.25L7.25 16l-3.75.5.5-3.75zM10.5 6.25l3.25 3.25",
            Self::Plus => "M10 4v12M4 10h12",
            Self::Clock => {
                "M3.25 10a6.75 6.75 0 1 0 13.5 0a6.75 6.75 0 1 0-13.5 0M10 6.25V10l2.5 1.75"
            }
            Self::Warning => {
                "M8.7 4.25a1.5 1.5 0 0 1 2.6 0l5.2 9a1.5 1.5 0 0 1-1.3 2.25H4.8a1.5 1.5 0 0 \
                 1-1.3-2.25zM10 8v3M10 13.25v.01"
            }
            Self::Close => "m5 5 10 10M15 5 5 15",
            Self::Copy => {
                "M9 7h5.5a2 2 0 0 1 2 2v5.5a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2zM13 \
                 7V5.5a2 2 0 0 0-2-2H5.5a2 2 0 0 0-2 2V11a2 2 0 0 0 2 2H7"
            }
            Self::Down => "M10 4v11.75M5 11l5 5 5-5",
            Self::Leave => {
                "M8 3.5H5.5a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2H8M12.75 6.25 16.5 10l-3.75 3.75M16.5 \
                 10H8.25"
            }
            Self::Smile => {
                "M3.25 10a6.75 6.75 0 1 0 13.5 0a6.75 6.75 0 1 0-13.5 0M7 11.75c1.4 2 4.6 2 6 0M7.75 \
                 8v.01M12.25 8v.01"
            }
            Self::Bin => "M4 5.75h12M8 5.5V3.75h4V5.5M5.5 5.75l.75 10.5h7.5l.75-10.5",
            Self::Search => "M3.75 9a5.25 5.25 0 1 0 10.5 0a5.25 5.25 0 1 0-10.5 0M13 13l3.5 3.5",
        }
    }

    /// The icon at the size of text, 20 px.
    pub fn draw(self) -> impl IntoView {
        self.sized(None)
    }

    /// The icon at the size of small text, 16 px.
    pub fn small(self) -> impl IntoView {
        self.sized(Some("s"))
    }

    fn sized(self, size: Option<&'static str>) -> impl IntoView {
        let flip = (self == Self::Leave).then_some("");
        let width = if self == Self::More { "2.4" } else { "1.6" };
        view! {
            <svg
                class="icon"
                data-size=size
                data-flip=flip
                viewBox="0 0 20 20"
                fill="none"
                stroke="currentColor"
                stroke-width=width
                stroke-linecap="round"
                stroke-linejoin="round"
                aria-hidden="true"
            >
                <path d=self.path()></path>
            </svg>
        }
    }
}

/// The mark of Hubbub: three speech bubbles that meet in a hub.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" fill="currentColor" aria-hidden="true">
            <path d="M16 16H8.75A7.25 7.25 0 1 1 16 8.75ZM18 16H24A6 6 0 1 0 18 10ZM16 18H10A6 6 0 1 0 16 24ZM18 20.75a2.75 2.75 0 1 1 5.5 0a2.75 2.75 0 1 1-5.5 0Z"></path>
        </svg>
    }
}

/// A picture for a place where nothing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A warm mug and a bubble: a room without messages.
    Mug,
    /// An open door: nothing is here.
    Door,
    /// A lamp without its plug: something broke.
    Lamp,
}

impl Picture {
    /// What stands there, and what is lit in the accent.
    fn paths(self) -> (&'static str, &'static str) {
        match self {
            Self::Mug => (
                "M50 74h56v24a18 18 0 0 1-18 18H68a18 18 0 0 1-18-18zM106 80h6a11 11 0 0 1 0 \
                 22h-6.6M34 122h88",
                "M68 62c-5-6 4-9 0-16M86 62c-3-4 1-7 1-10M104 14h30a12 12 0 0 1 12 12v8a12 12 0 0 \
                 1-12 12h-16l-12 9 1.5-9.4A12 12 0 0 1 92 34v-8a12 12 0 0 1 12-12zM108 \
                 30h.01M119 30h.01M130 30h.01",
            ),
            Self::Door => (
                "M60 118V26a10 10 0 0 1 10-10h36a10 10 0 0 1 10 10v92M34 118h26M116 118h26M68 \
                 126h40M126 46h18v14h-18zM40 118V96a8 8 0 0 1 8-8M48 88c-8-2-12-9-10-16 7 1 11 8 \
                 10 16z",
                "M72 118V30l28 8v80M92 78v4",
            ),
            Self::Lamp => (
                "M64 20h32l14 34H50zM80 54v56M62 118a18 8 0 0 1 36 0zM34 118h28M98 118h12M110 \
                 118h8c10 0 10-14 20-14h2",
                "M140 98v12h6a6 6 0 0 0 0-12zM152 101h6M152 107h6M94 54v12",
            ),
        }
    }
}

/// A picture, drawn in lines.
#[component]
pub fn Art(
    /// Which one.
    picture: Picture,
) -> impl IntoView {
    let (lines, lit) = picture.paths();
    view! {
        <svg
            class="empty-art"
            viewBox="0 0 176 132"
            fill="none"
            stroke="currentColor"
            stroke-width="2.5"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
        >
            <path d=lines></path>
            <path class="lit" stroke="currentColor" d=lit></path>
        </svg>
    }
}
