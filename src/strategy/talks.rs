//! Which deals are efficient, and which of them is struck?
//!
//! An efficient deal is what a planner chooses who maximises `Σ ω[j] ln G[j]`.
//! Its taxes follow from the [closed form](super::target) with one set of shadow
//! values; which weights `ω`, hence which deal, is decided by a rule. Every rule
//! here asks that one number be the same for all parties:
//!
//! | rule | number | source |
//! |---|---|---|
//! | [`Rule::EqualGains`] | `ln G[j] − ln G0[j]` | Ossa (2014) |
//! | [`Rule::NashBargaining`] | `ln ω[j] − ln β[j] + ln(1 − G0[j]/G[j])` | Nash (1950) |
//! | [`Rule::KalaiSmorodinsky`] | `ln( (G[j] − G0[j]) / (Ĝ[j] − G0[j]) )` | Kalai and Smorodinsky (1975) |
//!
//! | symbol | meaning |
//! |---|---|
//! | `G0` | welfare without a deal: of the status quo, of the trade war |
//! | `β`  | bargaining power |
//! | `Ĝ[j]` | the most that `j` can get when nobody else falls below `G0` |
//!
//! Newton's method finds `ln ω`, its derivatives by differences of planners
//! nearby: the frontier is nearly straight in `ln G`, so welfare answers to `ω`
//! so strongly that a search by intervals fails.
//!
//! Sources: Ossa (2014), *American Economic Review* 104(12); Nash (1950) and Kalai
//! and Smorodinsky (1975), *Econometrica* 18(2) and 43(3).

use super::economy::{Economy, Objective, Policy};
use super::error::StrategyError;
use super::play::{Pace, Rest, play_near};
use super::player::Player;
use super::reply::{Start, best_reply};
use super::target::gradient;
use crate::numerics::linear::solve;

/// Step of the differences in `ln ω`.
const STEP: f64 = 1e-5;
/// The rule holds if its numbers differ by less.
const TOLERANCE: f64 = 1e-9;
/// Newton steps at the most.
const MAX_STEPS: usize = 40;
/// A planner's other optimum counts if it is better by more, in logarithms.
const BETTER: f64 = 1e-9;
/// Times that a deal is left for a better one at its weights.
const ROUNDS: usize = 6;
/// Largest change of `ln ω` in one step.
const STEP_LIMIT: f64 = 0.5;
/// A weight this small against the party's own, in logarithms, holds nobody up.
const UNHELD: f64 = -12.0;

/// How the gains of a deal are shared.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// Everybody's welfare grows by the same factor.
    EqualGains,
    /// The product of gains, each to the power of a bargaining weight, is largest.
    NashBargaining {
        /// `β`, one a party, positive.
        power: Vec<f64>,
    },
    /// Gains are proportional to the most that each can get.
    KalaiSmorodinsky {
        /// `ln Ĝ`, one a party.
        most: Vec<f64>,
    },
}

/// A deal.
#[derive(Clone, Debug, PartialEq)]
pub struct Deal {
    /// Weights of the planner, `[party]`, their sum 1.
    pub weights: Vec<f64>,
    /// Taxes and equilibrium of the deal.
    pub rest: Rest,
    /// `ln G − ln G0`, `[party]`.
    pub gains: Vec<f64>,
    /// Newton steps made.
    pub steps: usize,
}

/// The parties of talks and what they talk about.
#[derive(Clone, Debug, PartialEq)]
pub struct Talks {
    /// Positions of the parties among the regions.
    pub parties: Vec<usize>,
    /// The planner: all levers that are on the table. Its objective is replaced.
    pub table: Player,
    /// `ln G0` of every region, as [`Outcome::welfare`](super::Outcome::welfare) has it.
    pub disagreement: Vec<f64>,
}

impl Talks {
    /// Talks of all regions about all tariffs, from a point without a deal.
    pub fn of_all(sectors: usize, disagreement: &[f64]) -> Self {
        let n = disagreement.len();
        Self {
            parties: (0..n).collect(),
            table: Player::planner(&vec![1.0; n], sectors),
            disagreement: disagreement.to_vec(),
        }
    }

    /// What the planner with these weights of the parties does.
    ///
    /// # Errors
    /// Those of [`play_near`].
    pub fn plan<E: Economy + ?Sized>(
        &self,
        economy: &E,
        weights: &[f64],
        near: &Rest,
        pace: &Pace,
    ) -> Result<Rest, StrategyError> {
        let planner = self.planner(economy.region_count(), weights);
        play_near(economy, &[planner], &near.policy, Some(&near.outcome), pace)
    }

