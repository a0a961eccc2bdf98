//! What matters most? Each uncertain thing moved alone, everything else as it is.
//!
//! ```text
//! ends of a factor = real income at its low and its high end, the others central
//! ```
//!
//! | factor | ends |
//! |---|---|
//! | elasticity of a sector, or of all together | 5 and 95 % of its [distribution](super::draws) |
//! | elasticity set | the sets of the range that give the lowest and the highest |
//! | deficits | the rule that gives the lowest and the highest |
//! | variant | the named variant that gives the lowest and the highest |
//!
//! A rule or a variant without an equilibrium in some phase is left out, by name.

use std::sync::Arc;

use rayon::prelude::*;

use super::centre::DRAW_TOLERANCE;
use super::draws::Distribution;
use super::run::{RunError, RunOptions, elasticity_sets, find_region, states};
use super::{LongRunQuestion, Scenario};
use crate::equilibrium::{Calibration, Change, Closure, Deficits, Numeraire, Options, Variant};
use crate::ledger::{Ledger, PolicyState};
use crate::world::{ElasticitySet, World};

/// Standard deviations from the median to the 5 and the 95 % quantile.
const TO_THE_ENDS: f64 = 1.644_853_626_951_472_2;

/// Something that is not known for sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Factor {
    /// The level of all trade elasticities.
    AllElasticities,
    /// The trade elasticity of a sector, by position.
    Elasticity(usize),
    /// Which published set of elasticities is right.
    ElasticitySet,
    /// What happens to trade deficits.
    Deficits,
    /// Assumptions on production, demand and mobility.
    Variant,
}

/// How far one factor moves the real income of a region in one phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// The phase.
    pub run: Arc<str>,
    /// The reading.
    pub reading: Arc<str>,
    /// The actor.
    pub region: Arc<str>,
    /// What was moved.
    pub factor: Factor,
    /// `welfare_exact` with everything central, per cent.
    pub central: f64,
    /// What the factor is at its two ends, and `welfare_exact` there, per cent; the lower first.
    pub ends: [(Arc<str>, f64); 2],
}

impl Bar {
    /// Length of the bar, percentage points.
    pub fn length(&self) -> f64 {
        self.ends[1].1 - self.ends[0].1
    }
}

/// The bars of every phase, reading and actor, longest first within each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tornado {
    /// The bars.
    pub bars: Vec<Bar>,
    /// Alternatives that have no equilibrium, with the reason.
    pub left_out: Vec<String>,
}

/// What does not change from one alternative to the next.
struct Fixed<'a> {
    scenario: &'a Scenario,
    sets: Vec<&'a ElasticitySet>,
    actors: Vec<usize>,
    states: Vec<Arc<PolicyState>>,
    calibration: Calibration,
}

/// One alternative: what it moves, how it is called there, and the question it asks.
struct Alternative {
    factor: Factor,
    label: Arc<str>,
    theta: Vec<f64>,
    question: LongRunQuestion,
}

/// Moves every factor of `scenario` alone.
///
/// # Errors
/// [`RunError`] if the central case has no answer.
pub fn tornado(
    scenario: &Scenario,
    world: &World,
    ledger: &Ledger,
    options: &RunOptions,
) -> Result<Tornado, RunError> {
    let mut all = Tornado::default();
    let readings = match scenario.readings.as_slice() {
        [] => vec![("", None)],
        some => some.iter().map(|id| (id.as_str(), Some(ledger.as_read_by(id)))).collect(),
    };
    for (reading, read) in &readings {
        let fixed = Fixed::of(scenario, world, read.as_ref().unwrap_or(ledger))?;
        let found = fixed.tornado(reading, options)?;
        all.bars.extend(found.bars);
        all.left_out.extend(found.left_out);
    }
    all.left_out.sort();
    all.left_out.dedup();
    Ok(all)
}

impl<'a> Fixed<'a> {
    fn of(scenario: &'a Scenario, world: &'a World, ledger: &Ledger) -> Result<Self, RunError> {
        let sets = elasticity_sets(scenario, world)?;
        let actors = scenario.actors.iter().map(|code| find_region(world, code));
        let base = ledger.state(world, world.base_date);
        let calibration = Calibration::new(world, base, &sets[0].theta).map_err(|problem| {
            let (phase, elasticities) =
                (scenario.phases[scenario.against].name.clone(), sets[0].name.clone());
            RunError::Equilibrium { phase, elasticities, problem }
        })?;
        let (actors, states) = (actors.collect::<Result<_, _>>()?, states(scenario, world, ledger)?);
        Ok(Self { scenario, sets, actors, states, calibration })
    }

    /// Phases that are compared, by position.
    fn phases(&self) -> impl Iterator<Item = usize> {
        (0..self.states.len()).filter(|phase| *phase != self.scenario.against)
    }

