//! The ledger as one tidy table: one row a measure and step.
//!
//! A step is a day on which a measure changes: a new value, points that are
//! suspended, points that apply again. A row holds from its date to
//! the next row of the same measure, or to `ends`.
//!
//! | column | meaning |
//! |---|---|
//! | `id`, `kind` | as in the ledger |
//! | `by`, `on` | region codes, separated by spaces |
//! | `date` | first day of the step; empty for a measure without one |
//! | `rate` | rate before the suspension, fraction (0.25 is 25 %); empty for kinds without a rate |
//! | `suspended_points` | part of the rate that is not levied, fraction |
//! | `suspended` | `true` if the whole measure is |
//! | `quantity`, `approval`, `cost` | of the kinds that have them: allowed share of the base quantity, approved share, iceberg cost; fractions |
//! | `wait_weeks` | how long a licence takes |
//! | `of`, `let_off` | the measures that an exemption lets off, and which share of them, fraction |
//! | `ends` | first day not in force; empty if the ledger names none |
//! | `scope` | its name, `all goods`, or the share of each sector |
//! | `status`, `source`, `recall`, `rows` | as in the ledger |

use jiff::civil::Date;

use super::measure::{Measure, RatePath, Scope, Status};
use super::{Ledger, write};
use crate::world::World;

/// Columns of the table, in order.
pub const COLUMNS: [&str; 20] = [
    "id",
    "kind",
    "by",
    "on",
    "date",
    "rate",
    "suspended_points",
    "suspended",
    "quantity",
    "approval",
    "wait_weeks",
    "cost",
    "of",
    "let_off",
    "ends",
    "scope",
    "status",
    "source",
    "recall",
    "rows",
];

impl Ledger {
    /// The measures as CSV, in the order of the ledger, dates rising.
    ///
    /// # Panics
    /// If `world` has other dimensions than the world the ledger was read for.
    pub fn to_csv(&self, world: &World) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        // Writing to memory cannot fail, and all records have the header's length.
        let _ = writer.write_record(COLUMNS);
        for measure in &self.measures {
            for date in steps(measure) {
                let _ = writer.write_record(row(measure, date, world));
            }
        }
        writer.into_inner().unwrap_or_default()
    }
}

/// First days of a measure's steps; one unknown day if it has none.
fn steps(measure: &Measure) -> Vec<Option<Date>> {
    let Some(start) = measure.start() else {
        return vec![None];
    };
    let end = measure.end.as_ref().map(|end| end.on);
    let days = measure.change_dates().into_iter();
    days.filter(|day| start <= *day && end.is_none_or(|end| *day < end)).map(Some).collect()
}

fn row(measure: &Measure, date: Option<Date>, world: &World) -> [String; COLUMNS.len()] {
    let codes = |regions: &[usize]| {
        regions.iter().map(|region| world.regions.code(*region)).collect::<Vec<_>>().join(" ")
    };
    let with_rate = date.filter(|_| !measure.rate.steps().is_empty());
    let on_the_day = |path: &RatePath| {
        date.and_then(|day| path.step_on(day)).map(|value| value.to_string()).unwrap_or_default()
    };
    let day = |date: Option<Date>| date.map(|day| day.to_string()).unwrap_or_default();
    let status = Status::ALL.iter().find(|(_, status)| *status == measure.status);
    [
        measure.id.clone(),
        measure.kind.name().to_owned(),
        codes(&measure.by),
        codes(&measure.on),
        day(date),
        with_rate.map(|day| measure.rate_unsuspended(day).to_string()).unwrap_or_default(),
        with_rate.map(|day| measure.suspended_points(day).to_string()).unwrap_or_default(),
        date.map(|day| measure.is_suspended(day).to_string()).unwrap_or_default(),
        on_the_day(&measure.quantity),
        on_the_day(&measure.approval),
        measure.wait_weeks.map(|weeks| weeks.to_string()).unwrap_or_default(),
        on_the_day(&measure.cost),
        measure.of.join(" "),
        on_the_day(&measure.share),
        day(measure.end.as_ref().map(|end| end.on)),
        scope(&measure.scope, world),
        status.map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
        measure.source.clone().unwrap_or_default(),
        measure.recall.clone().unwrap_or_default(),
        measure.rows.join(" "),
    ]
}

pub(super) fn scope(scope: &Scope, world: &World) -> String {
    if let Some(name) = &scope.name {
        return name.clone();
    }
    let all_goods = scope.coverage.iter().zip(&world.goods);
    if all_goods.into_iter().all(|(covered, goods)| *covered == f64::from(u8::from(*goods))) {
        return "all goods".to_owned();
    }
    let covered = (0..scope.coverage.len()).filter(|sector| scope.coverage[*sector] != 0.0);
    let share = |sector: usize| {
        format!("{} {}", world.sectors.code(sector), write::percentage(scope.coverage[sector]))
    };
    covered.map(share).collect::<Vec<_>>().join("; ")
}
