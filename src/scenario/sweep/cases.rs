//! The rows of a chunk of cases.
//!
//! ```text
//! long run     each phase under draw k of the elasticities, near the combination's centre
//! weeks        draw k of the settings, the study and the approvals
//! ```
//!
//! Draw `k` is draw `k` of `detente run --draws`, in every combination. What the cases of
//! a combination share (its scenario, the calibration and the central equilibria, the
//! network) is found once a chunk; central equilibria are kept for the next one.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::plan::Plan;
use super::selection::Selection;
use crate::ledger::PolicyState;
use crate::numerics::progress::Stopped;
use crate::results::{Results, Row, Variable};
use crate::scenario::Scenario;
use crate::scenario::answer::{AnswerError, Question, WeeksQuestion};
use crate::scenario::centre::Centre;
use crate::scenario::measures::Place;
use crate::scenario::run::{
    Posed, RunError, RunOptions, Solved, a_head, amended, code_of, elasticity_sets, find_region, row,
    tariff_rows,
};
use crate::scenario::short_run::ShortRunError;
use crate::scenario::short_run::run::Weeks;

/// Central equilibria that are kept, one combination each; about 20 MB with 81 regions,
/// 28 sectors and five phases.
const CENTRES: usize = 8;

/// Variables of the weeks; `gross_output` is one of the long run too.
const OF_WEEKS: [Variable; 10] = [
    Variable::ValueAdded,
    Variable::ValueAddedLost,
    Variable::CaughtUp,
    Variable::Leverage,
    Variable::LeveragePerValueAdded,
    Variable::LeverageWithStocks,
    Variable::BlockedLost,
    Variable::UnsoldStock,
    Variable::RetaliationLost,
    Variable::GrossOutput,
];

/// One case and its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its number.
    pub number: usize,
    /// Draw of the elasticities, the weeks and the drawn fields.
    pub draw: usize,
    /// Values of the fields, `[field]`.
    pub values: Vec<f64>,
    /// What is kept of its numbers, or why it has none.
    pub rows: Result<Vec<Row>, String>,
}

/// Cases that are computed and written at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Chunk {
    /// Its number.
    pub number: usize,
    /// Its cases, in order.
    pub cases: Vec<Case>,
}

/// What a process knows of a plan beside the plan.
#[derive(Debug, Default)]
pub(super) struct Kept {
    centres: Mutex<VecDeque<(Scenario, Arc<LongRun>)>>,
}

/// The long run of one combination: a centre for every reading.
#[derive(Clone)]
pub(super) struct LongRun {
    readings: Vec<Reading>,
}

#[derive(Clone)]
struct Reading {
    id: Arc<str>,
    centre: Centre,
    central: Arc<Solved>,
    states: Arc<[Arc<PolicyState>]>,
}

impl std::fmt::Debug for LongRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.readings.iter().map(|reading| &reading.id)).finish()
    }
}

