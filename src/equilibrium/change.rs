//! What differs between two equilibria: who gains, and through what.
//!
//! Exact, with `P[n] = Π_j P[j,n]^α[n,j]` the price of final spending:
//!
//! ```text
//! welfare_exact = (I₁/I₀) / (P₁/P₀) − 1          real_wage = (w₁/w₀) / (P₁/P₀) − 1
//! ```
//!
//! First order, `dx = x₁/x₀ − 1`, at the flows of the first equilibrium, with
//! border prices `p = c (1+e)` (the wedges of caps in `t` and `e`), producer receipts `Q = M/(1+e)` and iceberg costs `d`:
//!
//! ```text
//! terms_of_trade  = ( Σ_{j,m} M[j,m,n] dp[j,m,n] − Σ_{j,i} M[j,n,i] dp[j,n,i] ) / I
//! volume_of_trade = ( Σ_{j,i} t M (dM − dp) + Σ_{j,m} e Q (dQ − dc) ) / I
//! trade_costs     = − Σ_{j,i} (1+t) M dd / I,      transfers = ΔD / I
//! welfare_linear  = their sum
//! ```
//!
//! For small changes the sum is the derivative of `ln welfare`; for large ones
//! it can be far off. The published gain of Mexico from NAFTA is the linear
//! number, 1.31 per cent; the exact one is 0.007.
//!
//! Source: Caliendo and Parro (2015), section 4.1; with export taxes and
//! icebergs by the same differentiation.

use std::iter::Peekable;
use std::slice::Iter;

use super::calibration::Calibration;
use super::caps::CappedFlow;
use super::solve::Equilibrium;
use crate::ledger::PolicyState;

/// Changes from one equilibrium to another, as fractions (0.01 is 1 %),
/// `[region]` unless said.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Real income: the equivalent variation of homothetic preferences.
    pub welfare_exact: Vec<f64>,
    /// First-order formula: the sum of its four parts.
    pub welfare_linear: Vec<f64>,
    /// Export prices against import prices.
    pub terms_of_trade: Vec<f64>,
    /// Quantities traded across taxed borders.
    pub volume_of_trade: Vec<f64>,
    /// Iceberg costs.
    pub trade_costs: Vec<f64>,
    /// Deficits.
    pub transfers: Vec<f64>,
    /// Wage over the price of final spending.
    pub real_wage: Vec<f64>,
    /// Wage in the numeraire.
    pub wage: Vec<f64>,
    /// Price of final spending in the numeraire.
    pub price_index: Vec<f64>,
    /// Price of a sector's goods for buyers in a region, in the numeraire,
    /// `[sector, region]`; 0 where nothing is bought.
    pub sector_price: Vec<f64>,
    /// Volume of gross output, `[sector, region]`; 0 where nothing was produced.
    pub gross_output: Vec<f64>,
    /// Employment, `[sector, region]`; 0 where nobody worked.
    pub employment: Vec<f64>,
    /// Wage of a sector over the price of final spending, `[sector, region]`.
    pub sector_real_wage: Vec<f64>,
}

impl Change {
    /// The change from `before` to `after`, both solved from `calibration`.
    pub fn between(calibration: &Calibration, before: &Equilibrium, after: &Equilibrium) -> Self {
        let (n, j) = (calibration.region_count(), calibration.sector_count());
        let ratio = |a: &[f64], b: &[f64]| -> Vec<f64> { a.iter().zip(b).map(|(a, b)| a / b).collect() };
        let wage_hat = ratio(&after.wage_hat, &before.wage_hat);
        let income_hat = ratio(&after.income_musd, &before.income_musd);
        let cost_hat = ratio(&after.cost_hat, &before.cost_hat);
        let price_hat = ratio(&after.consumption_price_hat, &before.consumption_price_hat);
        let sector_price_hat = ratio(&after.price_hat, &before.price_hat);
        let parts = LinearParts::between(n, before, after, &cost_hat);
        let volume =
            |value: f64, base: f64, price: f64| if base > 0.0 { value / base / price - 1.0 } else { 0.0 };
        let (mut gross_output, mut employment) = (vec![0.0; j * n], vec![0.0; j * n]);
        for cell in 0..j * n {
            let (new, old) = (after.output_musd[cell], before.output_musd[cell]);
            gross_output[cell] = volume(new, old, cost_hat[cell]);
            employment[cell] = volume(after.employment_hat[cell], before.employment_hat[cell], 1.0);
        }
        let sector_real_wage = (0..j * n)
            .map(|cell| {
                after.sector_wage_hat[cell] / before.sector_wage_hat[cell] / price_hat[cell % n] - 1.0
            })
            .collect();
        let less_one = |hats: &[f64]| hats.iter().map(|h| h - 1.0).collect::<Vec<_>>();
        Self {
            welfare_exact: less_one(&ratio(&income_hat, &price_hat)),
            welfare_linear: (0..n).map(|i| parts.sum(i)).collect(),
            real_wage: less_one(&ratio(&wage_hat, &price_hat)),
            wage: less_one(&wage_hat),
            price_index: less_one(&price_hat),
            sector_price: less_one(&sector_price_hat),
            terms_of_trade: parts.terms_of_trade,
            volume_of_trade: parts.volume_of_trade,
            trade_costs: parts.trade_costs,
            transfers: parts.transfers,
            gross_output,
            employment,
            sector_real_wage,
        }
    }
}

