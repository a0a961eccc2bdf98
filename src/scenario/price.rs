//! What is the difference between two accounts worth, topic by topic?
//!
//! ```text
//! gap[r, k, p, a] = EV_a(ledger with topic k as r reads it, phase p) − EV_a(the ledger as it is, phase p)
//! ```
//!
//! `r` a reading, `k` a topic of the talks, `p` a phase, `a` an actor, EV the
//! equivalent variation against the phase compared with, million USD a year. All
//! other topics stay as the ledger has them, so the gaps of the topics do not add
//! up to the gap of the whole reading where measures act on one another. The range
//! is that of the gap itself over the elasticity sets: each set is compared with
//! itself.
//!
//! The weeks are told the same way, where the scenario has a short run: value added
//! lost until its horizons with one topic as a side reads it, and the number of
//! weeks in which value added is below undisturbed by a thousandth of a per cent,
//! both at the middle of every range.
//!
//! A measure is of the first topic of which its id has a word; one of no topic is
//! priced under its own id.

use std::sync::Arc;

use rayon::prelude::*;

use super::run::{RunError, RunOptions, elasticity_sets, find_region, states};
use super::short_run::{self, ShortRunError, ShortRunQuestion};
use super::{Phase, Scenario};
use crate::accounts::topics::{Topics, id_has};
use crate::equilibrium::{Calibration, Change, Closure, Numeraire, Options};
use crate::ledger::{Ledger, PolicyState};
use crate::network::Study;
use crate::numerics::progress::Progress;
use crate::results::{Results, Row, Variable};
use crate::world::World;

/// A week counts as below undisturbed from here on, per cent of value added.
const BELOW: f64 = 0.001;

/// What one reading of one topic is worth to one actor in one phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// The reading.
    pub reading: Arc<str>,
    /// The topic's code, or the id of a measure without a topic.
    pub topic: Arc<str>,
    /// The topic's title.
    pub title: Arc<str>,
    /// The phase.
    pub run: Arc<str>,
    /// The actor.
    pub region: Arc<str>,
    /// Against the ledger as it is, million USD a year.
    pub gap_musd: f64,
    /// Least and most over the elasticity sets.
    pub range_musd: (f64, f64),
}

/// Prices of all topics that a reading of the scenario speaks of.
///
/// # Errors
/// [`RunError`].
pub fn prices(
    scenario: &Scenario,
    world: &World,
    ledger: &Ledger,
    options: &RunOptions,
) -> Result<Vec<Price>, RunError> {
    let sets = elasticity_sets(scenario, world)?;
    let actors =
        scenario.actors.iter().map(|code| find_region(world, code)).collect::<Result<Vec<_>, _>>()?;
    let cases = cases(scenario, ledger);
    if cases.is_empty() {
        return Ok(Vec::new());
    }
    let plain = states(scenario, world, ledger)?;
    let read =
        cases.iter().map(|case| states(scenario, world, &case.ledger)).collect::<Result<Vec<_>, _>>()?;
    let against = &scenario.phases[scenario.against];
    let failed = |phase: &Phase, set: &str| {
        let (phase, elasticities) = (phase.name.clone(), set.to_owned());
        move |problem| RunError::Equilibrium { phase, elasticities, problem }
    };
    let base = ledger.state(world, world.base_date);
    let calibration =
        Calibration::new(world, base, &sets[0].theta).map_err(failed(against, &sets[0].name))?;
    options.progress.begin("what the difference is worth", sets.len() * (1 + read.len()));
    // One row of gains a set: the ledger as it is, then every case.
    let gains: Vec<Vec<Vec<f64>>> = sets
        .par_iter()
        .map_init(
            || calibration.clone(),
            |calibration, set| {
                calibration.set_theta(&set.theta).map_err(failed(against, &set.name))?;
                let gain = |states: &Vec<Arc<PolicyState>>| {
                    options.progress.step()?;
                    gains(scenario, calibration, states, &actors, options)
                        .map_err(|(phase, problem)| failed(&scenario.phases[phase], &set.name)(problem))
                };
                std::iter::once(&plain).chain(&read).map(gain).collect::<Result<Vec<_>, _>>()
            },
        )
        .collect::<Result<_, RunError>>()?;
    let mut prices = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let phases = (0..scenario.phases.len()).filter(|phase| *phase != scenario.against);
        for (place, phase) in phases.enumerate() {
            for (position, actor) in scenario.actors.iter().enumerate() {
                let at = place * actors.len() + position;
                let gaps = gains.iter().map(|of_set| of_set[number + 1][at] - of_set[0][at]);
                let range = gaps.clone().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), gap| {
                    (low.min(gap), high.max(gap))
                });
                prices.push(Price {
                    reading: case.reading.clone(),
                    topic: case.topic.clone(),
                    title: case.title.clone(),
                    run: scenario.phases[phase].name.as_str().into(),
                    region: actor.as_str().into(),
                    gap_musd: gaps.clone().next().unwrap_or(0.0),
                    range_musd: range,
                });
            }
        }
    }
    Ok(prices)
}

/// The prices as rows of the result table: `reading` is `reading/topic`.
pub fn rows(prices: &[Price], scenario: &Scenario) -> Results {
    let rows = prices.iter().map(|price| {
        let phase = scenario.phases.iter().find(|phase| *phase.name == *price.run);
        Row {
            run: price.run.clone(),
            scenario: scenario.name.as_str().into(),
            reading: format!("{}/{}", price.reading, price.topic).into(),
            date: phase.map(|phase| phase.date),
            week: None,
            region: price.region.clone(),
            partner: "".into(),
            sector: "".into(),
            variable: Variable::ReadingGap,
            value: price.gap_musd,
            low: Some(price.range_musd.0),
            high: Some(price.range_musd.1),
        }
    });
    Results { rows: rows.collect() }
}

