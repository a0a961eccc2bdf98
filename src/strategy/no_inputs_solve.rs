//! The equations of an [economy without inputs](super::no_inputs), their
//! derivative, and Newton's method.
//!
//! In `x = (ln ŵ, ln Ê)`, with `P = (1+e) T` and `τ = t P`:
//!
//! ```text
//! ∂F1[i]/∂ln ŵ[k] = δ[ik] (ℓ ŵ + Σ_sj a θ T[s,j,i]) − Σ_sj a θ T[s,j,i] s[s,j,k],     ∂F1[i]/∂ln Ê[j] = −Σ_s a T[s,j,i]
//! ∂F2[i]/∂ln ŵ[k] = δ[ik] Σ_sj θ P[s,j,i] − Σ_sj θ P[s,j,i] s[s,j,k] + Σ_s θ (τ[s,i,k] − s[s,i,k] Σ_l τ[s,i,l])
//! ∂F2[i]/∂ln Ê[j] = δ[ij] (X Ê − Σ_sl τ[s,i,l]) − Σ_s P[s,j,i]
//! ```
//!
//! `γ b^(−θ)` is taken once a policy, so an evaluation costs one exponential a
//! sector and region. Near a known equilibrium its inverse serves again and again
//! (chords); a chord that gains less than a factor of ten gives way to a tangent.
//!
//! Source: Ossa (2014), *American Economic Review* 104(12), for the equations;
//! the derivative is this project's.

use super::economy::Policy;
use super::error::StrategyError;
use super::no_inputs::NoInputs;
use crate::equilibrium::EquilibriumError;
use crate::numerics::linear::inverse;
use crate::numerics::product::{Left, TILE, View, multiply};
use crate::numerics::vector;

/// Residual at which the equilibrium counts as found at once.
const TARGET: f64 = 3e-14;
/// Residual that is good enough when Newton's method no longer gains.
const TOLERANCE: f64 = 1e-11;
/// Residual below which a step that gains nothing is rounding error.
const STALLED: f64 = 1e-12;
/// Newton steps at the most.
const MAX_STEPS: usize = 80;
/// Largest change of a logarithm in one step.
const STEP_LIMIT: f64 = 1.5;
/// An old inverse is kept while each step shrinks the residual at least so much.
const CHORD: f64 = 0.1;

/// Everything at a point `(ln ŵ, ln Ê)`.
pub(super) struct Point {
    /// `s`, `[sector, importer, exporter]`.
    pub share: Vec<f64>,
    /// `T`, same shape.
    pub trade: Vec<f64>,
    /// `Z Ê`, `[sector, importer]`.
    pub spending: Vec<f64>,
    /// `Y`, `[sector, region]`.
    pub sales: Vec<f64>,
    /// Tariffs and export taxes collected, `[region]`.
    pub collected: Vec<f64>,
    /// `ln P̂`, `[region]`.
    pub price: Vec<f64>,
    /// (3) over `ℓ`, then (4) over `X`, the last row being the numeraire.
    residual: Vec<f64>,
}

impl NoInputs {
    /// `γ b^(−θ)`, `[sector, importer, exporter]`: what does not change with wages.
    pub(super) fn access(&self, policy: &Policy) -> Vec<f64> {
        let n = self.regions.len();
        let mut access = vec![0.0; self.share.len()];
        for cell in 0..access.len() {
            access[cell] = (1.0 + policy.tariff[cell]) * (1.0 + policy.export_tax[cell])
                / ((1.0 + self.base.tariff[cell]) * (1.0 + self.base.export_tax[cell]));
        }
        vector::ln(&mut access);
        for (s, block) in access.chunks_exact_mut(n * n).enumerate() {
            block.iter_mut().for_each(|cell| *cell *= -self.theta[s]);
        }
        vector::exp(&mut access);
        access.iter_mut().zip(&self.share).for_each(|(cell, share)| *cell *= share);
        access
    }

