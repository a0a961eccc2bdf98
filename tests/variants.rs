//! Variants of the model: at its limit each is the base model, the laws hold in
//! all of them, and worlds with known answers give them.

mod test_worlds;

use detente::equilibrium::{
    Calibration, Change, Closure, Deficits, Equilibrium, EquilibriumError, Method, Numeraire, Options,
    Variant,
};
use detente::ledger::{Cap, PolicyState};
use detente::world::World;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use test_worlds::random::{self, Draw};
use test_worlds::{calibrate, symmetric_pair, tight};

/// One of each block, and all at once.
const VARIANTS: [&str; 9] = [
    "inputs=0.3",
    "inputs=2.5",
    "consumption=0.4",
    "consumption=0",
    "mobility=0",
    "mobility=1.5",
    "scale=0.6",
    "markups=0.4",
    "inputs=0.5,consumption=0.7,mobility=2,scale=0.3,markups=0.3",
];

fn variant(text: &str) -> Variant {
    text.parse().unwrap()
}

fn with(text: &str, deficits: Deficits) -> Options {
    Options { variant: variant(text), ..tight(deficits) }
}

fn cases(count: u32) -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = count;
    }
    config.rng_seed = RngSeed::Fixed(1);
    config
}

/// A random world and a policy of small shocks.
fn economy(seed: u64) -> (World, Calibration, PolicyState) {
    let mut draw = Draw(seed);
    let mut world = random::world(3 + draw.below(4), 2 + draw.below(4), seed);
    // Room for markups: inputs at most two thirds of sales.
    world.input_share.iter_mut().for_each(|share| *share *= 0.66);
    let calibration =
        Calibration::new(&world, random::base(&world, seed), &world.elasticities[0].theta).unwrap();
    let n = world.region_count();
    let mut policy = calibration.base.clone();
    for cell in 0..policy.tariff.len() {
        if cell / n % n != cell % n && draw.chance(0.3) {
            policy.tariff[cell] += draw.between(0.0, 0.4);
        }
        if cell / n % n != cell % n && draw.chance(0.05) {
            policy.export_tax[cell] += draw.between(0.0, 0.2);
        }
    }
    (world, calibration, policy)
}

fn relative_gap(a: &[f64], b: &[f64]) -> f64 {
    let gaps = a.iter().zip(b).map(|(a, b)| if a == b { 0.0 } else { (a / b - 1.0).abs() });
    gaps.fold(0.0, |most, gap| if gap > most || gap.is_nan() { gap } else { most })
}

