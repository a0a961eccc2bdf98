//! Who levies what on whom on a rung, and under which assumptions.
//!
//! A *source* is a state of the ledger from which a side takes what it does to the
//! other: its tariffs on imports from it, its taxes on exports to it, costs at its
//! border, and the limits of its own measures on the trade between the two. A *policy*
//! is the status quo with one source for each side. Limits of anybody else are left out,
//! as in every game: a limit that binds has no closed form to reply to.
//!
//! A *case* is one elasticity set under one rule for deficits; the first is central.
//! Payoffs are logarithms of real income against the status quo in the same case:
//!
//! ```text
//! payoff[case, policy, n] = ln (I/P)[policy, n] − ln (I/P)[status quo, n]
//! ```
//!
//! Policies are solved in the central case first and near these equilibria in the others.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::{Punishment, RungQuestion, Sets, StrategyQuestion};
use crate::equilibrium::{
    Calibration, Closure, Deficits, Equilibrium, EquilibriumError, Nearby, Numeraire, Options,
};
use crate::ledger::{AmendmentError, Amendments, Cap, Ledger, PolicyState};
use crate::numerics::linear::Arithmetic;
use crate::numerics::progress::{Progress, Stopped};
use crate::scenario::run::{RunError, RunOptions, elasticity_sets};
use crate::scenario::{Phase, Scenario};
use crate::strategy::{CaliendoParro, Policy, StrategyError};
use crate::world::{ElasticitySet, World};

/// Largest residual of an equilibrium; the iteration goes on to a hundredth of it,
/// a hundredth of what counts as a gain.
const TOLERANCE: f64 = 1e-6;

/// Why a scenario's strategy has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum StrategyRunError {
    /// It names something that the world or the ledger does not have.
    #[error("[strategy] {0}")]
    Unknown(String),
    /// A rung amends a measure in a way that the ledger does not allow.
    #[error("[strategy] rung `{rung}`: {problem}")]
    Amendment {
        /// The rung.
        rung: String,
        /// What is wrong.
        problem: AmendmentError,
    },
    /// Some pair of rungs has no equilibrium.
    #[error("[strategy] {policy}, {case}: {problem}")]
    Equilibrium {
        /// What both sides do.
        policy: String,
        /// Elasticities and deficits.
        case: String,
        /// What failed.
        problem: EquilibriumError,
    },
    /// A best reply, a war or a deal was not found.
    #[error("[strategy] {what}, {case}: {problem}")]
    Game {
        /// What was looked for.
        what: String,
        /// Elasticities and deficits.
        case: String,
        /// What failed.
        problem: StrategyError,
    },
    /// Somebody said stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl From<RunError> for StrategyRunError {
    fn from(e: RunError) -> Self {
        Self::Unknown(e.to_string())
    }
}

/// What one side may do to the other.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub name: String,
    state: PolicyState,
    /// Limits of each player's own measures on trade between the two.
    caps: [Vec<Cap>; 2],
    embargo: bool,
}

/// Assumptions under which everything is computed.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// Position of the elasticity set.
    pub set: usize,
    pub deficits: Deficits,
}

/// What the policies are worth.
pub(super) struct Solved {
    /// Logarithms of real income against the status quo, `[policy][case][region]`.
    pub logs: Vec<Vec<Vec<f64>>>,
    /// Income of the status quo in the central case, million USD, `[region]`.
    pub income_musd: Vec<f64>,
    /// Value added of the base, million USD, `[region]`.
    pub value_added_musd: Vec<f64>,
}

/// Everything that does not change from one case to the next.
pub(super) struct Game<'a> {
    pub question: &'a StrategyQuestion,
    pub phases: &'a [Phase],
    pub world: &'a World,
    pub players: [usize; 2],
    pub sets: Vec<&'a ElasticitySet>,
    pub cases: Vec<Case>,
    pub sources: Vec<Source>,
    /// Position of the status quo among the sources.
    pub status_quo: usize,
    /// Positions of the rungs among the sources, lowest first.
    pub rungs: Vec<usize>,
    /// Names of the rungs.
    pub rung_names: Vec<String>,
    /// Positions of the deals among the sources.
    pub deals: Vec<usize>,
    /// Position of the punishment among the sources; `None`: the trade war.
    pub punishment: Option<usize>,
    /// Ids of the measures whose limits are left out.
    pub left_out: Vec<String>,
    calibration: Calibration,
    arithmetic: Arithmetic,
    progress: Progress,
}

