//! The short run of a scenario: which output falls in which week, and who loses more.
//!
//! The network of a [world](crate::world::World) runs through the weeks after a
//! day. What disturbs it are the limits on quantities that the ledger sets from
//! that day on; limits that already held the day before are in the undisturbed
//! state. A [study](crate::network::Study) of chains, where one is named, says
//! draw by draw which lines stand: those are losses of capacity of their industries,
//! and its exports take the place of the ledger's limits on the same flows. A measure
//! of the ledger says when the study's control holds, and for whom.

mod limits;
mod parse;
mod places;
mod rows;
pub mod run;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::ledger::Amendments;
use crate::network::Rationing;

pub(super) use parse::read;
pub use run::{ShortRun, ShortRunError};

/// Keys of `[short_run]` and what they say, with their defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct ShortRunQuestion {
    /// First day: what the ledger changes from here on is the disturbance.
    pub from: Date,
    /// Weeks that are followed.
    pub weeks: usize,
    /// Length of a step, days: 7 or 1.
    pub step_days: f64,
    /// Materials that are carved out of the world for the weeks alone, after those
    /// of the scenario.
    pub materials: Vec<String>,
    /// What is changed in the ledger for the weeks. The measures of `add` are read
    /// by [`Scenario::check_short_run`](crate::scenario::Scenario::check_short_run).
    pub amendments: Amendments,
    /// Code of the region whose measures these are; default: the study's, else the
    /// first actor that limits a flow.
    pub sender: Option<String>,
    /// Study of chains: a shipped name, or a file relative to the scenario file.
    pub study: Option<String>,
    /// Measure of the ledger that says when the study's control holds, and for whom;
    /// default: the study's.
    pub measure: Option<String>,
    /// Measures of the ledger that are the other side's answer: what they cost the
    /// sender is told apart.
    pub retaliation: Vec<String>,
    /// How much later than the ledger says shares of licences are approved, days.
    pub approval_late: Span,
    /// Part of the shares that the ledger says are approved.
    pub approval_part: Span,
    /// Target stock of inputs, days.
    pub cover: Span,
    /// Time in which a gap in a stock is ordered, days.
    pub restore: Span,
    /// Share of a blocked flow that comes through third countries in the end.
    pub leak: Span,
    /// How strongly orders move to suppliers who can deliver.
    pub reroute: Span,
    /// Time until moved orders reach their full share, days.
    pub qualification_days: f64,
    /// Time in transit between regions, days.
    pub transit: Span,
    /// Time with which unmet final demand is given up, days.
    pub patience_days: f64,
    /// Share of output that is lost without an input.
    pub dependence: Dependence,
    /// Who gets scarce output.
    pub rationing: Rationing,
    /// Draws from the ranges.
    pub draws: usize,
    /// Another seed, other draws.
    pub seed: u64,
}

/// A number that is not known: 5 and 95 % where it must be positive, the ends of
/// a uniform distribution where it is a share. Equal ends are a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Span {
    /// The middle of a share.
    pub fn middle(self) -> f64 {
        0.5 * (self.low + self.high)
    }

    /// The median of what must be positive.
    pub fn median(self) -> f64 {
        (self.low * self.high).sqrt()
    }
}

/// Share of an industry's output that is lost while an input is missing, fraction.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependence {
    /// Sectors that were carved out as materials.
    pub materials: f64,
    /// Other goods.
    pub goods: f64,
    /// Services.
    pub services: f64,
    /// Inputs with a number of their own, by code.
    pub of: Vec<(String, f64)>,
}

impl ShortRunQuestion {
    /// The weeks from a day, with the defaults: stocks of 15 to 60 days, as long to
    /// refill them, orders that move slowly, 5 to 30 % that leaks, 2 % of an
    /// industry's output that a carved material can stop and 10 % that any other good
    /// can: an industry is many firms, and few of them need a given good. All judgements.
    pub fn new(from: Date, weeks: usize) -> Self {
        Self {
            from,
            weeks,
            step_days: 7.0,
            materials: Vec::new(),
            amendments: Amendments::default(),
            sender: None,
            study: None,
            measure: None,
            retaliation: Vec::new(),
            approval_late: Span { low: 0.0, high: 0.0 },
            approval_part: Span { low: 1.0, high: 1.0 },
            cover: Span { low: 15.0, high: 60.0 },
            restore: Span { low: 15.0, high: 60.0 },
            leak: Span { low: 0.05, high: 0.3 },
            reroute: Span { low: 0.0, high: 1.0 },
            qualification_days: 182.0,
            transit: Span { low: 28.0, high: 28.0 },
            patience_days: 56.0,
            dependence: Dependence { materials: 0.02, goods: 0.1, services: 0.0, of: Vec::new() },
            rationing: Rationing::Proportional,
            draws: 200,
            seed: 1,
        }
    }

    /// First day after the weeks.
    pub fn until(&self) -> Date {
        self.from.saturating_add((7 * self.weeks as i64).days())
    }
}
