//! Goods by product code, duties that meet on one good, and published rates.

mod ledgers;

use detente::ledger::stacking::line_average;
use detente::ledger::{Amendments, Ledger, shipped};
use detente::scenario::Scenario;
use detente::world::World;
use jiff::civil::{Date, date};
use ledgers::small_world;

fn parse(world: &World, measures: &str) -> Ledger {
    let text = format!("ledger = {{ title = \"A test\", codes = \"HS2022\" }}\n{measures}");
    Ledger::parse("x.toml", &text, world).unwrap_or_else(|error| panic!("{}", error.render(false))).0
}

fn measure(id: &str, rest: &str) -> String {
    format!(
        "[[measure]]\nid = \"{id}\"\nkind = \"import-tariff\"\nby = \"USA\"\non = \"CHN\"\n\
         from = 2025-01-01\nsource = \"made up\"\n{rest}\n"
    )
}

/// Tariff of the United States on China in machinery, without the base of 5 %.
fn machinery(world: &World, ledger: &Ledger, day: Date) -> f64 {
    ledger.state(world, day).tariff[world.cell(3, 0, 1)] - 0.05
}

const DAY: Date = date(2025, 6, 1);

/// 50 % on 30 % of the value; 10 % on the other 70 %: 0.15 + 0.07 = 0.22.
#[test]
fn a_measure_gives_way_on_exactly_the_value_that_the_other_hits() {
    let world = small_world();
    let text = measure("metals", "rate = \"50%\"\nshare = \"30%\"")
        + &measure("rest", "rate = \"10%\"\nnot_with = [\"met*\"]");
    let ledger = parse(&world, &text);
    assert!((machinery(&world, &ledger, DAY) - 0.22).abs() < 1e-12);
    // Called off, the first leaves the whole value to the second.
    let off = Amendments { revoke_measures: vec!["metals".into()], ..Amendments::default() };
    let state = ledger.state_with(&world, DAY, &off).unwrap();
    assert!((state.tariff[world.cell(3, 0, 1)] - 0.15).abs() < 1e-12);
}

/// 25 % and 7.5 % of one group: 25 %; a third outside of it adds 10 %.
#[test]
fn of_a_group_the_highest_counts() {
    let world = small_world();
    let group = "group = \"lists\"\nstack = \"highest\"";
    let text = measure("one", &format!("rate = \"7.5%\"\n{group}"))
        + &measure("two", &format!("rate = \"25%\"\n{group}"))
        + &measure("all", "rate = \"10%\"");
    assert!((machinery(&world, &parse(&world, &text), DAY) - 0.35).abs() < 1e-12);
}

/// Germany's base duty on China is 5 %; a floor of 15 % adds 10 points.
#[test]
fn a_floor_fills_the_base_duty() {
    let world = small_world();
    let text = measure("floor", "rate = \"15%\"\nfloor = \"15%\"").replace("\"USA\"", "\"DEU\"");
    let state = parse(&world, &text).state(&world, DAY);
    assert!((state.tariff[world.cell(3, 3, 1)] - 0.15).abs() < 1e-12);
}

/// An exemption takes its goods away from its first day to its end.
#[test]
fn an_exemption_has_dates_of_its_own() {
    let world = small_world();
    let text = measure("duty", "rate = \"10%\"\nnot_with = [\"let-off\"]")
        + "[[measure]]\nid = \"let-off\"\nkind = \"tariff-exemption\"\nby = \"USA\"\non = \"CHN\"\n\
           from = 2025-06-01\nuntil = 2025-07-01\nsource = \"made up\"\n";
    let ledger = parse(&world, &text);
    for (day, rate) in [(date(2025, 5, 31), 0.1), (DAY, 0.0), (date(2025, 7, 1), 0.1)] {
        assert!((machinery(&world, &ledger, day) - rate).abs() < 1e-12, "{day}");
    }
    assert_eq!(ledger.not_priced().count(), 0);
}

/// Half of the duty on Hong Kong is let off, none of that on China, which comes first.
#[test]
fn an_exemption_of_one_exporter_leaves_the_next_as_it_is() {
    let world = small_world();
    let text = measure("duty", "rate = \"10%\"\nshare = \"50%\"").replace("\"CHN\"", "[\"CHN\", \"HKG\"]")
        + "[[measure]]\nid = \"let-off\"\nkind = \"tariff-exemption\"\nby = \"USA\"\non = \"HKG\"\nof = \"duty\"\n\
           share = \"50%\"\nfrom = 2025-01-01\nsource = \"made up\"\n";
    let state = parse(&world, &text).state(&world, DAY);
    for (exporter, rate) in [(1, 0.05), (2, 0.025)] {
        let tariff = state.tariff[world.cell(3, 0, exporter)] - 0.05;
        assert!((tariff - rate).abs() < 1e-12, "{exporter}: {tariff}");
    }
}

