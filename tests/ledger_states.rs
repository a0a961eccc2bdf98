//! The state of a ledger on a day, computed by hand, and its laws.

mod ledgers;

use detente::ledger::{AmendmentError, Amendments, Kind, Ledger, Measure, PolicyState, average_tariff};
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
            ..Amendments::default()
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

/// 34 % of which 24 points are suspended is 10 %; set to 50 % it levies 40 more, and half
/// of that on C26, of which it covers half.
#[test]
fn a_scenario_sets_what_a_measure_levies() {
    let world = small_world();
    let ledger = truce(&world);
    let state = |set: &[(&str, f64)], revoke: &[&str]| {
        let amendments = Amendments {
            set: set.iter().map(|(id, value)| (id.to_string(), *value)).collect(),
            revoke_measures: revoke.iter().map(|id| id.to_string()).collect(),
            ..Amendments::default()
        };
        ledger.state_with(&world, date(2025, 6, 5), &amendments)
    };
    let percent = |state: Result<PolicyState, AmendmentError>| us_on_china(&world, &state.unwrap());
    let [before, after] = [percent(state(&[], &[])), percent(state(&[("us-reciprocal", 0.5)], &[]))];
    let full = percent(state(&[("us-reciprocal", 0.1)], &[]));
    assert_eq!(full, before, "10 points are what it levies after the suspension");
    assert_eq!([0, 1, 2].map(|at| after[at] - before[at]), [40.0, 20.0, 40.0]);
    insta::assert_snapshot!(state(&[("us-reciprocol", 0.5)], &[]).unwrap_err(), @"the ledger has no measure `us-reciprocol`; did you mean `us-reciprocal`?");
    insta::assert_snapshot!(state(&[("us-reciprocal", 0.5)], &["us-reciprocal"]).unwrap_err(), @"the measure `us-reciprocal` is both revoked and set");
}

#[test]
fn a_licence_with_an_approval_is_priced() {
    let world = small_world();
    let ledger = truce(&world);
    // A licence with an approval share is a limit, and priced.
    assert_eq!(ledger.not_priced().count(), 0);
    let licence = ledger.measure("cn-rare-earth").unwrap();
    assert_eq!(licence.kind, Kind::ExportLicence);
    assert_eq!(licence.approval.steps(), [(date(2025, 4, 4), 0.05)]);
    assert_eq!(Ledger::empty().state(&world, date(2025, 1, 1)).tariff, world.tariff);
}

const KINDS: &str = r#"
ledger = { title = "One of each kind", sources = "made up" }

[[measure]]
id = "tariff"
kind = "import-tariff"
by = "USA"
on = ["CHN", "HKG"]
rate = { 2020-01-01 = "40%" }
source = "made up"

[[measure]]
id = "exclusions"
kind = "tariff-exemption"
of = "tariff"
on = "CHN"
share = { 2021-01-01 = "25%", 2022-01-01 = "0%" }
source = "made up"

[[measure]]
id = "waivers"
kind = "tariff-exemption"
of = ["tariff"]
share = "50%"
from = 2021-06-01
source = "made up"

[[measure]]
id = "tax"
kind = "export-tax"
by = "CHN"
on = "USA"
coverage = { C27 = "50%" }
rate = "20%"
from = 2020-01-01
until = 2023-01-01
source = "made up"

[[measure]]
id = "support"
kind = "subsidy"
by = "CHN"
on = "DEU"
sectors = ["C27"]
rate = "10%"
from = 2020-01-01
source = "made up"

[[measure]]
id = "quota"
kind = "import-quota"
by = "DEU"
on = "CHN"
coverage = { C26 = "50%" }
quantity = { 2020-01-01 = "80%", 2021-01-01 = "60%" }
source = "made up"

[[measure]]
id = "ban"
kind = "export-ban"
by = "CHN"
on = "DEU"
coverage = { C26 = "10%" }
from = 2020-06-01
until = 2021-06-01
source = "made up"

[[measure]]
id = "licence"
kind = "export-licence"
by = "CHN"
on = "USA"
coverage = { C27 = "20%" }
approval = { 2020-01-01 = "5%", 2021-01-01 = "100%" }
wait = "42 days"
cost = { 2020-01-01 = "10%" }
source = "made up"

[[measure]]
id = "visas"
kind = "visa-restriction"
by = "USA"
on = "CHN"
cost = "5%"
from = 2020-01-01
source = "made up"

[[measure]]
id = "ships"
kind = "port-fee"
by = "USA"
on = "CHN"
sectors = ["A01"]
cost = "2%"
from = 2020-01-01
source = "made up"

[[measure]]
id = "list"
kind = "entity-listing"
by = "USA"
on = "CHN"
from = 2020-01-01
source = "made up"

