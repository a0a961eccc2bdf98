//! What does the ledger withhold in the weeks?
//!
//! ```text
//! u[e](t)      limits of the ledger in force on day t, less those that held the day before
//! approval(d)  = part · approval of the ledger on d − late           after its first step
//! ```
//!
//! A share of approvals that was reported for some applicants is uncertain in two
//! ways: when it was reached, and how much of it reached everybody. `late` and `part`
//! are drawn for each draw, the same for all licences. Approvals of all applications
//! end a control and keep their day and their size; so does everything else.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::ToSpan;
use jiff::civil::Date;
use rayon::prelude::*;

use super::{ShortRunError, ShortRunQuestion, Span};
use crate::ledger::measure::RatePath;
use crate::ledger::{Cap, Kind, Ledger, Measure, PolicyState};
use crate::network::draws::{Shape, uniform};
use crate::network::{LinkCap, Network, caps_of_states};
use crate::world::World;

/// Keys of the numbers of a draw, beyond those of the settings.
const LATE: u64 = (1 << 50) + 1;
const PART: u64 = (1 << 50) + 2;

/// What the ledger withholds, in the cells of the world.
pub(super) struct Withheld {
    /// Its limits on quantities alone.
    ledger: Ledger,
    states: Vec<(f64, PolicyState)>,
    /// Measures that limit a flow, by id.
    pub measures: BTreeSet<String>,
    /// Whether a region sells under one of them, `[region]`.
    pub is_sender: Vec<bool>,
}

/// Licences whose approvals are drawn, and limits that are not.
#[derive(Clone)]
struct Uncertain {
    licences: Ledger,
    fixed: Vec<LinkCap>,
}

/// What the ledger withholds, on the links of a network.
#[derive(Clone)]
pub(super) struct Limits {
    /// With everything in the middle of its range.
    central: Vec<LinkCap>,
    /// What differs from draw to draw, where something does.
    uncertain: Option<Uncertain>,
    /// Number of the first draw.
    first: usize,
    /// By draw; empty if all draws have the same.
    drawn: Vec<Vec<LinkCap>>,
}

impl Withheld {
    /// By a ledger in the weeks of a question.
    pub fn by(ledger: &Ledger, question: &ShortRunQuestion, world: &World) -> Self {
        let ledger = ledger.limits_alone();
        let states = states(question, world, &ledger);
        let (mut measures, mut is_sender) = (BTreeSet::new(), vec![false; world.region_count()]);
        for (_, state) in &states {
            let caps = state.caps.iter().map(|cap| (&cap.measure, &cap.flows));
            let waits = state.waits.iter().map(|wait| (&wait.measure, &wait.flows));
            for (id, flows) in caps.chain(waits) {
                measures.insert(id.to_string());
                flows.iter().for_each(|(cell, _)| is_sender[cell % world.region_count()] = true);
            }
        }
        Self { ledger, states, measures, is_sender }
    }

    /// On the links of a network that was made of `world`, but for those of `taken`.
    /// Nothing is drawn yet.
    pub fn on(
        &self,
        question: &ShortRunQuestion,
        world: &World,
        network: &Network,
        taken: &BTreeSet<u32>,
    ) -> Result<Limits, ShortRunError> {
        let caps = |states: &[(f64, PolicyState)]| caps(world, network, states, taken);
        let Span { low, high } = question.approval_part;
        if question.approval_late == (Span { low: 0.0, high: 0.0 }) && low == 1.0 && high == 1.0 {
            return Ok(Limits { central: caps(&self.states)?, uncertain: None, first: 0, drawn: Vec::new() });
        }
        let (mut licences, mut others) = (self.ledger.clone(), self.ledger.clone());
        let is_drawn =
            |measure: &Measure| measure.kind == Kind::ExportLicence && !measure.approval.is_empty();
        licences.measures.retain(is_drawn);
        others.measures.retain(|measure| !is_drawn(measure));
        let fixed = caps(&states(question, world, &others))?;
        let uncertain = Uncertain { licences, fixed };
        let (late, part) = (question.approval_late, question.approval_part);
        let central = uncertain.caps(question, world, network, taken, (late.middle(), part.middle()))?;
        Ok(Limits { central, uncertain: Some(uncertain), first: 0, drawn: Vec::new() })
    }
}