impl Plan {
    /// Computes a chunk. A case without an answer says why; every case is a step of the
    /// progress. The arithmetic is the plan's.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn chunk(&self, number: usize, options: &RunOptions) -> Result<Chunk, Stopped> {
        let draws = self.asked.draws;
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for case in self.cases_of(number) {
            match groups.last_mut() {
                Some(group) if group[0] / draws == case / draws => group.push(case),
                _ => groups.push(vec![case]),
            }
        }
        let cases: Vec<Vec<Case>> =
            groups.par_iter().map(|group| self.group(group, options)).collect::<Result<_, Stopped>>()?;
        Ok(Chunk { number, cases: cases.into_iter().flatten().collect() })
    }

    /// The rows of the first case, or why it has none.
    ///
    /// # Errors
    /// [`Stopped`].
    pub fn sample(&self, options: &RunOptions) -> Result<Result<Vec<Row>, String>, Stopped> {
        let first = self.group(&[0], options)?.into_iter().next();
        Ok(first.map_or(Err("there is no case".to_owned()), |case| case.rows))
    }

    /// Cases of one combination. With a drawn field each has a scenario of its own.
    fn group(&self, cases: &[usize], options: &RunOptions) -> Result<Vec<Case>, Stopped> {
        if self.over.drawn().next().is_some() {
            return cases.par_iter().map(|case| Ok(self.alike(&[*case], options)?.remove(0))).collect();
        }
        self.alike(cases, options)
    }

    /// Cases of one scenario.
    fn alike(&self, cases: &[usize], options: &RunOptions) -> Result<Vec<Case>, Stopped> {
        options.progress.go_on()?;
        let values = self.values(cases[0]);
        let case =
            |number: usize, rows| Case { number, draw: self.place(number).1, values: values.clone(), rows };
        let setting = self.setting(&values).map_err(|refusal| refusal.said());
        let shared = setting
            .as_ref()
            .map_err(String::clone)
            .and_then(|question| Shared::new(self, question, options).map_err(|e| e.to_string()));
        let fields = self.told(&values);
        let named = |problem: String| match fields.is_empty() {
            true => problem,
            false => format!("{fields}: {problem}"),
        };
        let shared = match shared {
            Ok(shared) => shared,
            Err(problem) => {
                return cases
                    .iter()
                    .map(|number| {
                        options.progress.step()?;
                        Ok(case(*number, Err(named(problem.clone()))))
                    })
                    .collect();
            }
        };
        let one = |long_run: &mut Option<LongRun>, number: &usize| {
            let rows = shared.rows(long_run.as_mut(), self.place(*number).1);
            options.progress.step()?;
            Ok(case(*number, rows.map_err(|e| named(e.to_string()))))
        };
        let own = || shared.long_run.as_deref().cloned();
        cases.par_iter().map_init(own, one).collect()
    }

    /// The long run of a scenario, known or found. Where a drawn field changes it there
    /// is no second case of it, and nothing is kept.
    fn long_run(&self, question: &Question, options: &RunOptions) -> Result<Arc<LongRun>, RunError> {
        let key = Scenario { short_run: None, strategy: None, accounts: None, ..question.scenario.clone() };
        let lock = || self.kept.centres.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = lock().iter().find(|(known, _)| *known == key) {
            return Ok(found.clone());
        }
        let found = Arc::new(LongRun::new(question, options)?);
        if self.over.drawn().all(|field| field.keys[0] == "short_run") {
            let mut kept = lock();
            kept.push_front((key, found.clone()));
            kept.truncate(CENTRES);
        }
        Ok(found)
    }
}

impl LongRun {
    fn new(question: &Question, options: &RunOptions) -> Result<Self, RunError> {
        let (scenario, world) = (&question.scenario, &question.world.world);
        let actors =
            scenario.actors.iter().map(|code| find_region(world, code)).collect::<Result<Vec<_>, _>>()?;
        let sets = elasticity_sets(scenario, world)?;
        let Some(draws) = scenario.long_run.draws else {
            return Err(RunError::Unknown("long_run: a sweep needs draws".to_owned()));
        };
        let plain = [String::new()];
        let ids = if scenario.readings.is_empty() { plain.as_slice() } else { &scenario.readings };
        let reading = |id: &String| {
            let read;
            let ledger = match id.as_str() {
                "" => &question.ledger.ledger,
                id => {
                    read = question.ledger.ledger.as_read_by(id);
                    &read
                }
            };
            let states = scenario
                .phases
                .iter()
                .map(|phase| amended(phase, world, ledger).map(Arc::new))
                .collect::<Result<Arc<[_]>, _>>()?;
            let posed =
                Posed { scenario, world, ledger, reading: id, states: &states, actors: &actors, sets: &sets };
            let (centre, central) = Centre::new(&posed, &draws, options)?;
            Ok(Reading { id: id.as_str().into(), centre, central: Arc::new(central), states })
        };
        Ok(Self { readings: ids.iter().map(reading).collect::<Result<_, RunError>>()? })
    }
}

/// What cases of one scenario share.
struct Shared<'a> {
    question: &'a Question,
    selection: &'a Selection,
    name: Arc<str>,
    actors: Vec<usize>,
    /// `None` if nothing of it is kept.
    long_run: Option<Arc<LongRun>>,
    weeks: Option<(Weeks<'a>, Vec<usize>)>,
    options: RunOptions,
}

