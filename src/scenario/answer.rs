//! Everything that a scenario asks, from its text.
//!
//! ```text
//! text ──Question──▶ what it names is open, everything wrong with it told ──answer──▶ Answer
//! ```
//!
//! The command line, the local app and the Python package answer scenarios through here,
//! so that the same text gives the same numbers and the same words everywhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::draws::Draws;
use super::memory::Memory;
use super::open::{Named, OpenError, OpenLedger, OpenStudy, OpenWorld, Opens, Remark};
use super::short_run::ShortRunError;
use super::strategy::StrategyRunError;
use super::texts::OpenAccounts;
use super::tornado::Tornado;
use super::{
    LongRun, RunError, RunOptions, Scenario, ShortRun, Strategy, price, run, short_run, strategy, tornado,
};
use crate::document::{DocumentError, Kind};
use crate::network;
use crate::results::provenance::sha256;
use crate::results::{ByVariable, Results};
use crate::strategy::StrategyError;
use crate::world::World;

/// What is asked beyond the scenario's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Draws of elasticities, in place of the scenario's.
    pub draws: Option<u32>,
    /// Seed of those draws.
    pub seed: Option<u32>,
    /// Whether to move each uncertain thing alone.
    pub tornado: bool,
    /// Whether to compute `[short_run]`, where the scenario has it.
    pub weeks: bool,
    /// Draws of the weeks, in place of the scenario's.
    pub weeks_draws: Option<usize>,
    /// Whether to compute `[strategy]`, where the scenario has it.
    pub strategy: bool,
}

impl Default for Asked {
    /// Everything that the scenario itself asks.
    fn default() -> Self {
        Self { draws: None, seed: None, tornado: false, weeks: true, weeks_draws: None, strategy: true }
    }
}

/// Why a scenario has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// What is asked makes no sense.
    #[error("{0}")]
    Asked(String),
    /// It names what cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The long run.
    #[error(transparent)]
    LongRun(#[from] RunError),
    /// The weeks.
    #[error(transparent)]
    Weeks(#[from] ShortRunError),
    /// The strategy.
    #[error(transparent)]
    Strategy(Box<StrategyRunError>),
}

impl From<StrategyRunError> for AnswerError {
    fn from(e: StrategyRunError) -> Self {
        Self::Strategy(Box::new(e))
    }
}

impl AnswerError {
    /// True if the user can mend it in what they wrote; false if the model has no answer to it.
    pub fn is_about_input(&self) -> bool {
        match self {
            Self::Asked(_) | Self::Open(_) => true,
            Self::LongRun(RunError::Equilibrium { problem, .. }) => problem.is_about_input(),
            Self::LongRun(_) => true,
            Self::Weeks(e) => !matches!(e, ShortRunError::Network(network::RunError::Numerical { .. })),
            Self::Strategy(e) => match &**e {
                StrategyRunError::Equilibrium { problem, .. } => problem.is_about_input(),
                StrategyRunError::Game { problem, .. } => match problem {
                    StrategyError::Equilibrium(problem) => problem.is_about_input(),
                    StrategyError::NoConvergence { .. }
                    | StrategyError::Singular { .. }
                    | StrategyError::NothingToGain => false,
                    _ => true,
                },
                _ => true,
            },
        }
    }
}

impl From<DocumentError> for AnswerError {
    fn from(e: DocumentError) -> Self {
        Self::Open(e.into())
    }
}

/// A scenario with everything that it names.
#[derive(Clone, Debug)]
pub struct Question {
    /// The scenario, checked against its world and ledger.
    pub scenario: Scenario,
    /// SHA-256 of its text.
    pub hash: String,
    /// The world, materials carved out.
    pub world: OpenWorld,
    /// Names and hashes of the materials.
    pub materials: Vec<(String, String)>,
    /// The ledger, read for that world.
    pub ledger: OpenLedger,
    /// What the weeks need beside it, where they are asked for.
    pub weeks: Option<WeeksQuestion>,
    /// What accounts of the talks say, where it names some.
    pub accounts: Option<Arc<OpenAccounts>>,
    /// What is worth a word.
    pub remarks: Vec<Remark>,
}

/// What the weeks of a scenario need beside the long run's.
#[derive(Clone, Debug)]
pub struct WeeksQuestion {
    /// The study that they follow.
    pub study: Option<OpenStudy>,
    /// The world with the materials of the weeks carved out.
    pub world: World,
    /// Names and hashes of the materials that were carved out for the weeks alone.
    pub materials: Vec<(String, String)>,
    /// The ledger, read for that world.
    pub ledger: OpenLedger,
}

/// A scenario and its answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The scenario with everything that it names.
    pub question: Question,
    /// The long run; its results hold the rows of the weeks and of the strategy too.
    pub long_run: LongRun,
    /// Where its rows are.
    pub by_variable: ByVariable,
    /// What matters most, where that was asked.
    pub tornado: Option<Tornado>,
    /// The weeks, where the scenario asks for them.
    pub short_run: Option<ShortRun>,
    /// What two sides can do to each other, where the scenario asks for it.
    pub strategy: Option<Strategy>,
    /// How long the strategy took, seconds.
    pub strategy_seconds: f64,
    /// What is known of these inputs.
    pub memory: Memory,
}

