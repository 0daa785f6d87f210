//! Names of people: what may be one, and which look alike.
//!
//! The rules need large Unicode tables, so only the server has them (`rules`); a browser
//! takes names as the server gives them.

use serde::{Deserialize, Serialize};

#[cfg(not(target_arch = "wasm32"))]
mod rules;
#[cfg(test)]
mod tests;

/// A name that passed the rules. Reading one from the wire trusts the server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Name(String);

impl Name {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first letter or digit in upper case, for an avatar.
    #[must_use]
    pub fn initial(&self) -> String {
        let first = self
            .0
            .chars()
            .find(|c| c.is_alphanumeric())
            .or_else(|| self.0.chars().next());
        first.map_or_else(|| "?".to_owned(), |c| capital(c).to_string())
    }
}

/// The capital of a letter, where there is one that people write at the start of a name:
/// not the two letters of "ß", and not the Georgian capitals, which stand in headlines only
/// and in few fonts.
fn capital(c: char) -> char {
    let mut capitals = c.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) if !matches!(c, '\u{10D0}'..='\u{10FF}') => capital,
        _ => c,
    }
}
