//! Messages of nothing but emoji, which show large.

use super::{Block, Inline};
use std::iter::Peekable;
use std::str::Chars;

/// Emoji in a message that shows large.
const MOST: usize = 3;

const EMOJI_STYLE: char = '\u{FE0F}';
const TEXT_STYLE: char = '\u{FE0E}';
const JOINER: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';

/// Whether a message is one to three emoji and nothing else.
#[must_use]
pub fn only_emoji(blocks: &[Block]) -> bool {
    let [Block::Paragraph(content)] = blocks else {
        return false;
    };
    let [Inline::Text(text)] = content.as_slice() else {
        return false;
    };
    let mut letters = text.chars().peekable();
    let mut count = 0;
    loop {
        while letters.next_if(|c| c.is_whitespace()).is_some() {}
        if letters.peek().is_none() {
            return count > 0;
        }
        count += 1;
        if count > MOST || !take_emoji(&mut letters) {
            return false;
        }
    }
}

/// Takes one emoji: parts held together by joiners (Unicode Technical Standard 51, section
/// 1.4.9).
fn take_emoji(letters: &mut Peekable<Chars<'_>>) -> bool {
    while take_part(letters) {
        if letters.next_if_eq(&JOINER).is_none() {
            return true;
        }
    }
    false
}

fn take_part(letters: &mut Peekable<Chars<'_>>) -> bool {
    let Some(first) = letters.next() else {
        return false;
    };
    let coloured = letters.next_if_eq(&EMOJI_STYLE).is_some();
    if matches!(first, '0'..='9' | '#' | '*') {
        return letters.next_if_eq(&KEYCAP).is_some();
    }
    if is_flag_letter(first) {
        return letters.next_if(|c| is_flag_letter(*c)).is_some();
    }
    if letters.next_if_eq(&TEXT_STYLE).is_some() {
        return false;
    }
    let toned = letters.next_if(|c| matches!(c, '\u{1F3FB}'..='\u{1F3FF}'));
    // The flags of England, Scotland and Wales spell their names in tags.
    while letters
        .next_if(|c| matches!(c, '\u{E0020}'..='\u{E007F}'))
        .is_some()
    {}
    is_emoji(first) || ((coloured || toned.is_some()) && is_pictogram(first))
}

fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// Characters that are emoji on their own (`Emoji_Presentation` in Unicode 17's
/// emoji-data.txt; the supplementary planes more roughly, as all that looks like one there).
fn is_emoji(c: char) -> bool {
    matches!(
        c,
        '\u{231A}' | '\u{231B}' | '\u{23E9}'..='\u{23EC}' | '\u{23F0}' | '\u{23F3}'
            | '\u{25FD}' | '\u{25FE}' | '\u{2614}' | '\u{2615}' | '\u{2648}'..='\u{2653}'
            | '\u{267F}' | '\u{2693}' | '\u{26A1}' | '\u{26AA}' | '\u{26AB}' | '\u{26BD}'
            | '\u{26BE}' | '\u{26C4}' | '\u{26C5}' | '\u{26CE}' | '\u{26D4}' | '\u{26EA}'
            | '\u{26F2}' | '\u{26F3}' | '\u{26F5}' | '\u{26FA}' | '\u{26FD}' | '\u{2705}'
            | '\u{270A}' | '\u{270B}' | '\u{2728}' | '\u{274C}' | '\u{274E}'
            | '\u{2753}'..='\u{2755}' | '\u{2757}' | '\u{2795}'..='\u{2797}' | '\u{27B0}'
            | '\u{27BF}' | '\u{2B1B}' | '\u{2B1C}' | '\u{2B50}' | '\u{2B55}'
            | '\u{1F004}' | '\u{1F0CF}' | '\u{1F18E}' | '\u{1F191}'..='\u{1F19A}'
            | '\u{1F200}'..='\u{1F265}' | '\u{1F300}'..='\u{1F6FF}' | '\u{1F7E0}'..='\u{1F7F0}'
            | '\u{1F90C}'..='\u{1F9FF}' | '\u{1FA70}'..='\u{1FAFF}'
    )
}

/// Characters that are emoji when a style selector or a skin tone says so.
fn is_pictogram(c: char) -> bool {
    matches!(
        c,
        '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
            | '\u{2194}'..='\u{21AA}' | '\u{2328}'..='\u{23FA}' | '\u{24C2}'
            | '\u{25AA}'..='\u{27BF}' | '\u{2934}' | '\u{2935}' | '\u{2B05}'..='\u{2B07}'
            | '\u{3030}' | '\u{303D}' | '\u{3297}' | '\u{3299}' | '\u{1F170}'..='\u{1F17F}'
    )
}
