//! Card: harm to the other for own cost, by rung, tax and sector, and the time to bite.

use super::Page;
use super::text::{columns, number, paragraph, with_range};
use crate::scenario::strategy::threats::{BITE, FACTOR};

/// A loss below this has no ratio, percentage points.
const NONE: f64 = 1e-6;

pub fn card(page: &Page<'_>) -> String {
    let threats = &page.strategy.threats;
    let mut text = paragraph(
        "Leverage: what the other loses for what it costs, long run; rungs in points of real income, single taxes \
         in thousandths of a point",
        "",
    );
    let mut best = Vec::new();
    for side in [0, 1] {
        let (own, other) = (page.players()[side], page.players()[1 - side]);
        let mut rows = Vec::new();
        for climb in &threats.climbs[side] {
            rows.push(vec![
                format!("rung {}", climb.rung),
                with_range(&climb.harm).replace('+', ""),
                with_range(&climb.cost).replace('+', ""),
                ratio(climb.harm.value, climb.cost.value),
            ]);
        }
        for tax in &threats.taxes[side] {
            let what = if tax.is_export_tax { "export tax" } else { "tariff" };
            let mut label = format!("{what}, {}", page.sector(tax.sector));
            label = label.chars().take(22).collect::<String>().trim_end().to_owned();
            rows.push(vec![
                label,
                number(1e3 * tax.harm).replace('+', ""),
                number(1e3 * tax.cost).replace('+', ""),
                ratio(tax.harm, tax.cost),
            ]);
        }
        let heads = [format!("{own} can"), format!("{other} loses"), format!("{own} loses")];
        text += &columns(&[&heads[0], &heads[1], &heads[2], "ratio"], &rows);
        let rungs = threats.climbs[side].iter().filter(|climb| climb.harm.value > NONE);
        let strongest = rungs.max_by(|a, b| {
            let of = |climb: &crate::scenario::strategy::threats::Climb| {
                climb.harm.value / climb.cost.value.max(NONE)
            };
            of(a).total_cmp(&of(b))
        });
        if let Some(climb) = strongest {
            best.push(format!(
                "{own} hurts {other} most for its own cost on {} ({})",
                climb.rung,
                ratio(climb.harm.value, climb.cost.value)
            ));
        }
    }
    let mut finding = match best.as_slice() {
        [] => "Neither side can hurt the other by a rung alone.".to_owned(),
        some => format!(
            "{}. Single taxes: 1 + tax raised by {:.0} per cent.",
            some.join("; "),
            100.0 * (FACTOR - 1.0)
        ),
    };
    finding += &bite(page);
    text + &paragraph(&finding, "  ")
}

fn ratio(harm: f64, cost: f64) -> String {
    match (harm > NONE, cost > NONE) {
        (false, _) => "·".to_owned(),
        (true, false) => "gains".to_owned(),
        (true, true) => format!("{:.2}", harm / cost),
    }
}

/// What the short run says of the time to bite.
fn bite(page: &Page<'_>) -> String {
    let Some(bite) = &page.strategy.threats.bite else {
        return " Without a short run nothing says in which week a threat bites.".to_owned();
    };
    let (own, other) = (page.players()[bite.side], page.players()[1 - bite.side]);
    let measures = match bite.measures.as_slice() {
        [] => "what it withholds".to_owned(),
        ids => ids.join(", "),
    };
    let week = |week: Option<u32>| week.map_or("never".to_owned(), |week| format!("week {week}"));
    let [median, early, late] = bite.week.map(week);
    let per = bite.leverage.map_or(String::new(), |ratio| {
        format!(", {} for a dollar of its own", with_range(&ratio).replace('+', ""))
    });
    format!(
        " Time to bite, from the short run: {measures} of {own} cost {other} {BITE} per cent of a week's value added \
         from {median} on ({early} to {late}); by week {} {} million USD{per}.",
        bite.until,
        with_range(&bite.harm_musd).replace('+', "")
    )
}