fn gap(a: &Equilibrium, b: &Equilibrium) -> f64 {
    [
        relative_gap(&a.wage_hat, &b.wage_hat),
        relative_gap(&a.price_hat, &b.price_hat),
        relative_gap(&a.cost_hat, &b.cost_hat),
        relative_gap(&a.income_musd, &b.income_musd),
        relative_gap(&a.output_musd, &b.output_musd),
    ]
    .into_iter()
    .fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(cases(40))]

    /// Nothing changes without a shock, in any variant and with every rule for deficits.
    #[test]
    fn nothing_changes_without_a_shock(seed in any::<u64>()) {
        let (_, calibration, _) = economy(seed);
        for text in VARIANTS {
            for deficits in [Deficits::Held, Deficits::Share, Deficits::Income] {
                let found = calibration.solve(calibration.base.clone(), &with(text, deficits)).unwrap();
                let hats = found.wage_hat.iter().chain(&found.price_hat).chain(&found.cost_hat);
                for hat in hats.chain(&found.consumption_price_hat) {
                    prop_assert!((hat - 1.0).abs() < 1e-10, "{text}: {hat}");
                }
                for hat in found.employment_hat.iter().filter(|hat| **hat != 0.0) {
                    prop_assert!((hat - 1.0).abs() < 1e-9, "{text}: {hat}");
                }
            }
        }
    }

    /// What is earned is spent, what is bought is sold, workers are as many as before.
    #[test]
    fn every_budget_holds(seed in any::<u64>()) {
        let (world, calibration, policy) = economy(seed);
        let (n, j) = (world.region_count(), world.sector_count());
        for text in VARIANTS {
            for deficits in [Deficits::Held, Deficits::Income] {
                let found = calibration.solve(policy.clone(), &with(text, deficits)).unwrap();
                let scale: f64 = found.income_musd.iter().sum();
                for region in 0..n {
                    let earned = found.value_added_musd[region] + found.tariff_revenue_musd[region]
                        + found.export_tax_revenue_musd[region] + found.deficit_musd[region];
                    prop_assert!((earned - found.income_musd[region]).abs() < 1e-10 * scale, "{text}");
                    let mut balance = -found.deficit_musd[region];
                    for sector in 0..j {
                        for other in 0..n {
                            balance += found.trade_musd[world.cell(sector, region, other)]
                                - found.trade_musd[world.cell(sector, other, region)];
                        }
                    }
                    prop_assert!(balance.abs() < 1e-9 * scale, "{text}: trade of {region} is off by {balance}");
                    // Workers move, they are not made: Σ L₀ L̂ = Σ L₀ (with ν finite, efficiency units differ).
                    if variant(text).mobility == f64::INFINITY {
                        let (mut before, mut after) = (0.0, 0.0);
                        let made = &calibration.output;
                        for sector in 0..j {
                            let theta = calibration.theta[sector];
                            let profit = variant(text).markups / (1.0 + theta);
                            let share = calibration.value_added_share[region * j + sector] - profit;
                            let workers = share * made[sector * n + region];
                            before += workers;
                            after += workers * found.employment_hat[sector * n + region];
                        }
                        prop_assert!((after / before - 1.0).abs() < 1e-9, "{text}: {after} of {before}");
                    }
                }
                let deficits: f64 = found.deficit_musd.iter().sum();
                prop_assert!(deficits.abs() < 1e-9 * scale);
            }
        }
    }

    /// Near its limit every block is near the base model, ten times nearer ten times closer.
    #[test]
    fn every_block_has_the_base_model_as_its_limit(seed in any::<u64>()) {
        let (_, calibration, policy) = economy(seed);
        let base = calibration.solve(policy.clone(), &tight(Deficits::Held)).unwrap();
        for (near, nearer) in [
            ("inputs=0.99", "inputs=0.999"),
            ("inputs=1.01", "inputs=1.001"),
            ("consumption=1.01", "consumption=1.001"),
            ("mobility=1000", "mobility=10000"),
            ("scale=0.01", "scale=0.001"),
            ("markups=0.01", "markups=0.001"),
        ] {
            let far = |text| gap(&base, &calibration.solve(policy.clone(), &with(text, Deficits::Held)).unwrap());
            let (coarse, fine) = (far(near), far(nearer));
            prop_assert!(fine < 0.12 * coarse + 1e-9 && coarse < 0.3, "{near}: {coarse:e} {fine:e}");
        }
        let exact = calibration.solve(policy, &with("inputs=1,consumption=1,mobility=inf,scale=0,markups=0", Deficits::Held)).unwrap();
        prop_assert_eq!(exact, base);
    }

    /// Real results do not depend on the numeraire, nor on how the solution is found.
    #[test]
    fn numeraire_and_method_change_nothing_real(seed in any::<u64>()) {
        let (_, calibration, policy) = economy(seed);
        for text in VARIANTS {
            let options = with(text, Deficits::Income);
            let solve = |options: &Options| calibration.solve(policy.clone(), options);
            let found = solve(&options).unwrap();
            let before = calibration.solve(calibration.base.clone(), &options).unwrap();
            let real = Change::between(&calibration, &before, &found);
            let closure = Closure { numeraire: Numeraire::Wage(1), ..options.closure };
            let other = Options { closure, ..options };
            let other_change = Change::between(
                &calibration,
                &calibration.solve(calibration.base.clone(), &other).unwrap(),
                &solve(&other).unwrap(),
            );
            for (a, b) in real.welfare_exact.iter().zip(&other_change.welfare_exact) {
                prop_assert!((a - b).abs() < 1e-9, "{text}");
            }
            if let Ok(newton) = solve(&Options { method: Method::Newton, ..options }) {
                prop_assert!(gap(&found, &newton) < 1e-9, "{text}");
            }
        }
    }

    /// Caps hold under every variant.
    #[test]
    fn caps_hold_in_every_variant(seed in any::<u64>()) {
        let (world, calibration, policy) = economy(seed);
        let n = world.region_count();
        let cell = (0..world.trade_musd.len())
            .find(|cell| cell / n % n != cell % n && world.trade_musd[*cell] > 0.0)
            .unwrap();
        let cap = Cap { measure: "cap".into(), flows: vec![(cell, 0.7)], quantity: 0.5, importer_rent: 0.2 };
        let policy = PolicyState { caps: vec![cap], ..policy };
        for text in VARIANTS {
            let found = calibration.solve(policy.clone(), &with(text, Deficits::Held)).unwrap();
            let outcome = &found.caps[0];
            prop_assert!(outcome.quantity < 0.5 * (1.0 + 1e-9) && outcome.wedge >= 0.0, "{text} {outcome:?}");
            prop_assert!(outcome.wedge == 0.0 || outcome.quantity > 0.5 * (1.0 - 1e-9), "{text} {outcome:?}");
        }
    }
}

