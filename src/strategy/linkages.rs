//! How a shadow value travels: the coefficients of the adjoint at one equilibrium.
//!
//! Both loops of the [adjoint](super::adjoint) pass a value along trade and then
//! along inputs. What a region buys from itself is most of it, so the part of a
//! loop inside a region is solved at once, by a small inverse a region:
//!
//! ```text
//! A   χ = B r,  (κ, m) = K r + …    B[j] = (I − diag(a[s,j,j]) Γ[j]ᵀ − τ[s,j] α[j]ᵀ)⁻¹,  K[j] = (Γ[j]ᵀ, α[j]ᵀ) B[j]
//! B   ζ = C r,   v = V r + …        C[i] = (I − diag(b[s,i,i]) W[i])⁻¹,   V[i] = W[i] C[i]
//! ```
//!
//! | symbol | code            | meaning                                                  | unit | shape                          |
//! |--------|-----------------|----------------------------------------------------------|------|--------------------------------|
//! | `a`    | `received`      | `s/((1+t)(1+e))`: a dollar spent, at the producer        | 1    | `[sector, importer, exporter]` |
//! | `b`    | `burden`        | `s X[j]/Y[i]`: spending on an exporter over its sales    | 1    | `[sector, importer, exporter]` |
//! | `τ`    | `duties`        | `Σ_i t(1+e) a`: a dollar spent, at the customs           | 1    | `[sector, importer]`           |
//! | `ε`    | `export_duties` | `e a`: a dollar spent, at the exporter's treasury        | 1    | `[sector, importer, exporter]` |
//! | `δ`    | `duties_paid`   | `t(1+e) T/Y[i]`: tariffs on an exporter over its sales   | 1    | `[sector, importer, exporter]` |
//! | `η`    | `taxes_paid`    | `Σ_j e T/Y[i]`: export taxes over sales                  | 1    | `[sector, exporter]`           |
//! | `Γ`    |                 | `γ[i, input, sector]`                                    | 1    | `[input, sector]`              |
//! | `W`    |                 | `γ[j, s, r] Y[r,j]/X[s,j]`: inputs over purchases        | 1    | `[sector, sector]`             |
//!
//! In `received` and `burden` the diagonal is 0: it is in the inverses.

use rayon::prelude::*;

use super::economy::{Outcome, Policy};
use super::error::StrategyError;
use crate::equilibrium::Calibration;
use crate::numerics::linear::Arithmetic;
use crate::numerics::vector::add_scaled;

/// The coefficients. See the module.
pub(super) struct Linkages<'a> {
    pub calibration: &'a Calibration,
    pub arithmetic: Arithmetic,
    pub received: Vec<f64>,
    pub burden: Vec<f64>,
    /// `a` of a region's purchases from itself, `[sector, region]`.
    pub own_received: Vec<f64>,
    /// `b` likewise.
    pub own_burden: Vec<f64>,
    pub duties: Vec<f64>,
    /// Empty without export taxes.
    pub export_duties: Vec<f64>,
    /// Whether some export tax is not 0, `[sector]`.
    pub taxed: Vec<bool>,
    pub duties_paid: Vec<f64>,
    pub taxes_paid: Vec<f64>,
    /// `Y`, `[sector, region]`.
    pub output: Vec<f64>,
    /// Loop A: `B`, `[region, sector, sector]`.
    pub spend: Vec<f64>,
    /// Loop A: `K`, `[region, sector + 1, sector]`, income last.
    pub pass_sales: Vec<f64>,
    /// Loop B: `C`, `[region, sector, sector]`.
    pub cost: Vec<f64>,
    /// Loop B: `V`, `[region, sector, sector]`.
    pub pass_prices: Vec<f64>,
}

/// One sector's coefficients, before the sectors are put together.
struct Market {
    received: Vec<f64>,
    burden: Vec<f64>,
    own_received: Vec<f64>,
    own_burden: Vec<f64>,
    duties: Vec<f64>,
    export_duties: Vec<f64>,
    duties_paid: Vec<f64>,
    taxes_paid: Vec<f64>,
    output: Vec<f64>,
}

