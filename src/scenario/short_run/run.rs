//! Runs the weeks of a scenario.

use std::ops::Range as Numbers;

use super::limits::{Limits, Withheld};
use super::places::{self, Place};
use super::{ShortRunQuestion, Span};
use crate::ledger::{AmendmentError, Amendments, Ledger};
use crate::network::draws::HORIZONS;
use crate::network::study::in_force::MeasureError;
use crate::network::study::stoppage::Outcome;
use crate::network::{
    ByBucket, Draws, Ensemble, InputLimit, Lags, Network, Orders, Parameter, Path, Range, Record, RunError,
    Settings, Shape, Shocks, Study, exposure, run, simulate_some,
};
use crate::numerics::progress::Progress;
use crate::results::Results;
use crate::world::World;

/// Outputs that move less than this in every week are left out, per cent.
const WORTH_A_ROW: f64 = 0.005;
/// Share of blocked flows around which exposure is measured.
const EXPOSURE: (f64, f64) = (0.05, 0.05);

/// Why a short run has no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ShortRunError {
    /// It names something that the world does not have.
    #[error("[short_run] {0}")]
    Unknown(String),
    /// It amends a measure in a way the ledger does not allow.
    #[error("[short_run] {0}")]
    Amendment(#[from] AmendmentError),
    /// The measure cannot drive the study.
    #[error("[short_run] measure: {0}")]
    Measure(#[from] MeasureError),
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
    /// The study as the ledger's measure has it, and its outcome.
    pub study: Option<(Study, Outcome)>,
    /// The measure that drives the study, where it holds on no day of the weeks: then
    /// there is no study, and nothing of it stops.
    pub no_control: Option<String>,
}

/// Everything that all draws share.
pub(in crate::scenario) struct Weeks<'a> {
    pub question: &'a ShortRunQuestion,
    pub world: &'a World,
    /// The study, as the ledger has it.
    study: Option<Study>,
    no_control: Option<String>,
    pub network: Network,
    settings: Settings,
    limits: Limits,
    /// Limits without the measures that are retaliation, where some are.
    unanswered: Option<Limits>,
    measures: Vec<String>,
    pub sender: usize,
    /// Where the study acts, `[region of the study]`.
    places: Vec<Place>,
}

/// Runs the weeks of `question`; every draw is a step of `progress`.
///
/// # Errors
/// [`ShortRunError`].
pub fn weeks(
    question: &ShortRunQuestion,
    world: &World,
    ledger: &Ledger,
    study: Option<&Study>,
    actors: &[usize],
    progress: &Progress,
) -> Result<ShortRun, ShortRunError> {
    let ledger = ledger.amended(&question.amendments)?;
    let mut weeks = Weeks::new(question, world, &ledger, study, actors)?;
    let all = 0..question.draws;
    weeks.limits = weeks.drawn(weeks.limits.clone(), all.clone())?;
    let times = if weeks.unanswered.is_some() { 2 } else { 1 };
    progress.begin("the weeks", times * question.draws);
    let ensemble = weeks.ensemble(&weeks.limits, all.clone(), progress)?;
    let unanswered = match weeks.unanswered.clone() {
        Some(limits) => Some(weeks.ensemble(&weeks.drawn(limits, all.clone())?, all, progress)?),
        None => None,
    };
    let exposed = weeks.exposed()?;
    let outcome = weeks.study.as_ref().map(|study| study.run(question.draws, question.seed, &[]));
    let mut results = super::rows::of(&weeks, &ensemble, unanswered.as_ref(), actors, WORTH_A_ROW);
    if let (Some(study), Some(outcome)) = (&weeks.study, &outcome) {
        results.rows.extend(Results::of_chains(study, outcome, "short_run").rows);
    }
    Ok(ShortRun {
        question: question.clone(),
        results,
        sender: world.regions.code(weeks.sender).to_owned(),
        limited_flows: weeks.limited().count(),
        measures: weeks.measures,
        exposed,
        study: weeks.study.zip(outcome),
        no_control: weeks.no_control,
    })
}

