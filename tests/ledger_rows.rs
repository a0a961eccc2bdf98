//! The ledger `us-china` states every row of the table of record.
//!
//! The table (86 dated measures, `data/ledger/us_china_measures.csv`) is a
//! source and does not ship: `DETENTE_DATA` names the folder that has `data/` in
//! it, or a folder `shared` stands beside the project. The last test needs none.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use detente::ledger::{Kind, Ledger, Measure, shipped};
use detente::world::World;
use jiff::ToSpan;
use jiff::civil::Date;

/// Suspended or dropped before the first day: not in force on it.
const NEVER_APPLIED: [(&str, &str); 6] = [
    ("US301-L4B", "suspended two days before"),
    ("CN301R-L4B", "suspended with the list that it answers"),
    ("US-100-THREAT", "a statement; dropped with the truce"),
    ("CN-OCT9-61", "suspended on 7 November, was to begin on 1 December"),
    ("CN-OCT9-57", "suspended on 7 November, was to begin on the 8th"),
    ("CN-OCT9-556", "suspended on 7 November, was to begin on the 8th"),
];

/// Replaced by a higher rate before the first day.
const RAISED_BEFORE: [&str; 2] = ["US-RECIP-34", "CN-APR34"];

/// One measure with a level set to a published average stands for these lists:
/// it moves on their days, not to their rates.
const CALIBRATED: [&str; 8] = [
    "CN232R-18",
    "CN301R-L1",
    "CN301R-L2",
    "CN301R-L3a",
    "CN-AUTO-SUSP",
    "CN301R-L3b",
    "CN301R-L4A",
    "PH1-CN",
];

/// Rows with a rate that no tariff of a ledger can state.
const WITHOUT_A_TARIFF: [(&str, &str); 2] = [
    ("US-DEMIN", "small parcels, which are not in the trade of a world"),
    ("US-ELEC-EX", "an exemption: a duty gives way to it"),
];

/// The table names the day to which these run, not their last day.
const RUN_TO_A_DAY: [&str; 3] = ["BUSAN", "BUSAN-US24", "BUSAN-CN24"];

type Row = BTreeMap<String, String>;

fn table() -> Option<Vec<Row>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("DETENTE_DATA").map_or(beside, PathBuf::from);
    let path = folder.join("data/ledger/us_china_measures.csv");
    if !path.is_file() {
        eprintln!("SKIPPED: no table of record; name the folder that has data/ledger in DETENTE_DATA");
        return None;
    }
    let mut reader = csv::Reader::from_path(path).unwrap();
    let rows: Vec<Row> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 86);
    Some(rows)
}

fn world() -> World {
    World::shipped("icio-2022").unwrap()
}

fn ledger(world: &World) -> Ledger {
    let text = shipped::text("us-china").unwrap();
    let (ledger, warnings) =
        Ledger::parse("us-china", text, world).unwrap_or_else(|error| panic!("{}", error.render(false)));
    assert!(warnings.is_empty(), "{warnings:?}");
    ledger
}

/// The measures that state a row; there is one at least.
fn stating<'l>(ledger: &'l Ledger, id: &str) -> Vec<&'l Measure> {
    let found: Vec<&Measure> =
        ledger.measures.iter().filter(|measure| measure.rows.iter().any(|row| row == id)).collect();
    assert!(!found.is_empty(), "no measure states {id}");
    found
}

/// Every day that a measure names: its changes, and the days of its suspension
/// on which nothing changes because it was extended or had not begun.
fn days(measure: &Measure) -> Vec<Date> {
    let pause = measure.suspension.iter().flat_map(|pause| pause.until.iter().chain([&pause.from]));
    measure.change_dates().into_iter().chain(pause.copied()).collect()
}

fn day(row: &Row, column: &str) -> Option<Date> {
    (!row[column].is_empty()).then(|| row[column].parse().unwrap())
}

/// First day that the table gives.
fn first(row: &Row) -> Date {
    day(row, "date_effective").unwrap()
}

