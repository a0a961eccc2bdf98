//! Where do the taxes of some players come to rest?
//!
//! Every player sets its taxes by the [closed form](super::target) at the shadow
//! values of the moment, all at the same time. In `z = ln(1+t)` of all free rates
//!
//! ```text
//! z ← accelerate( z + damping (best(z) − z) ),    residual = max |best(z) − z|
//! ```
//!
//! with Anderson's acceleration. With one player the resting point is its best
//! reply, or one of several; with all, a candidate for Nash equilibrium; with a
//! planner, the efficient taxes at its weights. The residual is that of the
//! Karush-Kuhn-Tucker conditions in logarithms of tax factors. Rates on flows
//! that are zero in the base are set by the same rule and not counted.

use super::economy::{Economy, Objective, Outcome, Policy, Shadow};
use super::error::StrategyError;
use super::player::{Player, check};
use super::target;
use crate::numerics::anderson::{self, iterate};
use crate::numerics::linear::Arithmetic;
use crate::numerics::vector::{exp1, ln1};

/// A tax factor this near to its bound, relatively, is the bound.
const EDGE: f64 = 1e-13;

/// When to stop, and how carefully to go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// The iteration stops at this residual.
    pub target: f64,
    /// A residual that is good enough when the iteration no longer gains.
    pub tolerance: f64,
    /// Part of the way to the best taxes that a round goes. Lower it where
    /// elasticities above 20 make the iteration swing.
    pub damping: f64,
    /// Rounds that Anderson's acceleration remembers.
    pub memory: usize,
    /// Rounds at the most, in each of three attempts of growing care.
    pub rounds: usize,
    /// Arithmetic of the acceleration.
    pub arithmetic: Arithmetic,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            target: 1e-10,
            tolerance: 1e-8,
            damping: 0.7,
            memory: 6,
            rounds: 150,
            arithmetic: Arithmetic::default(),
        }
    }
}

/// A resting point.
#[derive(Clone, Debug, PartialEq)]
pub struct Rest {
    /// The taxes of everybody.
    pub policy: Policy,
    /// The equilibrium under them.
    pub outcome: Outcome,
    /// Shadow values of the players' objectives, in their order.
    pub shadows: Vec<Shadow>,
    /// Largest distance of a free rate from its best, in `ln(1+t)`.
    pub residual: f64,
    /// Rounds made.
    pub rounds: usize,
}

/// One free rate, or one that several partners share.
struct Slot {
    export: bool,
    /// Cells of the policy that it sets; the first stands for all.
    cells: Vec<u32>,
    bounds: (f64, f64),
    counted: bool,
}

/// The free rates of all players, in a fixed order.
struct Slots(Vec<Slot>);

impl Slots {
    fn new(players: &[Player], (n, sectors): (usize, usize), flows: &[f64]) -> Self {
        let mut slots = Vec::new();
        for player in players {
            for (export, lever) in
                player.tariffs.iter().map(|l| (false, l)).chain(player.export_taxes.iter().map(|l| (true, l)))
            {
                for s in 0..sectors {
                    let row: Vec<usize> = (s * n..(s + 1) * n).filter(|cell| lever.free[*cell]).collect();
                    let place = |at: &usize| {
                        let partner = at % n;
                        let (importer, exporter) =
                            if export { (partner, lever.region) } else { (lever.region, partner) };
                        ((s * n + importer) * n + exporter) as u32
                    };
                    if lever.same && !row.is_empty() {
                        let cells: Vec<u32> = row.iter().map(place).collect();
                        let counted = cells.iter().any(|cell| flows[*cell as usize] > 0.0);
                        slots.push(Slot { export, cells, bounds: lever.common_bounds(&row), counted });
                    } else {
                        for at in &row {
                            let cells = vec![place(at)];
                            let counted = flows[cells[0] as usize] > 0.0;
                            let bounds = (lever.lower[*at], lever.upper[*at]);
                            slots.push(Slot { export, cells, bounds, counted });
                        }
                    }
                }
            }
        }
        Self(slots)
    }

    fn rates<'a>(slot: &Slot, policy: &'a Policy) -> &'a [f64] {
        if slot.export { &policy.export_tax } else { &policy.tariff }
    }

    /// `ln(1+t)` of every slot, inside its bounds.
    fn read(&self, policy: &Policy) -> Vec<f64> {
        let rate = |slot: &Slot| Self::rates(slot, policy)[slot.cells[0] as usize];
        self.0.iter().map(|slot| ln1(1.0 + rate(slot).clamp(slot.bounds.0, slot.bounds.1))).collect()
    }

    /// Sets every slot's cells to the rate of `z`, cut to the bounds, on which what
    /// is within rounding error of them lies exactly.
    fn write(&self, z: &[f64], policy: &mut Policy) {
        for (slot, z) in self.0.iter().zip(z) {
            let (low, high) = slot.bounds;
            let rate = (exp1(z.clamp(-30.0, 30.0)) - 1.0).clamp(low, high);
            let rate = if rate - low < EDGE * (1.0 + low) {
                low
            } else if high - rate < EDGE * (1.0 + high) {
                high
            } else {
                rate
            };
            let rates = if slot.export { &mut policy.export_tax } else { &mut policy.tariff };
            slot.cells.iter().for_each(|cell| rates[*cell as usize] = rate);
        }
    }
}

