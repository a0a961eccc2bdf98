//! Which tariffs follow if every two countries bargain, each pair for itself?
//!
//! The tariffs that `a` and `b` levy on each other maximise
//!
//! ```text
//! (G[a] − G0[a])^β (G[b] − G0[b])^(1−β),     everybody else's tariffs as they are
//! ```
//!
//! where `G0` is welfare if these two go back to the tariffs of the start and all
//! others keep what they agreed. The pairs take turns until nothing moves: a Nash
//! equilibrium of bargains. What a pair does to third countries is not on its
//! table, so the deals together need not be efficient.
//!
//! A pair that finds nothing from which both gain stays at the start.
//!
//! Source: Horn and Wolinsky (1988), *RAND Journal of Economics* 19(3); for
//! tariffs Bagwell, Staiger and Yurukoglu (2021), *Econometrica* 89(4).

use super::economy::{Economy, Policy};
use super::error::StrategyError;
use super::play::{Pace, Rest};
use super::player::Player;
use super::talks::{Rule, Talks};

/// Turns of all pairs at the most.
const TURNS: usize = 60;
/// The bargains stand if no tariff moves by more, in `ln(1+t)`.
const STANDS: f64 = 1e-6;

/// What every pair agreed.
#[derive(Clone, Debug, PartialEq)]
pub struct Bargains {
    /// Everybody's taxes and the equilibrium.
    pub rest: Rest,
    /// The pairs, as positions among the players, with their gains `ln G − ln G0` over
    /// their own disagreement; `None` for a pair that agreed on nothing.
    pub pairs: Vec<([usize; 2], Option<[f64; 2]>)>,
    /// Turns made.
    pub turns: usize,
}

/// The bargains of all pairs of players about the taxes that they set on each
/// other, `power` being `β` of the one that is named first.
///
/// # Errors
/// [`StrategyError::Input`] for fewer than two players, tariffs that are the same
/// for all partners, or a power that is not between 0 and 1;
/// [`StrategyError::NoConvergence`] if the pairs keep undoing each other's deals; those
/// of [`Talks::deal`] of a pair, but that there is nothing to gain.
pub fn bargain<E: Economy + ?Sized>(
    economy: &E,
    players: &[Player],
    power: f64,
    start: &Policy,
    pace: &Pace,
) -> Result<Bargains, StrategyError> {
    let input = |text: &str| Err(StrategyError::Input(text.to_owned()));
    super::player::check(players, economy.region_count(), economy.theta().len())?;
    if players.len() < 2 || !(power > 0.0 && power < 1.0) {
        return input("bargains need two players and a power between 0 and 1");
    }
    if players.iter().any(|player| player.tariffs.iter().any(|lever| lever.same)) {
        return input("pairs cannot bargain over a tariff that is the same for all partners");
    }
    let regions: Vec<usize> = players.iter().filter_map(Player::region).collect();
    if regions.len() != players.len() {
        return input("bargains are between governments that each set the taxes of one region");
    }
    let outcome = economy.solve(start, None)?;
    let mut rest = Rest { policy: start.clone(), outcome, shadows: Vec::new(), residual: 0.0, rounds: 0 };
    let mut pairs: Vec<([usize; 2], Option<[f64; 2]>)> =
        (0..players.len()).flat_map(|a| (a + 1..players.len()).map(move |b| ([a, b], None))).collect();
    let mut residual = f64::INFINITY;
    for turn in 1..=TURNS {
        let before = rest.policy.clone();
        for ([a, b], gains) in &mut pairs {
            let sides = [(*a, regions[*b]), (*b, regions[*a])];
            let table = table(players, sides, economy.theta().len());
            let back = reverted(&table, &rest.policy, start, economy.region_count());
            let apart = economy.solve(&back, Some(&rest.outcome))?;
            let talks =
                Talks { parties: vec![regions[*a], regions[*b]], table, disagreement: apart.welfare.clone() };
            let rule = Rule::NashBargaining { power: vec![power, 1.0 - power] };
            let spent = |region: usize| -> f64 {
                apart.spending.iter().skip(region).step_by(economy.region_count()).sum()
            };
            let weights = [spent(regions[*a]), spent(regions[*b])];
            match talks.deal(economy, &rule, &weights, (&rest.policy, &[]), pace) {
                Ok(deal) => {
                    *gains = Some([deal.gains[0], deal.gains[1]]);
                    rest = deal.rest;
                }
                Err(StrategyError::NothingToGain) => {
                    *gains = None;
                    rest.policy = back;
                    rest.outcome = apart;
                }
                Err(problem) => return Err(problem),
            }
        }
        let moved = |now: &[f64], then: &[f64]| {
            now.iter()
                .zip(then)
                .map(|(now, then)| ((1.0 + now) / (1.0 + then)).ln().abs())
                .fold(0.0, f64::max)
        };
        residual = f64::max(
            moved(&rest.policy.tariff, &before.tariff),
            moved(&rest.policy.export_tax, &before.export_tax),
        );
        if residual <= STANDS {
            rest.residual = residual;
            return Ok(Bargains { rest, pairs, turns: turn });
        }
    }
    Err(StrategyError::NoConvergence {
        what: "bargains of all pairs".to_owned(),
        residual,
        rounds: TURNS,
        advice: "Leave a player out, or narrow the bounds",
    })
}

/// Both sides' levers on each other, as one planner's.
fn table(players: &[Player], sides: [(usize, usize); 2], sectors: usize) -> Player {
    let mut table = players[sides[0].0].clone();
    "the planner".clone_into(&mut table.name);
    (table.tariffs, table.export_taxes, table.level) = (Vec::new(), Vec::new(), None);
    for (own, partner) in sides {
        table.tariffs.extend(players[own].tariffs.iter().map(|lever| lever.clone().on(&[partner], sectors)));
        let taxes = players[own].export_taxes.iter();
        table.export_taxes.extend(taxes.map(|lever| lever.clone().on(&[partner], sectors)));
    }
    table
}

/// A policy whose rates on the table are those of `start`.
fn reverted(table: &Player, policy: &Policy, start: &Policy, n: usize) -> Policy {
    let mut back = policy.clone();
    for lever in &table.tariffs {
        for at in (0..lever.free.len()).filter(|at| lever.free[*at]) {
            let cell = (at / n * n + lever.region) * n + at % n;
            back.tariff[cell] = start.tariff[cell];
        }
    }
    for lever in &table.export_taxes {
        for at in (0..lever.free.len()).filter(|at| lever.free[*at]) {
            let cell = at * n + lever.region;
            back.export_tax[cell] = start.export_tax[cell];
        }
    }
    back
}