    fn planner(&self, regions: usize, weights: &[f64]) -> Player {
        let mut planner = self.table.clone();
        planner.objective = Objective { weights: vec![0.0; regions] };
        for (party, weight) in self.parties.iter().zip(weights) {
            planner.objective.weights[*party] = *weight;
        }
        planner
    }

    fn gains(&self, rest: &Rest) -> Vec<f64> {
        self.parties.iter().map(|j| rest.outcome.welfare[*j] - self.disagreement[*j]).collect()
    }

    /// The number that a rule makes equal, `[party]`; NaN where a party loses and
    /// the rule has no number.
    fn numbers(&self, rule: &Rule, weights: &[f64], gains: &[f64]) -> Vec<f64> {
        let number = |p: usize| match rule {
            Rule::EqualGains => gains[p],
            Rule::NashBargaining { power } => {
                weights[p].ln() - power[p].ln() + (1.0 - (-gains[p]).exp()).ln()
            }
            Rule::KalaiSmorodinsky { most } => {
                (gains[p].exp_m1() / (most[p] - self.disagreement[self.parties[p]]).exp_m1()).ln()
            }
        };
        (0..gains.len()).map(number).collect()
    }

    /// The efficient deal of a rule, looked for from weights of the parties and a
    /// policy. Income shares are good weights to start with.
    ///
    /// Planners have local optima too, where sectors are worth shutting. Without
    /// `starts` the deal is the one next to the policy; with them the planner's
    /// best end from any of them, and with sectors shut in turn, counts.
    ///
    /// # Errors
    /// [`StrategyError::Input`] if there are fewer than two parties or a weight is
    /// not positive, [`StrategyError::NothingToGain`] if somebody loses where the rule
    /// counts gains, [`StrategyError::NoConvergence`] if its numbers do not become equal.
    pub fn deal<E: Economy + ?Sized>(
        &self,
        economy: &E,
        rule: &Rule,
        weights: &[f64],
        (start, starts): (&Policy, &[Start]),
        pace: &Pace,
    ) -> Result<Deal, StrategyError> {
        let count = self.parties.len();
        let whole = match rule {
            Rule::EqualGains => true,
            Rule::NashBargaining { power: numbers } | Rule::KalaiSmorodinsky { most: numbers } => {
                numbers.len() == count
            }
        };
        if count < 2 || weights.len() != count || !whole || !weights.iter().all(|w| *w > 0.0) {
            return Err(StrategyError::Input(format!(
                "talks need two parties or more, and a positive weight for each: {count} parties, {} weights",
                weights.len()
            )));
        }
        // Weights first; a rule that needs gains begins where all gain the same.
        let equal = match rule {
            Rule::EqualGains => None,
            _ => Some(self.deal(economy, &Rule::EqualGains, weights, (start, starts), pace)?),
        };
        let mut near = match &equal {
            Some(deal) => deal.rest.clone(),
            None => {
                let outcome = economy.solve(start, None)?;
                let policy = start.clone();
                Rest { policy, outcome, shadows: Vec::new(), residual: 0.0, rounds: 0 }
            }
        };
        let mut log: Vec<f64> =
            equal.as_ref().map_or(weights, |deal| &deal.weights).iter().map(|w| w.ln()).collect();
        let mut steps = 0;
        for round in 0..=ROUNDS {
            if starts.is_empty() {
                let plan = self.plan(economy, &normal(&log), &near, pace)?;
                steps += self.equalise(economy, rule, (&mut log, &mut near), plan, pace)?;
                break;
            }
            let planner = self.planner(economy.region_count(), &normal(&log));
            let best = best_reply(economy, &planner, &near.policy, Some(&near.outcome), starts, pace)?;
            if round > 0 && best.value <= planner.objective.value(&near.outcome) + BETTER {
                break;
            }
            steps += self.equalise(economy, rule, (&mut log, &mut near), best.rest, pace)?;
        }
        let gains = self.gains(&near);
        Ok(Deal { weights: normal(&log), rest: near, gains, steps })
    }

    /// Newton's method on the weights, from what a planner does at them; the
    /// number of steps.
    fn equalise<E: Economy + ?Sized>(
        &self,
        economy: &E,
        rule: &Rule,
        at: (&mut Vec<f64>, &mut Rest),
        start: Rest,
        pace: &Pace,
    ) -> Result<usize, StrategyError> {
        *at.1 = start;
        let free: Vec<usize> = (1..self.parties.len()).collect();
        let residual = |log: &[f64], rest: &Rest| {
            let numbers = self.numbers(rule, &normal(log), &self.gains(rest));
            free.iter().map(|p| numbers[*p] - numbers[0]).collect::<Vec<f64>>()
        };
        self.newton(economy, &free, residual, at, pace)
    }

