//! How sure is a path? Many runs with settings drawn from ranges.
//!
//! ```text
//! u        = hash(seed, draw, parameter) in (0, 1)
//! uniform      low + (high − low) u
//! log-normal   exp(m + s Φ⁻¹(u)),   m = ½ (ln low + ln high),   s = (ln high − ln low) / (2 · 1.645)
//! ```
//!
//! `low` and `high` are the ends of a uniform range, and the 5 and 95 % quantiles
//! of a log-normal one. A number depends on the seed, the draw and the name of
//! the parameter alone: another policy, another range of another parameter or
//! another number of threads meets the same numbers (common random numbers).
//!
//! | symbol | code         | meaning                                | unit | shape             |
//! |--------|--------------|----------------------------------------|------|-------------------|
//! |        | `output`     | 5, 50, 95 % of output over undisturbed | 1    | `[step, row, 3]`  |
//! |        | `stopped`    | share of draws in which a row has stopped | 1 | `[step, row]`     |
//! |        | `value_added` | 5, 50, 95 % of value added over undisturbed | 1 | `[step, region, 3]` |
//! |        | `lost`, `caught_up` | 5, 50, 95 % of value added lost, and made up for | value | `[horizon, region, 3]` |

use std::ops::Range as Numbers;

use rayon::prelude::*;

use super::path::{self, Path, Record};
use super::problem::{Problem, RunError};
use super::regions::Network;
use super::settings::{ByBucket, Settings};
use super::shock::Shocks;
use super::step::State;
use super::step::input_limit::InputLimit;
use super::step::plan::Plan;
use crate::numerics::normal::quantile;
use crate::numerics::progress::Progress;
use crate::numerics::vector::{exp1, ln1};

/// Weeks after which losses are reported.
pub const HORIZONS: [f64; 5] = [4.0, 8.0, 13.0, 26.0, 52.0];

/// Quantiles that are reported.
pub const QUANTILES: [f64; 3] = [0.05, 0.5, 0.95];

/// A setting that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameter {
    /// Target stock of every bucket, days.
    Cover,
    /// Target stock of the buckets of one group, days.
    CoverOf(u32),
    /// Standard deviation of the logarithm of cover between buckets; each bucket
    /// has its own number in each draw, around the cover of its group.
    CoverSpread,
    /// Time of restoration, days.
    Restore,
    /// Largest overproduction.
    Overproduction,
    /// Exponent of re-routing.
    Eta,
    /// Time of qualification, days.
    Qualification,
    /// Panic orders.
    Panic,
    /// Share that leaks in the end.
    LeakMax,
    /// Time constant of leakage, days.
    LeakDays,
    /// The share `psi`, where that rule is chosen.
    Psi,
    /// Factor on every dependence, cut off at 1, where inputs bind partly.
    Dependence,
    /// Elasticity between inputs, where they are substitutes.
    Sigma,
    /// Share of output below which a line stands.
    StopShare,
    /// Patience of final buyers, days.
    Patience,
    /// Time in transit between regions, days. [`simulate_under`] lays the network out
    /// anew in each draw, and so does [`simulate`] with this.
    Transit,
}

impl Parameter {
    /// A number of its own for the hash.
    fn key(self) -> u64 {
        match self {
            Self::Cover => 1,
            Self::CoverSpread => 2,
            Self::Restore => 3,
            Self::Overproduction => 4,
            Self::Eta => 5,
            Self::Qualification => 6,
            Self::Panic => 7,
            Self::LeakMax => 8,
            Self::LeakDays => 9,
            Self::Psi => 10,
            Self::Dependence => 11,
            Self::Sigma => 12,
            Self::StopShare => 13,
            Self::Patience => 14,
            Self::Transit => 15,
            Self::CoverOf(group) => 1000 + u64::from(group),
        }
    }
}

/// How a setting is distributed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// Evenly between two ends.
    Uniform {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Log-normal.
    LogNormal {
        /// 5 % quantile, above 0.
        low: f64,
        /// 95 % quantile.
        high: f64,
    },
}

/// A setting and its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Which.
    pub parameter: Parameter,
    /// How it is distributed.
    pub shape: Shape,
}

/// How many runs, with what drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Draws {
    /// Number of runs.
    pub count: usize,
    /// Another seed, other draws.
    pub seed: u64,
    /// What is drawn. A later range for the same buckets replaces an earlier one.
    pub ranges: Vec<Range>,
}

