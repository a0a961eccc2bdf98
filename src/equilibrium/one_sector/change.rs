//! What a case changes, country by country.
//!
//! ```text
//! Ŵ = d Ĉ/P̂ + (1−d) ŵ L̂/P̂,   d = C / (C − κ/(1+κ) · Y/τ),   C = Y + T,  C′ = R + Y′ + T g
//! D = Σ_j X[i,j] − Σ_j X[j,i]              deficit, i importing
//! ```
//!
//! `C` is what consumers spend; without inputs it is `E`. Hours cost utility
//! `L^(1+1/κ)`, which at the optimum is worth `κ/(1+κ)` of net wages; `d` is the
//! weight that this gives to consumption. The published formula takes the
//! relief `τ` of the case inside the weight of the base year, and so does this.
//! Exports, imports and deficits are border values, before tariffs.

use super::economy::{Economy, foreign};
use super::solve::{Case, Outcome, Revenue};
use crate::equilibrium::EquilibriumError;

/// A deficit below this share of trade is balanced trade with rounding.
const ROUNDING: f64 = 1e-12;

/// Changes as fractions of the base year, unless said otherwise; `[region]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Real consumption less the cost of hours: `Ŵ − 1`.
    pub welfare: Vec<f64>,
    /// `(D′ − D) / |D|`; 0 where trade was balanced.
    pub deficit: Vec<f64>,
    /// Exports over wages; 0 without exports in the base year.
    pub exports_to_gdp: Vec<f64>,
    /// Imports over wages; 0 without imports in the base year.
    pub imports_to_gdp: Vec<f64>,
    /// `L̂ − 1`.
    pub employment: Vec<f64>,
    /// `P̂ − 1`.
    pub price_index: Vec<f64>,
    /// A level: tariff revenue over the base year's spending on goods.
    pub tariff_revenue_share: Vec<f64>,
    /// World trade at buyers' prices, tariffs included, over world wages.
    pub world_trade_to_gdp: f64,
}

impl Change {
    /// What `outcome`, the equilibrium of `case`, changes.
    ///
    /// # Errors
    /// [`EquilibriumError::Unusable`] for a country that subsidises imports so
    /// much that the weight of consumption has no sign.
    pub fn of(economy: &Economy, case: &Case, outcome: &Outcome) -> Result<Self, EquilibriumError> {
        let n = economy.region_count();
        let kappa = economy.parameters.labour_supply;
        let weight = kappa / (1.0 + kappa);
        let base_trade = economy.trade();
        let (imports, exports) = foreign(&base_trade, n);
        let (new_imports, new_exports) = foreign(&outcome.trade, n);
        let relief = |i: usize| match case.revenue {
            Revenue::WageTax => 1.0 - outcome.revenue[i] / outcome.income[i],
            Revenue::LumpSum => 1.0,
        };
        let cost_of_hours = |i: usize| weight * relief(i) * economy.income[i];
        let consumption = |i: usize| economy.income[i] + economy.transfer[i];
        if let Some(i) = (0..n).find(|i| consumption(*i) <= cost_of_hours(*i)) {
            return Err(EquilibriumError::Unusable {
                what: format!("what {} consumes over the cost of its hours", economy.codes[i]),
                value: consumption(i) / cost_of_hours(i),
                expected: "above 1: subsidise imports less",
            });
        }
        let welfare = |i: usize| {
            let new = outcome.revenue[i] + outcome.income[i] + case.transfer[i] * outcome.growth;
            let d = consumption(i) / (consumption(i) - cost_of_hours(i));
            let (wage, price) = (outcome.wage_hat[i] * outcome.employment_hat[i], outcome.price_hat[i]);
            (d * new / consumption(i) + (1.0 - d) * wage) / price - 1.0
        };
        let ratio = |new: &[f64], old: &[f64], i: usize| {
            let before = old[i] / economy.income[i];
            if before == 0.0 { 0.0 } else { new[i] / outcome.income[i] / before - 1.0 }
        };
        let each = |value: &dyn Fn(usize) -> f64| (0..n).map(value).collect::<Vec<_>>();
        let paid = (0..n * n).filter(|cell| cell / n != cell % n).map(|cell| {
            let tariff = case.tariff[cell];
            if tariff.is_finite() { outcome.trade[cell] * (1.0 + tariff) } else { 0.0 }
        });
        let world_before: f64 = imports.iter().sum();
        let world_trade_to_gdp =
            if world_before == 0.0 { 0.0 } else { paid.sum::<f64>() / world_before / outcome.growth - 1.0 };
        Ok(Self {
            welfare: each(&welfare),
            deficit: each(&|i| {
                let base = imports[i] - exports[i];
                let balanced = base.abs() <= ROUNDING * (imports[i] + exports[i]);
                if balanced { 0.0 } else { (new_imports[i] - new_exports[i] - base) / base.abs() }
            }),
            exports_to_gdp: each(&|i| ratio(&new_exports, &exports, i)),
            imports_to_gdp: each(&|i| ratio(&new_imports, &imports, i)),
            employment: each(&|i| outcome.employment_hat[i] - 1.0),
            price_index: each(&|i| outcome.price_hat[i] - 1.0),
            tariff_revenue_share: each(&|i| outcome.revenue[i] / economy.expenditure[i]),
            world_trade_to_gdp,
        })
    }

    /// This change less `other`, variable by variable: for cases that are told
    /// as the difference to another counterfactual.
    pub fn less(mut self, other: &Self) -> Self {
        let pairs: [(&mut Vec<f64>, &Vec<f64>); 7] = [
            (&mut self.welfare, &other.welfare),
            (&mut self.deficit, &other.deficit),
            (&mut self.exports_to_gdp, &other.exports_to_gdp),
            (&mut self.imports_to_gdp, &other.imports_to_gdp),
            (&mut self.employment, &other.employment),
            (&mut self.price_index, &other.price_index),
            (&mut self.tariff_revenue_share, &other.tariff_revenue_share),
        ];
        for (mine, theirs) in pairs {
            mine.iter_mut().zip(theirs).for_each(|(m, t)| *m -= t);
        }
        self.world_trade_to_gdp -= other.world_trade_to_gdp;
        self
    }
}
