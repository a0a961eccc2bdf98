//! What matters most: every factor moved alone.

use detente::ledger::Ledger;
use detente::results::Variable;
use detente::scenario::tornado::{Factor, tornado};
use detente::scenario::{RunOptions, Scenario, run};
use detente::world::World;

const SCENARIO: &str = r#"
title = "A tariff"
world = "icio-2022"
ledger = "made up"
actors = ["USA", "CHN"]
[[phase]]
name = "before"
date = 2025-01-01
[[phase]]
name = "after"
date = 2025-07-01
"#;

const LEDGER: &str = r#"
ledger = { title = "A tariff" }
[[measure]]
id = "duty"
kind = "import-tariff"
by = "USA"
on = "CHN"
rate = { 2025-06-01 = "25%" }
source = "made up"
"#;

/// The bar of the elasticity sets is the range over the sets that a run gives;
/// every bar holds the central value, and the longest comes first.
#[test]
fn the_bar_of_the_sets_is_the_range_of_the_run() {
    let world = World::shipped("icio-2022").unwrap();
    let (ledger, _) = Ledger::parse("ledger", LEDGER, &world).unwrap();
    let scenario = Scenario::parse("tariff", "tariff.toml", SCENARIO).unwrap();
    let options = RunOptions::default();
    let answer = run::run(&scenario, &world, &ledger, &options).unwrap();
    let found = tornado(&scenario, &world, &ledger, &options).unwrap();
    assert!(found.left_out.is_empty(), "{:?}", found.left_out);
    assert_eq!(found.bars.len(), 2 * (1 + world.sector_count() + 3));
    for bars in found.bars.chunk_by(|a, b| a.region == b.region) {
        let row = answer.results.find("after", Variable::WelfareExact, &bars[0].region, "", "").unwrap();
        let sets = bars.iter().find(|bar| bar.factor == Factor::ElasticitySet).unwrap();
        assert!((sets.central - row.value).abs() < 1e-5, "{} {}", sets.central, row.value);
        assert!((sets.ends[0].1 - row.low.unwrap()).abs() < 1e-5);
        assert!((sets.ends[1].1 - row.high.unwrap()).abs() < 1e-5);
        for pair in bars.windows(2) {
            assert!(pair[0].length() >= pair[1].length());
        }
        for bar in bars {
            assert!(bar.ends[0].1 <= bar.central && bar.central <= bar.ends[1].1, "{bar:?}");
        }
        let deficits = bars.iter().find(|bar| bar.factor == Factor::Deficits).unwrap();
        assert!(deficits.ends.iter().any(|(label, _)| &**label == "held"), "{deficits:?}");
    }
}
