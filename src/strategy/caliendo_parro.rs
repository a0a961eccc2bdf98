//! The long run with inputs, as a model that can be played.
//!
//! The equilibrium is that of [`equilibrium`](crate::equilibrium), the base model
//! without variants. A policy of the game replaces tariffs and export taxes; iceberg
//! costs and bans stay those of the frame, the ledger's state that the game is
//! played in. A limit on a quantity is played as the export tax that makes it hold
//! ([`limit_gradient`](CaliendoParro::limit_gradient)), so the frame has none that
//! could bind.
//!
//! Welfare is real income `I / Π_j P[j]^α`, relative to the equilibrium of the base
//! policy under the same closure: with deficits removed, that is not the base year.
//!
//! Source: Caliendo and Parro (2015), *Review of Economic Studies* 82(1), 1-44, for
//! the model; shadow values: see `adjoint`.

use std::sync::{Arc, Mutex, PoisonError};

use super::adjoint::{self, Incomes, Source};
use super::economy::{Economy, Objective, Outcome, Policy, Shadow};
use super::error::StrategyError;
use super::gradient::Gradient;
use super::linkages::Linkages;
use crate::equilibrium::{Calibration, Deficits, Equilibrium, Kept, Numeraire, Options};
use crate::ledger::PolicyState;
use crate::numerics::progress::Progress;

/// The game's view of a calibrated world.
#[derive(Clone, Debug)]
pub struct CaliendoParro {
    calibration: Calibration,
    options: Options,
    /// Iceberg costs and bans.
    frame: PolicyState,
    base: Policy,
    /// `ln(I/P)` under the base policy, `[region]`; `I` in world value added.
    base_income: Vec<f64>,
    base_state: Vec<f64>,
    /// Weights of the last policy that was far from those before.
    kept: Arc<Mutex<Arc<Kept>>>,
    progress: Progress,
}

impl CaliendoParro {
    /// The same economy, every equilibrium of which is a step of `progress`.
    pub fn watched(mut self, progress: &Progress) -> Self {
        self.progress = progress.clone();
        self
    }

    /// A game on the base policy of `calibration`.
    ///
    /// # Errors
    /// [`StrategyError::Input`] for a variant of the model or a limit on a quantity
    /// in the base; [`StrategyError::Equilibrium`] if the base has no equilibrium.
    pub fn new(calibration: Calibration, options: &Options) -> Result<Self, StrategyError> {
        let frame = calibration.base.clone();
        Self::within(calibration, frame, options)
    }

