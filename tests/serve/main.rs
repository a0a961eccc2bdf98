//! The local server over loopback: what it answers, what it refuses, and how it holds.
#![cfg(all(feature = "app", feature = "cli"))]

mod answers;
mod load;
mod refusals;
mod served;
