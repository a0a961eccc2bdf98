//! What would each side do next, and which deal would hold?
//!
//! * [`economy`]: what a game needs of a model: outcomes and shadow values.

pub mod economy;
pub mod error;

pub use economy::{Economy, Objective, Outcome, Policy, Shadow};
pub use error::StrategyError;