    /// `welfare_exact` of every compared phase and actor, per cent.
    fn incomes(
        &self,
        theta: &[f64],
        question: &LongRunQuestion,
        options: &RunOptions,
    ) -> Result<Vec<f64>, RunError> {
        let failed = |phase: usize| {
            let phase = self.scenario.phases[phase].name.clone();
            move |problem| RunError::Equilibrium { phase, elasticities: "moved".to_owned(), problem }
        };
        options.progress.step()?;
        let closure = Closure { deficits: question.deficits, numeraire: Numeraire::WorldValueAdded };
        let (variant, arithmetic) = (question.variant, options.arithmetic);
        let options =
            Options { closure, variant, arithmetic, tolerance: DRAW_TOLERANCE, ..Options::default() };
        let against = self.scenario.against;
        let mut calibration = self.calibration.clone();
        calibration.set_theta(theta).map_err(failed(against))?;
        let before = calibration.solve(self.states[against].clone(), &options).map_err(failed(against))?;
        let mut incomes = Vec::new();
        for phase in self.phases() {
            let after = calibration
                .solve_from(Some(&before), self.states[phase].clone(), &options)
                .map_err(failed(phase))?;
            let change = Change::between(&calibration, &before, &after);
            incomes.extend(self.actors.iter().map(|actor| 100.0 * change.welfare_exact[*actor]));
        }
        Ok(incomes)
    }

    fn tornado(&self, reading: &str, options: &RunOptions) -> Result<Tornado, RunError> {
        let central = self.incomes(&self.sets[0].theta, &self.scenario.long_run, options)?;
        let alternatives = self.alternatives();
        options.progress.begin("what matters most", alternatives.len());
        let found: Vec<Result<Vec<f64>, RunError>> =
            alternatives.par_iter().map(|one| self.incomes(&one.theta, &one.question, options)).collect();
        let left_out = alternatives.iter().zip(&found).filter_map(|(one, found)| {
            found.as_ref().err().map(|problem| format!("{} is left out: {problem}", one.label))
        });
        let mut factors: Vec<Factor> = alternatives.iter().map(|one| one.factor).collect();
        factors.dedup();
        let places = self.phases().flat_map(|phase| self.actors.iter().map(move |actor| (phase, *actor)));
        let mut bars = Vec::new();
        for (position, (phase, actor)) in places.enumerate() {
            let bar = |factor: &Factor| {
                let here = (self.central_label(*factor), central[position]);
                let mut ends = [here.clone(), here];
                let tried = alternatives.iter().zip(&found).filter(|(one, _)| one.factor == *factor);
                for (label, value) in
                    tried.filter_map(|(one, found)| Some((&one.label, found.as_ref().ok()?[position])))
                {
                    if value < ends[0].1 {
                        ends[0] = (label.clone(), value);
                    }
                    if value > ends[1].1 {
                        ends[1] = (label.clone(), value);
                    }
                }
                Bar {
                    run: self.scenario.phases[phase].name.as_str().into(),
                    reading: reading.into(),
                    region: self.calibration.regions.code(actor).into(),
                    factor: *factor,
                    central: central[position],
                    ends,
                }
            };
            let mut of_place: Vec<Bar> = factors.iter().map(bar).collect();
            of_place.sort_by(|a, b| b.length().total_cmp(&a.length()));
            bars.extend(of_place);
        }
        Ok(Tornado { bars, left_out: left_out.collect() })
    }

    /// What a factor is in the central case.
    fn central_label(&self, factor: Factor) -> Arc<str> {
        let theta = &self.sets[0].theta;
        let question = &self.scenario.long_run;
        match factor {
            Factor::AllElasticities => mean(theta),
            Factor::Elasticity(sector) => format!("θ {:.1}", theta[sector]),
            Factor::ElasticitySet => self.sets[0].name.clone(),
            Factor::Deficits => name(question.deficits).to_owned(),
            Factor::Variant => question.variant.to_string(),
        }
        .into()
    }

    /// Everything that is moved, alone; the alternatives of a factor in one row.
    fn alternatives(&self) -> Vec<Alternative> {
        let central = self.sets[0];
        let question = &self.scenario.long_run;
        let spread = question.draws.and_then(|draws| draws.spread);
        let around = Distribution::new(central, &self.sets, spread);
        let mut all = Vec::new();
        for position in 0..around.factor_count() {
            for end in [-TO_THE_ENDS, TO_THE_ENDS] {
                let mut factors = vec![0.0; around.factor_count()];
                factors[position] = end;
                let theta = around.theta(&factors);
                let (factor, label) = match position.checked_sub(1) {
                    None => (Factor::AllElasticities, mean(&theta)),
                    Some(sector) => (Factor::Elasticity(sector), format!("θ {:.1}", theta[sector])),
                };
                all.push(Alternative { factor, label: label.into(), theta, question: question.clone() });
            }
        }
        let moved = |factor, label: &str, question| {
            let theta = central.theta.clone();
            Alternative { factor, label: label.into(), theta, question }
        };
        all.extend(self.sets[1..].iter().map(|set| Alternative {
            theta: set.theta.clone(),
            ..moved(Factor::ElasticitySet, &set.name, question.clone())
        }));
        for deficits in [Deficits::Zero, Deficits::Held, Deficits::Income] {
            let question = LongRunQuestion { deficits, ..question.clone() };
            all.push(moved(Factor::Deficits, name(deficits), question));
        }
        for (name, text) in Variant::NAMED {
            // The texts of the named variants read: a test of theirs says so.
            let Ok(variant) = text.parse() else { continue };
            all.push(moved(Factor::Variant, name, LongRunQuestion { variant, ..question.clone() }));
        }
        all
    }
}

fn mean(theta: &[f64]) -> String {
    format!("mean θ {:.1}", theta.iter().sum::<f64>() / theta.len() as f64)
}

/// As a scenario file writes it.
fn name(deficits: Deficits) -> &'static str {
    match deficits {
        Deficits::Zero => "zero",
        Deficits::Held => "held",
        Deficits::Share => "share",
        Deficits::Income => "income",
    }
}
