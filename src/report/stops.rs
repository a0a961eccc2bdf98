//! When do the lines of the study stop, and when did they?

use serde_json::json;

use super::Report;
use super::figure::{Cell, Figure, Section, Table};
use super::weeks::draws;
use super::words::{Number, in_sentence, plain};
use crate::network::Study;
use crate::results::{Row, Variable};

/// A region of the study with what is said of it.
struct Stop<'a> {
    name: &'a str,
    code: &'a str,
    /// Weeks until the first stop: median and 5 to 95 %.
    first: Number,
    /// Weeks in which the stop on record was observed, and the report.
    observed: Option<((f64, f64), &'a str)>,
}

impl Stop<'_> {
    /// True if the observed window and the range have a day in common.
    fn meets(&self) -> Option<bool> {
        let ((from, to), _) = self.observed?;
        Some(self.first.range.0 <= to && from <= self.first.range.1)
    }

    /// True if the median lies in the observed window.
    fn median_inside(&self) -> bool {
        self.observed.is_some_and(|((from, to), _)| from <= self.first.value && self.first.value <= to)
    }
}

/// Rows of a region's own lines.
fn rows<'a>(report: &Report<'a>, variable: Variable, code: &'a str) -> impl Iterator<Item = &'a Row> {
    let rows: &'a [Row] = report.short_run.map_or(&[], |(short_run, _)| &short_run.results.rows);
    rows.iter().filter(move |row| row.variable == variable && &*row.region == code && row.sector.is_empty())
}

fn stops<'a>(report: &Report<'a>) -> Option<(&'a Study, Vec<Stop<'a>>)> {
    let (short_run, _) = report.short_run?;
    let (study, _) = short_run.study.as_ref()?;
    let stops = study.regions.iter().filter_map(|region| {
        let first = rows(report, Variable::WeeksToStop, &region.code).next()?;
        let observed = region.observed.as_ref();
        Some(Stop {
            name: &region.name,
            code: &region.code,
            first: Number::of(first, 1.0),
            observed: observed
                .map(|seen| ((seen.from as f64 / 7.0, seen.to as f64 / 7.0), seen.report.as_str())),
        })
    });
    Some((study, stops.collect()))
}

/// The stops in a sentence.
pub(super) fn finding(report: &Report<'_>) -> Option<String> {
    let (study, stops) = stops(report)?;
    let told: Vec<String> = stops
        .iter()
        .map(|stop| format!("{} weeks in {}", stop.first.told(), in_sentence(stop.name)))
        .collect();
    Some(format!(
        "The first production line of a vehicle maker stops, counted from {}, after {} (in brackets the range of 90 % of the \
         draws).",
        study.start,
        super::words::list(&told)
    ))
}

/// The section; none without a study.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let (study, stops) = stops(report)?;
    let draw_count = report.short_run.map_or(0, |(short_run, _)| short_run.question.draws);
    let panel = |stop: &Stop<'_>| {
        let points: Vec<_> = rows(report, Variable::LinesStanding, stop.code)
            .map(|row| {
                json!([row.week, row.value, row.low.unwrap_or(row.value), row.high.unwrap_or(row.value)])
            })
            .collect();
        let title = format!("{}: week {}", stop.name, stop.first.told());
        json!({"title": title, "points": points, "window": stop.observed.map(|(window, _)| [window.0, window.1])})
    };
    let mut table = Table::new([
        "Region",
        "First stop, weeks",
        "Observed, weeks",
        "Draws inside what was observed, %",
        "Lines stopped",
        "What was observed",
    ]);
    for stop in &stops {
        let window = stop.observed.map_or("no record".to_owned(), |((from, to), _)| {
            format!("{} to {}", plain(from, 1), plain(to, 1))
        });
        let inside = rows(report, Variable::StopInWindow, stop.code).next();
        let lines = rows(report, Variable::LinesStopped, stop.code).next();
        table.rows.push(vec![
            Cell::text(stop.name),
            Cell::level(stop.first),
            Cell::text(window),
            inside.map_or_else(|| Cell::text("·"), |row| Cell::exact(row.value, plain(row.value, 0))),
            lines.map_or_else(|| Cell::text("·"), |row| Cell::level(Number::of(row, 1.0))),
            Cell::text(stop.observed.map_or("", |(_, report)| report)),
        ]);
    }
    let on_record = stops.iter().filter(|stop| stop.observed.is_some()).count();
    let met = stops.iter().filter(|stop| stop.meets() == Some(true)).count();
    let inside: Vec<String> =
        stops.iter().filter(|stop| stop.median_inside()).map(|stop| in_sentence(stop.name)).collect();
    let late = study.report_day as f64 / 7.0;
    let medians = match inside.as_slice() {
        [] => "No median lies in the observed weeks".to_owned(),
        names => format!("The median lies in the observed weeks in {}", super::words::list(names)),
    };
    let title = match on_record {
        0 => "When lines stop".to_owned(),
        _ => format!("{met} of {on_record} observed stops lie within the computed range"),
    };
    let figure = Figure {
        id: "stops".to_owned(),
        title,
        subtitle: format!(
            "Vehicle lines that stand still, per cent, by week from {}; above each panel the week of the first stop; {}; yellow: when \
             the stop on record was observed",
            study.start,
            draws(draw_count)
        ),
        summary: format!(
            "{}{} The table counts lines that had stopped by week {}.",
            finding(report).unwrap_or_default(),
            if on_record > 0 { format!(" {medians}.") } else { String::new() },
            plain(late, 0)
        ),
        chart: Some(json!({
            "kind": "fans",
            "unit": "%",
            "x": format!("weeks after {}", study.start),
            "zero": false,
            "panels": stops.iter().map(panel).collect::<Vec<_>>(),
        })),
        table,
    };
    Some(Section {
        id: "stops-section",
        title: "Which lines stop, and when they did".to_owned(),
        text: study.note.trim().split("\n\n").map(str::to_owned).filter(|text| !text.is_empty()).collect(),
        figures: vec![figure],
        ..Section::default()
    })
}
