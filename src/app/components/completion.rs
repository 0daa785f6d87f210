//! Emoji while one writes: `:ro` offers what begins with it.

use super::dynamic::{Erase, flag, memo, show, text};
use crate::{
    app::{Chat, Intent},
    words,
};
use leptos::{ev::KeyboardEvent, html, prelude::*};

/// How many are offered at once.
const OFFERED: usize = 5;
/// Letters behind the colon before anything is offered.
const LETTERS: usize = 2;

/// The state of a completion.
#[derive(Clone, Copy)]
pub struct Completion {
    draft: RwSignal<String>,
    /// The shortcode being written, without its colon; empty when there is none.
    word: RwSignal<String>,
    chosen: RwSignal<usize>,
    offers: Memo<Vec<(String, String)>>,
}

impl Completion {
    /// A completion that writes into `draft`.
    pub fn new(draft: RwSignal<String>) -> Self {
        let chat = Chat::here();
        let word = RwSignal::new(String::new());
        let offers = memo(move || word.with(|word| offers(&chat.emoji.get(), word, OFFERED)));
        Self {
            draft,
            word,
            chosen: RwSignal::new(0),
            offers,
        }
    }

    /// Looks at what stands before the cursor.
    pub fn follow(self, field: &web_sys::HtmlTextAreaElement) {
        let word = before_cursor(field)
            .as_deref()
            .and_then(shortcode)
            .unwrap_or_default();
        if !word.is_empty() {
            Chat::here().ask(Intent::NeedEmoji);
        }
        self.chosen.set(0);
        self.word.set(word);
    }

    /// Offers nothing any more.
    pub fn close(self) {
        self.word.set(String::new());
    }

    /// Handles a key while something is offered; false if the key is not for it.
    pub fn key(self, event: &KeyboardEvent, field: NodeRef<html::Textarea>) -> bool {
        let count = self.offers.with_untracked(Vec::len);
        if count == 0 || event.is_composing() {
            return false;
        }
        match event.key().as_str() {
            "ArrowDown" => self.chosen.update(|chosen| *chosen = (*chosen + 1) % count),
            "ArrowUp" => self
                .chosen
                .update(|chosen| *chosen = (*chosen + count - 1) % count),
            "Enter" | "Tab" => self.take(self.chosen.get_untracked(), field),
            "Escape" => self.close(),
            _ => return false,
        }
        true
    }

    /// For `aria-activedescendant`.
    pub fn active_id(self) -> Option<String> {
        let any = self.offers.with(|offers| !offers.is_empty());
        any.then(|| format!("completion-{}", self.chosen.get()))
    }

    /// Puts an emoji in place of its shortcode.
    fn take(self, index: usize, field: NodeRef<html::Textarea>) {
        let offer = self
            .offers
            .with_untracked(|offers| offers.get(index).cloned());
        let (Some((_, emoji)), Some(field)) = (offer, field.get_untracked()) else {
            return;
        };
        let Some(before) = before_cursor(&field) else {
            return;
        };
        let length = self.word.with_untracked(String::len) + 1;
        let kept = before.len().saturating_sub(length);
        let after = field.value().split_off(before.len());
        let before = format!("{}{emoji} ", &before[..kept]);
        let draft = format!("{before}{after}");
        field.set_value(&draft);
        let cursor = u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX);
        // The field has just been given this text, the cursor is within it.
        let _ = field.set_selection_range(cursor, cursor);
        self.draft.set(draft);
        self.close();
    }
}

/// The text before the cursor.
fn before_cursor(field: &web_sys::HtmlTextAreaElement) -> Option<String> {
    let cursor = field.selection_start().ok()?? as usize;
    let units: Vec<u16> = field.value().encode_utf16().take(cursor).collect();
    String::from_utf16(&units).ok()
}

/// The shortcode that a text ends with: `:` at its start or behind a space, then letters.
fn shortcode(text: &str) -> Option<String> {
    let (before, word) = text.rsplit_once(':')?;
    let fits = word.len() >= LETTERS
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-'));
    let free = before.chars().next_back().is_none_or(char::is_whitespace);
    (fits && free).then(|| word.to_ascii_lowercase())
}

/// What is called so, what begins so, what has a word that begins so, what contains it; each in
/// the order of the charts.
pub fn offers(emoji: &[(String, String)], word: &str, most: usize) -> Vec<(String, String)> {
    if word.is_empty() {
        return Vec::new();
    }
    let far = |name: &str| match name.find(word)? {
        0 if name.len() == word.len() => Some(0),
        0 => Some(1),
        _ if name.split('_').any(|part| part.starts_with(word)) => Some(2),
        _ => Some(3),
    };
    let mut by_far: [Vec<_>; 4] = Default::default();
    for row in emoji {
        if let Some(far) = far(&row.0) {
            by_far[far].push(row);
        }
    }
    by_far.into_iter().flatten().take(most).cloned().collect()
}

/// The list above the composer.
#[component]
pub fn CompletionList(
    /// What is offered.
    completion: Completion,
    /// The field it writes into.
    field: NodeRef<html::Textarea>,
) -> impl IntoView {
    let hidden = flag(move || completion.offers.with(Vec::is_empty));
    let options = move || {
        let offers = completion.offers.get();
        let options = offers
            .into_iter()
            .enumerate()
            .map(|(index, (name, emoji))| {
                let take = move |event: leptos::ev::PointerEvent| {
                    // Before the field loses its focus.
                    event.prevent_default();
                    completion.take(index, field);
                };
                view! {
                    <li
                        class="completion-option"
                        id=format!("completion-{index}")
                        role="option"
                        aria-selected=text(move || (completion.chosen.get() == index).to_string())
                        on:pointerdown=take
                    >
                        <span class="completion-emoji" aria-hidden="true">
                            {emoji}
                        </span>
                        <span class="completion-name">{format!(":{name}:")}</span>
                    </li>
                }
                .erase()
            })
            .collect_view();
        Some(options.into_any())
    };
    view! {
        <ul
            class="completion"
            id="completion"
            role="listbox"
            aria-label=words::EMOJI
            hidden=hidden
        >
            {show(options)}
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortcode_begins_behind_a_space_and_has_two_letters() {
        assert_eq!(shortcode("hello :ro").as_deref(), Some("ro"));
        assert_eq!(shortcode(":+1").as_deref(), Some("+1"));
        for none in [":r", "10:30", "http://x", ":ro bot", "no colon", ""] {
            assert_eq!(shortcode(none), None, "{none:?}");
        }
    }

    #[test]
    fn what_begins_with_the_word_comes_first() {
        assert_eq!(
            offered(["parrot", "robot", "rocket"], "ro"),
            ["robot", "rocket", "parrot"]
        );
    }

    #[test]
    fn what_is_meant_most_likely_comes_first() {
        assert_eq!(
            offered(
                ["sweetheart", "blue_heart", "hearts", "heart_eyes", "heart"],
                "heart"
            ),
            ["heart", "hearts", "heart_eyes", "blue_heart", "sweetheart"]
        );
    }

    /// The names that are offered for a word, of these.
    fn offered<const N: usize>(names: [&str; N], word: &str) -> Vec<String> {
        let emoji = names.map(|name| (name.to_owned(), String::new()));
        let offers = offers(&emoji, word, OFFERED).into_iter();
        offers.map(|(name, _)| name).collect()
    }
}