/// Taxes of an equilibrium with the wedges of its caps, flow by flow.
struct Taxes<'a> {
    policy: &'a PolicyState,
    capped: Peekable<Iter<'a, CappedFlow>>,
}

/// Taxes of one flow.
struct FlowTaxes {
    tariff: f64,
    export_tax: f64,
    /// `1 + e`; of a capped flow that of the base year's basket.
    border_price: f64,
}

impl<'a> Taxes<'a> {
    fn of(equilibrium: &'a Equilibrium) -> Self {
        Self { policy: &equilibrium.policy, capped: equilibrium.capped_flows.iter().peekable() }
    }

    /// Of the flow at `cell`; cells come in the order of the arrays.
    #[inline]
    fn at(&mut self, cell: usize) -> FlowTaxes {
        while self.capped.next_if(|flow| flow.cell < cell).is_some() {}
        if let Some(flow) = self.capped.next_if(|flow| flow.cell == cell) {
            let CappedFlow { tariff, export_tax, border_price, .. } = *flow;
            return FlowTaxes { tariff, export_tax, border_price };
        }
        let (tariff, export_tax) = (self.policy.tariff[cell], self.policy.export_tax[cell]);
        FlowTaxes { tariff, export_tax, border_price: 1.0 + export_tax }
    }
}

/// The four parts of the first-order formula, `[region]`.
struct LinearParts {
    terms_of_trade: Vec<f64>,
    volume_of_trade: Vec<f64>,
    trade_costs: Vec<f64>,
    transfers: Vec<f64>,
}

impl LinearParts {
    fn between(n: usize, before: &Equilibrium, after: &Equilibrium, cost_hat: &[f64]) -> Self {
        let (mut terms, mut volume, mut icebergs) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
        let (mut taxes, mut new_taxes) = (Taxes::of(before), Taxes::of(after));
        let (old_iceberg, new_iceberg) = (&before.policy.iceberg_hat, &after.policy.iceberg_hat);
        let rows = before.trade_musd.chunks_exact(n).zip(after.trade_musd.chunks_exact(n));
        for (row, (bought, buys)) in rows.enumerate() {
            let (importer, costs) = (row % n, &cost_hat[row / n * n..][..n]);
            for exporter in 0..n {
                let (cell, cost, m0, m1) =
                    (row * n + exporter, costs[exporter], bought[exporter], buys[exporter]);
                if m0 == 0.0 {
                    continue;
                }
                let (old, new) = (taxes.at(cell), new_taxes.at(cell));
                let same = new.border_price == old.border_price;
                let tax = if same { 1.0 } else { new.border_price / old.border_price };
                // An infinite tax stops the flow; its price is then what it was.
                let tax = if tax.is_finite() { tax } else { 1.0 };
                let border_price = cost * tax - 1.0;
                if importer != exporter {
                    terms[exporter] += m0 * border_price;
                    terms[importer] -= m0 * border_price;
                }
                if old.tariff != 0.0 {
                    volume[importer] += old.tariff * m0 * (m1 / m0 - 1.0 - border_price);
                }
                if old.export_tax != 0.0 {
                    let (q0, q1) = (m0 / (1.0 + old.export_tax), m1 / (1.0 + new.export_tax));
                    volume[exporter] += old.export_tax * q0 * (q1 / q0 - cost);
                }
                let (d0, d1) = (old_iceberg[cell], new_iceberg[cell]);
                if d0 != d1 && d1.is_finite() {
                    icebergs[importer] -= (1.0 + old.tariff) * m0 * (d1 / d0 - 1.0);
                }
            }
        }
        let transfers = (0..n).map(|i| after.deficit_musd[i] - before.deficit_musd[i]).collect();
        let mut parts =
            Self { terms_of_trade: terms, volume_of_trade: volume, trade_costs: icebergs, transfers };
        for part in [
            &mut parts.terms_of_trade,
            &mut parts.volume_of_trade,
            &mut parts.trade_costs,
            &mut parts.transfers,
        ] {
            part.iter_mut().zip(&before.income_musd).for_each(|(p, income)| *p /= income);
        }
        parts
    }

    fn sum(&self, region: usize) -> f64 {
        self.terms_of_trade[region]
            + self.volume_of_trade[region]
            + self.trade_costs[region]
            + self.transfers[region]
    }
}
