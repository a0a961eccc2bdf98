//! Where do two scenarios part?
//!
//! ```text
//! d[p, r] = x_second[p, r] − x_first[p, r]        x: real income, per cent, or billion USD a year
//! ```
//!
//! for every phase `p` that both have, by its name, and every region `r` in the foreground
//! of either. The range of a difference is the widest that the two ranges allow, from the
//! lowest of one less the highest of the other: it is too wide where both move together.

use serde_json::{Value, json};

use super::figure::{Cell, Figure, Section, Table};
use super::words::{Number, list, signed};
use super::{Report, bar};
use crate::results::Variable;
use crate::scenario::Phase;

/// What is compared: the report of each and what to call it.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// A few words.
    pub name: &'a str,
    /// The report.
    pub report: &'a Report<'a>,
}

/// The section; a figure of real incomes where the two have a phase in common.
pub fn section(first: Side<'_>, second: Side<'_>) -> Section {
    let shared = shared(first.report, second.report);
    let mut text = vec![format!(
        "First: {}, {}. Second: {}, {}. A difference is the second less the first.",
        first.name,
        first.report.subtitle(),
        second.name,
        second.report.subtitle()
    )];
    let alone: Vec<String> = [(first, second), (second, first)]
        .iter()
        .flat_map(|(one, other)| {
            let missing = |phase: &&Phase| !other.report.compared().any(|theirs| theirs.name == phase.name);
            let told = |phase: &Phase| format!("{} ({})", phase.title, one.name);
            one.report.compared().filter(missing).map(told).collect::<Vec<_>>()
        })
        .collect();
    if !alone.is_empty() {
        text.push(format!("Only one of the two has {}.", list(&alone)));
    }
    if first.report.world.name != second.report.world.name {
        text.push("The two are of different worlds: part of the difference is theirs.".to_owned());
    }
    let figures = if shared.is_empty() { Vec::new() } else { vec![figure(first, second, &shared)] };
    Section { id: "compare", title: "Two scenarios".to_owned(), text, figures, ..Section::default() }
}

/// Phases that both compare with another, by name.
fn shared<'a>(first: &'a Report<'_>, second: &Report<'_>) -> Vec<&'a Phase> {
    first.compared().filter(|phase| second.compared().any(|other| other.name == phase.name)).collect()
}

/// The actors of either, all others and the world.
fn regions<'a>(first: &'a Report<'_>, second: &'a Report<'_>) -> Vec<&'a str> {
    let mut regions: Vec<&str> = Vec::new();
    for actor in first.scenario.actors.iter().chain(&second.scenario.actors) {
        if !regions.contains(&actor.as_str()) {
            regions.push(actor);
        }
    }
    // All others are the same regions only where the actors are.
    if first.scenario.actors.iter().all(|actor| second.is_actor(actor))
        && second.scenario.actors.iter().all(|actor| first.is_actor(actor))
    {
        regions.push("others");
    }
    regions.push("");
    regions
}

fn figure(first: Side<'_>, second: Side<'_>, shared: &[&Phase]) -> Figure {
    let regions = regions(first.report, second.report);
    let income = |side: Side<'_>, phase: &Phase, region: &str| {
        side.report.find(&phase.name, Variable::WelfareExact, region, "", 1.0)
    };
    let panel = |region: &&str| {
        let rows: Vec<Value> = shared
            .iter()
            .flat_map(|phase| {
                [first, second].map(|side| {
                    let number = income(side, phase, region)?;
                    Some(bar(format!("{}, {}", phase.title, side.name), number))
                })
            })
            .flatten()
            .collect();
        json!({"title": first.report.region(region), "rows": rows})
    };
    let apart = |phase: &Phase, region: &str| {
        Some(difference(income(first, phase, region)?, income(second, phase, region)?))
    };
    let all = shared.iter().flat_map(|phase| regions.iter().map(move |region| (*phase, *region)));
    let widest = all
        .filter_map(|(phase, region)| Some((phase, region, apart(phase, region)?)))
        .max_by(|a: &(_, _, Number), b| a.2.value.abs().total_cmp(&b.2.value.abs()));
    let (title, summary) = match widest {
        Some((phase, region, gap)) if gap.value != 0.0 => {
            let (who, digits) = (first.report.region(region), gap.digits());
            let points = signed(gap.value, digits);
            (
                format!("The two part most under {}: {who} {points} points", phase.title),
                format!(
                    "Real income of {who} under {} is {points} percentage points {} in the second than in the first.",
                    phase.title,
                    if gap.value < 0.0 { "lower" } else { "higher" }
                ),
            )
        }
        _ => (
            "The two give the same real incomes".to_owned(),
            "In every phase that both have, real incomes are the same.".to_owned(),
        ),
    };
    Figure {
        id: "compared-incomes".to_owned(),
        title,
        subtitle: format!("Real income, per cent a year; {}", first.report.basis()),
        summary,
        chart: Some(json!({
            "kind": "bars",
            "unit": "% of real income",
            "panels": regions.iter().map(panel).collect::<Vec<_>>(),
        })),
        table: table(first, second, shared, &regions),
    }
}

/// Both incomes and what lies between them, in per cent and in dollars.
fn table(first: Side<'_>, second: Side<'_>, shared: &[&Phase], regions: &[&str]) -> Table {
    let mut table = Table::new([
        "Region and phase".to_owned(),
        format!("{}, %", first.name),
        format!("{}, %", second.name),
        "difference, percentage points".to_owned(),
        "difference, billion USD a year".to_owned(),
    ]);
    for region in regions {
        for phase in shared {
            let of = |variable, scale| {
                [first, second].map(|side| side.report.find(&phase.name, variable, region, "", scale))
            };
            let [a, b] = of(Variable::WelfareExact, 1.0);
            let [x, y] = of(Variable::EquivalentVariation, 1e3);
            let apart = |a: Option<Number>, b: Option<Number>| Some(difference(a?, b?));
            let name = format!("{}, {}", first.report.region(region), phase.title);
            table.rows.push(vec![
                Cell::text(name),
                Cell::of(a),
                Cell::of(b),
                Cell::of(apart(a, b)),
                Cell::of(apart(x, y)),
            ]);
        }
    }
    table
}

/// The second less the first, and the widest range that theirs allow.
fn difference(first: Number, second: Number) -> Number {
    let range = (second.range.0 - first.range.1, second.range.1 - first.range.0);
    // The same number twice is no difference, whatever its range.
    if first == second {
        return Number { value: 0.0, range: (0.0, 0.0) };
    }
    Number { value: second.value - first.value, range }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// −1 [−2, −0.5] and −3 [−4, −2]: −2, from −4 + 0.5 to −2 + 2.
    #[test]
    fn a_difference_by_hand() {
        let (first, second) =
            (Number { value: -1.0, range: (-2.0, -0.5) }, Number { value: -3.0, range: (-4.0, -2.0) });
        assert_eq!(difference(first, second), Number { value: -2.0, range: (-3.5, 0.0) });
        assert_eq!(difference(first, first), Number { value: 0.0, range: (0.0, 0.0) });
    }
}
