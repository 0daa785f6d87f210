//! Whether a run of marks can open or close emphasis.

/// `can_open` and `can_close` of a run between two characters (CommonMark 0.31, section 6.2,
/// left- and right-flanking), with two differences: a mark between digits multiplies, and
/// beside Chinese, Japanese and Korean text, which has no spaces, punctuation does not count.
pub(super) fn flank(mark: char, before: Option<char>, after: Option<char>) -> (bool, bool) {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    if digit(before) && digit(after) {
        return (false, false);
    }
    let left = flanks(after, before);
    let right = flanks(before, after);
    if mark == '_' {
        let open = left && (!right || is_punctuation(before));
        let close = right && (!left || is_punctuation(after));
        return (open, close);
    }
    (left, right)
}

/// Whether a run belongs to the character on its inner side.
fn flanks(inner: Option<char>, outer: Option<char>) -> bool {
    !is_space(inner)
        && (!is_punctuation(inner) || is_space(outer) || is_punctuation(outer) || is_cjk(outer))
}

/// The ends of a text count as white space.
fn is_space(c: Option<char>) -> bool {
    c.is_none_or(char::is_whitespace)
}

/// Punctuation and symbols, near enough without a table: what is neither letter nor digit in
/// the blocks that have punctuation. Elsewhere it could as well be a vowel sign.
fn is_punctuation(c: Option<char>) -> bool {
    c.is_some_and(|c| {
        matches!(
            c,
            '\u{21}'..='\u{BF}' | '\u{D7}' | '\u{F7}' | '\u{2010}'..='\u{2027}'
                | '\u{2030}'..='\u{2BFF}' | '\u{2E00}'..='\u{3029}' | '\u{3030}'..='\u{303F}'
                | '\u{30FB}' | '\u{FE10}'..='\u{FE1F}' | '\u{FE30}'..='\u{FE6F}'
                | '\u{FF01}'..='\u{FF65}' | '\u{1F000}'..='\u{1FAFF}'
        ) && !c.is_alphanumeric()
    })
}

fn is_cjk(c: Option<char>) -> bool {
    c.is_some_and(|c| {
        matches!(
            c,
            '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}'
                | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
                | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}'
        )
    })
}
