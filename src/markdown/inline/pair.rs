//! Which runs of `*`, `_` and `~` belong together.

use super::{Piece, Run, Style};

/// Openers that wait, and for each kind of closer the place below which none is for it:
/// that keeps a row of closers without openers linear (CommonMark, appendix).
struct Openers {
    waiting: Vec<usize>,
    bottom: [usize; 18],
}

/// Pairs all runs: those inside each link among themselves, and those outside.
pub(super) fn pair(pieces: &mut [Piece]) {
    let mut at = 0;
    let mut outside = Openers::new();
    while at < pieces.len() {
        match pieces[at] {
            Piece::LinkStart { end, .. } => {
                let mut inside = Openers::new();
                for run in at + 1..end {
                    inside.run(pieces, run);
                }
                at = end;
            }
            _ => outside.run(pieces, at),
        }
        at += 1;
    }
}

impl Openers {
    fn new() -> Self {
        Self {
            waiting: Vec::new(),
            bottom: [0; 18],
        }
    }

    /// Takes the run at this place, if it is one.
    fn run(&mut self, pieces: &mut [Piece], at: usize) {
        let Piece::Run(run) = &pieces[at] else {
            return;
        };
        let (can_open, can_close, kind) = (run.can_open, run.can_close, kind(run));
        if can_close {
            while self.close(pieces, at, kind) {}
        }
        if can_open && left(pieces, at) > 0 {
            self.waiting.push(at);
        }
    }

    /// Closes once with the nearest opener; whether it could.
    fn close(&mut self, pieces: &mut [Piece], at: usize, kind: usize) -> bool {
        let (before, from) = pieces.split_at_mut(at);
        let Some(Piece::Run(closer)) = from.first_mut() else {
            return false;
        };
        let bottom = self.bottom[kind];
        let fits = |opener: &usize| match &before[*opener] {
            Piece::Run(opener) => style(opener, closer).is_some(),
            _ => false,
        };
        let Some(place) = self.waiting[bottom..].iter().rposition(fits) else {
            self.bottom[kind] = self.waiting.len();
            return false;
        };
        let place = bottom + place;
        let Piece::Run(opener) = &mut before[self.waiting[place]] else {
            return false;
        };
        let Some(style) = style(opener, closer) else {
            return false;
        };
        opener.opens.push(style);
        opener.left -= style.marks();
        closer.closes.push(style);
        closer.left -= style.marks();
        // What opened in between is not closed any more.
        self.waiting.truncate(place + usize::from(opener.left > 0));
        let waiting = self.waiting.len();
        self.bottom.iter_mut().for_each(|b| *b = (*b).min(waiting));
        closer.left > 0
    }
}

fn left(pieces: &[Piece], at: usize) -> usize {
    match &pieces[at] {
        Piece::Run(run) => run.left,
        _ => 0,
    }
}

/// What decides which openers fit a closer: its mark, whether it could open, its length by
/// threes.
fn kind(run: &Run) -> usize {
    let mark = match run.mark {
        '*' => 0,
        '_' => 1,
        _ => 2,
    };
    mark * 6 + usize::from(run.can_open) * 3 + run.range.len() % 3
}

/// What two runs mean together, if they fit.
fn style(opener: &Run, closer: &Run) -> Option<Style> {
    if opener.mark != closer.mark || opener.left == 0 || closer.left == 0 {
        return None;
    }
    let (one, other) = (opener.range.len(), closer.range.len());
    if opener.mark == '~' {
        return Some(Style::Strike);
    }
    // CommonMark's rule of three, for "*foo**bar*".
    let both = opener.can_close || closer.can_open;
    if both && (one + other) % 3 == 0 && (one % 3 != 0 || other % 3 != 0) {
        return None;
    }
    Some(if opener.left >= 2 && closer.left >= 2 {
        Style::Strong
    } else {
        Style::Emphasis
    })
}
