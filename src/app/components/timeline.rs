//! The conversation: a list that stands at its end, grows at both, and never jumps.

#[cfg(not(feature = "ssr"))]
use super::late::late;
use super::{
    Art, Icon, Picture,
    dynamic::{Entry, Erase, attr, effect, entries_of, flag, memo, show, text},
    message::{Message, PendingMessage},
    notice::{NoticeLine, people},
};
#[cfg(feature = "ssr")]
use crate::app::Prepared;
use crate::{
    app::{Chat, Intent, RoomState},
    protocol::Seq,
    timeline::{Row, RowPage},
    words,
};
use leptos::{html, prelude::*};

/// How near to an end counts as there, in pixels.
const AT_END: i32 = 48;
/// How near to the top older messages are fetched, in pixels.
const NEAR_TOP: i32 = 800;

/// The messages of a room. `past` is a page of history by itself, without the live end.
#[component]
pub fn TimelineView(
    /// The room.
    state: RoomState,
    /// Whether this is a page of the past.
    past: bool,
) -> impl IntoView {
    let chat = Chat::here();
    let list = NodeRef::<html::Div>::new();
    let pages = memo(move || {
        let clock = chat.clock.get();
        let me = chat.me.with(|me| me.as_ref().map(|me| me.id));
        let new_after = if past { None } else { state.new_after.get() };
        state
            .timeline
            .with(|timeline| timeline.pages(timeline.rows(|at| clock.offset(at), new_after, me)))
    });
    let on_scroll = move |_| {
        if let (false, Some(list)) = (past, list.get_untracked()) {
            scrolled(chat, state, &list);
        }
    };
    if !past {
        follow_reading(chat, state);
        follow_own_words(state, list);
        fill_screen(chat, state, list);
    }
    view! {
        <div class="timeline-frame">
            <div
                class="timeline"
                id="timeline"
                tabindex="0"
                role="log"
                aria-label=text(move || state.room.with(|room| words::messages_in(room.name.as_str())))
                node_ref=list
                on:scroll=on_scroll
            >
                <div class="timeline-inner">
                    <Beginning state past />
                    <ol class="messages">
                        {entries_of(move || {
                            let entry = |page: &RowPage| page_entry(chat, state, pages, page.number);
                            pages.with(|pages| pages.iter().map(entry).collect())
                        })}
                    </ol>
                    {past.then(|| view! { <NewerLinks state /> })}
                    <div id="end"></div>
                </div>
            </div>
            {(!past).then(|| view! { <Jump state list /> })}
        </div>
    }
    .erase()
}

/// The rows of one page. Were all rows in one list, Leptos would take every one of them out
/// and put it in again whenever several come before them: the browser could not hold the
/// place, and what was selected or focused would be lost.
fn page_entry(chat: Chat, state: RoomState, pages: Memo<Vec<RowPage>>, number: isize) -> Entry {
    Entry::new(number.to_string(), move || {
        // A message changes one page; the others are left alone.
        let rows = memo(move || {
            pages.with(|pages| {
                let page = pages.iter().find(|page| page.number == number);
                page.map(|page| page.rows.clone()).unwrap_or_default()
            })
        });
        entries_of(move || {
            let entry = |row: &Row| entry(chat, state, row);
            rows.with(|rows| rows.iter().map(entry).collect())
        })
    })
}

fn entry(chat: Chat, state: RoomState, row: &Row) -> Entry {
    let row = row.clone();
    Entry::new(row.key().to_string(), move || {
        let again = row.clone();
        let draw = move || row_view(chat, state, again);
        #[cfg(feature = "ssr")]
        return Prepared::row(chat, state, &row, draw);
        #[cfg(not(feature = "ssr"))]
        late(draw)
    })
}

fn row_view(chat: Chat, state: RoomState, row: Row) -> AnyView {
    match row {
        Row::Day(day) => view! {
            <li class="day">
                <time datetime=words::iso_day(day)>{text(move || chat.clock.get().day(day))}</time>
            </li>
        }
        .erase(),
        Row::New => view! {
            <li class="new-line">
                <span>{words::NEW}</span>
            </li>
        }
        .erase(),
        Row::Notice(notice) => view! { <NoticeLine notice /> }.erase(),
        Row::Message { event, opens } => view! { <Message state event opens /> }.erase(),
        Row::Pending { pending, opens } => view! { <PendingMessage state pending opens /> }.erase(),
    }
}

/// What stands above the first message: a way to older ones, or the room's beginning.
#[component]
fn Beginning(state: RoomState, past: bool) -> impl IntoView {
    let older = memo(move || state.timeline.with(|timeline| timeline.has_older()));
    let empty = memo(move || {
        state.timeline.with(|timeline| {
            timeline.messages_after(Seq::default(), None) == 0 && timeline.pending().is_empty()
        })
    });
    let first = move || {
        state
            .timeline
            .with(|timeline| timeline.first().unwrap_or_default())
    };
    let class = if past { "button" } else { "button plain-only" };
    let link = move || format!("/r/{}?before={}", state.slug(), first().0);
    let name = move || state.room.with(|room| room.name.as_str().to_owned());
    show(move || {
        let beginning = if older.get() {
            view! {
                <div class="history" aria-busy=attr(move || state.loading.get().then_some("true"))>
                    <a class=class rel="prev" href=text(link)>
                        {words::OLDER}
                    </a>
                </div>
            }
            .erase()
        } else if empty.get() {
            view! { <EmptyRoom name=name() /> }.erase()
        } else {
            view! {
                <div class="room-start">
                    <h2>"#" <bdi>{text(name)}</bdi></h2>
                    <p>{words::ROOM_START}</p>
                </div>
            }
            .erase()
        };
        Some(beginning)
    })
}

