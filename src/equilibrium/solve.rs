//! From a policy to an equilibrium.
//!
//! Anderson acceleration of the fixed point first; where it fails, Newton's
//! method from its best point; where that fails, both again in steps from the
//! base year (`path`). A point that is not an equilibrium is an error
//! that names the market in the way, never a result.

use std::sync::Arc;

use super::Closure;
use super::barriers::{Barriers, SectorWeights};
use super::calibration::Calibration;
use super::caps::{CapOutcome, CappedFlow};
use super::error::EquilibriumError;
use super::path;
use super::payments;
use super::residual::{Model, wage_step};
use super::responses::Responses;
use super::technology::Technology;
use super::variant::Variant;
use crate::ledger::PolicyState;
use crate::numerics::anderson::{self, Outcome};
use crate::numerics::linear::Arithmetic;
use crate::numerics::newton;
use crate::numerics::vector::{exp, exp1};

/// Which iteration finds the equilibrium.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Anderson acceleration, then Newton if it fails, then both along a path
    /// of policies.
    #[default]
    Automatic,
    /// Anderson acceleration alone.
    Anderson,
    /// Newton with GMRES alone.
    Newton,
}

/// How to solve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The assumptions that close the model.
    pub closure: Closure,
    /// Production and demand other than the base model's.
    pub variant: Variant,
    /// Largest residual of an equilibrium: gaps of log prices, log expenditures
    /// and log wages. The iteration goes on to a hundredth of it while that pays.
    pub tolerance: f64,
    /// The iteration.
    pub method: Method,
    /// Native or reproducible arithmetic in dense solves.
    pub arithmetic: Arithmetic,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            closure: Closure::default(),
            variant: Variant::default(),
            tolerance: 1e-10,
            method: Method::default(),
            arithmetic: Arithmetic::default(),
        }
    }
}

/// The world economy under one policy. Hats are relative to the base year;
/// levels are million US dollars with the numeraire's price at 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Equilibrium {
    /// The policy.
    pub policy: Arc<PolicyState>,
    /// Wage hat, `[region]`.
    pub wage_hat: Vec<f64>,
    /// Price index hat, `[sector, region]`.
    pub price_hat: Vec<f64>,
    /// Unit cost hat, `[sector, region]`.
    pub cost_hat: Vec<f64>,
    /// Expenditure, tariff included, `[sector, region]`.
    pub expenditure_musd: Vec<f64>,
    /// Gross output at producer prices, `[sector, region]`.
    pub output_musd: Vec<f64>,
    /// Purchases at the border, before the importer's tariff, `[sector, importer, exporter]`.
    pub trade_musd: Vec<f64>,
    /// Value added: wages, and profits where there are markups, `[region]`.
    pub value_added_musd: Vec<f64>,
    /// Profits, `[region]`; 0 without markups.
    pub profits_musd: Vec<f64>,
    /// Price of final spending, hat, `[region]`.
    pub consumption_price_hat: Vec<f64>,
    /// Employment, hat, `[sector, region]`; 0 where nobody worked.
    pub employment_hat: Vec<f64>,
    /// Wage of a sector, hat, `[sector, region]`: the region's where workers move freely.
    pub sector_wage_hat: Vec<f64>,
    /// The variant of the model.
    pub variant: Variant,
    /// Tariff revenue, `[region]`.
    pub tariff_revenue_musd: Vec<f64>,
    /// Export tax revenue, `[region]`.
    pub export_tax_revenue_musd: Vec<f64>,
    /// Rent of limits on quantities, as importer and as exporter, `[region]`.
    pub rent_musd: Vec<f64>,
    /// Every cap that some flow meets; bans have no wedge and are not here.
    pub caps: Vec<CapOutcome>,
    /// Every flow under such a cap, in the order of the arrays.
    pub capped_flows: Vec<CappedFlow>,
    /// Imports less exports, `[region]`.
    pub deficit_musd: Vec<f64>,
    /// Income: value added, revenue, rent and deficit, `[region]`.
    pub income_musd: Vec<f64>,
    /// Largest residual of the solution.
    pub residual: f64,
    /// Evaluations of the model.
    pub evaluations: usize,
    /// The solver's state, to start a neighbouring solve from.
    state: Vec<f64>,
}

impl Equilibrium {
    /// The solver's state, for [`Calibration::solve_near`]: logarithms of wage hats
    /// `[region]`, of price hats and of expenditure in world value added, both
    /// `[sector, region]`; then wedges of caps and sizes of sectors, if there are any.
    /// World value added is the unit, whatever the numeraire.
    pub fn state(&self) -> &[f64] {
        &self.state
    }

    /// The same without a copy.
    pub fn into_state(self) -> Vec<f64> {
        self.state
    }

    /// What the solver goes on from: its state, and the variant that it belongs to.
    pub(super) fn start(&self) -> (&[f64], &Variant) {
        (&self.state, &self.variant)
    }
}

