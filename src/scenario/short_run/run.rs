//! Runs the weeks of a scenario.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use super::{ShortRunQuestion, Span};
use crate::ledger::{AmendmentError, Cap, Ledger, PolicyState};
use crate::network::draws::HORIZONS;
use crate::network::{
    ByBucket, Draws, Ensemble, InputLimit, Lags, LinkCap, Network, Orders, Parameter, Path, Range, Record,
    RunError, Settings, Shape, Shocks, Study, caps_of_states, exposure, run, simulate_under,
};
use crate::network::{CapacityLoss, Recovery};
use crate::results::Results;
use crate::world::World;

/// Share of blocked flows around which exposure is measured.
const EXPOSURE: (f64, f64) = (0.05, 0.05);

/// The member of a study's region that stands for everybody it does not name.
const OTHERS: &str = "others";

/// Why a short run has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ShortRunError {
    /// It names something that the world does not have.
    #[error("[short_run] {0}")]
    Unknown(String),
    /// It amends a measure in a way the ledger does not allow.
    #[error("[short_run] {0}")]
    Amendment(#[from] AmendmentError),
    /// The network cannot be run.
    #[error(transparent)]
    Network(#[from] RunError),
}

/// The short run of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct ShortRun {
    /// The question.
    pub question: ShortRunQuestion,
    /// All numbers.
    pub results: Results,
    /// Code of the region whose measures are weighed.
    pub sender: String,
    /// Flows that are limited in some week, with the ids of the measures.
    pub limited_flows: usize,
    /// Measures that limit them, by id.
    pub measures: Vec<String>,
    /// Industries that hang most on the limited flows: region, sector, and output a
    /// year, million USD, that a percentage point more of them lets through gives back.
    pub exposed: Vec<(String, String, f64)>,
    /// The study's own outcome, where there is one.
    pub study: Option<(String, crate::network::study::stoppage::Outcome)>,
}

/// Everything that all draws share.
pub(super) struct Weeks<'a> {
    pub question: &'a ShortRunQuestion,
    pub world: &'a World,
    pub study: Option<&'a Study>,
    pub network: Network,
    pub settings: Settings,
    /// The ledger's limits.
    pub caps: Vec<LinkCap>,
    pub measures: Vec<String>,
    pub sender: usize,
    /// Where the study acts: its region, the links it limits, the nodes whose lines stand.
    pub places: Vec<Place>,
}

/// Where a region of a study is in the network.
pub(super) struct Place {
    region: usize,
    links: Vec<u32>,
    nodes: Vec<u32>,
}

/// Runs the weeks of `question`.
///
/// # Errors
/// [`ShortRunError`].
pub fn weeks(
    question: &ShortRunQuestion,
    world: &World,
    ledger: &Ledger,
    study: Option<&Study>,
    actors: &[usize],
) -> Result<ShortRun, ShortRunError> {
    let weeks = Weeks::new(question, world, ledger, study, actors)?;
    let steps = weeks.steps();
    let record = Record::by_region_and_group(&weeks.network);
    let draws = Draws { count: question.draws, seed: question.seed, ranges: weeks.ranges() };
    let ensemble = simulate_under(
        &weeks.network,
        &weeks.settings,
        |draw| weeks.shocks(Some(draw)),
        steps,
        &record,
        &draws,
    )?;
    let exposed = weeks.exposed(steps, &record)?;
    let outcome = study.map(|study| {
        let outcome = study.run(question.draws, question.seed, &[]);
        (study.name.clone(), outcome)
    });
    let results = weeks.rows(&ensemble, actors, outcome.as_ref().map(|(_, outcome)| outcome));
    Ok(ShortRun {
        question: question.clone(),
        results,
        sender: world.regions.code(weeks.sender).to_owned(),
        limited_flows: weeks.limited_flows(),
        measures: weeks.measures.clone(),
        exposed,
        study: outcome,
    })
}

