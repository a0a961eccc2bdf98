//! The shipped ledger of the United States and China against published rates.
//!
//! Numbers from the recomputed table of US rates on China (HS10 imports of
//! 2024 as weights; Yale tracker's product lists): `mfn + s301 + fentanyl +
//! reciprocal + s232`. The base duty is the world's, so it is left out here.
//! The ledger has tariff lines of eight digits where that table has ten.

use detente::ledger::stacking::line_average;
use detente::ledger::{Amendments, Ledger, PolicyState};
use detente::world::labels::Labels;
use detente::world::{ElasticitySet, World};
use jiff::civil::{Date, date};

const TEXT: &str = include_str!("../data/ledgers/us-china.toml");

/// Goods sector; US imports from China 2024, million USD (Census, sectors of
/// the tariff lines; half each where two sectors share one number).
#[rustfmt::skip]
const GOODS: [(&str, f64); 27] = [
    ("A01", 899.3), ("A02", 40.5), ("A03", 15.9), ("B05", 9.7),
    ("B06", 0.3), ("B07", 174.4), ("B08", 174.4), ("B09", 0.0),
    ("C10T12", 4991.7), ("C13T15", 44764.1), ("C16", 2135.0), ("C17_18", 5230.0),
    ("C19", 419.3), ("C20", 14053.5), ("C21", 10488.2), ("C22", 19884.3),
    ("C23", 6250.0), ("C24A", 1531.1), ("C24B", 1888.5), ("C25", 20204.8),
    ("C26", 122654.0), ("C27", 56936.2), ("C28", 33118.2), ("C29", 14996.1),
    ("C301", 2106.0), ("C302T309", 2106.0), ("C31T33", 52915.3),
];

/// US imports from China of lines that belong to no sector, million USD.
const OUTSIDE_MUSD: f64 = 11439.1;

fn world() -> World {
    let regions = Labels::new([("USA", ""), ("CHN", ""), ("HKG", ""), ("DEU", "")]).unwrap();
    let codes = GOODS.iter().map(|goods| goods.0).chain(["SRV"]);
    let sectors = Labels::new(codes.map(|code| (code, ""))).unwrap();
    let (n, j) = (regions.len(), sectors.len());
    let mut world = World {
        name: "test".into(),
        title: "The goods of the shipped world".into(),
        base_date: date(2022, 7, 1),
        goods: (0..j).map(|sector| sector < GOODS.len()).collect(),
        trade_musd: vec![1.0; j * n * n],
        tariff: vec![0.0; j * n * n],
        input_share: vec![0.0; n * j * j],
        final_share: None,
        elasticities: vec![ElasticitySet { name: "4".into(), theta: vec![4.0; j], source: "made up".into() }],
        sources: vec![],
        notes: vec![],
        markup: None,
        population: None,
        households: None,
        carved: vec![],
        regions,
        sectors,
    };
    for (sector, goods) in GOODS.iter().enumerate() {
        let us_imports = world.cell(sector, 0, 1);
        world.trade_musd[us_imports] = goods.1;
    }
    world
}

fn shipped(world: &World) -> Ledger {
    let (ledger, warnings) =
        Ledger::parse("us-china.toml", TEXT, world).unwrap_or_else(|error| panic!("{}", error.render(false)));
    assert!(warnings.is_empty(), "{warnings:?}");
    ledger
}

/// Average over all lines; `outside` is the rate of those without a sector.
fn us_on_china(world: &World, state: &PolicyState, outside: f64) -> f64 {
    let (mut duty, mut imports) = (outside * OUTSIDE_MUSD, OUTSIDE_MUSD);
    for sector in 0..GOODS.len() {
        let cell = world.cell(sector, 0, 1);
        duty += world.trade_musd[cell] * state.tariff[cell];
        imports += world.trade_musd[cell];
    }
    duty / imports
}

/// Average of China on the United States in the world that ships.
fn china_on_us(day: Date) -> f64 {
    let world = World::shipped("icio-2022").unwrap();
    let region = |code| world.regions.find(code).unwrap();
    let state = shipped(&world).state(&world, day);
    detente::ledger::average_tariff(&world, &state, region("CHN"), region("USA")).unwrap().weighted
}

