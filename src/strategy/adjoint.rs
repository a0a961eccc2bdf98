//! The adjoint of the long run with inputs: one linear solve for every player.
//!
//! The multipliers `φ` of the labour markets are the only outer unknown. Given
//! `φ`, values travel down the two loops of [`linkages`](super::linkages):
//!
//! ```text
//! A   χ[s,j] = Σ_i a[s,j,i] h[s,j,i]                  a dollar more of spending
//!     h[s,j,i] = κ[s,i] + m[j] t (1+e) + m[i] e        a dollar more of sales on one flow
//!     κ[s,i] = φ[i] β[i,s] + Σ_r γ[i,r,s] χ[r,i]       a dollar more of a sector's sales
//!     m[j]   = ω[j]/I[j] + Σ_s α[j,s] χ[s,j]           a dollar more of income
//! B   ζ[s,i] = Σ_j b (v[s,j] − θ χ[s,j]) + θ (κ[s,i] + Σ_j δ m[j] + η[s,i] m[i])    dearer sales
//!     v[s,j] = ω[j] α[j,s]/X[s,j] + Σ_r W[j,s,r] ζ[r,j]                             dearer purchases
//! wages      Σ_s β Y[s,i] ζ[s,i] + (φ[i] − m[i] − ν) w[i] L[i] + deficits = 0
//! ```
//!
//! both per dollar of sales or purchases. The loops are linear in `φ`: one column
//! for a unit of each `φ[i]` and one for each objective, then one `N × N` system.
//!
//! *The numeraire.* If deficits are fixed in its units, `ν = Σ m D / Σ w L` is not 0,
//! and a system that drops one wage row instead is wrong. All rows stay; the matrix
//! gains `(w L)(w L)ᵀ / Σ w L`, which pins the level of `φ` that Walras's law leaves
//! open, and `ν = −Σ φ w L / Σ w L` is then right by itself.
//!
//! *Deficits* that move with wages add to row `i` `Σ_n m[n] dD[n]/d ln w[i]`: under
//! [`Deficits::Income`] `D[i] (m[i] − Σ m w L / Σ w L)`; held in units of the wage of
//! `i`, `Σ m D`.
//!
//! Source: differentiation of the equations of [`equilibrium`](crate::equilibrium);
//! the idea that Lagrange multipliers of equilibrium conditions give every
//! derivative at once is that of adjoint methods in general.

use rayon::prelude::*;

use super::economy::{Objective, Shadow};
use super::error::StrategyError;
use super::linkages::Linkages;
use super::loops::{Columns, Loops};
use super::one_objective;
use crate::equilibrium::{Closure, Deficits, Numeraire};
use crate::numerics::linear::inverse;
use crate::numerics::product::{Left, TILE, View, multiply};

/// Tiles of columns that one thread carries through the loops together, at the most.
/// Fixed, so that the number of threads changes no bit.
const MOST_TILES: usize = 6;

/// What the wage rows need of the equilibrium. Values in world value added.
pub(super) struct Incomes {
    pub closure: Closure,
    /// `w L`, `[region]`.
    pub wages: Vec<f64>,
    /// `D`, `[region]`.
    pub deficit: Vec<f64>,
    /// `I`, `[region]`.
    pub income: Vec<f64>,
    /// `X`, `[sector, region]`.
    pub spending: Vec<f64>,
}

/// A right-hand side: what an objective values by itself. Empty arrays are zeros.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    /// `dΩ/dI`, `[region]`.
    pub income: Vec<f64>,
    /// `dΩ/d ln X / X`, `[sector, region]`: a dollar more of spending.
    pub spending: Vec<f64>,
    /// `−dΩ/d ln P / X`, `[sector, region]`.
    pub prices: Vec<f64>,
    /// `−dΩ/d ln c / Y`, `[sector, region]`.
    pub costs: Vec<f64>,
}

impl Source {
    /// That of a weighted sum of logarithms of real income.
    pub fn of(objective: &Objective, linkages: &Linkages, incomes: &Incomes) -> Self {
        let (n, j) = (linkages.calibration.region_count(), linkages.calibration.sector_count());
        let weights = &objective.weights;
        let mut prices = vec![0.0; j * n];
        for (cell, price) in prices.iter_mut().enumerate() {
            let (sector, region) = (cell / n, cell % n);
            if incomes.spending[cell] > 0.0 {
                let share = linkages.calibration.final_share[region * j + sector];
                *price = weights[region] * share / incomes.spending[cell];
            }
        }
        let income = weights.iter().zip(&incomes.income).map(|(weight, income)| weight / income).collect();
        Self { income, prices, ..Self::default() }
    }
}

