//! What a threat takes from the other side, and what it costs oneself: steps of the ladder
//! climbed alone, and single taxes.

use serde_json::json;

use super::super::figure::{Cell, Figure, Table};
use super::super::words::{Number, capital, plain};
use super::super::{point, sector_label, sector_name};
use super::Cards;
use crate::scenario::strategy::threats::FACTOR;

/// A loss below this has no ratio, percentage points.
const NONE: f64 = 1e-6;

/// Harm and cost of one threat.
struct Threat {
    side: usize,
    label: String,
    long: String,
    harm: Number,
    cost: Number,
}

/// Climbing to a step alone.
pub(super) fn steps(cards: &Cards<'_>) -> Option<Figure> {
    let threats = cards.strategy.threats.climbs.iter().enumerate().flat_map(|(side, climbs)| {
        climbs.iter().map(move |climb| Threat {
            side,
            label: climb.rung.clone(),
            long: climb.rung.clone(),
            harm: Number::spread(&climb.harm, 1.0),
            cost: Number::spread(&climb.cost, 1.0),
        })
    });
    let threats: Vec<Threat> = threats.collect();
    let told: Vec<String> = [0, 1]
        .into_iter()
        .filter_map(|side| {
            let (ratio, threat) = strongest(&threats, side)?;
            Some(format!(
                "{} takes {} from {} for each point that it loses itself on “{}”",
                cards.said[side],
                ratio,
                cards.said[1 - side],
                threat.label
            ))
        })
        .collect();
    let bite = cards.strategy.threats.bite.as_ref();
    let bite = bite.and_then(|bite| Some((bite, bite.week[0]?))).map_or(String::new(), |(bite, week)| {
        let last = |week: Option<u32>| week.map_or("never".to_owned(), |week| week.to_string());
        format!(
            " What {} withholds is felt by {} from week {week} on (range {} to {}).",
            cards.said[bite.side],
            cards.said[1 - bite.side],
            last(bite.week[1]),
            last(bite.week[2])
        )
    });
    let weaker = threats.iter().all(|threat| threat.harm.value < threat.cost.value);
    Some(Figure {
        id: "threats".to_owned(),
        title: match weaker {
            true => "Every step up hurts the side that takes it more than the other".to_owned(),
            false => "Some steps up hurt the other side more than the one that takes them".to_owned(),
        },
        subtitle: format!(
            "Percentage points of real income lost when a side climbs alone, the other staying on “{}”; {}",
            cards.strategy.ladder.rungs.first()?.name,
            cards.basis
        ),
        summary: format!("{}.{bite}", capital(&told.join("; "))),
        chart: Some(chart(cards, &threats, "percentage points", 1.0)),
        table: table(cards, &threats, "percentage points", 1.0),
    })
    .filter(|_| !threats.is_empty() && !told.is_empty())
}

/// Single taxes, those that take most from the other.
pub(super) fn taxes(cards: &Cards<'_>) -> Option<Figure> {
    let world = cards.report.world;
    let threats = cards.strategy.threats.taxes.iter().enumerate().flat_map(|(side, taxes)| {
        taxes.iter().map(move |tax| {
            let kind = if tax.is_export_tax { "export tax" } else { "tariff" };
            let code = world.sectors.code(tax.sector);
            Threat {
                side,
                label: format!("{kind} on {}", sector_name(world, code)),
                long: format!("{kind} on {}", sector_label(world, code)),
                harm: Number::sure(tax.harm),
                cost: Number::sure(tax.cost),
            }
        })
    });
    let threats: Vec<Threat> = threats.collect();
    let told: Vec<String> = [0, 1]
        .into_iter()
        .filter_map(|side| {
            let (ratio, threat) = strongest(&threats, side)?;
            let paid = match ratio.as_str() {
                "gains" => "it gains by it itself".to_owned(),
                ratio => format!("the other loses {ratio} for each point of its own"),
            };
            Some(
                format!("of {} an {} ({paid})", cards.said[side], threat.label)
                    .replace("an tariff", "a tariff"),
            )
        })
        .collect();
    let free = threats.iter().filter(|threat| threat.cost.value < NONE).count();
    Some(Figure {
        id: "single-taxes".to_owned(),
        title: match free {
            0 => "Every single tax costs the side that levies it".to_owned(),
            free => format!("{free} of {} single taxes hurt the other and cost nothing", threats.len()),
        },
        subtitle: format!(
            "Thousandths of a percentage point of real income lost when 1 + tax rises by {:.0} per cent; the taxes between \
             the two that take most; {}",
            100.0 * (FACTOR - 1.0),
            cards.basis
        ),
        summary: format!("Cheapest for what it takes is {}.", told.join("; ")),
        chart: Some(chart(cards, &threats, "thousandths of a point", 1e-3)),
        table: table(cards, &threats, "thousandths of a point", 1e-3),
    })
    .filter(|_| !threats.is_empty() && !told.is_empty())
}

/// The threat of a side that takes most for what it costs, with the ratio in words.
fn strongest(threats: &[Threat], side: usize) -> Option<(String, &Threat)> {
    let rate = |threat: &Threat| threat.harm.value / threat.cost.value.max(NONE);
    let own = threats.iter().filter(|threat| threat.side == side && threat.harm.value > NONE);
    let best = own.max_by(|a, b| rate(a).total_cmp(&rate(b)))?;
    Some((ratio(best), best))
}

fn ratio(threat: &Threat) -> String {
    match (threat.harm.value > NONE, threat.cost.value > NONE) {
        (false, _) => "·".to_owned(),
        (true, false) => "gains".to_owned(),
        (true, true) => plain(threat.harm.value / threat.cost.value, 2),
    }
}

fn chart(cards: &Cards<'_>, threats: &[Threat], unit: &str, scale: f64) -> serde_json::Value {
    let panel = |side: usize| {
        let rows: Vec<_> = threats
            .iter()
            .filter(|threat| threat.side == side)
            .map(|threat| {
                json!({
                    "label": threat.label,
                    "values": [point(threat.harm.over(scale)), point(threat.cost.over(scale))],
                })
            })
            .collect();
        json!({"title": format!("Threats of {}", cards.said[side]), "rows": rows})
    };
    let panels: Vec<_> = [0, 1]
        .into_iter()
        .filter(|side| threats.iter().any(|threat| threat.side == *side))
        .map(panel)
        .collect();
    json!({
        "kind": "dots",
        "unit": unit,
        "series": ["loss of the other side", "loss of the side that threatens"],
        "panels": panels,
    })
}

fn table(cards: &Cards<'_>, threats: &[Threat], unit: &str, scale: f64) -> Table {
    let mut table = Table::new([
        "Threat".to_owned(),
        format!("The other loses, {unit}"),
        format!("It loses itself, {unit}"),
        "Loss of the other for one of its own".to_owned(),
    ]);
    for threat in threats {
        let each = match (ratio(threat).as_str(), threat.harm.value / threat.cost.value) {
            ("gains", _) => Cell::text("it gains"),
            ("·", _) => Cell::text("·"),
            (shown, ratio) => Cell::exact(ratio, shown.to_owned()),
        };
        table.rows.push(vec![
            Cell::text(format!("{}: {}", cards.names[threat.side], threat.long)),
            Cell::level(threat.harm.over(scale)),
            Cell::level(threat.cost.over(scale)),
            each,
        ]);
    }
    table
}
