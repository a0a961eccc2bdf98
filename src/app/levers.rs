//! What of a scenario can be moved by hand?
//!
//! Every phase that is compared has the measures between the scenario's actors that are in
//! force on its day and have a number, limits first, then the largest, and a further duty of each actor on
//! each other. `[short_run]` has the licences of its weeks. The size of a measure is the
//! trade between actors that it covers times the part that it takes,
//!
//! ```text
//! size = Σ coverage[s] · M[s,n,i] · r        r: rate, cost, 1 − approval, 1 − quantity
//! ```
//!
//! A lever that is moved becomes text ([`edit`](super::edit)); one that is where the ledger
//! has it is none.

use jiff::civil::Date;
use serde_json::{Value, json};

use super::body::Fields;
use super::edit::{Duty, Edit, Place};
use super::problem::Problem;
use crate::document::read::nearest;
use crate::ledger::words::regions_in_words;
use crate::ledger::{Amendments, Kind, Ledger, Measure};
use crate::scenario::answer::Question;
use crate::world::World;

/// Most measures of a phase, besides limits, that are levers.
const MOST: usize = 8;
/// Highest rate, per cent: what a scenario's `set` allows.
const HIGHEST_RATE: f64 = 500.0;
/// Two numbers are one if they differ by less, per cent.
const SAME: f64 = 1e-9;

/// Something that can be moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Lever {
    /// `collapse/us-reciprocal`: the place and the measure.
    pub id: String,
    /// Name of the phase, or `short_run`.
    pub place: String,
    /// Its title.
    pub place_title: String,
    /// Id of the measure.
    pub measure: String,
    /// `tariff`, `export-tax`, `approval`, `quantity`, `cost` or `further-duty`.
    pub kind: &'static str,
    /// Who acts.
    pub by: String,
    /// On whom.
    pub on: String,
    /// One line for a person.
    pub label: String,
    /// Where it stands, per cent.
    pub value: f64,
    /// Where it would stand untouched, per cent.
    pub original: f64,
    /// Its ends, per cent.
    pub ends: (f64, f64),
    /// Whether the scenario's text moves it.
    pub in_text: bool,
}

impl Lever {
    /// True of a licence and a quota.
    fn is_limit(&self) -> bool {
        matches!(self.kind, "approval" | "quantity")
    }

    /// As an object of an answer.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id, "where": self.place, "where_title": self.place_title,
            "measure": self.measure, "kind": self.kind, "by": self.by, "on": self.on,
            "label": self.label, "unit": "%", "value": self.value, "original": self.original,
            "least": self.ends.0, "most": self.ends.1, "step": 1.0, "in_text": self.in_text,
        })
    }
}

/// A lever and where it is to go.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Id of the lever.
    pub lever: String,
    /// Per cent.
    pub value: f64,
}

impl Change {
    /// The changes of a request's body.
    pub(super) fn read(fields: &mut Fields) -> Vec<Self> {
        fields.each("changes", &["lever", "value"], |change| {
            let lever = change.required("lever", "the id of a lever, as in \"collapse/us-reciprocal\"");
            let value = change.number("value", "a number in per cent");
            if value.is_none() && lever.is_some() {
                change.note("value", "has to be there: write a number in per cent");
            }
            Some(Self { lever: lever?, value: value? })
        })
    }
}

/// Everything of a question that can be moved, in the order of the text.
pub fn levers(question: &Question) -> Vec<Lever> {
    places(question).iter().flat_map(|place| place.levers(question)).collect()
}

/// The edits of a scenario's text that put every lever where it is to go.
///
/// # Errors
/// A [`Problem`] that names every lever the scenario does not have, and every number that
/// a lever cannot have.
pub fn edits(question: &Question, changes: &[Change]) -> Result<Vec<Edit>, Problem> {
    let places = places(question);
    let (mut edits, mut notes) = (Vec::new(), Vec::new());
    for change in changes {
        match places.iter().find_map(|place| place.edit(question, change)) {
            Some(Ok(edit)) => edits.push(edit),
            Some(Err(note)) => notes.push(note),
            None => {
                let known: Vec<String> = levers(question).into_iter().map(|lever| lever.id).collect();
                let shown: String = change.lever.chars().take(100).flat_map(char::escape_debug).collect();
                notes.push(match nearest(&change.lever, known.iter().map(String::as_str)) {
                    Some(near) => format!("the scenario has no lever `{shown}`; did you mean `{near}`?"),
                    None => {
                        format!("the scenario has no lever `{shown}`; its answer lists those that it has")
                    }
                });
            }
        }
    }
    if notes.is_empty() {
        Ok(edits)
    } else {
        Err(Problem::input(notes.join(
            "
",
        )))
    }
}

/// A phase or the weeks, with the ledger as it is there.
struct At<'q> {
    place: Place,
    name: &'q str,
    title: &'q str,
    /// Days on which something can be in force: one, or those of the weeks.
    days: (Date, Date),
    world: &'q World,
    amendments: &'q Amendments,
    /// As amended, but for what is set.
    untouched: Ledger,
}

