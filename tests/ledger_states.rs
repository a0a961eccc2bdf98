//! The state of a ledger on a day, computed by hand, and its laws.

mod ledgers;

use detente::ledger::{AmendmentError, Amendments, Kind, Ledger, PolicyState, average_tariff};
use detente::world::World;
use jiff::civil::{Date, date};
use ledgers::small_world;
use proptest::prelude::*;

const TRUCE: &str = r#"
ledger = { title = "A truce", sources = "made up" }

[groups]
china = ["CHN", "HKG"]

[scopes]
half-of-chips = { coverage = { C26 = "50%", others = "100%" } }

[[measure]]
id     = "us-list"
kind   = "import-tariff"
by     = "USA"
on     = "CHN"
sectors = ["C27"]
rate   = "25%"
from   = 2018-07-06
until  = 2026-01-01
source = "made up"

[[measure]]
id     = "us-fentanyl"
kind   = "import-tariff"
by     = "USA"
on     = "china"
rate   = { 2025-02-04 = "10%", 2025-03-04 = "20%" }
ends   = { on = 2026-02-20, why = "court" }
source = "made up"

[[measure]]
id     = "us-reciprocal"
kind   = "import-tariff"
by     = "USA"
on     = "*"
except = "MEX"
scope  = "half-of-chips"
rate   = { 2025-04-10 = "125%", 2025-05-14 = "34%" }
suspend = { points = "24%", from = 2025-05-14, until = [2025-08-12, 2025-11-10], then = "snap-back" }
source = "made up"

[[measure]]
id       = "cn-rare-earth"
kind     = "export-licence"
by       = "CHN"
on       = "*"
from     = 2025-04-04
approval = { 2025-04-04 = "5%" }
source   = "made up"

[[measure]]
id   = "call"
kind = "event"
from = 2025-06-05
source = "made up"
"#;

fn truce(world: &World) -> Ledger {
    Ledger::parse("truce.toml", TRUCE, world).unwrap().0
}

fn tariff(world: &World, state: &PolicyState, sector: &str, importer: &str, exporter: &str) -> f64 {
    let region = |code| world.regions.find(code).unwrap();
    let cell = world.cell(world.sectors.find(sector).unwrap(), region(importer), region(exporter));
    state.tariff[cell]
}

/// Tariff of the United States on China, per cent, in A01, C26 and C27.
fn us_on_china(world: &World, state: &PolicyState) -> [f64; 3] {
    ["A01", "C26", "C27"].map(|sector| (tariff(world, state, sector, "USA", "CHN") * 1e4).round() / 100.0)
}

/// 5 % of the world; list 25 on C27; fentanyl 10, then 20, to the court's day;
/// reciprocal 125, then 34 of which 24 are off until 10 November 2025, on half
/// of C26.
#[test]
fn the_state_before_and_after_each_change() {
    let world = small_world();
    let ledger = truce(&world);
    let cases: [(Date, [f64; 3]); 14] = [
        (date(2018, 7, 5), [5.0, 5.0, 5.0]),
        (date(2018, 7, 6), [5.0, 5.0, 30.0]),
        (date(2025, 2, 3), [5.0, 5.0, 30.0]),
        (date(2025, 2, 4), [15.0, 15.0, 40.0]),
        (date(2025, 3, 4), [25.0, 25.0, 50.0]),
        (date(2025, 4, 10), [150.0, 87.5, 175.0]),
        (date(2025, 5, 13), [150.0, 87.5, 175.0]),
        (date(2025, 5, 14), [35.0, 30.0, 60.0]),
        (date(2025, 8, 12), [35.0, 30.0, 60.0]),
        (date(2025, 11, 9), [35.0, 30.0, 60.0]),
        (date(2025, 11, 10), [59.0, 42.0, 84.0]),
        (date(2025, 12, 31), [59.0, 42.0, 84.0]),
        (date(2026, 1, 1), [59.0, 42.0, 59.0]),
        (date(2026, 2, 20), [39.0, 22.0, 39.0]),
    ];
    for (day, expected) in cases {
        assert_eq!(us_on_china(&world, &ledger.state(&world, day)), expected, "{day}");
    }
    let state = ledger.state(&world, date(2025, 5, 14));
    let percent = |sector, exporter| (tariff(&world, &state, sector, "USA", exporter) * 100.0).round();
    assert_eq!(percent("A01", "HKG"), 35.0);
    assert_eq!(percent("A01", "DEU"), 15.0);
    assert_eq!(percent("A01", "MEX"), 5.0);
    assert_eq!(percent("A01", "USA"), 0.0);
    assert_eq!(percent("SVC", "CHN"), 0.0);
    assert_eq!(tariff(&world, &state, "A01", "CHN", "USA"), 0.05);
}