    /// (1) to (4) at `x = (ln ŵ, ln Ê)`.
    pub(super) fn evaluate(&self, access: &[f64], policy: &Policy, x: &[f64]) -> Point {
        let n = self.regions.len();
        let count = self.sectors.len();
        let mut wage = vec![0.0; count * n];
        for (s, row) in wage.chunks_exact_mut(n).enumerate() {
            row.iter_mut().zip(x).for_each(|(cell, w)| *cell = -self.theta[s] * w);
        }
        vector::exp(&mut wage);
        let mut level = x.to_vec();
        vector::exp(&mut level);
        let (wage_hat, income_hat) = level.split_at(n);
        let mut share = access.to_vec();
        let mut trade = vec![0.0; share.len()];
        let mut spending = self.spending.clone();
        let mut sales = vec![0.0; count * n];
        let (mut collected, mut price) = (vec![0.0; n], vec![0.0; n]);
        for row in 0..count * n {
            let (s, importer) = (row / n, row % n);
            if spending[row] == 0.0 {
                share[row * n..][..n].fill(0.0);
                continue;
            }
            let cells = &mut share[row * n..][..n];
            cells.iter_mut().zip(&wage[s * n..][..n]).for_each(|(cell, w)| *cell *= w);
            let sum: f64 = cells.iter().sum();
            let each = 1.0 / sum;
            cells.iter_mut().for_each(|cell| *cell *= each);
            price[importer] -= spending[row] / self.income[importer] / self.theta[s] * vector::ln1(sum);
            spending[row] *= income_hat[importer];
            let mut tariffs = 0.0;
            for exporter in 0..n {
                let cell = row * n + exporter;
                let (t, e) = (policy.tariff[cell], policy.export_tax[cell]);
                let value = share[cell] * spending[row] / ((1.0 + t) * (1.0 + e));
                trade[cell] = value;
                sales[s * n + exporter] += value;
                collected[exporter] += e * value;
                tariffs += t * (1.0 + e) * value;
            }
            collected[importer] += tariffs;
        }
        let mut residual = vec![0.0; 2 * n];
        let (mut wages, mut output) = (vec![0.0; n], vec![0.0; n]);
        for (cell, value) in sales.iter().enumerate() {
            wages[cell % n] += self.wage_share[cell / n] * value;
            output[cell % n] += value;
        }
        let world: f64 = self.payroll.iter().sum();
        let mut numeraire = -1.0;
        for i in 0..n {
            residual[i] = wage_hat[i] - wages[i] / self.payroll[i];
            residual[n + i] = income_hat[i] - (output[i] + collected[i] + self.transfer[i]) / self.income[i];
            numeraire += self.payroll[i] * wage_hat[i] / world;
        }
        residual[2 * n - 1] = numeraire;
        Point { share, trade, spending, sales, collected, price, residual }
    }

    /// The inverse of the derivative of the residual in `x`, `[2N, 2N]`.
    pub(super) fn inverse_at(
        &self,
        policy: &Policy,
        point: &Point,
        x: &[f64],
    ) -> Result<Vec<f64>, StrategyError> {
        let n = self.regions.len();
        let jacobian = self.jacobian(policy, point, x);
        inverse(&jacobian, 2 * n, self.arithmetic).map_err(|_| StrategyError::Singular {
            what: "wages and incomes",
            place: "an equilibrium; some region may not trade at all".to_owned(),
        })
    }

    /// The derivative itself. Row `i < N` is (3), row `N + i` is (4).
    fn jacobian(&self, policy: &Policy, point: &Point, x: &[f64]) -> Vec<f64> {
        let n = self.regions.len();
        let size = 2 * n;
        let mut jacobian = vec![0.0; size * size];
        let mut inward = vec![0.0; n];
        // Without export taxes, and one wage share, `a P = a T`: one product serves both.
        let a = self.wage_share[0];
        let one = policy.export_tax.iter().all(|e| *e == 0.0) && self.wage_share.iter().all(|b| *b == a);
        let (mut earned, mut paid_out) = (vec![0.0; point.trade.len()], Vec::new());
        paid_out.resize(if one { 0 } else { point.trade.len() }, 0.0);
        for row in 0..self.spending.len() {
            let (s, importer) = (row / n, row % n);
            if point.spending[row] == 0.0 {
                continue;
            }
            let (theta, a) = (self.theta[s], self.wage_share[s]);
            let mut tariffs = 0.0;
            for exporter in 0..n {
                let cell = row * n + exporter;
                let value = point.trade[cell];
                if value == 0.0 {
                    continue;
                }
                let (t, e) = (policy.tariff[cell], policy.export_tax[cell]);
                let paid = (1.0 + e) * value;
                tariffs += t * paid;
                inward[exporter] = theta * t * paid;
                earned[cell] = a * theta * value;
                if !one {
                    paid_out[cell] = theta * paid;
                }
                let wages = &mut jacobian[exporter * size..][..size];
                wages[exporter] += a * theta * value;
                wages[n + importer] -= a * value;
                let incomes = &mut jacobian[(n + exporter) * size..][..size];
                incomes[exporter] += theta * paid;
                incomes[n + importer] -= paid;
            }
            if tariffs != 0.0 {
                let incomes = &mut jacobian[(n + importer) * size..][..size];
                vector::add_scaled(&mut incomes[..n], 1.0, &inward);
                vector::add_scaled(&mut incomes[..n], -theta * tariffs, &point.share[row * n..][..n]);
                incomes[n + importer] -= tariffs;
            }
            inward.fill(0.0);
        }
        let stride = n.next_multiple_of(TILE);
        let mut share = vec![0.0; self.spending.len() * stride];
        for (to, from) in share.chunks_exact_mut(stride).zip(point.share.chunks_exact(n)) {
            to[..n].copy_from_slice(from);
        }
        let wages = diverted(&earned, &share, n);
        let incomes =
            if one { wages.iter().map(|value| value / a).collect() } else { diverted(&paid_out, &share, n) };
        for i in 0..n {
            vector::add_scaled(&mut jacobian[i * size..][..n], -1.0, &wages[i * stride..][..n]);
            vector::add_scaled(&mut jacobian[(n + i) * size..][..n], -1.0, &incomes[i * stride..][..n]);
        }
        let world: f64 = self.payroll.iter().sum();
        for i in 0..n {
            let of = |k: usize| vector::exp1(x[k]);
            let wages = &mut jacobian[i * size..][..size];
            wages.iter_mut().for_each(|cell| *cell /= self.payroll[i]);
            wages[i] += of(i);
            let incomes = &mut jacobian[(n + i) * size..][..size];
            incomes.iter_mut().for_each(|cell| *cell /= self.income[i]);
            incomes[n + i] += of(n + i);
        }
        let last = &mut jacobian[(size - 1) * size..];
        last.fill(0.0);
        (0..n).for_each(|k| last[k] = self.payroll[k] * vector::exp1(x[k]) / world);
        jacobian
    }

