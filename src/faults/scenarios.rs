//! What goes wrong out there, one thing a file.

mod clock;
mod dead_lines;
mod goodbye;
mod kills;
mod lines;
mod lost_ack;
mod resume;
mod slow;
mod storm;
mod upgrade;
