//! Who says what, who is silent, and what the difference is worth.

pub mod account;
pub mod attributions;
pub mod compare;
pub mod evaluate;
pub mod grammar;
pub mod lexicon;
pub mod matrix;
pub mod parties;
pub mod sentences;
pub mod statements;
pub mod tokens;
pub mod topics;
