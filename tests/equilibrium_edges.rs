//! Where the model has no answer, and where it is easy to lose one.

mod test_worlds;

use detente::equilibrium::{Calibration, Closure, Deficits, Equilibrium, EquilibriumError, Method, Options};
use detente::ledger::PolicyState;
use detente::world::World;
use test_worlds::{base_policy, calibrate, chain, random, symmetric_pair, tight, world};

/// Solves after `change` was made to the base policy.
fn solve(
    world: &World,
    options: &Options,
    change: impl FnOnce(&mut PolicyState),
) -> Result<Equilibrium, EquilibriumError> {
    let calibration = calibrate(world);
    let mut policy = calibration.base.clone();
    change(&mut policy);
    calibration.solve(policy, options)
}

/// The message of the error.
fn refusal<T: std::fmt::Debug>(result: Result<T, EquilibriumError>) -> String {
    result.unwrap_err().to_string()
}

fn deficits(deficits: Deficits) -> Options {
    Options { closure: Closure { deficits, ..Closure::default() }, ..Options::default() }
}

/// In the chain only `R1` makes `S1`, which `R0` needs as an input.
#[test]
fn an_embargo_of_the_only_supplier_names_market_and_buyer() {
    let embargo = |policy: &mut PolicyState| policy.iceberg_hat[5] = f64::INFINITY;
    let error = solve(&chain(4.0), &Options::default(), embargo).unwrap_err();
    assert_eq!(error, EquilibriumError::NoSupplier { sector: "S1".into(), importer: "R0".into() });
    assert_eq!(
        error.to_string(),
        "R0 needs S1 but no supplier is left: every exporter it buys from is shut out, by a ban or by a barrier \
         that leaves no measurable trade at this elasticity. With fixed spending shares there is no equilibrium; \
         leave a supplier, or lower the barrier"
    );
}

#[test]
fn an_infinite_tariff_on_one_of_several_suppliers_stops_that_flow_alone() {
    let world = random::world(5, 3, 11);
    let cell = world.cell(0, 1, 0);
    let after = solve(&world, &tight(Deficits::Held), |p| p.tariff[cell] = f64::INFINITY).unwrap();
    assert!(world.trade_musd[cell] > 0.0);
    assert_eq!(after.trade_musd[cell].to_bits(), 0.0_f64.to_bits());
    for other in (0..world.trade_musd.len()).filter(|other| *other != cell) {
        assert_eq!(after.trade_musd[other] > 0.0, world.trade_musd[other] > 0.0);
    }
    // The limit of ever higher tariffs: with θ > 1.5, (1e12)^−θ < 1e-18 of the flow is left.
    let almost = solve(&world, &tight(Deficits::Held), |p| p.tariff[cell] = 1e12).unwrap();
    for (a, b) in after.wage_hat.iter().zip(&almost.wage_hat) {
        assert!((a - b).abs() < 1e-10);
    }
}

/// `R0` exports 70, imports 10 and sends 60 abroad: 50 are left of its 110.
fn surplus(theta: f64) -> World {
    let flows = vec![40.0, 5.0, 5.0, 40.0, 90.0, 10.0, 30.0, 10.0, 80.0];
    world("surplus", 3, &[theta], flows, vec![0.0; 3])
}

/// Its exports taxed by all, it cannot earn the 60; every shock beyond the
/// threshold says so, whichever way the iteration fails.
#[test]
fn a_held_surplus_that_cannot_be_earned_names_the_region() {
    for theta in [0.5, 2.0, 5.0] {
        for rate in [2.0, 3.0, 10.0, 1e3] {
            for method in [Method::Automatic, Method::Anderson, Method::Newton] {
                let options = Options { method, ..Options::default() };
                let error = solve(&surplus(theta), &options, |p| (p.tariff[3], p.tariff[6]) = (rate, rate));
                let Err(EquilibriumError::NegativeIncome { region, earned_musd, transfer_musd }) = error
                else {
                    panic!("θ {theta}, tariff {rate}, {method:?}: {error:?}");
                };
                assert_eq!(region, "R0");
                assert!((transfer_musd - 60.0).abs() < 1e-9 && (0.0..60.0).contains(&earned_musd));
            }
        }
        // With deficits at zero there is always an answer.
        let balanced =
            solve(&surplus(theta), &deficits(Deficits::Zero), |p| (p.tariff[3], p.tariff[6]) = (3.0, 3.0));
        assert!(balanced.is_ok());
    }
}

