//! The wire form of everything, held word for word, and `docs/PROTOCOL.md` held against it.
//!
//! The frames below and the JSON in the page must be the same; a new variant, code or
//! constant without its line in the page fails here.

mod figures;
mod frames;
mod page;
mod rules;

/// The names of all variants of an enum. The match has no wildcard: a new variant does not
/// compile until it has its name here, and then lacks its example in the page.
macro_rules! names {
    ($list:ident, $name:ident, $enum:ty, { $($variant:pat => $text:literal,)+ }) => {
        pub(super) const $list: &[&str] = &[$($text),+];

        pub(super) fn $name(value: &$enum) -> &'static str {
            match value {
                $($variant => $text,)+
            }
        }
    };
}
use names;
