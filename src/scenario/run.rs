//! Computes a scenario: every phase against one of them, for every elasticity set.

use std::sync::Arc;

use rayon::prelude::*;

use super::measures::{Place, Region, measure};
use super::{Phase, Scenario};
use crate::equilibrium::{Calibration, Closure, EquilibriumError, Numeraire, Options};
use crate::ledger::{AmendmentError, Ledger, PolicyState, average_tariff};
use crate::numerics::linear::Arithmetic;
use crate::results::{Results, Row, Variable};
use crate::world::{ElasticitySet, World};

/// How to compute, whatever the question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// Native or reproducible arithmetic.
    pub arithmetic: Arithmetic,
}

/// Why a scenario gave no results.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RunError {
    /// The scenario names something that the world does not have.
    #[error("{0}")]
    Unknown(String),
    /// A phase amends a measure in a way the ledger does not allow.
    #[error("phase `{phase}`: {problem}")]
    Amendment {
        /// The phase.
        phase: String,
        /// What is wrong.
        problem: AmendmentError,
    },
    /// There is no equilibrium to report.
    #[error("phase `{phase}`, elasticities {elasticities}: {problem}")]
    Equilibrium {
        /// The phase.
        phase: String,
        /// The elasticity set.
        elasticities: String,
        /// What failed.
        problem: EquilibriumError,
    },
}

/// The long run of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct LongRun {
    /// All numbers.
    pub results: Results,
    /// Name of the elasticity set behind the values.
    pub elasticities: String,
    /// Names of the sets behind the ranges, the central one included.
    pub range: Vec<String>,
    /// Most evaluations that any equilibrium took.
    pub evaluations: usize,
    /// Largest residual of any equilibrium.
    pub residual: f64,
}

/// Solves every phase of `scenario` and compares it with the phase `against`,
/// under each of its readings.
///
/// Equilibria of different elasticity sets are found in parallel, each in one
/// thread: the numbers do not depend on how many threads there are.
///
/// # Errors
/// [`RunError`].
pub fn run(
    scenario: &Scenario,
    world: &World,
    ledger: &Ledger,
    options: &RunOptions,
) -> Result<LongRun, RunError> {
    let actors =
        scenario.actors.iter().map(|code| find_region(world, code)).collect::<Result<Vec<_>, _>>()?;
    let sets = elasticity_sets(scenario, world)?;
    if let Some(id) = scenario.readings.iter().find(|id| !ledger.readings().contains(&id.as_str())) {
        return Err(RunError::Unknown(format!("readings: the ledger has no reading `{id}`")));
    }
    let Some((first, others)) = scenario.readings.split_first() else {
        return run_reading(scenario, world, ledger, "", &actors, &sets, options);
    };
    let read =
        |id: &String| run_reading(scenario, world, &ledger.as_read_by(id), id, &actors, &sets, options);
    let mut all = read(first)?;
    for id in others {
        let next = read(id)?;
        all.results.rows.extend(next.results.rows);
        all.evaluations = all.evaluations.max(next.evaluations);
        all.residual = all.residual.max(next.residual);
    }
    Ok(all)
}

