//! What a lower tariff is worth: to the side that lowers it, and to the other.

use serde_json::json;

use super::super::figure::{Cell, Figure, Table};
use super::super::words::{Number, plain, signed};
use super::super::{point, sector_label, sector_name};
use super::Cards;
use crate::strategy::talks::Concession;

/// Tariffs of each side that are drawn.
const DRAWN: usize = 6;
/// Thousandths of a point in what a concession is counted in.
const THOUSANDTHS: f64 = 1e3;

pub(super) fn figure(cards: &Cards<'_>) -> Option<Figure> {
    let (world, concessions) = (cards.report.world, &cards.strategy.threats.concessions);
    // One per cent of 1 + t, lower: what either side gains.
    let giver = |of: &Concession| Number::sure(-THOUSANDTHS * of.giver);
    let receiver = |of: &Concession| Number::sure(-THOUSANDTHS * of.receiver);
    let mut table = Table::new([
        "Tariff",
        "It gains itself, thousandths of a point",
        "The other gains, thousandths of a point",
        "The other gains for one that it gives up",
    ]);
    let mut panels = Vec::new();
    for (side, own) in concessions.iter().enumerate().filter(|(_, own)| !own.is_empty()) {
        let rows: Vec<_> = own
            .iter()
            .take(DRAWN)
            .map(|of| {
                json!({
                    "label": sector_name(world, world.sectors.code(of.sector)),
                    "values": [point(giver(of)), point(receiver(of))],
                })
            })
            .collect();
        panels.push(json!({"title": format!("Lower tariffs of {}", cards.said[side]), "rows": rows}));
        for of in own {
            let rate = match (of.pays(), of.is_free()) {
                (true, _) => Cell::text("both gain"),
                (_, true) => Cell::text("it costs nothing"),
                _ => Cell::exact(of.rate(), plain(of.rate(), 2)),
            };
            let sector = sector_label(world, world.sectors.code(of.sector));
            let fine = |number: Number| Cell::exact(number.value, signed(number.value, 2));
            table.rows.push(vec![
                Cell::text(format!("{} on {sector}", cards.names[side])),
                fine(giver(of)),
                fine(receiver(of)),
                rate,
            ]);
        }
    }
    if panels.is_empty() {
        return None;
    }
    let free = [0, 1].map(|side: usize| {
        let own = &concessions[side];
        (own.iter().filter(|of| of.is_free() && of.receiver < 0.0).count(), own.len())
    });
    let [helping, count] = free.iter().fold([0, 0], |sum, (free, count)| [sum[0] + free, sum[1] + count]);
    let each = [0, 1].map(|side: usize| {
        let (free, count) = free[side];
        format!("{free} of {count} tariffs of {}", cards.said[side])
    });
    Some(Figure {
        id: "concessions".to_owned(),
        title: match helping {
            0 => "Every lower tariff would cost the side that gives it".to_owned(),
            all if all == count => "No lower tariff would cost the side that gives it".to_owned(),
            some => format!("{some} of {count} lower tariffs would cost the side that gives them nothing"),
        },
        subtitle: format!(
            "Real income gained when 1 + tariff falls by one per cent, thousandths of a percentage point; the {DRAWN} tariffs \
             of each side that are worth most to the other; {}",
            cards.basis
        ),
        summary: format!(
            "Lowering them costs the giver nothing and helps the other: {} and {}.",
            each[0], each[1]
        ),
        chart: Some(json!({
            "kind": "dots",
            "unit": "thousandths of a point",
            "series": ["gain of the side that lowers it", "gain of the other side"],
            "panels": panels,
        })),
        table,
    })
}