impl Question {
    /// Reads a scenario and opens what it names. `name` is its short name, `shown` what
    /// messages call its file.
    ///
    /// # Errors
    /// [`AnswerError`] of everything but the computation.
    pub fn read(
        name: &str,
        shown: &str,
        text: &str,
        shelf: &impl Opens,
        asked: &Asked,
    ) -> Result<Self, AnswerError> {
        let mut scenario = Scenario::parse(name, shown, text)?;
        asked.amend(&mut scenario)?;
        let mut named = Named {
            world: scenario.world.clone(),
            materials: scenario.materials.clone(),
            ledger: scenario.ledger.clone(),
        };
        let opened = shelf.open(&named)?;
        let (world, ledger) = (opened.world.clone(), opened.ledger.clone());
        let mut remarks: Vec<Remark> = opened.short.iter().cloned().map(Remark::Text).collect();
        remarks.extend(ledger.remark.clone());
        let warnings = scenario.check(shown, text, &world.world, &ledger.ledger)?;
        remarks.extend(Remark::of(Kind::Scenario, shown, text, warnings));
        let accounts = match &scenario.accounts {
            Some(question) => Some(shelf.accounts(question, shown, text)?),
            None => None,
        };
        let weeks = match &scenario.short_run {
            Some(question) => {
                let study = question.study.as_deref().map(|name| shelf.study(name)).transpose()?;
                named.materials.extend(question.materials.iter().cloned());
                let with = shelf.open(&named)?;
                // What is odd about the ledger and the long run's materials has been said.
                remarks.extend(with.short[opened.short.len()..].iter().cloned().map(Remark::Text));
                let (world, ledger) = (with.world.world.clone(), with.ledger.clone());
                let materials = with.materials[opened.materials.len()..].to_vec();
                let warnings = scenario.check_short_run(shown, text, &world, &ledger.ledger)?;
                remarks.extend(Remark::of(Kind::Scenario, shown, text, warnings));
                Some(WeeksQuestion { study, world, materials, ledger })
            }
            None => None,
        };
        let (hash, materials) = (sha256(text.as_bytes()), opened.materials.clone());
        Ok(Self { scenario, hash, world, materials, ledger, weeks, accounts, remarks })
    }

    /// Computes everything that is asked.
    ///
    /// # Errors
    /// [`AnswerError`] of the computation.
    pub fn answer(self, asked: &Asked, options: &RunOptions) -> Result<Answer, AnswerError> {
        let (scenario, world, ledger) = (&self.scenario, &self.world.world, &self.ledger.ledger);
        let memory = options.memory.of_inputs(&self.hashes());
        let options = &RunOptions { memory: memory.clone(), ..options.clone() };
        let mut long_run = run::run(scenario, world, ledger, options)?;
        let tornado = match asked.tornado {
            true => Some(tornado::tornado(scenario, world, ledger, options)?),
            false => None,
        };
        let short_run = match &self.weeks {
            Some(weeks) => weeks.run(scenario, options)?,
            None => None,
        };
        if let Some(weeks) = &short_run {
            long_run.results.rows.extend(weeks.results.rows.iter().cloned());
        }
        let started = Instant::now();
        let strategy = match scenario.strategy.is_some() {
            true => Some(strategy::run(scenario, world, ledger, short_run.as_ref(), options)?),
            false => None,
        };
        if let Some(strategy) = &strategy {
            long_run.results.rows.extend(strategy.results.rows.iter().cloned());
        }
        let strategy_seconds = started.elapsed().as_secs_f64();
        let by_variable = ByVariable::of(&long_run.results);
        Ok(Answer {
            question: self,
            long_run,
            by_variable,
            tornado,
            short_run,
            strategy,
            strategy_seconds,
            memory,
        })
    }