impl Calibration {
    /// Solves for the equilibrium under `policy`, from the base year.
    ///
    /// # Errors
    /// See [`EquilibriumError`].
    pub fn solve(
        &self,
        policy: impl Into<Arc<PolicyState>>,
        options: &Options,
    ) -> Result<Equilibrium, EquilibriumError> {
        self.solve_from(None, policy, options)
    }

    /// Solves from a neighbouring equilibrium of the same calibration, which
    /// saves evaluations; `None` starts from the base year.
    ///
    /// # Errors
    /// See [`EquilibriumError`].
    pub fn solve_from(
        &self,
        start: Option<&Equilibrium>,
        policy: impl Into<Arc<PolicyState>>,
        options: &Options,
    ) -> Result<Equilibrium, EquilibriumError> {
        self.solve_known(start.map(Equilibrium::start), policy.into(), options)
    }

    /// Solves from the [state](Equilibrium::state) of a neighbouring equilibrium
    /// of the same calibration and the same variant.
    ///
    /// # Errors
    /// See [`EquilibriumError`].
    pub fn solve_near(
        &self,
        state: &[f64],
        policy: impl Into<Arc<PolicyState>>,
        options: &Options,
    ) -> Result<Equilibrium, EquilibriumError> {
        self.solve_known(Some((state, &options.variant)), policy.into(), options)
    }

    fn solve_known(
        &self,
        start: Option<(&[f64], &Variant)>,
        policy: Arc<PolicyState>,
        options: &Options,
    ) -> Result<Equilibrium, EquilibriumError> {
        let barriers = Barriers::new(self, &policy)?;
        self.solve_with(start, policy, &barriers, options)
    }

    /// One solve with the weights of the policy at hand.
    pub(super) fn solve_with(
        &self,
        start: Option<(&[f64], &Variant)>,
        policy: Arc<PolicyState>,
        barriers: &Barriers,
        options: &Options,
    ) -> Result<Equilibrium, EquilibriumError> {
        payments::check(self, barriers, options.closure.deficits)?;
        self.attempt(start, policy.clone(), barriers, options, None).or_else(|error| {
            let patient = options.method == Method::Automatic;
            match patient.then(|| path::follow(self, &policy, options)).flatten() {
                Some(equilibrium) => Ok(equilibrium),
                None => Err(payments::unpayable(self, policy, barriers, options).unwrap_or(error)),
            }
        })
    }

    /// One solve, without asking why it failed, from a state and its variant if
    /// one is known; with the regions' own responses it takes fewer evaluations.
    pub(super) fn attempt(
        &self,
        start: Option<(&[f64], &Variant)>,
        policy: Arc<PolicyState>,
        barriers: &Barriers,
        options: &Options,
        responses: Option<&Responses>,
    ) -> Result<Equilibrium, EquilibriumError> {
        let technology = Technology::new(self, &options.variant)?;
        let wage_step = responses.map_or_else(|| wage_step(self), |own| own.wage_step.clone());
        let mut model = Model::new(self, barriers, options.closure, technology, wage_step);
        let mut state = model.start();
        if let Some((start, variant)) = start.filter(|(start, _)| start.len() >= self.state_len()) {
            // Wedges are those of other caps, unless there are as many of them.
            let same = start.len() == state.len() && *variant == options.variant;
            let known = if same { state.len() } else { self.state_len() };
            state[..known].copy_from_slice(&start[..known]);
        }
        let mut history = Vec::new();
        let mut outcome =
            Outcome { converged: false, residual: f64::INFINITY, history: Vec::new(), is_last: false };
        if options.method != Method::Newton {
            outcome = anderson::iterate(&mut state, &accelerated(options), |z, gz| {
                let residual = newton::FixedPoint::image(&mut model, z, gz)?;
                if let Some(responses) = responses {
                    responses.apply(z, gz);
                }
                Ok::<_, EquilibriumError>(residual)
            })?;
            history.append(&mut outcome.history);
        }
        if !outcome.converged && options.method != Method::Anderson {
            outcome = newton::iterate(&mut state, &newton_krylov(options), &mut model)?;
            history.append(&mut outcome.history);
        }
        // The workings of the last evaluation must be those of the returned point.
        let mut image = vec![0.0; state.len()];
        if !(outcome.converged && outcome.is_last) {
            newton::FixedPoint::image(&mut model, &state, &mut image)?;
        }
        if !outcome.converged {
            return Err(EquilibriumError::NoConvergence {
                residual: outcome.residual,
                tolerance: options.tolerance,
                evaluations: model.evaluations,
                worst: model.worst_market(&state, &image),
                history,
            });
        }
        if let Some(region) = model.income.iter().position(|income| *income <= 0.0) {
            let unit = self.world_value_added_musd;
            return Err(EquilibriumError::NegativeIncome {
                region: self.regions.code(region).to_owned(),
                earned_musd: (model.income[region] - model.deficit[region]) * unit,
                transfer_musd: -model.deficit[region] * unit,
            });
        }
        Ok(model.report(barriers, policy, state, outcome.residual))
    }

    /// Length of a solver's state without caps.
    fn state_len(&self) -> usize {
        self.region_count() * (1 + 2 * self.sector_count())
    }
}