impl<'a> Weeks<'a> {
    fn new(
        question: &'a ShortRunQuestion,
        world: &'a World,
        ledger: &Ledger,
        study: Option<&'a Study>,
        actors: &[usize],
    ) -> Result<Self, ShortRunError> {
        let ledger = ledger.amended(&question.amendments)?;
        let states = states(question, world, &ledger);
        let measures: BTreeSet<String> = states
            .iter()
            .flat_map(|(_, state)| state.caps.iter().map(|cap| cap.measure.to_string()))
            .collect();
        let sender = sender(question, world, study, actors, &states)?;
        let mut network = Network::of_world(world);
        let sectors = world.sector_count();
        for (child, _, _) in world.carved_positions() {
            network = network.by_origin(child as u32, &[(sender * sectors + child) as u32]);
        }
        let places = match study {
            Some(study) => places(study, world, &network, sender)?,
            None => Vec::new(),
        };
        let dated: Vec<(f64, &PolicyState)> = states.iter().map(|(day, state)| (*day, state)).collect();
        let mut caps = caps_of_states(world, &network, &dated)?;
        let of_study: BTreeSet<u32> = places.iter().flat_map(|place| place.links.iter().copied()).collect();
        for cap in &mut caps {
            cap.links.retain(|link| !of_study.contains(link));
        }
        caps.retain(|cap| !cap.links.is_empty());
        let mut weeks = Self {
            question,
            world,
            study,
            settings: Settings::new(question.step_days),
            network,
            caps,
            measures: measures.into_iter().collect(),
            sender,
            places,
        };
        weeks.settings = weeks.central()?;
        Ok(weeks)
    }

    pub(super) fn steps(&self) -> usize {
        (7.0 * self.question.weeks as f64 / self.question.step_days).round() as usize
    }

    fn limited_flows(&self) -> usize {
        let links = self.caps.iter().map(|cap| cap.links.len()).sum::<usize>();
        links + self.places.iter().map(|place| place.links.len()).sum::<usize>()
    }

    /// Settings with everything in the middle of its range.
    fn central(&self) -> Result<Settings, ShortRunError> {
        let question = self.question;
        let mut settings = Settings::new(question.step_days);
        settings.cover_days = ByBucket::Same(question.cover.median());
        settings.restore_days = question.restore.median();
        settings.leakage.max = question.leak.middle();
        settings.leakage.days = 62.5;
        settings.orders = Orders {
            eta: question.reroute.middle(),
            qualification_days: question.qualification_days,
            panic: 0.0,
        };
        settings.lags = Lags { abroad_days: question.transit_days, ..Lags::default() };
        settings.patience_days = question.patience_days;
        settings.rationing = question.rationing;
        settings.input_limit = InputLimit::PartlyBinding { dependence: self.dependence()? };
        Ok(settings)
    }

    /// Dependence of every bucket. Where a study says which lines stand, the
    /// controlled input of its industry does not bind a second time.
    fn dependence(&self) -> Result<ByBucket, ShortRunError> {
        let (world, asked) = (self.world, &self.question.dependence);
        let mut of_group: Vec<f64> =
            world.goods.iter().map(|good| if *good { asked.goods } else { asked.services }).collect();
        for (child, _, _) in world.carved_positions() {
            of_group[child] = asked.materials;
        }
        for (code, value) in &asked.of {
            let sector = world
                .sectors
                .find(code)
                .map_err(|unknown| ShortRunError::Unknown(format!("dependence: {unknown}")))?;
            of_group[sector] = *value;
        }
        let graph = &self.network.graph;
        let mut dependence: Vec<f64> =
            graph.bucket_group.iter().map(|group| of_group[*group as usize]).collect();
        if let Some(material) = self.study.and_then(|study| study.material.as_deref())
            && let Ok(material) = world.sectors.find(material)
        {
            for node in self.places.iter().flat_map(|place| &place.nodes) {
                for bucket in graph.buckets(*node as usize) {
                    if graph.bucket_group[bucket] == material as u32 {
                        dependence[bucket] = 0.0;
                    }
                }
            }
        }
        Ok(ByBucket::Bucket(dependence))
    }

