//! From a case to its equilibrium.
//!
//! Anderson's method first; what it cannot solve goes to Newton's, and then to
//! both along a path of tariffs and transfers from the base year. A point that
//! is not an equilibrium is an error that names the country in the way.

use super::economy::Economy;
use super::residual::Model;
use crate::equilibrium::{EquilibriumError, Method, Options};
use crate::numerics::anderson;
use crate::numerics::newton::{self, FixedPoint};
use crate::numerics::vector::{exp1, pow1};

/// What becomes of tariff revenue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Revenue {
    /// It replaces a tax on wages: hours respond to `ŵ / (1 − R/Y′)`.
    #[default]
    WageTax,
    /// It is handed out: hours respond to `ŵ`.
    LumpSum,
}

/// The unit of nominal results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numeraire {
    /// `Σ E P̂ = Σ E`.
    #[default]
    PriceIndex,
    /// `Σ Y ŵ = Σ Y`.
    Wages,
}

/// Tariffs and what closes the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Ad valorem tariffs as fractions, `[importer, exporter]`; infinite is a ban.
    pub tariff: Vec<f64>,
    /// Transfers from abroad, in the money of the economy, `[region]`; they
    /// move with world income.
    pub transfer: Vec<f64>,
    /// Use of tariff revenue.
    pub revenue: Revenue,
    /// Unit of nominal results.
    pub numeraire: Numeraire,
    /// Whose market carries transfers that do not sum to zero, by position.
    pub absorber: usize,
}

impl Case {
    /// No tariffs, transfers of the base year, revenue in place of a wage tax,
    /// consumer prices as numeraire.
    pub fn base(economy: &Economy) -> Self {
        let n = economy.region_count();
        Self {
            tariff: vec![0.0; n * n],
            transfer: economy.transfer.clone(),
            revenue: Revenue::default(),
            numeraire: Numeraire::default(),
            absorber: n - 1,
        }
    }

    /// The case a part of the way from the base year: tariffs in logarithms.
    fn part(&self, economy: &Economy, part: f64) -> Self {
        let scaled = |t: &f64| if t.is_finite() { pow1(1.0 + t, part) - 1.0 } else { *t };
        let tariff = self.tariff.iter().map(scaled).collect();
        let mix = |(base, new): (&f64, &f64)| base + part * (new - base);
        let transfer = economy.transfer.iter().zip(&self.transfer).map(mix).collect();
        Self { tariff, transfer, ..self.clone() }
    }

    fn check(&self, economy: &Economy) -> Result<(), EquilibriumError> {
        let n = economy.region_count();
        for (array, shape, got, want) in [
            ("tariff", "[importer, exporter]", self.tariff.len(), n * n),
            ("transfer", "[region]", self.transfer.len(), n),
        ] {
            if got != want {
                return Err(EquilibriumError::Shape { array, shape, got, want });
            }
        }
        let unusable =
            |what: String, value: f64, expected| Err(EquilibriumError::Unusable { what, value, expected });
        if self.absorber >= n {
            return unusable("the absorber".into(), self.absorber as f64, "the position of a region");
        }
        if let Some(cell) = self.tariff.iter().position(|t| t.is_nan() || *t <= -1.0) {
            let (importer, exporter) = (&economy.codes[cell / n], &economy.codes[cell % n]);
            let what = format!("the tariff of {importer} on {exporter}");
            return unusable(what, self.tariff[cell], "a number above -1; 0.05 is 5 %");
        }
        if let Some(i) = self.transfer.iter().position(|t| !t.is_finite()) {
            return unusable(format!("the transfer of {}", economy.codes[i]), self.transfer[i], "a number");
        }
        Ok(())
    }
}

/// The world economy in a case. Hats are relative to the base year.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Wage `ŵ`, `[region]`.
    pub wage_hat: Vec<f64>,
    /// Spending on goods `Ê`, `[region]`.
    pub expenditure_hat: Vec<f64>,
    /// Hours `L̂`, `[region]`.
    pub employment_hat: Vec<f64>,
    /// Price of consumption `P̂`, `[region]`.
    pub price_hat: Vec<f64>,
    /// Spending by origin before the importer's tariff `X′`, `[importer, exporter]`.
    pub trade: Vec<f64>,
    /// Share of each exporter in spending, tariff included, `[importer, exporter]`.
    pub trade_share: Vec<f64>,
    /// Tariff revenue `R`, `[region]`.
    pub revenue: Vec<f64>,
    /// Wages `Y′`, `[region]`.
    pub income: Vec<f64>,
    /// World income over that of the base year `g`.
    pub growth: f64,
    /// Largest gap of an equation, in logarithms.
    pub residual: f64,
    /// Evaluations of the model.
    pub evaluations: usize,
}

