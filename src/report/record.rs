//! The tariffs of the actors on each other over the whole record of the ledger.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Report;
use super::figure::Figure;
use super::tariffs::{Path, whole_record};
use super::words::plain;

/// Events that have a number under the axis.
const NUMBERED: usize = 16;
/// Days before the first change and after the last.
const MARGIN: i64 = 60;

/// The record; none where the span of the phases, `shown`, has all of it.
pub(super) fn figure(report: &Report<'_>, shown: (Date, Date)) -> Option<Figure> {
    let (first, last) = whole_record(report)?;
    let (from, to) = (first.saturating_sub(MARGIN.days()), last.saturating_add(MARGIN.days()).max(shown.1));
    if shown.0 <= first && last <= shown.1 {
        return None;
    }
    let path = Path::over(report, (from, to))?;
    let marks = path.marks(NUMBERED);
    let table = path.table(&marks);
    let mut chart = path.chart(&marks);
    chart["band"] = serde_json::json!([shown.0.max(from).to_string(), shown.1.to_string()]);
    let moving = path.lines.iter().filter(|line| line.points.iter().any(|point| point.1 != line.points[0].1));
    let started: Vec<String> = moving
        .map(|line| {
            let ((_, most), last) = line.peak();
            let [first, most, last] = [line.points[0].1, most, last].map(|percent| plain(percent, 0));
            format!(
                "{} {first} % before the first measure, {most} % at the highest, {last} % at the end",
                line.said
            )
        })
        .collect();
    let told = match started.as_slice() {
        [] => "What changes is no tariff".to_owned(),
        some => format!("Tariffs of {}", some.join("; of ")),
    };
    Some(Figure {
        id: "tariff-record".to_owned(),
        title: format!(
            "From {} to {}: {} days on which a measure between them changes",
            first.year(),
            last.year(),
            table.rows.len()
        ),
        subtitle: format!(
            "Average tariff on goods, per cent, weighted by imports of {}; {from} to {to}, what is announced included. Grey: the \
             days of the figure above; numbers: the events that moved most, explained in the table",
            report.world.base_date.year()
        ),
        summary: format!("The whole record of the ledger. {told}."),
        chart: Some(chart),
        table,
    })
}