    fn ranges(&self) -> Vec<Range> {
        let log_normal = |Span { low, high }| Shape::LogNormal { low, high };
        let uniform = |Span { low, high }| Shape::Uniform { low, high };
        let question = self.question;
        vec![
            Range { parameter: Parameter::Cover, shape: log_normal(question.cover) },
            Range { parameter: Parameter::Restore, shape: log_normal(question.restore) },
            Range { parameter: Parameter::LeakMax, shape: uniform(question.leak) },
            Range { parameter: Parameter::Eta, shape: uniform(question.reroute) },
        ]
    }

    /// The ledger's limits, and what the study does in one of its draws.
    fn shocks(&self, draw: Option<usize>) -> Shocks {
        let mut shocks = Shocks { caps: self.caps.clone(), losses: Vec::new() };
        let (Some(study), Some(draw)) = (self.study, draw) else { return shocks };
        // Days of the run from the first day of the study.
        let offset = i64::from((study.start - self.question.from).get_days()) as f64;
        let paths = study.path(draw as u32, self.question.seed, &[]);
        for place in &self.places {
            let path = &paths[place.region];
            let levels = |series: &[f32]| -> Vec<(f64, f64)> {
                let weeks = series.chunks(7).enumerate();
                weeks
                    .map(|(week, days)| {
                        let mean = days.iter().map(|day| f64::from(*day)).sum::<f64>() / days.len() as f64;
                        (offset + 7.0 * week as f64, mean)
                    })
                    .collect()
            };
            if !place.links.is_empty() {
                shocks.caps.push(LinkCap { links: place.links.clone(), levels: levels(&path.exports) });
            }
            for (from_day, loss) in path.standing.iter().flat_map(|standing| levels(standing)) {
                if loss > 0.0 && !place.nodes.is_empty() {
                    let (nodes, recovery) = (place.nodes.clone(), Recovery::AtOnce);
                    shocks.losses.push(CapacityLoss {
                        nodes,
                        from_day,
                        until_day: from_day + 7.0,
                        loss,
                        recovery,
                    });
                }
            }
        }
        shocks
    }

    /// Industries by the output that a little more of the limited flows gives back.
    fn exposed(&self, steps: usize, record: &Record) -> Result<Vec<(String, String, f64)>, ShortRunError> {
        let (at, width) = EXPOSURE;
        let shocks = self.shocks(Some(0));
        let eased = |share: f64| -> Result<Path, RunError> {
            let mut shocks = shocks.clone();
            for (_, level) in shocks.caps.iter_mut().flat_map(|cap| &mut cap.levels) {
                if *level < 1.0 {
                    *level += share * (1.0 - *level);
                }
            }
            run(&self.network, &self.settings, &shocks, steps, record)
        };
        let slopes = exposure(at, width, eased)?;
        let sectors = self.world.sector_count();
        // Output over the run per unit share, as million USD a year and percentage point.
        let yearly = 365.0 / (7.0 * self.question.weeks as f64) / 100.0;
        let mut exposed: Vec<(usize, f64)> =
            slopes.iter().map(|slope| slope * yearly).enumerate().filter(|(_, slope)| *slope > 0.0).collect();
        exposed.sort_by(|a, b| b.1.total_cmp(&a.1));
        let named = exposed.into_iter().map(|(row, slope)| {
            let (region, sector) =
                (self.world.regions.code(row / sectors), self.world.sectors.code(row % sectors));
            (region.to_owned(), sector.to_owned(), slope)
        });
        Ok(named.collect())
    }

    fn rows(
        &self,
        ensemble: &Ensemble,
        actors: &[usize],
        outcome: Option<&crate::network::study::stoppage::Outcome>,
    ) -> Results {
        let mut results = super::rows::of(self, ensemble, actors);
        if let (Some(study), Some(outcome)) = (self.study, outcome) {
            results.rows.extend(Results::of_chains(study, outcome, "short_run").rows);
        }
        results
    }
}