    /// Moves the logarithms of some parties' weights until as many numbers are 0.
    fn newton<E: Economy + ?Sized>(
        &self,
        economy: &E,
        free: &[usize],
        residual: impl Fn(&[f64], &Rest) -> Vec<f64>,
        (log, near): (&mut Vec<f64>, &mut Rest),
        pace: &Pace,
    ) -> Result<usize, StrategyError> {
        let mut now = residual(log, near);
        // A party that loses has no number under some rules: as bad as can be.
        let worse = |most: f64, r: &f64| if r.is_nan() { f64::INFINITY } else { most.max(r.abs()) };
        let largest = |r: &[f64]| r.iter().fold(0.0, worse);
        if largest(&now).is_infinite() {
            return Err(StrategyError::NothingToGain);
        }
        let mut steps = 0;
        while steps < MAX_STEPS && largest(&now) > TOLERANCE {
            let size = free.len();
            let mut jacobian = vec![0.0; size * size];
            for (column, party) in free.iter().enumerate() {
                let mut moved = log.clone();
                moved[*party] += STEP;
                let there = self.plan(economy, &normal(&moved), near, pace)?;
                let there = residual(&moved, &there);
                for row in 0..size {
                    jacobian[row * size + column] = (there[row] - now[row]) / STEP;
                }
            }
            let step = solve(&jacobian, &now, pace.arithmetic).map_err(|_| StrategyError::Singular {
                what: "the weights of a deal",
                place: "a deal that no weight moves: all taxes may be at their bounds".to_owned(),
            })?;
            let length = step.iter().fold(0.0, |most: f64, s| most.max(s.abs()));
            let mut lambda = if length > STEP_LIMIT { STEP_LIMIT / length } else { 1.0 };
            let mut better = false;
            for _ in 0..10 {
                let mut trial = log.clone();
                free.iter().zip(&step).for_each(|(party, step)| trial[*party] -= lambda * step);
                // A planner that does not come to rest is met by a shorter step.
                match self.plan(economy, &normal(&trial), near, pace) {
                    Ok(there) => {
                        let then = residual(&trial, &there);
                        if largest(&then) < largest(&now) {
                            (*log, *near, now, better) = (trial, there, then, true);
                            break;
                        }
                    }
                    Err(StrategyError::NoConvergence { .. }) => {}
                    Err(problem) => return Err(problem),
                }
                lambda *= 0.5;
            }
            steps += 1;
            if !better {
                break;
            }
        }
        let left = largest(&now);
        if left > 100.0 * TOLERANCE {
            return Err(StrategyError::NoConvergence {
                what: "the weights of a deal".to_owned(),
                residual: left,
                rounds: steps,
                advice: "Start from other weights, or let tariffs fall below 0",
            });
        }
        Ok(steps)
    }

    /// `ln Ĝ` of a party: the most it can get when nobody else falls below `G0`,
    /// looked for from the weights of a deal. Whoever gains without being counted
    /// has no weight.
    ///
    /// # Errors
    /// [`StrategyError::NoConvergence`]; those of [`Talks::plan`].
    pub fn ideal<E: Economy + ?Sized>(
        &self,
        economy: &E,
        party: usize,
        deal: &Deal,
        pace: &Pace,
    ) -> Result<f64, StrategyError> {
        let mut bound: Vec<usize> = (0..self.parties.len()).filter(|other| *other != party).collect();
        loop {
            let mut near = deal.rest.clone();
            let mut log: Vec<f64> =
                (0..self.parties.len())
                    .map(|p| {
                        if p == party || bound.contains(&p) {
                            deal.weights[p].ln()
                        } else {
                            f64::NEG_INFINITY
                        }
                    })
                    .collect();
            let mut others = bound.clone();
            near = self.plan(economy, &normal(&log), &near, pace)?;
            let residual = |_: &[f64], rest: &Rest| {
                let gains = self.gains(rest);
                bound.iter().map(|k| gains[*k]).collect::<Vec<f64>>()
            };
            let found = self.newton(economy, &bound, residual, (&mut log, &mut near), pace);
            // A weight that goes to nothing belongs to a party that need not be held.
            others.retain(|k| log[*k] - log[party] > UNHELD);
            if others.len() == bound.len() {
                found?;
                return Ok(near.outcome.welfare[self.parties[party]]);
            }
            bound = others;
        }
    }