#[component]
fn EmptyRoom(name: String) -> impl IntoView {
    let chat = Chat::here();
    let action = move || {
        let (href, words) = if chat.me.with(Option::is_some) {
            ("#text", words::SAY_HELLO)
        } else {
            ("#name", words::CHOOSE_NAME)
        };
        let link = view! {
            <a class="button" data-kind="primary" href=href>
                {words}
            </a>
        };
        Some(link.erase())
    };
    view! {
        <div class="empty">
            <Art picture=Picture::Mug />
            <h2 class="empty-title">{words::QUIET_HERE}</h2>
            <p class="empty-text">
                {words::NOBODY_SAID} " " <bdi>{format!("#{name}")}</bdi> " " {words::FIRST_WORDS}
            </p>
            {show(action)}
        </div>
    }
    .erase()
}

/// From a page of the past towards now.
#[component]
fn NewerLinks(state: RoomState) -> impl IntoView {
    let last = state.timeline.with_untracked(|timeline| {
        let last = timeline.events().last();
        last.map_or(timeline.last(), |event| event.seq)
    });
    let now = format!("/r/{}", state.slug());
    let newer = format!("{now}?after={}", last.0);
    let more = last < state.seen.get_untracked();
    view! {
        <div class="history">
            {more
                .then(|| {
                    view! {
                        <a class="button" rel="next" href=newer>
                            {words::NEWER}
                        </a>
                    }
                })}
            <a class="button" data-kind="primary" href=now>
                {words::BACK_TO_NOW}
            </a>
        </div>
    }
    .erase()
}

/// Counts what is new while somebody reads further up, and leads there.
#[component]
fn Jump(state: RoomState, list: NodeRef<html::Div>) -> impl IntoView {
    let chat = Chat::here();
    let news = memo(move || {
        let me = chat.me.with(|me| me.as_ref().map(|me| me.id));
        let seen = state.seen.get();
        state
            .timeline
            .with(|timeline| timeline.messages_after(seen, me))
    });
    let hidden = flag(move || state.at_end.get());
    let line = move || match news.get() {
        _ if state.stale.get() => words::NEW_MESSAGES.to_owned(),
        0 => words::BACK_TO_NOW.to_owned(),
        some => words::new_messages(some),
    };
    let go = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if let Some(list) = list.get_untracked() {
            list.set_scroll_top(0);
        }
    };
    view! {
        <a
            class="jump"
            href="#end"
            hidden=hidden
            data-quiet=flag(move || news.get() == 0 && !state.stale.get())
            on:click=go
        >
            {text(line)}
            {Icon::Down.small()}
        </a>
    }
    .erase()
}

/// Where the list stands: the container runs from its end upwards, so 0 is the end and
/// further up is negative.
fn scrolled(chat: Chat, state: RoomState, list: &web_sys::HtmlElement) {
    let at_end = list.scroll_top() > -AT_END;
    if state.at_end.get_untracked() != at_end {
        state.at_end.set(at_end);
    }
    let above = list.scroll_height() - list.client_height() + list.scroll_top();
    let older = state
        .timeline
        .with_untracked(|timeline| timeline.has_older());
    if above < NEAR_TOP && older && !state.loading.get_untracked() {
        chat.ask(Intent::Older(state.slug()));
    }
}

/// Whatever is at the end of the screen, while somebody looks at it, has been read.
fn follow_reading(chat: Chat, state: RoomState) {
    effect(move || {
        let last = state.timeline.with(|timeline| timeline.last());
        if !state.at_end.get() {
            return;
        }
        if state.stale.get() {
            chat.ask(Intent::Open(state.slug()));
        } else if chat.looking.get() {
            state.seen.set(last);
            chat.ask(Intent::Read(state.id, last));
        }
    });
}

/// A page of notices may be one line: where nothing can be scrolled, nobody could ask for what
/// came before.
fn fill_screen(chat: Chat, state: RoomState, list: NodeRef<html::Div>) {
    effect(move || {
        let older = state.timeline.with(|timeline| timeline.has_older());
        if !(older && chat.live.get()) || state.loading.get() {
            return;
        }
        request_animation_frame(move || {
            if let Some(list) = list.get_untracked()
                && list.scroll_height() <= list.client_height()
            {
                chat.ask(Intent::Older(state.slug()));
            }
        });
    });
}

/// One's own new message brings the end of the list onto the screen.
fn follow_own_words(state: RoomState, list: NodeRef<html::Div>) {
    let mut before = usize::MAX;
    effect(move || {
        let pending = state.timeline.with(|timeline| {
            let said = timeline.pending().iter().filter(|one| one.said().is_some());
            said.count()
        });
        if pending > before
            && let Some(list) = list.get_untracked()
        {
            list.set_scroll_top(0);
        }
        before = pending;
    });
}

/// Who is writing, in a line of fixed height.
#[component]
pub fn TypingLine(
    /// The room.
    state: RoomState,
) -> impl IntoView {
    let chat = Chat::here();
    let line = move || {
        let who = state.typing.get();
        let line = || {
            view! {
                <span class="typing-dots" aria-hidden="true">
                    <i></i>
                    <i></i>
                    <i></i>
                </span>
                <span class="typing-names">{people(chat, words::typing(&who))}</span>
            }
        };
        (!who.is_empty()).then(|| line().erase())
    };
    view! {
        <div class="typing" aria-live="polite">
            {show(line)}
        </div>
    }
    .erase()
}
