//! Who says what, who is silent, and what the difference is worth.
//!
//! ```text
//! account ─▶ words, sentences, quotations ─▶ attributions ─▶ statements ─▶ matrix
//!                                                                       ├▶ differences, reuse
//!                                                                       └▶ proposals for a ledger
//! ```
//!
//! Everything rests on a place in the text: a statement's words are cut from the
//! file as it is, by characters, never repaired. What the text does not settle is
//! `unclear`. No model, no network: lists of words and the rules of their order.
//!
//! * [`account`]: a document, whose it is, of which day.
//! * [`tokens`], [`sentences`], [`grammar`]: words and their borders.
//! * [`lexicon`], [`attributions`]: cues; who is said to have said what.
//! * [`parties`], [`topics`]: for whom somebody speaks, about what, with which stance.
//! * [`statements`]: all that together.
//! * [`matrix`], [`compare`], [`proposals`]: what follows for the topics.
//! * [`proposed`]: what another reader proposes, and what of it is kept.
//! * [`reading`]: the whole.
//! * [`gazetteer`], [`deeds`], [`clauses`], [`events`], [`actors`]: who did what to whom.
//! * [`evaluate`], [`evaluate_events`]: the reader measured on annotated texts.

pub mod account;
pub mod actors;
pub mod attributions;
pub mod clauses;
pub mod compare;
pub mod deeds;
pub mod evaluate;
pub mod evaluate_events;
pub mod events;
pub mod gazetteer;
pub mod grammar;
pub mod lexicon;
pub mod matrix;
pub mod parties;
pub mod proposals;
pub mod proposed;
pub mod reading;
pub mod sentences;
pub mod statements;
pub mod tokens;
pub mod topics;

pub use account::Account;
pub use reading::Reading;
pub use statements::{Lexicon, Statement};