#[test]
fn the_message_of_a_negative_income_gives_both_sums() {
    let message =
        refusal(solve(&surplus(5.0), &Options::default(), |p| (p.tariff[3], p.tariff[6]) = (10.0, 10.0)));
    assert!(message.starts_with("the income of R0 would be negative: it earns "), "{message}");
    assert!(
        message.ends_with(
            " million USD but its held surplus sends 60 abroad. Hold deficits as zero, or use a smaller shock"
        ),
        "{message}"
    );
}

/// `R1` buys from both others and sells to nobody; `R2` sells only to it. A
/// deficit pays for that in the base year. Without one no wages clear.
#[test]
fn who_sells_nothing_cannot_balance_its_trade() {
    let flows = vec![100.0, 0.0, 0.0, 5.0, 80.0, 5.0, 10.0, 0.0, 90.0];
    let world = world("no exports", 3, &[4.0], flows, vec![0.0; 3]);
    let tariff = |p: &mut PolicyState| p.tariff[3] = 0.1;
    assert!(solve(&world, &deficits(Deficits::Held), tariff).is_ok());
    assert_eq!(
        refusal(solve(&world, &deficits(Deficits::Zero), tariff)),
        "R1 can buy abroad but sells nothing there, and no deficit pays for it: its wages would fall without \
         end. Hold deficits as in the base year, or leave it a customer"
    );
    // An embargo on all exports of a country in balance comes to the same.
    let embargo = |p: &mut PolicyState| p.tariff[2] = f64::INFINITY;
    assert_eq!(
        solve(&symmetric_pair(0.2, 4.0), &Options::default(), embargo).unwrap_err(),
        EquilibriumError::NoExports { regions: "R0".into() }
    );
}

/// `S1` is only traded, never sold at home.
#[test]
fn a_sector_without_home_sales_solves() {
    let flows = vec![50.0, 5.0, 5.0, 60.0, 0.0, 20.0, 20.0, 0.0];
    let world = world("no home sales", 2, &[4.0, 6.0], flows, [0.1, 0.2, 0.1, 0.1].repeat(2));
    let tariff = |p: &mut PolicyState| p.tariff[5] = 0.25;
    let [a, b] = [Method::Anderson, Method::Newton]
        .map(|method| solve(&world, &Options { method, ..tight(Deficits::Held) }, tariff).unwrap());
    assert!((a.trade_musd[4], a.trade_musd[7]) == (0.0, 0.0) && a.trade_musd[5] > 0.0);
    // With one supplier each, the buyer's spending is all there is: the tariff
    // cannot move the price relative to the supplier's cost by anything but itself.
    assert!((a.price_hat[2] / a.cost_hat[3] - 1.25).abs() < 1e-12);
    assert!(a.wage_hat.iter().zip(&b.wage_hat).all(|(a, b)| (a - b).abs() < 1e-11));
}

/// `R0` makes `S1` from labour alone: its unit cost there is its wage.
#[test]
fn a_sector_without_inputs_costs_what_its_labour_costs() {
    let flows = vec![50.0, 5.0, 5.0, 60.0, 20.0, 7.0, 8.0, 30.0];
    let inputs = vec![0.2, 0.0, 0.1, 0.0, 0.2, 0.1, 0.1, 0.1];
    let world = world("no inputs", 2, &[4.0, 6.0], flows, inputs);
    let after = solve(&world, &tight(Deficits::Held), |p| p.tariff[1] = 0.3).unwrap();
    assert!((after.cost_hat[2] / after.wage_hat[0] - 1.0).abs() < 1e-14);
    assert!((after.cost_hat[0] / after.wage_hat[0] - 1.0).abs() > 1e-4);
}