impl<'a> Game<'a> {
    pub fn new(
        scenario: &'a Scenario,
        question: &'a StrategyQuestion,
        world: &'a World,
        ledger: &Ledger,
        options: &RunOptions,
    ) -> Result<Self, StrategyRunError> {
        let find = |code: &String| {
            world.regions.find(code).map_err(|unknown| {
                StrategyRunError::Unknown(format!("players: {unknown} (world {})", world.name))
            })
        };
        let players = [find(&question.players[0])?, find(&question.players[1])?];
        if players[0] == players[1] {
            let code = &question.players[0];
            return Err(StrategyRunError::Unknown(format!("players: {code} is there twice")));
        }
        let sets = match &question.sets {
            Sets::Named(names) => {
                let mut asked = scenario.clone();
                asked.long_run.range = Some(names.clone());
                elasticity_sets(&asked, world)?
            }
            Sets::Ends | Sets::All => elasticity_sets(scenario, world)?,
        };
        let closures = closures(scenario.long_run.deficits, &question.deficits);
        let cases = closures
            .iter()
            .flat_map(|deficits| (0..sets.len()).map(|set| Case { set, deficits: *deficits }))
            .collect();
        let base = ledger.state(world, world.base_date);
        let calibration = Calibration::new(world, base, &sets[0].theta).map_err(|problem| {
            let (policy, case) = ("the base year".to_owned(), sets[0].name.clone());
            StrategyRunError::Equilibrium { policy, case, problem }
        })?;
        let mut game = Self {
            question,
            phases: &scenario.phases,
            world,
            players,
            sets,
            cases,
            sources: Vec::new(),
            status_quo: 0,
            rungs: Vec::new(),
            rung_names: Vec::new(),
            deals: Vec::new(),
            punishment: None,
            left_out: Vec::new(),
            calibration,
            arithmetic: options.arithmetic,
            progress: options.progress.clone(),
        };
        game.add_sources(ledger)?;
        Ok(game)
    }

    /// The sources of the status quo, the deals, the punishment and the rungs, each once.
    fn add_sources(&mut self, ledger: &Ledger) -> Result<(), StrategyRunError> {
        let question = self.question;
        self.status_quo = self.phase(ledger, question.status_quo)?;
        for deal in &question.deals {
            let source = self.phase(ledger, *deal)?;
            self.deals.push(source);
        }
        if let Punishment::Phase(phase) = question.punishment {
            self.punishment = Some(self.phase(ledger, phase)?);
        }
        if question.rungs.is_empty() {
            let phases: Vec<usize> =
                (0..self.phases.len()).map(|phase| self.phase(ledger, phase)).collect::<Result<_, _>>()?;
            self.rungs = super::ladder::default_rungs(self, &phases);
            let embargo = RungQuestion {
                name: super::parse::EMBARGO.to_owned(),
                phase: question.status_quo,
                amendments: Amendments::default(),
                embargo: true,
            };
            let embargo = self.rung(ledger, &embargo)?;
            self.rungs.push(embargo);
            self.rung_names = self.rungs.iter().map(|rung| self.sources[*rung].name.clone()).collect();
        }
        for rung in &question.rungs {
            let source = self.rung(ledger, rung)?;
            self.rungs.push(source);
            self.rung_names.push(rung.name.clone());
        }
        self.left_out = self.limits_of_others();
        Ok(())
    }

    fn phase(&mut self, ledger: &Ledger, phase: usize) -> Result<usize, StrategyRunError> {
        let phases = self.phases;
        let Phase { name, amendments, .. } = &phases[phase];
        if let Some(known) = self.sources.iter().position(|source| source.name == *name) {
            return Ok(known);
        }
        let amended = ledger
            .amended(amendments)
            .map_err(|problem| StrategyRunError::Amendment { rung: name.clone(), problem })?;
        Ok(self.add(name, &amended, phase, false))
    }

    fn rung(&mut self, ledger: &Ledger, rung: &RungQuestion) -> Result<usize, StrategyRunError> {
        if rung.amendments == Amendments::default() && !rung.embargo {
            return self.phase(ledger, rung.phase);
        }
        let refused = |problem| StrategyRunError::Amendment { rung: rung.name.clone(), problem };
        let amended = ledger.amended(&self.phases[rung.phase].amendments).map_err(refused)?;
        let amended = amended.amended(&rung.amendments).map_err(refused)?;
        Ok(self.add(&rung.name, &amended, rung.phase, rung.embargo))
    }

    fn add(&mut self, name: &str, ledger: &Ledger, phase: usize, embargo: bool) -> usize {
        let state = ledger.state(self.world, self.phases[phase].date);
        let caps = [0, 1].map(|side| self.own_limits(ledger, &state, side));
        self.sources.push(Source { name: name.to_owned(), state, caps, embargo });
        self.sources.len() - 1
    }

