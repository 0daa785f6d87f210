//! Behaviour of the store, through its doors.
