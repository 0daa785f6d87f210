//! Markdown to a tree.
