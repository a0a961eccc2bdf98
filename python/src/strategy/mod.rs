//! `detente.strategy`: what each side would do next, and which deal would hold.
//!
//! * [`question`]: the arguments that all functions share.
//! * [`point`]: taxes and incomes at the end of a search.
//! * [`games`], [`talks`], [`truce`], [`threats`], [`ladder`]: one question a file.

pub mod games;
pub mod ladder;
pub mod point;
mod question;
pub mod talks;
pub mod threats;
pub mod truce;
