//! How high are the tariffs of the actors on each other, and what moved them?
//!
//! Average tariffs on goods, weighted by base-year imports, on every day on which a
//! measure between the actors changes; the phases of the scenario are points on them, off
//! the line where a phase changes something.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;

use super::Report;
use super::figure::{Cell, Figure, Section, Table};
use super::words::plain;
use crate::ledger::average_tariff;
use crate::ledger::timeline::Change;
use crate::results::Variable;

/// Events that have a number under the axis.
const NUMBERED: usize = 12;
/// Pairs of actors that have a line.
const LINES: usize = 6;

/// The average tariff of one actor on another.
struct Line {
    importer: usize,
    exporter: usize,
    name: String,
    /// Per cent from a day on.
    points: Vec<(Date, f64)>,
}

/// The section; none without two actors that trade goods.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let ledger = match report.reading() {
        "" => report.ledger.clone(),
        id => report.ledger.as_read_by(id),
    };
    let dates = report.scenario.phases.iter().map(|phase| phase.date);
    let (first, last) = (dates.clone().min()?, dates.max()?);
    let margin = ((last - first).get_days() / 8).max(45).days();
    let (from, to) = (first.saturating_sub(margin), last.saturating_add(margin));
    let mut lines = pairs(report);
    let mut changes = ledger.changes();
    changes.retain(|change| {
        let measure = &ledger.measures[change.measure];
        let names = |side: &[usize], region| side.is_empty() || side.contains(&region);
        let concerns = |line: &Line| names(&measure.by, line.importer) && names(&measure.on, line.exporter);
        from < change.date && change.date <= to && lines.iter().any(concerns)
    });
    let mut days: Vec<Date> = changes.iter().map(|change| change.date).collect();
    days.dedup();
    for day in std::iter::once(from).chain(days.iter().copied()) {
        let state = ledger.state(report.world, day);
        for line in &mut lines {
            if let Some(average) = average_tariff(report.world, &state, line.importer, line.exporter) {
                line.points.push((day, 100.0 * average.weighted));
            }
        }
    }
    lines.retain(|line| !line.points.is_empty());
    if lines.is_empty() {
        return None;
    }
    let marks = marks(&lines, &days);
    let phases: Vec<_> = report
        .scenario
        .phases
        .iter()
        .map(|phase| {
            let value = |line: &Line| of_phase(report, &phase.name, line);
            json!({
                "date": phase.date.to_string(),
                "title": phase.title,
                "changed": phase.amendments != Default::default(),
                "values": lines.iter().map(value).collect::<Vec<_>>(),
            })
        })
        .collect();
    let chart = json!({
        "kind": "steps",
        "from": from.to_string(),
        "to": to.to_string(),
        "lines": lines.iter().map(|line| json!({
            "name": line.name,
            "points": line.points.iter().map(|(day, value)| json!([day.to_string(), value])).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "marks": marks.iter().enumerate().map(|(at, day)| json!([day.to_string(), at + 1])).collect::<Vec<_>>(),
        "phases": phases,
    });
    let peak = |line: &Line| {
        let peak = line
            .points
            .iter()
            .fold((from, 0.0_f64), |most, point| if point.1 > most.1 { *point } else { most });
        (peak, line.points.last().map_or(0.0, |point| point.1))
    };
    let told = |line: &Line| {
        let ((day, most), last) = peak(line);
        format!(
            "of {} at {} % on {day}, and stands at {} % on {to}",
            line.name,
            plain(most, 0),
            plain(last, 0)
        )
    };
    let title: Vec<String> =
        lines.iter().take(2).map(|line| format!("{} {} %", line.name, plain(peak(line).0.1, 0))).collect();
    let figure = Figure {
        id: "tariff-paths".to_owned(),
        title: format!("The highest average tariffs of the period: {}", super::words::list(&title)),
        subtitle: format!(
            "Average tariff on goods, per cent, weighted by imports of {}; {from} to {to}. Points: the phases, hollow \
             where a phase changes something; numbers: the events that moved most, in the table",
            report.world.base_date.year()
        ),
        summary: format!(
            "The average tariff peaks for {}.",
            lines
                .iter()
                .map(told)
                .map(|text| text.trim_start_matches("of ").to_owned())
                .collect::<Vec<_>>()
                .join("; for ")
        ),
        chart: Some(chart),
        table: table(&lines, &days, &marks, &changes, &ledger),
    };
    Some(Section {
        id: "tariffs",
        title: "Tariffs on each other".to_owned(),
        figures: vec![figure],
        ..Section::default()
    })
}

fn pairs(report: &Report<'_>) -> Vec<Line> {
    let actors = &report.scenario.actors;
    let regions = &report.world.regions;
    let mut lines = Vec::new();
    for (by, on) in actors.iter().flat_map(|by| actors.iter().map(move |on| (by, on))) {
        if let (Ok(importer), Ok(exporter)) = (regions.find(by), regions.find(on))
            && importer != exporter
        {
            lines.push(Line { importer, exporter, name: format!("{by} on {on}"), points: Vec::new() });
        }
    }
    lines.truncate(LINES);
    lines
}

/// The average of a phase, per cent, as the result table has it.
fn of_phase(report: &Report<'_>, run: &str, line: &Line) -> Option<f64> {
    let code = |region| report.world.regions.code(region);
    let mut rows = report.rows(Variable::TariffWeighted);
    let found = rows.find(|row| {
        &*row.run == run && &*row.region == code(line.importer) && &*row.partner == code(line.exporter)
    });
    found.map(|row| row.value)
}

/// The days on which the averages move most, in order.
fn marks(lines: &[Line], days: &[Date]) -> Vec<Date> {
    let moved = |place: usize| -> f64 {
        // The first point of a line is the day before all changes.
        lines.iter().map(|line| (line.points[place + 1].1 - line.points[place].1).abs()).sum()
    };
    let mut moves: Vec<(f64, Date)> = days.iter().enumerate().map(|(at, day)| (moved(at), *day)).collect();
    moves.retain(|(points, _)| *points >= 0.05);
    moves.sort_by(|a, b| b.0.total_cmp(&a.0));
    moves.truncate(NUMBERED);
    let mut marks: Vec<Date> = moves.into_iter().map(|(_, day)| day).collect();
    marks.sort_unstable();
    marks
}

fn table(
    lines: &[Line],
    days: &[Date],
    marks: &[Date],
    changes: &[Change],
    ledger: &crate::ledger::Ledger,
) -> Table {
    let heads = ["Day".to_owned(), "Event".to_owned()]
        .into_iter()
        .chain(lines.iter().map(|line| format!("{}, %", line.name)))
        .chain(["What changes".to_owned()]);
    let mut table = Table::new(heads);
    for (place, day) in days.iter().enumerate() {
        let number = marks.iter().position(|mark| mark == day);
        let event =
            number.map_or_else(|| Cell::text(""), |at| Cell::exact((at + 1) as f64, (at + 1).to_string()));
        let mut row = vec![Cell::text(day.to_string()), event];
        row.extend(lines.iter().map(|line| {
            let value = line.points[place + 1].1;
            Cell::exact(value, plain(value, 1))
        }));
        let what: Vec<String> = changes
            .iter()
            .filter(|change| change.date == *day)
            .map(|change| {
                let measure = &ledger.measures[change.measure];
                format!("{}: {}", measure.id, change.in_words(measure))
            })
            .collect();
        row.push(Cell::text(what.join("; ")));
        table.rows.push(row);
    }
    table
}