fn accelerated(options: &Options) -> anderson::Options {
    anderson::Options {
        target: options.tolerance * 1e-2,
        tolerance: options.tolerance,
        max_evaluations: 400,
        memory: 10,
        step_limit: 1.0,
        arithmetic: options.arithmetic,
    }
}

fn newton_krylov(options: &Options) -> newton::Options {
    newton::Options {
        target: options.tolerance * 1e-2,
        tolerance: options.tolerance,
        max_steps: 40,
        max_products: 120,
        step_limit: 1.0,
    }
}

impl Model<'_> {
    /// The last evaluation in the units of the results.
    fn report(
        &self,
        barriers: &Barriers,
        policy: Arc<PolicyState>,
        state: Vec<f64>,
        residual: f64,
    ) -> Equilibrium {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let numeraire = match self.closure.numeraire {
            super::Numeraire::WorldValueAdded => 1.0,
            super::Numeraire::Wage(region) => exp1(state[region]),
        };
        let unit = self.calibration.world_value_added_musd / numeraire;
        let musd = |values: &[f64]| values.iter().map(|v| v * unit).collect::<Vec<_>>();
        let hat = |logs: &[f64]| {
            let mut hats = logs.to_vec();
            exp(&mut hats);
            hats.iter_mut().for_each(|h| *h /= numeraire);
            hats
        };
        let (caps, capped_flows) = self.cap_outcomes(&policy, unit);
        let (mut tariff_revenue, mut export_tax_revenue) =
            (musd(&self.tariff_revenue), musd(&self.export_tax_revenue));
        let value_added: Vec<f64> = self
            .wage_bill
            .iter()
            .zip(&self.profits)
            .map(|(wages, profits)| (wages + profits) * unit)
            .collect();
        let sector_wage: Vec<f64> = (0..n * j).map(|cell| self.sector_wage(state[cell % n], cell)).collect();
        let mut rent = vec![0.0; n];
        for flow in &capped_flows {
            let (importer, exporter) = (flow.cell / n % n, flow.cell % n);
            tariff_revenue[importer] -= flow.importer_rent_musd;
            export_tax_revenue[exporter] -= flow.exporter_rent_musd;
            rent[importer] += flow.importer_rent_musd;
            rent[exporter] += flow.exporter_rent_musd;
        }
        let mut expenditure = state[n + n * j..n + 2 * n * j].to_vec();
        exp(&mut expenditure);
        Equilibrium {
            wage_hat: hat(&state[..n]),
            price_hat: hat(&state[n..n + n * j]),
            cost_hat: hat(&self.log_cost),
            expenditure_musd: musd(&expenditure),
            output_musd: musd(&self.output),
            trade_musd: self.trade(barriers, unit),
            value_added_musd: value_added,
            profits_musd: musd(&self.profits),
            consumption_price_hat: hat(&self.log_consumption),
            employment_hat: self.employment(),
            sector_wage_hat: hat(&sector_wage),
            variant: self.technology.variant,
            tariff_revenue_musd: tariff_revenue,
            export_tax_revenue_musd: export_tax_revenue,
            rent_musd: rent,
            caps,
            capped_flows,
            deficit_musd: musd(&self.deficit),
            income_musd: musd(&self.income),
            policy,
            residual,
            evaluations: self.evaluations,
            state,
        }
    }

    /// Employment by sector relative to the base year: what it pays over its wage.
    fn employment(&self) -> Vec<f64> {
        let (n, j) = (self.calibration.region_count(), self.calibration.sector_count());
        let output = &self.calibration.output;
        let hat = |cell: usize| {
            let (region, base) = (cell % n, output[cell]);
            let works = base > 0.0 && self.technology.labour_share[region * j + cell / n] > 0.0;
            if !works {
                return 0.0;
            }
            let wages = self.output[cell] / base * self.labour_factor(cell, self.log_wage[region]);
            wages * exp1(-self.sector_wage(self.log_wage[region], cell))
        };
        (0..n * j).map(hat).collect()
    }

    /// Border values `C u X / S`, `[sector, importer, exporter]`.
    fn trade(&self, barriers: &Barriers, unit: f64) -> Vec<f64> {
        let (n, stride) = (self.calibration.region_count(), barriers.stride);
        let mut trade = vec![0.0; self.calibration.sector_count() * n * n];
        for (sector, weights) in barriers.sectors.iter().enumerate() {
            let weights = self.capped[sector].as_ref().unwrap_or(weights);
            let u = &self.supply[sector * stride..][..stride];
            for importer in 0..n {
                let row = &mut trade[(sector * n + importer) * n..][..n];
                let f = self.spending_per_weight[sector * n + importer] * unit;
                match weights {
                    SectorWeights::Home(diagonal) => row[importer] = f * diagonal[importer] * u[importer],
                    SectorWeights::Traded { b, c, .. } => {
                        let border = &c.as_ref().unwrap_or(b)[importer * stride..][..n];
                        for ((value, c), u) in row.iter_mut().zip(border).zip(u) {
                            *value = f * c * u;
                        }
                    }
                }
            }
        }
        trade
    }
}
