//! Limits on quantities: the wedge is the shadow price, and no other number
//! would do.

mod test_worlds;

use std::sync::Arc;

use detente::equilibrium::{Calibration, Change, Deficits, Equilibrium, EquilibriumError, Method, Options};
use detente::ledger::{Cap, PolicyState};
use detente::world::World;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use test_worlds::random::{self, Draw};
use test_worlds::{calibrate, tight};

fn cap(flows: Vec<(usize, f64)>, quantity: f64, importer_rent: f64) -> Cap {
    Cap { measure: "cap".into(), flows, quantity, importer_rent }
}

fn with_caps(policy: &PolicyState, caps: Vec<Cap>) -> PolicyState {
    PolicyState { caps, ..policy.clone() }
}

/// A random world without base taxes, and one of its flows between regions.
fn draw(seed: u64) -> (World, Calibration, usize) {
    let mut draw = Draw(seed);
    let world = random::world(3 + draw.below(4), 2 + draw.below(3), seed);
    let calibration =
        Calibration::new(&world, random::base(&world, seed), &world.elasticities[0].theta).unwrap();
    let n = world.region_count();
    let traded: Vec<usize> = (0..world.trade_musd.len())
        .filter(|cell| cell / n % n != cell % n && world.trade_musd[*cell] > 0.0)
        .collect();
    let cell = traded[draw.below(traded.len())];
    (world, calibration, cell)
}

/// Sales at producer prices over unit cost, relative to the base year.
fn quantity(calibration: &Calibration, found: &Equilibrium, cell: usize, export_tax: f64) -> f64 {
    let n = calibration.region_count();
    let base = &calibration.base;
    let spent = calibration.trade_share[cell] * calibration.expenditure[cell / n];
    let before = spent / ((1.0 + base.tariff[cell]) * (1.0 + base.export_tax[cell]));
    let after = found.trade_musd[cell] / (1.0 + export_tax) / calibration.world_value_added_musd;
    after / found.cost_hat[cell / (n * n) * n + cell % n] / before
}

