//! Card: what turns the verdict on the first deal.

use super::Page;
use super::text::{columns, list, number, paragraph};
use crate::scenario::strategy::truce::{Alternative, Factor, Side};
use crate::strategy::truce::Verdict;

pub fn card(page: &Page<'_>) -> String {
    let Some(deal) = page.strategy.truce.deals.first() else { return String::new() };
    let mut rows = Vec::new();
    let mut turning = Vec::new();
    for (player, side) in page.players().iter().zip(&deal.sides) {
        let central = side.alternatives.iter().find(|other| other.factor == Factor::Central);
        let Some(central) = central else { continue };
        let mut bars: Vec<(Factor, [&Alternative; 2])> =
            [Factor::Elasticities, Factor::Deficits, Factor::Standing]
                .into_iter()
                .filter_map(|factor| Some((factor, ends(side, central, factor)?)))
                .collect();
        let length = |[low, high]: &[&Alternative; 2]| high.margin - low.margin;
        bars.sort_by(|a, b| length(&b.1).total_cmp(&length(&a.1)));
        for (factor, [low, high]) in bars {
            let name = match factor {
                Factor::Elasticities => "elasticities",
                Factor::Deficits => "deficits",
                _ => "weight on the other",
            };
            let mut moved = side.alternatives.iter().filter(|other| other.factor == factor);
            if moved.any(|other| other.holds != central.holds) {
                turning.push(format!("{player} by {name}"));
            }
            let end = |of: &Alternative| format!("{} ({})", margin(of), label(page, of));
            rows.push(vec![format!("{player}, {name}"), end(low), margin(central), end(high)]);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let mut text = paragraph(
        &format!(
            "What turns the verdict on {}: margin of the deterrent, points a period, each thing moved alone; below 0 the deal breaks",
            deal.title
        ),
        "",
    );
    text += &columns(&["", "lowest", "as asked", "highest"], &rows);
    let finding = match turning.as_slice() {
        [] => "None of these alone turns the verdict.".to_owned(),
        some => format!("The verdict turns for {}.", list(some)),
    };
    text + &paragraph(&finding, "  ")
}

/// The lowest and the highest margin as one thing moves; `None` if it was not moved.
fn ends<'a>(side: &'a Side, central: &'a Alternative, factor: Factor) -> Option<[&'a Alternative; 2]> {
    let moved = || side.alternatives.iter().filter(move |other| other.factor == factor);
    moved().next()?;
    let all = || moved().chain([central]);
    let low = all().min_by(|a, b| a.margin.total_cmp(&b.margin))?;
    let high = all().max_by(|a, b| a.margin.total_cmp(&b.margin))?;
    Some([low, high])
}

/// A margin; where it is negative and nobody is tempted the deal holds all the same.
fn margin(of: &Alternative) -> String {
    match of.verdict {
        Verdict::NotTempted if of.margin < 0.0 => "not tempted".to_owned(),
        _ => number(of.margin),
    }
}

fn label(page: &Page<'_>, of: &Alternative) -> String {
    match of.factor {
        Factor::Central => "as asked".to_owned(),
        Factor::Standing => format!("{}, not {}", of.label, page.strategy.question.standing),
        _ => of.label.clone(),
    }
}
