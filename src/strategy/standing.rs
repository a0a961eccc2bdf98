//! How much would a government have to mind a rival's welfare for its tariffs to
//! be its best?
//!
//! A government that wants `ln G[j] − ω ln G[r]` has a best reply for every `ω`.
//! The `ω` that fits the tariffs `t` on the rival best makes
//!
//! ```text
//! distance(ω)² = Σ_s f[s] ( ln(1+t[s]) − ln(1+best[s](ω)) )² / Σ_s f[s]
//! ```
//!
//! least, `f` being the flows of the base at producer prices. The distance at
//! `ω = 0` says what real income alone explains.
//!
//! The best tariffs grow nearly evenly with `ω`, so a golden section finds it.
//!
//! A number that fits is not an intention: one instrument is looked at, without
//! time, and everything that real income leaves over is put on one channel.

use super::economy::{Economy, Objective, Policy};
use super::error::StrategyError;
use super::play::{Pace, Rest, play_near};
use super::player::Player;

/// Width of `ω` at which the search stops, relative to its range.
const NARROW: f64 = 1e-3;

/// Best replies at one weight, and how far the observed tariffs are from them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// `ω`.
    pub omega: f64,
    /// Mean of the best tariffs by flows of the base, fraction.
    pub mean: f64,
    /// Root of the mean squared distance in `ln(1+t)`.
    pub distance: f64,
}

/// What fits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Mean of the observed tariffs, fraction.
    pub observed: f64,
    /// Without a rival.
    pub alone: Point,
    /// The best weight in the range; the range's end if the distance still falls there.
    pub best: Point,
}

/// The weight from 0 to `most` at which the tariffs of `policy` on `rival` come
/// closest to a best reply of `player`, whose levers say which are looked at;
/// `flows` as [`Outcome::trade`](super::Outcome::trade).
///
/// # Errors
/// [`StrategyError::Input`] if nothing is free or `most` is not positive; those of
/// [`play_near`].
pub fn fit<E: Economy + ?Sized>(
    economy: &E,
    (player, own, rival): (&Player, usize, usize),
    policy: &Policy,
    flows: &[f64],
    most: f64,
    pace: &Pace,
) -> Result<Fit, StrategyError> {
    let n = economy.region_count();
    let cells: Vec<usize> = player
        .tariffs
        .iter()
        .flat_map(|lever| {
            let free = (0..lever.free.len()).filter(|at| lever.free[*at]);
            free.map(|at| (at / n * n + lever.region) * n + at % n)
        })
        .filter(|cell| flows.get(*cell).is_some_and(|flow| *flow > 0.0))
        .collect();
    if cells.is_empty() || !(most > 0.0 && most.is_finite()) || own == rival || own.max(rival) >= n {
        return Err(StrategyError::Input(
            "a fit needs tariffs of one region on another with trade, and a largest weight above 0"
                .to_owned(),
        ));
    }
    let total: f64 = cells.iter().map(|cell| flows[*cell]).sum();
    let mean = |value: &dyn Fn(usize) -> f64| -> f64 {
        cells.iter().map(|cell| flows[*cell] * value(*cell)).sum::<f64>() / total
    };
    let mut near: Option<Rest> = None;
    let mut at = |omega: f64| -> Result<Point, StrategyError> {
        let mut player = player.clone();
        player.objective = Objective::against(own, rival, omega, n);
        let start = near.as_ref().map_or(policy, |rest| &rest.policy);
        let outcome = near.as_ref().map(|rest| &rest.outcome);
        let rest = play_near(economy, std::slice::from_ref(&player), start, outcome, pace)?;
        let gap = |cell: usize| ((1.0 + policy.tariff[cell]) / (1.0 + rest.policy.tariff[cell])).ln();
        let distance = mean(&|cell| gap(cell) * gap(cell)).sqrt();
        let point = Point { omega, mean: mean(&|cell| rest.policy.tariff[cell]), distance };
        near = Some(rest);
        Ok(point)
    };
    let alone = at(0.0)?;
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut low, mut high) = (0.0, most);
    let mut left = at(high - golden * (high - low))?;
    let mut right = at(low + golden * (high - low))?;
    while high - low > NARROW * most {
        if left.distance <= right.distance {
            high = right.omega;
            right = left;
            left = at(high - golden * (high - low))?;
        } else {
            low = left.omega;
            left = right;
            right = at(low + golden * (high - low))?;
        }
    }
    // The ends count too: a distance may fall or rise all the way.
    let end = at(most)?;
    let best = [alone, left, right, end]
        .into_iter()
        .fold(alone, |best, point| if point.distance < best.distance { point } else { best });
    Ok(Fit { observed: mean(&|cell| policy.tariff[cell]), alone, best })
}
