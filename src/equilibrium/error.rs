//! Why there is no equilibrium to report.

use std::fmt::Write;

use super::variant::VariantError;

/// Why an equilibrium could not be set up or found. Regions and sectors are
/// named by their codes; values are million US dollars of the base year.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EquilibriumError {
    /// An array does not have one element for every cell of its shape.
    #[error("`{array}` has {got} elements, expected {want} ({shape})")]
    Shape {
        /// Name of the array.
        array: &'static str,
        /// Its shape, in words.
        shape: &'static str,
        /// Elements found.
        got: usize,
        /// Elements expected.
        want: usize,
    },
    /// A number that no model can take: NaN, a negative barrier, θ ≤ 0.
    #[error("{what} is {value}: {expected}")]
    Unusable {
        /// Which number, with its codes.
        what: String,
        /// The number.
        value: f64,
        /// What was expected.
        expected: &'static str,
    },
    /// Base-year intermediate use exceeds expenditure.
    #[error(
        "the world is not balanced: {region} uses {use_musd:.3} million USD of {sector} as inputs but buys \
         only {expenditure_musd:.3}; balance the world first (`detente world balance`)"
    )]
    Unbalanced {
        /// Region code.
        region: String,
        /// Sector code.
        sector: String,
        /// Intermediate use.
        use_musd: f64,
        /// Expenditure, tariff included.
        expenditure_musd: f64,
    },
    /// A region without value added in the base year.
    #[error("region {region} has no value added in the base year: leave it out or merge it with another")]
    NoIncome {
        /// Region code.
        region: String,
    },
    /// Barriers shut out every supplier of a market that has demand.
    #[error(
        "{importer} needs {sector} but no supplier is left: every exporter it buys from is shut out, by a ban or \
         by a barrier that leaves no measurable trade at this elasticity. With fixed spending shares there is no \
         equilibrium; leave a supplier, or lower the barrier"
    )]
    NoSupplier {
        /// Sector code.
        sector: String,
        /// Importer code.
        importer: String,
    },
    /// Regions that could buy abroad and could pay with nothing.
    #[error(
        "{regions} can buy abroad but sells nothing there, and no deficit pays for it: its wages would fall \
         without end. Hold deficits as in the base year, or leave it a customer"
    )]
    NoExports {
        /// Codes of the region, or of the regions that sell only to each other.
        regions: String,
    },
    /// A variant of the model that cannot be used.
    #[error("the variant cannot be used: {0}")]
    Variant(#[from] VariantError),
    /// A markup above what a sector adds.
    #[error(
        "markups leave nothing for labour in {sector} of {region}: profits would be {:.1} % of sales, and value added \
         is {:.1} %. Use smaller markups, or another world",
        100.0 * profit,
        100.0 * value_added
    )]
    NoLabour {
        /// Region code.
        region: String,
        /// Sector code.
        sector: String,
        /// Profits over sales.
        profit: f64,
        /// Value added over sales.
        value_added: f64,
    },
    /// A held deficit asks a region to transfer more than it earns.
    #[error(
        "the income of {region} would be negative: it earns {earned_musd:.0} million USD but its held \
         surplus sends {transfer_musd:.0} abroad. Hold deficits as zero, or use a smaller shock"
    )]
    NegativeIncome {
        /// Region code.
        region: String,
        /// Value added and tax revenue, under the largest part of all transfers
        /// that still has an equilibrium.
        earned_musd: f64,
        /// The transfer to the rest of the world.
        transfer_musd: f64,
    },
    /// The iteration ended without an equilibrium.
    #[error(
        "no convergence: residual {residual:.2e} after {evaluations} evaluations, tolerance {tolerance:.0e}; \
         worst: {worst}. Residuals: {}. Try a smaller shock, other elasticities, or deficits zero",
        trace(.history)
    )]
    NoConvergence {
        /// Best residual reached.
        residual: f64,
        /// The residual asked for.
        tolerance: f64,
        /// Evaluations of the model.
        evaluations: usize,
        /// The market that is farthest from clearing.
        worst: String,
        /// Residuals of the points that the iterations went through.
        history: Vec<f64>,
    },
}

impl EquilibriumError {
    /// True if the data or the policy cannot be used at all, rather than having
    /// no equilibrium.
    pub fn is_about_input(&self) -> bool {
        matches!(
            self,
            Self::Shape { .. }
                | Self::Unusable { .. }
                | Self::Unbalanced { .. }
                | Self::NoIncome { .. }
                | Self::Variant(_)
                | Self::NoLabour { .. }
        )
    }
}

/// At most eight residuals of a history, evenly spread, the last included.
fn trace(history: &[f64]) -> String {
    let mut text = String::new();
    let step = history.len().div_ceil(7).max(1);
    for (i, residual) in history.iter().enumerate() {
        if i % step == 0 || i + 1 == history.len() {
            let separator = if text.is_empty() { "" } else { " → " };
            // Writing to a String cannot fail.
            let _ = write!(text, "{separator}{residual:.1e}");
        }
    }
    text
}
