//! Who says what, who is silent, and what the difference is worth.

pub mod attributions;
pub mod evaluate;
pub mod grammar;
pub mod lexicon;
pub mod sentences;
pub mod tokens;
