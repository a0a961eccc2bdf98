//! Computes a scenario: every phase against one of them, for every elasticity set.

use std::sync::{Arc, LazyLock};

use rayon::prelude::*;

use super::centre::{Centre, DRAW_TOLERANCE};
use super::draws::{self, Draws};
use super::measures::{Place, Region, measure};
use super::memory::{Base, Case, Found, Memory};
use super::price;
use super::{Phase, Scenario};
use crate::equilibrium::{Calibration, Closure, Equilibrium, EquilibriumError, Numeraire, Options};
use crate::ledger::{AmendmentError, Ledger, PolicyState, average_tariff};
use crate::numerics::linear::Arithmetic;
use crate::numerics::progress::{Progress, Stopped};
use crate::results::{Results, Row, Variable};
use crate::world::{ElasticitySet, World};

/// How to compute, whatever the question.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// Native or reproducible arithmetic.
    pub arithmetic: Arithmetic,
    /// Told how far it is, and asked whether to go on.
    pub progress: Progress,
    /// What is known from earlier runs; the default remembers nothing.
    pub memory: Memory,
    /// Whether phases are solved only as far as a figure can show, which is quicker.
    pub glance: bool,
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
    /// Somebody said stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// The long run of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct LongRun {
    /// All numbers.
    pub results: Results,
    /// Name of the elasticity set behind the values.
    pub elasticities: String,
    /// Names of the sets behind the ranges, the central one included; of drawn
    /// elasticities, the sets whose spread they have.
    pub range: Vec<String>,
    /// The draws behind the ranges, if they are not those of the sets.
    pub draws: Option<Draws>,
    /// What the actors' real incomes hang on, largest effects first.
    pub drivers: Vec<Driver>,
    /// Most evaluations that any equilibrium took.
    pub evaluations: usize,
    /// Largest residual of any equilibrium.
    pub residual: f64,
}

/// How far one uncertain number moves the real income of an actor.
#[derive(Clone, Debug, PartialEq)]
pub struct Driver {
    /// The phase.
    pub run: Arc<str>,
    /// The reading.
    pub reading: Arc<str>,
    /// The actor.
    pub region: Arc<str>,
    /// Sector of the elasticity; `None`: all of them together.
    pub sector: Option<usize>,
    /// Change of `welfare_exact` with one standard deviation, percentage points.
    pub effect: f64,
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
        all.drivers.extend(next.drivers);
        all.evaluations = all.evaluations.max(next.evaluations);
        all.residual = all.residual.max(next.residual);
    }
    let prices = price::prices(scenario, world, ledger, options)?;
    all.results.rows.extend(price::rows(&prices, scenario).rows);
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
    let moment = |phase: &Phase| (phase.date, phase.amendments.clone());
    let state =
        |phase: &Phase| options.memory.state(reading, moment(phase), || amended(phase, world, ledger));
    let states = scenario.phases.iter().map(state).collect::<Result<Vec<_>, RunError>>()?;
    let posed = Posed { scenario, world, ledger, reading, states: &states, actors, sets };
    let draws = scenario.long_run.draws;
    let solved = draws.map_or(sets.len(), |draws| 1 + draws.count);
    options.progress.begin("the long run", solved * states.len());
    let (factors, mut all) = match draws {
        Some(draws) => posed.of_draws(&draws, options)?,
        None => (Vec::new(), posed.of_sets(options)?),
    };
    let central = all.remove(0);
    let others = all;
    let mut results = Results::default();
    let mut drivers = Vec::new();
    let name: Arc<str> = scenario.name.as_str().into();
    for (position, phase) in scenario.phases.iter().enumerate() {
        tariff_rows(&name, phase, world, &states[position], actors, &mut results);
        if position == scenario.against {
            continue;
        }
        let values =
            |i: usize| others.iter().map(|other| other.found[position].values[i]).collect::<Vec<f64>>();
        let range = |(i, value): (usize, &f64)| match draws {
            Some(_) => draws::interval(values(i)),
            None => values(i).iter().fold((*value, *value), |(low, high), v| (low.min(*v), high.max(*v))),
        };
        let Found { places, values: middle, .. } = &*central.found[position];
        let ranges: Vec<(f64, f64)> = middle.par_iter().enumerate().map(range).collect();
        let found = places.iter().zip(middle).zip(ranges);
        for (i, ((place, value), range)) in found.enumerate() {
            if let (Variable::WelfareExact, Region::One(actor)) = (place.variable, place.region)
                && actors.contains(&actor)
            {
                let of = |(factor, effect): (usize, f64)| Driver {
                    run: phase.name.as_str().into(),
                    reading: reading.into(),
                    region: world.regions.code(actor).into(),
                    sector: factor.checked_sub(1),
                    effect,
                };
                let mut found: Vec<Driver> =
                    draws::effects(&factors, &values(i)).into_iter().enumerate().map(of).collect();
                found.sort_by(|a, b| b.effect.abs().total_cmp(&a.effect.abs()));
                drivers.extend(found);
            }
            results.rows.push(row(&name, phase, world, *place, *value, Some(range)));
            for (variable, dollars) in a_head(world, *place) {
                let place = Place { variable, ..*place };
                let range = Some((dollars * range.0, dollars * range.1));
                results.rows.push(row(&name, phase, world, place, dollars * value, range));
            }
        }
    }
    let reading: Arc<str> = reading.into();
    results.rows.iter_mut().for_each(|row| row.reading = reading.clone());
    Ok(LongRun {
        results,
        elasticities: sets[0].name.clone(),
        range: sets.iter().map(|set| set.name.clone()).collect(),
        draws,
        drivers,
        evaluations: others.iter().map(|other| other.evaluations).fold(central.evaluations, usize::max),
        residual: others.iter().map(|other| other.residual).fold(central.residual, f64::max),
    })
}

