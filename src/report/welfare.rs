//! Who pays in the long run? Real income of the actors, of everybody else and of the world.

use serde_json::json;

use super::figure::{Cell, Figure, Section, Table};
use super::words::{Number, signed};
use super::{Report, bar};
use crate::results::Variable;

/// The section; none without a phase that is compared.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let hardest = report.hardest()?;
    let actors = report.scenario.actors.iter().map(String::as_str);
    let regions: Vec<&str> = actors.clone().chain(["others", ""]).collect();
    let find = |run: &str, region: &str| report.find(run, Variable::WelfareExact, region, "", 1.0);
    let panel = |region: &&str| {
        let rows: Vec<_> = report
            .compared()
            .filter_map(|phase| find(&phase.name, region).map(|number| bar(phase.title.clone(), number)))
            .collect();
        json!({"title": report.region(region), "rows": rows})
    };
    let chart = json!({
        "kind": "bars",
        "unit": "% of real income",
        "panels": regions.iter().map(panel).collect::<Vec<_>>(),
    });
    let percent = |region: &str| find(&hardest.name, region);
    let short = |region: &str| {
        let number = percent(region)?;
        Some(format!("{} {} %", report.said(region), signed(number.value, number.digits())))
    };
    let title: Vec<String> = actors.filter_map(short).collect();
    let sentence = |region: &&str| {
        let change = percent(region)?.as_change("%", "higher", "lower");
        Some(format!(
            "{change} in {}",
            if *region == "others" { "all other regions together".to_owned() } else { report.said(region) }
        ))
    };
    let told: Vec<String> = regions.iter().filter_map(sentence).collect();
    let figure = Figure {
        id: "real-income".to_owned(),
        title: format!("{} moves incomes most: {}", hardest.title, super::words::list(&title)),
        subtitle: format!("Real income, per cent a year; {}", report.basis()),
        summary: format!("Under {} real income is {}.", hardest.title, told.join("; ")),
        chart: Some(chart),
        table: table(report, &regions),
    };
    Some(Section {
        id: "welfare",
        title: "Who pays in the long run".to_owned(),
        text: vec![
            "Real income is what a region can buy in a year, after all buyers have found new suppliers. The bar is \
             the central estimate, the thin line on it the range."
                .to_owned(),
        ],
        figures: vec![figure],
        ..Section::default()
    })
}

/// Per cent, dollars, and dollars a household, by region and phase.
fn table(report: &Report<'_>, regions: &[&str]) -> Table {
    let phases = report.compared().map(|phase| format!("{}, {}", phase.title, phase.date));
    let mut table = Table::new(["Region and unit".to_owned()].into_iter().chain(phases));
    for (unit, variable, scale) in [
        ("real income, %", Variable::WelfareExact, 1.0),
        ("real income, billion USD a year", Variable::EquivalentVariation, 1e3),
        ("real income, USD a household", Variable::PerHousehold, 1.0),
        ("real wage, %", Variable::RealWage, 1.0),
        ("tariff revenue, billion USD a year", Variable::TariffRevenue, 1e3),
    ] {
        for region in regions {
            let cells: Vec<Option<Number>> = report
                .compared()
                .map(|phase| report.find(&phase.name, variable, region, "", scale))
                .collect();
            if cells.iter().any(Option::is_some) {
                let name = Cell::text(format!("{}: {unit}", report.region(region)));
                table.rows.push([name].into_iter().chain(cells.into_iter().map(Cell::of)).collect());
            }
        }
    }
    table
}
