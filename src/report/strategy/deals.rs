//! Would each deal hold: what breaking it gains, and what the answer costs.

use serde_json::json;

use super::super::figure::{Cell, Figure, Table};
use super::super::point;
use super::super::words::{Number, plain};
use super::Cards;
use crate::scenario::strategy::truce::{Side, Watched};

/// Days beyond which a lag is not told exactly.
const TEN_YEARS: f64 = 3652.0;

pub(super) fn figure(cards: &Cards<'_>) -> Option<Figure> {
    let truce = &cards.strategy.truce;
    let first = truce.deals.first()?;
    let holding = truce.deals.iter().filter(|deal| deal.holds).count();
    let mut table = Table::new([
        "Deal and side",
        "Gain from breaking it, percentage points",
        "Loss from the answer, percentage points a year",
        "Patience it takes: a next period must count at least",
        "The answer may take, days",
        "Cases in which the deal holds",
    ]);
    let mut rows = Vec::new();
    for (deal, (name, side)) in
        truce.deals.iter().flat_map(|deal| cards.names.iter().zip(&deal.sides).map(move |of| (deal, of)))
    {
        let (gain, loss) = (Number::spread(&side.temptation, 1.0), Number::spread(&side.loss, 1.0));
        rows.push(json!({"label": format!("{}: {name}", deal.title), "values": [point(gain), point(loss)]}));
        table.rows.push(vec![
            Cell::text(format!("{}: {name}", deal.title)),
            Cell::level(gain),
            Cell::level(loss),
            patience(side),
            lag(side),
            Cell::text(format!("{} of {}", deal.holding, truce.cases.len())),
        ]);
    }
    let title = match (holding, truce.deals.len()) {
        (all, count) if all == count && count > 1 => "Every deal holds".to_owned(),
        (holding, 1) => format!("“{}” {}", first.title, if holding == 1 { "holds" } else { "breaks" }),
        (0, _) => "No deal holds".to_owned(),
        (some, count) => format!("{some} of {count} deals hold"),
    };
    let told: Vec<String> = truce.deals.iter().map(|deal| cards.verdict(deal)).collect();
    let alarms: Vec<String> = truce
        .deals
        .iter()
        .filter_map(|deal| match deal.watched {
            Watched::Trigger { false_alarms, .. } if false_alarms >= 0.005 => {
                Some(format!(" “{}” has {} false alarms a year.", deal.title, plain(false_alarms, 2)))
            }
            _ => None,
        })
        .collect();
    Some(Figure {
        id: "deals".to_owned(),
        title,
        subtitle: format!(
            "Percentage points of real income; {}; the answer is “{}”, {:.0} days after the breach",
            cards.basis, truce.punishment, cards.strategy.question.detection_days
        ),
        summary: format!("{}.{}", told.join("; "), alarms.concat()),
        chart: Some(json!({
            "kind": "dots",
            "unit": "percentage points",
            "series": ["gain from breaking the deal", "loss from the answer, a year"],
            "panels": [{"title": "", "rows": rows}],
        })),
        table,
    })
}

fn patience(side: &Side) -> Cell {
    match (side.verdict.least_delta(), side.critical) {
        (None, _) => Cell::text("none would do"),
        (Some(least), Some(range)) if side.lost == 0 => Cell::level(Number { value: least, range }),
        (Some(least), _) => Cell::level(Number::sure(least)),
    }
}

fn lag(side: &Side) -> Cell {
    match side.longest_lag_days {
        None => Cell::text("never soon enough"),
        Some(days) if days.is_infinite() => Cell::text("any time"),
        Some(days) if days > TEN_YEARS => Cell::exact(days, "over ten years".to_owned()),
        Some(days) => Cell::exact(days, plain(days, 0)),
    }
}
