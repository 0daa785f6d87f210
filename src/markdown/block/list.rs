//! Lists: lines that start with a bullet or a number.

use super::{Found, Shape, blocks, indent, is_blank, without_indent};

/// Columns that a line must stand further in than an item's bullet to belong to the item.
/// CommonMark wants it right below the item's text; two spaces are what people type.
const INSIDE: usize = 2;

/// What starts an item.
struct Marker<'a> {
    /// Columns before it.
    indent: usize,
    /// Columns before the text.
    content: usize,
    /// Nothing for a bullet.
    number: Option<u64>,
    /// The bullet, or what stands behind the number. Another one starts another list.
    sign: char,
    /// The text behind it.
    text: &'a str,
}

/// The list that starts here. `fresh` says that no paragraph stands right before: a line of
/// text may break before "2019. " without a list starting there.
pub(super) fn list<'a>(lines: &[&'a str], depth: usize, fresh: bool) -> Option<Found<'a>> {
    let first = marker(lines.first()?)?;
    if !fresh && first.number.is_some_and(|number| number != 1) {
        return None;
    }
    let (start, sign) = (first.number, first.sign);
    let mut items = Vec::new();
    let mut used = 0;
    let mut next = Some(first);
    while let Some(marker) = next {
        let (item, lines_used) = item(&marker, &lines[used + 1..]);
        items.push(blocks(&item, depth + 1));
        used += 1 + lines_used;
        let blank = lines[used..].iter().take_while(|line| is_blank(line));
        let behind = used + blank.count();
        let expected = marker.number.map(|number| number + 1);
        next = lines.get(behind).and_then(|line| self::marker(line));
        next = next.filter(|next| next.sign == sign && next.number == expected);
        if next.is_some() {
            used = behind;
        }
    }
    Some((Shape::List { start, items }, used))
}

/// The lines of an item, and how many there are behind the first.
fn item<'a>(marker: &Marker<'a>, lines: &[&'a str]) -> (Vec<&'a str>, usize) {
    let inside = |line: &str| is_blank(line) || indent(line) >= marker.indent + INSIDE;
    let mut used = lines.iter().take_while(|line| inside(line)).count();
    while used > 0 && is_blank(lines[used - 1]) {
        used -= 1;
    }
    let behind = lines[..used].iter();
    let mut item = vec![marker.text];
    item.extend(behind.map(|line| without_indent(line, marker.content)));
    (item, used)
}

fn marker(line: &str) -> Option<Marker<'_>> {
    let typed = line.trim_start();
    if is_rule(typed) {
        return None;
    }
    let digits = typed.len() - typed.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, signs) = match digits {
        0 => (None, ['-', '*', '+'].as_slice()),
        1..=9 => (typed[..digits].parse().ok(), ['.', ')'].as_slice()),
        _ => return None,
    };
    // "007." would show as "7.".
    if digits > 1 && typed.starts_with('0') {
        return None;
    }
    let sign = typed[digits..]
        .chars()
        .next()
        .filter(|c| signs.contains(c))?;
    let behind = &typed[digits + 1..];
    let spaces = indent(behind);
    if spaces == 0 || is_blank(behind) {
        return None;
    }
    // More than four spaces are the start of the text.
    let spaces = if spaces <= 4 { spaces } else { 1 };
    let indent = indent(line);
    Some(Marker {
        indent,
        content: indent + digits + 1 + spaces,
        number,
        sign,
        text: without_indent(behind, spaces),
    })
}

/// "* * *" and "- - -": somebody drew a line.
fn is_rule(typed: &str) -> bool {
    let mut marks = typed.chars().filter(|c| !c.is_whitespace());
    let first = marks.next();
    matches!(first, Some('-' | '*'))
        && marks.clone().count() >= 2
        && marks.all(|c| Some(c) == first)
}
