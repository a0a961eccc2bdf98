//! What changed on which day?
//!
//! Every day of [`Ledger::change_dates`] has at least one change, and no other
//! day has any. A suspension that was extended is told once, on its first day,
//! with every day that was agreed: the file does not say when it was extended.
//!
//! As a table ([`COLUMNS`]), one row a change:
//!
//! | column | meaning |
//! |---|---|
//! | `date` | first day on which it counts |
//! | `id`, `kind` | as in the ledger |
//! | `by`, `on` | region codes, separated by spaces |
//! | `what` | `starts`, `ends`, `suspended`, `snaps-back`, `event`, or the value that changes: `rate`, `quantity`, `approval`, `cost`, `share` |
//! | `before`, `after` | the value, fraction; of a start and an end the rate; of a suspension its points, empty if it is the whole measure |
//! | `note` | why it ends; until when it is suspended |
//! | `source` | as in the ledger |

use jiff::civil::Date;

use super::Ledger;
use super::measure::{Afterwards, Kind, Measure, RatePath};
use super::words::{in_a_word, percent, points};
use crate::world::World;

/// Columns of the table, in order.
pub const COLUMNS: [&str; 10] =
    ["date", "id", "kind", "by", "on", "what", "before", "after", "note", "source"];

/// What happens to a measure on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Its first day.
    Starts,
    /// A value of this name takes a new step.
    Step(&'static str),
    /// Part of the rate is no longer levied.
    Suspended,
    /// The suspended part is levied again.
    SnapsBack,
    /// Its first day not in force.
    Ends,
    /// A mark without effect.
    Event,
}

impl What {
    /// The word in the table.
    pub fn name(self) -> &'static str {
        match self {
            What::Starts => "starts",
            What::Step(value) => value,
            What::Suspended => "suspended",
            What::SnapsBack => "snaps-back",
            What::Ends => "ends",
            What::Event => "event",
        }
    }
}

/// One change of one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// First day on which it counts.
    pub date: Date,
    /// Position of the measure in the ledger.
    pub measure: usize,
    /// What happens.
    pub what: What,
    /// The value before, fraction.
    pub before: Option<f64>,
    /// The value from that day on, fraction.
    pub after: Option<f64>,
    /// Why it ends, or until when it is suspended.
    pub note: Option<String>,
}

impl Ledger {
    /// Every change, earliest first, those of one day in the order of the ledger.
    pub fn changes(&self) -> Vec<Change> {
        let of = |(position, measure): (usize, &Measure)| changes_of(position, measure);
        let mut changes: Vec<Change> = self.measures.iter().enumerate().flat_map(of).collect();
        changes.sort_by_key(|change| change.date);
        changes
    }

    /// Changes as CSV.
    pub fn changes_to_csv(&self, changes: &[Change], world: &World) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail, and all records have the header's length.
        let _ = writer.write_record(COLUMNS);
        for change in changes {
            let _ = writer.write_record(self.row(change, world));
        }
        writer.into_inner().unwrap_or_default()
    }

    fn row(&self, change: &Change, world: &World) -> [String; 10] {
        let measure = &self.measures[change.measure];
        let codes = |regions: &[usize]| {
            regions.iter().map(|region| world.regions.code(*region)).collect::<Vec<_>>().join(" ")
        };
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        [
            change.date.to_string(),
            measure.id.clone(),
            measure.kind.name().to_owned(),
            codes(&measure.by),
            codes(&measure.on),
            change.what.name().to_owned(),
            number(change.before),
            number(change.after),
            change.note.clone().unwrap_or_default(),
            measure.source.clone().unwrap_or_default(),
        ]
    }
}

/// Values of a measure that take dated steps, by the name of their key.
fn paths(measure: &Measure) -> Vec<(&'static str, &RatePath)> {
    vec![
        ("rate", &measure.rate),
        ("quantity", &measure.quantity),
        ("approval", &measure.approval),
        ("cost", &measure.cost),
        ("share", &measure.share),
    ]
}

