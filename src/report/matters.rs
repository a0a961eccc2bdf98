//! What matters most? Real income of the actors as each uncertain thing moves alone.

use serde_json::json;

use super::figure::{Cell, Figure, Section, Table};
use super::words::{list, signed};
use super::{Report, sector_label, sector_name};
use crate::scenario::tornado::{Bar, Factor};

/// Bars of an actor.
const BARS: usize = 12;

/// The section; none where it was not asked for.
pub(super) fn section(report: &Report<'_>) -> Option<Section> {
    let tornado = report.tornado?;
    let read: Vec<&Bar> = tornado.bars.iter().filter(|bar| *bar.reading == *report.reading()).collect();
    let phase = &read.iter().max_by(|a, b| a.length().total_cmp(&b.length()))?.run;
    let shown: Vec<&Bar> = read.into_iter().filter(|bar| bar.run == *phase).collect();
    let mut table =
        Table::new(["Region and what is moved", "Lowest, %", "at", "As asked, %", "Highest, %", "at"]);
    let (mut panels, mut firsts) = (Vec::new(), Vec::new());
    for bars in shown.chunk_by(|a, b| a.region == b.region) {
        let first = bars.first()?;
        let name = report.region(&first.region);
        let rows: Vec<_> = bars
            .iter()
            .take(BARS)
            .map(|bar| {
                let [(low_at, low), (high_at, high)] = &bar.ends;
                let central = first.central;
                // What stands at the number itself is as the scenario asks it.
                let at =
                    |label: &str, value: f64| if value == central { String::new() } else { plain(label) };
                json!({
                    "label": label(report, bar.factor, sector_name),
                    "low": low,
                    "high": high,
                    "at": [at(low_at, *low), at(high_at, *high)],
                })
            })
            .collect();
        let title = format!("{name}: {} % as asked", signed(first.central, 2));
        panels.push(json!({"title": title, "central": first.central, "rows": rows}));
        firsts.push(format!(
            "{} for {}",
            label(report, first.factor, sector_name),
            report.said(&first.region)
        ));
        for bar in bars {
            let [(low_at, low), (high_at, high)] = &bar.ends;
            let number = |value: f64| Cell::exact(value, signed(value, 3));
            table.rows.push(vec![
                Cell::text(format!("{name}: {}", label(report, bar.factor, sector_label))),
                number(*low),
                Cell::text(plain(low_at)),
                number(bar.central),
                number(*high),
                Cell::text(plain(high_at)),
            ]);
        }
    }
    let title = report.phase_title(phase);
    let left_out = match tornado.left_out.as_slice() {
        [] => String::new(),
        some => format!(" Without an answer: {}.", some.join("; ")),
    };
    let figure = Figure {
        id: "matters".to_owned(),
        title: format!("What matters most: {}", list(&firsts)),
        subtitle: format!(
            "Real income under {title}, per cent, as each thing is moved alone. An industry: its elasticity, from 5 to 95 % of \
             the spread; the rest from one assumption to another; long run, against {} ({})",
            report.against().title,
            report.against().date
        ),
        summary: format!(
            "The longest bar is that of {}. Elasticities say how easily buyers change supplier when prices change; numbers beside \
             the bars are elasticities, words are sets and assumptions.{left_out}",
            list(&firsts)
        ),
        chart: Some(json!({"kind": "tornado", "unit": "% of real income", "panels": panels})),
        table,
    };
    Some(Section {
        id: "matters-section",
        title: "What matters most".to_owned(),
        figures: vec![figure],
        ..Section::default()
    })
}

/// What a thing was at an end of its bar, without the letter of the elasticity.
fn plain(label: &str) -> String {
    label.replace("θ ", "")
}

/// A factor in words, sectors as `named` names them.
fn label(report: &Report<'_>, factor: Factor, named: fn(&crate::world::World, &str) -> String) -> String {
    match factor {
        Factor::AllElasticities => "the level of all elasticities".to_owned(),
        Factor::ElasticitySet => "the set of elasticities".to_owned(),
        Factor::Deficits => "trade deficits".to_owned(),
        Factor::Variant => "the variant of the model".to_owned(),
        Factor::Elasticity(sector) => named(report.world, report.world.sectors.code(sector)),
    }
}
