//! Shadow values of an [economy without inputs](super::no_inputs).
//!
//! With `L = Ω − Σ φ F1 − Σ ψ F2` and the derivative `J` of `(F1, F2)` in
//! `(ln ŵ, ln Ê)`, one product with the kept inverse of `J` gives
//!
//! ```text
//! (φ, ψ) = J'⁻¹ dΩ/d(ln ŵ, ln Ê)
//! κ[s,i] = dΩ/dY[s,i] + a[s] φ[i] + ψ[i],   m[j] = dΩ/dR[j] + ψ[j],   v[s,j] = ω[j] / (X[j] Ê[j])
//!
//! dlnG[j]/dY[s,j] = { λ[s,j] + (R[j]+B[j]) a[s] (λ[s,j] − Λ[j]) / Σ_r a[r] Y[r,j] } / g[j]
//! dlnG[j]/dR[j]   = Λ[j] / g[j],      Λ[j] = Σ_s λ[s,j] δ[s,j]
//! ```
//!
//! `g` is the numerator of `G`. With `h0 = dΩ/dY + e dΩ/dR[i] + t (1+e) dΩ/dR[j]`,
//! what a dollar of a sale is worth before anything else moves,
//!
//! ```text
//! dΩ/dln Ê[j] = Σ_si T h0
//! dΩ/dln ŵ[k] = Σ_sj { s[s,j,k] (θ[s] Σ_i T[s,j,i] h0[s,j,i] − ω[j] μ[s,j]) − θ[s] T[s,j,k] h0[s,j,k] }
//! ```
//!
//! One dollar to everybody changes nothing, so `ψ` of the region whose row gave
//! way to the numeraire is 0; closed forms of the best tariffs do not move.

use super::economy::{Objective, Outcome, Policy, Shadow};
use super::no_inputs::NoInputs;
use crate::numerics::vector::{add_scaled, exp1};

/// Derivatives of every government's `ln G`.
struct Aims {
    /// In its sales, `[sector, region]`.
    sales: Vec<f64>,
    /// In its revenue, `[region]`.
    revenue: Vec<f64>,
    /// How the first grow with the weight of their own sector, the mean of weights
    /// being what it is, `[sector, region]`.
    in_weight: Vec<f64>,
}

impl NoInputs {
    /// Derivatives of `ln G[j]` in `Y[s,j]` and `R[j]`.
    fn aim_derivatives(&self, policy: &Policy, outcome: &Outcome) -> Aims {
        let n = self.regions.len();
        let mut sales = vec![0.0; self.weights.len()];
        let mut revenue = self.transfer.clone();
        for (row, trade) in outcome.trade.chunks_exact(n).enumerate() {
            let (tariff, tax) = (&policy.tariff[row * n..][..n], &policy.export_tax[row * n..][..n]);
            let sales = &mut sales[row / n * n..][..n];
            let mut duties = 0.0;
            for exporter in 0..n {
                let value = trade[exporter];
                sales[exporter] += value;
                revenue[exporter] += tax[exporter] * value;
                duties += tariff[exporter] * (1.0 + tax[exporter]) * value;
            }
            revenue[row % n] += duties;
        }
        let (mut wages, mut weighted, mut earned) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        for (cell, value) in sales.iter().enumerate() {
            let paid = self.wage_share[cell / n] * value;
            wages[cell % n] += paid;
            weighted[cell % n] += self.weights[cell] * paid;
            earned[cell % n] += self.weights[cell] * value;
        }
        let mean: Vec<f64> = weighted.iter().zip(&wages).map(|(a, b)| a / b).collect();
        let g: Vec<f64> = (0..n).map(|j| earned[j] + mean[j] * revenue[j]).collect();
        let slope = |cell: usize| {
            let (a, j) = (self.wage_share[cell / n], cell % n);
            (self.weights[cell] + revenue[j] * a * (self.weights[cell] - mean[j]) / wages[j]) / g[j]
        };
        Aims {
            sales: (0..sales.len()).map(slope).collect(),
            revenue: mean.iter().zip(&g).map(|(mean, g)| mean / g).collect(),
            in_weight: (0..sales.len())
                .map(|cell| {
                    (1.0 + revenue[cell % n] * self.wage_share[cell / n] / wages[cell % n]) / g[cell % n]
                })
                .collect(),
        }
    }