/// The ledger on the day of every phase, with what the phase changes in it.
pub(super) fn states(
    scenario: &Scenario,
    world: &World,
    ledger: &Ledger,
) -> Result<Vec<Arc<PolicyState>>, RunError> {
    scenario.phases.iter().map(|phase| amended(phase, world, ledger).map(Arc::new)).collect()
}

pub(super) fn amended(phase: &Phase, world: &World, ledger: &Ledger) -> Result<PolicyState, RunError> {
    ledger
        .state_with(world, phase.date, &phase.amendments)
        .map_err(|problem| RunError::Amendment { phase: phase.name.clone(), problem })
}

/// What is asked, whatever the elasticities.
pub(super) struct Posed<'a> {
    pub scenario: &'a Scenario,
    pub world: &'a World,
    pub ledger: &'a Ledger,
    pub reading: &'a str,
    pub states: &'a [Arc<PolicyState>],
    pub actors: &'a [usize],
    pub sets: &'a [&'a ElasticitySet],
}

/// All phases under one vector of elasticities.
pub(super) struct Solved {
    /// The numbers of each phase, without places where they are the central ones; empty
    /// for the phase compared with.
    pub found: Vec<Arc<Found>>,
    evaluations: usize,
    residual: f64,
}

impl Posed<'_> {
    /// Every phase under every set, the central one first.
    fn of_sets(&self, options: &RunOptions) -> Result<Vec<Solved>, RunError> {
        let scenario = self.scenario;
        let against = &scenario.phases[scenario.against];
        // Calibrated once: other elasticities change nothing else in it.
        let calibrated = LazyLock::new(|| self.calibrate());
        let solver = self.solver(options);
        let of_set = |set: &&ElasticitySet| {
            let moment = |phase: &Phase| (phase.date, phase.amendments.clone());
            let case = Case {
                inputs: options.memory.inputs(),
                reading: self.reading.into(),
                theta: set.theta.clone(),
                deficits: scenario.long_run.deficits,
                variant: scenario.long_run.variant,
                arithmetic: options.arithmetic,
                actors: self.actors.to_vec(),
                against: moment(against),
            };
            let base = options.memory.base(&case, || {
                options.progress.step()?;
                let mut calibration = calibrated.clone()?;
                calibration.set_theta(&set.theta).map_err(failed(against, &set.name))?;
                let state = self.states[scenario.against].clone();
                let before = calibration.solve(state, &solver).map_err(failed(against, &set.name))?;
                Ok::<_, RunError>(Base { calibration, before })
            })?;
            let Base { calibration, before } = &*base;
            let of_phase = |(position, phase): (usize, &Phase)| {
                if position == scenario.against {
                    return Ok(Arc::new(Found::default()));
                }
                options.memory.found(&case, moment(phase), options.glance, || {
                    options.progress.step()?;
                    let near = Options { tolerance: DRAW_TOLERANCE, ..solver };
                    let solver = if options.glance { near } else { solver };
                    let after = calibration
                        .solve_from(Some(before), self.states[position].clone(), &solver)
                        .map_err(failed(phase, &set.name))?;
                    Ok(measured(self.actors, calibration, before, &after))
                })
            };
            let found = scenario.phases.iter().enumerate().map(of_phase).collect::<Result<_, RunError>>()?;
            Ok(Solved::of(found, before))
        };
        self.sets.par_iter().map(of_set).collect()
    }

    /// Every phase under the central set, then under every draw; the factors of the draws
    /// come first.
    fn of_draws(
        &self,
        draws: &Draws,
        options: &RunOptions,
    ) -> Result<(Vec<Vec<f64>>, Vec<Solved>), RunError> {
        let (centre, central) = Centre::new(self, draws, options)?;
        let factors: Vec<Vec<f64>> = (0..draws.count).into_par_iter().map(|k| centre.factors(k)).collect();
        let drawn: Vec<Solved> = factors
            .par_iter()
            .enumerate()
            .map_init(|| centre.clone(), |centre, (k, factors)| centre.draw(k, factors, &options.progress))
            .collect::<Result<_, RunError>>()?;
        let all = std::iter::once(central).chain(drawn).collect();
        Ok((factors, all))
    }

    pub fn calibrate(&self) -> Result<Calibration, RunError> {
        let (world, central) = (self.world, self.sets[0]);
        let base = self.ledger.state(world, world.base_date);
        let against = &self.scenario.phases[self.scenario.against];
        Calibration::new(world, base, &central.theta).map_err(failed(against, &central.name))
    }

    pub fn solver(&self, options: &RunOptions) -> Options {
        let long_run = &self.scenario.long_run;
        let closure = Closure { deficits: long_run.deficits, numeraire: Numeraire::WorldValueAdded };
        let (variant, arithmetic) = (long_run.variant, options.arithmetic);
        Options { closure, variant, arithmetic, ..Options::default() }
    }
}