fn kinds(instrument: &str) -> &'static [Kind] {
    match instrument {
        "tariff exemption" | "tariff exclusion" | "tariff exclusion process" => &[Kind::TariffExemption],
        "purchase commitment" => &[Kind::PurchaseCommitment],
        "export licence + entity listing" => &[Kind::ExportLicence, Kind::EntityListing],
        "export ban" | "export ban suspension" => &[Kind::ExportBan],
        "entity listing" => &[Kind::EntityListing],
        "visa restriction" => &[Kind::VisaRestriction],
        "port fee" => &[Kind::PortFee],
        "event" | "framework" | "de minimis removal" => &[Kind::Event],
        licence if licence.starts_with("export ") => &[Kind::ExportLicence],
        tariff if tariff.contains("tariff") => &[Kind::ImportTariff],
        other => panic!("no kind for {other}"),
    }
}

#[test]
fn every_row_is_stated_and_no_other() {
    let Some(table) = table() else { return };
    let ledger = ledger(&world());
    let known: BTreeSet<&str> = table.iter().map(|row| row["id"].as_str()).collect();
    let stated: BTreeSet<&str> =
        ledger.measures.iter().flat_map(|measure| &measure.rows).map(String::as_str).collect();
    assert_eq!(stated, known);
    for row in &table {
        let measures = stating(&ledger, &row["id"]);
        for kind in kinds(&row["instrument"]) {
            assert!(
                measures.iter().any(|measure| measure.kind == *kind),
                "{}: no {}",
                row["id"],
                kind.name()
            );
        }
    }
}

#[test]
fn the_sides_are_those_of_the_table() {
    let Some(table) = table() else { return };
    let world = world();
    let ledger = ledger(&world);
    let region = |code: &str| world.regions.find(code).unwrap();
    for row in &table {
        let actor = row["implementer"].as_str();
        let target = match row["target"].as_str() {
            "ALL" if actor == "USA" => "CHN",
            "ALL" => "USA",
            named => named,
        };
        for measure in stating(&ledger, &row["id"]) {
            assert!(measure.by.contains(&region(actor)), "{}: {} is not by {actor}", row["id"], measure.id);
            assert!(measure.on.contains(&region(target)), "{}: {} is not on {target}", row["id"], measure.id);
        }
    }
}

#[test]
fn the_days_are_those_of_the_table() {
    let Some(table) = table() else { return };
    let ledger = ledger(&world());
    for row in &table {
        let id = row["id"].as_str();
        let named: BTreeSet<Date> = stating(&ledger, id).into_iter().flat_map(days).collect();
        assert!(named.contains(&first(row)), "{id}: nothing happens on {}: {named:?}", first(row));
        // The table has the last day, the ledger the first day after.
        let Some(last) = day(row, "date_end_or_suspended_until") else { continue };
        let end = if RUN_TO_A_DAY.contains(&id) { last } else { last.checked_add(1.day()).unwrap() };
        assert!(named.contains(&end), "{id}: nothing happens on {end}: {named:?}");
    }
}

#[test]
fn what_never_applied_is_not_in_force() {
    let Some(table) = table() else { return };
    let ledger = ledger(&world());
    for row in &table {
        let id = row["id"].as_str();
        let measures = stating(&ledger, id);
        let never = NEVER_APPLIED.iter().any(|(other, _)| *other == id);
        for measure in measures.iter().filter(|measure| measure.change_dates().contains(&first(row))) {
            // A row that ends or suspends something has its day in common with it.
            let ends = [
                "tariff removal",
                "tariff termination",
                "export control suspension",
                "export ban suspension",
            ];
            let ends = ends.contains(&row["instrument"].as_str());
            let let_off = id == "US232-ANNEX" && measure.end.is_some();
            let in_force = measure.is_in_force(first(row));
            assert_eq!(in_force, !never && !ends && !let_off, "{id}: {} on {}", measure.id, first(row));
        }
    }
}