    /// A market that nobody can supply any more, if there is one.
    fn no_supplier(&self, point: &Point) -> Option<StrategyError> {
        let n = self.regions.len();
        let row = (0..self.spending.len())
            .find(|row| point.share[row * n..][..n].iter().any(|s| !s.is_finite()))?;
        let (sector, importer) = (self.sectors[row / n].clone(), self.regions[row % n].clone());
        Some(EquilibriumError::NoSupplier { sector, importer }.into())
    }

    /// Newton's method from `x`, with an old inverse as long as it serves.
    pub(super) fn newton(
        &self,
        policy: &Policy,
        x: &mut Vec<f64>,
        mut old: Option<Vec<f64>>,
    ) -> Result<Point, StrategyError> {
        let size = x.len();
        let access = self.access(policy);
        let mut point = self.evaluate(&access, policy, x);
        let mut residual = vector::max_abs(&point.residual);
        if !residual.is_finite() {
            x.fill(0.0);
            old = None;
            point = self.evaluate(&access, policy, x);
            residual = vector::max_abs(&point.residual);
            if !residual.is_finite() {
                return Err(self.no_supplier(&point).unwrap_or_else(|| unusable_start(residual)));
            }
        }
        let mut history = vec![residual];
        let mut chord = old.is_some();
        let mut kept = old.unwrap_or_default();
        while history.len() < MAX_STEPS && residual > TARGET {
            if !chord {
                kept = self.inverse_at(policy, &point, x)?;
            }
            let step: Vec<f64> = kept
                .chunks_exact(size)
                .map(|row| -row.iter().zip(&point.residual).map(|(a, b)| a * b).sum::<f64>())
                .collect();
            let length = vector::max_abs(&step);
            let mut lambda = if length > STEP_LIMIT { STEP_LIMIT / length } else { 1.0 };
            let mut better = None;
            for _ in 0..if chord || residual < STALLED { 1 } else { 12 } {
                let mut trial = x.clone();
                vector::add_scaled(&mut trial, lambda, &step);
                let there = self.evaluate(&access, policy, &trial);
                let size = vector::max_abs(&there.residual);
                if size < residual {
                    better = Some((trial, there, size));
                    break;
                }
                lambda *= 0.5;
            }
            match better {
                Some((trial, there, size)) => {
                    // A chord that gains little is replaced by the tangent.
                    chord = size < CHORD * residual;
                    (*x, point, residual) = (trial, there, size);
                    history.push(residual);
                }
                None if chord && residual > STALLED => chord = false,
                None => break,
            }
        }
        if residual > TOLERANCE {
            let (worst, _) =
                point.residual.iter().enumerate().fold((0, 0.0), |(at, most), (i, r)| {
                    if r.abs() > most { (i, r.abs()) } else { (at, most) }
                });
            return Err(EquilibriumError::NoConvergence {
                residual,
                tolerance: TOLERANCE,
                evaluations: history.len(),
                worst: self.regions[worst % self.regions.len()].clone(),
                history,
            }
            .into());
        }
        Ok(point)
    }
}

/// `Σ_sj value[s,j,i] share[s,j,k]`, `[region, padded region]`.
fn diverted(value: &[f64], share: &[f64], n: usize) -> Vec<f64> {
    let (rows, stride) = (value.len() / n, n.next_multiple_of(TILE));
    let mut out = vec![0.0; n * stride];
    let left = Left { elements: value, view: View::dense(rows, n), transposed: true };
    multiply((&mut out, View::dense(n, stride)), false, left, (share, View::dense(rows, stride)));
    out
}

fn unusable_start(residual: f64) -> StrategyError {
    let what = "the residual at the base".to_owned();
    EquilibriumError::Unusable { what, value: residual, expected: "a number" }.into()
}
