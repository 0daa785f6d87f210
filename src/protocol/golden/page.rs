//! `docs/PROTOCOL.md` against the types.

use super::{frames, names};
use crate::protocol::{
    ClientFrame, CloseCode, Form, Reconnect, RefusalCode, SUBPROTOCOL, ServerFrame,
};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const PAGE: &str = include_str!("../../../docs/PROTOCOL.md");

names!(REFUSAL_CODES, refusal_code, RefusalCode, {
    RefusalCode::NameEmpty => "name_empty",
    RefusalCode::NameTooLong => "name_too_long",
    RefusalCode::NameCharacters => "name_characters",
    RefusalCode::NameTaken => "name_taken",
    RefusalCode::MessageEmpty => "message_empty",
    RefusalCode::MessageTooLong => "message_too_long",
    RefusalCode::MessageCharacters => "message_characters",
    RefusalCode::RoomNameEmpty => "room_name_empty",
    RefusalCode::RoomNameTooLong => "room_name_too_long",
    RefusalCode::RoomTaken => "room_taken",
    RefusalCode::TooManyRooms => "too_many_rooms",
    RefusalCode::TopicTooLong => "topic_too_long",
    RefusalCode::LineCharacters => "line_characters",
    RefusalCode::EmailInvalid => "email_invalid",
    RefusalCode::NoSuchRoom => "no_such_room",
    RefusalCode::NoSuchMessage => "no_such_message",
    RefusalCode::NotYours => "not_yours",
    RefusalCode::MessageDeleted => "message_deleted",
    RefusalCode::EmojiUnknown => "emoji_unknown",
    RefusalCode::TooManyReactions => "too_many_reactions",
    RefusalCode::NameNeeded => "name_needed",
    RefusalCode::CidReused => "cid_reused",
    RefusalCode::TooFast => "too_fast",
    RefusalCode::Busy => "busy",
    RefusalCode::UnknownFrame => "unknown_frame",
    RefusalCode::UnknownForm => "unknown_form",
    RefusalCode::ForeignOrigin => "foreign_origin",
    RefusalCode::Internal => "internal",
    RefusalCode::Unknown => "unknown",
});

names!(CLOSE_CODES, close_code, CloseCode, {
    CloseCode::GoingAway => "going away",
    CloseCode::TooSlow => "too slow",
    CloseCode::Silent => "silent",
    CloseCode::BadFrame => "bad frame",
    CloseCode::SessionEnded => "session ended",
    CloseCode::Flooding => "flooding",
    CloseCode::TooManyConnections => "too many connections",
    CloseCode::UnknownVersion => "unknown version",
    CloseCode::Internal => "internal error",
});

names!(FORMS, form, Form, {
    Form::Join => "join",
    Form::Send => "send",
    Form::Edit => "edit",
    Form::Delete => "delete",
    Form::React => "react",
    Form::Topic => "topic",
    Form::Leave => "leave",
    Form::Create => "create",
    Form::Rename => "rename",
    Form::SignOut => "sign_out",
});

/// A section of the page: from its heading to the next one of the same or a higher level.
pub(super) fn section(heading: &str) -> &'static str {
    let level = heading.split(' ').next().unwrap();
    let start = PAGE.find(&format!("\n{heading}\n"));
    let start = start.unwrap_or_else(|| panic!("the page has no section {heading:?}"));
    let body = &PAGE[start + 1 + heading.len()..];
    let is_end = |line: &str| {
        let marks = line.trim_start_matches('#');
        let marked = line.len() - marks.len();
        (1..=level.len()).contains(&marked) && marks.starts_with(' ')
    };
    let mut end = 0;
    let mut fenced = false;
    for line in body.split_inclusive('\n') {
        fenced ^= line.starts_with("```");
        if !fenced && is_end(line) {
            break;
        }
        end += line.len();
    }
    &body[..end]
}

/// The fenced blocks of a language.
fn fences(text: &str, language: &str) -> Vec<String> {
    let opening = format!("```{language}\n");
    let blocks = text.split(&opening).skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

/// The rows of the tables in a text, without head and rule.
pub(super) fn rows(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = text.lines().collect();
    let mut rows = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let head = lines
            .get(at + 1)
            .is_some_and(|next| next.starts_with("|---"));
        if line.starts_with('|') && !line.starts_with("|---") && !head {
            rows.push(line.trim_matches('|').split('|').map(str::trim).collect());
        }
    }
    rows
}

