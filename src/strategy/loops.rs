//! The two loops of the adjoint, several columns at a time.
//!
//! The equations are those of [`adjoint`](super::adjoint). A block of columns, some
//! for a unit of `φ` of a region and some for objectives, goes through loop A until
//! its `κ` and `m` stand, then through loop B. Trade and inputs are products of dense
//! matrices; all columns of a block stop together, at the largest relative change.

use super::adjoint::{Incomes, Source, Start, wage_row};
use super::error::StrategyError;
use super::linkages::Linkages;
use crate::numerics::product::{Left, TILE, View, multiply};

/// Sweeps of one loop at the most.
const MOST_SWEEPS: usize = 400;

/// What a column of the loops stands for.
enum Column<'a> {
    /// A unit of `φ` of a region.
    Unit(usize),
    Objective(&'a Source),
    /// Zeros that fill a tile.
    Padding,
}

/// Columns carried together, each array `[…, column]`.
pub(super) struct Columns {
    pub width: usize,
    /// `κ`, then `m`, `[sector + 1, region, column]`.
    pub sales: Vec<f64>,
    /// `v`, `[sector, region, column]`.
    pub prices: Vec<f64>,
    /// Wage rows over `w L`, `[region, column]`.
    pub rows: Vec<f64>,
}

/// The two loops over one block of columns.
pub(super) struct Loops<'a> {
    pub linkages: &'a Linkages<'a>,
    pub incomes: &'a Incomes,
    pub sources: &'a [Source],
    pub tolerance: f64,
    /// The first column; the first `N` are the units.
    pub from: usize,
}

impl Loops<'_> {
    pub fn run(&self, width: usize, near: &Start) -> Result<Columns, StrategyError> {
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