    /// How the worth of a dollar of a region's sales grows with the weight of their sector, `[sector]`.
    pub(super) fn slope_in_weights(&self, policy: &Policy, outcome: &Outcome, region: usize) -> Vec<f64> {
        let slopes = self.aim_derivatives(policy, outcome).in_weight;
        slopes.iter().skip(region).step_by(self.regions.len()).copied().collect()
    }

    /// The shadow values of each objective.
    pub(super) fn adjoint(
        &self,
        policy: &Policy,
        outcome: &Outcome,
        objectives: &[Objective],
    ) -> Vec<Shadow> {
        let aims = self.aim_derivatives(policy, outcome);
        objectives.iter().map(|objective| self.shadow(policy, outcome, &aims, &objective.weights)).collect()
    }

    fn shadow(&self, policy: &Policy, outcome: &Outcome, aims: &Aims, omega: &[f64]) -> Shadow {
        let n = self.regions.len();
        let counted: Vec<usize> = (0..n).filter(|i| omega[*i] != 0.0).collect();
        let slope = self.state_slope(policy, outcome, aims, omega, &counted);
        let mut multiplier = vec![0.0; 2 * n];
        for (row, slope) in outcome.state[2 * n..].chunks_exact(2 * n).zip(&slope) {
            add_scaled(&mut multiplier, *slope, row);
        }
        let phi: Vec<f64> = (0..n).map(|i| multiplier[i] / self.payroll[i]).collect();
        let mut psi: Vec<f64> = (0..n).map(|i| multiplier[n + i] / self.income[i]).collect();
        psi[n - 1] = 0.0;
        let sales = (0..self.weights.len()).map(|cell| {
            let (a, i) = (self.wage_share[cell / n], cell % n);
            omega[i] * aims.sales[cell] + a * phi[i] + psi[i]
        });
        let spent = |j: usize| self.income[j] * exp1(outcome.state[n + j]);
        let prices: Vec<f64> = (0..n).map(|j| omega[j] / spent(j)).collect();
        Shadow {
            sales: sales.collect(),
            revenue: (0..n).map(|j| omega[j] * aims.revenue[j] + psi[j]).collect(),
            prices: (0..self.spending.len()).map(|row| prices[row % n]).collect(),
            state: Vec::new(),
        }
    }

    /// `dΩ/d(ln ŵ, ln Ê)`, `[2N]`.
    fn state_slope(
        &self,
        policy: &Policy,
        outcome: &Outcome,
        aims: &Aims,
        omega: &[f64],
        counted: &[usize],
    ) -> Vec<f64> {
        let n = self.regions.len();
        let mut slope = vec![0.0; 2 * n];
        for row in 0..self.spending.len() {
            let (s, importer) = (row / n, row % n);
            let theta = self.theta[s];
            let mut worth = 0.0;
            for &i in counted {
                let cell = row * n + i;
                let own = omega[i] * (aims.sales[s * n + i] + aims.revenue[i] * policy.export_tax[cell]);
                let value = own * outcome.trade[cell];
                worth += value;
                slope[i] -= theta * value;
            }
            let mut prices = 0.0;
            if omega[importer] != 0.0 {
                for i in 0..n {
                    let cell = row * n + i;
                    let paid = policy.tariff[cell] * (1.0 + policy.export_tax[cell]) * outcome.trade[cell];
                    let value = omega[importer] * aims.revenue[importer] * paid;
                    worth += value;
                    slope[i] -= theta * value;
                }
                prices = omega[importer] * self.spending[row] / self.income[importer];
            }
            slope[n + importer] += worth;
            let weight = theta * worth - prices;
            if weight != 0.0 {
                add_scaled(&mut slope[..n], weight, &outcome.share[row * n..][..n]);
            }
        }
        slope
    }
}