[[measure]]
id = "promise"
kind = "purchase-commitment"
by = "CHN"
on = "USA"
from = 2020-01-01
source = "made up"
"#;

/// Tariff 40 %, of which exclusions leave 75 % in 2021 and waivers half from
/// June: 40, 30, 15, 20; Hong Kong is not excluded: 40, 40, 20, 20. World 5 %.
/// Tax: 50 % of 20 %. Quota: 80 and 60 % of half of the goods; the
/// ban: nothing of a tenth, from June 2020 to June 2021. Licence: 5 % of a fifth, 1 − 0.2·0.95, 6 weeks, 1 + 0.2·0.1.
#[test]
fn every_kind_moves_its_array() {
    let world = small_world();
    let ledger =
        Ledger::parse("kinds.toml", KINDS, &world).unwrap_or_else(|e| panic!("{}", e.render(false))).0;
    let on = |day| ledger.state(&world, day);
    let cell = |sector, importer, exporter| {
        let region = |code| world.regions.find(code).unwrap();
        world.cell(world.sectors.find(sector).unwrap(), region(importer), region(exporter))
    };
    let near = |got: f64, want: f64| assert!((got - want).abs() < 1e-12, "{got} against {want}");
    for (day, china, hong_kong) in [
        (date(2020, 6, 1), 0.40, 0.40),
        (date(2021, 1, 1), 0.30, 0.40),
        (date(2021, 6, 1), 0.15, 0.20),
        (date(2022, 1, 1), 0.20, 0.20),
    ] {
        near(tariff(&world, &on(day), "C28", "USA", "CHN"), 0.05 + china);
        near(tariff(&world, &on(day), "C28", "USA", "HKG"), 0.05 + hong_kong);
    }
    let (before, first) = (on(date(2019, 12, 31)), on(date(2020, 1, 1)));
    let (summer, later, end) = (on(date(2020, 6, 1)), on(date(2021, 6, 1)), on(date(2023, 1, 1)));
    let taxed = cell("C27", "USA", "CHN");
    near(first.export_tax[taxed], 0.10);
    near(end.export_tax[taxed], 0.0);
    near(first.export_tax[cell("C27", "DEU", "CHN")], -0.10);
    let capped = cell("C26", "DEU", "CHN");
    let caps = |state: &PolicyState, cell: usize| -> Vec<(String, f64, f64, f64)> {
        let flows = state.caps.iter().flat_map(|cap| cap.flows.iter().map(move |flow| (cap, flow)));
        flows
            .filter(|(_, flow)| flow.0 == cell)
            .map(|(cap, flow)| (cap.measure.to_string(), flow.1, cap.quantity, cap.importer_rent))
            .collect()
    };
    let quota = |quantity| ("quota".to_owned(), 0.5, quantity, 1.0);
    let ban = || ("ban".to_owned(), 0.1, 0.0, 0.0);
    assert_eq!(caps(&before, capped), []);
    assert_eq!(caps(&first, capped), [quota(0.8)]);
    assert_eq!(caps(&summer, capped), [quota(0.8), ban()]);
    assert_eq!(caps(&later, capped), [quota(0.6)]);
    assert_eq!(caps(&first, cell("C26", "CHN", "DEU")), []);
    near(first.approval[taxed], 0.81);
    assert_eq!(caps(&first, taxed), [("licence".to_owned(), 0.2, 0.05, 0.0)]);
    near(first.licence_wait_weeks[taxed], 6.0);
    near(first.iceberg_hat[taxed], 1.02);
    near(later.approval[taxed], 1.0);
    assert_eq!(caps(&later, taxed), []);
    near(first.iceberg_hat[cell("SVC", "CHN", "USA")], 1.05);
    near(first.iceberg_hat[cell("C26", "CHN", "USA")], 1.0);
    near(first.iceberg_hat[cell("A01", "USA", "CHN")], 1.02);
    assert_eq!(before, PolicyState::of_world(&world, date(2019, 12, 31)));
    let unpriced = |day| ledger.not_priced_on(day).map(|m| m.id.as_str()).collect::<Vec<_>>();
    assert_eq!(unpriced(date(2019, 12, 31)), [""; 0]);
    assert_eq!(unpriced(date(2020, 6, 1)), ["list", "promise"]);
    assert_eq!(unpriced(date(2021, 6, 1)), ["list", "promise"]);
}

const READ: &str = r#"
ledger = { title = "Two readings", sources = "made up" }

