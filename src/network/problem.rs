//! What is wrong with the input of a short run, and what to write instead.

use crate::numerics::progress::Stopped;

/// One thing that is wrong: where, what, and what to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The row or setting, as the user knows it.
    pub row: String,
    /// What is wrong with it.
    pub what: String,
    /// What to write instead.
    pub write: String,
}

impl Problem {
    pub(super) fn new(row: impl Into<String>, what: impl Into<String>, write: impl Into<String>) -> Self {
        Self { row: row.into(), what: what.into(), write: write.into() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}; {}", self.row, self.what, self.write)
    }
}

/// Why a short run gave no path.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// Everything that is wrong with the input, in one list.
    #[error("{} in the short run:\n{}", count(problems.len()), list(problems))]
    Problems {
        /// What is wrong.
        problems: Vec<Problem>,
    },
    /// The output of a node is not a number, or negative.
    #[error("step {step}: the output of node {node} is {value}")]
    Numerical {
        /// The node.
        node: usize,
        /// The step, from 0.
        step: usize,
        /// Its output.
        value: f64,
    },
    /// Somebody said stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl RunError {
    /// `Ok` if nothing is wrong.
    pub(super) fn unless_empty(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self::Problems { problems }) }
    }
}

fn count(problems: usize) -> String {
    if problems == 1 { "1 problem".to_owned() } else { format!("{problems} problems") }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}
