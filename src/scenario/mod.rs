//! One file that ties a world, a ledger, dates and questions.
//!
//! A [`Scenario`] names a world, a ledger, the regions in the foreground and a
//! list of phases: days on which the ledger is read, with what a phase changes
//! in it. [`run`] computes every phase against one of them; [`answer`] does everything
//! that a scenario's text asks.

pub mod accounts;
pub mod answer;
mod centre;
mod check;
pub mod draws;
pub mod measures;
pub mod memory;
pub mod open;
mod parse;
pub mod price;
pub mod run;
pub mod shipped;
pub mod short_run;
pub mod strategy;
pub mod sweep;
pub mod texts;
pub mod tornado;

use jiff::civil::Date;

use crate::equilibrium::{Deficits, Variant};
use crate::ledger::Amendments;

pub use accounts::{AccountsQuestion, Told};
pub use answer::{Answer, AnswerError, Asked, Question};
pub use draws::Draws;
pub use memory::Memory;
pub use open::{OpenError, Shelf};
pub use run::{LongRun, RunError, RunOptions};
pub use short_run::{ShortRun, ShortRunQuestion};
pub use strategy::{Strategy, StrategyQuestion};
pub use tornado::Tornado;

/// What a scenario file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Short name: the file's stem.
    pub name: String,
    /// One line that says what is asked.
    pub title: String,
    /// A shipped world's name, or a folder relative to the scenario file.
    pub world: String,
    /// Materials that are carved out of the world first, in this order: shipped
    /// names, or files relative to the scenario file.
    pub materials: Vec<String>,
    /// A shipped ledger's name, or a file relative to the scenario file.
    pub ledger: String,
    /// Readings of the ledger to compute, each on its own; empty: the ledger as it is.
    pub readings: Vec<String>,
    /// Region codes in the foreground of every summary.
    pub actors: Vec<String>,
    /// Position of the phase that the others are compared with.
    pub against: usize,
    /// The days and what changes on them. Never empty.
    pub phases: Vec<Phase>,
    /// How the long run is computed.
    pub long_run: LongRunQuestion,
    /// The weeks after a day, where they are asked for.
    pub short_run: Option<ShortRunQuestion>,
    /// What two sides can do to each other, where it is asked for.
    pub strategy: Option<StrategyQuestion>,
    /// Accounts of the talks, where some are named.
    pub accounts: Option<AccountsQuestion>,
}

/// A day and what the scenario changes in the ledger on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Short name: `run` in the result table.
    pub name: String,
    /// Heading of its column.
    pub title: String,
    /// The day on which the ledger is read.
    pub date: Date,
    /// What the phase calls off, extends and adds. The measures of `add` are
    /// read by [`Scenario::check`], which knows the world.
    pub amendments: Amendments,
}

/// How the long run is computed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LongRunQuestion {
    /// What happens to trade deficits.
    pub deficits: Deficits,
    /// Production and demand other than the base model's.
    pub variant: Variant,
    /// Elasticity set of the central value; `None`: the world's default.
    pub elasticities: Option<String>,
    /// Elasticities drawn around the central set: the range is then that of the draws.
    pub draws: Option<Draws>,
    /// Elasticity sets of the range; `None`: all of the world's.
    pub range: Option<Vec<String>>,
}
