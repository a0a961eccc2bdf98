//! Which industries of the actors grow and shrink?

use serde_json::json;

use super::figure::{Cell, Figure, Section, Table};
use super::words::{Number, signed};
use super::{Report, bar, sector_label, sector_name};
use crate::results::{Row, Variable};
use crate::scenario::Phase;

/// Industries with a bar.
const BARS: usize = 12;

/// A figure an actor.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let hardest = report.hardest()?;
    let actors = report.scenario.actors.iter().enumerate();
    let figures: Vec<Figure> =
        actors.filter_map(|(place, actor)| figure(report, hardest, place, actor)).collect();
    (!figures.is_empty()).then(|| Section {
        id: "sectors",
        title: "Which industries grow and shrink".to_owned(),
        figures,
        ..Section::default()
    })
}

fn figure(report: &Report<'_>, phase: &Phase, place: usize, actor: &str) -> Option<Figure> {
    let of_actor: Vec<&Row> = report
        .rows(Variable::GrossOutput)
        .filter(|row| *row.region == *actor && row.partner.is_empty() && row.week.is_none())
        .collect();
    let mut rows: Vec<&Row> = of_actor.iter().copied().filter(|row| *row.run == *phase.name).collect();
    rows.sort_by(|a, b| b.value.total_cmp(&a.value));
    let (most, least) = (rows.first()?, rows.last()?);
    let mut by_size = rows.clone();
    by_size.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    by_size.truncate(BARS);
    by_size.sort_by(|a, b| b.value.total_cmp(&a.value));
    let label = |row: &Row| sector_label(report.world, &row.sector);
    let name = |row: &Row| sector_name(report.world, &row.sector);
    let bars: Vec<_> = by_size.iter().map(|row| bar(name(row), Number::of(row, 1.0))).collect();
    let named = |row: &Row| {
        let number = Number::of(row, 1.0);
        format!("{} ({} %)", name(row), signed(number.value, number.digits()))
    };
    let (region, said) = (report.region(actor), report.said(actor));
    let phases = report.compared().map(|phase| format!("{}, %", phase.title));
    let mut table = Table::new(["Industry".to_owned()].into_iter().chain(phases));
    for row in &rows {
        let cells = report
            .compared()
            .map(|phase| {
                of_actor.iter().find(|other| *other.run == *phase.name && other.sector == row.sector)
            })
            .map(|found| Cell::of(found.map(|found| Number::of(found, 1.0))));
        table.rows.push([Cell::text(label(row))].into_iter().chain(cells).collect());
    }
    Some(Figure {
        id: format!("sectors-{}", place + 1),
        title: format!("{region}: {} moves most", by_size_first(&rows, report)),
        subtitle: format!(
            "Volume of output under {}, per cent; the {} industries that move most; {}",
            phase.title,
            by_size.len(),
            report.basis()
        ),
        summary: format!(
            "In {said}, {} of {} industries make more under {}; most and least are {} and {}.",
            rows.iter().filter(|row| row.value > 0.0).count(),
            rows.len(),
            phase.title,
            named(most),
            named(least)
        ),
        chart: Some(json!({"kind": "bars", "unit": "% of output", "panels": [{"title": "", "rows": bars}]})),
        table,
    })
}

/// The industry that moves most, with its change.
fn by_size_first(rows: &[&Row], report: &Report<'_>) -> String {
    let largest = rows.iter().max_by(|a, b| a.value.abs().total_cmp(&b.value.abs()));
    largest.map_or(String::new(), |row| {
        let number = Number::of(row, 1.0);
        format!("{} ({} %)", sector_name(report.world, &row.sector), signed(number.value, number.digits()))
    })
}
