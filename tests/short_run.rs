//! The short run of a scenario: what the ledger withholds, week by week.

use detente::ledger::Ledger;
use detente::network::Study;
use detente::results::Variable;
use detente::scenario::short_run::{ShortRun, ShortRunError, Span, run};
use detente::scenario::{Scenario, ShortRunQuestion};
use detente::world::World;
use jiff::civil::date;

const BAN: &str = r#"
ledger = { title = "A ban" }
[[measure]]
id = "old-ban"
kind = "export-ban"
by = "CHN"
on = "USA"
sectors = ["C13T15"]
from = 2020-01-01
source = "made up"
[[measure]]
id = "ban"
kind = "export-ban"
by = "CHN"
on = "USA"
sectors = ["C26"]
from = 2025-04-18
source = "made up"
"#;

fn ledger(world: &World, text: &str) -> Ledger {
    Ledger::parse("made-up.toml", text, world).unwrap_or_else(|e| panic!("{}", e.render(false))).0
}

fn question() -> ShortRunQuestion {
    let one = |days| Span { low: days, high: days };
    let (cover, restore) = (one(14.0), one(14.0));
    let (leak, reroute) = (one(0.0), one(0.0));
    ShortRunQuestion {
        cover,
        restore,
        leak,
        reroute,
        transit_days: 7.0,
        draws: 1,
        ..ShortRunQuestion::new(date(2025, 4, 4), 12)
    }
}

fn weeks(question: &ShortRunQuestion, world: &World, ledger: &Ledger, study: Option<&Study>) -> ShortRun {
    let actors = ["USA", "CHN"].map(|code| world.regions.find(code).unwrap());
    run::weeks(question, world, ledger, study, &actors).unwrap()
}

fn value(found: &ShortRun, variable: Variable, week: u32, region: &str, sector: &str) -> f64 {
    let row = found.results.rows.iter().find(|row| {
        row.variable == variable && row.week == Some(week) && &*row.region == region && &*row.sector == sector
    });
    row.map_or(0.0, |row| row.value)
}

/// What already held the day before is part of the undisturbed state: nothing
/// moves until the ban of the third week, and then its maker loses the sales.
#[test]
fn a_ban_is_felt_from_its_day_on() {
    let world = World::shipped("icio-2022").unwrap();
    let mut question = question();
    question.dependence.goods = 1.0;
    let found = weeks(&question, &world, &ledger(&world, BAN), None);
    assert_eq!((found.sender.as_str(), found.measures.as_slice()), ("CHN", ["ban".to_owned()].as_slice()));
    for week in 1..=4 {
        // Not quite 0: from the third week on its maker buys a little less.
        assert!(value(&found, Variable::ValueAdded, week, "USA", "").abs() < 1e-3, "week {week}");
    }
    // Other makers have room for a tenth of what the buyer needs, so it loses next to nothing.
    assert!(value(&found, Variable::ValueAdded, 12, "USA", "").abs() < 0.1);
    assert!(value(&found, Variable::ValueAdded, 12, "CHN", "") < -0.1);
    let sold = value(&found, Variable::GrossOutput, 3, "CHN", "C26");
    assert!(sold < -1.0, "its maker loses the sales at once: {sold}");
    let lost = |week| value(&found, Variable::ValueAddedLost, week, "CHN", "");
    assert!(lost(8) > lost(4) && lost(4) > 0.0);
}

/// With dependence 0 no input binds: the buyer loses nothing but final goods.
#[test]
fn without_dependence_only_the_sender_loses() {
    let world = World::shipped("icio-2022").unwrap();
    let mut question = question();
    (question.dependence.goods, question.dependence.materials) = (0.0, 0.0);
    let found = weeks(&question, &world, &ledger(&world, BAN), None);
    assert!(value(&found, Variable::ValueAdded, 12, "CHN", "") < -0.01);
    assert!(value(&found, Variable::ValueAdded, 12, "USA", "").abs() < 0.05);
}

/// A study: its industry stands in its regions as its lines do, in nobody else's.
#[test]
fn lines_that_stand_are_capacity_that_is_lost() {
    let world = World::shipped("icio-2022").unwrap();
    let study =
        Study::parse("magnets-2025", detente::network::study::shipped_text("magnets-2025").unwrap()).unwrap();
    let question = ShortRunQuestion { draws: 40, weeks: 26, ..ShortRunQuestion::new(date(2025, 4, 4), 26) };
    let none = ledger(&world, "ledger = { title = \"Nothing\" }");
    let found = weeks(&question, &world, &none, Some(&study));
    assert_eq!(found.sender, "CHN");
    let cars = |region| value(&found, Variable::GrossOutput, 14, region, "C29");
    assert!(cars("USA") < -0.5, "{}", cars("USA"));
    assert!(found.results.rows.iter().any(|row| row.variable == Variable::WeeksToStop));
    let leverage = value(&found, Variable::Leverage, 26, "CHN", "");
    assert!(leverage > 1.0, "{leverage}");
}

#[test]
fn the_same_bits_with_any_number_of_threads() {
    let world = World::shipped("icio-2022").unwrap();
    let ledger = ledger(&world, BAN);
    let question = ShortRunQuestion { draws: 6, ..ShortRunQuestion::new(date(2025, 4, 4), 8) };
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| weeks(&question, &world, &ledger, None).results.to_csv())
    };
    assert!(with(1) == with(2));
}

#[test]
fn a_sender_that_the_world_does_not_have_is_named() {
    let world = World::shipped("icio-2022").unwrap();
    let asked = ShortRunQuestion { sender: Some("CHM".into()), ..question() };
    let error = run::weeks(&asked, &world, &ledger(&world, BAN), None, &[0]).unwrap_err();
    assert!(matches!(&error, ShortRunError::Unknown(text) if text.contains("CHM")), "{error}");
}

/// One report with every problem of the table, each with what to write.
#[test]
fn every_problem_of_the_table_is_in_one_report() {
    let text = r#"
title = "Wrong"
world = "icio-2022"
ledger = "us-china"
actors = ["USA", "CHN"]
[[phase]]
name = "one"
date = 2025-01-01
[[phase]]
name = "two"
date = 2025-07-01
[short_run]
from = 2025-02-30
weeks = 0
step = "month"
cover = "3 days"
restore = ["60 days", "15 days"]
leak = "130%"
reroute = 0.5
qualification = "soon"
dependence = { materials = "-2%" }
rationing = "homefirst"
draws = 0
covr = 3
"#;
    let error = Scenario::parse("wrong", "wrong.toml", text).unwrap_err().render(false);
    insta::assert_snapshot!(error);
}

#[test]
fn names_are_checked_against_the_world_of_the_weeks() {
    let world = World::shipped("icio-2022").unwrap();
    let ledger = ledger(&world, BAN);
    let text = r#"
title = "Wrong names"
world = "icio-2022"
ledger = "made-up"
actors = ["USA", "CHN"]
[[phase]]
name = "one"
date = 2025-01-01
[[phase]]
name = "two"
date = 2025-07-01
[short_run]
from = 2025-04-04
sender = "CHM"
dependence = { C62 = "5%" }
revoke = { measures = ["bann"] }
"#;
    let mut scenario = Scenario::parse("wrong", "wrong.toml", text).unwrap();
    let error = scenario.check_short_run("wrong.toml", text, &world, &ledger).unwrap_err().render(false);
    for part in ["CHM", "C62", "bann", "did you mean `ban`"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}