    /// Limits that a player's measures set on trade between the two.
    fn own_limits(&self, ledger: &Ledger, state: &PolicyState, side: usize) -> Vec<Cap> {
        let own = |cap: &&Cap| {
            ledger.measure(&cap.measure).is_some_and(|measure| measure.by.contains(&self.players[side]))
        };
        let between = |cap: &Cap| {
            let mut cap = cap.clone();
            cap.flows.retain(|(cell, _)| self.is_between(*cell));
            cap
        };
        state.caps.iter().filter(own).map(between).filter(|cap| !cap.flows.is_empty()).collect()
    }

    /// Measures of the status quo that limit trade other than between the two.
    fn limits_of_others(&self) -> Vec<String> {
        let source = &self.sources[self.status_quo];
        let mut ids: Vec<String> = source
            .state
            .caps
            .iter()
            .filter(|cap| cap.flows.iter().any(|(cell, _)| !self.is_between(*cell)))
            .map(|cap| cap.measure.to_string())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// Importer and exporter of a flow.
    pub fn ends(&self, cell: usize) -> [usize; 2] {
        let n = self.world.region_count();
        [cell / n % n, cell % n]
    }

    fn is_between(&self, cell: usize) -> bool {
        let [importer, exporter] = self.ends(cell);
        let [a, b] = self.players;
        [importer, exporter] == [a, b] || [importer, exporter] == [b, a]
    }

    /// Average tariff of a side on the other, weighted by trade of the base, fraction;
    /// `None` under an embargo and without trade.
    pub fn average(&self, source: usize, side: usize) -> Option<f64> {
        let source = &self.sources[source];
        if source.embargo {
            return None;
        }
        let average = crate::ledger::average_tariff(
            self.world,
            &source.state,
            self.players[side],
            self.players[1 - side],
        );
        average.map(|average| average.weighted)
    }

    /// Number of a side's measures that limit trade with the other; an embargo is one.
    pub fn limits(&self, source: usize, side: usize) -> usize {
        let source = &self.sources[source];
        let measures: BTreeSet<&str> = source.caps[side].iter().map(|cap| &*cap.measure).collect();
        measures.len() + usize::from(source.embargo)
    }

    /// The status quo with a source for each player.
    pub fn policy(&self, sources: [usize; 2]) -> PolicyState {
        let PolicyState { date, tariff, export_tax, iceberg_hat, .. } = &self.sources[self.status_quo].state;
        // Approvals and waits play no part in the long run: their limits are among the caps.
        let mut policy = PolicyState {
            date: *date,
            tariff: tariff.clone(),
            export_tax: export_tax.clone(),
            iceberg_hat: iceberg_hat.clone(),
            caps: Vec::new(),
            approval: Vec::new(),
            licence_wait_weeks: Vec::new(),
            waits: Vec::new(),
        };
        for (side, source) in sources.into_iter().enumerate() {
            let source = &self.sources[source];
            let [own, rival] = [self.players[side], self.players[1 - side]];
            let n = self.world.region_count();
            let mut stopped = Vec::new();
            for sector in 0..self.world.sector_count() {
                let bought = (sector * n + own) * n + rival;
                policy.tariff[bought] = source.state.tariff[bought];
                policy.iceberg_hat[bought] = source.state.iceberg_hat[bought];
                let sold = (sector * n + rival) * n + own;
                policy.export_tax[sold] = source.state.export_tax[sold];
                if source.embargo && self.world.goods[sector] && self.world.trade_musd[bought] > 0.0 {
                    stopped.push((bought, 1.0));
                }
            }
            policy.caps.extend(source.caps[side].iter().cloned());
            if !stopped.is_empty() {
                let measure: Arc<str> = super::parse::EMBARGO.into();
                policy.caps.push(Cap { measure, flows: stopped, quantity: 0.0, importer_rent: 0.0 });
            }
        }
        policy
    }

    /// The same as taxes of a game: without limits.
    pub fn taxes(&self, sources: [usize; 2]) -> Policy {
        let PolicyState { tariff, export_tax, .. } = self.policy(sources);
        Policy { tariff, export_tax }
    }

    pub fn case_name(&self, case: usize) -> String {
        let Case { set, deficits } = &self.cases[case];
        format!("{}, deficits {}", self.sets[*set].name, word(*deficits))
    }

    fn options(&self, case: &Case) -> Options {
        Options {
            closure: Closure { deficits: case.deficits, numeraire: Numeraire::WorldValueAdded },
            tolerance: TOLERANCE,
            arithmetic: self.arithmetic,
            ..Options::default()
        }
    }

    fn calibrated(&self, set: usize) -> Result<Calibration, EquilibriumError> {
        let mut calibration = self.calibration.clone();
        calibration.set_theta(&self.sets[set].theta)?;
        Ok(calibration)
    }

    fn refused(
        &self,
        sources: [usize; 2],
        case: usize,
    ) -> impl FnOnce(EquilibriumError) -> StrategyRunError + use<'_, 'a> {
        let [a, b] = sources.map(|source| self.sources[source].name.as_str());
        let policy = match a == b {
            true => format!("both on `{a}`"),
            false => {
                let [first, second] = &self.question.players;
                format!("{first} on `{a}`, {second} on `{b}`")
            }
        };
        let case = self.case_name(case);
        move |problem| StrategyRunError::Equilibrium { policy, case, problem }
    }

    /// Payoffs of policies in every case; the first of `policies` is the status quo.
    pub fn payoffs(&self, policies: &[[usize; 2]]) -> Result<Solved, StrategyRunError> {
        self.progress.begin("what each side can do", policies.len() * (self.cases.len() - 1));
        let central = &self.calibration;
        let first = [self.status_quo; 2];
        let base = central
            .solve(self.policy(first), &self.options(&self.cases[0]))
            .map_err(self.refused(first, 0))?;
        let known: Vec<Equilibrium> = policies
            .par_iter()
            .map(|sources| {
                central
                    .solve_from(Some(&base), self.policy(*sources), &self.options(&self.cases[0]))
                    .map_err(self.refused(*sources, 0))
            })
            .collect::<Result<_, _>>()?;
        let sets: Vec<Calibration> = (0..self.sets.len())
            .into_par_iter()
            .map(|set| self.calibrated(set).map_err(self.refused(first, set)))
            .collect::<Result<_, _>>()?;
        let central_logs: Vec<Vec<f64>> = known.iter().map(log_income).collect();
        let nearby = Nearby::all(central, known, self.arithmetic).map_err(self.refused(first, 0))?;
        let logs: Vec<Vec<Vec<f64>>> = nearby
            .into_par_iter()
            .zip(policies)
            .zip(central_logs)
            .map(|((mut near, sources), first)| {
                let mut of_cases = vec![first];
                for (place, case) in self.cases.iter().enumerate().skip(1) {
                    self.progress.step()?;
                    let found = near
                        .solve(&sets[case.set], &self.options(case))
                        .map_err(self.refused(*sources, place))?;
                    of_cases.push(log_income(&found));
                }
                Ok(of_cases)
            })
            .collect::<Result<_, StrategyRunError>>()?;
        let reference = logs.first().cloned().unwrap_or_default();
        let less = |policy: Vec<Vec<f64>>| {
            let less = |(of_case, base): (Vec<f64>, &Vec<f64>)| -> Vec<f64> {
                of_case.iter().zip(base).map(|(log, base)| log - base).collect()
            };
            policy.into_iter().zip(&reference).map(less).collect()
        };
        let unit = central.world_value_added_musd;
        Ok(Solved {
            logs: logs.into_iter().map(less).collect(),
            income_musd: base.income_musd,
            value_added_musd: central.value_added.iter().map(|value| unit * value).collect(),
        })
    }

    /// The economy of a case, as a model that can be played from the status quo.
    pub fn economy(&self, case: usize) -> Result<CaliendoParro, StrategyRunError> {
        let sources = [self.status_quo; 2];
        let calibration = self.calibrated(self.cases[case].set).map_err(self.refused(sources, case))?;
        let mut frame = self.policy(sources);
        frame.caps.clear();
        let economy = CaliendoParro::within(calibration, frame, &self.options(&self.cases[case]))
            .map_err(self.failed("the status quo", case))?;
        Ok(economy.watched(&self.progress))
    }

    /// Names what was looked for in an error of a game.
    pub fn failed(&self, what: &str, case: usize) -> impl Fn(StrategyError) -> StrategyRunError + use<> {
        let (what, case) = (what.to_owned(), self.case_name(case));
        move |problem| StrategyRunError::Game { what: what.clone(), case: case.clone(), problem }
    }
}

/// `ln(I/P)`, `[region]`.
fn log_income(equilibrium: &Equilibrium) -> Vec<f64> {
    let real = equilibrium.income_musd.iter().zip(&equilibrium.consumption_price_hat);
    real.map(|(income, price)| (income / price).ln()).collect()
}

/// The scenario's rule first, then its counterpart or what was asked.
fn closures(own: Deficits, asked: &[Deficits]) -> Vec<Deficits> {
    let mut closures = vec![own];
    match asked {
        [] if own == Deficits::Zero => closures.push(Deficits::Held),
        [] => closures.push(Deficits::Zero),
        asked => closures.extend(asked.iter().filter(|rule| **rule != own)),
    }
    closures
}

/// As a scenario file writes it.
pub fn word(deficits: Deficits) -> &'static str {
    match deficits {
        Deficits::Zero => "zero",
        Deficits::Held => "held",
        Deficits::Share => "share",
        Deficits::Income => "income",
    }
}
