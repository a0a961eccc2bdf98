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
use super::one_objective;
use crate::equilibrium::{Closure, Deficits, Numeraire};
use crate::numerics::linear::inverse;
use crate::numerics::product::{Left, TILE, View, multiply};

/// Sweeps of one loop at the most.
const MOST_SWEEPS: usize = 400;

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

/// What a column of the loops stands for.
enum Column<'a> {
    /// A unit of `φ` of a region.
    Unit(usize),
    Objective(&'a Source),
    /// Zeros that fill a tile.
    Padding,
}

/// Columns carried together, each array `[…, column]`.
struct Columns {
    width: usize,
    /// `κ`, then `m`, `[sector + 1, region, column]`.
    sales: Vec<f64>,
    /// `v`, `[sector, region, column]`.
    prices: Vec<f64>,
    /// Wage rows over `w L`, `[region, column]`.
    rows: Vec<f64>,
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
struct Start<'a> {
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
    fn fill(&self, n: usize, from: usize, width: usize, sales: &mut [f64], prices: &mut [f64]) {
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

/// The two loops over one block of columns.
struct Loops<'a> {
    linkages: &'a Linkages<'a>,
    incomes: &'a Incomes,
    sources: &'a [Source],
    tolerance: f64,
    /// The first column; the first `N` are the units.
    from: usize,
}

impl Loops<'_> {
    fn run(&self, width: usize, near: &Start) -> Result<Columns, StrategyError> {
        let (n, j) = (self.linkages.calibration.region_count(), self.linkages.calibration.sector_count());
        let (mut sales, mut prices) = (vec![0.0; (j + 1) * n * width], vec![0.0; j * n * width]);
        near.fill(n, self.from, width, &mut sales, &mut prices);
        let spending = self.loop_a(&mut sales, width)?;
        let rows = self.loop_b(&sales, &mut prices, &spending, width)?;
        Ok(Columns { width, sales, prices, rows })
    }