impl Market {
    fn new(n: usize, sector: usize, policy: &Policy, outcome: &Outcome) -> Self {
        let cells = sector * n * n..(sector + 1) * n * n;
        let (tariff, tax) = (&policy.tariff[cells.clone()], &policy.export_tax[cells.clone()]);
        let (share, trade) = (&outcome.share[cells.clone()], &outcome.trade[cells]);
        let spending = &outcome.spending[sector * n..][..n];
        let taxed = tax.iter().any(|e| *e != 0.0);
        let zeros = |len: usize| vec![0.0; len];
        let mut market = Self {
            received: zeros(n * n),
            burden: zeros(n * n),
            own_received: zeros(n),
            own_burden: zeros(n),
            duties: zeros(n),
            export_duties: zeros(if taxed { n * n } else { 0 }),
            duties_paid: zeros(n * n),
            taxes_paid: zeros(n),
            output: zeros(n),
        };
        for row in trade.chunks_exact(n) {
            market.output.iter_mut().zip(row).for_each(|(y, sales)| *y += sales);
        }
        for importer in 0..n {
            for exporter in 0..n {
                let cell = importer * n + exporter;
                // A prohibitive tax leaves no share, and infinity times 0 no number.
                if share[cell] == 0.0 {
                    continue;
                }
                let received = share[cell] / ((1.0 + tariff[cell]) * (1.0 + tax[cell]));
                let duty = tariff[cell] * (1.0 + tax[cell]);
                let sold = market.output[exporter];
                let burden = if sold > 0.0 { share[cell] * spending[importer] / sold } else { 0.0 };
                market.duties[importer] += duty * received;
                if sold > 0.0 {
                    market.duties_paid[cell] = duty * trade[cell] / sold;
                    market.taxes_paid[exporter] += tax[cell] * trade[cell] / sold;
                }
                if taxed {
                    market.export_duties[cell] = tax[cell] * received;
                }
                if importer == exporter {
                    market.own_received[importer] = received;
                    market.own_burden[importer] = burden;
                } else {
                    market.received[cell] = received;
                    market.burden[cell] = burden;
                }
            }
        }
        market
    }
}

impl<'a> Linkages<'a> {
    /// The coefficients at an outcome.
    ///
    /// # Errors
    /// [`StrategyError::Singular`] if a region's inputs use up all that it makes.
    pub fn new(
        calibration: &'a Calibration,
        policy: &Policy,
        outcome: &Outcome,
        arithmetic: Arithmetic,
    ) -> Result<Self, StrategyError> {
        let (n, j) = (calibration.region_count(), calibration.sector_count());
        let markets: Vec<Market> =
            (0..j).into_par_iter().map(|sector| Market::new(n, sector, policy, outcome)).collect();
        let taxed: Vec<bool> = markets.iter().map(|market| !market.export_duties.is_empty()).collect();
        let join = |part: fn(&Market) -> &[f64]| -> Vec<f64> {
            markets.iter().map(part).collect::<Vec<_>>().concat()
        };
        let mut export_duties = Vec::new();
        if taxed.contains(&true) {
            export_duties = vec![0.0; j * n * n];
            for (sector, market) in markets.iter().enumerate().filter(|(sector, _)| taxed[*sector]) {
                export_duties[sector * n * n..][..n * n].copy_from_slice(&market.export_duties);
            }
        }
        let mut linkages = Self {
            calibration,
            arithmetic,
            received: join(|market| &market.received),
            burden: join(|market| &market.burden),
            own_received: join(|market| &market.own_received),
            own_burden: join(|market| &market.own_burden),
            duties: join(|market| &market.duties),
            export_duties,
            taxed,
            duties_paid: join(|market| &market.duties_paid),
            taxes_paid: join(|market| &market.taxes_paid),
            output: join(|market| &market.output),
            spend: Vec::new(),
            pass_sales: Vec::new(),
            cost: Vec::new(),
            pass_prices: Vec::new(),
        };
        let solved: Result<Vec<_>, StrategyError> =
            (0..n).into_par_iter().map(|region| linkages.inside(region, &outcome.spending)).collect();
        for [spend, pass_sales, cost, pass_prices] in solved? {
            linkages.spend.extend(spend);
            linkages.pass_sales.extend(pass_sales);
            linkages.cost.extend(cost);
            linkages.pass_prices.extend(pass_prices);
        }
        Ok(linkages)
    }

