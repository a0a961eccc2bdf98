//! The strategy of a scenario: what two sides can do to each other, and whether a deal holds.
//!
//! Two players stand on a ladder of *rungs*; a rung is what a side levies on the
//! other: taxes and limits of a phase of the scenario, of a phase with amendments, or
//! an embargo. Everybody else keeps the taxes of the *status quo*, against which all
//! payoffs are measured. *Deals* are phases as both sides would keep them.
//!
//! * [`game`]: who levies what on whom on a rung, and under which assumptions.
//! * [`ladder`]: payoffs of every pair of rungs, best replies, where a side would stop.
//! * [`threats`]: harm for own cost, concessions, time to bite.
//! * [`frontier`]: efficient deals, the trade war, the proposals.
//! * [`truce`]: would a deal hold, and what turns the answer?
//! * [`delay`]: what waiting costs, week by week and beyond.
//! * [`run`](mod@run): all of it; `rows`: as rows of the long table.

pub mod delay;
pub mod frontier;
pub mod game;
pub mod ladder;
mod parse;
mod rows;
pub mod run;
pub mod threats;
pub mod truce;

use crate::equilibrium::Deficits;
use crate::ledger::Amendments;

pub use delay::Delay;
pub use frontier::Frontier;
pub use game::StrategyRunError;
pub use ladder::Ladder;
pub(super) use parse::{Known, RESERVED, read};
pub use run::{Strategy, run};
pub use threats::Threats;
pub use truce::Truce;

/// Most rungs of a ladder.
pub const MOST_RUNGS: usize = 4;

/// Keys of `[strategy]` and what they say, with their defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyQuestion {
    /// Codes of the two players.
    pub players: [String; 2],
    /// How much each player minds the other's real income: 0 is not at all.
    pub standing: f64,
    /// Position of the phase whose taxes everybody else keeps, and against which
    /// payoffs are measured.
    pub status_quo: usize,
    /// The rungs, lowest first; empty: the phases by height of
    /// their tariffs, and an embargo.
    pub rungs: Vec<RungQuestion>,
    /// Positions of the phases that are examined as deals.
    pub deals: Vec<usize>,
    /// What follows a breach.
    pub punishment: Punishment,
    /// Periods that it lasts; `None`: for ever.
    pub punished_periods: Option<u32>,
    /// Discount rate, fraction a year.
    pub rate: f64,
    /// Days from a breach to the answer.
    pub detection_days: f64,
    /// Probability that a deal is not renewed in a year, fraction.
    pub not_renewed: f64,
    /// Noise of what a side sees of the other's compliance, as a share of what
    /// cheating takes from it.
    pub noise: f64,
    /// Lowest and highest tariff that a player may set, fractions.
    pub bounds: (f64, f64),
    /// How long the terms of a side that concedes bind it, days.
    pub term_days: f64,
    /// Elasticity sets of the ranges.
    pub sets: Sets,
    /// Rules for deficits of the ranges; empty: the scenario's and its counterpart.
    pub deficits: Vec<Deficits>,
}

/// A rung as the file says it.
#[derive(Clone, Debug, PartialEq)]
pub struct RungQuestion {
    /// Short name.
    pub name: String,
    /// Position of the phase whose taxes and limits it has.
    pub phase: usize,
    /// What else it changes in the ledger. The measures of `add` are read by
    /// [`Scenario::check`](crate::scenario::Scenario::check).
    pub amendments: Amendments,
    /// Buys no goods from the other.
    pub embargo: bool,
}

/// What follows a breach of a deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Punishment {
    /// Both raise their tariffs on each other to where nobody wants to move.
    Nash,
    /// Both return to what they levied in a phase.
    Phase(usize),
}

/// Elasticity sets of the ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sets {
    /// Payoffs under all sets of the scenario's range; what is searched for, under
    /// those that give the lowest and the highest payoffs on the last rung.
    Ends,
    /// Everything under all sets of the scenario's range.
    All,
    /// Everything under these.
    Named(Vec<String>),
}

/// A number under the central assumptions, and its range over all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Central.
    pub value: f64,
    /// Lowest.
    pub low: f64,
    /// Highest.
    pub high: f64,
}

impl Spread {
    /// Of values, the first of which is central.
    ///
    /// # Panics
    /// Never: without values it is 0.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values = values.into_iter();
        let value = values.next().unwrap_or(0.0);
        let all = Self { value, low: value, high: value };
        values.fold(all, |all, v| Self { low: all.low.min(v), high: all.high.max(v), ..all })
    }

    /// True if the range has numbers of both signs, beyond `noise`.
    pub fn turns(&self, noise: f64) -> bool {
        self.low < -noise && self.high > noise
    }
}