/// The weeks of a scenario with every topic as each side reads it, and as the
/// ledger has them: rows of `value_added_lost` and `weeks_below` of the actors, for
/// the topics of which some reading moves any of them.
/// `world` has the materials of the short run carved out.
///
/// # Errors
/// [`ShortRunError`].
pub fn weeks(
    scenario: &Scenario,
    question: &ShortRunQuestion,
    world: &World,
    ledger: &Ledger,
    study: Option<&Study>,
    progress: &Progress,
) -> Result<Results, ShortRunError> {
    let cases = cases(scenario, ledger);
    let actors: Vec<usize> =
        scenario.actors.iter().filter_map(|code| world.regions.find(code).ok()).collect();
    let question = ShortRunQuestion { draws: 1, ..question.clone() };
    let read = |case: &Case| -> Result<Vec<Row>, ShortRunError> {
        let found = short_run::run::weeks(&question, world, &case.ledger, study, &actors, progress)?;
        Ok(of_actors(scenario, &found.results, format!("{}/{}", case.reading, case.topic).into()))
    };
    if cases.is_empty() {
        return Ok(Results::default());
    }
    let plain = short_run::run::weeks(&question, world, ledger, study, &actors, progress)?;
    let plain = of_actors(scenario, &plain.results, "".into());
    let rows = cases.par_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // A topic that no reading moves is not told; one that a side alone moves is told of all.
    let moves = |read: &Vec<Row>| read.iter().zip(&plain).any(|(row, plain)| row.value != plain.value);
    let moved: Vec<&str> =
        cases.iter().zip(&rows).filter(|(_, read)| moves(read)).map(|(case, _)| &*case.topic).collect();
    let told = cases.iter().zip(&rows).filter(|(case, _)| moved.contains(&&*case.topic));
    let rows: Vec<Row> = told.flat_map(|(_, read)| read.clone()).collect();
    Ok(Results { rows })
}

/// What of a short run tells of the actors' weeks, under a reading's name.
fn of_actors(scenario: &Scenario, results: &Results, reading: Arc<str>) -> Vec<Row> {
    let name: Arc<str> = scenario.name.as_str().into();
    let mut rows = Vec::new();
    for actor in &scenario.actors {
        let of = |variable| {
            results.rows.iter().filter(move |row| row.variable == variable && *row.region == **actor)
        };
        let middle = |row: &Row| Row {
            scenario: name.clone(),
            reading: reading.clone(),
            low: None,
            high: None,
            ..row.clone()
        };
        rows.extend(of(Variable::ValueAddedLost).map(middle));
        let below = of(Variable::ValueAdded).filter(|row| row.value < -BELOW).count();
        if let Some(last) = of(Variable::ValueAdded).next_back() {
            rows.push(Row { variable: Variable::WeeksBelow, value: below as f64, ..middle(last) });
        }
    }
    rows
}

/// One topic as one side reads it.
struct Case {
    reading: Arc<str>,
    topic: Arc<str>,
    title: Arc<str>,
    ledger: Ledger,
}

fn cases(scenario: &Scenario, ledger: &Ledger) -> Vec<Case> {
    let topics = Topics::shipped();
    let topic_of = |id: &str| {
        let found = topics.topics.iter().find(|topic| topic.measures.iter().any(|word| id_has(id, word)));
        found.map_or((id.to_owned(), id.to_owned()), |topic| (topic.code.clone(), topic.title.clone()))
    };
    let mut cases: Vec<Case> = Vec::new();
    for reading in &scenario.readings {
        let mut seen: Vec<String> = Vec::new();
        for measure in
            ledger.measures.iter().filter(|measure| measure.readings.iter().any(|one| one.id == *reading))
        {
            let (code, title) = topic_of(&measure.id);
            if seen.contains(&code) {
                continue;
            }
            let ledger = ledger.as_read_by_on(reading, |other| topic_of(&other.id).0 == code);
            cases.push(Case {
                reading: reading.as_str().into(),
                topic: code.as_str().into(),
                title: title.into(),
                ledger,
            });
            seen.push(code);
        }
    }
    cases
}

/// Equivalent variations of every compared phase and actor, million USD.
fn gains(
    scenario: &Scenario,
    calibration: &Calibration,
    states: &[Arc<PolicyState>],
    actors: &[usize],
    options: &RunOptions,
) -> Result<Vec<f64>, (usize, crate::equilibrium::EquilibriumError)> {
    let closure = Closure { deficits: scenario.long_run.deficits, numeraire: Numeraire::WorldValueAdded };
    let options = Options {
        closure,
        variant: scenario.long_run.variant,
        arithmetic: options.arithmetic,
        ..Options::default()
    };
    let against = scenario.against;
    let before =
        calibration.solve(states[against].clone(), &options).map_err(|problem| (against, problem))?;
    let mut gains = Vec::new();
    for phase in (0..states.len()).filter(|phase| *phase != against) {
        let after = calibration
            .solve_from(Some(&before), states[phase].clone(), &options)
            .map_err(|problem| (phase, problem))?;
        let change = Change::between(calibration, &before, &after);
        gains.extend(actors.iter().map(|actor| change.welfare_exact[*actor] * before.income_musd[*actor]));
    }
    Ok(gains)
}