fn places(question: &Question) -> Vec<At<'_>> {
    let (scenario, mut places) = (&question.scenario, Vec::new());
    let untouched = |ledger: &Ledger, amendments: &Amendments| {
        ledger.amended(&Amendments { set: Vec::new(), ..amendments.clone() }).ok()
    };
    for (position, phase) in scenario.phases.iter().enumerate() {
        if position == scenario.against {
            continue;
        }
        places.extend(untouched(&question.ledger.ledger, &phase.amendments).map(|untouched| At {
            place: Place::Phase(position),
            name: &phase.name,
            title: &phase.title,
            days: (phase.date, phase.date),
            world: &question.world.world,
            amendments: &phase.amendments,
            untouched,
        }));
    }
    if let (Some(weeks), Some(asked)) = (&question.weeks, &scenario.short_run) {
        places.extend(untouched(&weeks.ledger.ledger, &asked.amendments).map(|untouched| At {
            place: Place::ShortRun,
            name: "short_run",
            title: "The weeks",
            days: (asked.from, asked.until().yesterday().unwrap_or(asked.from)),
            world: &weeks.world,
            amendments: &asked.amendments,
            untouched,
        }));
    }
    places
}

impl At<'_> {
    fn levers(&self, question: &Question) -> Vec<Lever> {
        let actors = self.actors(question);
        let mut found: Vec<(f64, usize, Lever)> = Vec::new();
        for (place, measure) in self.untouched.measures.iter().enumerate() {
            let Some((kind, original)) = self.number(measure) else { continue };
            if further(&question.scenario.actors, &measure.id).is_some() {
                continue;
            }
            let set = self
                .amendments
                .set
                .iter()
                .rfind(|(id, _)| *id == measure.id)
                .map(|(_, value)| percent(*value));
            let size = self.size(measure, kind, &actors, original);
            if size <= 0.0 && set.is_none() {
                continue;
            }
            // What is in the text stays in sight, however small it has become.
            let size = if set.is_some() { f64::INFINITY } else { size };
            found.push((size, place, self.lever(measure, kind, original, set)));
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        // Limits are few and never crowded out by taxes; nor is what the text sets.
        let mut room = MOST;
        found.retain(|(size, _, lever)| {
            let stays = lever.is_limit() || size.is_infinite() || room > 0;
            room = room.saturating_sub(usize::from(!lever.is_limit()));
            stays
        });
        // In the order of their size untouched, so that nothing moves under the hand.
        let untouched = |lever: &Lever| {
            let measure = self.untouched.measure(&lever.measure);
            measure.map_or(0.0, |measure| self.size(measure, lever.kind, &actors, lever.original))
        };
        let mut levers: Vec<Lever> = found.into_iter().map(|(_, _, lever)| lever).collect();
        let by_size = |a: &Lever, b: &Lever| untouched(b).total_cmp(&untouched(a));
        levers.sort_by(|a, b| b.is_limit().cmp(&a.is_limit()).then(by_size(a, b)));
        if matches!(self.place, Place::Phase(_)) {
            for by in &question.scenario.actors {
                levers.extend(
                    question.scenario.actors.iter().filter(|on| *on != by).map(|on| self.further(by, on)),
                );
            }
        }
        levers
    }

    fn actors(&self, question: &Question) -> Vec<usize> {
        question.scenario.actors.iter().filter_map(|code| self.world.regions.find(code).ok()).collect()
    }

    /// What kind of number a measure has here, and where it stands untouched, per cent.
    fn number(&self, measure: &Measure) -> Option<(&'static str, f64)> {
        let (from, until) = self.days;
        if let Place::ShortRun = self.place {
            let licence = measure.kind == Kind::ExportLicence && !measure.approval.is_empty();
            let days =
                std::iter::successors(Some(from), |day| day.tomorrow().ok()).take_while(|day| *day <= until);
            let held: Vec<f64> = days
                .filter(|day| licence && measure.is_in_force(*day))
                .map(|day| measure.approval_on(day))
                .collect();
            // A path is one number here: its mean over the days in force, to a tenth.
            let mean = held.iter().sum::<f64>() / held.len().max(1) as f64;
            return (!held.is_empty()).then_some(("approval", (1000.0 * mean).round() / 10.0));
        }
        if !measure.is_in_force(from) || measure.stacking.floor.is_some() {
            return None;
        }
        let (kind, value) = match measure.kind {
            Kind::ImportTariff => ("tariff", measure.rate_on(from)),
            Kind::ExportTax => ("export-tax", measure.rate_on(from)),
            Kind::ExportLicence if !measure.approval.is_empty() => ("approval", measure.approval_on(from)),
            Kind::ImportQuota | Kind::ExportQuota if !measure.quantity.is_empty() => {
                ("quantity", measure.quantity_on(from))
            }
            Kind::EntityListing | Kind::PortFee | Kind::VisaRestriction if !measure.cost.is_empty() => {
                ("cost", measure.cost_on(from))
            }
            _ => return None,
        };
        value.is_finite().then_some((kind, percent(value)))
    }

    /// Million USD of trade between actors that the measure takes, at `value` per cent.
    fn size(&self, measure: &Measure, kind: &str, actors: &[usize], value: f64) -> f64 {
        let part = match kind {
            "approval" | "quantity" => (100.0 - value).abs(),
            _ => value,
        };
        let mut covered = 0.0;
        for by in measure.by.iter().filter(|by| actors.contains(by)) {
            for on in measure.on.iter().filter(|on| actors.contains(on) && *on != by) {
                let (importer, exporter) =
                    if measure.kind.acts_on_imports() { (*by, *on) } else { (*on, *by) };
                for (sector, share) in measure.scope.coverage.iter().enumerate() {
                    covered += share * self.world.trade_musd[self.world.cell(sector, importer, exporter)];
                }
            }
        }
        // A measure that takes nothing yet can be moved too.
        covered * part.max(0.1)
    }

    fn lever(&self, measure: &Measure, kind: &'static str, original: f64, set: Option<f64>) -> Lever {
        let value = set.unwrap_or(original);
        let (by, on) = (regions_in_words(&measure.by, self.world), regions_in_words(&measure.on, self.world));
        let what = match kind {
            "tariff" => "tariff",
            "export-tax" => "export tax",
            "approval" => "licences approved",
            "quantity" => "quantity allowed",
            _ => "cost",
        };
        Lever {
            id: format!("{}/{}", self.name, measure.id),
            place: self.name.to_owned(),
            place_title: self.title.to_owned(),
            measure: measure.id.clone(),
            kind,
            label: format!("{by} on {on}: {what}, {}", measure.id),
            by,
            on,
            value,
            original,
            ends: (0.0, most(kind, original.max(value))),
            in_text: set.is_some(),
        }
    }

    fn further(&self, by: &str, on: &str) -> Lever {
        let measure = duty_id(by, on);
        let added = self.amendments.add.measures.iter().find(|added| added.id == measure);
        let value = added.map_or(0.0, |added| {
            let set = self.amendments.set.iter().rfind(|(id, _)| *id == measure);
            percent(set.map_or(added.rate_on(self.days.0), |(_, value)| *value))
        });
        Lever {
            id: format!("{}/{measure}", self.name),
            place: self.name.to_owned(),
            place_title: self.title.to_owned(),
            kind: "further-duty",
            label: format!("{by} on {on}: a further duty on all goods"),
            by: by.to_owned(),
            on: on.to_owned(),
            value,
            original: 0.0,
            ends: (0.0, most("further-duty", value)),
            in_text: added.is_some(),
            measure,
        }
    }

    /// The edit of a change that is about this place; `Err` says which number it can have.
    fn edit(&self, question: &Question, change: &Change) -> Option<Result<Edit, String>> {
        let id = change.lever.strip_prefix(self.name)?.strip_prefix('/')?;
        let phase = matches!(self.place, Place::Phase(_));
        let (kind, original, duty) = match further(&question.scenario.actors, id).filter(|_| phase) {
            Some((by, on)) => {
                ("further-duty", 0.0, Some(Duty { by: by.to_owned(), on: on.to_owned(), from: self.days.0 }))
            }
            None => {
                let (kind, original) = self.number(self.untouched.measure(id)?)?;
                (kind, original, None)
            }
        };
        let highest = if kind == "approval" { 100.0 } else { HIGHEST_RATE };
        if !(0.0..=highest).contains(&change.value) {
            return Some(Err(format!(
                "`{}` is {}: write a number from 0 to {highest}",
                change.lever, change.value
            )));
        }
        let percent = ((change.value - original).abs() > SAME).then_some(change.value);
        Some(Ok(Edit { place: self.place, id: id.to_owned(), percent, duty }))
    }
}

/// The id of a further duty.
fn duty_id(by: &str, on: &str) -> String {
    format!("further-duty-{by}-on-{on}").to_lowercase()
}

/// The actors of a further duty's id.
fn further<'a>(actors: &'a [String], id: &str) -> Option<(&'a str, &'a str)> {
    let pairs = actors.iter().flat_map(|by| actors.iter().map(move |on| (by.as_str(), on.as_str())));
    pairs.filter(|(by, on)| by != on).find(|(by, on)| duty_id(by, on) == id)
}

/// Upper end of a lever that stands at `value`: one step of room.
fn most(kind: &str, value: f64) -> f64 {
    if kind == "approval" {
        return 100.0;
    }
    [50.0, 100.0, 200.0].into_iter().find(|most| value <= 0.75 * most).unwrap_or(HIGHEST_RATE)
}

/// A fraction in per cent, without the noise of the last bits.
fn percent(fraction: f64) -> f64 {
    (fraction * 1e11).round() / 1e9
}
