//! Which political weights make given tariffs the best ones?
//!
//! The tariffs `t[s]` of a region on all its partners are its best if the
//! [closed form](super::target) holds. Read backwards it says what a dollar of
//! home sales of each sector must be worth, and that is linear in the weight:
//!
//! ```text
//! C[s]   = m − (m − κ̄[s]) / (1 + t[s])
//! κ[s,j] = { C[s] (1 + θ[s] s[s,j,j]) − m + v } / (θ[s] s[s,j,j])
//! λ[s]  ← λ[s] + (κ[s,j] − κ now) g / (1 + a[s] R[j] / Σ_r a[r] Y[r,j]),    mean λ = 1
//! ```
//!
//! The equilibrium does not depend on the weights, so it is solved once; only the
//! shadow values are, again and again, with Anderson's acceleration.
//!
//! The weights are what fits; they do not say what anybody intends. A negative
//! number would be needed where a tariff is lower than any weight explains: it is
//! cut to 0 and the sector is listed.
//!
//! Source: Ossa (2014), *American Economic Review* 104(12), section III, whose
//! weights were found by search; the closed form is this project's.

use super::economy::{Economy, Objective};
use super::error::StrategyError;
use super::no_inputs::NoInputs;
use crate::numerics::anderson::{self, iterate};
use crate::numerics::linear::Arithmetic;

/// Weights that fit, and how well.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Political weights of the region, `[sector]`, their mean 1.
    pub weights: Vec<f64>,
    /// Largest change that another round would make.
    pub residual: f64,
    /// Sectors whose weight would have to be negative.
    pub unexplained: Vec<usize>,
}

/// Weights of a region's sectors that make its tariffs, one a sector for all
/// partners, the best reply to the base-year tariffs of the others.
///
/// # Errors
/// [`StrategyError::Input`] if the tariffs do not fit the world;
/// [`StrategyError::NoConvergence`]; those of the equilibrium.
pub fn fit_weights(economy: &NoInputs, region: usize, tariff: &[f64]) -> Result<Fit, StrategyError> {
    let (n, sectors) = (economy.region_count(), economy.theta().len());
    if region >= n || tariff.len() != sectors || !tariff.iter().all(|t| *t > -1.0 && t.is_finite()) {
        return Err(StrategyError::Input(format!(
            "weights need a region below {n} and a tariff above -1 for each of {sectors} sectors"
        )));
    }
    let mut policy = economy.base().clone();
    for cell in (0..policy.tariff.len()).filter(|cell| cell / n % n == region && cell % n != region) {
        policy.tariff[cell] = tariff[cell / (n * n)];
    }
    let outcome = economy.solve(&policy, None)?;
    let mut weights = vec![1.0; sectors];
    let mut negative = vec![false; sectors];
    let options = anderson::Options {
        target: 1e-12,
        tolerance: 1e-9,
        max_evaluations: 400,
        memory: 8,
        step_limit: 0.5,
        arithmetic: Arithmetic::default(),
    };
    let found = iterate(&mut weights, &options, |weights, next| {
        let mut all = economy.weights().to_vec();
        for s in 0..sectors {
            all[s * n + region] = weights[s].max(0.0);
        }
        let model = economy.clone().with_weights(&all)?;
        let shadow = &model.shadows(&policy, &outcome, &[Objective::of(region, n)], &[], 1e-12)?[0];
        let slope = model.slope_in_weights(&policy, &outcome, region);
        let m = shadow.revenue[region];
        for s in 0..sectors {
            let row = s * n + region;
            let share = &outcome.share[row * n..][..n];
            let home = share[region];
            let (theta, now) = (economy.theta()[s], shadow.sales[row]);
            let abroad: f64 = (0..n).filter(|i| *i != region).map(|i| share[i]).sum();
            if !(home > 0.0 && abroad > 0.0) {
                // Without home sales or without imports no weight matters to this tariff.
                next[s] = 1.0;
                continue;
            }
            let worth: f64 = (0..n)
                .filter(|i| *i != region)
                .map(|i| {
                    let e = policy.export_tax[row * n + i];
                    share[i] / abroad * (shadow.sales[s * n + i] + shadow.revenue[i] * e) / (1.0 + e)
                })
                .sum();
            let common = m - (m - worth) / (1.0 + tariff[s]);
            let wanted = (common * (1.0 + theta * home) - m + shadow.prices[row]) / (theta * home);
            next[s] = weights[s].max(0.0) + (wanted - now) / slope[s];
            negative[s] = next[s] < 0.0;
            next[s] = next[s].max(0.0);
        }
        let mean = next.iter().sum::<f64>() / sectors as f64;
        next.iter_mut().for_each(|weight| *weight /= mean);
        Ok::<f64, StrategyError>(next.iter().zip(weights).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max))
    })?;
    if !found.converged {
        return Err(StrategyError::NoConvergence {
            what: format!("the political weights of {}", economy.regions()[region]),
            residual: found.residual,
            rounds: found.history.len(),
            advice: "Some tariff may be beyond what weights explain: leave it out or change it",
        });
    }
    let mean = weights.iter().map(|w| w.max(0.0)).sum::<f64>() / sectors as f64;
    let weights = weights.iter().map(|w| w.max(0.0) / mean).collect();
    let unexplained = (0..sectors).filter(|s| negative[*s]).collect();
    Ok(Fit { weights, residual: found.residual, unexplained })
}