/// A product duty of 30 % that meets no other: by sector and by line the same.
#[test]
fn a_duty_that_meets_no_other_is_the_same_by_sector_and_by_line() {
    let world = small_world();
    let scope = "[scopes]\ndiggers = { hs = [\"8429\", \"8505\"] }\n";
    let duty = measure("duty", "rate = \"30%\"\nscope = \"diggers\"").replace("\"USA\"", "\"DEU\"");
    let alone = parse(&world, &(scope.to_owned() + &duty)).state(&world, DAY);
    let grouped = duty.clone() + "group = \"one\"\nstack = \"highest\"\n";
    let by_line = parse(&world, &(scope.to_owned() + &grouped)).state(&world, DAY);
    assert!(alone.tariff[world.cell(3, 3, 1)] > 0.05);
    for (a, b) in alone.tariff.iter().zip(&by_line.tariff) {
        assert!((a - b).abs() < 1e-15, "{a} against {b}");
    }
}

/// Excavators are a small part of machinery in the trade of 2024.
#[test]
fn a_code_hits_its_lines_and_a_list_is_weighted_by_trade() {
    let world = small_world();
    let scopes =
        "[scopes]\ndiggers = { hs = [\"8429\"] }\nlist = { list = \"us-301-list-1\", but = \"85\" }\n";
    let text = scopes.to_owned() + &measure("duty", "rate = \"10%\"\nscope = \"diggers\"");
    let ledger = parse(&world, &text);
    let hit = machinery(&world, &ledger, DAY);
    assert!(hit > 0.0 && hit < 0.01, "{hit}");
    let list = scopes.to_owned() + &measure("duty", "rate = \"100%\"\nscope = \"list\"");
    let listed = machinery(&world, &parse(&world, &list), DAY);
    // 40.1 % where each line is counted on one list only, the highest.
    assert!((0.35..0.60).contains(&listed), "{listed}");
}

/// Statutory rates of the United States on China, weighted by 2024 imports, as
/// published by the Yale Budget Lab tariff-rate-tracker, run of June 2026.
/// Two ranges are left out because the series dates a step before the law: from
/// 2025-04-05 to 04-08 (the 34 % that never applied) and 2025-11-09 (the cut of
/// the fentanyl duty applied from 11-10).
#[rustfmt::skip]
const PUBLISHED: [(&str, f64); 31] = [
    ("2025-01-01", 0.118666), ("2025-02-04", 0.217828), ("2025-03-04", 0.316971), ("2025-03-07", 0.318994),
    ("2025-03-12", 0.325601), ("2025-03-14", 0.325653), ("2025-04-03", 0.326959), ("2025-04-09", 0.891192),
    ("2025-04-10", 1.166565), ("2025-04-15", 1.166513), ("2025-05-03", 1.094674), ("2025-05-14", 0.405992),
    ("2025-06-01", 0.411112), ("2025-06-04", 0.417021), ("2025-06-23", 0.417073), ("2025-07-01", 0.415305),
    ("2025-08-01", 0.416637), ("2025-08-17", 0.416637), ("2025-08-18", 0.444084), ("2025-09-01", 0.449204),
    ("2025-09-02", 0.444084), ("2025-09-08", 0.443986), ("2025-10-14", 0.444767), ("2025-11-01", 0.445036),
    ("2025-11-10", 0.346198), ("2025-11-13", 0.346072), ("2026-01-01", 0.358330), ("2026-01-15", 0.359733),
    ("2026-02-01", 0.329333), ("2026-02-19", 0.329333), ("2026-02-20", 0.177752),
];

#[test]
fn us_rates_on_china_follow_the_published_series() {
    let world = World::shipped("icio-2022").unwrap();
    let text = shipped::text("us-china").unwrap();
    let (ledger, warnings) = Ledger::parse("us-china", text, &world).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let (usa, china) = (world.regions.find("USA").unwrap(), world.regions.find("CHN").unwrap());
    for (day, published) in PUBLISHED {
        let limit = if day < "2025-08-18" { 0.01 } else { 0.03 };
        let ours = line_average(&ledger, &world, day.parse().unwrap(), usa, china).unwrap().weighted;
        assert!((ours - published).abs() < limit, "{day}: {ours:.4} against {published}");
    }
}

