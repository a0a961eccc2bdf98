//! The short run of a scenario: what the ledger withholds, week by week.

use detente::ledger::Ledger;
use detente::network::Study;
use detente::numerics::progress::Progress;
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
        transit: one(7.0),
        draws: 1,
        ..ShortRunQuestion::new(date(2025, 4, 4), 12)
    }
}

fn weeks(question: &ShortRunQuestion, world: &World, ledger: &Ledger, study: Option<&Study>) -> ShortRun {
    let actors = ["USA", "CHN"].map(|code| world.regions.find(code).unwrap());
    run::weeks(question, world, ledger, study, &actors, &Progress::default()).unwrap()
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
    let study = magnets();
    let question = ShortRunQuestion { draws: 40, weeks: 26, ..ShortRunQuestion::new(date(2025, 4, 4), 26) };
    let found = weeks(&question, &world, &ledger(&world, &licence("")), Some(&study));
    assert_eq!((found.sender.as_str(), &found.no_control), ("CHN", &None));
    let cars = |region| value(&found, Variable::GrossOutput, 14, region, "C29");
    assert!(cars("USA") < -0.5, "{}", cars("USA"));
    assert!(found.results.rows.iter().any(|row| row.variable == Variable::WeeksToStop));
    let leverage = value(&found, Variable::Leverage, 26, "CHN", "");
    assert!(leverage > 1.0, "{leverage}");
    // Further users: their industries stand in part.
    let electrical = |region| value(&found, Variable::GrossOutput, 20, region, "C27");
    assert!(electrical("USA") < -0.1, "{}", electrical("USA"));
}

fn magnets() -> Study {
    let text = detente::network::study::shipped_text("magnets-2025").unwrap();
    Study::parse("magnets-2025", text).unwrap_or_else(|e| panic!("{}", e.render(false)))
}

/// The licence that drives the shipped study, with further lines.
fn licence(more: &str) -> String {
    let on = if more.contains("on =") { "" } else { "on = \"*\"" };
    format!(
        "ledger = {{ title = \"A licence\" }}\n[[measure]]\nid = \"cn-rare-earth-licences\"\n\
         kind = \"export-licence\"\nby = \"CHN\"\n{on}\nsectors = [\"C26\"]\nfrom = 2025-04-04\n{more}\n\
         source = \"made up\"\n"
    )
}

/// The study alone, draw by draw: which lines stand, and which industries lose.
fn under(measure: &str, draws: usize) -> ShortRun {
    let world = World::shipped("icio-2022").unwrap();
    let question = ShortRunQuestion { draws, weeks: 26, ..ShortRunQuestion::new(date(2025, 4, 4), 26) };
    weeks(&question, &world, &ledger(&world, measure), Some(&magnets()))
}

fn largest(found: &ShortRun, variable: Variable) -> f64 {
    let of = found.results.rows.iter().filter(|row| row.variable == variable);
    of.map(|row| row.value.abs().max(row.high.unwrap_or(0.0).abs())).fold(0.0, f64::max)
}

/// Without the measure, or with one that is over, there is no control: nobody stops.
#[test]
fn without_the_measure_nothing_stops() {
    for ledger in ["ledger = { title = \"Nothing\" }".to_owned(), licence("until = 2025-04-04")] {
        let ledger = ledger.replace("from = 2025-04-04\nuntil", "from = 2025-03-01\nuntil");
        let found = under(&ledger, 2);
        assert_eq!((found.no_control.as_deref(), &found.study), (Some("cn-rare-earth-licences"), &None));
        assert_eq!(found.sender, "CHN");
        assert!(largest(&found, Variable::ValueAdded) < 1e-3);
        assert!(!found.results.rows.iter().any(|row| row.variable == Variable::LinesStanding));
    }
}

/// A suspension from a day on, an end on it and all applications approved from it
/// on are one: a queue that is open from that day. Days before it are as without.
#[test]
fn a_suspension_opens_the_queue_on_its_day() {
    let open = under(&licence("until = 2025-05-14"), 6);
    assert_eq!(open.study.as_ref().unwrap().0.end_day, Some(40));
    let suspended = under(&licence("suspend = { from = 2025-05-14, until = 2026-05-14 }"), 6);
    let approved = licence("approval = { 2025-04-04 = \"0%\", 2025-05-14 = \"100%\" }");
    let approved = under(&approved.replace("from = 2025-04-04\n", ""), 6);
    let held = under(&licence(""), 6);
    let lines = |found: &ShortRun| found.study.as_ref().unwrap().1.regions.clone();
    assert_eq!(lines(&open), lines(&suspended));
    assert_eq!(lines(&open), lines(&approved));
    for (open, held) in lines(&open).iter().zip(lines(&held)) {
        assert_eq!(open.line_by[..41], held.line_by[..41]);
        assert!(open.line_by.iter().zip(&held.line_by).all(|(open, held)| open <= held));
        assert!(open.line_by[180] < held.line_by[180]);
    }
}

