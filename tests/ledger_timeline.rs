//! The time line: every change of the ledger, no other, and a chart that a person can read.
#![cfg(feature = "cli")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use detente::ledger::timeline::What;
use detente::ledger::{Ledger, shipped};
use detente::world::World;
use jiff::civil::Date;

fn detente(arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(arguments.split_whitespace())
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

#[track_caller]
fn printed(arguments: &str) -> String {
    let output = detente(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn rows(file: &str) -> Vec<csv::StringRecord> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
    csv::Reader::from_path(path).unwrap().records().map(Result::unwrap).collect()
}

fn parse(text: &str) -> Ledger {
    let world = World::shipped("icio-2022").unwrap();
    Ledger::parse("x.toml", text, &world).unwrap_or_else(|e| panic!("{}", e.render(false))).0
}

/// The lines of a text that are at most 100 characters, as a terminal without a width gets them.
#[test]
fn the_chart_of_the_shipped_ledger() {
    let out = printed("ledger timeline");
    let (chart, list) = out.split_once("\n\n  1  ").unwrap();
    assert!(chart.lines().filter(|line| line.contains(['┤', '│', '└'])).all(|l| l.chars().count() <= 100));
    insta::assert_snapshot!("chart", chart);
    insta::assert_snapshot!("list", format!("  1  {list}"));
}

#[test]
fn the_table_has_every_day_of_change_and_no_other() {
    for name in shipped::names() {
        let ledger = parse(shipped::text(name).unwrap());
        for (position, measure) in ledger.measures.iter().enumerate() {
            let changes = ledger.changes();
            let own = changes.iter().filter(|change| change.measure == position);
            let days: BTreeSet<Date> = own.map(|change| change.date).collect();
            let expected: BTreeSet<Date> = measure.change_dates().into_iter().collect();
            assert_eq!(days, expected, "{}", measure.id);
        }
        printed(&format!("ledger timeline --ledger {name} --csv {name}.csv"));
        let days: BTreeSet<Date> =
            rows(&format!("{name}.csv")).iter().map(|row| row[0].parse().unwrap()).collect();
        assert_eq!(days.into_iter().collect::<Vec<_>>(), ledger.change_dates());
    }
}

/// The path of `ledger rates`, day by day.
#[test]
fn the_averages_are_those_of_rates() {
    for (by, on) in [("USA", "CHN"), ("CHN", "USA")] {
        let pair = format!("--importer {by} --exporter {on}");
        printed(&format!("ledger timeline {pair} --averages-csv {by}-averages.csv"));
        printed(&format!("ledger rates {pair} --csv {by}-rates.csv"));
        let averages = rows(&format!("{by}-averages.csv"));
        for rate in rows(&format!("{by}-rates.csv")) {
            let same = averages.iter().find(|row| row[0] == rate[0]).unwrap();
            for (mine, other) in [(&same[3], &rate[1]), (&same[4], &rate[2])] {
                let difference = mine.parse::<f64>().unwrap() - other.parse::<f64>().unwrap();
                assert!(difference.abs() < 1e-6, "{rate:?}");
            }
        }
        assert!(averages.iter().all(|row| !row[5].is_empty()), "an average without its weights");
    }
}

/// Every kind of change, in words.
#[test]
fn changes_in_words() {
    let ledger = parse(
        r#"
ledger = { title = "A test" }

[[measure]]
id = "duty"
kind = "import-tariff"
by = "USA"
on = "CHN"
rate = { 2025-04-05 = "10%", 2025-04-10 = "125%", 2025-05-14 = "34%" }
suspend = { points = "24%", from = 2025-05-14, until = [2025-08-12, 2025-11-10] }
ends = { on = 2026-02-20, why = "court" }
source = "made up"

[[measure]]
id = "magnets"
kind = "export-licence"
by = "CHN"
on = "*"
sectors = ["C27"]
approval = { 2025-04-04 = "5%", 2025-06-27 = "60%" }
wait = "45 days"
source = "made up"

[[measure]]
id = "gallium"
kind = "export-ban"
by = "CHN"
on = "USA"
from = 2024-12-03
suspend = { from = 2025-11-09, until = 2026-11-28 }
source = "made up"

[[measure]]
id = "call"
kind = "event"
from = 2025-06-05
source = "readouts"
"#,
    );
    let told: Vec<String> = ledger
        .changes()
        .iter()
        .map(|change| {
            let measure = &ledger.measures[change.measure];
            format!("{} {}: {}", change.date, measure.id, change.in_words(measure))
        })
        .collect();
    assert_eq!(
        told,
        [
            "2024-12-03 gallium: starts (ban)",
            "2025-04-04 magnets: starts (licence needed)",
            "2025-04-04 magnets: approval 5 %",
            "2025-04-05 duty: starts at 10 %",
            "2025-04-10 duty: 10 % → 125 %",
            "2025-05-14 duty: 125 % → 34 %",
            "2025-05-14 duty: 24 points suspended until 2025-08-12, extended to 2025-11-10; 10 % levied",
            "2025-06-05 call: readouts",
            "2025-06-27 magnets: approval 5 % → 60 %",
            "2025-11-09 gallium: suspended in full until 2026-11-28",
            "2025-11-10 duty: 24 points snap back; 34 % levied",
            "2026-02-20 duty: 34 % ends (court)",
            "2026-11-28 gallium: applies again",
        ]
    );
    let events = ledger.changes().iter().filter(|change| change.what == What::Event).count();
    assert_eq!(events, 1);
    let on = |id: &str, day: &str| ledger.measure(id).unwrap().effect_in_words(day.parse().unwrap());
    assert_eq!(on("duty", "2025-06-05"), "10 % (34 % less 24 suspended until 2025-08-12)");
    assert_eq!(on("duty", "2025-09-01"), "10 % (34 % less 24 suspended until 2025-11-10)");
    assert_eq!(on("magnets", "2025-06-05"), "licence needed: 5 % approved, 6.4 weeks' wait");
    assert_eq!(on("gallium", "2025-12-01"), "suspended until 2026-11-28 (ban)");
}

#[test]
fn what_cannot_be_read_is_answered_with_what_can() {
    for (arguments, said) in [
        ("--from 2025-06-31", "is not a day of the calendar"),
        ("--from 2026-01-01 --to 2025-01-01", "has no days"),
        ("--importer USA --exporter CHM", "or `CHN`?"),
        ("--importer USA --exporter USA", "does not tax itself"),
        ("--importer USA", "--exporter"),
        ("--importer USA --exporter CHN --importer CHN", "every --importer its --exporter"),
        ("--reading china", "reading"),
    ] {
        let output = detente(&format!("ledger timeline {arguments}"));
        let report = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments}: {report}");
        assert!(report.contains(said), "{arguments}: {report}");
    }
}
