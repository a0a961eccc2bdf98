//! Why a game has no answer.

use crate::equilibrium::EquilibriumError;
use crate::numerics::progress::Stopped;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StrategyError {
    /// The model has no equilibrium under some policy.
    #[error(transparent)]
    Equilibrium(#[from] EquilibriumError),
    /// A solver of the game's own did not arrive.
    #[error("{what}: no convergence, residual {residual:.1e} after {rounds} rounds. {advice}")]
    NoConvergence {
        /// What was looked for.
        what: String,
        /// Best residual.
        residual: f64,
        /// Rounds made.
        rounds: usize,
        /// What to try.
        advice: &'static str,
    },
    /// A linear system without a solution: two instruments do the same.
    #[error("{what}: the system is singular at {place}")]
    Singular {
        /// Which system.
        what: &'static str,
        /// Where.
        place: String,
    },
    /// Talks in which somebody loses at every weight that was tried.
    #[error(
        "no deal from which everybody gains is found from here: let tariffs fall below 0, or talk from another point"
    )]
    NothingToGain,
    /// Somebody said stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// Input that cannot be played.
    #[error("{0}")]
    Input(String),
}
