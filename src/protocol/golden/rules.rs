//! What is not known, and what is wrong.

use super::frames;
use crate::protocol::{ClientFrame, Event, Refusal, RefusalCode, ServerFrame, What};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

fn value(frame: &impl Serialize) -> Value {
    serde_json::to_value(frame).unwrap()
}

/// Reads from text: from a [`Value`] serde would read numbers and texts more leniently.
fn read<F: DeserializeOwned>(value: &Value) -> Result<F, serde_json::Error> {
    serde_json::from_str(&value.to_string())
}

/// Adds a field that nobody knows to every object inside.
fn with_strangers(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut object: serde_json::Map<_, _> = object
                .iter()
                .map(|(key, value)| (key.clone(), with_strangers(value)))
                .collect();
            object.insert(
                "a_later_field".to_owned(),
                json!({ "deep": [1, null, "x"] }),
            );
            Value::Object(object)
        }
        Value::Array(values) => values.iter().map(with_strangers).collect(),
        other => other.clone(),
    }
}

#[test]
fn every_frame_survives_the_wire() {
    for frame in frames::client() {
        let wire = serde_json::to_string(&frame).unwrap();
        assert_eq!(serde_json::from_str::<ClientFrame>(&wire).unwrap(), frame);
    }
    for frame in frames::server() {
        let wire = serde_json::to_string(&frame).unwrap();
        assert_eq!(serde_json::from_str::<ServerFrame>(&wire).unwrap(), frame);
    }
}

#[test]
fn fields_that_are_not_known_are_ignored() {
    for frame in frames::client() {
        assert_eq!(
            read::<ClientFrame>(&with_strangers(&value(&frame))).unwrap(),
            frame
        );
    }
    for frame in frames::server() {
        assert_eq!(
            read::<ServerFrame>(&with_strangers(&value(&frame))).unwrap(),
            frame
        );
    }
}

#[test]
fn the_order_of_fields_does_not_matter() {
    let frame = r#"{"seq":1,"room":2,"t":"read"}"#;
    assert!(serde_json::from_str::<ClientFrame>(frame).is_ok());
}

#[test]
fn a_client_takes_frames_that_it_does_not_know() {
    for frame in [
        json!({ "t": "a_later_frame" }),
        json!({ "t": "a_later_frame", "room": 1, "deep": [{ "x": null }], "events": "none" }),
        json!({ "deep": {}, "t": "later" }),
    ] {
        assert_eq!(
            ServerFrame::heard(&frame.to_string()),
            ServerFrame::Unknown,
            "{frame}"
        );
    }
}

#[test]
fn a_client_takes_events_that_it_does_not_know() {
    let event = json!({ "seq": 9, "at": 1, "by": 2, "what": { "kind": "later", "x": [1] } });
    let event: Event = read(&event).unwrap();
    assert_eq!((event.seq.0, event.what), (9, What::Unknown));
}

#[test]
fn a_client_takes_refusals_that_it_does_not_know() {
    let refusal: Refusal = read(&json!({ "code": "later", "message": "Hm." })).unwrap();
    assert_eq!(
        (refusal.code, refusal.message.as_str()),
        (RefusalCode::Unknown, "Hm.")
    );
}

#[test]
fn a_server_does_not_take_frames_that_it_does_not_know() {
    for frame in [
        json!({ "t": "later" }),
        json!({ "t": "welcome" }),
        json!({}),
        json!({ "t": 1 }),
        json!([]),
        json!("ping"),
    ] {
        assert!(read::<ClientFrame>(&frame).is_err(), "{frame}");
    }
}

/// Values of every type of JSON but the one of the right value.
fn wrong_for(right: &Value) -> Vec<Value> {
    let all = [
        json!(null),
        json!(true),
        json!(1),
        json!("1"),
        json!([[]]),
        json!({}),
    ];
    let other = |wrong: &Value| std::mem::discriminant(wrong) != std::mem::discriminant(right);
    all.into_iter().filter(other).collect()
}

/// Each field of each frame, missing and of another type.
fn assert_strict<F: DeserializeOwned + Serialize>(frame: &F, optional: &[&str]) {
    let whole = value(frame);
    for (key, right) in whole.as_object().unwrap() {
        let may_miss = optional.contains(&key.as_str());
        for wrong in wrong_for(right) {
            let mut frame = whole.clone();
            frame[key] = wrong.clone();
            let fine = may_miss && wrong.is_null();
            assert_eq!(read::<F>(&frame).is_ok(), fine, "{frame}");
        }
        let mut frame = whole.clone();
        frame.as_object_mut().unwrap().remove(key);
        assert_eq!(read::<F>(&frame).is_ok(), may_miss, "{frame}");
    }
}

#[test]
fn wrong_fields_are_refused() {
    for frame in frames::client() {
        assert_strict(&frame, &[]);
    }
    for frame in frames::server() {
        let optional: &[_] = match frame {
            ServerFrame::Welcome { .. } => &["me"],
            ServerFrame::Refused { .. } => &["re", "cid"],
            // Servers did not always say it.
            ServerFrame::Read { .. } => &["head"],
            _ => &[],
        };
        assert_strict(&frame, optional);
    }
}

#[test]
fn wrong_numbers_and_names_are_refused() {
    for frame in [
        r#"{"t":"read","room":-1,"seq":1}"#,
        r#"{"t":"read","room":1.0,"seq":1}"#,
        r#"{"t":"read","room":1,"seq":18446744073709551616}"#,
        r#"{"t":"open","re":4294967296,"room":"general"}"#,
        r#"{"t":"send","cid":"too short","room":1,"body":"a"}"#,
        r#"{"t":"send","cid":"AAECAwQFBgcICQoLDA0ODw==","room":1,"body":"a"}"#,
        r#"{"t":"send","cid":"AAECAwQFBgcICQoLDA0OD/","room":1,"body":"a"}"#,
        r#"{"t":"read","room":1,"room":2,"seq":1}"#,
        r#"{"t":"ping"} {"t":"ping"}"#,
        r#"{"t":"Ping"}"#,
    ] {
        assert!(
            serde_json::from_str::<ClientFrame>(frame).is_err(),
            "{frame}"
        );
    }
}

#[test]
fn a_room_in_a_client_frame_is_a_slug_as_typed() {
    // `Slug` is not parsed when a frame is read: the door does, and refuses by `re`.
    let open = json!({ "t": "open", "re": 1, "room": "No Such Room!" });
    assert!(read::<ClientFrame>(&open).is_ok());
}
