//! Card: what turns the verdict on the first deal.

use super::Page;
use super::text::{columns, list, number, paragraph};
use crate::scenario::strategy::truce::{Alternative, Factor, OTHER_STANDING, Side};

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
            if (low.margin < 0.0) != (high.margin < 0.0) {
                turning.push(format!("{player} by {name}"));
            }
            let end = |of: &Alternative| format!("{} ({})", number(of.margin), label(page, of));
            rows.push(vec![format!("{player}, {name}"), end(low), number(central.margin), end(high)]);
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

fn label(page: &Page<'_>, of: &Alternative) -> String {
    match of.factor {
        Factor::Central => "as asked".to_owned(),
        Factor::Standing => format!("{OTHER_STANDING:.0}, not {}", page.strategy.question.standing),
        _ => of.label.clone(),
    }
}