    /// A game on the policy `frame`, whose tariffs and export taxes are its base.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn within(
        calibration: Calibration,
        frame: PolicyState,
        options: &Options,
    ) -> Result<Self, StrategyError> {
        if !options.variant.is_base() {
            return Err(StrategyError::Input(
                "the game with inputs is played on the base model: take the variant out, or play a model without \
                 inputs that has it"
                    .to_owned(),
            ));
        }
        if let Some(cap) = frame.caps.iter().find(|cap| cap.quantity > 0.0 && cap.quantity.is_finite()) {
            return Err(StrategyError::Input(format!(
                "`{}` limits a quantity: in a game, write it as the export tax that makes it hold (the wedge that \
                 `detente solve` prints), or as a ban",
                cap.measure
            )));
        }
        let equilibrium = calibration.solve(frame.clone(), options)?;
        let kept = Arc::new(Mutex::new(Arc::new(Kept::new(&calibration, frame.clone(), None)?)));
        let base = Policy { tariff: frame.tariff.clone(), export_tax: frame.export_tax.clone() };
        let mut game = Self {
            calibration,
            options: *options,
            frame,
            base,
            base_income: vec![],
            base_state: vec![],
            kept,
            progress: Progress::default(),
        };
        game.base_income = game.log_income(&equilibrium);
        game.base_state = equilibrium.into_state();
        Ok(game)
    }

    /// The world that is played.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// How equilibria are solved, and which assumptions close the model.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The whole policy: that of the game in its frame.
    pub fn policy_state(&self, policy: &Policy) -> PolicyState {
        PolicyState {
            tariff: policy.tariff.clone(),
            export_tax: policy.export_tax.clone(),
            ..self.frame.clone()
        }
    }

    /// The same for the solver, which asks nothing about licences.
    fn solved_state(&self, policy: &Policy) -> PolicyState {
        PolicyState {
            date: self.frame.date,
            tariff: policy.tariff.clone(),
            export_tax: policy.export_tax.clone(),
            iceberg_hat: self.frame.iceberg_hat.clone(),
            caps: self.frame.caps.clone(),
            approval: Vec::new(),
            licence_wait_weeks: Vec::new(),
            waits: Vec::new(),
        }
    }

    /// `ln(I/P)`, `[region]`.
    fn log_income(&self, equilibrium: &Equilibrium) -> Vec<f64> {
        let unit = self.calibration.world_value_added_musd;
        let real = equilibrium.income_musd.iter().zip(&equilibrium.consumption_price_hat);
        real.map(|(income, price)| (income / unit / price).ln()).collect()
    }

    fn outcome(&self, equilibrium: Equilibrium) -> Outcome {
        let n = self.region_count();
        let numeraire = match self.options.closure.numeraire {
            Numeraire::WorldValueAdded => 1.0,
            Numeraire::Wage(region) => equilibrium.state()[region].exp(),
        };
        // World value added is the unit of a game, whatever that of the results.
        let unit = self.calibration.world_value_added_musd / numeraire;
        let real_income: Vec<f64> =
            self.log_income(&equilibrium).iter().zip(&self.base_income).map(|(new, old)| new - old).collect();
        let spending: Vec<f64> = equilibrium.expenditure_musd.iter().map(|x| x / unit).collect();
        let mut share = vec![0.0; equilibrium.trade_musd.len()];
        let mut trade = vec![0.0; share.len()];
        for (cell, border) in equilibrium.trade_musd.iter().enumerate() {
            if *border > 0.0 {
                let border = border / unit;
                share[cell] = (1.0 + equilibrium.policy.tariff[cell]) * border / spending[cell / n];
                trade[cell] = border / (1.0 + equilibrium.policy.export_tax[cell]);
            }
        }
        let welfare = real_income.clone();
        let state = equilibrium.into_state();
        Outcome { share, spending, trade, welfare, real_income, state }
    }

    /// What the wage rows need, from an outcome.
    fn incomes(&self, policy: &Policy, outcome: &Outcome) -> Incomes {
        let (n, calibration) = (self.region_count(), &self.calibration);
        let hats: Vec<f64> = outcome.state[..n].iter().map(|log| log.exp()).collect();
        let wages: Vec<f64> = hats.iter().zip(&calibration.value_added).map(|(hat, v)| hat * v).collect();
        let world: f64 = wages.iter().sum();
        let owed: f64 = hats.iter().zip(&calibration.deficit).map(|(hat, d)| hat * d).sum();
        let deficit: Vec<f64> = (0..n)
            .map(|region| match self.options.closure.deficits {
                Deficits::Zero => 0.0,
                Deficits::Share => calibration.deficit[region],
                Deficits::Held => match self.options.closure.numeraire {
                    Numeraire::WorldValueAdded => calibration.deficit[region],
                    Numeraire::Wage(unit) => calibration.deficit[region] * hats[unit],
                },
                Deficits::Income => hats[region] * calibration.deficit[region] - wages[region] * owed / world,
            })
            .collect();
        let mut income: Vec<f64> = wages.iter().zip(&deficit).map(|(wages, d)| wages + d).collect();
        for (row, trade) in outcome.trade.chunks_exact(n).enumerate() {
            for (exporter, value) in trade.iter().enumerate().filter(|(_, value)| **value > 0.0) {
                let cell = row * n + exporter;
                let tax = policy.export_tax[cell];
                income[row % n] += policy.tariff[cell] * (1.0 + tax) * value;
                income[exporter] += tax * value;
            }
        }
        Incomes { closure: self.options.closure, wages, deficit, income, spending: outcome.spending.clone() }
    }

    fn check(&self, policy: &Policy, outcome: Option<&Outcome>) -> Result<(), StrategyError> {
        let cells = self.calibration.trade_share.len();
        let fits = policy.tariff.len() == cells && policy.export_tax.len() == cells;
        let known = outcome.is_none_or(|outcome| {
            outcome.share.len() == cells
                && outcome.trade.len() == cells
                && outcome.spending.len() == cells / self.region_count()
                && outcome.state.len() >= self.region_count()
        });
        if fits && known {
            return Ok(());
        }
        let (n, j) = (self.region_count(), self.calibration.sector_count());
        Err(StrategyError::Input(format!(
            "the policy or the outcome is not of this world: {n} regions, {j} sectors"
        )))
    }

    /// `dΩ/d ln Q` of one flow, its quantity being set instead of its export tax: what
    /// loosening a limit on it by one per cent is worth, in per cent of the objective.
    /// The exporter keeps the rent. Exact, with everything that the limit moves.
    ///
    /// `None` for a flow that is 0.
    ///
    /// # Errors
    /// As [`shadows`](Economy::shadows).
    pub fn limit_gradient(
        &self,
        policy: &Policy,
        outcome: &Outcome,
        objectives: &[Objective],
        cell: usize,
        tolerance: f64,
    ) -> Result<Option<Vec<f64>>, StrategyError> {
        self.check(policy, Some(outcome))?;
        if outcome.trade.get(cell).is_none_or(|trade| *trade <= 0.0) {
            return Ok(None);
        }
        let (n, theta) = (self.region_count(), self.theta());
        let linkages = Linkages::new(&self.calibration, policy, outcome, self.options.arithmetic)?;
        let incomes = self.incomes(policy, outcome);
        let (row, sector) = (cell / n, cell / (n * n));
        let seller = sector * n + cell % n;
        // ln Q = ln X − θ (ln c + ln κ − ln P) − ln(1+t)(1+e) − ln c.
        let at = |place: usize, value: f64| {
            let mut values = vec![0.0; self.calibration.sector_count() * n];
            values[place] = value;
            values
        };
        let quantity = Source {
            income: Vec::new(),
            spending: at(row, 1.0 / outcome.spending[row]),
            prices: at(row, -theta[sector] / outcome.spending[row]),
            costs: at(seller, (theta[sector] + 1.0) / linkages.output[seller]),
        };
        let mut sources: Vec<Source> =
            objectives.iter().map(|o| Source::of(o, &linkages, &incomes)).collect();
        sources.push(quantity);
        let shadows = adjoint::solve(&linkages, &incomes, &sources, &[], tolerance)?;
        let slopes: Vec<f64> = shadows
            .iter()
            .map(|shadow| Gradient::new(theta, policy, outcome, shadow).export_tax_at(cell))
            .collect();
        // Its own tax also lowers the quantity directly, by θ + 1.
        let own = slopes[objectives.len()] - (theta[sector] + 1.0);
        Ok(Some(slopes[..objectives.len()].iter().map(|slope| slope / own).collect()))
    }
}