/// `us_on_china_rates_aggregate.csv`: total less mfn; the rate outside the
/// sectors is the row without a group of `us_on_china_rates_by_group.csv`.
#[test]
fn us_on_china_matches_the_recomputed_rates() {
    let world = world();
    let ledger = shipped(&world);
    let cases = [
        (date(2025, 1, 1), 0.0997 + 0.0007, 0.001306),
        (date(2025, 3, 12), 0.0997 + 0.196 + 0.0092, 0.091103),
        (date(2025, 4, 10), 0.0997 + 0.196 + 0.841 + 0.0106, 0.652332),
        (date(2025, 5, 3), 0.0997 + 0.196 + 0.7523 + 0.0283, 0.652332),
        (date(2025, 5, 14), 0.0997 + 0.196 + 0.0602 + 0.0283, 0.136001),
        (date(2025, 6, 4), 0.0997 + 0.196 + 0.0602 + 0.0374, 0.136001),
        (date(2025, 8, 18), 0.0997 + 0.196 + 0.0592 + 0.0456, 0.136001),
        (date(2025, 11, 10), 0.0997 + 0.098 + 0.0587 + 0.0468, 0.091103),
        (date(2026, 2, 20), 0.1123 + 0.0468, 0.001306),
    ];
    for (day, published, outside) in cases {
        let ours = us_on_china(&world, &ledger.state(&world, day), outside);
        assert!((ours - published).abs() < 0.005, "{day}: {ours:.4} against {published:.4}");
    }
}

/// Total less mfn of the same table, on each of its days.
#[rustfmt::skip]
const RECOMPUTED: [(Date, f64); 21] = [
    (date(2025, 1, 1), 0.1003), (date(2025, 2, 4), 0.1983), (date(2025, 3, 4), 0.2963),
    (date(2025, 3, 12), 0.3048), (date(2025, 4, 3), 0.3062), (date(2025, 4, 5), 0.3735),
    (date(2025, 4, 9), 0.8714), (date(2025, 4, 10), 1.1472), (date(2025, 5, 3), 1.0762),
    (date(2025, 5, 14), 0.3841), (date(2025, 6, 4), 0.3932), (date(2025, 8, 1), 0.3946),
    (date(2025, 8, 18), 0.4005), (date(2025, 9, 8), 0.4004), (date(2025, 10, 14), 0.4011),
    (date(2025, 11, 1), 0.4012), (date(2025, 11, 10), 0.3032), (date(2025, 11, 13), 0.3031),
    (date(2026, 1, 1), 0.3157), (date(2026, 2, 20), 0.1591), (date(2026, 2, 24), 0.2104),
];

/// All lines by themselves, those without a sector included. The first number
/// of the book's four is 0.1024.
#[test]
fn every_line_of_the_united_states_counts() {
    let world = World::shipped("icio-2022").unwrap();
    let ledger = shipped(&world);
    let (usa, china) = (world.regions.find("USA").unwrap(), world.regions.find("CHN").unwrap());
    let without_base = |day| {
        let average = |ledger: &Ledger| line_average(ledger, &world, day, usa, china).unwrap().weighted;
        average(&ledger) - average(&Ledger::empty())
    };
    for (day, published) in RECOMPUTED {
        let ours = without_base(day);
        assert!((ours - published).abs() < 0.005, "{day}: {ours:.4} against {published:.4}");
    }
    for (day, book) in [
        (date(2025, 1, 1), 10.2),
        (date(2025, 4, 10), 114.2),
        (date(2025, 5, 14), 38.6),
        (date(2025, 11, 10), 30.4),
    ] {
        let ours = 100.0 * without_base(day);
        assert!((ours - book).abs() < 0.05, "{day}: {ours:.3}");
    }
}

/// The reciprocal duty alone: 0.841 on 2025-04-10, 0.0602 on 2025-05-14.
#[test]
fn the_reciprocal_duty_covers_what_section_232_leaves() {
    let world = world();
    let ledger = shipped(&world);
    // One measure, which gives way to us-232-car-parts from their first day on.
    let without = Amendments { revoke_measures: vec!["us-reciprocal".into()], ..Amendments::default() };
    for (day, published, rate) in [(date(2025, 4, 10), 0.8410, 1.25), (date(2025, 5, 14), 0.0602, 0.10)] {
        // 44.9 % of the lines without a sector pay it.
        let with = us_on_china(&world, &ledger.state(&world, day), 0.448984 * rate);
        let rest = us_on_china(&world, &ledger.state_with(&world, day, &without).unwrap(), 0.0);
        assert!((with - rest - published).abs() < 0.002, "{day}: {}", with - rest);
    }
}

/// PIIE (C. Bown): 21.2 % on 2025-01-20, to which the level is calibrated. On
/// 2025-05-14 PIIE has 32.6 % with other weights; the base year 2022 imports
/// more soybeans, so the farm duties of March 2025 weigh more here.
#[test]
fn china_on_us_matches_the_calibration() {
    let percent = |day| china_on_us(day) * 100.0;
    assert!((percent(date(2018, 1, 1)) - 5.93).abs() < 0.005);
    assert!((percent(date(2025, 1, 20)) - 21.2).abs() < 0.005);
    assert!((percent(date(2025, 5, 14)) - 32.6).abs() < 2.5);
    let spring = percent(date(2025, 4, 12)) - percent(date(2025, 3, 10));
    assert!((spring - 125.0).abs() < 1e-9);
}