/// The resting point that is reached from `start`, the others' taxes staying as
/// they are there.
///
/// # Errors
/// [`StrategyError::Input`] if the players cannot be played, those of the model,
/// [`StrategyError::NoConvergence`] with the best residual.
pub fn play<E: Economy + ?Sized>(
    economy: &E,
    players: &[Player],
    start: &Policy,
    pace: &Pace,
) -> Result<Rest, StrategyError> {
    play_near(economy, players, start, None, pace)
}

/// [`play`], the first equilibrium being looked for near an outcome.
///
/// # Errors
/// Those of [`play`].
pub fn play_near<E: Economy + ?Sized>(
    economy: &E,
    players: &[Player],
    start: &Policy,
    near: Option<&Outcome>,
    pace: &Pace,
) -> Result<Rest, StrategyError> {
    let (n, sectors) = (economy.region_count(), economy.theta().len());
    check(players, n, sectors)?;
    let objectives: Vec<Objective> = players.iter().map(|player| player.objective.clone()).collect();
    let mut policy = start.clone();
    // Which flows exist, a neighbour knows too: it saves an equilibrium.
    let near = near.filter(|near| near.share.len() == policy.tariff.len());
    let mut last = match near {
        Some(near) => near.clone(),
        None => economy.solve(&policy, None)?,
    };
    let slots = Slots::new(players, (n, sectors), &last.share);
    let mut z = slots.read(&policy);
    let mut best = policy.clone();
    let mut shadows: Vec<Shadow> = Vec::new();
    let mut previous = 1.0_f64;
    let (mut rounds, mut residual) = (0, f64::INFINITY);
    for (damping, memory) in [(pace.damping, pace.memory), (0.3, pace.memory.min(4)), (0.15, 0)] {
        let options = anderson::Options {
            target: pace.target,
            tolerance: pace.tolerance,
            max_evaluations: pace.rounds,
            memory,
            step_limit: 1.0,
            arithmetic: pace.arithmetic,
        };
        let found = iterate(&mut z, &options, |z, next| {
            slots.write(z, &mut policy);
            last = economy.solve(&policy, Some(&last))?;
            let tolerance = (0.01 * previous).clamp(1e-12, 1e-6);
            shadows = economy.shadows(&policy, &last, &objectives, &shadows, tolerance)?;
            for (player, shadow) in players.iter().zip(&shadows) {
                target::write(economy, player, (&policy, &last, shadow), &mut best);
            }
            let mut distance = 0.0_f64;
            for (k, slot) in slots.0.iter().enumerate() {
                let cell = slot.cells[0] as usize;
                let (now, wanted) = (Slots::rates(slot, &policy)[cell], Slots::rates(slot, &best)[cell]);
                let (now, wanted) = (ln1(1.0 + now), ln1(1.0 + wanted));
                next[k] = now + damping * (wanted - now);
                if slot.counted {
                    distance = distance.max((wanted - now).abs());
                }
            }
            previous = distance;
            Ok::<f64, StrategyError>(distance)
        })?;
        rounds += found.history.len();
        residual = found.residual;
        if found.converged {
            if !found.is_last {
                slots.write(&z, &mut policy);
            }
            // What belongs on a bound, and is as near as the iteration goes, lies there.
            let mut moved = !found.is_last;
            for slot in &slots.0 {
                for cell in slot.cells.iter().map(|cell| *cell as usize) {
                    let wanted = Slots::rates(slot, &best)[cell];
                    let rates = if slot.export { &mut policy.export_tax } else { &mut policy.tariff };
                    let near = (rates[cell] - wanted).abs() <= pace.tolerance * (1.0 + wanted);
                    if (wanted == slot.bounds.0 || wanted == slot.bounds.1) && near && rates[cell] != wanted {
                        rates[cell] = wanted;
                        moved = true;
                    }
                }
            }
            if moved {
                last = economy.solve(&policy, Some(&last))?;
                shadows = economy.shadows(&policy, &last, &objectives, &shadows, 1e-12)?;
            }
            return Ok(Rest { policy, outcome: last, shadows, residual, rounds });
        }
    }
    let names: Vec<&str> = players.iter().map(|player| player.name.as_str()).collect();
    Err(StrategyError::NoConvergence {
        what: format!("the best taxes of {}", names.join(", ")),
        residual,
        rounds,
        advice: "Start somewhere else, damp more, or narrow the bounds",
    })
}