/// Who is not in `on` is not held: Japan alone stops.
#[test]
fn only_those_stop_whom_the_measure_is_on() {
    let found = under(&licence("on = \"JPN\""), 20);
    let (study, outcome) = found.study.as_ref().unwrap();
    for region in &outcome.regions {
        let code = study.regions[region.region].code.as_str();
        assert_eq!(region.line_by[180] > 0.0, code == "JPN", "{code}");
    }
    assert!(value(&found, Variable::GrossOutput, 14, "USA", "C29").abs() < 0.1);
}

/// A measure that a study cannot follow is named.
#[test]
fn a_measure_that_no_study_can_follow_is_refused() {
    let world = World::shipped("icio-2022").unwrap();
    let asked = |id: &str, text: &str, from| {
        let question = ShortRunQuestion { measure: Some(id.into()), ..ShortRunQuestion::new(from, 26) };
        run::weeks(&question, &world, &ledger(&world, text), Some(&magnets()), &[0], &Progress::default())
            .unwrap_err()
            .to_string()
    };
    let april = date(2025, 4, 4);
    assert!(asked("ban", BAN, april).contains("`ban` is of the kind export-ban"));
    let other = licence("").replace("by = \"CHN\"", "by = \"USA\"");
    assert!(asked("cn-rare-earth-licences", &other, april).contains("is no measure of CHN"));
    let twice = licence("suspend = { from = 2025-05-14, until = 2025-08-12 }");
    let error = asked("cn-rare-earth-licences", &twice, april);
    assert!(error.contains("ends on 2025-05-14 and holds again from 2025-08-12"), "{error}");
}

/// A wait of four weeks and nothing else: what is sold arrives four weeks later, as
/// under a ban that ends by then. One that began before the weeks is over for them.
#[test]
fn a_wait_of_weeks_delays_arrivals_by_weeks() {
    let world = World::shipped("icio-2022").unwrap();
    let mut question = question();
    question.dependence.goods = 1.0;
    let run = |text: &str| weeks(&question, &world, &ledger(&world, text), None);
    let licence = BAN.replace("kind = \"export-ban\"\nby = \"CHN\"\non = \"USA\"\nsectors = [\"C26\"]\nfrom = 2025-04-18",
        "kind = \"export-licence\"\nby = \"CHN\"\non = \"USA\"\nsectors = [\"C26\"]\nfrom = 2025-04-18\nwait = \"4 weeks\"");
    let until = BAN.replace("from = 2025-04-18", "from = 2025-04-18\nuntil = 2025-05-16");
    let (waits, banned) = (run(&licence), run(&until));
    assert_eq!(waits.measures, ["ban"]);
    assert!(value(&waits, Variable::GrossOutput, 4, "CHN", "C26") < -1.0);
    assert_eq!(waits.results.to_csv(), banned.results.to_csv());
    let early = licence.replace("2025-04-18", "2025-03-28");
    assert!(largest(&run(&early), Variable::ValueAdded) < 1e-3);
}

/// A user whose share is nothing changes nothing in the network.
#[test]
fn a_user_without_a_share_changes_nothing() {
    let world = World::shipped("icio-2022").unwrap();
    let question = ShortRunQuestion { draws: 3, ..ShortRunQuestion::new(date(2025, 4, 4), 20) };
    let ledger = ledger(&world, &licence(""));
    let (mut nothing, mut alone) = (magnets(), magnets());
    for user in &mut nothing.users {
        user.ranges[0] = user.ranges[0].take().map(|share| share.held_at(0.0));
    }
    alone.users.clear();
    let rows = |study: &Study| {
        let rows = weeks(&question, &world, &ledger, Some(study)).results.rows;
        let of_network = |variable| {
            matches!(variable, Variable::ValueAdded | Variable::GrossOutput | Variable::ValueAddedLost)
        };
        rows.into_iter().filter(|row| of_network(row.variable)).collect::<Vec<_>>()
    };
    assert_eq!(rows(&nothing), rows(&alone));
    assert_ne!(rows(&magnets()), rows(&alone));
}

