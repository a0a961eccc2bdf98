//! Who says what, who is silent, and what the difference is worth.

pub mod actors;
pub mod attributions;
pub mod clauses;
pub mod deeds;
pub mod evaluate;
pub mod evaluate_events;
pub mod events;
pub mod gazetteer;
pub mod grammar;
pub mod lexicon;
pub mod sentences;
pub mod tokens;
