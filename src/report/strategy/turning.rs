//! What would turn the verdict on the first deal: its margin as one thing moves alone.
//!
//! The margin is what the answer takes over what breaking the deal gives, a period. A deal
//! breaks where the margin is below 0 and the side is tempted.

use serde_json::json;

use super::super::figure::{Cell, Figure, Table};
use super::super::words::{Number, list, signed};
use super::Cards;
use crate::scenario::strategy::truce::{Alternative, Factor};

/// What was moved, and what it is called.
const MOVED: [(Factor, &str); 3] = [
    (Factor::Elasticities, "elasticities"),
    (Factor::Deficits, "trade deficits"),
    (Factor::Standing, "weight on the other's loss"),
];

pub(super) fn figure(cards: &Cards<'_>) -> Option<Figure> {
    let deal = cards.strategy.truce.deals.first()?;
    let mut table =
        Table::new(["Side and what is moved", "lowest", "at", "as asked", "highest", "at", "keeps the deal"]);
    let (mut panels, mut turning) = (Vec::new(), Vec::new());
    for (at, side) in deal.sides.iter().enumerate() {
        let name = &cards.names[at];
        let Some(central) = side.alternatives.iter().find(|of| of.factor == Factor::Central) else {
            continue;
        };
        let moved = |factor: Factor| side.alternatives.iter().filter(move |of| of.factor == factor);
        let mut bars = Vec::new();
        for (factor, what) in MOVED.into_iter().filter(|(factor, _)| moved(*factor).next().is_some()) {
            let all = || moved(factor).chain([central]);
            let by = |a: &&Alternative, b: &&Alternative| a.margin.total_cmp(&b.margin);
            let (Some(low), Some(high)) = (all().min_by(by), all().max_by(by)) else { continue };
            let label = |of: &Alternative| match of.factor {
                Factor::Central => "as asked".to_owned(),
                _ => of.label.clone(),
            };
            if moved(factor).any(|of| of.holds != central.holds) {
                turning.push(format!("{} by the {what}", cards.said[at]));
            }
            bars.push((high.margin - low.margin, what, low, high));
            let cell = |of: &Alternative| Cell::exact(of.margin, shown(of.margin));
            let keeping = all().filter(|of| of.holds).count();
            table.rows.push(vec![
                Cell::text(format!("{name}: {what}")),
                cell(low),
                Cell::text(label(low)),
                cell(central),
                cell(high),
                Cell::text(label(high)),
                Cell::text(format!("{keeping} of {}", all().count())),
            ]);
        }
        bars.sort_by(|a, b| b.0.total_cmp(&a.0));
        let rows: Vec<_> = bars
            .iter()
            .map(|(_, what, low, high)| {
                json!({"label": what, "low": low.margin, "high": high.margin, "at": [end(low), end(high)]})
            })
            .collect();
        if !rows.is_empty() {
            panels.push(json!({"title": name, "central": central.margin, "rows": rows}));
        }
    }
    if panels.is_empty() {
        return None;
    }
    let title = match turning.as_slice() {
        [] => format!("Nothing that is moved alone turns the verdict on “{}”", deal.title),
        [_] | [_, _] => format!("The verdict on “{}” turns for {}", deal.title, list(&turning)),
        _ => format!("The verdict on “{}” hangs on what is assumed", deal.title),
    };
    let turns = match turning.as_slice() {
        [] => String::new(),
        some => format!(" The verdict turns for {}.", list(some)),
    };
    let margins: Vec<String> = deal
        .sides
        .iter()
        .enumerate()
        .filter_map(|(at, side)| {
            let central = side.alternatives.iter().find(|of| of.factor == Factor::Central)?;
            Some(format!("{} points for {}", shown(central.margin), cards.said[at]))
        })
        .collect();
    Some(Figure {
        id: "turning".to_owned(),
        title,
        subtitle: format!(
            "How much more the answer to a breach takes than the breach gives, percentage points of real income a period; \
             each thing moved alone; {}",
            cards.basis
        ),
        summary: format!(
            "As asked, the margin is {}; a side that is tempted breaks the deal where its margin is below 0.{turns}",
            list(&margins)
        ),
        chart: Some(json!({"kind": "tornado", "unit": "percentage points", "panels": panels})),
        table,
    })
}

/// What stands at an end of a bar; nothing where it is as asked.
fn end(of: &Alternative) -> &str {
    if of.factor == Factor::Central { "" } else { &of.label }
}

fn shown(margin: f64) -> String {
    signed(margin, Number::sure(margin).digits().max(3))
}