/// What is measured of one phase.
pub(super) fn measured(
    actors: &[usize],
    calibration: &Calibration,
    before: &Equilibrium,
    after: &Equilibrium,
) -> Found {
    let mut found = Found { evaluations: after.evaluations, residual: after.residual, ..Found::default() };
    measure(calibration, actors, before, after, |place, value| {
        found.places.push(place);
        found.values.push(value);
    });
    found
}

impl Solved {
    pub fn of(found: Vec<Arc<Found>>, before: &Equilibrium) -> Self {
        let evaluations = found.iter().map(|found| found.evaluations).fold(before.evaluations, usize::max);
        let residual = found.iter().map(|found| found.residual).fold(before.residual, f64::max);
        Self { found, evaluations, residual }
    }
}

/// Names the phase and the elasticities of an error of the model.
fn failed(phase: &Phase, elasticities: &str) -> impl FnOnce(EquilibriumError) -> RunError {
    failed_in(&phase.name, elasticities)
}

/// The same by the phase's name.
pub(super) fn failed_in(
    phase: &str,
    elasticities: &str,
) -> impl FnOnce(EquilibriumError) -> RunError + use<> {
    let (phase, elasticities) = (phase.to_owned(), elasticities.to_owned());
    move |problem| RunError::Equilibrium { phase, elasticities, problem }
}

pub(super) fn find_region(world: &World, code: &str) -> Result<usize, RunError> {
    world
        .regions
        .find(code)
        .map_err(|unknown| RunError::Unknown(format!("actors: {unknown} (world {})", world.name)))
}

/// The central set first, then the others of the range.
pub(super) fn elasticity_sets<'w>(
    scenario: &Scenario,
    world: &'w World,
) -> Result<Vec<&'w ElasticitySet>, RunError> {
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
pub(super) fn tariff_rows(
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

/// What a million dollars of a region's equivalent variation are to a person and
/// to a household, USD, where their numbers are known.
pub(super) fn a_head(world: &World, place: Place) -> impl Iterator<Item = (Variable, f64)> {
    let heads = match (place.variable, place.region) {
        (Variable::EquivalentVariation, Region::One(region)) => {
            [(Variable::PerPerson, &world.population), (Variable::PerHousehold, &world.households)]
                .map(|(variable, heads)| (variable, heads.as_ref().map_or(0.0, |heads| heads[region])))
        }
        _ => [(Variable::PerPerson, 0.0), (Variable::PerHousehold, 0.0)],
    };
    heads.into_iter().filter(|(_, heads)| *heads > 0.0).map(|(variable, heads)| (variable, 1e6 / heads))
}

/// A region as the result table names it: the sum over all is empty.
pub(super) fn code_of(world: &World, region: Region) -> &str {
    match region {
        Region::One(region) => world.regions.code(region),
        Region::Others => "others",
        Region::World => "",
    }
}

pub(super) fn row(
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
        region: code_of(world, place.region).into(),
        partner: place.partner.map_or("", |partner| world.regions.code(partner)).into(),
        sector: place.sector.map_or("", |sector| world.sectors.code(sector)).into(),
        variable: place.variable,
        value,
        low: range.map(|(low, _)| low),
        high: range.map(|(_, high)| high),
    }
}