impl Uncertain {
    /// With the later steps of approvals `late` days later, and `part` of their values.
    fn caps(
        &self,
        question: &ShortRunQuestion,
        world: &World,
        network: &Network,
        taken: &BTreeSet<u32>,
        (late, part): (f64, f64),
    ) -> Result<Vec<LinkCap>, ShortRunError> {
        let mut ledger = self.licences.clone();
        for measure in &mut ledger.measures {
            measure.approval = moved(&measure.approval, late.round() as i64, part);
        }
        let mut all = self.fixed.clone();
        all.extend(caps(world, network, &states(question, world, &ledger), taken)?);
        Ok(all)
    }
}

impl Limits {
    /// The same with the draws of these numbers.
    pub fn drawn(
        self,
        question: &ShortRunQuestion,
        world: &World,
        network: &Network,
        taken: &BTreeSet<u32>,
        numbers: Range<usize>,
    ) -> Result<Self, ShortRunError> {
        let Some(uncertain) = &self.uncertain else { return Ok(self) };
        let number = |Span { low, high }: Span, draw: usize, key| {
            Shape::Uniform { low, high }.value(uniform(question.seed, draw, key))
        };
        let first = numbers.start;
        let of_draw = |draw| {
            let late = number(question.approval_late, draw, LATE);
            let part = number(question.approval_part, draw, PART);
            uncertain.caps(question, world, network, taken, (late, part))
        };
        let drawn = numbers.into_par_iter().map(of_draw).collect::<Result<_, ShortRunError>>()?;
        Ok(Self { first, drawn, ..self })
    }

    /// Those of one draw; without one, those of the middle.
    pub fn of_draw(&self, draw: Option<usize>) -> &[LinkCap] {
        draw.and_then(|draw| self.drawn.get(draw.checked_sub(self.first)?)).unwrap_or(&self.central)
    }
}

/// A path of approvals with its later steps so many days later, and `part` of its
/// values. Steps that would come to lie on or before an earlier one fall away.
fn moved(approval: &RatePath, late: i64, part: f64) -> RatePath {
    let mut steps: Vec<(Date, f64)> = Vec::new();
    for (place, (day, value)) in approval.steps().iter().enumerate() {
        let all = *value >= 1.0;
        let day = if place == 0 || all { *day } else { day.saturating_add(late.days()) };
        // What ends the control ends also what was to come after it.
        while all && steps.last().is_some_and(|(before, _)| *before >= day) {
            steps.pop();
        }
        if steps.last().is_none_or(|(before, _)| *before < day) {
            steps.push((day, if all { *value } else { part * value }));
        }
    }
    RatePath::new(steps).unwrap_or_else(|| approval.clone())
}

fn caps(
    world: &World,
    network: &Network,
    states: &[(f64, PolicyState)],
    taken: &BTreeSet<u32>,
) -> Result<Vec<LinkCap>, ShortRunError> {
    let dated: Vec<(f64, &PolicyState)> = states.iter().map(|(day, state)| (*day, state)).collect();
    let mut caps = caps_of_states(world, network, &dated)?;
    caps.iter_mut().for_each(|cap| cap.links.retain(|link| !taken.contains(link)));
    caps.retain(|cap| !cap.links.is_empty());
    Ok(caps)
}

/// The ledger on every day of the run on which it changes, less the limits that
/// already held the day before it began, as tight or tighter, and the waits that
/// had begun by then.
fn states(question: &ShortRunQuestion, world: &World, ledger: &Ledger) -> Vec<(f64, PolicyState)> {
    let (from, until) = (question.from, question.until());
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
        state.waits.retain(|wait| wait.since >= from);
        (f64::from((date - from).get_days()), state)
    };
    days.into_iter().map(of_day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn path(steps: &[(Date, f64)]) -> RatePath {
        RatePath::new(steps.to_vec()).unwrap()
    }

    /// 0 from 4 April, 25 % from 4 June, 60 % from 30 June; all from 10 July.
    #[test]
    fn approvals_come_later_and_are_fewer() {
        let (april, june, end) = (date(2025, 4, 4), date(2025, 6, 4), date(2025, 6, 30));
        let ledger = path(&[(april, 0.0), (june, 0.25), (end, 0.6)]);
        assert_eq!(moved(&ledger, 0, 1.0), ledger);
        assert_eq!(
            moved(&ledger, 10, 0.5).steps(),
            [(april, 0.0), (date(2025, 6, 14), 0.125), (date(2025, 7, 10), 0.3)]
        );
        let open = path(&[(april, 0.0), (june, 0.25), (end, 1.0)]);
        assert_eq!(moved(&open, 10, 0.5).steps(), [(april, 0.0), (date(2025, 6, 14), 0.125), (end, 1.0)]);
        assert_eq!(moved(&open, 40, 0.5).steps(), [(april, 0.0), (end, 1.0)]);
    }
}
