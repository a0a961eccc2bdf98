//! All phases under drawn elasticities, each near its equilibrium under the central ones.
//!
//! ```text
//! centre        known[p]  = equilibrium of phase p under θ₀, calibrated once
//! draw k        θ(k)      = exp(ln θ₀ + σ z(k))        as [`draws`](super::draws) has it
//!               found[p]  = equilibrium of phase p under θ(k), looked for from known[p]
//! ```
//!
//! What a draw finds depends on the centre and on its number alone: not on the draws
//! before it, the thread or the process. A centre is cloned for each thread.

use std::sync::Arc;

use super::draws::{Distribution, Draws};
use super::memory::Found;
use super::run::{Posed, RunError, RunOptions, Solved, failed_in, measured};
use crate::equilibrium::{Calibration, Equilibrium, Nearby, Options};
use crate::numerics::progress::Progress;

/// Largest residual of a drawn equilibrium; the iteration goes on to a hundredth
/// of it, which is a hundred thousandth of a per cent: no quantile shows that.
pub(super) const DRAW_TOLERANCE: f64 = 1e-5;

/// What the draws around one set of elasticities share.
#[derive(Clone)]
pub(super) struct Centre {
    calibration: Calibration,
    /// The equilibria, `[phase]`.
    nearby: Vec<Nearby>,
    around: Arc<Distribution>,
    seed: u32,
    /// How a draw is solved.
    near: Options,
    actors: Arc<[usize]>,
    /// Names of the phases.
    phases: Arc<[String]>,
    against: usize,
}

impl Centre {
    /// Solves every phase under the central set; the numbers of that come second.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn new(posed: &Posed<'_>, draws: &Draws, options: &RunOptions) -> Result<(Self, Solved), RunError> {
        let (scenario, central) = (posed.scenario, posed.sets[0]);
        let phases: Arc<[String]> = scenario.phases.iter().map(|phase| phase.name.clone()).collect();
        let against = scenario.against;
        let failed = |phase: usize| failed_in(&phases[phase], &central.name);
        let calibration = posed.calibrate()?;
        let solver = posed.solver(options);
        options.progress.step()?;
        let before = calibration.solve(posed.states[against].clone(), &solver).map_err(failed(against))?;
        let mut known: Vec<Equilibrium> = Vec::with_capacity(phases.len());
        for (position, state) in posed.states.iter().enumerate() {
            known.push(match position == against {
                true => before.clone(),
                false => {
                    options.progress.step()?;
                    let from = Some(&before);
                    calibration.solve_from(from, state.clone(), &solver).map_err(failed(position))?
                }
            });
        }
        let of_phase = |(position, after): (usize, &Equilibrium)| match position == against {
            true => Arc::new(Found::default()),
            false => Arc::new(measured(posed.actors, &calibration, &before, after)),
        };
        let solved = Solved::of(known.iter().enumerate().map(of_phase).collect(), &before);
        let around = Distribution::new(central, posed.sets, draws.spread);
        let nearby = Nearby::all(&calibration, known, options.arithmetic).map_err(failed(against))?;
        let centre = Self {
            nearby,
            around: Arc::new(around),
            seed: draws.seed,
            near: Options { tolerance: DRAW_TOLERANCE, ..solver },
            actors: posed.actors.into(),
            against,
            calibration,
            phases,
        };
        Ok((centre, solved))
    }

    /// Standard normal factors of draw `k`, the common one first.
    pub fn factors(&self, k: usize) -> Vec<f64> {
        self.around.factors(k, self.seed)
    }

    /// Every phase at the factors of draw `k`; each equilibrium is a step of `progress`.
    /// The numbers have no places: they are the central ones.
    ///
    /// # Errors
    /// [`RunError`].
    pub fn draw(&mut self, k: usize, factors: &[f64], progress: &Progress) -> Result<Solved, RunError> {
        let name = format!("draw {k}");
        let failed = |phase: &String| failed_in(phase, &name);
        self.calibration
            .set_theta(&self.around.theta(factors))
            .map_err(failed(&self.phases[self.against]))?;
        let Self { calibration, nearby, near, phases, .. } = self;
        let mut find = |position: usize| {
            progress.step()?;
            nearby[position].solve(calibration, near).map_err(failed(&phases[position]))
        };
        let before = find(self.against)?;
        let mut found = Vec::with_capacity(phases.len());
        for position in 0..phases.len() {
            found.push(Arc::new(match position == self.against {
                true => Found::default(),
                false => {
                    let after = find(position)?;
                    Found { places: Vec::new(), ..measured(&self.actors, calibration, &before, &after) }
                }
            }));
        }
        Ok(Solved::of(found, &before))
    }
}