/// Weeks of the horizons that a run reaches, and their positions.
pub(super) fn horizons(weeks: usize) -> impl Iterator<Item = (usize, u32)> {
    HORIZONS
        .iter()
        .enumerate()
        .map(|(place, week)| (place, *week as u32))
        .filter(move |(_, week)| *week <= weeks as u32)
}

/// The ledger on every day of the run on which it changes, less the limits that
/// already held the day before it began, as tight or tighter.
fn states(question: &ShortRunQuestion, world: &World, ledger: &Ledger) -> Vec<(f64, PolicyState)> {
    let from = question.from;
    let until = from.saturating_add((7 * question.weeks as i64).days());
    let before = ledger.state(world, from.saturating_sub(1.days()));
    let changes = ledger.change_dates().into_iter().filter(|date| *date > from && *date < until);
    let days: BTreeSet<Date> = std::iter::once(from).chain(changes).collect();
    let of_day = |date: Date| {
        let mut state = ledger.state(world, date);
        let held = |cap: &Cap| {
            let same = |old: &&Cap| old.measure == cap.measure && old.flows == cap.flows;
            before.caps.iter().filter(same).any(|old| old.quantity <= cap.quantity)
        };
        state.caps.retain(|cap| !held(cap));
        (f64::from((date - from).get_days()), state)
    };
    days.into_iter().map(of_day).collect()
}

/// Whose measures these are: named, the study's, or the first actor that limits a flow.
fn sender(
    question: &ShortRunQuestion,
    world: &World,
    study: Option<&Study>,
    actors: &[usize],
    states: &[(f64, PolicyState)],
) -> Result<usize, ShortRunError> {
    if let Some(code) = question.sender.as_deref().or(study.and_then(|study| study.sender.as_deref())) {
        return world
            .regions
            .find(code)
            .map_err(|unknown| ShortRunError::Unknown(format!("sender: {unknown}")));
    }
    let n = world.region_count();
    let limits = |actor: &usize| {
        let mut flows = states.iter().flat_map(|(_, state)| &state.caps).flat_map(|cap| &cap.flows);
        flows.any(|(cell, _)| cell % n == *actor)
    };
    let found = actors.iter().copied().find(limits).or(actors.first().copied());
    found.ok_or_else(|| ShortRunError::Unknown("sender: name the region whose measures these are".to_owned()))
}

/// Where the regions of a study are. Members that the world does not have are nowhere.
fn places(
    study: &Study,
    world: &World,
    network: &Network,
    sender: usize,
) -> Result<Vec<Place>, ShortRunError> {
    let sectors = world.sector_count();
    let sector = |code: &Option<String>, key: &str| match code {
        None => Ok(None),
        Some(code) => world.sectors.find(code).map(Some).map_err(|unknown| {
            ShortRunError::Unknown(format!("study {}, {key}: {unknown} (world {})", study.name, world.name))
        }),
    };
    let industry = sector(&study.industry, "industry")?;
    // Without the material carved out, the study's lines still stand.
    let material = sector(&study.material, "material").ok().flatten();
    let named: BTreeSet<usize> = study
        .regions
        .iter()
        .flat_map(|region| region.members.iter().filter_map(|code| world.regions.find(code).ok()))
        .collect();
    let place = |(region, of): (usize, &crate::network::study::Region)| {
        let mut members: Vec<usize> =
            of.members.iter().filter_map(|code| world.regions.find(code).ok()).collect();
        if of.members.iter().any(|code| code == OTHERS) {
            members.extend((0..world.region_count()).filter(|r| !named.contains(r) && *r != sender));
        }
        let followed = if of.tonnes.is_some() { members.as_slice() } else { &[] };
        let nodes = industry.map_or(Vec::new(), |industry| {
            followed.iter().map(|member| (member * sectors + industry) as u32).collect()
        });
        let links = material.map_or(Vec::new(), |material| {
            let of = |member: &usize| network.links_between(material as u32, *member as u32, sender as u32);
            members.iter().flat_map(of).collect()
        });
        Place { region, links, nodes }
    };
    Ok(study.regions.iter().enumerate().map(place).collect())
}
