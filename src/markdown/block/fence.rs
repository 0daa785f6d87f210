//! Fenced code.

use super::{Found, Shape, indent, is_blank, without_indent};

/// Letters in the name of a language: longer words are code.
const LANGUAGE: usize = 32;

/// Looks for fenced code in one run of lines, from top to bottom.
#[derive(Default)]
pub(super) struct Fences {
    /// A fence of this length was looked for to the end and is not there: without this, many
    /// openings without an end would each look again.
    missing: Option<usize>,
}

/// An opening fence.
struct Opening<'a> {
    /// Text on the line before it.
    before: &'a str,
    mark: char,
    length: usize,
    /// Text on the line behind it.
    info: &'a str,
}

impl Fences {
    /// The code that starts on this line, and the text before it on the line.
    pub(super) fn code<'a>(&mut self, lines: &[&'a str]) -> Option<(Found<'a>, &'a str)> {
        let line = lines.first()?;
        let opening = at_start(line).or_else(|| self.behind_text(line, &lines[1..]))?;
        let (language, mut code) = match opening.info {
            "" => (None, Vec::new()),
            word if is_language(word) => (Some(word), Vec::new()),
            text => (None, vec![text]),
        };
        let mut used = 1;
        let mut closed = false;
        for line in &lines[1..] {
            used += 1;
            let last = before_closing(line, &opening);
            closed = last.is_some();
            let line = last.unwrap_or(line);
            if !closed || !is_blank(line) {
                code.push(without_indent(line, indent(opening.before)));
            }
            if closed {
                break;
            }
        }
        if !closed && code.iter().all(|line| is_blank(line)) {
            // A lone fence: there is no code to show, but there is what was typed.
            return None;
        }
        let shape = Shape::Code {
            language,
            lines: code,
        };
        Some(((shape, used), opening.before))
    }

    /// A fence behind text, as in "look: ```". Only when there is an end to it.
    fn behind_text<'a>(&mut self, line: &'a str, below: &[&str]) -> Option<Opening<'a>> {
        let at = line.find("```")?;
        let opening = opening(line, at).filter(|opening| {
            let known = self
                .missing
                .is_some_and(|missing| opening.length >= missing);
            let word = opening.info.is_empty() || is_language(opening.info);
            word && !known
        })?;
        let closed = below
            .iter()
            .any(|line| before_closing(line, &opening).is_some());
        if !closed {
            self.missing = Some(opening.length);
        }
        closed.then_some(opening)
    }
}

fn at_start(line: &str) -> Option<Opening<'_>> {
    let typed = line.trim_start();
    let fence = typed.starts_with("```") || typed.starts_with("~~~");
    fence.then(|| opening(line, line.len() - typed.len()))?
}

/// The fence at this place of the line. The same mark again makes it a code span or a strike.
fn opening(line: &str, at: usize) -> Option<Opening<'_>> {
    let (before, fence) = line.split_at(at);
    let mark = fence.chars().next()?;
    let info = fence.trim_start_matches(mark);
    (!info.contains(mark)).then(|| Opening {
        before,
        mark,
        length: fence.len() - info.len(),
        info: info.trim(),
    })
}

/// What stands on the line before the fence that closes, if one does. Text may stand there
/// only before backticks.
fn before_closing<'a>(line: &'a str, opening: &Opening<'_>) -> Option<&'a str> {
    let line = line.trim_end();
    let before = line.trim_end_matches(opening.mark);
    let closes = line.len() - before.len() >= opening.length;
    (closes && (opening.mark == '`' || is_blank(before))).then_some(before)
}

fn is_language(word: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '.' | '_');
    word.len() <= LANGUAGE && word.chars().all(letter)
}
