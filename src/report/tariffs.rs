//! How high are the tariffs of the actors on each other, and what moved them?
//!
//! Average tariffs on goods, weighted by base-year imports, on every day on which a
//! measure between the actors changes; the phases of the scenario are points on them, off
//! the line where a phase changes something. [`record`] draws the same over the whole record.

use jiff::ToSpan;
use jiff::civil::Date;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::figure::{Cell, Figure, Section, Table};
use super::words::plain;
use super::{Report, record};
use crate::ledger::timeline::Change;
use crate::ledger::{Ledger, average_tariff};
use crate::results::Variable;

/// Events that have a number under the axis.
const NUMBERED: usize = 12;
/// Pairs of actors that have a line.
const LINES: usize = 6;

/// The average tariff of one actor on another.
pub(super) struct Line {
    importer: usize,
    exporter: usize,
    /// `United States on China`.
    pub(super) name: String,
    /// The same in a sentence.
    pub(super) said: String,
    /// Per cent from a day on.
    pub(super) points: Vec<(Date, f64)>,
}

/// Average tariffs between the actors over a span of days.
pub(super) struct Path {
    /// The span.
    pub(super) span: (Date, Date),
    /// A line a pair of actors; each begins before the first change.
    pub(super) lines: Vec<Line>,
    /// Days on which something between the actors changes.
    days: Vec<Date>,
    /// What changes, in order.
    changes: Vec<Change>,
    ledger: Ledger,
}

/// The section; none without two actors that trade goods.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let dates = report.scenario.phases.iter().map(|phase| phase.date);
    let (first, last) = (dates.clone().min()?, dates.max()?);
    let margin = ((last - first).get_days() / 8).max(45).days();
    let path = Path::over(report, (first.saturating_sub(margin), last.saturating_add(margin)))?;
    let figures = [figure(report, &path)].into_iter().chain(record::figure(report, path.span)).collect();
    Some(Section { id: "tariffs", title: "Tariffs on each other".to_owned(), figures, ..Section::default() })
}

/// The days around the phases.
fn figure(report: &Report<'_>, path: &Path) -> Figure {
    let (from, to) = path.span;
    let marks = path.marks(NUMBERED);
    let phases = report.scenario.phases.iter().map(|phase| {
        let value = |line: &Line| of_phase(report, &phase.name, line);
        json!({
            "date": phase.date.to_string(),
            "title": phase.title,
            "changed": phase.amendments != Default::default(),
            "values": path.lines.iter().map(value).collect::<Vec<_>>(),
        })
    });
    let mut chart = path.chart(&marks);
    chart["phases"] = phases.collect::<Vec<_>>().into();
    let told: Vec<String> = path
        .lines
        .iter()
        .map(|line| {
            let ((day, most), last) = line.peak();
            format!("{}, {} % on {day}, and {} % on {to}", line.said, plain(most, 0), plain(last, 0))
        })
        .collect();
    let mut highest: Vec<&Line> = path.lines.iter().collect();
    highest.sort_by(|a, b| b.peak().0.1.total_cmp(&a.peak().0.1));
    let title: Vec<String> = highest
        .iter()
        .take(2)
        .map(|line| format!("{} % by {}", plain(line.peak().0.1, 0), line.said))
        .collect();
    Figure {
        id: "tariff-paths".to_owned(),
        title: format!("Average tariffs reach {}", super::words::list(&title)),
        subtitle: format!(
            "Average tariff on goods, per cent, weighted by imports of {}; {from} to {to}. Points: the days that are compared, \
             hollow for a what-if; numbers: the events that moved most, explained in the table",
            report.world.base_date.year()
        ),
        summary: format!("The highest average tariffs and the last: {}.", told.join("; ")),
        chart: Some(chart),
        table: path.table(&marks),
    }
}

impl Line {
    /// The first day of the highest average, and the average on the last day.
    pub(super) fn peak(&self) -> ((Date, f64), f64) {
        let highest = |most: (Date, f64), point: &(Date, f64)| if point.1 > most.1 { *point } else { most };
        // A line has a point before the first change.
        let first = self.points[0];
        (self.points.iter().fold(first, highest), self.points.last().map_or(0.0, |point| point.1))
    }
}