/// The shadow values of `sources`, started from those of `near` if there are any.
///
/// # Errors
/// [`StrategyError::NoConvergence`], [`StrategyError::Singular`].
pub(super) fn solve(
    linkages: &Linkages,
    incomes: &Incomes,
    sources: &[Source],
    near: &[Shadow],
    tolerance: f64,
) -> Result<Vec<Shadow>, StrategyError> {
    if let [source] = sources
        && let Some(shadow) = one_objective::solve(linkages, incomes, source, near, tolerance)
    {
        return Ok(vec![shadow]);
    }
    let (n, j) = (linkages.calibration.region_count(), linkages.calibration.sector_count());
    let tiles = (n + sources.len()).div_ceil(TILE);
    // As even as tiles allow, and an even number where there are two tiles.
    let count = tiles.div_ceil(MOST_TILES).next_multiple_of(2).min(tiles);
    let starts: Vec<usize> = (0..=count).map(|block| TILE * (block * tiles / count)).collect();
    let near = Start::new(n, j, sources.len(), near);
    let blocks: Result<Vec<Columns>, StrategyError> = starts
        .par_windows(2)
        .map(|ends| {
            let loops = Loops { linkages, incomes, sources, tolerance, from: ends[0] };
            loops.run(ends[1] - ends[0], &near)
        })
        .collect();
    let blocks = blocks?;
    let phi = labour_values(linkages, incomes, &blocks, sources.len())?;
    Ok(combine(linkages, &blocks, &phi, sources.len()))
}

/// `φ`, `[region, objective]`, from the wage rows; objectives padded to a tile.
fn labour_values(
    linkages: &Linkages,
    incomes: &Incomes,
    blocks: &[Columns],
    objectives: usize,
) -> Result<Vec<f64>, StrategyError> {
    let n = linkages.calibration.region_count();
    let world: f64 = incomes.wages.iter().sum();
    let padded = objectives.next_multiple_of(TILE);
    let (mut matrix, mut right) = (vec![0.0; n * n], vec![0.0; n * padded]);
    let mut column = 0;
    for block in blocks {
        for at in 0..block.width {
            for region in 0..n {
                let value = block.rows[region * block.width + at];
                if column >= n + objectives {
                    continue;
                }
                if column < n {
                    let pin = incomes.wages[column] / world;
                    let own = if region == column { 1.0 } else { 0.0 };
                    matrix[region * n + column] = value + own + pin;
                } else {
                    right[region * padded + column - n] = -value;
                }
            }
            column += 1;
        }
    }
    let inverse = inverse(&matrix, n, linkages.arithmetic).map_err(|_| StrategyError::Singular {
        what: "the shadow values of labour",
        place: "the wage equations of all regions".to_owned(),
    })?;
    let mut phi = vec![0.0; n * padded];
    let left = Left { elements: &inverse, view: View::dense(n, n), transposed: false };
    multiply((&mut phi, View::dense(n, padded)), false, left, (&right, View::dense(n, padded)));
    Ok(phi)
}

/// Every objective's own column plus `φ` times the columns of the units.
fn combine(linkages: &Linkages, blocks: &[Columns], phi: &[f64], objectives: usize) -> Vec<Shadow> {
    let (n, j) = (linkages.calibration.region_count(), linkages.calibration.sector_count());
    let padded = objectives.next_multiple_of(TILE);
    let (sums, own) = rayon::join(
        || {
            rayon::join(
                || weighted(blocks, |block| &block.sales, (j + 1) * n, phi, n, padded),
                || weighted(blocks, |block| &block.prices, j * n, phi, n, padded),
            )
        },
        || Start::of(blocks, n, objectives),
    );
    let (sales, prices) = sums;
    let mut own = own.into_iter();
    (0..objectives)
        .map(|objective| {
            let pick = |values: &[f64]| -> Vec<f64> {
                values.iter().skip(objective).step_by(padded).copied().collect()
            };
            Shadow {
                sales: pick(&sales[..j * n * padded]),
                revenue: pick(&sales[j * n * padded..]),
                prices: pick(&prices),
                state: own.next().unwrap_or_default(),
            }
        })
        .collect()
}

