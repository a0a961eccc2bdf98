//! When does waiting cost more than giving in? What waiting has cost by each week, against
//! what giving in costs.
//!
//! ```text
//! lost[T] = lost by week T of the short run, then what a week of the long run costs, every week
//! ```

use serde_json::json;

use super::super::figure::{Cell, Figure, Table};
use super::super::words::{Number, list};
use super::Cards;
use crate::scenario::strategy::Spread;

/// Most weeks that are drawn.
const MOST: usize = 156;
/// Weeks that are drawn where waiting never costs more.
const LEAST: usize = 52;

pub(super) fn figure(cards: &Cards<'_>) -> Option<Figure> {
    let delay = &cards.strategy.delay;
    let last = delay.pressure.iter().filter_map(|[week, ..]| *week).filter(|week| *week <= MOST).max();
    let last = last.unwrap_or(0).saturating_add(8).max(LEAST).max(delay.lost_musd[0].len());
    let mut table = Table::new([
        "Side",
        "Giving in costs, billion USD",
        "A week of waiting costs, in the long run, billion USD",
        "Waiting has cost more from week",
        "Share of a deal, if the weeks decide, %",
        "Share of a deal, if the long run decides, %",
    ]);
    let mut panels = Vec::new();
    for side in [0, 1] {
        let concession = Number::spread(&delay.concession_musd[side], 1e3);
        let points: Vec<_> = path(&delay.lost_musd[side], delay.beyond_musd[side], last)
            .iter()
            .enumerate()
            .map(|(week, lost)| json!([week, lost.value / 1e3, lost.low / 1e3, lost.high / 1e3]))
            .collect();
        let level = json!({
            "name": "cost of giving in",
            "value": concession.value,
            "low": concession.range.0,
            "high": concession.range.1,
        });
        panels.push(json!({"title": cards.names[side], "points": points, "level": level}));
        let share = |shares: Option<(f64, f64)>| {
            let of = shares.map(|(first, second)| 100.0 * if side == 0 { first } else { second });
            of.map_or_else(|| Cell::text("·"), |share| Cell::exact(share, format!("{share:.0}")))
        };
        table.rows.push(vec![
            Cell::text(&cards.names[side]),
            Cell::level(concession),
            Cell::level(Number::spread(&delay.beyond_musd[side], 1e3)),
            pressure(delay.pressure[side]).map_or_else(|| Cell::text("never"), Cell::level),
            share(delay.shares[0]),
            share(delay.shares[1]),
        ]);
    }
    let told: Vec<String> = [0, 1]
        .into_iter()
        .map(|side| match pressure(delay.pressure[side]) {
            Some(number) if number.value <= 0.0 => {
                format!("{} loses nothing by giving in", cards.said[side])
            }
            Some(number) => format!("{} from week {}", cards.said[side], number.told()),
            None => format!("{} never", cards.said[side]),
        })
        .collect();
    let short: Vec<String> = [0, 1]
        .into_iter()
        .filter_map(|side| {
            let week = delay.pressure[side][0].filter(|week| *week > 0)?;
            Some(format!("week {week} for {}", cards.said[side]))
        })
        .collect();
    let weeks = delay.lost_musd[0].len();
    let what = match weeks {
        0 => "Without a short run the long run counts from the first week on.".to_owned(),
        weeks => format!(
            "Up to week {weeks} the losses are those of the limits on sales, beyond it those of the tariffs."
        ),
    };
    Some(Figure {
        id: "delay".to_owned(),
        title: match short.as_slice() {
            [] => "Waiting never costs more than giving in".to_owned(),
            some => format!("Waiting costs more than giving in from {}", list(some)),
        },
        subtitle: format!(
            "Lost by each week while both stay on “{}”, against the deal “{}”, billion USD; dashed: what going back to “{}” \
             alone for {:.0} weeks costs",
            delay.standoff,
            cards.report.phase_title(&delay.deal),
            delay.lowest,
            cards.strategy.question.term_days / 7.0
        ),
        summary: format!("What waiting has cost passes what giving in costs: {}. {what}", told.join("; ")),
        chart: Some(
            json!({"kind": "fans", "unit": "billion USD", "x": "weeks of waiting", "zero": true, "panels": panels}),
        ),
        table,
    })
}

/// Lost by the end of each week up to `last`, from 0; a range of which the weeks beyond
/// take the ends.
fn path(lost: &[Spread], beyond: Spread, last: usize) -> Vec<Spread> {
    let mut path = vec![Spread { value: 0.0, low: 0.0, high: 0.0 }];
    path.extend(lost.iter().take(last));
    while path.len() <= last {
        let before = path[path.len() - 1];
        path.push(Spread {
            value: before.value + beyond.value,
            low: before.low + beyond.low,
            high: before.high + beyond.high,
        });
    }
    path
}

/// The week of pressure with its range, an end that never comes being infinite.
fn pressure([central, early, late]: [Option<usize>; 3]) -> Option<Number> {
    let week = |week: Option<usize>| week.map_or(f64::INFINITY, |week| week as f64);
    central.map(|central| Number { value: central as f64, range: (week(early), week(late)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strategy::pressure::week_of_pressure;

    fn sure(value: f64) -> Spread {
        Spread { value, low: value, high: value }
    }

    /// The drawn line passes the cost of giving in where the engine says it does: 2 and 4 by
    /// the second week, then 3 a week, reaches 12 in week 5.
    #[test]
    fn the_line_passes_the_level_in_the_week_of_pressure() {
        let line = path(&[sure(2.0), sure(4.0)], sure(3.0), 8);
        let values: Vec<f64> = line.iter().map(|at| at.value).collect();
        assert_eq!(values, [0.0, 2.0, 4.0, 7.0, 10.0, 13.0, 16.0, 19.0, 22.0]);
        let crossed = values.iter().position(|lost| *lost >= 12.0);
        assert_eq!(crossed, week_of_pressure(&[2.0, 2.0], 3.0, 12.0));
        assert_eq!(path(&[sure(1.0); 4], sure(1.0), 2).len(), 3);
    }
}
