//! Published tables, computed again and laid side by side.
//!
//! A replication ships its data as a world and its published numbers with the
//! number of the table; nothing here is fitted to them.

pub mod cp2015;

/// One published number beside what the engine gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Convention or case.
    pub convention: &'static str,
    /// Experiment.
    pub experiment: &'static str,
    /// Region code.
    pub region: &'static str,
    /// Name of the variable.
    pub variable: &'static str,
    /// The number as printed, where the table prints it.
    pub published: Option<f64>,
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
        let prints =
            self.published.is_none_or(|p| ((self.computed * 100.0).round() / 100.0 - p).abs() < 1e-9);
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