fn changes_of(position: usize, measure: &Measure) -> Vec<Change> {
    let plain = |date, what| Change { date, measure: position, what, before: None, after: None, note: None };
    let mut changes = Vec::new();
    if let Some(start) = measure.start() {
        let what = if measure.kind == Kind::Event { What::Event } else { What::Starts };
        changes.push(Change { after: measure.rate.step_on(start), ..plain(start, what) });
    }
    for (name, path) in paths(measure) {
        let mut before = None;
        for (day, value) in path.steps() {
            // A start says its rate itself.
            if name != "rate" || Some(*day) != measure.start() {
                changes.push(Change { before, after: Some(*value), ..plain(*day, What::Step(name)) });
            }
            before = Some(*value);
        }
    }
    if let Some(pause) = &measure.suspension {
        let (none, all) = (pause.points.map(|_| 0.0), pause.points);
        // Before its first day a measure has nothing to suspend.
        let begun = |day: &Date| measure.start().is_some_and(|start| start <= *day);
        let until: Vec<String> = pause.until.iter().map(Date::to_string).collect();
        let note = match until.split_first() {
            Some((first, [])) => Some(format!("until {first}")),
            Some((first, later)) => Some(format!("until {first}, extended to {}", later.join(", "))),
            None => None,
        };
        if begun(&pause.from) {
            changes.push(Change { before: none, after: all, note, ..plain(pause.from, What::Suspended) });
        }
        if let Some(back) = pause.back_on().filter(begun).filter(|_| pause.then == Afterwards::SnapBack) {
            changes.push(Change { before: all, after: none, ..plain(back, What::SnapsBack) });
        }
    }
    if let Some(end) = &measure.end {
        changes.retain(|change| change.date < end.on);
        let before = measure.rate_on(end.on.yesterday().unwrap_or(end.on));
        let before = Some(before).filter(|_| !measure.rate.steps().is_empty());
        changes.push(Change { before, note: end.why.clone(), ..plain(end.on, What::Ends) });
    }
    changes
}

impl Change {
    /// What happens, in words, after the measure's id.
    pub fn in_words(&self, measure: &Measure) -> String {
        let value = |value: Option<f64>| value.map_or("none".to_owned(), percent);
        let note = |before: &str| self.note.as_ref().map_or(String::new(), |note| format!("{before}{note}"));
        match self.what {
            What::Event => measure.source.as_ref().map_or("event".to_owned(), |source| source.clone()),
            What::Starts if measure.is_suspended_in_full(self.date) => {
                format!("{} from its first day on", measure.effect_in_words(self.date))
            }
            What::Starts => match self.after {
                Some(rate) if !measure.rate.steps().is_empty() => format!("starts at {}", percent(rate)),
                _ => format!("starts ({})", in_a_word(measure.kind)),
            },
            What::Step("rate") => format!("{} → {}", value(self.before), value(self.after)),
            What::Step(name) if self.before.is_none() => format!("{name} {}", value(self.after)),
            What::Step(name) => format!("{name} {} → {}", value(self.before), value(self.after)),
            What::Suspended if measure.is_suspended_in_full(self.date) => {
                format!("suspended in full{}", note(" "))
            }
            What::Suspended => {
                let levied = percent(measure.rate_on(self.date));
                format!(
                    "{} points suspended{}; {levied} levied",
                    points(self.after.unwrap_or(0.0)),
                    note(" ")
                )
            }
            What::SnapsBack if self.before.is_none() => "applies again".to_owned(),
            What::SnapsBack => {
                let levied = percent(measure.rate_on(self.date));
                format!("{} points snap back; {levied} levied", points(self.before.unwrap_or(0.0)))
            }
            What::Ends => {
                let why = self.note.as_ref().map_or(String::new(), |why| format!(" ({why})"));
                match self.before {
                    Some(rate) => format!("{} ends{why}", percent(rate)),
                    None => format!("ends{why}"),
                }
            }
        }
    }
}
