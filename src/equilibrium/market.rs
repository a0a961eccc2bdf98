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
use crate::numerics::vector::{LANES, exp1, ln1, sum_lanes};

/// What a sector's market gives, `[region]` each. Revenues are added to what
/// is there, the rest is overwritten.
pub(super) struct MarketSlices<'a> {
    /// `X[n] / S[n]`.
    pub spending_per_weight: &'a mut [f64],
    /// `ln P̂[n]`; 0 where no supplier exists.
    pub log_price: &'a mut [f64],
    /// `Σ_i C[n,i] u[i] / S[n]`: the part of spending that reaches the border.
    pub border_share: &'a mut [f64],
    /// `Y[i]`.
    pub output: &'a mut [f64],
    /// `T[n]`, added to.
    pub tariff_revenue: &'a mut [f64],
    /// `E[i]`, added to.
    pub export_tax_revenue: &'a mut [f64],
}

/// Writes `u` from the logarithms of unit cost hats and returns the shift: the
/// smallest of them. `u` has the length of the padded row.
#[inline(always)]
pub(super) fn supply(theta: f64, log_cost: &[f64], u: &mut [f64]) -> f64 {
    let shift = log_cost.iter().fold(f64::INFINITY, |min, c| min.min(*c));
    for (u, c) in u.iter_mut().zip(log_cost) {
        *u = exp1(-theta * (c - shift));
    }
    shift
}

/// Clears one sector's market. `sums` is scratch of the padded length.
#[inline(always)]
pub(super) fn clear(
    weights: &SectorWeights,
    theta: f64,
    shift: f64,
    u: &[f64],
    expenditure: &[f64],
    sums: &mut [f64],
    out: &mut MarketSlices<'_>,
) {
    let n = expenditure.len();
    match weights {
        SectorWeights::Home(diagonal) => {
            for i in 0..n {
                let s = diagonal[i] * u[i];
                let served = s > 0.0;
                out.spending_per_weight[i] = if served { expenditure[i] / s } else { 0.0 };
                out.log_price[i] = if served { shift - ln1(s) / theta } else { 0.0 };
                out.border_share[i] = 1.0;
                out.output[i] = if served { expenditure[i] } else { 0.0 };
            }
        }
        SectorWeights::Traded { a, b, c } => {
            let stride = u.len();
            sums.fill(0.0);
            for importer in 0..n {
                let row = importer * stride..(importer + 1) * stride;
                let (a, b) = (&a[row.clone()], &b[row.clone()]);
                let (s, producer) = two_dots(a, b, u);
                let border = match c {
                    Some(c) => two_dots(&c[row.clone()], b, u).0,
                    None => producer,
                };
                let served = s > 0.0;
                let f = if served { expenditure[importer] / s } else { 0.0 };
                out.spending_per_weight[importer] = f;
                out.log_price[importer] = if served { shift - ln1(s) / theta } else { 0.0 };
                out.border_share[importer] = if served { border / s } else { 1.0 };
                out.tariff_revenue[importer] += f * (s - border);
                for (sum, b) in sums.iter_mut().zip(b) {
                    *sum += f * b;
                }
            }
            for i in 0..n {
                out.output[i] = u[i] * sums[i];
            }
            if let Some(c) = c {
                sums.fill(0.0);
                for importer in 0..n {
                    let row = importer * stride..(importer + 1) * stride;
                    let f = out.spending_per_weight[importer];
                    for (sum, c) in sums.iter_mut().zip(&c[row]) {
                        *sum += f * c;
                    }
                }
                for i in 0..n {
                    out.export_tax_revenue[i] += u[i] * sums[i] - out.output[i];
                }
            }
        }
    }
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