/// A ledger from which a measure is taken is the ledger without it, whatever
/// place the measure had and whoever gave way to it.
#[test]
fn a_measure_called_off_leaves_the_others_as_they_are() {
    let world = World::shipped("icio-2022").unwrap();
    let (ledger, _) = Ledger::parse("x.toml", shipped::text("us-china").unwrap(), &world).unwrap();
    for measure in &ledger.measures {
        let off = Amendments { revoke_measures: vec![measure.id.clone()], ..Amendments::default() };
        let amended = ledger.amended(&off).unwrap();
        assert_eq!(amended.measures.len() + 1, ledger.measures.len());
        for other in amended.measures.iter().filter(|other| !other.stacking.not_with.is_empty()) {
            let ids = |of: &Ledger, other: &detente::ledger::Measure| -> Vec<String> {
                other.stacking.not_with.iter().map(|place| of.measures[*place].id.clone()).collect()
            };
            let mut before = ids(&ledger, ledger.measure(&other.id).unwrap());
            before.retain(|id| *id != measure.id);
            assert_eq!(ids(&amended, other), before, "{} without {}", other.id, measure.id);
        }
    }
}

/// 10 % on all goods, of which an exemption lets off a fifth, and which gives
/// way to 50 % on 30 % of the value: 0.3·50 + 0.7·0.8·10 = 20.6 %.
#[test]
fn an_exemption_of_a_share_meets_the_rules_of_stacking() {
    let world = small_world();
    let exempt = "[[measure]]\nid = \"let-off\"\nkind = \"tariff-exemption\"\nof = \"rest\"\nshare = \"20%\"\n\
                  from = 2025-02-01\nsource = \"made up\"\n";
    let text = measure("metals", "rate = \"50%\"\nshare = \"30%\"")
        + &measure("rest", "rate = \"10%\"\nnot_with = [\"met*\"]")
        + exempt;
    let ledger = parse(&world, &text);
    assert!((machinery(&world, &ledger, DAY) - 0.206).abs() < 1e-12);
    assert!((machinery(&world, &ledger, date(2025, 1, 15)) - 0.22).abs() < 1e-12);
}

/// An exemption by goods counts only where a duty gives way to it.
#[test]
fn an_exemption_that_nothing_gives_way_to_is_not_priced() {
    let world = small_world();
    let exempt = "[[measure]]\nid = \"let-off\"\nkind = \"tariff-exemption\"\nby = \"USA\"\non = \"CHN\"\n\
                  sectors = \"C26\"\nfrom = 2025-02-01\nsource = \"made up\"\n";
    let not_priced = |rest: &str| {
        let ledger = parse(&world, &(measure("duty", rest) + exempt));
        ledger.not_priced_on(DAY).map(|measure| measure.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(not_priced("rate = \"10%\""), ["let-off"]);
    assert!(not_priced("rate = \"10%\"\nnot_with = \"let-off\"").is_empty());
}

/// A phase names goods and measures of its ledger, goods included that no
/// measure of it names.
#[test]
fn an_added_measure_meets_those_of_the_ledger() {
    let world = small_world();
    let goods = "[scopes]\nmachines = { sectors = [\"C27\"] }\n";
    let ledger = parse(&world, &(goods.to_owned() + &measure("rest", "rate = \"10%\"")));
    let text = "title = \"t\"\nworld = \"w\"\nledger = \"l\"\nactors = [\"USA\"]\n[[phase]]\nname = \"z\"\ndate = 2025-06-01\n\
        [[phase]]\nname = \"a\"\ndate = 2025-06-01\nadd = [{ id = \"b\", kind = \"import-tariff\", by = \"USA\", on = \"CHN\", rate = \"50%\", from = 2025-01-01, scope = \"machines\", share = \"30%\", source = \"x\" },\n\
               { id = \"c\", kind = \"import-tariff\", by = \"USA\", on = \"CHN\", rate = \"20%\", from = 2025-01-01, not_with = [\"rest\", \"b\"], source = \"x\" },\n\
               { id = \"d\", kind = \"tariff-exemption\", of = [\"rest\"], share = \"50%\", from = 2025-01-01, source = \"x\" }]\n";
    let mut scenario = Scenario::parse("t", "t.toml", text).unwrap();
    scenario.check("t.toml", text, &world, &ledger).unwrap_or_else(|e| panic!("{}", e.render(false)));
    let amendments = &scenario.phases[1].amendments;
    let tariff = |sector: usize, amendments: &Amendments| {
        let state = ledger.state_with(&world, DAY, amendments).unwrap();
        state.tariff[world.cell(sector, 0, 1)] - world.tariff[world.cell(sector, 0, 1)]
    };
    let electronics = world.sectors.find("C26").unwrap();
    let machines = world.sectors.find("C27").unwrap();
    // rest hits half of everything; c the other half, less what b takes of it.
    let without_b = 0.5 * 0.1 + 0.5 * 0.2;
    let with_b = 0.5 * 0.1 + 0.3 * 0.5 + 0.5 * 0.7 * 0.2;
    assert!((tariff(electronics, amendments) - without_b).abs() < 1e-12);
    assert!((tariff(machines, amendments) - with_b).abs() < 1e-12);
    assert!((tariff(machines, &Amendments::default()) - 0.1).abs() < 1e-12);
}