/// Crude oil in the published elasticities has θ = 65.
#[test]
fn a_trade_elasticity_of_sixty_five_solves_by_both_methods() {
    for seed in 0..20 {
        let mut world = random::world(6, 4, seed);
        world.elasticities[0].theta[1] = 65.0;
        let shock = random::shock(&base_policy(&world), 6, seed);
        let [a, b] = [Method::Anderson, Method::Newton].map(|method| {
            let options = Options { method, ..Options::default() };
            solve(&world, &options, |policy| *policy = shock.clone()).unwrap()
        });
        assert!(a.residual <= 1e-10 && b.residual <= 1e-10);
        for (a, b) in a.wage_hat.iter().chain(&a.price_hat).zip(b.wage_hat.iter().chain(&b.price_hat)) {
            assert!((a / b - 1.0).abs() < 1e-9, "seed {seed}: {a} {b}");
        }
    }
}

#[test]
fn barriers_that_are_no_numbers_are_refused_by_name() {
    let world = symmetric_pair(0.2, 4.0);
    let rate = "it must be a number above -1, which is -100 %";
    let iceberg = "it must be a positive number, 1 where nothing changed";
    type Change = fn(&mut PolicyState);
    let cases: [(Change, String); 6] = [
        (|p| p.tariff[1] = -1.0, format!("the tariff on S0 from R1 to R0 is -1: {rate}")),
        (|p| p.tariff[2] = f64::NAN, format!("the tariff on S0 from R0 to R1 is NaN: {rate}")),
        (|p| p.export_tax[1] = -1.5, format!("the export tax on S0 from R1 to R0 is -1.5: {rate}")),
        (
            |p| (p.tariff[1], p.export_tax[1]) = (-3.0, -3.0),
            format!("the tariff on S0 from R1 to R0 is -3: {rate}"),
        ),
        (|p| p.iceberg_hat[1] = -2.0, format!("the iceberg cost on S0 from R1 to R0 is -2: {iceberg}")),
        (|p| p.iceberg_hat[0] = 0.0, format!("the iceberg cost on S0 from R0 to R0 is 0: {iceberg}")),
    ];
    for (change, message) in cases {
        assert_eq!(refusal(solve(&world, &Options::default(), change)), message);
        // The same in the base policy, which the flows contain.
        let mut base = base_policy(&world);
        change(&mut base);
        assert_eq!(refusal(Calibration::new(&world, base, &[4.0])), message);
    }
    let mut base = base_policy(&world);
    base.tariff[1] = f64::INFINITY;
    assert_eq!(
        refusal(Calibration::new(&world, base, &[4.0])),
        format!("the tariff on S0 from R1 to R0 is inf: {rate}"),
        "something flows across it"
    );
}

#[test]
fn arrays_that_do_not_fit_are_refused() {
    let world = symmetric_pair(0.2, 4.0);
    assert_eq!(
        refusal(Calibration::new(&world, base_policy(&world), &[4.0, 4.0])),
        "`theta` has 2 elements, expected 1 ([sector])"
    );
    let short = |p: &mut PolicyState| p.tariff.truncate(3);
    assert_eq!(
        refusal(solve(&world, &Options::default(), short)),
        "`tariff` has 3 elements, expected 4 ([sector, importer, exporter])"
    );
    let shares = World { final_share: Some(vec![1.0]), ..world.clone() };
    assert_eq!(
        refusal(Calibration::new(&shares, base_policy(&world), &[4.0])),
        "`final_share` has 1 elements, expected 2 ([region, sector])"
    );
}

#[test]
fn data_that_no_economy_has_are_refused() {
    let base = |world: &World| Calibration::new(world, base_policy(world), &world.elasticities[0].theta);
    let mut flows = symmetric_pair(0.2, 4.0);
    flows.trade_musd[2] = -1.0;
    assert_eq!(refusal(base(&flows)), "trade of S0 from R0 to R1 is -1: flows are finite and not negative");
    let mut theta = symmetric_pair(0.2, 4.0);
    theta.elasticities[0].theta[0] = 0.0;
    assert_eq!(refusal(base(&theta)), "the trade elasticity of S0 is 0: it must be positive and finite");
    let mut inputs = chain(4.0);
    inputs.input_share[2] = -0.5;
    assert_eq!(
        refusal(base(&inputs)),
        "the input share of S1 of S0 in R0 is -0.5: input shares are finite and not below -1 %"
    );
    inputs.input_share[2] = 1.5;
    assert_eq!(
        refusal(base(&inputs)),
        "the value-added share of S0 in R0 is -0.5: input shares sum to 1 at the most"
    );
}