#[test]
fn the_base_year_holds_the_duties_of_2018_to_2020() {
    let world = world();
    let ledger = shipped(&world);
    let on = |id: &str| ledger.measure(id).unwrap().rate_on(world.base_date);
    for (id, rate) in [
        ("us-301-list-1", 0.25),
        ("us-301-list-2", 0.25),
        ("us-301-list-3", 0.25),
        ("us-301-list-4a", 0.075),
        ("us-232-steel-2018", 0.25),
        ("cn-retaliation-2018-2020", 0.1527),
        ("us-fentanyl", 0.0),
    ] {
        assert!((on(id) - rate).abs() < 1e-12, "{id}");
    }
}

/// What the reciprocal duty hits of machinery (C28): what neither its exemptions
/// nor section 232 take away, in the trade of 2024. From China the recomputed
/// rates have 0.909: by ten digits car parts are 4.2 % of machinery, by eight
/// 2.8 %, and metal inside machines takes 0.9 % there and nothing here (the list
/// of March 2025 is read without chapter 84). From Hong Kong the weights are its
/// own, and section 232 takes nothing: the ledger has that part on China alone.
const HIT_FROM_CHINA: f64 = 0.928_598_239_269_330_4;
const HIT_FROM_HONG_KONG: f64 = 0.898_909_907_985_652;

/// Hong Kong pays the emergency duties and no section 301; others pay nothing.
#[test]
fn hong_kong_pays_the_emergency_duties_only() {
    let world = world();
    let state = shipped(&world).state(&world, date(2025, 6, 5));
    let machinery = world.sectors.find("C28").unwrap();
    let on_hong_kong = state.tariff[world.cell(machinery, 0, 2)];
    assert!((on_hong_kong - (0.20 + HIT_FROM_HONG_KONG * 0.10)).abs() < 1e-12);
    assert_eq!(state.tariff[world.cell(machinery, 0, 3)], 0.0);
}

/// The truce runs out: 24 points come back on both sides, and cranes pay.
#[test]
fn the_truce_snaps_back_unless_a_court_ended_it() {
    let world = world();
    let ledger = shipped(&world);
    let rate = |id: &str, day| ledger.measure(id).unwrap().rate_on(day);
    for day in [date(2025, 6, 5), date(2025, 8, 12), date(2026, 11, 9)] {
        assert!((rate("cn-reciprocal", day) - 0.10).abs() < 1e-12, "{day}");
    }
    assert!((rate("cn-reciprocal", date(2026, 11, 10)) - 0.34).abs() < 1e-12);
    assert_eq!(rate("us-reciprocal", date(2026, 11, 10)), 0.0);
    assert_eq!(rate("us-301-cranes", date(2026, 11, 9)), 0.0);
    assert_eq!(rate("us-301-cranes", date(2026, 11, 10)), 1.0);
    let revoked = Amendments {
        revoke_suspensions: vec!["us-reciprocal".into(), "cn-reciprocal".into()],
        ..Amendments::default()
    };
    let day = date(2025, 6, 5);
    let (truce, rupture) = (ledger.state(&world, day), ledger.state_with(&world, day, &revoked).unwrap());
    let machinery = world.sectors.find("C28").unwrap();
    let rise = |importer, exporter| {
        let cell = world.cell(machinery, importer, exporter);
        rupture.tariff[cell] - truce.tariff[cell]
    };
    assert!((rise(0, 1) - HIT_FROM_CHINA * 0.24).abs() < 1e-12);
    assert!((rise(1, 0) - 0.24).abs() < 1e-12);
}

/// What both ledgers hold of the spring of 2025 has the same days in both.
#[test]
fn the_two_readings_have_the_days_of_the_record() {
    let world = World::shipped("icio-2022").unwrap();
    let record = shipped(&world);
    let text = detente::ledger::shipped::text("two-readings-2025").unwrap();
    let (readings, _) = Ledger::parse("two-readings-2025", text, &world).unwrap();
    for measure in &readings.measures {
        let same = record.measure(&measure.id).unwrap();
        assert_eq!(measure.change_dates(), same.change_dates(), "{}", measure.id);
        assert_eq!(measure.end.as_ref().map(|end| end.on), same.end.as_ref().map(|end| end.on));
        for day in [date(2025, 4, 4), date(2025, 6, 4), date(2025, 6, 30)] {
            assert_eq!(measure.approval_on(day), same.approval_on(day), "{} {day}", measure.id);
        }
    }
}
