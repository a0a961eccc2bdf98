//! What are two players worth to each other on the rungs of a ledger's days?
//!
//! Rung `i` of a player are its taxes on the other on day `i`; everybody's other
//! taxes are those of the first day.

use jiff::civil::Date;
use rayon::prelude::*;

use super::wrong::{GameError, Wrong};
use super::{Game, per_cent};
use crate::ledger::PolicyState;
use crate::strategy::{Outcome, Policy, StrategyError};

/// Every pair of rungs.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    /// The days, lowest first.
    pub rungs: Vec<Date>,
    /// Positions of the two players among the regions.
    pub players: [usize; 2],
    /// `[first's rung, second's rung]`.
    outcomes: Vec<Outcome>,
}

impl Game<'_> {
    /// Both players on every rung.
    ///
    /// # Errors
    /// [`Wrong`] for fewer than two days, or unless two play; those of the model.
    pub fn ladder(&self, rungs: &[Date]) -> Result<Ladder, GameError> {
        if rungs.len() < 2 {
            let form = ": name two days or more, as in @rungs 2025-01-19,2025-04-12";
            return Err(Wrong::new("rungs", form, []).into());
        }
        let players = self.pair()?;
        let states = rungs
            .iter()
            .map(|day| self.state(*day).map(|frame| frame.state))
            .collect::<Result<Vec<_>, GameError>>()?;
        let count = states.len();
        let outcomes: Vec<Outcome> = (0..count * count)
            .into_par_iter()
            .map(|at| self.economy.solve(&self.on_rungs(&states, players, [at / count, at % count]), None))
            .collect::<Result<_, StrategyError>>()?;
        Ok(Ladder { rungs: rungs.to_vec(), players, outcomes })
    }

    /// Taxes with each player on a rung.
    fn on_rungs(&self, states: &[PolicyState], [a, b]: [usize; 2], rungs: [usize; 2]) -> Policy {
        let (world, lowest) = (self.world, &states[0]);
        let mut policy = Policy { tariff: lowest.tariff.clone(), export_tax: lowest.export_tax.clone() };
        for ((own, rival), rung) in [(a, b), (b, a)].into_iter().zip(rungs) {
            for sector in 0..world.sector_count() {
                let (bought, sold) = (world.cell(sector, own, rival), world.cell(sector, rival, own));
                policy.tariff[bought] = states[rung].tariff[bought];
                policy.export_tax[sold] = states[rung].export_tax[sold];
            }
        }
        policy
    }
}

impl Ladder {
    /// Real income of a region, per cent of that with both on the lowest rung.
    pub fn income(&self, first: usize, second: usize, region: usize) -> f64 {
        let log = |at: usize| self.outcomes[at].real_income[region];
        per_cent(log(first * self.rungs.len() + second) - log(0))
    }

    /// The rung that is best for a side (0 or 1) while the other stays on `other`; the lower
    /// of equals.
    pub fn best(&self, side: usize, other: usize) -> usize {
        let value = |rung: usize| {
            let (first, second) = if side == 0 { (rung, other) } else { (other, rung) };
            self.income(first, second, self.players[side])
        };
        let rungs = 0..self.rungs.len();
        rungs.max_by(|x, y| value(*x).total_cmp(&value(*y)).then(y.cmp(x))).unwrap_or(0)
    }

    /// Pairs of rungs from which neither wants to move.
    pub fn stable(&self) -> Vec<[usize; 2]> {
        let count = self.rungs.len();
        let pairs = (0..count).flat_map(|first| (0..count).map(move |second| [first, second]));
        pairs
            .filter(|[first, second]| self.best(0, *second) == *first && self.best(1, *first) == *second)
            .collect()
    }
}