/// `R0` makes 100 of `S0` and would need 0.7 · 100 of `S1`, but buys 50.
#[test]
fn a_world_that_uses_more_than_it_buys_is_not_balanced() {
    let mut world = chain(4.0);
    world.input_share[2] = 0.7;
    assert_eq!(
        refusal(Calibration::new(&world, base_policy(&world), &[4.0, 4.0])),
        "the world is not balanced: R0 uses 70.000 million USD of S1 as inputs but buys only 50.000; balance \
         the world first (`detente world balance`)"
    );
}

/// `R1` buys and sells nothing of its own.
#[test]
fn a_region_without_value_added_is_refused() {
    let world = world("empty region", 2, &[4.0], vec![90.0, 0.0, 10.0, 0.0], vec![0.0; 2]);
    assert_eq!(
        refusal(Calibration::new(&world, base_policy(&world), &[4.0])),
        "region R1 has no value added in the base year: leave it out or merge it with another"
    );
}

/// A tolerance beyond rounding cannot be met, and the error says how close it came.
#[test]
fn no_convergence_tells_the_story_of_its_residuals() {
    let world = random::world(6, 5, 3);
    let shock = random::shock(&base_policy(&world), 6, 3);
    let options = Options { tolerance: 1e-30, ..deficits(Deficits::Zero) };
    let error = solve(&world, &options, |policy| *policy = shock).unwrap_err();
    let message = error.to_string();
    let EquilibriumError::NoConvergence { residual, tolerance, evaluations, worst, history } = error else {
        panic!("{message}");
    };
    assert_eq!(tolerance, 1e-30);
    assert!(evaluations >= history.len());
    assert!(residual < 1e-13 && residual == history.iter().copied().fold(f64::INFINITY, f64::min));
    assert!(history[0] > 1e-3 && history.len() > 10);
    assert!(worst.starts_with("the "), "{worst}");
    assert!(message.starts_with("no convergence: residual "), "{message}");
    assert!(
        message.contains(&format!("tolerance 1e-30; worst: {worst}. Residuals: {:.1e} → ", history[0])),
        "{message}"
    );
    assert!(message.ends_with(". Try a smaller shock, other elasticities, or deficits zero"), "{message}");
    assert!(message.matches('→').count() <= 8, "{message}");
}

/// A sector that is made and bought at home only, and taxed there: the tariff's
/// revenue is income, whether or not a vanishing flow crosses the border.
#[test]
fn a_home_tariff_counts_in_a_sector_that_is_not_traded() {
    // Two regions, traded S0, home S1; R0 taxes its own S1 by half.
    let with_flow = |flow: f64| {
        let trade = vec![50.0, 30.0, 28.0, 60.0, 80.0, flow, 0.0, 90.0];
        let mut economy = world("home", 2, &[5.0, 3.0], trade, vec![0.0; 8]);
        economy.tariff[4] = 0.5;
        economy
    };
    let untraded = with_flow(0.0);
    let unchanged = solve(&untraded, &tight(Deficits::Held), |_| {}).unwrap();
    assert_eq!(unchanged.evaluations, 1);
    assert!((unchanged.tariff_revenue_musd[0] - 40.0).abs() < 1e-10);
    let tax = |policy: &mut PolicyState| policy.tariff[1] += 0.1;
    let home = solve(&untraded, &tight(Deficits::Held), tax).unwrap();
    let traded = solve(&with_flow(1e-9), &tight(Deficits::Held), tax).unwrap();
    for region in 0..2 {
        assert!((home.wage_hat[region] - traded.wage_hat[region]).abs() < 1e-9);
        assert!((home.income_musd[region] / traded.income_musd[region] - 1.0).abs() < 1e-9);
    }
    // Lifting the tax changes the price of S1 in R0 by 1/1.5 against its cost.
    let lifted = solve(&untraded, &tight(Deficits::Held), |policy| policy.tariff[4] = 0.0).unwrap();
    assert!((lifted.price_hat[2] * 1.5 / lifted.cost_hat[2] - 1.0).abs() < 1e-12);
}