impl<'a> Weeks<'a> {
    /// `ledger` has the amendments of the question already.
    ///
    /// # Errors
    /// [`ShortRunError`].
    pub fn new(
        question: &'a ShortRunQuestion,
        world: &'a World,
        ledger: &Ledger,
        study: Option<&Study>,
        actors: &[usize],
    ) -> Result<Self, ShortRunError> {
        let withheld = Withheld::by(ledger, question, world);
        let sender = sender(question, world, study, actors, &withheld.is_sender)?;
        let (study, no_control) = in_force(question, world, ledger, study)?;
        let mut network = Network::of_world(world);
        let sectors = world.sector_count();
        for (child, _, _) in world.carved_positions() {
            network = network.by_origin(child as u32, &[(sender * sectors + child) as u32]);
        }
        let places = match &study {
            Some(study) => places::of(study, world, &network, sender)?,
            None => Vec::new(),
        };
        let limits = withheld.on(question, world, &network, &places::links(&places))?;
        let unanswered = match question.retaliation.is_empty() {
            true => None,
            false => {
                let revoke_measures = question.retaliation.clone();
                let without = ledger.amended(&Amendments { revoke_measures, ..Amendments::default() })?;
                let withheld = Withheld::by(&without, question, world);
                Some(withheld.on(question, world, &network, &places::links(&places))?)
            }
        };
        let (settings, measures) =
            (Settings::new(question.step_days), withheld.measures.into_iter().collect());
        let mut weeks = Self {
            question,
            world,
            study,
            no_control,
            network,
            settings,
            limits,
            unanswered,
            measures,
            sender,
            places,
        };
        weeks.settings = weeks.central()?;
        Ok(weeks)
    }

    /// The limits with the draws of these numbers.
    fn drawn(&self, limits: Limits, numbers: Numbers<usize>) -> Result<Limits, ShortRunError> {
        limits.drawn(self.question, self.world, &self.network, &places::links(&self.places), numbers)
    }

    /// The rows of one draw, each with the number of that draw alone.
    ///
    /// # Errors
    /// [`ShortRunError`].
    pub fn rows_of_draw(&self, draw: usize, actors: &[usize]) -> Result<Results, ShortRunError> {
        let (one, progress) = (draw..draw + 1, Progress::default());
        let ensemble = |limits: &Limits| {
            self.ensemble(&self.drawn(limits.clone(), one.clone())?, one.clone(), &progress)
        };
        let unanswered = self.unanswered.as_ref().map(ensemble).transpose()?;
        Ok(super::rows::of(self, &ensemble(&self.limits)?, unanswered.as_ref(), actors, 0.0))
    }

    fn ensemble(
        &self,
        limits: &Limits,
        numbers: Numbers<usize>,
        progress: &Progress,
    ) -> Result<Ensemble, ShortRunError> {
        let (question, record) = (self.question, self.record());
        let draws = Draws { count: question.draws, seed: question.seed, ranges: self.ranges() };
        let shocks = |draw| self.shocks(limits, draw);
        let steps = self.steps();
        Ok(simulate_some(&self.network, &self.settings, shocks, steps, &record, (&draws, numbers), progress)?)
    }

    /// Every industry; of the sender also its blocked stages and its unsold stock.
    fn record(&self) -> Record {
        let mut blocked = vec![false; self.network.graph.node_count()];
        for link in self.limited() {
            let node = self.network.graph.supplier[link as usize] as usize;
            blocked[node] = self.network.node_region[node] as usize == self.sender;
        }
        Record::by_region_and_group(&self.network).with_side(self.sender as u32, blocked)
    }

    pub(super) fn steps(&self) -> usize {
        (7.0 * self.question.weeks as f64 / self.question.step_days).round() as usize
    }

