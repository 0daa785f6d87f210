//! A document with holes where each copy says something of its own.

use crate::protocol::Cid;

/// What stands in the holes while a document is made: random for each process and shown to
/// nobody, so that no words of a person can look like one.
pub struct Holes {
    pub cid: Cid,
    pub nonce: String,
}

/// A document around its holes.
pub struct Document {
    /// Each with what follows it.
    parts: Vec<(String, Hole)>,
    end: String,
}

#[derive(Clone, Copy)]
enum Hole {
    Cid,
    Nonce,
}

impl Holes {
    /// From two numbers that nobody can guess.
    pub fn new([cid, nonce]: [[u8; 16]; 2]) -> Self {
        Self {
            cid: Cid(cid),
            nonce: Cid(nonce).to_string(),
        }
    }

    /// Finds the holes in a document that was made with these.
    pub fn cut(&self, mut html: &str) -> Document {
        let cid = self.cid.to_string();
        let mut parts = Vec::new();
        loop {
            let next_cid = html.find(&cid).map(|at| (at, cid.len(), Hole::Cid));
            let next_nonce = html.find(&self.nonce);
            let next_nonce = next_nonce.map(|at| (at, self.nonce.len(), Hole::Nonce));
            let next = next_cid.into_iter().chain(next_nonce);
            let Some((at, length, hole)) = next.min_by_key(|(at, ..)| *at) else {
                let end = html.to_owned();
                return Document { parts, end };
            };
            parts.push((html[..at].to_owned(), hole));
            html = &html[at + length..];
        }
    }
}

impl Document {
    /// A copy that says this.
    pub fn fill(&self, cid: Cid, nonce: &str) -> String {
        let cid = cid.to_string();
        let mut html = String::with_capacity(self.bytes() + self.parts.len() * cid.len());
        for (part, hole) in &self.parts {
            html.push_str(part);
            html.push_str(match hole {
                Hole::Cid => &cid,
                Hole::Nonce => nonce,
            });
        }
        html.push_str(&self.end);
        html
    }

    pub fn bytes(&self) -> usize {
        let parts = self.parts.iter().map(|(part, _)| part.len());
        parts.sum::<usize>() + self.end.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_whole_again_with_something_else_in_its_holes() {
        let holes = Holes::new([[1; 16], [2; 16]]);
        let Holes { cid, nonce } = &holes;
        for html in [
            String::new(),
            "without".to_owned(),
            nonce.clone(),
            format!("<a>{cid}</a><b x=\"{nonce}\">{cid}{nonce}</b>\u{e9}{cid}"),
        ] {
            let other = Cid([3; 16]);
            let filled = holes.cut(&html).fill(other, "one/time+");
            let wanted = html.replace(&cid.to_string(), &other.to_string());
            assert_eq!(filled, wanted.replace(nonce, "one/time+"));
        }
    }
}