impl Path {
    /// The averages over a span; none without two actors that trade goods.
    pub(super) fn over(report: &Report<'_>, (from, to): (Date, Date)) -> Option<Self> {
        let ledger = report.ledger_read();
        let mut lines = pairs(report);
        let mut changes = between(&lines, &ledger);
        changes.retain(|change| from < change.date && change.date <= to);
        let mut days: Vec<Date> = changes.iter().map(|change| change.date).collect();
        days.dedup();
        let pairs: Vec<(usize, usize)> = lines.iter().map(|line| (line.importer, line.exporter)).collect();
        let read: Vec<Date> = std::iter::once(from).chain(days.iter().copied()).collect();
        let averages = report.memory.averages(report.reading(), pairs.clone(), read.clone(), || {
            let of_day = |day: &Date| {
                let state = ledger.state(report.world, *day);
                let average = |(importer, exporter): &(usize, usize)| {
                    average_tariff(report.world, &state, *importer, *exporter).map(|average| average.weighted)
                };
                pairs.iter().map(average).collect()
            };
            read.par_iter().map(of_day).collect()
        });
        for (day, of_day) in read.into_iter().zip(averages.iter()) {
            for (line, average) in lines.iter_mut().zip(of_day) {
                line.points.extend(average.map(|average| (day, 100.0 * average)));
            }
        }
        lines.retain(|line| !line.points.is_empty());
        (!lines.is_empty()).then_some(Self { span: (from, to), lines, days, changes, ledger })
    }

    /// The drawing, without phases.
    pub(super) fn chart(&self, marks: &[Date]) -> Value {
        let points = |line: &Line| -> Vec<_> {
            line.points.iter().map(|(day, value)| json!([day.to_string(), value])).collect()
        };
        let lines = self.lines.iter().map(|line| json!({"name": line.name, "points": points(line)}));
        json!({
            "kind": "steps",
            "from": self.span.0.to_string(),
            "to": self.span.1.to_string(),
            "lines": lines.collect::<Vec<_>>(),
            "marks": marks.iter().enumerate().map(|(at, day)| json!([day.to_string(), at + 1])).collect::<Vec<_>>(),
            "phases": [],
        })
    }

    /// The days on which the averages move most, at most `count`, in order.
    pub(super) fn marks(&self, count: usize) -> Vec<Date> {
        let moved = |place: usize| -> f64 {
            // The first point of a line is the day before all changes.
            self.lines.iter().map(|line| (line.points[place + 1].1 - line.points[place].1).abs()).sum()
        };
        let mut moves: Vec<(f64, Date)> =
            self.days.iter().enumerate().map(|(at, day)| (moved(at), *day)).collect();
        moves.retain(|(points, _)| *points >= 0.05);
        moves.sort_by(|a, b| b.0.total_cmp(&a.0));
        moves.truncate(count);
        let mut marks: Vec<Date> = moves.into_iter().map(|(_, day)| day).collect();
        marks.sort_unstable();
        marks
    }

    /// Every day on which something changes, and what.
    pub(super) fn table(&self, marks: &[Date]) -> Table {
        let heads = ["Day".to_owned(), "Event".to_owned()]
            .into_iter()
            .chain(self.lines.iter().map(|line| format!("{}, %", line.name)))
            .chain(["What changes".to_owned()]);
        let mut table = Table::new(heads);
        for (place, day) in self.days.iter().enumerate() {
            let number = marks.iter().position(|mark| mark == day);
            let event = number
                .map_or_else(|| Cell::text(""), |at| Cell::exact((at + 1) as f64, (at + 1).to_string()));
            let mut row = vec![Cell::text(day.to_string()), event];
            row.extend(self.lines.iter().map(|line| {
                let value = line.points[place + 1].1;
                Cell::exact(value, plain(value, 1))
            }));
            let what: Vec<String> = self
                .changes
                .iter()
                .filter(|change| change.date == *day)
                .map(|change| {
                    let measure = &self.ledger.measures[change.measure];
                    format!("{}: {}", measure.id, change.in_words(measure))
                })
                .collect();
            row.push(Cell::text(what.join("; ")));
            table.rows.push(row);
        }
        table
    }
}

/// The first and the last day on which something between the actors changes.
pub(super) fn whole_record(report: &Report<'_>) -> Option<(Date, Date)> {
    let changes = between(&pairs(report), &report.ledger_read());
    Some((changes.first()?.date, changes.last()?.date))
}

/// Changes of measures between the two of any line.
fn between(lines: &[Line], ledger: &Ledger) -> Vec<Change> {
    let mut changes = ledger.changes();
    changes.retain(|change| {
        let measure = &ledger.measures[change.measure];
        let names = |side: &[usize], region| side.is_empty() || side.contains(&region);
        lines.iter().any(|line| names(&measure.by, line.importer) && names(&measure.on, line.exporter))
    });
    changes
}

fn pairs(report: &Report<'_>) -> Vec<Line> {
    let actors = &report.scenario.actors;
    let regions = &report.world.regions;
    let mut lines = Vec::new();
    for (by, on) in actors.iter().flat_map(|by| actors.iter().map(move |on| (by, on))) {
        if let (Ok(importer), Ok(exporter)) = (regions.find(by), regions.find(on))
            && importer != exporter
        {
            let name = format!("{} on {}", report.region(by), report.region(on));
            let said = format!("{} on {}", report.said(by), report.said(on));
            lines.push(Line { importer, exporter, name, said, points: Vec::new() });
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