    /// SHA-256 of each input, by what it is.
    pub fn inputs(&self) -> BTreeMap<String, String> {
        let mut inputs = BTreeMap::from([
            ("scenario".to_owned(), self.hash.clone()),
            (format!("world {}", self.world.world.name), self.world.hash.clone()),
            (format!("ledger {}", self.scenario.ledger), self.ledger.hash.clone()),
        ]);
        let of_weeks = self.weeks.iter().flat_map(|weeks| &weeks.materials);
        for (name, hash) in self.materials.iter().chain(of_weeks) {
            inputs.insert(format!("material {name}"), hash.clone());
        }
        inputs.extend(self.accounts.iter().flat_map(|accounts| accounts.hashes.clone()));
        if let Some(study) = self.weeks.as_ref().and_then(|weeks| weeks.study.as_ref()) {
            inputs.insert(format!("study {}", study.study.name), study.hash.clone());
        }
        inputs
    }

    /// Hashes of what every phase of the long run is computed from.
    fn hashes(&self) -> String {
        let materials = self.materials.iter().map(|(_, hash)| hash.as_str());
        let all: Vec<&str> =
            [self.world.hash.as_str(), self.ledger.hash.as_str()].into_iter().chain(materials).collect();
        all.join(" ")
    }
}

impl Asked {
    /// Puts what is asked into the scenario, and takes out what is not.
    fn amend(&self, scenario: &mut Scenario) -> Result<(), AnswerError> {
        if let Some(count) = self.draws {
            let asked = scenario.long_run.draws.unwrap_or(Draws { count: 0, spread: None, seed: 0 });
            scenario.long_run.draws = Some(Draws { count: count as usize, ..asked });
        }
        match (&mut scenario.long_run.draws, self.seed) {
            (Some(draws), Some(seed)) => draws.seed = seed,
            (None, Some(_)) => {
                return Err(AnswerError::Asked(
                    "--seed: the scenario draws nothing; add --draws N".to_owned(),
                ));
            }
            _ => {}
        }
        if !self.weeks {
            scenario.short_run = None;
        }
        if !self.strategy {
            scenario.strategy = None;
        }
        if let (Some(question), Some(draws)) = (&mut scenario.short_run, self.weeks_draws) {
            question.draws = draws;
        }
        Ok(())
    }
}

impl WeeksQuestion {
    fn run(&self, scenario: &Scenario, options: &RunOptions) -> Result<Option<ShortRun>, AnswerError> {
        let Some(question) = &scenario.short_run else { return Ok(None) };
        let (world, ledger, progress) = (&self.world, &self.ledger.ledger, &options.progress);
        let actors: Vec<usize> =
            scenario.actors.iter().filter_map(|code| world.regions.find(code).ok()).collect();
        let study = self.study.as_ref().map(|study| &study.study);
        let mut short_run = short_run::run::weeks(question, world, ledger, study, &actors, progress)?;
        let name: Arc<str> = scenario.name.as_str().into();
        short_run.results.rows.iter_mut().for_each(|row| row.scenario = name.clone());
        let read = price::weeks(scenario, question, world, ledger, study, progress)?;
        short_run.results.rows.extend(read.rows);
        Ok(Some(short_run))
    }
}

impl Answer {
    /// Every row of the run.
    pub fn results(&self) -> &Results {
        &self.long_run.results
    }

    /// The weeks with the world they were computed in.
    pub fn weeks(&self) -> Option<(&ShortRun, &World)> {
        self.short_run.as_ref().zip(self.question.weeks.as_ref().map(|weeks| &weeks.world))
    }

    /// Options that change results.
    pub fn options(&self, reproducible: bool) -> BTreeMap<String, String> {
        let mut options = BTreeMap::from([("reproducible".to_owned(), reproducible.to_string())]);
        if let Some(draws) = self.long_run.draws {
            options.insert("draws".to_owned(), draws.count.to_string());
            options.insert("seed".to_owned(), draws.seed.to_string());
        }
        options
    }

    /// The command that gives the same: `named` is the scenario as it is named there.
    pub fn command(&self, named: &str, reproducible: bool) -> String {
        let mut command = format!("detente run {named}");
        for (name, value) in self.options(reproducible) {
            command += &match value.as_str() {
                "false" => continue,
                "true" => format!(" --{name}"),
                value => format!(" --{name} {value}"),
            };
        }
        if self.tornado.is_some() {
            command += " --tornado";
        }
        command
    }

    /// SHA-256 of each input, by what it is.
    pub fn inputs(&self) -> BTreeMap<String, String> {
        self.question.inputs()
    }
}