/// What many runs say together.
#[derive(Clone, Debug, PartialEq)]
pub struct Ensemble {
    /// Number of runs.
    pub draws: usize,
    /// Steps of each.
    pub steps: usize,
    /// Rows of the record.
    pub rows: usize,
    /// Number of regions.
    pub regions: usize,
    /// Quantiles of output over undisturbed output, `[step, row, 3]`.
    pub output: Vec<f64>,
    /// Share of draws in which a row has stopped by a step, `[step, row]`.
    pub stopped: Vec<f64>,
    /// Quantiles of value added over undisturbed, what is made up for included,
    /// `[step, region, 3]`.
    pub value_added: Vec<f64>,
    /// Quantiles of value added beyond the undisturbed after [`HORIZONS`],
    /// `[horizon, region, 3]`.
    pub caught_up: Vec<f64>,
    /// Quantiles of value added lost after [`HORIZONS`], `[horizon, region, 3]`;
    /// a horizon beyond the run counts what the run has.
    pub lost: Vec<f64>,
    /// Value added lost in each draw, `[draw, horizon, region]`.
    pub lost_by_draw: Vec<f64>,
    /// Of the side of the record in each draw, `[draw, horizon]`: value added that its
    /// blocked stages have lost, and its stock beyond the undisturbed. Zero without one.
    pub side_by_draw: Vec<[f64; 2]>,
}

