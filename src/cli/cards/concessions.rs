//! Card: what a tariff cut costs the giver and is worth to the receiver.

use super::Page;
use super::text::{columns, paragraph, signed};
use crate::strategy::talks::Concession;

/// Sectors of each side.
const NAMED: usize = 3;

pub fn card(page: &Page<'_>) -> String {
    let concessions = &page.strategy.threats.concessions;
    let mut rows = Vec::new();
    let mut free = [0, 0];
    for side in [0, 1] {
        free[side] = concessions[side].iter().filter(|of| of.is_free() && of.receiver < 0.0).count();
        for of in concessions[side].iter().take(NAMED) {
            rows.push(vec![
                format!("{} on {}", page.players()[side], page.sector(of.sector)),
                signed(-1e3 * of.giver, 3),
                signed(-1e3 * of.receiver, 3),
                rate(of),
            ]);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let mut text = paragraph(
        "Concession exchange rates: 1 + tariff lowered by one per cent, thousandths of a point of real income",
        "",
    );
    text += &columns(&["tariff of", "giver", "receiver", "for a unit given"], &rows);
    let [first, second] = page.players();
    let finding = format!(
        "Cuts that cost the giver nothing: {} of {} tariffs of {first}, {} of {} of {second}.",
        free[0],
        concessions[0].len(),
        free[1],
        concessions[1].len()
    );
    text + &paragraph(&finding, "  ")
}

fn rate(of: &Concession) -> String {
    match (of.pays(), of.is_free()) {
        (true, _) => "both gain".to_owned(),
        (_, true) => "free".to_owned(),
        _ => format!("{:.2}", of.rate()),
    }
}
