//! The headline: what was found, in sentences with ranges.

use super::figure::Section;
use super::words::{self, Number, plain};
use super::{Report, accounts, readings, stops, strategy};
use crate::results::Variable;
use crate::scenario::Phase;

/// The findings, at the head of the page.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let mut findings = Vec::new();
    if let Some(hardest) = report.hardest() {
        findings.push(who_pays(report, hardest));
        let last = report.compared().last().filter(|phase| phase.name != hardest.name);
        findings.extend(last.map(|phase| who_pays(report, phase)));
        findings.extend(others(report, hardest));
    }
    findings.extend(stops::finding(report));
    findings.extend(lost(report));
    findings.extend(strategy::finding(report));
    findings.extend(readings::finding(report));
    findings.extend(accounts::finding(report));
    Some(Section { id: "findings", title: "What was found".to_owned(), findings, ..Section::default() })
}

/// What a phase does to the actors.
fn who_pays(report: &Report<'_>, phase: &Phase) -> String {
    let of = |actor: &String| {
        let percent = report.find(&phase.name, Variable::WelfareExact, actor, "", 1.0)?;
        let dollars = report.find(&phase.name, Variable::EquivalentVariation, actor, "", 1e3);
        let change = percent.as_change("%", "higher", "lower");
        let dollars = dollars.map_or(String::new(), |dollars| {
            let digits = dollars.digits();
            format!(", {} billion USD a year", plain(dollars.value.abs(), digits))
        });
        Some(format!("{change} in {}{dollars}", report.said(actor)))
    };
    let sides: Vec<String> = report.scenario.actors.iter().filter_map(of).collect();
    let against = report.against();
    let what_if = if phase.amendments == Default::default() { "" } else { ", a what-if" };
    format!(
        "{} ({}{what_if}): against {} ({}) real income is {}.",
        phase.title,
        phase.date,
        against.title,
        against.date,
        sides.join("; ")
    )
}

/// Bystanders and the world.
fn others(report: &Report<'_>, phase: &Phase) -> Option<String> {
    let of = |region| report.find(&phase.name, Variable::EquivalentVariation, region, "", 1e3);
    let billions =
        |number: Number, plus: &str, minus: &str| number.as_change("billion USD a year", plus, minus);
    let (others, world) = (of("others")?, of("")?);
    let mut ends: Vec<(f64, String)> = report
        .rows(Variable::WelfareExact)
        .filter(|row| *row.run == *phase.name && !row.region.is_empty() && &*row.region != "others")
        .filter(|row| !report.is_actor(&row.region))
        .map(|row| {
            let number = Number::of(row, 1.0);
            let percent = words::signed(number.value, number.digits());
            (row.value, format!("{} ({percent} %)", report.said(&row.region)))
        })
        .collect();
    ends.sort_by(|a, b| b.0.total_cmp(&a.0));
    let gain = ends.iter().filter(|(value, _)| *value > 0.0).count();
    let named = match ends.as_slice() {
        [(up, most), .., (down, least)] => format!(
            " {gain} of {} other regions gain; the {} is in {most}, the {} in {least}.",
            ends.len(),
            if *up > 0.0 { "largest gain" } else { "smallest loss" },
            if *down < 0.0 { "largest loss" } else { "smallest gain" }
        ),
        _ => String::new(),
    };
    Some(format!(
        "{}: everybody else together has {}; the world has {}.{named}",
        phase.title,
        billions(others, "more", "less"),
        billions(world, "more", "less")
    ))
}

/// Value added lost in the weeks.
fn lost(report: &Report<'_>) -> Option<String> {
    let (short_run, world) = report.short_run?;
    let weeks = short_run.question.weeks as u32;
    let of = |code: &String| {
        let row = short_run.results.rows.iter().find(|row| {
            row.variable == Variable::ValueAddedLost
                && row.week == Some(weeks)
                && *row.region == **code
                && row.reading.is_empty()
        })?;
        let region = world.regions.find(code).ok()?;
        let name = words::in_sentence(world.regions.name(region));
        Some(format!("{} billion USD in {name}", Number::of(row, 1e3).told()))
    };
    let sides: Vec<String> = report.scenario.actors.iter().filter_map(of).collect();
    (!sides.is_empty()).then(|| {
        format!(
            "In the {weeks} weeks from {} what does not arrive costs production worth {} (value added; in brackets the range \
             of 90 % of the draws).",
            short_run.question.from,
            words::list(&sides)
        )
    })
}
