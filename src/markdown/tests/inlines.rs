use super::{assert_paragraphs, sketch};

#[test]
fn marks_make_emphasis_strong_and_strike() {
    assert_paragraphs(&[
        ("plain", "plain"),
        ("*a* _b_", "(em a) (em b)"),
        ("**a** __b__", "(strong a) (strong b)"),
        ("***a***", "(em (strong a))"),
        ("**a *b* c**", "(strong a (em b) c)"),
        ("*a **b** c*", "(em a (strong b) c)"),
        ("~~a~~", "(strike a)"),
        ("~~**a**~~", "(strike (strong a))"),
        ("un*frigging*believable", "un(em frigging)believable"),
        ("*a\nb*", "(em a/b)"),
    ]);
}

#[test]
fn marks_that_mean_nothing_show() {
    assert_paragraphs(&[
        ("*", "*"),
        ("**", "**"),
        ("a * b * c", "a * b * c"),
        ("*a", "*a"),
        ("a*", "a*"),
        ("**a*", "*(em a)"),
        ("*a**", "(em a)*"),
        ("snake_case_name", "snake_case_name"),
        ("__init__.py", "(strong init).py"),
        ("2*3*4 and 2**3**4", "2*3*4 and 2**3**4"),
        ("~5 to ~6", "~5 to ~6"),
        ("1~2 or 3~4", "1~2 or 3~4"),
        ("~~~a~~~", "~~~a~~~"),
        ("*a _b* c_", "(em a _b) c_"),
    ]);
}

#[test]
fn emphasis_works_where_words_have_no_spaces() {
    assert_paragraphs(&[
        ("これは*強調*です", "これは(em 強調)です"),
        ("**「強調」**です", "(strong 「強調」)です"),
        ("这是**“重点”**内容", "这是(strong “重点”)内容"),
        ("한국어**(강조)**는", "한국어(strong (강조))는"),
    ]);
}

#[test]
fn code_spans_hold_everything() {
    assert_paragraphs(&[
        ("`a`", "(code a)"),
        ("`*a* <b> [c](http://d)`", "(code *a* <b> [c](http://d))"),
        ("``a`b``", "(code a`b)"),
        ("`` `a` ``", "(code `a`)"),
        ("```a```", "(code a)"),
        ("` `", "(code  )"),
        ("`a\nb`", "(code a b)"),
        ("`a\\`b", "(code a\\)b"),
        ("`a", "`a"),
        ("``a`", "``a`"),
        ("*a `b* c`", "*a (code b* c)"),
    ]);
}

#[test]
fn backslashes_escape_marks_and_otherwise_show() {
    assert_paragraphs(&[
        ("\\*a\\*", "*a*"),
        ("\\`a\\`", "`a`"),
        ("\\[a](http://b)", "[a]((link <http://b> http://b))"),
        ("\\- a", "- a"),
        ("1\\. a", "1. a"),
        ("\\> a", "> a"),
        ("a\\b", "a\\b"),
        ("\\\\host\\share", "\\\\host\\share"),
        ("a\\", "a\\"),
        ("a\\\nb", "a\\/b"),
        ("¯\\_(ツ)_/¯", "¯\\_(ツ)_/¯"),
    ]);
}

#[test]
fn a_line_break_is_a_line_break() {
    assert_paragraphs(&[
        ("a\nb", "a/b"),
        ("a  \nb", "a/b"),
        ("a\r\nb", "a/b"),
        ("    a\n      b", "    a/      b"),
    ]);
    assert_eq!(sketch("a\n\nb"), "{p a} {p b}");
    assert_eq!(sketch("a\n \t\nb"), "{p a} {p b}");
}

#[test]
fn what_markdown_elsewhere_hides_or_changes_shows_as_typed() {
    for typed in [
        "<b>bold</b>",
        "<script>alert(1)</script>",
        "<!-- comment -->",
        "<img src=x onerror=alert(1)>",
        "<?php ?>",
        "<![CDATA[a]]>",
        "&amp; &lt; &#42; &copy;",
        "# heading",
        "###### heading #",
        "heading↵=======",
        "heading↵---",
        "***",
        "---",
        "- - -",
        "* * *",
        "___",
        "| a | b |↵|---|---|↵| 1 | 2 |",
        "[a]: b",
        "[a]: /url \"title\"",
        "[^1]: note",
        "[^1]",
        "[a][b]",
        "[a]",
        "[ ] to do",
        "http:",
        "-",
        "*",
        "1.",
        ">",
        "a@example.com",
    ] {
        let shown = sketch(&typed.replace('↵', "\n"));
        assert_eq!(shown, format!("{{p {}}}", typed.replace('↵', "/")));
    }
}

#[test]
fn control_characters_show_as_a_sign() {
    assert_paragraphs(&[
        ("a\0b\u{1B}", "a\u{FFFD}b\u{FFFD}"),
        ("`\u{7F}`", "(code \u{FFFD})"),
    ]);
}
