//! Card: who gains and who loses without sitting at the table.

use super::Page;
use super::text::{columns, paragraph, with_range};
use crate::scenario::strategy::Spread;

/// Regions at each end.
const NAMED: usize = 3;

pub fn card(page: &Page<'_>) -> String {
    let ladder = &page.strategy.ladder;
    let standoff =
        ladder.rungs.iter().position(|rung| rung.name == page.strategy.delay.standoff).unwrap_or(0);
    let top = ladder.rungs.len() - 1;
    let players = page.players();
    let mut others: Vec<usize> = (0..page.world.region_count())
        .filter(|region| !players.contains(&page.world.regions.code(*region)))
        .collect();
    if others.is_empty() || standoff == 0 {
        return String::new();
    }
    let at = |region: usize| -> &Spread { &ladder.regions[standoff][region] };
    others.sort_by(|a, b| at(*b).value.total_cmp(&at(*a).value));
    let gain = others.iter().filter(|region| at(**region).low > 0.0).count();
    let lose = others.iter().filter(|region| at(**region).high < 0.0).count();
    let ends = others.len().saturating_sub(NAMED).max(NAMED.min(others.len()));
    let rows: Vec<Vec<String>> = others[..NAMED.min(others.len())]
        .iter()
        .chain(&others[ends..])
        .map(|region| {
            let (code, name) = (page.world.regions.code(*region), page.world.regions.name(*region));
            let label: String = format!("{code} {name}").chars().take(20).collect();
            let mut row = vec![label.trim_end().to_owned(), with_range(at(*region))];
            if top != standoff {
                row.push(with_range(&ladder.regions[top][*region]));
            }
            row
        })
        .collect();
    let (low, high) = (&ladder.rungs[standoff].name, &ladder.rungs[top].name);
    let heads: Vec<&str> = if top == standoff { vec!["", low] } else { vec!["", low, high] };
    let mut text = paragraph("Bystanders: real income with both on a rung, %", "");
    text += &columns(&heads, &rows);
    let finding = format!(
        "On {low} {gain} of {} others gain in every case and {lose} lose in every case.",
        others.len()
    );
    text + &paragraph(&finding, "  ")
}
