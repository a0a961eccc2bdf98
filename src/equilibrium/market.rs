//! One sector's world market: prices, sales and duties in a single pass.
//!
//! With `u[i] = ĉ[i]^(−θ)` and the weights of [`barriers`](super::barriers):
//!
//! ```text
//! S[n] = Σ_i A[n,i] u[i],    P̂[n] = S[n]^(−1/θ)                       (H2)
//! Y[i] = u[i] Σ_n B[n,i] X[n] / S[n]          producer receipts       (E1)
//! T[n] = X[n] (1 − Σ_i C[n,i] u[i] / S[n])    tariff revenue
//! E[i] = u[i] Σ_n (C − B)[n,i] X[n] / S[n]    export tax revenue
//! ```
//!
//! Unit costs enter less their smallest logarithm, so that no power overflows
//! however large θ is. A row of exporters is read once and used twice.

use super::barriers::SectorWeights;
use crate::numerics::vector::{LANES, add_scaled, dot, sum_lanes};

/// What a sector's market gives, `[region]` each. Revenues are added to what
/// is there, the rest is overwritten.
pub(super) struct MarketSlices<'a> {
    /// `X[n]`, read.
    pub expenditure: &'a [f64],
    /// `S[n]`; 0 where no supplier exists.
    pub weight: &'a mut [f64],
    /// `X[n] / S[n]`.
    pub spending_per_weight: &'a mut [f64],
    /// `Σ_i C[n,i] u[i] / S[n]`: the part of spending that reaches the border.
    pub border_share: &'a mut [f64],
    /// `Y[i]`.
    pub output: &'a mut [f64],
    /// `T[n]`, added to.
    pub tariff_revenue: &'a mut [f64],
    /// `E[i]`, added to.
    pub export_tax_revenue: &'a mut [f64],
}

impl MarketSlices<'_> {
    /// Clears one sector's market, given `u`. `sums` is scratch as long as `u`.
    #[inline(always)]
    pub fn clear(&mut self, weights: &SectorWeights, u: &[f64], sums: &mut [f64]) {
        match weights {
            SectorWeights::Home(diagonal) => self.clear_at_home(diagonal, u),
            SectorWeights::Traded { a, b, c } => {
                self.clear_abroad(a, b, c.as_deref().unwrap_or(b), u, sums);
                if let Some(c) = c {
                    self.tax_exports(c, u, sums);
                }
            }
        }
    }

    #[inline(always)]
    fn clear_at_home(&mut self, diagonal: &[f64], u: &[f64]) {
        for i in 0..self.expenditure.len() {
            let weight = diagonal[i] * u[i];
            let served = weight > 0.0;
            self.weight[i] = weight;
            self.spending_per_weight[i] = if served { self.expenditure[i] / weight } else { 0.0 };
            self.border_share[i] = 1.0;
            self.output[i] = if served { self.expenditure[i] } else { 0.0 };
        }
    }

    #[inline(always)]
    fn clear_abroad(&mut self, a: &[f64], b: &[f64], c: &[f64], u: &[f64], sums: &mut [f64]) {
        let (stride, taxed) = (u.len(), !std::ptr::eq(b, c));
        sums.fill(0.0);
        for importer in 0..self.expenditure.len() {
            let row = importer * stride..(importer + 1) * stride;
            let b = &b[row.clone()];
            let (weight, producer) = two_dots(&a[row.clone()], b, u);
            let border = if taxed { dot(&c[row], u) } else { producer };
            let served = weight > 0.0;
            let f = if served { self.expenditure[importer] / weight } else { 0.0 };
            self.weight[importer] = weight;
            self.spending_per_weight[importer] = f;
            self.border_share[importer] = if served { border / weight } else { 1.0 };
            self.tariff_revenue[importer] += f * (weight - border);
            add_scaled(sums, f, b);
        }
        for ((y, u), sum) in self.output.iter_mut().zip(u).zip(&*sums) {
            *y = u * sum;
        }
    }

    /// What is lost between the border and the producer.
    #[inline(always)]
    fn tax_exports(&mut self, c: &[f64], u: &[f64], sums: &mut [f64]) {
        sums.fill(0.0);
        for (f, c) in self.spending_per_weight.iter().zip(c.chunks_exact(u.len())) {
            add_scaled(sums, *f, c);
        }
        for i in 0..self.output.len() {
            self.export_tax_revenue[i] += u[i] * sums[i] - self.output[i];
        }
    }
}

/// Writes `ln u = −θ (ln ĉ − shift)` and returns the
/// shift: the smallest of the logarithms of unit cost hats.
#[inline(always)]
pub(super) fn log_supply(theta: f64, log_cost: &[f64], log_u: &mut [f64]) -> f64 {
    let shift = log_cost.iter().fold(f64::INFINITY, |min, c| if *c < min { *c } else { min });
    for (u, c) in log_u.iter_mut().zip(log_cost) {
        *u = -theta * (c - shift);
    }
    // The padding meets weights of 0; it only has to stay finite.
    log_u[log_cost.len()..].fill(0.0);
    shift
}

/// `(a·u, b·u)` in one pass; all lengths are the same multiple of [`LANES`].
#[inline(always)]
pub(super) fn two_dots(a: &[f64], b: &[f64], u: &[f64]) -> (f64, f64) {
    let (mut left, mut right) = ([0.0; LANES], [0.0; LANES]);
    let rows = a.chunks_exact(LANES).zip(b.chunks_exact(LANES)).zip(u.chunks_exact(LANES));
    for ((a, b), u) in rows {
        for l in 0..LANES {
            left[l] += a[l] * u[l];
            right[l] += b[l] * u[l];
        }
    }
    (sum_lanes(left), sum_lanes(right))
}
