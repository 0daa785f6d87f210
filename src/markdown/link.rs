//! Where links may go.

use crate::protocol::is_blank;

/// Parentheses inside a target, as in CommonMark's reference implementation.
const PARENTHESES: usize = 32;

/// The target behind the text of a link, `(target)` or `(<target>)`: its length with the
/// parentheses, and the target without backslashes that escape. A title makes it none: the
/// title would be hidden.
pub(super) fn target(text: &str) -> Option<(usize, String)> {
    let inside = text.strip_prefix('(')?;
    let trimmed = inside.trim_start_matches([' ', '\t', '\n']);
    let mut target = String::new();
    let mut depth = 0;
    let angle = trimmed.starts_with('<');
    let mut rest = trimmed.strip_prefix('<').unwrap_or(trimmed).chars();
    loop {
        let before = rest.as_str();
        let c = rest.next()?;
        match c {
            '\\' if rest
                .as_str()
                .starts_with(|c: char| c.is_ascii_punctuation()) =>
            {
                target.extend(rest.next());
                continue;
            }
            '>' if angle => break,
            '<' | '\n' if angle => return None,
            _ if angle => {}
            '(' if depth == PARENTHESES => return None,
            '(' => depth += 1,
            ')' if depth == 0 => {
                rest = before.chars();
                break;
            }
            ')' => depth -= 1,
            c if c.is_ascii_whitespace() => {
                rest = before.chars();
                break;
            }
            _ => {}
        }
        target.push(c);
    }
    let behind = rest.as_str().trim_start_matches([' ', '\t', '\n']);
    let end = behind.strip_prefix(')')?;
    Some((text.len() - end.len(), target))
}

/// The length of the `http://` or `https://` URL at the start of a text. Like in GitHub's
/// Markdown it ends before white space and `<`, and without punctuation that rather belongs
/// to the sentence; also before quotation marks, a bracket that nothing opened, and
/// punctuation of Chinese and Japanese, which stands there without a space.
pub(super) fn bare(text: &str) -> Option<usize> {
    let scheme = scheme(text)?.len();
    let mut brackets = 0;
    let mut parentheses = (0, 0);
    let mut end = text.len();
    for (at, c) in text.char_indices() {
        match c {
            '[' => brackets += 1,
            ']' if brackets > 0 => brackets -= 1,
            '(' => parentheses.0 += 1,
            ')' => parentheses.1 += 1,
            ']'
            | '<'
            | '>'
            | '"'
            | '`'
            | '\u{AB}'
            | '\u{BB}'
            | '\u{2018}'..='\u{201F}'
            | '\u{3001}'..='\u{3004}'
            | '\u{3008}'..='\u{3020}'
            | '\u{FF01}'..='\u{FF0F}'
            | '\u{FF1A}'..='\u{FF20}'
            | '\u{FF3B}'..='\u{FF40}'
            | '\u{FF5B}'..='\u{FF65}' => {
                end = at;
                break;
            }
            c if c.is_whitespace() || c.is_control() => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let (opened, mut closed) = parentheses;
    while let Some(last) = text[..end].chars().next_back() {
        match last {
            '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '\u{2026}' => {}
            ')' if closed > opened => closed -= 1,
            _ => break,
        }
        end -= last.len_utf8();
    }
    (end > scheme).then_some(end)
}

/// The schemes of the web that a text starts with.
fn scheme(text: &str) -> Option<&'static str> {
    ["http://", "https://"].into_iter().find(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    })
}

/// What a browser may be sent to, if a target is that: an `http`, `https` or `mailto` URL.
/// Strict where browsers are lenient: they would read a backslash as a slash, and skip line
/// breaks and tabs inside a scheme.
pub(super) fn href(target: &str) -> Option<String> {
    let target: String = target.chars().filter(|c| !is_hidden(*c)).collect();
    let target = target.trim();
    if target.contains(|c: char| c != ' ' && c.is_whitespace()) {
        return None;
    }
    if let Some(scheme) = scheme(target) {
        let rest = &target[scheme.len()..];
        is_authority(authority(rest)).then(|| format!("{scheme}{}", encoded(rest)))
    } else {
        let mailto = "mailto:";
        let start = target.get(..mailto.len())?;
        let address = &target[mailto.len()..];
        (start.eq_ignore_ascii_case(mailto) && is_address(address))
            .then(|| format!("{mailto}{address}"))
    }
}

/// Controls, and characters that change the direction of the text around them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// What stands between the scheme and the path.
fn authority(rest: &str) -> &str {
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// A host and perhaps a port. No name and password before it: `https://bank.example@evil`.
fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.rfind(':') {
        Some(at) if !authority.ends_with(']') => (&authority[..at], &authority[at + 1..]),
        _ => (authority, ""),
    };
    let v6 = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let host = match v6 {
        Some(v6) => {
            !v6.is_empty()
                && v6
                    .chars()
                    .all(|c| c.is_ascii_hexdigit() || ".:".contains(c))
        }
        None => {
            host.starts_with(char::is_alphanumeric)
                && host.chars().all(|c| {
                    c.is_ascii_alphanumeric()
                        || ".-_".contains(c)
                        || (!c.is_ascii() && !is_blank(c))
                })
        }
    };
    host && port.len() <= 5 && port.chars().all(|c| c.is_ascii_digit())
}

/// An address and nothing more: no subject, no second address, no attachment.
fn is_address(address: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || ".!#$*+-/=^_`{|}~'".contains(c);
    address.split_once('@').is_some_and(|(person, host)| {
        !person.is_empty()
            && person.chars().all(letter)
            && host.starts_with(char::is_alphanumeric)
            && host
                .chars()
                .all(|c| c.is_alphanumeric() || ".-".contains(c))
    })
}

/// Percent-encodes the ASCII characters that no URL has.
fn encoded(rest: &str) -> String {
    let mut url = String::with_capacity(rest.len());
    for c in rest.chars() {
        match c {
            ' ' | '"' | '<' | '>' | '`' | '\\' | '^' | '{' | '|' | '}' => {
                let hex = |half: u32| {
                    char::from_digit(half, 16)
                        .unwrap_or('0')
                        .to_ascii_uppercase()
                };
                url.extend(['%', hex(u32::from(c) / 16), hex(u32::from(c) % 16)]);
            }
            c => url.push(c),
        }
    }
    url
}

/// Whether the text of a link shows at all, and names no other place than it leads to.
pub(super) fn is_honest(text: &str, href: &str) -> bool {
    let text: String = text.chars().filter(|c| !is_hidden(*c)).collect();
    if text.chars().all(is_blank) {
        return false;
    }
    let claim = text.split_whitespace().next().unwrap_or_default();
    let claims = scheme(claim).is_some()
        || claim
            .get(..4)
            .is_some_and(|www| www.eq_ignore_ascii_case("www."));
    let place = |url: &str| {
        let rest = scheme(url).map_or(url, |scheme| &url[scheme.len()..]);
        let host = authority(rest).to_ascii_lowercase();
        host.trim_start_matches("www.").to_owned()
    };
    !claims || place(claim) == place(href)
}