/// Two equal regions with a tariff on each other: by symmetry wages stay, and
/// one sector that uses itself has `ĉ^(1−σ) = β + γ P̂^(1−σ)`,
/// `P̂ = ĉ (1 − s + s (1+t)^−θ)^(−1/θ)`.
#[test]
fn one_sector_with_inputs_has_a_closed_form() {
    let (share, theta, tariff, gamma) = (0.3, 5.0, 0.4, 0.45);
    let mut world = symmetric_pair(share, theta);
    world.input_share = vec![gamma; 2];
    let calibration = calibrate(&world);
    for sigma in [0.2, 0.999_999, 1.0, 1.8] {
        let mut policy = calibration.base.clone();
        policy.tariff[1] = tariff;
        policy.tariff[2] = tariff;
        let text = format!("inputs={sigma}");
        let found = calibration.solve(policy, &with(&text, Deficits::Held)).unwrap();
        let f = (1.0 - share + share * (1.0 + tariff).powf(-theta)).powf(-1.0 / theta);
        let cost = if sigma == 1.0 {
            f.powf(gamma / (1.0 - gamma))
        } else {
            // c^(1−σ) (1 − γ f^(1−σ)) = β
            ((1.0 - gamma) / (1.0 - gamma * f.powf(1.0 - sigma))).powf(1.0 / (1.0 - sigma))
        };
        assert!((found.cost_hat[0] / cost - 1.0).abs() < 1e-9, "{sigma}: {} {cost}", found.cost_hat[0]);
        assert!((found.price_hat[0] / (cost * f) - 1.0).abs() < 1e-9);
    }
}

/// Specific factors: nobody moves, a sector's wage goes with its sales. With
/// free movement every sector pays the same.
#[test]
fn without_mobility_employment_stays_and_wages_differ() {
    for seed in 0..10 {
        let (world, calibration, policy) = economy(seed);
        let (n, stays) = (world.region_count(), with("mobility=0", Deficits::Held));
        let found = calibration.solve(policy.clone(), &stays).unwrap();
        assert!(found.employment_hat.iter().all(|hat| *hat == 0.0 || (hat - 1.0).abs() < 1e-9));
        let moves = calibration.solve(policy, &tight(Deficits::Held)).unwrap();
        for (cell, hat) in moves.sector_wage_hat.iter().enumerate() {
            assert!((hat / moves.wage_hat[cell % n] - 1.0).abs() < 1e-12);
        }
        // A sector's wage goes with what it pays in all, nobody having moved.
        let before = calibration.solve(calibration.base.clone(), &stays).unwrap();
        let change = Change::between(&calibration, &before, &found);
        for cell in (0..found.output_musd.len()).filter(|cell| found.employment_hat[*cell] > 0.0) {
            let paid = found.output_musd[cell] / before.output_musd[cell];
            let price = found.consumption_price_hat[cell % n] / before.consumption_price_hat[cell % n];
            assert!((change.sector_real_wage[cell] - (paid / price - 1.0)).abs() < 1e-9);
        }
    }
}

