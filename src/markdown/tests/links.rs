use super::{assert_paragraphs, sketch};
use crate::markdown::link;

#[test]
fn links_lead_to_the_web_and_to_mail() {
    assert_paragraphs(&[
        ("[a](http://b.c)", "(link <http://b.c> a)"),
        (
            "[a](https://b.c/d?e=f&g#h)",
            "(link <https://b.c/d?e=f&g#h> a)",
        ),
        ("[a](mailto:b@c.d)", "(link <mailto:b@c.d> a)"),
        ("[a](HTTPS://B.C)", "(link <https://B.C> a)"),
        ("[a]( <http://b.c/d e> )", "(link <http://b.c/d%20e> a)"),
        ("[a](http://b.c/(d))", "(link <http://b.c/(d)> a)"),
        ("[a](http://b.c/d\\))", "(link <http://b.c/d)> a)"),
        (
            "[**a** `b`](http://c)",
            "(link <http://c> (strong a) (code b))",
        ),
        ("**[a](http://b)**", "(strong (link <http://b> a))"),
        (
            "[a](http://b)[c](http://d)",
            "(link <http://b> a)(link <http://d> c)",
        ),
        ("[a [b] c](http://d)", "(link <http://d> a [b] c)"),
        ("![a](http://b)", "!(link <http://b> a)"),
        ("*a [b*](http://c)", "*a (link <http://c> b*)"),
    ]);
}

#[test]
fn other_links_show_as_typed() {
    for typed in [
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](java\nscript:alert(1))",
        "[a](<java\u{1}script:alert(1)>)",
        "[a](&#106;avascript:alert(1))",
        "[a](javascript&colon;alert(1))",
        "[a](%6Aavascript:alert(1))",
        "[a](data:text/html,b)",
        "[a](vbscript:b)",
        "[a](file:///etc/passwd)",
        "[a](//b.c)",
        "[a](/b)",
        "[a](b)",
        "[a](#b)",
        "[a]()",
        "[a](<>)",
        "[a](http:b)",
        "[a](http:\\\\b)",
        "[a](http://)",
        "[a](http:///b)",
        "[a](https://b.c:x/)",
        "[a](mailto:)",
        "[a](mailto:b)",
        "[a](mailto:b@c?subject=d)",
    ] {
        let shown = sketch(typed).replace('\u{FFFD}', "\u{1}");
        let typed = typed.replace('\n', "/");
        assert_eq!(shown, format!("{{p {typed}}}"));
    }
}

#[test]
fn titles_are_not_hidden() {
    assert_eq!(
        sketch("[a](http://b \"c\")"),
        "{p [a]((link <http://b> http://b) \"c\")}"
    );
}

#[test]
fn links_do_not_deceive() {
    for deceit in [
        "[](https://evil.example)",
        "[ ](https://evil.example)",
        "[\u{200B}](https://evil.example)",
        "[https://bank.example](https://evil.example)",
        "[https://bank.example/log/in](https://evil.example)",
        "[www.bank.example](https://evil.example)",
        "[\u{200B}https://bank.example](https://evil.example)",
        "[**https://bank.example**](https://evil.example)",
        "[https://bank.example](mailto:a@evil.example)",
        "[a](https://bank.example@evil.example)",
        "[a](https://bank.example\\@evil.example)",
        "[a](https://bank.example:1@evil.example)",
    ] {
        assert!(!sketch(deceit).contains("evil.example> "), "{deceit:?}");
    }
    for honest in [
        "[https://bank.example](https://bank.example/login)",
        "[www.bank.example](https://bank.example)",
        "[HTTP://BANK.EXAMPLE/](https://bank.example)",
        "[bank](https://bank.example)",
    ] {
        assert!(
            sketch(honest).contains("(link <https://bank.example"),
            "{honest:?}"
        );
    }
}

#[test]
fn urls_become_links() {
    let linked = |url: &str| format!("(link <{url}> {url})");
    for url in [
        "http://a",
        "https://a.b/c_d_e*f*?g=h&i[]=j#k",
        "https://en.wikipedia.org/wiki/A_(b)",
        "http://localhost:3000/",
        "http://[::1]:8080/a",
        "https://xn--nxasmq6b.example/",
        "https://bücher.example/ü",
        "https://उदाहरण.example/",
    ] {
        assert_paragraphs(&[(url, &linked(url))]);
        for (before, after) in [
            ("", " b"),
            ("a ", "."),
            ("a ", "?!"),
            ("(", ")"),
            ("(", ")."),
            ("<", ">"),
            ("\"", "\","),
            ("“", "”"),
            ("看", "。很好"),
            ("a:", "…"),
            ("'", "'"),
        ] {
            let text = format!("{before}{url}{after}");
            assert_paragraphs(&[(&text, &format!("{before}{}{after}", linked(url)))]);
        }
        let text = format!("**{url}** ~~{url}~~");
        let expected = format!("(strong {}) (strike {})", linked(url), linked(url));
        assert_paragraphs(&[(&text, &expected)]);
    }
}

#[test]
fn what_is_no_url_is_text() {
    for typed in [
        "http://",
        "https://.",
        "http://?",
        "xhttp://a",
        "http:/a",
        "ftp://a",
        "http://a@b",
        "http://-",
        "hello http",
    ] {
        assert_eq!(sketch(typed), format!("{{p {typed}}}"));
    }
}

#[test]
fn links_hold_no_links() {
    assert_paragraphs(&[
        ("[a http://b c](http://b)", "(link <http://b> a http://b c)"),
        (
            "[a [b](http://c) d](http://e)",
            "[a (link <http://c> b) d]((link <http://e> http://e))",
        ),
        ("[http://a](http://a)", "(link <http://a> http://a)"),
        (
            "[[a](http://b)](http://c)",
            "[(link <http://b> a)]((link <http://c> http://c))",
        ),
        (
            "[a](http://b) [c](http://d)",
            "(link <http://b> a) (link <http://d> c)",
        ),
    ]);
}

#[test]
fn a_target_is_read_once_and_for_all() {
    for (text, target) in [
        ("(a)b", Some((3, "a"))),
        ("( a\n)", Some((5, "a"))),
        ("(<a b>)", Some((7, "a b"))),
        ("(<>)", Some((4, ""))),
        ("()", Some((2, ""))),
        ("(a b)", None),
        ("(a", None),
        ("a)", None),
        ("(<a)", None),
        ("(<a\n>)", None),
        ("(a(b)", None),
    ] {
        let expected = target.map(|(length, target)| (length, target.to_owned()));
        assert_eq!(link::target(text), expected, "{text:?}");
    }
}