/// Drawn approvals: nothing of what the ledger says is nothing approved, and a
/// range without width is a number. Transit that is longer is felt later.
#[test]
fn approvals_and_transit_can_be_drawn() {
    let world = World::shipped("icio-2022").unwrap();
    let mut asked = question();
    (asked.dependence.goods, asked.draws) = (1.0, 3);
    let text = licence("approval = { 2025-04-04 = \"0%\", 2025-05-02 = \"80%\" }")
        .replace("from = 2025-04-04\n", "");
    let run = |question: &ShortRunQuestion, text: &str| weeks(question, &world, &ledger(&world, text), None);
    let never = text.replace("80%", "0%");
    let none = ShortRunQuestion { approval_part: Span { low: 0.0, high: 0.0 }, ..asked.clone() };
    assert_eq!(run(&none, &text).results.to_csv(), run(&asked, &never).results.to_csv());
    let late = ShortRunQuestion { approval_late: Span { low: 14.0, high: 14.0 }, ..asked.clone() };
    assert_eq!(
        run(&late, &text).results.to_csv(),
        run(&asked, &text.replace("05-02", "05-16")).results.to_csv()
    );
    let spread = ShortRunQuestion { approval_part: Span { low: 0.2, high: 1.0 }, ..asked.clone() };
    let row = |found: &ShortRun| {
        let rows = &found.results.rows;
        let of =
            |row: &&detente::results::Row| row.variable == Variable::ValueAddedLost && row.week == Some(8);
        rows.iter().filter(of).find(|row| &*row.region == "CHN").map(|row| (row.low, row.high)).unwrap()
    };
    let (low, high) = row(&run(&spread, &text));
    assert!(low < high);
    let sea = |days| ShortRunQuestion { transit: Span { low: days, high: days }, ..asked.clone() };
    let lost_abroad = |found: &ShortRun| -> f64 {
        let rows = found.results.rows.iter();
        let of = rows.filter(|row| row.variable == Variable::ValueAddedLost && row.week == Some(4));
        of.filter(|row| &*row.region != "CHN").map(|row| row.value).sum()
    };
    let (short, long) = (lost_abroad(&run(&sea(7.0), &never)), lost_abroad(&run(&sea(42.0), &never)));
    assert!(short > 1.5 * long, "{short} {long}");
}

/// What the other side no longer buys costs the sender; without it the run is the first.
#[test]
fn retaliation_is_told_apart() {
    let world = World::shipped("icio-2022").unwrap();
    let answer = "[[measure]]\nid = \"answer\"\nkind = \"import-ban\"\nby = \"USA\"\non = \"CHN\"\n\
                  sectors = [\"C27\"]\nfrom = 2025-05-09\nsource = \"made up\"\n";
    let mut asked = question();
    asked.dependence.goods = 1.0;
    asked.sender = Some("CHN".into());
    let alone = weeks(&asked, &world, &ledger(&world, BAN), None);
    asked.retaliation = vec!["answer".into()];
    let both = weeks(&asked, &world, &ledger(&world, &format!("{BAN}{answer}")), None);
    for week in [4, 8] {
        let lost = |found: &ShortRun| value(found, Variable::ValueAddedLost, week, "CHN", "");
        let added = value(&both, Variable::RetaliationLost, week, "CHN", "");
        assert!((added - (lost(&both) - lost(&alone))).abs() < 1e-6 * lost(&both), "{added}");
        // The first four weeks end on 1 May.
        assert!(if week == 4 { added == 0.0 } else { added > 1.0 }, "{added}");
        let blocked = value(&alone, Variable::BlockedLost, week, "CHN", "");
        assert!(blocked > 0.0 && blocked < lost(&alone), "{blocked}");
        let stock = value(&alone, Variable::UnsoldStock, week, "CHN", "");
        let leverage = |variable| value(&alone, variable, week, "CHN", "");
        let with = leverage(Variable::LeverageWithStocks) / leverage(Variable::Leverage);
        assert!(stock > 0.0 && (with - lost(&alone) / (lost(&alone) + stock)).abs() < 1e-9, "{stock} {with}");
    }
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
    let error =
        run::weeks(&asked, &world, &ledger(&world, BAN), None, &[0], &Progress::default()).unwrap_err();
    assert!(matches!(&error, ShortRunError::Unknown(text) if text.contains("CHM")), "{error}");
}

/// A scenario with these lines in its `[short_run]`.
fn scenario(lines: &str) -> String {
    let head = r#"
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
[short_run]"#;
    format!("{head}{lines}")
}

/// One report with every problem of the table, each with what to write.
#[test]
fn every_problem_of_the_table_is_in_one_report() {
    let text = scenario(
        r#"
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
transit = ["28 days", "2 weeks"]
approval_part = "130%"
approval_late = "later"
retaliation = []
measure = 3
"#,
    );
    let error = Scenario::parse("wrong", "wrong.toml", &text).unwrap_err().render(false);
    insta::assert_snapshot!(error);
}

#[test]
fn names_are_checked_against_the_world_of_the_weeks() {
    let world = World::shipped("icio-2022").unwrap();
    let ledger = ledger(&world, BAN);
    let text = scenario(
        r#"
from = 2025-04-04
sender = "CHM"
dependence = { C62 = "5%" }
revoke = { measures = ["bann", "old-ban"] }
measure = "old-bam"
retaliation = ["old-ban", "sanctions"]
"#,
    );
    let mut scenario = Scenario::parse("wrong", "wrong.toml", &text).unwrap();
    let error = scenario.check_short_run("wrong.toml", &text, &world, &ledger).unwrap_err().render(false);
    for part in [
        "CHM",
        "C62",
        "bann",
        "did you mean `ban`",
        "old-bam",
        "did you mean `old-ban`",
        "`revoke` takes it out",
        "no measure of the ledger has this id",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
}