impl Economy {
    /// Solves for the equilibrium of a case; of `options`, method, tolerance and
    /// arithmetic count.
    ///
    /// # Errors
    /// [`EquilibriumError::Shape`] and [`EquilibriumError::Unusable`] about the
    /// case; [`EquilibriumError::NoSupplier`] if tariffs shut a country out;
    /// [`EquilibriumError::NegativeIncome`] if a country's transfers exceed what
    /// it earns, in the money of the economy;
    /// [`EquilibriumError::NoConvergence`] with the country whose equation is
    /// farthest from holding.
    pub fn solve(&self, case: &Case, options: &Options) -> Result<Outcome, EquilibriumError> {
        case.check(self)?;
        if let Some(error) = Model::new(self, case).no_supplier() {
            return Err(error);
        }
        let mut state = vec![0.0; 4 * self.region_count()];
        self.attempt(case, &mut state, options).or_else(|error| {
            if options.method == Method::Automatic {
                self.follow(case, options).ok_or(error)
            } else {
                Err(error)
            }
        })
    }

    /// Steps from the base year that shrink where a step fails.
    fn follow(&self, case: &Case, options: &Options) -> Option<Outcome> {
        let mut state = vec![0.0; 4 * self.region_count()];
        let (mut reached, mut length) = (0.0, 0.25);
        while length > 1e-3 {
            let part: f64 = f64::min(reached + length, 1.0);
            let mut trial = state.clone();
            let leg = if part == 1.0 { case.clone() } else { case.part(self, part) };
            match self.attempt(&leg, &mut trial, options) {
                Ok(outcome) if part == 1.0 => return Some(outcome),
                Ok(_) => (state, reached, length) = (trial, part, length * 2.0),
                Err(_) => length *= 0.5,
            }
        }
        None
    }

    /// One solve from `state`, which becomes the solution.
    fn attempt(
        &self,
        case: &Case,
        state: &mut [f64],
        options: &Options,
    ) -> Result<Outcome, EquilibriumError> {
        let mut model = Model::new(self, case);
        let start = state.to_vec();
        let mut history = Vec::new();
        let mut converged = false;
        let mut residual = f64::INFINITY;
        if options.method != Method::Newton {
            let accelerated = anderson::Options {
                target: options.tolerance * 1e-2,
                tolerance: options.tolerance,
                max_evaluations: 300,
                memory: 12,
                step_limit: 1.0,
                arithmetic: options.arithmetic,
            };
            let outcome = anderson::iterate(state, &accelerated, |x, gx| model.image(x, gx))?;
            (converged, residual) = (outcome.converged, outcome.residual);
            history.extend(outcome.history);
        }
        if !converged && options.method != Method::Anderson {
            if !residual.is_finite() {
                state.copy_from_slice(&start);
            }
            let newton_krylov = newton::Options {
                target: options.tolerance * 1e-2,
                tolerance: options.tolerance,
                max_steps: 40,
                max_products: 150,
                step_limit: 1.0,
            };
            let outcome = newton::iterate(state, &newton_krylov, &mut model)?;
            (converged, residual) = (outcome.converged, outcome.residual);
            history.extend(outcome.history);
        }
        // The workings must be those of the returned point.
        let mut image = vec![0.0; state.len()];
        model.image(state, &mut image)?;
        if !converged {
            return Err(EquilibriumError::NoConvergence {
                residual,
                tolerance: options.tolerance,
                evaluations: model.evaluations,
                worst: model.worst(),
                history,
            });
        }
        let consumed = |i: usize| model.revenue[i] + model.income[i] + case.transfer[i] * model.growth;
        if let Some(i) = (0..self.region_count()).find(|i| consumed(*i) <= 0.0) {
            return Err(EquilibriumError::NegativeIncome {
                region: self.codes[i].clone(),
                earned_musd: model.revenue[i] + model.income[i],
                transfer_musd: -case.transfer[i] * model.growth,
            });
        }
        Ok(self.report(&model, state, residual))
    }

    fn report(&self, model: &Model<'_>, state: &[f64], residual: f64) -> Outcome {
        let n = self.region_count();
        let hats: Vec<f64> = state.iter().map(|log| exp1(*log)).collect();
        let (trade, trade_share) = model.trade();
        Outcome {
            wage_hat: hats[..n].to_vec(),
            expenditure_hat: hats[n..2 * n].to_vec(),
            employment_hat: hats[2 * n..3 * n].to_vec(),
            price_hat: hats[3 * n..].to_vec(),
            trade,
            trade_share,
            revenue: model.revenue.clone(),
            income: model.income.clone(),
            growth: model.growth,
            residual,
            evaluations: model.evaluations,
        }
    }
}