    /// The rule of Kalai and Smorodinsky with the ideal points of every party.
    ///
    /// # Errors
    /// Those of [`Talks::deal`] with equal gains and of [`Talks::ideal`].
    pub fn kalai_smorodinsky<E: Economy + ?Sized>(
        &self,
        economy: &E,
        weights: &[f64],
        start: (&Policy, &[Start]),
        pace: &Pace,
    ) -> Result<Rule, StrategyError> {
        let equal = self.deal(economy, &Rule::EqualGains, weights, start, pace)?;
        let ideal = |party| self.ideal(economy, party, &equal, pace);
        Ok(Rule::KalaiSmorodinsky { most: (0..self.parties.len()).map(ideal).collect::<Result<_, _>>()? })
    }

    /// Efficient welfare of two parties for weights of the first from `1/(1+k)` to
    /// `k/(1+k)`, in even steps of the logarithm of their ratio: pairs of gains,
    /// `ln G − ln G0`, from the second's best to the first's.
    ///
    /// # Errors
    /// [`StrategyError::Input`] unless there are two parties; those of [`Talks::plan`].
    pub fn frontier<E: Economy + ?Sized>(
        &self,
        economy: &E,
        (points, k): (usize, f64),
        start: &Policy,
        pace: &Pace,
    ) -> Result<Vec<[f64; 2]>, StrategyError> {
        if self.parties.len() != 2 || points < 2 || !(k > 1.0 && k.is_finite()) {
            return Err(StrategyError::Input(
                "a frontier is drawn for two parties, two points or more, and a ratio of weights above 1"
                    .to_owned(),
            ));
        }
        let outcome = economy.solve(start, None)?;
        let mut near = Rest { policy: start.clone(), outcome, shadows: Vec::new(), residual: 0.0, rounds: 0 };
        let mut frontier = Vec::with_capacity(points);
        for point in 0..points {
            let ratio = k.ln() * (2.0 * point as f64 / (points - 1) as f64 - 1.0);
            near = self.plan(economy, &normal(&[ratio, 0.0]), &near, pace)?;
            let gains = self.gains(&near);
            frontier.push([gains[0], gains[1]]);
        }
        Ok(frontier)
    }
}

/// What one tariff of `giver` on `receiver` does to both: the price of a concession.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Concession {
    /// Position of the sector.
    pub sector: usize,
    /// `dlnG[giver] / dln(1+t)`.
    pub giver: f64,
    /// `dlnG[receiver] / dln(1+t)`.
    pub receiver: f64,
}

/// A derivative below this, of a logarithm in a logarithm, is rounding: it has no ratio.
const COSTLESS: f64 = 1e-8;

impl Concession {
    /// True if the cut costs the giver nothing at the margin, or it gains.
    pub fn is_free(&self) -> bool {
        self.giver <= COSTLESS
    }

    /// True if the giver gains from the cut itself.
    pub fn pays(&self) -> bool {
        self.giver < -COSTLESS
    }

    /// What the receiver gains a unit of the giver's loss when the tariff falls;
    /// rounding if the cut [is free](Self::is_free).
    pub fn rate(&self) -> f64 {
        -self.receiver / self.giver
    }
}

/// The exchange rates of all concessions of one party to another at a policy, `[sector]`.
///
/// # Errors
/// [`StrategyError::Input`] if the two are one region or none; those of the model.
pub fn concessions<E: Economy + ?Sized>(
    economy: &E,
    policy: &Policy,
    giver: usize,
    receiver: usize,
) -> Result<Vec<Concession>, StrategyError> {
    let n = economy.region_count();
    if giver == receiver || giver.max(receiver) >= n {
        return Err(StrategyError::Input(format!("a concession is between two of {n} regions")));
    }
    let outcome = economy.solve(policy, None)?;
    let aims = [Objective::of(giver, n), Objective::of(receiver, n)];
    let shadows = economy.shadows(policy, &outcome, &aims, &[], 1e-12)?;
    let [own, other] = [0, 1].map(|aim| gradient(economy, policy, &outcome, &shadows[aim]).0);
    let cell = |sector: usize| (sector * n + giver) * n + receiver;
    let sectors = 0..economy.theta().len();
    Ok(sectors
        .map(|sector| Concession { sector, giver: own[cell(sector)], receiver: other[cell(sector)] })
        .collect())
}

/// Weights with the sum 1 from their logarithms.
fn normal(log: &[f64]) -> Vec<f64> {
    let top = log.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = log.iter().map(|log| (log - top).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}