    /// What a column is.
    fn kind(&self, at: usize) -> Column<'_> {
        let (column, n) = (self.from + at, self.linkages.calibration.region_count());
        match column.checked_sub(n) {
            None => Column::Unit(column),
            Some(objective) => self.sources.get(objective).map_or(Column::Padding, Column::Objective),
        }
    }

    /// Finds `κ` and `m`; returns `χ` less what spending is worth by itself: what
    /// it is worth to those who are paid.
    fn loop_a(&self, sales: &mut Vec<f64>, width: usize) -> Result<Vec<f64>, StrategyError> {
        let linkages = self.linkages;
        let (n, j) = (linkages.calibration.region_count(), linkages.calibration.sector_count());
        let beta = &linkages.calibration.value_added_share;
        // `direct`: what χ gets without the other regions' sales; `fixed`: what κ and m get.
        let (mut direct, mut fixed) = (vec![0.0; j * n * width], vec![0.0; (j + 1) * n * width]);
        for at in 0..width {
            match self.kind(at) {
                Column::Padding => {}
                Column::Unit(region) => {
                    for s in 0..j {
                        let cell = s * n + region;
                        direct[cell * width + at] = linkages.own_received[cell] * beta[region * j + s];
                        fixed[cell * width + at] = beta[region * j + s];
                    }
                }
                Column::Objective(source) => {
                    for cell in 0..j * n {
                        let income = source.income.get(cell % n).copied().unwrap_or(0.0);
                        let spending = source.spending.get(cell).copied().unwrap_or(0.0);
                        direct[cell * width + at] = linkages.duties[cell] * income + spending;
                    }
                    for (region, income) in source.income.iter().enumerate() {
                        fixed[(j * n + region) * width + at] = *income;
                    }
                }
            }
        }
        self.inside(&linkages.pass_sales, j + 1, &direct, &mut fixed, width);
        let mut abroad = vec![0.0; j * n * width];
        let mut sweep = Sweep::new(width, self.tolerance, fixed.len());
        loop {
            self.receive(sales, &mut abroad, width);
            sweep.image.copy_from_slice(&fixed);
            self.inside(&linkages.pass_sales, j + 1, &abroad, &mut sweep.image, width);
            if sweep.arrives(sales)? {
                break;
            }
        }
        abroad.iter_mut().zip(&direct).for_each(|(abroad, direct)| *abroad += direct);
        let mut spending = vec![0.0; j * n * width];
        self.inside(&linkages.spend, j, &abroad, &mut spending, width);
        for at in 0..width {
            let Column::Objective(source) = self.kind(at) else { continue };
            for (cell, value) in source.spending.iter().enumerate() {
                spending[cell * width + at] -= value;
            }
        }
        Ok(spending)
    }

    /// `Σ_i a κ[i] + ε m[i]` from abroad.
    fn receive(&self, sales: &[f64], out: &mut [f64], width: usize) {
        let linkages = self.linkages;
        let (n, j) = (linkages.calibration.region_count(), linkages.calibration.sector_count());
        let (square, plane) = (View::dense(n, n), View::dense(n, width));
        let income = &sales[j * n * width..];
        for s in 0..j {
            let out = &mut out[s * n * width..][..n * width];
            let left = &linkages.received[s * n * n..][..n * n];
            let left = Left { elements: left, view: square, transposed: false };
            multiply((out, plane), false, left, (&sales[s * n * width..][..n * width], plane));
            if linkages.taxed[s] {
                let left = &linkages.export_duties[s * n * n..][..n * n];
                let left = Left { elements: left, view: square, transposed: false };
                multiply((out, plane), true, left, (income, plane));
            }
        }
    }

    /// Finds `v` and returns the wage rows over `w L`.
    fn loop_b(
        &self,
        sales: &[f64],
        prices: &mut Vec<f64>,
        spending: &[f64],
        width: usize,
    ) -> Result<Vec<f64>, StrategyError> {
        let linkages = self.linkages;
        let (n, j) = (linkages.calibration.region_count(), linkages.calibration.sector_count());
        let (square, plane) = (View::dense(n, n), View::dense(n, width));
        let (income, theta) = (&sales[j * n * width..], &linkages.calibration.theta);
        // What a sector's cost carries before purchases get dearer, without θ at first.
        let mut direct = vec![0.0; j * n * width];
        for s in 0..j {
            let out = &mut direct[s * n * width..][..n * width];
            let chi = &spending[s * n * width..][..n * width];
            for sign in [-1.0, 1.0] {
                let (left, right) = match sign {
                    -1.0 => (&linkages.burden, chi),
                    _ => (&linkages.duties_paid, income),
                };
                let elements = &left[s * n * n..][..n * n];
                let left = Left { elements, view: square, transposed: true };
                multiply((&mut *out, plane), sign > 0.0, left, (right, plane));
                if sign < 0.0 {
                    out.iter_mut().for_each(|value| *value = -*value);
                }
            }
            for region in 0..n {
                let cell = s * n + region;
                let (own, taxes) = (linkages.own_burden[cell], linkages.taxes_paid[cell]);
                let sells = if linkages.output[cell] > 0.0 { 1.0 } else { 0.0 };
                for at in 0..width {
                    let place = region * width + at;
                    out[place] += sells * sales[cell * width + at] - own * chi[place] + taxes * income[place];
                    out[place] *= theta[s];
                }
            }
        }
        let mut given = vec![0.0; j * n * width];
        for at in 0..width {
            let Column::Objective(source) = self.kind(at) else { continue };
            for (cell, price) in source.prices.iter().enumerate() {
                given[cell * width + at] = *price;
                direct[cell * width + at] += linkages.own_burden[cell] * price;
            }
            for (cell, cost) in source.costs.iter().enumerate() {
                direct[cell * width + at] += cost;
            }
        }
        self.inside(&linkages.pass_prices, j, &direct, &mut given, width);
        let mut abroad = vec![0.0; j * n * width];
        let mut sweep = Sweep::new(width, self.tolerance, given.len());
        loop {
            self.carry(prices, &mut abroad, width);
            sweep.image.copy_from_slice(&given);
            self.inside(&linkages.pass_prices, j, &abroad, &mut sweep.image, width);
            if sweep.arrives(prices)? {
                break;
            }
        }
        abroad.iter_mut().zip(&direct).for_each(|(abroad, direct)| *abroad += direct);
        let mut costs = vec![0.0; j * n * width];
        self.inside(&linkages.cost, j, &abroad, &mut costs, width);
        Ok(self.wage_rows(&costs, income, width))
    }

    /// `Σ_j b v[j]` from abroad.
    fn carry(&self, prices: &[f64], out: &mut [f64], width: usize) {
        let linkages = self.linkages;
        let (n, j) = (linkages.calibration.region_count(), linkages.calibration.sector_count());
        let (square, plane) = (View::dense(n, n), View::dense(n, width));
        for s in 0..j {
            let left = &linkages.burden[s * n * n..][..n * n];
            let left = Left { elements: left, view: square, transposed: true };
            let right = (&prices[s * n * width..][..n * width], plane);
            multiply((&mut out[s * n * width..][..n * width], plane), false, left, right);
        }
    }

    /// Adds every region's `factors` (`[region, row, sector]`) times `from` to `to`.
    fn inside(&self, factors: &[f64], rows: usize, from: &[f64], to: &mut [f64], width: usize) {
        let (n, j) = (self.linkages.calibration.region_count(), self.linkages.calibration.sector_count());
        let spaced = |rows| View { rows, columns: width, stride: n * width };
        for region in 0..n {
            let elements = &factors[region * rows * j..][..rows * j];
            let left = Left { elements, view: View::dense(rows, j), transposed: false };
            let (at, to_end) = (region * width, ((rows - 1) * n + region + 1) * width);
            let from = &from[at..((j - 1) * n + region + 1) * width];
            multiply((&mut to[at..to_end], spaced(rows)), true, left, (from, spaced(j)));
        }
    }

    /// The wage rows over `w L` without `φ[i]` itself, `[region, column]`.
    fn wage_rows(&self, costs: &[f64], income: &[f64], width: usize) -> Vec<f64> {
        let n = self.linkages.calibration.region_count();
        let mut rows = vec![0.0; n * width];
        let mut row = vec![0.0; n];
        for at in 0..width {
            let column = |values: &[f64]| values.iter().skip(at).step_by(width).copied().collect::<Vec<_>>();
            wage_row(self.linkages, self.incomes, &column(costs), &column(income), &mut row);
            rows.iter_mut().skip(at).step_by(width).zip(&row).for_each(|(to, from)| *to = *from);
        }
        rows
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

/// One loop on its way, from `x` to its image.
struct Sweep {
    width: usize,
    tolerance: f64,
    /// `g(x)`.
    image: Vec<f64>,
    previous: f64,
    sweeps: usize,
}

impl Sweep {
    fn new(width: usize, tolerance: f64, length: usize) -> Self {
        Self { width, tolerance, image: vec![0.0; length], previous: f64::INFINITY, sweeps: 0 }
    }

    /// Moves `x` on from its image. True if the last change, and all that would
    /// follow at the rate at which changes shrink, is below the tolerance of every
    /// column's largest value.
    fn arrives(&mut self, x: &mut Vec<f64>) -> Result<bool, StrategyError> {
        let (mut gap, mut size) = (vec![0.0_f64; self.width], vec![0.0_f64; self.width]);
        pulp::Arch::new().dispatch(Gaps {
            width: self.width,
            x,
            image: &self.image,
            gap: &mut gap,
            size: &mut size,
        });
        let relative = |(gap, size): (&f64, &f64)| if *size > 0.0 { gap / size } else { *gap };
        // Not `max`, which would drop a NaN.
        let worst = gap.iter().zip(&size).map(relative).fold(0.0, |a: f64, b| if b <= a { a } else { b });
        self.sweeps += 1;
        let rate = (worst / self.previous).clamp(0.0, 0.95);
        let left = if self.sweeps == 1 { worst } else { worst * rate.max(0.2) / (1.0 - rate) };
        let arrived = (left <= self.tolerance && self.sweeps > 1) || worst <= 4.0 * f64::EPSILON;
        if !arrived && (worst.is_nan() || self.sweeps >= MOST_SWEEPS) {
            return Err(StrategyError::NoConvergence {
                what: "the shadow values".to_owned(),
                residual: worst,
                rounds: self.sweeps,
                advice: "ask for a larger tolerance, or leave out sectors that add almost no value",
            });
        }
        self.previous = worst;
        std::mem::swap(x, &mut self.image);
        Ok(arrived)
    }
}

/// Largest change and largest value of every column.
struct Gaps<'a> {
    width: usize,
    x: &'a [f64],
    image: &'a [f64],
    gap: &'a mut [f64],
    size: &'a mut [f64],
}

impl pulp::NullaryFnOnce for Gaps<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let (gaps, sizes) = (self.gap.chunks_exact_mut(TILE), self.size.chunks_exact_mut(TILE));
        for (tile, (gaps, sizes)) in gaps.zip(sizes).enumerate() {
            let (mut most, mut largest) = ([0.0_f64; TILE], [0.0_f64; TILE]);
            for row in (tile * TILE..self.x.len()).step_by(self.width) {
                let (x, image) = (&self.x[row..][..TILE], &self.image[row..][..TILE]);
                for l in 0..TILE {
                    let (gap, size) = ((image[l] - x[l]).abs(), image[l].abs());
                    most[l] = if gap <= most[l] { most[l] } else { gap };
                    largest[l] = if size <= largest[l] { largest[l] } else { size };
                }
            }
            gaps.copy_from_slice(&most);
            sizes.copy_from_slice(&largest);
        }
    }
}