impl Economy for CaliendoParro {
    fn region_count(&self) -> usize {
        self.calibration.region_count()
    }

    fn theta(&self) -> &[f64] {
        &self.calibration.theta
    }

    fn base(&self) -> &Policy {
        &self.base
    }

    fn solve(&self, policy: &Policy, near: Option<&Outcome>) -> Result<Outcome, StrategyError> {
        self.check(policy, None)?;
        self.progress.step()?;
        let state = near.map_or(&self.base_state, |near| &near.state);
        let known = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let weights = Kept::new(&self.calibration, self.solved_state(policy), Some(&known))?;
        let equilibrium = weights.solve(&self.calibration, state, &self.options)?;
        if !weights.is_patched() {
            *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(weights);
        }
        Ok(self.outcome(equilibrium))
    }

    fn shadows(
        &self,
        policy: &Policy,
        outcome: &Outcome,
        objectives: &[Objective],
        near: &[Shadow],
        tolerance: f64,
    ) -> Result<Vec<Shadow>, StrategyError> {
        self.check(policy, Some(outcome))?;
        if let Some(objective) = objectives.iter().find(|o| o.weights.len() != self.region_count()) {
            return Err(StrategyError::Input(format!(
                "an objective has {} weights for {} regions",
                objective.weights.len(),
                self.region_count()
            )));
        }
        let linkages = Linkages::new(&self.calibration, policy, outcome, self.options.arithmetic)?;
        let incomes = self.incomes(policy, outcome);
        let sources: Vec<Source> = objectives.iter().map(|o| Source::of(o, &linkages, &incomes)).collect();
        adjoint::solve(&linkages, &incomes, &sources, near, tolerance)
    }
}