    /// `B`, `K`, `C`, `V` of one region.
    fn inside(&self, region: usize, spending: &[f64]) -> Result<[Vec<f64>; 4], StrategyError> {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let inputs = &self.calibration.input_share[region * j * j..][..j * j];
        let final_share = &self.calibration.final_share[region * j..][..j];
        let singular = || StrategyError::Singular {
            what: "the shadow values inside a region",
            place: self.calibration.regions.code(region).to_owned(),
        };
        // Γᵀ over αᵀ, [sector + 1, sector].
        let mut income = vec![0.0; (j + 1) * j];
        let mut purchases = vec![0.0; j * j];
        for s in 0..j {
            let bought = spending[s * n + region];
            for r in 0..j {
                income[r * j + s] = inputs[s * j + r];
                if bought > 0.0 {
                    purchases[s * j + r] = inputs[s * j + r] * self.output[r * n + region] / bought;
                }
            }
            income[j * j + s] = final_share[s];
        }
        let (mut spend, mut cost) = (vec![0.0; j * j], vec![0.0; j * j]);
        for s in 0..j {
            let cell = s * n + region;
            for r in 0..j {
                let unit = if s == r { 1.0 } else { 0.0 };
                let earned = self.own_received[cell] * income[s * j + r];
                spend[s * j + r] = unit - earned - self.duties[cell] * final_share[r];
                cost[s * j + r] = unit - self.own_burden[cell] * purchases[s * j + r];
            }
        }
        let (spend, cost) = (invert(spend, j).ok_or_else(singular)?, invert(cost, j).ok_or_else(singular)?);
        let (pass_sales, pass_prices) = (product(&income, &spend, j), product(&purchases, &cost, j));
        Ok([spend, pass_sales, cost, pass_prices])
    }
}

/// `A B`, `B` being `[j, j]` and `A` `[…, j]`.
fn product(a: &[f64], b: &[f64], j: usize) -> Vec<f64> {
    let mut out = vec![0.0; a.len()];
    for (out, a) in out.chunks_exact_mut(j).zip(a.chunks_exact(j)) {
        for (a, b) in a.iter().zip(b.chunks_exact(j)) {
            add_scaled(out, *a, b);
        }
    }
    out
}

/// The inverse of `I − M`, `M` being shares that sum to less than 1 but for rounding:
/// the diagonal dominates, so that elimination needs no pivots. `None` if it does not.
fn invert(mut a: Vec<f64>, j: usize) -> Option<Vec<f64>> {
    let mut row = vec![0.0; j];
    for k in 0..j {
        row.copy_from_slice(&a[k * j..][..j]);
        let pivot = row[k];
        row[k] = 1.0;
        row.iter_mut().for_each(|value| *value /= pivot);
        for (i, other) in a.chunks_exact_mut(j).enumerate() {
            if i == k {
                other.copy_from_slice(&row);
            } else {
                let factor = std::mem::take(&mut other[k]);
                add_scaled(other, -factor, &row);
            }
        }
    }
    a.iter().all(|value| value.is_finite()).then_some(a)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// (1 −½; −¼ 1)⁻¹ = (8/7)(1 ½; ¼ 1); no inverse where nothing is left.
    #[test]
    fn an_inverse_by_hand() {
        let found = invert(vec![1.0, -0.5, -0.25, 1.0], 2).unwrap();
        for (found, want) in found.iter().zip([8.0, 4.0, 2.0, 8.0]) {
            assert!((found - want / 7.0).abs() < 1e-15);
        }
        assert_eq!(invert(vec![0.0], 1), None);
        assert_eq!(product(&[1.0, 2.0], &[3.0, 4.0, 5.0, 6.0], 2), [13.0, 16.0]);
    }
}
