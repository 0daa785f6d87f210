use super::{assert_sketches, sketch};
use crate::markdown::{Block, parse};

#[test]
fn fences_hold_code_as_it_is() {
    assert_sketches(&[
        ("```\na\n```", "{code: a}"),
        ("```rust\nfn main() {}\n```", "{code:rust fn main() {}}"),
        ("```c++\n\n  a\n\n```", "{code:c++ \n  a\n}"),
        ("~~~\n```\n~~~", "{code: ```}"),
        ("````\n```\n````", "{code: ```}"),
        ("  ```\n  a\n    b\n  ```", "{code: a\n  b}"),
        ("```\n*a* > b\n- c\n```", "{code: *a* > b\n- c}"),
        ("a\n```\nb\n```\nc", "{p a} {code: b} {p c}"),
        ("```\na\r\nb\r\n```", "{code: a\nb}"),
    ]);
}

#[test]
fn fences_are_found_where_people_put_them() {
    assert_sketches(&[
        ("look: ```\na\nb\n```", "{p look:} {code: a\nb}"),
        ("look: ```js\na\n``` ", "{p look:} {code:js a}"),
        ("```\na\nb```", "{code: a\nb}"),
        ("```let a = 1;\nlet b\n```", "{code: let a = 1;\nlet b}"),
        ("use `x` or ```\ny\n```", "{p use (code x) or} {code: y}"),
    ]);
}

#[test]
fn fences_without_an_end_hold_the_rest() {
    assert_sketches(&[
        ("```\na\n\nb", "{code: a\n\nb}"),
        ("```", "{p ```}"),
        ("```rust", "{p ```rust}"),
        ("a ```\nb", "{p a ```/b}"),
        ("a\n```", "{p a/```}"),
        ("> ```\n> a\n\nb", "{quote {code: a}} {p b}"),
    ]);
}

#[test]
fn quotes_end_with_their_lines() {
    assert_sketches(&[
        ("> a", "{quote {p a}}"),
        (">a\n> b", "{quote {p a/b}}"),
        ("> a\nb", "{quote {p a}} {p b}"),
        ("a\n> b", "{p a} {quote {p b}}"),
        ("> a\n\n> b", "{quote {p a}} {quote {p b}}"),
        ("> a\n>\n> b", "{quote {p a} {p b}}"),
        ("> > a\n> b", "{quote {quote {p a}} {p b}}"),
        (">> a", "{quote {quote {p a}}}"),
        ("> - a\n> - b", "{quote {list:- {p a} | {p b}}}"),
        ("> **a**", "{quote {p (strong a)}}"),
    ]);
}

#[test]
fn faces_arrows_and_comparisons_are_no_quotes() {
    for typed in [">.<", ">_>", ">:(", ">;)", ">= 5", ">-", ">", ">>", "> "] {
        assert_eq!(sketch(typed), format!("{{p {}}}", typed.trim_end()));
    }
}

#[test]
fn lists_have_bullets_or_numbers() {
    assert_sketches(&[
        ("- a\n- b", "{list:- {p a} | {p b}}"),
        ("* a\n* b", "{list:- {p a} | {p b}}"),
        ("+ a", "{list:- {p a}}"),
        ("1. a\n2. b", "{list:1 {p a} | {p b}}"),
        ("1) a\n2) b", "{list:1 {p a} | {p b}}"),
        ("7. a", "{list:7 {p a}}"),
        ("0. a", "{list:0 {p a}}"),
        ("to do:\n- a", "{p to do:} {list:- {p a}}"),
        ("- a\n\n- b", "{list:- {p a} | {p b}}"),
        ("- a\n* b", "{list:- {p a}} {list:- {p b}}"),
        ("1. a\n2) b", "{list:1 {p a}} {list:2 {p b}}"),
        ("- *a*", "{list:- {p (em a)}}"),
    ]);
}

#[test]
fn numbers_show_as_typed() {
    assert_sketches(&[
        ("2. a\n1. b\n2. c", "{list:2 {p a}} {list:1 {p b} | {p c}}"),
        ("1. a\n1. b", "{list:1 {p a}} {list:1 {p b}}"),
        ("007. Bond", "{p 007. Bond}"),
        ("It was\n1986. A year", "{p It was/1986. A year}"),
        ("1234567890. a", "{p 1234567890. a}"),
        ("1.5 litres", "{p 1.5 litres}"),
        ("-5 degrees", "{p -5 degrees}"),
        ("+1 for that", "{p +1 for that}"),
        ("-- Ada", "{p -- Ada}"),
    ]);
}

#[test]
fn items_hold_what_is_indented_below_them() {
    assert_sketches(&[
        (
            "- a\n  - b\n  - c\n- d",
            "{list:- {p a} {list:- {p b} | {p c}} | {p d}}",
        ),
        ("1. a\n  - b\n2. c", "{list:1 {p a} {list:- {p b}} | {p c}}"),
        ("- a\n\t- b", "{list:- {p a} {list:- {p b}}}"),
        ("- a\n  b", "{list:- {p a/b}}"),
        ("- a\n\n  b", "{list:- {p a} {p b}}"),
        (
            "- a\n  ```\n  b\n\n   c\n  ```",
            "{list:- {p a} {code: b\n\n c}}",
        ),
        ("- ```\n  a\n  ```", "{list:- {code: a}}"),
        ("- > a", "{list:- {quote {p a}}}"),
        ("- - a", "{list:- {list:- {p a}}}"),
    ]);
}

#[test]
fn items_end_where_the_indentation_ends() {
    assert_sketches(&[
        ("- a\nb", "{list:- {p a}} {p b}"),
        ("- a\n\nb", "{list:- {p a}} {p b}"),
        ("- a\n b", "{list:- {p a}} {p  b}"),
    ]);
}

#[test]
fn indented_text_is_text() {
    assert_sketches(&[
        ("    a *b*", "{p     a (em b)}"),
        ("\ta", "{p \ta}"),
        ("a\n\n    b", "{p a} {p     b}"),
        ("    - a", "{list:- {p a}}"),
    ]);
}

#[test]
fn a_message_of_too_many_parts_shows_as_typed() {
    // Each fence counts ten.
    let fences = |count: usize| "```\n```\n".repeat(count);
    assert_eq!(parse(&fences(200)).len(), 200);
    let typed = fences(201);
    let whole = Block::Code {
        language: None,
        text: typed.clone(),
    };
    assert_eq!(parse(&typed), [whole]);
    // A paragraph, and a text and a break for each line but the last.
    let lines = |count: usize| vec!["a"; count].join("\n");
    assert!(matches!(parse(&lines(1_000))[..], [Block::Paragraph(_)]));
    assert!(matches!(parse(&lines(1_001))[..], [Block::Code { .. }]));
}
