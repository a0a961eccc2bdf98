//! Published tables, computed again and laid side by side.
//!
//! A replication ships its data as a world and its published numbers with the
//! number of the table; nothing here is fitted to them. [`ario`] is laid beside
//! the paths of another program instead.

pub mod ario;
pub mod cp2015;
pub mod liberation2025;
pub mod ossa2014;

use crate::equilibrium::EquilibriumError;
use crate::strategy::StrategyError;
use crate::world::error::WorldError;

/// Why a replication could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum ReplicationError {
    /// The shipped world could not be read.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A model could not be calibrated or solved.
    #[error(transparent)]
    Equilibrium(#[from] EquilibriumError),
    /// A game has no answer.
    #[error(transparent)]
    Strategy(#[from] StrategyError),
    /// A case of several has no equilibrium.
    #[error("case {case}: {problem}")]
    Case {
        /// Its name.
        case: &'static str,
        /// What went wrong.
        problem: EquilibriumError,
    },
}

/// One published number beside what the engine gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Convention: of the closure, or of an average over countries.
    pub convention: &'static str,
    /// Experiment.
    pub experiment: &'static str,
    /// Region code, or a name for several.
    pub region: &'static str,
    /// Name of the variable.
    pub variable: &'static str,
    /// Where it is printed.
    pub table: &'static str,
    /// The number as printed, where the table prints it and prints it right.
    pub published: Option<f64>,
    /// Digits after the point that are printed.
    pub digits: usize,
    /// The number to more digits, from an independent solution of the same model.
    pub reference: f64,
    /// Largest allowed distance from the reference.
    pub tolerance: f64,
    /// What the engine gives.
    pub computed: f64,
}

impl Comparison {
    /// True if the computed number is within the tolerance of the reference
    /// and rounds to the published one.
    pub fn holds(&self) -> bool {
        let near = (self.computed - self.reference).abs() <= self.tolerance;
        let unit = 10f64.powi(self.digits as i32);
        let prints = self.published.is_none_or(|p| ((self.computed * unit).round() / unit - p).abs() < 1e-9);
        near && prints
    }
}

/// One number of a replication.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// Convention or case.
    pub convention: &'static str,
    /// Experiment.
    pub experiment: &'static str,
    /// Region code.
    pub region: String,
    /// Name of the variable.
    pub variable: &'static str,
    /// Value, in the variable's unit.
    pub value: f64,
}