/// The wedge by bisection: an export tax that leaves exactly the quantity.
fn by_bisection(calibration: &Calibration, policy: &PolicyState, cell: usize, limit: f64) -> f64 {
    let options = tight(Deficits::Held);
    let tax = |wedge: f64| {
        let mut taxed = policy.clone();
        taxed.export_tax[cell] = (1.0 + taxed.export_tax[cell]) * (1.0 + wedge) - 1.0;
        taxed
    };
    let traded = |wedge: f64| {
        let taxed = tax(wedge);
        let rate = taxed.export_tax[cell];
        quantity(calibration, &calibration.solve(taxed, &options).unwrap(), cell, rate)
    };
    if traded(0.0) <= limit {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, 1.0);
    while traded(high) > limit {
        (low, high) = (high, 2.0 * high + 1.0);
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if traded(middle) > limit { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// 500 random problems: one cap of 5 to 130 % on one flow of a random world
/// under its base policy or a random one, against bisection.
#[test]
fn the_wedge_is_what_bisection_finds() {
    let mut binding = 0;
    for seed in 0..500 {
        let (world, calibration, cell) = draw(seed);
        let mut draw = Draw(seed ^ 0xcab);
        let policy = if draw.chance(0.5) {
            calibration.base.clone()
        } else {
            random::shock(&calibration.base, world.region_count(), seed)
        };
        let limit = draw.between(0.05, 1.3);
        let capped = with_caps(&policy, vec![cap(vec![(cell, 1.0)], limit, 0.0)]);
        let found = calibration.solve(capped, &tight(Deficits::Held)).unwrap();
        let wedge = by_bisection(&calibration, &policy, cell, limit);
        let outcome = &found.caps[0];
        binding += u32::from(wedge > 0.0);
        assert!(
            (outcome.wedge - wedge).abs() < 1e-8 * (1.0 + wedge),
            "seed {seed}: {} against {wedge} by bisection, limit {limit}, reached {}",
            outcome.wedge,
            outcome.quantity
        );
        let reached =
            if wedge > 0.0 { (outcome.quantity / limit - 1.0).abs() } else { outcome.quantity - limit };
        assert!(reached < 1e-9, "seed {seed}: {} of {limit}", outcome.quantity);
    }
    assert!((200..480).contains(&binding), "{binding} of 500 bind");
}

fn cases(count: u32) -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = count;
    }
    config.rng_seed = RngSeed::Fixed(1);
    config
}

/// Several caps on random flows, some of them on two flows together, some
/// covering a part, some twice on one flow.
fn several(world: &World, seed: u64) -> Vec<Cap> {
    let (mut draw, n) = (Draw(seed ^ 0x5e7), world.region_count());
    let traded: Vec<usize> = (0..world.trade_musd.len())
        .filter(|cell| cell / n % n != cell % n && world.trade_musd[*cell] > 0.0)
        .collect();
    (0..1 + draw.below(5))
        .map(|_| {
            let mut flows: Vec<(usize, f64)> = (0..1 + draw.below(2))
                .map(|_| {
                    let covered = if draw.chance(0.5) { 1.0 } else { draw.between(0.05, 1.0) };
                    (traded[draw.below(traded.len())], covered)
                })
                .collect();
            flows.dedup_by_key(|(cell, _)| *cell);
            cap(flows, draw.between(0.1, 1.2), draw.between(0.0, 1.0))
        })
        .collect()
}

proptest! {
    #![proptest_config(cases(64))]

    /// No cap is exceeded, no wedge is negative, and a slack cap has none.
    #[test]
    fn caps_and_wedges_are_complementary(seed in any::<u64>()) {
        let (world, calibration, _) = draw(seed);
        let policy = random::shock(&calibration.base, world.region_count(), seed);
        let caps = several(&world, seed);
        let capped = with_caps(&policy, caps.clone());
        let found = calibration.solve(capped, &tight(Deficits::Held)).unwrap();
        prop_assert_eq!(found.caps.len(), caps.len());
        for outcome in &found.caps {
            let limit = caps[outcome.cap].quantity;
            prop_assert!(outcome.wedge >= 0.0 && outcome.quantity < limit * (1.0 + 1e-9), "{outcome:?} of {limit}");
            prop_assert!(outcome.wedge == 0.0 || outcome.quantity > limit * (1.0 - 1e-9), "{outcome:?} of {limit}");
        }
        // What everybody earns, taxes and rents included, is what he spends.
        for region in 0..world.region_count() {
            let earned = found.value_added_musd[region] + found.tariff_revenue_musd[region]
                + found.export_tax_revenue_musd[region] + found.rent_musd[region] + found.deficit_musd[region];
            prop_assert!((earned / found.income_musd[region] - 1.0).abs() < 1e-10);
        }
        let by_cap: f64 = found.caps.iter().map(|c| c.importer_rent_musd + c.exporter_rent_musd).sum();
        let by_region: f64 = found.rent_musd.iter().sum();
        prop_assert!((by_cap - by_region).abs() <= 1e-9 * by_region.abs());
    }

    /// A wedge with its rent on one side is a tax of that side.
    #[test]
    fn a_cap_is_a_tax_with_the_rent_on_the_same_side(seed in any::<u64>(), limit in 0.1..0.95_f64, on_importer in any::<bool>()) {
        let (world, calibration, cell) = draw(seed);
        let policy = random::shock(&calibration.base, world.region_count(), seed);
        let options = tight(Deficits::Held);
        let rent = if on_importer { 1.0 } else { 0.0 };
        let capped = with_caps(&policy, vec![cap(vec![(cell, 1.0)], limit, rent)]);
        let found = calibration.solve(capped, &options).unwrap();
        let mut taxed = policy.clone();
        let rate = if on_importer { &mut taxed.tariff } else { &mut taxed.export_tax };
        rate[cell] = (1.0 + rate[cell]) * (1.0 + found.caps[0].wedge) - 1.0;
        let same = calibration.solve(taxed, &options).unwrap();
        for (a, b) in [(&found.wage_hat, &same.wage_hat), (&found.price_hat, &same.price_hat),
                       (&found.income_musd, &same.income_musd), (&found.output_musd, &same.output_musd),
                       (&found.trade_musd, &same.trade_musd)] {
            for (a, b) in a.iter().zip(b) {
                prop_assert!(a == b || (a / b - 1.0).abs() < 1e-9, "{a} against {b}");
            }
        }
        // The first-order parts of welfare see the wedge as the tax it is.
        let before = calibration.solve(calibration.base.clone(), &options).unwrap();
        let (one, other) =
            (Change::between(&calibration, &before, &found), Change::between(&calibration, &before, &same));
        for (a, b) in one.welfare_linear.iter().zip(&other.welfare_linear) {
            prop_assert!((a - b).abs() < 1e-9, "{a} against {b}");
        }
        // And so they do on the way back, where the wedge is in the first equilibrium.
        let (one, other) =
            (Change::between(&calibration, &found, &before), Change::between(&calibration, &same, &before));
        for (a, b) in one.welfare_linear.iter().zip(&other.welfare_linear) {
            prop_assert!((a - b).abs() < 1e-8, "{a} against {b}");
        }
    }

    /// Newton's method alone finds the same wedges as the acceleration alone.
    #[test]
    fn both_methods_agree(seed in any::<u64>()) {
        let (world, calibration, _) = draw(seed);
        let policy = with_caps(&calibration.base, several(&world, seed));
        let solve = |method| calibration.solve(policy.clone(), &Options { method, ..tight(Deficits::Held) });
        if let (Ok(one), Ok(other)) = (solve(Method::Newton), solve(Method::Anderson)) {
            for (a, b) in one.income_musd.iter().zip(&other.income_musd) {
                prop_assert!((a / b - 1.0).abs() < 1e-9, "{a} against {b}");
            }
        }
    }
}

/// The base year's quantity is no limit on the base year.
#[test]
fn a_cap_at_free_trade_changes_nothing() {
    for seed in 0..20 {
        let (_, calibration, cell) = draw(seed);
        let capped = with_caps(&calibration.base, vec![cap(vec![(cell, 1.0)], 1.0, 0.0)]);
        let (free, found) = (
            calibration.solve(calibration.base.clone(), &tight(Deficits::Held)).unwrap(),
            calibration.solve(capped, &tight(Deficits::Held)).unwrap(),
        );
        assert!(found.caps[0].wedge < 1e-9, "{}", found.caps[0].wedge);
        for (a, b) in free.income_musd.iter().zip(&found.income_musd) {
            assert!((a / b - 1.0).abs() < 1e-9);
        }
    }
}

/// Of two caps on one flow the tighter one binds, whatever their order; two
/// equal ones have one wedge between them.
#[test]
fn of_two_caps_on_one_flow_the_tighter_one_binds() {
    for seed in 0..20 {
        let (_, calibration, cell) = draw(seed);
        let solve = |limits: &[f64]| {
            let caps = limits.iter().map(|limit| cap(vec![(cell, 1.0)], *limit, 0.0)).collect();
            calibration.solve(with_caps(&calibration.base, caps), &tight(Deficits::Held)).unwrap()
        };
        let alone = solve(&[0.3]).caps[0].wedge;
        for (limits, tight) in [([0.3, 0.6], 0), ([0.6, 0.3], 1)] {
            let both = solve(&limits);
            assert!(
                (both.caps[tight].wedge / alone - 1.0).abs() < 1e-7,
                "{} {alone}",
                both.caps[tight].wedge
            );
            assert_eq!(both.caps[1 - tight].wedge, 0.0);
        }
        let twins = solve(&[0.3, 0.3]);
        let product = (1.0 + twins.caps[0].wedge) * (1.0 + twins.caps[1].wedge) - 1.0;
        assert!((product / alone - 1.0).abs() < 1e-7, "{product} {alone}");
    }
}

/// A flow that was 0 stays 0 under any cap; the cap is not even listed.
#[test]
fn a_cap_on_a_zero_flow_is_no_cap() {
    let trade = vec![80.0, 20.0, 0.0, 20.0, 80.0, 10.0, 10.0, 0.0, 90.0];
    let world = test_worlds::world("zero", 3, &[4.0], trade, vec![0.0; 3]);
    let calibration = calibrate(&world);
    let capped = with_caps(&calibration.base, vec![cap(vec![(2, 1.0)], 0.5, 0.0)]);
    let found = calibration.solve(capped, &tight(Deficits::Held)).unwrap();
    assert!(found.caps.is_empty() && found.capped_flows.is_empty());
    assert!(found.wage_hat.iter().all(|hat| (hat - 1.0).abs() < 1e-10));
}

/// Nor does one on a flow that a tariff stops.
#[test]
fn a_cap_on_a_prohibited_flow_has_no_wedge() {
    let calibration = calibrate(&test_worlds::symmetric_pair(0.2, 4.0));
    let mut policy = with_caps(&calibration.base, vec![cap(vec![(1, 1.0)], 0.5, 0.0)]);
    policy.tariff[1] = 1e300;
    let found = calibration.solve(policy, &tight(Deficits::Share));
    if let Ok(found) = found {
        assert_eq!((found.caps[0].wedge, found.trade_musd[1]), (0.0, 0.0));
        let change = Change::between(&calibration, &found, &found);
        assert!(change.welfare_linear.iter().all(|w| w.abs() < 1e-12));
    }
    let trade = vec![80.0, 20.0, 20.0, 20.0, 80.0, 10.0, 10.0, 20.0, 90.0];
    let world = test_worlds::world("triangle", 3, &[4.0], trade, vec![0.0; 3]);
    let calibration = calibrate(&world);
    let mut policy = with_caps(&calibration.base, vec![cap(vec![(1, 1.0)], 0.5, 0.3)]);
    policy.tariff[1] = f64::INFINITY;
    let found = calibration.solve(policy, &tight(Deficits::Share)).unwrap();
    assert_eq!((found.caps[0].wedge, found.trade_musd[1]), (0.0, 0.0));
    let change = Change::between(&calibration, &found, &found);
    assert!(change.welfare_linear.iter().all(|w| w.abs() < 1e-12));
}

/// A ban is an infinite tariff, without rent.
#[test]
fn a_cap_of_nothing_is_an_embargo() {
    for seed in 0..20 {
        let (_, calibration, cell) = draw(seed);
        let options = tight(Deficits::Share);
        let capped = with_caps(&calibration.base, vec![cap(vec![(cell, 1.0)], 0.0, 0.0)]);
        let mut shut = calibration.base.clone();
        shut.tariff[cell] = f64::INFINITY;
        match (calibration.solve(capped, &options), calibration.solve(shut, &options)) {
            (Ok(ban), Ok(embargo)) => {
                assert_eq!(ban.trade_musd[cell], 0.0);
                assert!(ban.rent_musd.iter().all(|rent| *rent == 0.0));
                for (a, b) in ban.income_musd.iter().zip(&embargo.income_musd) {
                    assert!((a / b - 1.0).abs() < 1e-9);
                }
            }
            (ban, embargo) => assert_eq!(ban.unwrap_err().to_string(), embargo.unwrap_err().to_string()),
        }
    }
}

/// Two equal regions, θ = 4, imports 20 %: a ban on half of them leaves 10 in
/// 90 of what the other region buys there.
#[test]
fn a_ban_on_a_part_leaves_the_rest() {
    let calibration = calibrate(&test_worlds::symmetric_pair(0.2, 4.0));
    let ban = |cells: &[usize]| cells.iter().map(|cell| cap(vec![(*cell, 0.5)], 0.0, 0.0)).collect();
    let policy = with_caps(&calibration.base, ban(&[1, 2]));
    let found = calibration.solve(policy, &tight(Deficits::Held)).unwrap();
    // By symmetry wages stay 1: P = (0.8 + 0.1)^(−1/4), imports 10/90 of 100.
    assert!((found.price_hat[0] - 0.9_f64.powf(-0.25)).abs() < 1e-12);
    assert!((found.trade_musd[1] - 100.0 / 9.0).abs() < 1e-9);
}

/// Two equal regions that hold each other's sales to 60 %: by symmetry wages
/// stay 1, and with `m = s g^−θ / (1 − s + s g^−θ)` the quantity `m/g · I / s`,
/// `I = 1 / (1 − m q/g)`, is 0.6.
#[test]
fn the_symmetric_pair_has_a_closed_form() {
    let (share, theta, limit) = (0.3, 5.0, 0.6);
    let calibration = calibrate(&test_worlds::symmetric_pair(share, theta));
    for rent in [0.0, 0.4, 1.0] {
        let caps = [1, 2].map(|cell| cap(vec![(cell, 1.0)], limit, rent)).to_vec();
        let found = calibration.solve(with_caps(&calibration.base, caps), &tight(Deficits::Held)).unwrap();
        let q = found.caps[0].wedge;
        let g = 1.0 + q;
        let imported = share * g.powf(-theta);
        let m = imported / (1.0 - share + imported);
        let income = 1.0 / (1.0 - m * q / g);
        assert!((m / g * income / share / limit - 1.0).abs() < 1e-9, "{q}");
        assert!((found.income_musd[0] / 100.0 - income).abs() < 1e-9);
        assert!((found.rent_musd[0] / 100.0 - m * q / g * income).abs() < 1e-9);
    }
}

/// One limit on two flows together: the same wedge on both, their sum at the limit.
#[test]
fn a_pooled_cap_has_one_wedge() {
    for seed in 0..20 {
        let (world, calibration, cell) = draw(seed);
        let n = world.region_count();
        let row = (0..n).map(|importer| (cell / (n * n) * n + importer) * n + cell % n);
        let flows: Vec<(usize, f64)> = row
            .filter(|other| other / n % n != other % n && world.trade_musd[*other] > 0.0)
            .map(|other| (other, 1.0))
            .collect();
        let policy = with_caps(&calibration.base, vec![cap(flows.clone(), 0.5, 0.0)]);
        let found = calibration.solve(policy, &tight(Deficits::Held)).unwrap();
        assert!((found.caps[0].quantity - 0.5).abs() < 1e-9);
        let wedge = found.caps[0].wedge;
        let mut taxed = calibration.base.clone();
        for (cell, _) in flows {
            taxed.export_tax[cell] = (1.0 + taxed.export_tax[cell]) * (1.0 + wedge) - 1.0;
        }
        let same = calibration.solve(Arc::new(taxed), &tight(Deficits::Held)).unwrap();
        for (a, b) in found.income_musd.iter().zip(&same.income_musd) {
            assert!((a / b - 1.0).abs() < 1e-9);
        }
    }
}

/// What no cap can be is an error that names it.
#[test]
fn a_cap_that_cannot_be_is_refused() {
    let calibration = calibrate(&test_worlds::symmetric_pair(0.2, 4.0));
    let error = |flows, quantity, rent| {
        let policy = with_caps(&calibration.base, vec![cap(flows, quantity, rent)]);
        calibration.solve(policy, &Options::default()).unwrap_err()
    };
    for (wrong, says) in [
        (error(vec![(1, 1.0)], f64::NAN, 0.0), "the quantity of the cap `cap` is NaN"),
        (error(vec![(1, 1.0)], -0.5, 0.0), "the quantity of the cap `cap` is -0.5"),
        (error(vec![(1, 1.5)], 0.5, 0.0), "the share of S0 from R1 to R0 that the cap `cap` covers is 1.5"),
        (error(vec![(0, 1.0)], 0.5, 0.0), "only trade between regions can be capped"),
        (error(vec![(1, 1.0)], 0.5, 2.0), "rent of the cap `cap` is 2"),
        (error(vec![(9, 1.0)], 0.5, 0.0), "`caps` has 10 elements"),
    ] {
        assert!(wrong.to_string().contains(says), "{wrong}");
        assert!(matches!(wrong, EquilibriumError::Unusable { .. } | EquilibriumError::Shape { .. }));
    }
}