/// `[row, objective]`: columns of the objectives plus columns of the units times `φ`.
fn weighted(
    blocks: &[Columns],
    part: fn(&Columns) -> &Vec<f64>,
    rows: usize,
    phi: &[f64],
    n: usize,
    padded: usize,
) -> Vec<f64> {
    let mut out = vec![0.0; rows * padded];
    let mut from = 0;
    for block in blocks {
        let (values, width) = (part(block), block.width);
        for at in n.saturating_sub(from).min(width)..width {
            let objective = from + at - n;
            if objective < padded {
                (0..rows).for_each(|row| out[row * padded + objective] += values[row * width + at]);
            }
        }
        let units = n.saturating_sub(from).min(width);
        if units > 0 {
            let view = View { rows, columns: units, stride: width };
            let left = Left { elements: values, view, transposed: false };
            let right = (&phi[from * padded..][..units * padded], View::dense(units, padded));
            multiply((&mut out, View::dense(rows, padded)), true, left, right);
        }
        from += width;
    }
    out
}

/// Where the loops start: the columns of an earlier solve.
pub(super) struct Start<'a> {
    /// `κ`, `m`, `v` of the units, `[row, region]`; empty if nothing is known.
    units: &'a [f64],
    /// Those of each objective, `[row]`.
    objectives: Vec<&'a [f64]>,
}

impl<'a> Start<'a> {
    /// Nothing, unless `near` are shadows of as many objectives of this model.
    fn new(n: usize, j: usize, objectives: usize, near: &'a [Shadow]) -> Self {
        let length = (2 * j + 1) * n;
        let fits = objectives > 0
            && near.len() == objectives
            && near
                .iter()
                .enumerate()
                .all(|(at, shadow)| shadow.state.len() == if at == 0 { (n + 1) * length } else { length });
        if !fits {
            return Self { units: &[], objectives: Vec::new() };
        }
        let objectives = near.iter().map(|shadow| &shadow.state[..length]).collect();
        Self { units: &near[0].state[length..], objectives }
    }

    /// Writes what is known of a block's columns from `from` on.
    pub(super) fn fill(&self, n: usize, from: usize, width: usize, sales: &mut [f64], prices: &mut [f64]) {
        if self.objectives.is_empty() {
            return;
        }
        let units = n.saturating_sub(from).min(width);
        let rows = sales.chunks_exact_mut(width).chain(prices.chunks_exact_mut(width));
        for (row, values) in rows.enumerate() {
            values[..units].copy_from_slice(&self.units[row * n + from.min(n)..][..units]);
            for at in units..width {
                if let Some(column) = self.objectives.get(from + at - n) {
                    values[at] = column[row];
                }
            }
        }
    }

    /// States of the shadows: each its own column, the first also those of the units.
    fn of(blocks: &[Columns], n: usize, objectives: usize) -> Vec<Vec<f64>> {
        let rows = |block: &Columns| (block.sales.len() + block.prices.len()) / block.width;
        let length = blocks.first().map_or(0, rows);
        let mut units = vec![0.0; n * length];
        let mut states = vec![Vec::with_capacity(length); objectives];
        let mut from = 0;
        for block in blocks {
            let width = block.width;
            let own = n.saturating_sub(from).min(width);
            let rows = block.sales.chunks_exact(width).chain(block.prices.chunks_exact(width));
            for (row, values) in rows.enumerate() {
                units[row * n + from.min(n)..][..own].copy_from_slice(&values[..own]);
                for at in own..width {
                    if let Some(state) = states.get_mut(from + at - n) {
                        state.push(values[at]);
                    }
                }
            }
            from += width;
        }
        if let Some(first) = states.first_mut() {
            first.extend(units);
        }
        states
    }
}

/// Writes the wage rows over `w L` without `φ[i]` itself and `ν`, from `ζ` and `m`.
pub(super) fn wage_row(
    linkages: &Linkages,
    incomes: &Incomes,
    costs: &[f64],
    income: &[f64],
    row: &mut [f64],
) {
    let calibration = linkages.calibration;
    let (n, j) = (calibration.region_count(), calibration.sector_count());
    let Incomes { closure, wages, deficit, .. } = incomes;
    row.iter_mut().zip(income).for_each(|(row, m)| *row = -m);
    for (cell, cost) in costs.iter().enumerate() {
        let (sector, region) = (cell / n, cell % n);
        let labour = calibration.value_added_share[region * j + sector] * linkages.output[cell];
        row[region] += labour / wages[region] * cost;
    }
    let sum = |weights: &[f64]| -> f64 { weights.iter().zip(income).map(|(w, m)| w * m).sum() };
    match (closure.deficits, closure.numeraire) {
        (Deficits::Income, _) => {
            let mean = sum(wages) / wages.iter().sum::<f64>();
            for region in 0..n {
                row[region] -= deficit[region] * (income[region] - mean) / wages[region];
            }
        }
        (Deficits::Held, Numeraire::Wage(region)) => row[region] -= sum(deficit) / wages[region],
        (Deficits::Held, Numeraire::WorldValueAdded) | (Deficits::Zero | Deficits::Share, _) => {}
    }
}