/// JSON without the white space between its parts; the order of fields stays.
fn compact(json: &str) -> String {
    let mut compact = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for c in json.chars() {
        if quoted || !c.is_whitespace() {
            compact.push(c);
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = c == '\\' && !escaped;
    }
    compact
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    words.into_iter().collect()
}

/// Each frame's section has just its examples; there is no section of another frame, and
/// no frame without one.
fn assert_frames<F: Serialize>(
    part: &str,
    all: &[&str],
    frames: &[F],
    name: fn(&F) -> &'static str,
) {
    let text = section(part);
    let headings = text.lines().filter_map(|line| line.strip_prefix("### `"));
    let headings = headings.map(|heading| heading.trim_end_matches('`'));
    assert_eq!(
        set(headings),
        set(all.iter().copied()),
        "the frames in {part:?}"
    );
    for wanted in all {
        let heading = format!("### `{wanted}`");
        let start = text.find(&format!("{heading}\n")).unwrap() + heading.len();
        let body = text[start..].split("\n### ").next().unwrap();
        let quoted: Vec<String> = fences(body, "json")
            .iter()
            .map(|json| compact(json))
            .collect();
        let golden: Vec<String> = frames
            .iter()
            .filter(|frame| name(frame) == *wanted)
            .map(json)
            .collect();
        assert!(!golden.is_empty(), "{wanted} has no example");
        assert_eq!(quoted, golden, "the examples of {wanted} in {part:?}");
    }
}

#[test]
fn the_page_shows_every_frame_as_it_is() {
    assert_frames(
        "## What a client says",
        frames::CLIENT_FRAMES,
        &frames::client(),
        frames::client_frame,
    );
    let known: Vec<&str> = frames::SERVER_FRAMES
        .iter()
        .copied()
        .filter(|name| *name != "unknown")
        .collect();
    assert_frames(
        "## What the server says",
        &known,
        &frames::server(),
        frames::server_frame,
    );
}

#[test]
fn the_names_here_are_the_names_on_the_wire() {
    let tag = |json: String, tag: &str| {
        serde_json::from_str::<Value>(&json).unwrap()[tag]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for frame in frames::client() {
        assert_eq!(tag(json(&frame), "t"), frames::client_frame(&frame));
    }
    for frame in frames::server() {
        assert_eq!(tag(json(&frame), "t"), frames::server_frame(&frame));
    }
    for event in frames::all_events() {
        assert_eq!(tag(json(&event.what), "kind"), frames::event(&event.what));
    }
    for name in REFUSAL_CODES {
        let code: RefusalCode = serde_json::from_str(&format!("\"{name}\"")).unwrap();
        assert_eq!(refusal_code(&code), *name);
    }
    for name in FORMS {
        let form: Form = serde_json::from_str(&format!("\"{name}\"")).unwrap();
        assert_eq!((self::form(&form), form.name()), (*name, *name));
    }
}

#[test]
fn the_page_shows_every_event() {
    let shown: Vec<&str> = frames::all_events()
        .iter()
        .map(|event| frames::event(&event.what))
        .collect();
    let all = frames::EVENTS
        .iter()
        .copied()
        .filter(|name| *name != "unknown");
    assert_eq!(set(shown), set(all));
    let kinds = rows(section("## What the fields mean"));
    let kinds = kinds.iter().find(|row| row[0] == "`kind`").unwrap()[1];
    for kind in frames::EVENTS.iter().filter(|name| **name != "unknown") {
        assert!(kinds.contains(&format!("`{kind}`")), "{kind}");
    }
}

#[test]
fn the_page_shows_what_forms_get_back() {
    let text = section("## Forms");
    let quoted: Vec<String> = fences(text, "json")
        .iter()
        .map(|json| compact(json))
        .collect();
    let golden: Vec<String> = frames::replies().iter().map(json).collect();
    assert_eq!(quoted, golden);
    let named = rows(text).into_iter().map(|row| row[1].trim_matches('`'));
    assert_eq!(set(named), set(FORMS.iter().copied()));
}

#[test]
fn the_page_explains_every_field() {
    fn fields(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                for (key, value) in object {
                    found.insert(key.clone());
                    fields(value, found);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| fields(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for block in fences(PAGE, "json") {
        fields(&serde_json::from_str(&block).unwrap(), &mut found);
    }
    let rows = rows(section("## What the fields mean"));
    let explained = rows.iter().map(|row| row[0].trim_matches('`').to_owned());
    assert_eq!(found, explained.collect());
}

#[test]
fn the_page_has_every_refusal_code() {
    let rows = rows(section("## Refusal codes"));
    let codes = rows.iter().map(|row| row[0].trim_matches('`'));
    assert_eq!(set(codes), set(REFUSAL_CODES.iter().copied()));
    assert!(
        rows.iter()
            .all(|row| row.len() == 3 && row.iter().all(|cell| !cell.is_empty()))
    );
}

#[test]
fn the_page_has_every_close_code_with_its_rule() {
    let rows = rows(section("## Close codes"));
    let all = CloseCode::ALL.map(|code| close_code(&code));
    assert_eq!(set(all), set(CLOSE_CODES.iter().copied()), "CloseCode::ALL");
    assert_eq!(rows.len(), all.len());
    for code in CloseCode::ALL {
        let number = code.number().to_string();
        let row = rows.iter().find(|row| row[0] == number);
        let row = row.unwrap_or_else(|| panic!("no row for {number}"));
        let rule = match CloseCode::rule(code.number()) {
            Reconnect::Now => "now",
            Reconnect::Backoff => "backoff",
            Reconnect::Slowly => "slowly",
            Reconnect::Reload => "reload",
        };
        assert_eq!((row[1], row[3]), (code.reason(), rule), "{number}");
        assert_eq!(code.reason(), close_code(&code));
    }
}

#[test]
fn the_page_names_the_version() {
    assert!(section("## Connecting").contains(&format!("`{SUBPROTOCOL}`")));
}

/// The sessions in the page are told in frames that are frames.
#[test]
fn the_sessions_in_the_page_could_happen() {
    let mut lines = 0;
    for talk in fences(section("## A short session"), "text") {
        for line in talk.lines() {
            let again = if let Some(frame) = line.strip_prefix("> ") {
                json(&serde_json::from_str::<ClientFrame>(frame).unwrap())
            } else {
                let frame = line.strip_prefix("< ").unwrap();
                let frame: ServerFrame = serde_json::from_str(frame).unwrap();
                assert_ne!(frame, ServerFrame::Unknown, "{line}");
                json(&frame)
            };
            assert_eq!(again, line[2..]);
            lines += 1;
        }
    }
    assert!(lines > 10);
}