#[test]
fn a_scenario_revokes_a_suspension_or_a_measure() {
    let world = small_world();
    let ledger = truce(&world);
    let day = date(2025, 6, 5);
    let state = |revoke_suspensions: &[&str], revoke_measures: &[&str]| {
        let owned = |ids: &[&str]| ids.iter().map(|id| id.to_string()).collect();
        let amendments = Amendments {
            revoke_suspensions: owned(revoke_suspensions),
            revoke_measures: owned(revoke_measures),
        };
        ledger.state_with(&world, day, &amendments)
    };
    let percent = |state: Result<PolicyState, AmendmentError>| us_on_china(&world, &state.unwrap());
    assert_eq!(percent(state(&[], &[])), [35.0, 30.0, 60.0]);
    assert_eq!(percent(state(&["us-reciprocal"], &[])), [59.0, 42.0, 84.0]);
    assert_eq!(percent(state(&[], &["us-fentanyl"])), [15.0, 10.0, 40.0]);
    insta::assert_snapshot!(state(&[], &["us-fentanil"]).unwrap_err(), @"the ledger has no measure `us-fentanil`; did you mean `us-fentanyl`?");
    insta::assert_snapshot!(state(&["us-fentanyl"], &[]).unwrap_err(), @"the measure `us-fentanyl` has no suspension to revoke; these have one: us-reciprocal");
}

#[test]
fn what_no_engine_prices_is_listed() {
    let world = small_world();
    let ledger = truce(&world);
    let listed: Vec<&str> = ledger.not_priced().map(|measure| measure.id.as_str()).collect();
    assert_eq!(listed, ["cn-rare-earth"]);
    let licence = ledger.measure("cn-rare-earth").unwrap();
    assert_eq!(licence.kind, Kind::ExportLicence);
    assert_eq!(licence.carried, [("approval".into(), "{ 2025-04-04 = \"5%\" }".into())]);
    assert_eq!(Ledger::empty().state(&world, date(2025, 1, 1)).tariff, world.tariff);
}

/// A01, C26, C27 and C28 at 35, 30, 60 and 35 %; weights 1, 1, 1 and 3.
#[test]
fn an_average_comes_with_its_weights() {
    let world = small_world();
    let state = truce(&world).state(&world, date(2025, 5, 14));
    let average = average_tariff(&world, &state, 0, 1).unwrap();
    assert!((average.simple - 0.40).abs() < 1e-12);
    assert!((average.weighted - (0.35 + 0.30 + 0.60 + 3.0 * 0.35) / 6.0).abs() < 1e-12);
    assert_eq!(average.weights, "base-year imports of world small");
    assert_eq!(average.sectors, 4);
    assert_eq!(average_tariff(&world, &state, 0, 0), None);
}

/// Pieces that mean something to the parser, in any order.
fn fragments() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "[[measure]]",
        "[scopes]",
        "[groups]",
        "\n",
        "\n",
        " = ",
        "{ ",
        " }",
        "[",
        "]",
        ", ",
        "\"",
        "id",
        "kind",
        "by",
        "on",
        "rate",
        "from",
        "until",
        "ends",
        "suspend",
        "points",
        "coverage",
        "sectors",
        "others",
        "scope",
        "\"import-tariff\"",
        "\"event\"",
        "\"USA\"",
        "\"*\"",
        "\"CHN\"",
        "2025-02-04",
        "2025-02-30",
        "0000-00-00",
        "9999-12-31",
        "\"25%\"",
        "\"-1%\"",
        "25",
        "1e400",
        "inf",
        "0x_1",
        "true",
        "é",
        "\u{0}",
        "'''",
        "#",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn no_fragments_make_the_reader_panic(text in fragments()) {
        read(&text);
    }

    /// A good ledger with a stretch cut out and something put in its place.
    #[test]
    fn no_mutation_makes_the_reader_panic(cut in 0..TRUCE.len(), length in 0..40usize, put in fragments()) {
        let end = (cut + length).min(TRUCE.len());
        read(&format!("{}{}{}", &TRUCE[..cut], put, &TRUCE[end..]));
    }

    /// Steps before the day of a state do not depend on those after it, and a
    /// rate is never negative.
    #[test]
    fn tariffs_never_fall_below_the_world(offset in 0..4000i32) {
        use jiff::ToSpan;
        let world = small_world();
        let day = date(2017, 1, 1).checked_add(offset.days()).unwrap();
        let state = truce(&world).state(&world, day);
        prop_assert!(state.tariff.iter().zip(&world.tariff).all(|(now, base)| now >= base));
    }
}

/// The depth of a file is its writer's choice; the stack is not.
#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    read(&format!("a = {}", "[".repeat(100_000)));
    read(&format!("a = {}", "{ b = ".repeat(100_000)));
    read(&format!("[{}a]", "a.".repeat(2_000)));
}

/// Reads whatever it is, and draws the report.
fn read(text: &str) {
    let world = small_world();
    match Ledger::parse("x.toml", text, &world) {
        Ok((ledger, _)) => {
            ledger.state(&world, date(2025, 6, 5));
        }
        Err(error) => {
            assert!(!error.render(false).is_empty());
            assert!(!error.problems().is_empty());
            error.to_json();
        }
    }
}