    /// Links under a limit of the ledger or the study.
    fn limited(&self) -> impl Iterator<Item = u32> {
        let caps = self.limits.of_draw(None).iter().flat_map(|cap| &cap.links);
        caps.chain(self.places.iter().flat_map(|place| &place.links)).copied()
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
        settings.lags = Lags { abroad_days: question.transit.middle(), ..Lags::default() };
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
        if let Some(material) = self.study.as_ref().and_then(|study| study.material.as_deref())
            && let Ok(material) = world.sectors.find(material)
        {
            for node in self.places.iter().flat_map(Place::nodes) {
                for bucket in graph.buckets(node as usize) {
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
            Range { parameter: Parameter::Transit, shape: uniform(question.transit) },
        ]
    }

    /// The limits of one draw, and what the study does in it.
    fn shocks(&self, limits: &Limits, draw: usize) -> Shocks {
        let mut shocks = Shocks { caps: limits.of_draw(Some(draw)).to_vec(), losses: Vec::new() };
        if let Some(study) = &self.study {
            // Days of the run from the first day of the study.
            let offset = f64::from((study.start - self.question.from).get_days());
            let paths = study.path(draw as u32, self.question.seed, &[]);
            for (place, path) in self.places.iter().zip(&paths) {
                place.disturb(path, offset, &mut shocks);
            }
        }
        shocks
    }

    /// Industries by the output that a little more of the limited flows gives back.
    fn exposed(&self) -> Result<Vec<(String, String, f64)>, ShortRunError> {
        let (at, width) = EXPOSURE;
        let (steps, record) = (self.steps(), Record::by_region_and_group(&self.network));
        let shocks = self.shocks(&self.limits, 0);
        let eased = |share: f64| -> Result<Path, RunError> {
            let mut shocks = shocks.clone();
            for (_, level) in shocks.caps.iter_mut().flat_map(|cap| &mut cap.levels) {
                if *level < 1.0 {
                    *level += share * (1.0 - *level);
                }
            }
            run(&self.network, &self.settings, &shocks, steps, &record)
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
}

/// Weeks of the horizons that a run reaches, and their positions.
pub(super) fn horizons(weeks: usize) -> impl Iterator<Item = (usize, u32)> {
    HORIZONS
        .iter()
        .enumerate()
        .map(|(place, week)| (place, *week as u32))
        .filter(move |(_, week)| *week <= weeks as u32)
}

/// Whose measures these are: named, the study's, or the first actor that limits a flow.
fn sender(
    question: &ShortRunQuestion,
    world: &World,
    study: Option<&Study>,
    actors: &[usize],
    is_sender: &[bool],
) -> Result<usize, ShortRunError> {
    if let Some(code) = question.sender.as_deref().or(study.and_then(|study| study.sender.as_deref())) {
        return world
            .regions
            .find(code)
            .map_err(|unknown| ShortRunError::Unknown(format!("sender: {unknown}")));
    }
    let found = actors.iter().copied().find(|actor| is_sender[*actor]).or(actors.first().copied());
    found.ok_or_else(|| ShortRunError::Unknown("sender: name the region whose measures these are".to_owned()))
}

/// The study as the measure has it that drives it: the question's, else its own. A
/// study without a measure keeps its own dates. Where the measure holds on no day of
/// the weeks there is no study, and its name is the second answer.
fn in_force(
    question: &ShortRunQuestion,
    world: &World,
    ledger: &Ledger,
    study: Option<&Study>,
) -> Result<(Option<Study>, Option<String>), ShortRunError> {
    let Some(study) = study else { return Ok((None, None)) };
    let Some(id) = question.measure.as_ref().or(study.measure.as_ref()) else {
        return Ok((Some(study.clone()), None));
    };
    let found = match ledger.measure(id) {
        Some(measure) => study.under(measure, world, question.from, question.until())?,
        None => None,
    };
    let gone = found.is_none().then(|| id.clone());
    Ok((found, gone))
}
