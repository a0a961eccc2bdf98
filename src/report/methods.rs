//! What do the numbers depend on, and what do they leave out?
//!
//! The words are those of the summary of `detente run`.

use super::Report;
use super::figure::Section;
use crate::equilibrium::{Deficits, Variant};
use crate::ledger::{Kind, Ledger};
use crate::scenario::{Draws, LongRun, Scenario};
use crate::world::World;

/// The section.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let mut text = assumptions(report.scenario, report.world, report.ledger, report.long_run).to_vec();
    text.push(format!(
        "Ranges are {}. They show how far the estimates of trade elasticities disagree; other doubts, of the model \
         and of the data, are not in them. Shares of trade are those of {}, and tariffs are averages of a sector.",
        report.range(),
        report.world.base_date.year()
    ));
    text.push(WORDS.to_owned());
    if report.short_run.is_some() {
        text.push(
            "In the weeks an industry is one line unless a study says which of its lines stand. Stocks, leakage and \
             dependence are judgements; where the dates of stops were known when the ranges were chosen, that they \
             fit is consistency and no forecast."
                .to_owned(),
        );
    }
    let unpriced = unpriced(report.scenario, report.ledger);
    let findings = unpriced.iter().map(|(kind, ids)| format!("{kind}: {}", ids.join(", "))).collect();
    if !unpriced.is_empty() {
        text.push("In force in at least one phase, but not priced in the long run:".to_owned());
    }
    Some(Section {
        id: "methods",
        title: "Methods and limits".to_owned(),
        text,
        findings,
        ..Section::default()
    })
}

/// Words that a stranger does not know.
const WORDS: &str = "Words. Real income: what the income of a year can buy. Trade elasticity: by how \
                     many per cent trade falls when its cost rises by one per cent; a set of them is one study's estimates for \
                     all industries. Value added: what a producer adds to what it buys. Numeraire: what all values are counted \
                     in. Percentage point: a difference of two per cents. Deficit: what a region buys abroad beyond what it \
                     sells there.";

/// World and ledger; deficits, unit of account and elasticities; what the variant supposes.
pub fn assumptions(scenario: &Scenario, world: &World, ledger: &Ledger, long_run: &LongRun) -> [String; 3] {
    let deficits = match scenario.long_run.deficits {
        Deficits::Zero => "set to zero",
        Deficits::Held => "held at their base-year value",
        Deficits::Share => "held as a share of world value added",
        Deficits::Income => "in proportion to what each region earns",
    };
    let sets = long_run.range.join(", ");
    let materials = match scenario.materials.as_slice() {
        [] => String::new(),
        names => format!(", with {} carved out", names.join(", ")),
    };
    let range = match long_run.draws {
        Some(Draws { spread: Some(spread), .. }) => {
            format!("drawn around them with a spread of {} %", 100.0 * spread)
        }
        Some(_) => format!("drawn around them as {sets} differ"),
        None => format!("range over {sets}"),
    };
    [
        format!("World {} ({}){materials}. Ledger: {}.", world.name, world.title, ledger.title()),
        format!(
            "Deficits {deficits}; numeraire: world value added. Elasticities {}, {range}.",
            long_run.elasticities
        ),
        horizon(&scenario.long_run.variant),
    ]
}

/// Ids of what is in force in some phase and reading and not priced, by kind, in the plural.
pub fn unpriced(scenario: &Scenario, ledger: &Ledger) -> Vec<(String, Vec<String>)> {
    let readings = match scenario.readings.as_slice() {
        [] => vec![ledger.clone()],
        ids => ids.iter().map(|id| ledger.as_read_by(id)).collect(),
    };
    let mut found: Vec<String> = Vec::new();
    for phase in &scenario.phases {
        // What cannot be amended was refused before anything was computed.
        for ledger in readings.iter().filter_map(|ledger| ledger.amended(&phase.amendments).ok()) {
            found.extend(ledger.not_priced_on(phase.date).map(|measure| measure.id.clone()));
        }
    }
    let added = scenario.phases.iter().flat_map(|phase| &phase.amendments.add.measures);
    let measures: Vec<_> = ledger.measures.iter().chain(added).collect();
    let mut kinds = Vec::new();
    for kind in Kind::ALL {
        let mut ids: Vec<String> = Vec::new();
        for measure in measures.iter().filter(|measure| measure.kind == kind) {
            if found.contains(&measure.id) && !ids.contains(&measure.id) {
                ids.push(measure.id.clone());
            }
        }
        if !ids.is_empty() {
            kinds.push((plural(kind), ids));
        }
    }
    kinds
}

/// What the variant supposes, in words.
fn horizon(variant: &Variant) -> String {
    let mut parts = Vec::new();
    parts.push(match variant.mobility {
        0.0 => "The first year: nobody changes sector".to_owned(),
        mobility if mobility.is_finite() => {
            format!("Workers change sector with an elasticity of {mobility}")
        }
        _ => "The long run: workers move between sectors".to_owned(),
    });
    let substitution =
        |what: &str, elasticity: f64| format!("{what} substituted with an elasticity of {elasticity}");
    if variant.inputs != 1.0 {
        parts.push(substitution("inputs are", variant.inputs));
    }
    if variant.consumption != 1.0 {
        parts.push(substitution("sectors of consumption are", variant.consumption));
    }
    if variant.scale > 0.0 {
        parts.push(format!("larger sectors are cheaper ({} of 1/θ)", variant.scale));
    }
    if variant.markups > 0.0 {
        parts.push(format!("firms earn markups ({} of 1/θ)", variant.markups));
    }
    if variant.is_base() {
        parts.push("buyers have found new suppliers".to_owned());
    }
    format!("{}.", parts.join(", "))
}

/// `export licences` of `export-licence`.
fn plural(kind: Kind) -> String {
    let words = kind.name().replace('-', " ");
    match words.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{words}s"),
    }
}