[[measure]]
id = "licence"
kind = "export-licence"
by = "CHN"
on = "USA"
sectors = ["C27"]
approval = { 2025-04-04 = "5%", 2025-06-05 = "25%", 2025-06-27 = "60%" }
wait = "6 weeks"
source = "made up"
status = "disputed"
[[measure.reading]]
id = "washington"
evidence = [{ account = "us", span = [512, 590] }]
approval = { 2025-06-06 = "100%" }
wait = "1 week"
[[measure.reading]]
id = "beijing"
evidence = [{ account = "cn", silent = true }]
approval = { 2025-06-06 = "25%" }

[[measure]]
id = "parts"
kind = "entity-listing"
by = "USA"
on = "CHN"
sectors = ["C28"]
cost = "10%"
from = 2025-05-28
source = "made up"
[[measure.reading]]
id = "washington"
evidence = [{ account = "us" }]
until = 2025-06-06

[[measure]]
id = "truce"
kind = "import-tariff"
by = "USA"
on = "CHN"
sectors = ["A01"]
rate = "34%"
from = 2025-05-14
suspend = { points = "24%", from = 2025-05-14, until = 2025-08-12 }
source = "made up"
[[measure.reading]]
id = "beijing"
evidence = [{ account = "cn" }]
from = 2025-05-20
"#;

/// Before 6 June the two readings of the licence are one; from then on they differ.
#[test]
fn a_reading_overrides_from_its_first_day_on() {
    let world = small_world();
    let ledger = Ledger::parse("read.toml", READ, &world).unwrap_or_else(|e| panic!("{}", e.render(false))).0;
    assert_eq!(ledger.readings(), ["washington", "beijing"]);
    let (washington, beijing) = (ledger.as_read_by("washington"), ledger.as_read_by("beijing"));
    for (day, plain, us, cn) in [
        (date(2025, 4, 4), 0.05, 0.05, 0.05),
        (date(2025, 6, 5), 0.25, 0.25, 0.25),
        (date(2025, 6, 6), 0.25, 1.0, 0.25),
        (date(2025, 6, 27), 0.60, 1.0, 0.25),
    ] {
        let approval = |ledger: &Ledger| ledger.measure("licence").unwrap().approval_on(day);
        assert_eq!([&ledger, &washington, &beijing].map(approval), [plain, us, cn], "{day}");
    }
    let cost = |ledger: &Ledger| ledger.measure("parts").unwrap().cost_on(date(2025, 6, 6));
    assert_eq!([&ledger, &washington, &beijing].map(cost), [0.10, 0.0, 0.10]);
    assert_eq!(washington.measure("licence").unwrap().wait_weeks, Some(1.0));
    let rate = |ledger: &Ledger, day| (ledger.measure("truce").unwrap().rate_on(day) * 100.0).round();
    assert_eq!([rate(&washington, date(2025, 5, 19)), rate(&beijing, date(2025, 5, 19))], [10.0, 0.0]);
    assert_eq!(rate(&beijing, date(2025, 5, 20)), 10.0);
    assert_eq!(ledger.as_read_by("nobody"), ledger);
}

#[test]
fn a_scenario_extends_and_adds() {
    let world = small_world();
    let ledger = Ledger::parse("read.toml", READ, &world).unwrap().0;
    let extend =
        |id: &str, day| Amendments { extend_suspensions: vec![(id.into(), day)], ..Amendments::default() };
    let rate = |ledger: &Ledger| (ledger.measure("truce").unwrap().rate_on(date(2025, 9, 1)) * 100.0).round();
    let longer = ledger.amended(&extend("truce", date(2025, 11, 10))).unwrap();
    assert_eq!([rate(&ledger), rate(&longer)], [34.0, 10.0]);
    let sunsets = &longer.measure("truce").unwrap().suspension.as_ref().unwrap().until;
    assert_eq!(sunsets[..], [date(2025, 8, 12), date(2025, 11, 10)]);
    insta::assert_snapshot!(ledger.check(&extend("truce", date(2025, 5, 14))).unwrap_err(), @"the suspension of `truce` cannot end on 2025-05-14: it begins on 2025-05-14");
    let parts = ledger.measure("parts").unwrap().clone();
    let new = Amendments {
        add: vec![Measure { id: "more".into(), ..parts.clone() }].into(),
        ..Amendments::default()
    };
    assert_eq!(ledger.amended(&new).unwrap().measures.len(), 4);
    let taken = Amendments { add: vec![parts].into(), ..Amendments::default() };
    insta::assert_snapshot!(ledger.amended(&taken).unwrap_err(), @"the ledger already has a measure `parts`");
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
        "[[measure.reading]]",
        "evidence",
        "account",
        "span",
        "approval",
        "quantity",
        "cost",
        "wait",
        "\"6 weeks\"",
        "\"export-licence\"",
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