#[test]
fn the_rates_are_those_of_the_table() {
    let Some(table) = table() else { return };
    let ledger = ledger(&world());
    let (mut plain, mut tiers) = (0, 0);
    for row in table.iter().filter(|row| !row["rate_level_pct"].is_empty()) {
        let (id, day) = (row["id"].as_str(), first(row));
        let measures = stating(&ledger, id);
        let tariffs = || measures.iter().filter(|measure| measure.kind == Kind::ImportTariff);
        let without = WITHOUT_A_TARIFF.iter().any(|(other, _)| *other == id);
        assert_eq!(tariffs().count() == 0, without, "{id}");
        if without {
            continue;
        }
        if CALIBRATED.contains(&id) {
            let ids: Vec<&str> = tariffs().map(|measure| measure.id.as_str()).collect();
            assert_eq!(ids, ["cn-retaliation-2018-2020"]);
            let before = measures[0].rate_on(day.checked_sub(1.day()).unwrap());
            let falls = row["rate_change_pp"].starts_with('-');
            assert_eq!(measures[0].rate_on(day) < before, falls, "{id}");
            assert_ne!(measures[0].rate_on(day), before, "{id}");
            continue;
        }
        let never = NEVER_APPLIED.iter().any(|(other, _)| *other == id);
        let rates: Vec<f64> = tariffs()
            .map(|measure| if never { measure.rate_unsuspended(day) } else { measure.rate_on(day) })
            .map(|rate| rate * 100.0)
            .collect();
        let highest = rates.iter().copied().fold(0.0, f64::max);
        if RAISED_BEFORE.contains(&id) {
            let announced: f64 = row["rate_level_pct"].parse().unwrap();
            assert!(highest > announced, "{id}: {highest} instead of {announced}");
            continue;
        }
        let (low, high) = match row["rate_level_pct"].split_once('-') {
            Some((low, high)) => (low.parse::<f64>().unwrap(), high.parse::<f64>().unwrap()),
            None => (0.0, row["rate_level_pct"].parse().unwrap()),
        };
        assert!((highest - high).abs() < 0.01, "{id} on {day}: {highest} instead of {high}");
        assert!(rates.iter().all(|rate| *rate > low - 0.01), "{id} on {day}: {rates:?} below {low}");
        *(if row["rate_level_pct"].contains('-') { &mut tiers } else { &mut plain }) += 1;
    }
    assert_eq!((plain, tiers), (PLAIN, TIERS));
}

/// Rows with one rate and with several, less the exceptions above.
const PLAIN: usize = 35;
const TIERS: usize = 7;

#[test]
fn what_the_table_has_from_memory_is_marked() {
    let Some(table) = table() else { return };
    let ledger = ledger(&world());
    let from_memory = table.iter().filter(|row| row["verified_by"].contains("recall"));
    for row in from_memory {
        let marked = stating(&ledger, &row["id"]).into_iter().any(|measure| measure.recall.is_some());
        assert!(marked, "{}: {}", row["id"], row["verified_by"]);
    }
}

/// What the ledger says of each row, without the table.
#[test]
fn the_ledger_names_86_rows() {
    let ledger = ledger(&world());
    let mut lines = Vec::new();
    for measure in &ledger.measures {
        let start = measure.start().unwrap();
        let rate = match measure.kind {
            Kind::ImportTariff => format!("{:.2} %", measure.rate_unsuspended(start) * 100.0),
            _ => measure.kind.name().to_owned(),
        };
        let recall = measure.recall.as_deref().unwrap_or("");
        for row in &measure.rows {
            lines.push(format!("{row} | {} | {start} | {rate} | {recall}", measure.id).trim_end().to_owned());
        }
    }
    let rows: BTreeSet<&str> = lines.iter().filter_map(|line| line.split(" | ").next()).collect();
    assert_eq!(rows.len(), 86);
    lines.sort_unstable();
    insta::assert_snapshot!(lines.join("\n"));
}