/// A number in (0, 1) that depends on its arguments alone.
pub(crate) fn uniform(seed: u64, draw: usize, key: u64) -> f64 {
    let mut x = seed ^ 0x9e37_79b9_7f4a_7c15;
    for part in [draw as u64, key] {
        x = mix(x.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_add(part.wrapping_mul(0xd134_2543_de82_ef95)));
    }
    // 53 bits, moved off 0 by half of the last.
    ((x >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

impl Shape {
    /// The value at `u`, between 0 and 1 and neither of them.
    pub fn value(self, u: f64) -> f64 {
        match self {
            Self::Uniform { low, high } => low + (high - low) * u,
            Self::LogNormal { low, high } if low == high => low,
            Self::LogNormal { low, high } => {
                let (a, b) = (ln1(low), ln1(high));
                exp1(0.5 * (a + b) + (b - a) / (2.0 * quantile(0.95)) * quantile(u))
            }
        }
    }

    fn is_possible(self) -> bool {
        match self {
            Self::Uniform { low, high } => low.is_finite() && high.is_finite() && low <= high,
            Self::LogNormal { low, high } => low > 1e-280 && high.is_finite() && low <= high,
        }
    }
}

impl Draws {
    /// The settings of one draw.
    pub fn settings(&self, network: &Network, settings: &Settings, draw: usize) -> Settings {
        let mut drawn = settings.clone();
        let mut spread = None;
        for range in &self.ranges {
            let value = range.shape.value(uniform(self.seed, draw, range.parameter.key()));
            match range.parameter {
                Parameter::Cover => drawn.cover_days = ByBucket::Same(value),
                Parameter::CoverOf(group) => drawn.cover_days.set_group(network, group, value),
                Parameter::CoverSpread => spread = Some(value),
                Parameter::Restore => drawn.restore_days = value,
                Parameter::Overproduction => drawn.overproduction.max = value.max(drawn.overproduction.base),
                Parameter::Eta => drawn.orders.eta = value,
                Parameter::Qualification => drawn.orders.qualification_days = value,
                Parameter::Panic => drawn.orders.panic = value,
                Parameter::LeakMax => drawn.leakage.max = value,
                Parameter::LeakDays => drawn.leakage.days = value,
                Parameter::StopShare => drawn.stop_share = value,
                Parameter::Patience => drawn.patience_days = value,
                Parameter::Transit => drawn.lags.abroad_days = value,
                Parameter::Psi => {
                    if let InputLimit::Psi { psi } = &mut drawn.input_limit {
                        *psi = value;
                    }
                }
                Parameter::Sigma => {
                    if let InputLimit::Ces { sigma, .. } = &mut drawn.input_limit {
                        *sigma = value;
                    }
                }
                Parameter::Dependence => {
                    if let InputLimit::PartlyBinding { dependence } = &mut drawn.input_limit {
                        *dependence = dependence.map(|d| (d * value).min(1.0));
                    }
                }
            }
        }
        if let Some(spread) = spread {
            let buckets = network.graph.bucket_group.iter().enumerate();
            let cover = buckets.map(|(bucket, group)| {
                let z = quantile(uniform(self.seed, draw, (1 << 40) + bucket as u64));
                drawn.cover_days.at(bucket, *group) * exp1(spread * z)
            });
            drawn.cover_days = ByBucket::Bucket(cover.collect());
        }
        // A stock that does not last a step stops its line in an undisturbed world.
        drawn.cover_days = drawn.cover_days.map(|days| days.max(settings.step_days));
        drawn
    }

    fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.count == 0 {
            problems.push(Problem::new("draws.count", "0 draws say nothing", "write at least 1"));
        }
        for (place, range) in self.ranges.iter().enumerate().filter(|(_, range)| !range.shape.is_possible()) {
            let what = format!("{:?} of {:?} is no range", range.shape, range.parameter);
            let write = "write low up to high, and above 0 for a log-normal range";
            problems.push(Problem::new(format!("draws.ranges, row {place}"), what, write));
        }
        problems
    }
}

/// What one draw leaves: output over undisturbed `[step, row]`, first stops
/// `[row]`, value added over undisturbed `[step, region]`, and what is lost and
/// made up for `[horizon, region]`.
struct Outcome {
    output: Vec<f32>,
    stops: Vec<u32>,
    value_added: Vec<f32>,
    lost: Vec<f64>,
    caught_up: Vec<f64>,
    side: Vec<[f64; 2]>,
}

/// Runs all draws under the same shocks, on all threads, each with its own buffers.
/// Keeps 4 bytes per draw, step and row while it runs: choose the rows.
///
/// # Errors
/// [`RunError::Problems`] with everything that is wrong with the input or, named
/// by the draw, with drawn settings; [`RunError::Numerical`] of the first draw
/// that has one.
pub fn simulate(
    network: &Network,
    settings: &Settings,
    shocks: &Shocks,
    steps: usize,
    record: &Record,
    draws: &Draws,
) -> Result<Ensemble, RunError> {
    if draws.ranges.iter().any(|range| range.parameter == Parameter::Transit) {
        let progress = Progress::default();
        return simulate_under(network, settings, |_| shocks.clone(), steps, record, draws, &progress);
    }
    path::check(network, settings, shocks, steps, record)?;
    // One plan for all draws: orders may move in some.
    let mut widest = settings.clone();
    if draws.ranges.iter().any(|range| range.parameter == Parameter::Eta) {
        widest.orders.eta = 1.0;
    }
    let plan = Plan::for_paths(network, &widest, shocks)?;
    let follow = |drawn: &Settings, _: usize, state: &mut State, path: &mut Path| {
        path::follow(&plan, drawn, shocks, steps, record, state, path)
    };
    drawn(network, settings, steps, record, draws, 0..draws.count, follow)
}

/// [`simulate`] with shocks that differ from draw to draw; every draw is a step of
/// `progress`.
///
/// # Errors
/// Those of [`simulate`], and [`RunError::Stopped`].
pub fn simulate_under(
    network: &Network,
    settings: &Settings,
    shocks_of: impl Fn(usize) -> Shocks + Sync,
    steps: usize,
    record: &Record,
    draws: &Draws,
    progress: &Progress,
) -> Result<Ensemble, RunError> {
    simulate_some(network, settings, shocks_of, steps, record, (draws, 0..draws.count), progress)
}

/// [`simulate_under`] for the draws of these numbers alone: each is what it is among all.
///
/// # Errors
/// Those of [`simulate_under`].
pub fn simulate_some(
    network: &Network,
    settings: &Settings,
    shocks_of: impl Fn(usize) -> Shocks + Sync,
    steps: usize,
    record: &Record,
    (draws, numbers): (&Draws, Numbers<usize>),
    progress: &Progress,
) -> Result<Ensemble, RunError> {
    let follow = |drawn: &Settings, draw: usize, state: &mut State, path: &mut Path| {
        progress.step()?;
        let shocks = shocks_of(draw);
        path::check(network, drawn, &shocks, steps, record)?;
        let plan = Plan::for_paths(network, drawn, &shocks)?;
        path::follow(&plan, drawn, &shocks, steps, record, state, path)
    };
    drawn(network, settings, steps, record, draws, numbers, follow)
}

fn drawn(
    network: &Network,
    settings: &Settings,
    steps: usize,
    record: &Record,
    draws: &Draws,
    numbers: Numbers<usize>,
    follow: impl Fn(&Settings, usize, &mut State, &mut Path) -> Result<(), RunError> + Sync,
) -> Result<Ensemble, RunError> {
    RunError::unless_empty(draws.check())?;
    let outcomes: Vec<Result<Outcome, RunError>> = numbers
        .into_par_iter()
        .map_init(
            || (State::default(), Path::default()),
            |(state, path), draw| {
                let drawn = draws.settings(network, settings, draw);
                let mut problems = drawn.check(network);
                problems.iter_mut().for_each(|problem| problem.row = format!("draw {draw}, {}", problem.row));
                RunError::unless_empty(problems)?;
                follow(&drawn, draw, state, path)?;
                Ok(outcome(path, drawn.stop_share))
            },
        )
        .collect();
    let outcomes: Vec<Outcome> = outcomes.into_iter().collect::<Result<_, _>>()?;
    Ok(together(&outcomes, steps, record.row_count(), network.region_count))
}

fn outcome(path: &Path, stop_share: f64) -> Outcome {
    let rows = path.rows;
    let mut output = Vec::with_capacity(path.output.len());
    let mut stops = vec![u32::MAX; rows];
    for step in 0..path.steps {
        for row in 0..rows {
            let share = path.output_share(step, row);
            if share < stop_share && stops[row] == u32::MAX {
                stops[row] = step as u32;
            }
            output.push(share as f32);
        }
    }
    let value_added = (0..path.lost.len()).map(|at| {
        let undisturbed = path.value_added[at % path.regions];
        match undisturbed > 0.0 {
            true => (1.0 - (path.lost[at] - path.caught_up[at]) / undisturbed) as f32,
            false => 1.0,
        }
    });
    let horizons = || HORIZONS.iter().flat_map(|weeks| (0..path.regions).map(move |region| (region, *weeks)));
    Outcome {
        output,
        stops,
        value_added: value_added.collect(),
        lost: horizons().map(|(region, weeks)| path.lost_until(region, weeks)).collect(),
        caught_up: horizons().map(|(region, weeks)| path.caught_up_until(region, weeks)).collect(),
        side: HORIZONS.iter().map(|weeks| path.side_until(*weeks)).collect(),
    }
}

fn together(outcomes: &[Outcome], steps: usize, rows: usize, regions: usize) -> Ensemble {
    let quantiles = |values: &mut Vec<f64>| -> [f64; 3] {
        values.sort_unstable_by(f64::total_cmp);
        QUANTILES.map(|share| {
            let place = share * (values.len() - 1) as f64;
            let (low, part) = (place.floor() as usize, place.fract());
            let high = (low + 1).min(values.len() - 1);
            values[low] + part * (values[high] - values[low])
        })
    };
    let of_steps = |len: usize, series: fn(&Outcome) -> &[f32]| -> Vec<f64> {
        let at = |at: usize| quantiles(&mut outcomes.iter().map(|one| f64::from(series(one)[at])).collect());
        (0..len).into_par_iter().flat_map_iter(at).collect()
    };
    let output = of_steps(steps * rows, |outcome| &outcome.output);
    let value_added = of_steps(steps * regions, |outcome| &outcome.value_added);
    let mut stopped = vec![0.0; steps * rows];
    for outcome in outcomes {
        for (row, stop) in outcome.stops.iter().enumerate().filter(|(_, stop)| **stop != u32::MAX) {
            for step in *stop as usize..steps {
                stopped[step * rows + row] += 1.0;
            }
        }
    }
    stopped.iter_mut().for_each(|count| *count /= outcomes.len() as f64);
    let of_horizons = |series: fn(&Outcome) -> &[f64]| -> Vec<f64> {
        let at = |at: usize| quantiles(&mut outcomes.iter().map(|one| series(one)[at]).collect());
        (0..HORIZONS.len() * regions).flat_map(at).collect()
    };
    let (lost, caught_up) = (of_horizons(|outcome| &outcome.lost), of_horizons(|outcome| &outcome.caught_up));
    let lost_by_draw = outcomes.iter().flat_map(|outcome| outcome.lost.iter().copied()).collect();
    Ensemble {
        draws: outcomes.len(),
        steps,
        rows,
        regions,
        output,
        stopped,
        value_added,
        caught_up,
        lost,
        lost_by_draw,
        side_by_draw: outcomes.iter().flat_map(|outcome| outcome.side.iter().copied()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20,000 numbers: the quantiles of a log-normal range are its ends.
    #[test]
    fn ranges_have_their_quantiles() {
        let shape = Shape::LogNormal { low: 10.0, high: 40.0 };
        let mut values: Vec<f64> = (0..20_000).map(|draw| shape.value(uniform(1, draw, 7))).collect();
        values.sort_by(f64::total_cmp);
        assert!((values[1_000] / 10.0 - 1.0).abs() < 0.03, "{}", values[1_000]);
        assert!((values[10_000] / 20.0 - 1.0).abs() < 0.03, "{}", values[10_000]);
        assert!((values[19_000] / 40.0 - 1.0).abs() < 0.03, "{}", values[19_000]);
        let mean = (0..20_000).map(|draw| uniform(1, draw, 8)).sum::<f64>() / 20_000.0;
        assert!((mean - 0.5).abs() < 0.01);
    }
}