/// Cost is that of the bundle of wage and inputs, less `μ` for every per cent
/// that a sector's employment has grown.
#[test]
fn a_larger_sector_is_cheaper_by_its_scale_elasticity() {
    for seed in 0..10 {
        let (world, calibration, policy) = economy(seed);
        let (n, j) = (world.region_count(), world.sector_count());
        let found = calibration.solve(policy, &with("scale=0.5", Deficits::Held)).unwrap();
        let logs = |hats: &[f64]| hats.iter().map(|hat| hat.ln()).collect::<Vec<_>>();
        let (wage, price) = (logs(&found.wage_hat), logs(&found.price_hat));
        for cell in (0..n * j).filter(|cell| found.employment_hat[*cell] > 0.0) {
            let (sector, region) = (cell / n, cell % n);
            let mut bundle = calibration.value_added_share[region * j + sector] * wage[region];
            for input in 0..j {
                bundle +=
                    calibration.input_share[(region * j + input) * j + sector] * price[input * n + region];
            }
            let expected = bundle - 0.5 / calibration.theta[sector] * found.employment_hat[cell].ln();
            assert!((found.cost_hat[cell].ln() - expected).abs() < 1e-9);
        }
    }
}

/// Markups: profits are their share of sales, wages the rest of value added.
#[test]
fn profits_are_their_share_of_sales() {
    let (world, calibration, policy) = economy(3);
    let (n, j) = (world.region_count(), world.sector_count());
    let found = calibration.solve(policy, &with("markups=0.4", Deficits::Held)).unwrap();
    for region in 0..n {
        let profits: f64 =
            (0..j).map(|s| 0.4 / (1.0 + calibration.theta[s]) * found.output_musd[s * n + region]).sum();
        assert!((found.profits_musd[region] / profits - 1.0).abs() < 1e-10);
    }
}

/// Deficits in proportion to income: a region that earns more lends more.
#[test]
fn deficits_follow_incomes() {
    let (world, calibration, policy) = economy(5);
    let found = calibration.solve(policy, &tight(Deficits::Income)).unwrap();
    let n = world.region_count();
    let ratio = |region: usize| {
        found.deficit_musd[region] / found.value_added_musd[region]
            - calibration.deficit[region] / calibration.value_added[region]
    };
    for region in 1..n {
        assert!((ratio(region) - ratio(0)).abs() < 1e-10, "the same pool for all");
    }
}

/// A sector that adds less than a markup asks for is named.
#[test]
fn a_markup_above_value_added_is_refused() {
    let mut world = symmetric_pair(0.2, 4.0);
    world.input_share = vec![0.9; 2];
    let error = calibrate(&world)
        .solve(calibrate(&world).base.clone(), &with("markups=1", Deficits::Held))
        .unwrap_err();
    assert!(matches!(error, EquilibriumError::NoLabour { .. }), "{error}");
    assert!(error.to_string().contains("nothing for labour in S0 of R0"), "{error}");
    assert!(error.is_about_input());
}

/// The world of Lashkaripour and Lugovskyy gives scale elasticities and markups
/// of its own: without entry, profits are `μ/(1+μ)` of sales, and a sector's cost
/// falls by `μ` for a per cent of workers.
#[test]
fn markups_of_the_world_are_read() {
    let world = World::shipped("ll2014").unwrap();
    let markup = world.markup.clone().unwrap();
    let calibration = calibrate(&world);
    let mut policy = calibration.base.clone();
    let (usa, china) = (world.regions.find("USA").unwrap(), world.regions.find("CHN").unwrap());
    for sector in (0..world.sector_count()).filter(|sector| world.goods[*sector]) {
        policy.tariff[world.cell(sector, usa, china)] += 0.25;
    }
    let after = calibration.solve(policy.clone(), &with("scale=1", Deficits::Held)).unwrap();
    let change = Change::between(
        &calibration,
        &calibration.solve(calibration.base.clone(), &with("scale=1", Deficits::Held)).unwrap(),
        &after,
    );
    let n = world.region_count();
    for sector in 0..world.sector_count() {
        let cell = sector * n + china;
        let expected = after.wage_hat[china] * (1.0 + change.employment[cell]).powf(-markup[sector]);
        let cost = after.cost_hat[cell];
        assert!((cost / expected - 1.0).abs() < 1e-9, "sector {sector}: {cost} {expected}");
    }
    let profits = calibration.solve(policy, &with("markups=1", Deficits::Held)).unwrap();
    assert!(profits.residual < 1e-9);

    let mut steep = world.clone();
    steep.markup = Some(markup.iter().map(|mu| 2.0 * mu).collect());
    let calibration = calibrate(&steep);
    let error = calibration.solve(calibration.base.clone(), &with("scale=1", Deficits::Held)).unwrap_err();
    assert!(error.to_string().contains("write scale = 0.5"), "{error}");
}
