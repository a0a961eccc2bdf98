//! Trade diversion: which regions that are not actors gain, and which lose? A map of
//! everybody, and bars of those at both ends.

use serde_json::json;

use super::figure::{Cell, Figure, Section, Table};
use super::words::{Number, signed};
use super::{Report, bar, map};
use crate::results::{Row, Variable};

/// Regions with a bar at either end.
const BARS: usize = 10;

/// The section; none if everybody is an actor.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let hardest = report.hardest()?;
    let mut rows: Vec<&Row> = report
        .rows(Variable::WelfareExact)
        .filter(|row| *row.run == *hardest.name && !row.region.is_empty() && &*row.region != "others")
        .filter(|row| !report.is_actor(&row.region))
        .collect();
    rows.sort_by(|a, b| b.value.total_cmp(&a.value));
    let (most, least) = (rows.first()?, rows.last()?);
    let gain = rows.iter().filter(|row| row.value > 0.0).count();
    let surely = |sign: f64| {
        let sure = |row: &&&Row| {
            sign * row.low.unwrap_or(row.value) > 0.0 && sign * row.high.unwrap_or(row.value) > 0.0
        };
        rows.iter().filter(sure).count()
    };
    let (sure_gain, sure_loss) = (surely(1.0), surely(-1.0));
    let named = |row: &Row| {
        let number = Number::of(row, 1.0);
        format!("{} ({} %)", report.said(&row.region), signed(number.value, number.digits()))
    };
    let is_long = rows.len() > 2 * BARS;
    let shown: Vec<&&Row> = rows
        .iter()
        .enumerate()
        .filter(|(place, _)| !is_long || *place < BARS || *place >= rows.len() - BARS)
        .map(|(_, row)| row)
        .collect();
    let bars: Vec<_> =
        shown.iter().map(|row| bar(report.region(&row.region), Number::of(row, 1.0))).collect();
    let figure = Figure {
        id: "bystanders".to_owned(),
        title: match gain {
            0 => format!("None of {} other regions gains", rows.len()),
            gain => format!(
                "{gain} of {} other regions gain, most of all {}",
                rows.len(),
                report.said(&most.region)
            ),
        },
        subtitle: format!(
            "Real income under {}, per cent{}; {}",
            hardest.title,
            if is_long { format!("; the {BARS} largest and the {BARS} smallest") } else { String::new() },
            report.basis()
        ),
        summary: format!(
            "Trade goes round those who tax each other: under {} {sure_gain} of {} other regions gain and {sure_loss} lose under \
             every estimate; the {} is in {}, the {} in {}.",
            hardest.title,
            rows.len(),
            if most.value > 0.0 { "largest gain" } else { "smallest loss" },
            named(most),
            if least.value < 0.0 { "largest loss" } else { "smallest gain" },
            named(least)
        ),
        chart: Some(
            json!({"kind": "bars", "unit": "% of real income", "panels": [{"title": "", "rows": bars}]}),
        ),
        table: table(report, &rows),
    };
    Some(Section {
        id: "bystanders-section",
        title: "Who else gains and loses".to_owned(),
        figures: map::figure(report, hardest).into_iter().chain([figure]).collect(),
        ..Section::default()
    })
}

fn table(report: &Report<'_>, rows: &[&Row]) -> Table {
    let phases = report.compared().map(|phase| format!("{}, %", phase.title));
    let mut table = Table::new(["Region".to_owned()].into_iter().chain(phases));
    for row in rows {
        let cells = report
            .compared()
            .map(|phase| Cell::of(report.find(&phase.name, Variable::WelfareExact, &row.region, "", 1.0)));
        table.rows.push([Cell::text(report.region(&row.region))].into_iter().chain(cells).collect());
    }
    table
}
