//! A room as a pure reducer.