/// All phases under one account of the measures.
fn run_reading(
    scenario: &Scenario,
    world: &World,
    ledger: &Ledger,
    reading: &str,
    actors: &[usize],
    sets: &[&ElasticitySet],
    options: &RunOptions,
) -> Result<LongRun, RunError> {
    let states = scenario
        .phases
        .iter()
        .map(|phase| {
            ledger
                .state_with(world, phase.date, &phase.amendments)
                .map(Arc::new)
                .map_err(|problem| RunError::Amendment { phase: phase.name.clone(), problem })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let solved = sets
        .par_iter()
        .map(|set| solve_phases(scenario, world, ledger, &states, actors, set, options))
        .collect::<Result<Vec<_>, _>>()?;
    let mut results = Results::default();
    let name: Arc<str> = scenario.name.as_str().into();
    for (position, phase) in scenario.phases.iter().enumerate() {
        tariff_rows(&name, phase, world, &states[position], actors, &mut results);
        if position == scenario.against {
            continue;
        }
        let central = &solved[0].phases[position];
        for (i, (place, value)) in central.iter().enumerate() {
            let values = solved.iter().map(|set| set.phases[position][i].1);
            let (low, high) = values.fold((*value, *value), |(low, high), v| (low.min(v), high.max(v)));
            results.rows.push(row(&name, phase, world, *place, *value, Some((low, high))));
        }
    }
    let reading: Arc<str> = reading.into();
    results.rows.iter_mut().for_each(|row| row.reading = reading.clone());
    Ok(LongRun {
        results,
        elasticities: sets[0].name.clone(),
        range: sets.iter().map(|set| set.name.clone()).collect(),
        evaluations: solved.iter().map(|set| set.evaluations).max().unwrap_or(0),
        residual: solved.iter().map(|set| set.residual).fold(0.0, f64::max),
    })
}

/// All phases under one elasticity set.
struct Solved {
    /// Numbers of each phase; empty for the one compared with.
    phases: Vec<Vec<(Place, f64)>>,
    evaluations: usize,
    residual: f64,
}

fn solve_phases(
    scenario: &Scenario,
    world: &World,
    ledger: &Ledger,
    states: &[Arc<PolicyState>],
    actors: &[usize],
    set: &ElasticitySet,
    options: &RunOptions,
) -> Result<Solved, RunError> {
    let failed = |phase: &Phase| {
        let (phase, elasticities) = (phase.name.clone(), set.name.clone());
        move |problem| RunError::Equilibrium { phase, elasticities, problem }
    };
    let closure = Closure { deficits: scenario.long_run.deficits, numeraire: Numeraire::WorldValueAdded };
    let options = Options { closure, arithmetic: options.arithmetic, ..Options::default() };
    let against = &scenario.phases[scenario.against];
    let base = ledger.state(world, world.base_date);
    let calibration = Calibration::new(world, base, &set.theta).map_err(failed(against))?;
    let before = calibration.solve(states[scenario.against].clone(), &options).map_err(failed(against))?;
    let mut solved = Solved {
        phases: Vec::with_capacity(states.len()),
        evaluations: before.evaluations,
        residual: before.residual,
    };
    for (position, phase) in scenario.phases.iter().enumerate() {
        let mut numbers = Vec::new();
        if position != scenario.against {
            let after = calibration
                .solve_from(Some(&before), states[position].clone(), &options)
                .map_err(failed(phase))?;
            solved.evaluations = solved.evaluations.max(after.evaluations);
            solved.residual = solved.residual.max(after.residual);
            measure(&calibration, actors, &before, &after, |place, value| numbers.push((place, value)));
        }
        solved.phases.push(numbers);
    }
    Ok(solved)
}

fn find_region(world: &World, code: &str) -> Result<usize, RunError> {
    world
        .regions
        .find(code)
        .map_err(|unknown| RunError::Unknown(format!("actors: {unknown} (world {})", world.name)))
}

/// The central set first, then the others of the range.
fn elasticity_sets<'w>(scenario: &Scenario, world: &'w World) -> Result<Vec<&'w ElasticitySet>, RunError> {
    let names = || world.elasticities.iter().map(|set| set.name.as_str()).collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        world.elasticity_set(name).ok_or_else(|| {
            let known = names();
            RunError::Unknown(format!("world {} has no elasticity set `{name}`; it has {known}", world.name))
        })
    };
    let central = match &scenario.long_run.elasticities {
        Some(name) => find(name)?,
        None => &world.elasticities[0],
    };
    let mut sets = vec![central];
    let range = match &scenario.long_run.range {
        Some(names) => names.iter().map(find).collect::<Result<Vec<_>, _>>()?,
        None => world.elasticities.iter().collect(),
    };
    sets.extend(range.into_iter().filter(|set| set.name != central.name));
    Ok(sets)
}

/// Average tariffs of every actor on every other region it buys goods from.
fn tariff_rows(
    scenario: &Arc<str>,
    phase: &Phase,
    world: &World,
    state: &PolicyState,
    actors: &[usize],
    results: &mut Results,
) {
    for &importer in actors {
        for exporter in 0..world.region_count() {
            let Some(average) = average_tariff(world, state, importer, exporter) else { continue };
            for (variable, value) in
                [(Variable::TariffWeighted, average.weighted), (Variable::TariffSimple, average.simple)]
            {
                let place =
                    Place { region: Region::One(importer), partner: Some(exporter), sector: None, variable };
                results.rows.push(row(scenario, phase, world, place, 100.0 * value, None));
            }
        }
    }
}

fn row(
    scenario: &Arc<str>,
    phase: &Phase,
    world: &World,
    place: Place,
    value: f64,
    range: Option<(f64, f64)>,
) -> Row {
    Row {
        run: phase.name.as_str().into(),
        scenario: scenario.clone(),
        reading: "".into(),
        date: Some(phase.date),
        week: None,
        region: match place.region {
            Region::One(region) => world.regions.code(region).into(),
            Region::Others => "others".into(),
            Region::World => "".into(),
        },
        partner: place.partner.map_or("", |partner| world.regions.code(partner)).into(),
        sector: place.sector.map_or("", |sector| world.sectors.code(sector)).into(),
        variable: place.variable,
        value,
        low: range.map(|(low, _)| low),
        high: range.map(|(_, high)| high),
    }
}