impl<'a> Shared<'a> {
    fn new(plan: &'a Plan, question: &'a Question, options: &RunOptions) -> Result<Self, AnswerError> {
        // Steps of the progress are cases; who says stop is heard between them.
        let (progress, arithmetic) = (Default::default(), plan.asked.arithmetic);
        let options = RunOptions { progress, arithmetic, ..options.clone() };
        let (scenario, world) = (&question.scenario, &question.world.world);
        let selection = &plan.asked.selection;
        let actors = scenario.actors.iter().filter_map(|code| world.regions.find(code).ok()).collect();
        let is_of_weeks = |variable: &Variable| OF_WEEKS.contains(variable);
        let of_long_run = |variable: &Variable| !is_of_weeks(variable) || *variable == Variable::GrossOutput;
        let long_run = match selection.variables.iter().any(of_long_run) {
            true => Some(plan.long_run(question, &options)?),
            false => None,
        };
        let weeks = match (&question.weeks, &scenario.short_run) {
            (Some(weeks), Some(asked)) if selection.variables.iter().any(is_of_weeks) => {
                let WeeksQuestion { study, world, ledger, .. } = weeks;
                let ledger = ledger.ledger.amended(&asked.amendments).map_err(ShortRunError::from)?;
                let actors: Vec<usize> =
                    scenario.actors.iter().filter_map(|code| world.regions.find(code).ok()).collect();
                let study = study.as_ref().map(|study| &study.study);
                Some((Weeks::new(asked, world, &ledger, study, &actors)?, actors))
            }
            _ => None,
        };
        let name = scenario.name.as_str().into();
        Ok(Self { question, selection, name, actors, long_run, weeks, options })
    }

    /// What is kept of a draw; `long_run` is the caller's own to change.
    fn rows(&self, long_run: Option<&mut LongRun>, draw: usize) -> Result<Vec<Row>, AnswerError> {
        let mut rows = Vec::new();
        for reading in long_run.into_iter().flat_map(|long_run| &mut long_run.readings) {
            self.of_long_run(reading, draw, &mut rows)?;
        }
        if let Some((weeks, actors)) = &self.weeks {
            let found = weeks.rows_of_draw(draw, actors)?.rows.into_iter();
            let kept = found
                .filter(|row| self.selection.keeps(row.variable, &row.region, &row.partner, &row.sector));
            rows.extend(kept.map(|row| Row { scenario: self.name.clone(), low: None, high: None, ..row }));
        }
        Ok(rows)
    }

    fn of_long_run(&self, reading: &mut Reading, draw: usize, rows: &mut Vec<Row>) -> Result<(), RunError> {
        let (scenario, world) = (&self.question.scenario, &self.question.world.world);
        let factors = reading.centre.factors(draw);
        let solved = reading.centre.draw(draw, &factors, &self.options.progress)?;
        let first = rows.len();
        let tariffs = [Variable::TariffWeighted, Variable::TariffSimple];
        for (position, phase) in scenario.phases.iter().enumerate() {
            if tariffs.iter().any(|variable| self.selection.variables.contains(variable)) {
                let mut all = Results::default();
                tariff_rows(&self.name, phase, world, &reading.states[position], &self.actors, &mut all);
                rows.extend(all.rows.into_iter().filter(|row| {
                    self.selection.keeps(row.variable, &row.region, &row.partner, &row.sector)
                }));
            }
            let places = &reading.central.found[position].places;
            for (place, value) in places.iter().zip(&solved.found[position].values) {
                if self.keeps(place) {
                    rows.push(row(&self.name, phase, world, *place, *value, None));
                }
                for (variable, dollars) in a_head(world, *place) {
                    let place = Place { variable, ..*place };
                    if self.keeps(&place) {
                        rows.push(row(&self.name, phase, world, place, dollars * value, None));
                    }
                }
            }
        }
        rows[first..].iter_mut().for_each(|row| row.reading = reading.id.clone());
        Ok(())
    }

    fn keeps(&self, place: &Place) -> bool {
        let world = &self.question.world.world;
        let partner = place.partner.map_or("", |partner| world.regions.code(partner));
        let sector = place.sector.map_or("", |sector| world.sectors.code(sector));
        self.selection.keeps(place.variable, code_of(world, place.region), partner, sector)
    }
}
