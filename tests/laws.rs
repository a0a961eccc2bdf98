//! Laws that hold in every world, and worlds whose answers are known.
//!
//! Random worlds come from `test_worlds::random`: 3 to 12 regions, 2 to 15
//! sectors, with missing flows, producers, home sales and inputs, base tariffs,
//! base export taxes and deficits. The draws are the same in every run; set
//! `PROPTEST_RNG_SEED` or `PROPTEST_CASES` for others.

mod test_worlds;

use std::sync::Arc;

use detente::equilibrium::{Calibration, Change, Closure, Deficits, Equilibrium, Method, Numeraire, Options};
use detente::ledger::PolicyState;
use detente::numerics::linear::Arithmetic;
use detente::world::World;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rayon::prelude::*;
use test_worlds::random::{self, Draw};
use test_worlds::{base_policy, calibrate, tight};

fn cases(count: u32) -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = count;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(1);
    }
    config
}

/// A random world, its calibration, and a policy that differs from its base.
struct Economy {
    world: World,
    calibration: Calibration,
    policy: PolicyState,
}

impl Economy {
    fn new((n, j, seed): (usize, usize, u64)) -> Self {
        let world = random::world(n, j, seed);
        let calibration =
            Calibration::new(&world, random::base(&world, seed), &world.elasticities[0].theta).unwrap();
        let policy = random::shock(&calibration.base, n, seed);
        Self { world, calibration, policy }
    }

    fn solve(&self, policy: &PolicyState, options: &Options) -> Equilibrium {
        self.calibration.solve(policy.clone(), options).unwrap()
    }

    /// The base year under the closure, the policy, and the change between them.
    fn run(&self, options: &Options) -> (Equilibrium, Equilibrium, Change) {
        let before = self.solve(&self.calibration.base, options);
        let after = self.solve(&self.policy, options);
        let change = Change::between(&self.calibration, &before, &after);
        (before, after, change)
    }
}

fn shape() -> impl Strategy<Value = (usize, usize, u64)> {
    (3..=12usize, 2..=15usize, any::<u64>())
}

/// Largest difference.
fn gap(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, worse)
}

/// Largest relative difference; a zero meets only a zero.
fn relative_gap(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| if a == b { 0.0 } else { (a / b - 1.0).abs() }).fold(0.0, worse)
}

/// The larger of two; NaN wins.
fn worse(a: f64, b: f64) -> f64 {
    if a >= b { a } else { b }
}

/// Largest difference between two changes in what does not depend on the unit of account.
fn real_gap(a: &Change, b: &Change) -> f64 {
    [
        gap(&a.welfare_exact, &b.welfare_exact),
        gap(&a.real_wage, &b.real_wage),
        gap(&a.gross_output, &b.gross_output),
        gap(&a.employment, &b.employment),
    ]
    .into_iter()
    .fold(0.0, worse)
}

/// Largest relative difference in everything the equilibrium consists of.
fn equilibrium_gap(a: &Equilibrium, b: &Equilibrium) -> f64 {
    [
        relative_gap(&a.wage_hat, &b.wage_hat),
        relative_gap(&a.price_hat, &b.price_hat),
        relative_gap(&a.cost_hat, &b.cost_hat),
        relative_gap(&a.trade_musd, &b.trade_musd),
        relative_gap(&a.income_musd, &b.income_musd),
    ]
    .into_iter()
    .fold(0.0, worse)
}

fn product(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

/// `world` after `equilibrium`: its flows, and the tariffs under which they flow.
fn read_back(world: &World, equilibrium: &Equilibrium) -> World {
    World {
        trade_musd: equilibrium.trade_musd.clone(),
        tariff: equilibrium.policy.tariff.clone(),
        ..world.clone()
    }
}

/// `world` without base tariffs, still admissible: final demand takes the slack.
fn untaxed(mut world: World) -> World {
    let n = world.region_count();
    for region in 0..n {
        for sector in 0..world.sector_count() {
            let cells = (sector * n + region) * n..(sector * n + region + 1) * n;
            let net: f64 = world.trade_musd[cells.clone()].iter().sum();
            let gross: f64 = cells.map(|c| world.trade_musd[c] * (1.0 + world.tariff[c])).sum();
            let j = world.sector_count();
            let row = &mut world.input_share[(region * j + sector) * j..][..j];
            row.iter_mut().for_each(|share| *share *= if gross > 0.0 { net / gross } else { 1.0 });
        }
    }
    world.tariff.fill(0.0);
    world
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn nothing_changes_without_a_shock(shape in shape()) {
        let economy = Economy::new(shape);
        let (calibration, base) = (&economy.calibration, &economy.calibration.base);
        let same = economy.solve(base, &Options::default());
        prop_assert_eq!(same.evaluations, 1, "one evaluation is enough");
        for hats in [&same.wage_hat, &same.price_hat, &same.cost_hat] {
            prop_assert!(hats.iter().all(|hat| (hat - 1.0).abs() < 1e-12), "{:?}", hats);
        }
        prop_assert!(relative_gap(&same.trade_musd, &economy.world.trade_musd) < 1e-12);
        let change = Change::between(calibration, &same, &same);
        prop_assert!(change.welfare_exact.iter().chain(&change.welfare_linear).all(|w| w.abs() < 1e-12));
    }

    /// Trade shares, recomputed from flows at the border and tariffs, sum to 1;
    /// output, recomputed from flows and export taxes, is output; a flow exists
    /// if and only if it did in the base year.
    #[test]
    fn trade_shares_sum_to_one(shape in shape()) {
        let economy = Economy::new(shape);
        let (world, policy) = (&economy.world, &economy.policy);
        let after = economy.solve(policy, &tight(Deficits::Zero));
        let n = world.region_count();
        let mut output = vec![0.0; after.output_musd.len()];
        for row in 0..n * world.sector_count() {
            let mut paid = 0.0;
            for cell in row * n..(row + 1) * n {
                paid += after.trade_musd[cell] * (1.0 + policy.tariff[cell]);
                output[row / n * n + cell % n] += after.trade_musd[cell] / (1.0 + policy.export_tax[cell]);
                prop_assert_eq!(after.trade_musd[cell] > 0.0, world.trade_musd[cell] > 0.0);
            }
            if economy.calibration.demanded[row] {
                prop_assert!((paid / after.expenditure_musd[row] - 1.0).abs() < 1e-13);
            }
        }
        prop_assert!(relative_gap(&output, &after.output_musd) < 1e-13);
    }

    /// Walras: imports less exports are the deficit of every region, deficits
    /// sum to zero, income is value added, revenue and deficit, and all of it is spent.
    #[test]
    fn every_budget_holds(shape in shape()) {
        let economy = Economy::new(shape);
        let (calibration, policy) = (&economy.calibration, &economy.policy);
        let (n, j) = (calibration.region_count(), calibration.sector_count());
        let after = economy.solve(policy, &tight(Deficits::Held));
        let unit = calibration.world_value_added_musd;
        let (mut balance, mut revenue) = (vec![0.0; n], vec![0.0; n]);
        for (cell, value) in after.trade_musd.iter().enumerate() {
            let (importer, exporter) = (cell / n % n, cell % n);
            balance[importer] += value;
            balance[exporter] -= value;
            revenue[importer] += value * policy.tariff[cell];
            revenue[exporter] += value - value / (1.0 + policy.export_tax[cell]);
        }
        for region in 0..n {
            let deficit = after.deficit_musd[region];
            prop_assert!((balance[region] - deficit).abs() < 1e-11 * unit);
            prop_assert!((deficit / unit - calibration.deficit[region]).abs() < 1e-14);
            let income = after.income_musd[region];
            let earned = after.value_added_musd[region] + revenue[region] + deficit;
            prop_assert!((earned / income - 1.0).abs() < 1e-11);
            let spent: f64 = (0..j)
                .map(|s| {
                    let inputs = &calibration.input_share[(region * j + s) * j..][..j];
                    let used: f64 = (0..j).map(|k| inputs[k] * after.output_musd[k * n + region]).sum();
                    after.expenditure_musd[s * n + region] - used
                })
                .sum();
            prop_assert!((spent / income - 1.0).abs() < 1e-10, "{} of {}", spent, income);
        }
        prop_assert!(balance.iter().sum::<f64>().abs() < 1e-12 * unit);
        prop_assert!((after.value_added_musd.iter().sum::<f64>() / unit - 1.0).abs() < 1e-13);
    }

    /// Dollars or cents: with a power of two as the factor not a bit changes.
    #[test]
    fn the_unit_of_the_data_changes_nothing_real(shape in shape(), factor in 1e-3..1e3f64) {
        let economy = Economy::new(shape);
        let (before, _, change) = economy.run(&tight(Deficits::Held));
        for (factor, tolerance) in [(1024.0, 0.0), (factor, 1e-10)] {
            let mut world = economy.world.clone();
            world.trade_musd.iter_mut().for_each(|value| *value *= factor);
            let calibration =
                Calibration::new(&world, economy.calibration.base.clone(), &economy.calibration.theta).unwrap();
            let scaled = Economy { world, calibration, policy: economy.policy.clone() };
            let (scaled_before, _, scaled_change) = scaled.run(&tight(Deficits::Held));
            prop_assert!(real_gap(&change, &scaled_change) <= tolerance);
            prop_assert!(gap(&change.price_index, &scaled_change.price_index) <= tolerance);
            let income: Vec<f64> = before.income_musd.iter().map(|i| i * factor).collect();
            prop_assert!(relative_gap(&scaled_before.income_musd, &income) < 1e-11);
        }
    }

    /// Under deficits that are zero or a share of world value added; nominal
    /// results differ by one factor, and the numeraire's own wage is 1.
    #[test]
    fn the_numeraire_changes_nothing_real(shape in shape(), region in any::<prop::sample::Index>()) {
        let economy = Economy::new(shape);
        let region = region.index(economy.world.region_count());
        for deficits in [Deficits::Zero, Deficits::Share] {
            let options = tight(deficits);
            let wage = Options { closure: Closure { deficits, numeraire: Numeraire::Wage(region) }, ..options };
            let ((_, after, change), (_, wage_after, wage_change)) = (economy.run(&options), economy.run(&wage));
            prop_assert!(real_gap(&change, &wage_change) < 1e-10);
            prop_assert!((wage_after.wage_hat[region] - 1.0).abs() < 1e-15);
            let factor = 1.0 / after.wage_hat[region];
            let scaled = |values: &[f64]| values.iter().map(|v| v * factor).collect::<Vec<_>>();
            prop_assert!(relative_gap(&wage_after.price_hat, &scaled(&after.price_hat)) < 1e-10);
            prop_assert!(relative_gap(&wage_after.trade_musd, &scaled(&after.trade_musd)) < 1e-9);
        }
    }

    /// The second step starts from a calibration of the first step's flows.
    #[test]
    fn two_steps_of_ten_per_cent_are_one_of_twenty_one(shape in shape(), iceberg in any::<bool>()) {
        let mut economy = Economy::new(shape);
        let n = economy.world.region_count();
        economy.calibration =
            Calibration::new(&economy.world, base_policy(&economy.world), &economy.calibration.theta).unwrap();
        let mut draw = Draw(shape.2);
        let raised: Vec<bool> = (0..economy.world.tariff.len())
            .map(|cell| draw.chance(0.3) && cell / n % n != cell % n)
            .collect();
        let raise = |base: &PolicyState, factor: f64| {
            let mut policy = base.clone();
            for cell in (0..raised.len()).filter(|cell| raised[*cell]) {
                if iceberg {
                    policy.iceberg_hat[cell] *= factor;
                } else {
                    policy.tariff[cell] = (1.0 + policy.tariff[cell]) * factor - 1.0;
                }
            }
            policy
        };
        for deficits in [Deficits::Zero, Deficits::Held] {
            let options = tight(deficits);
            let one = economy.solve(&raise(&economy.calibration.base, 1.1 * 1.1), &options);
            let first = economy.solve(&raise(&economy.calibration.base, 1.1), &options);
            let world = read_back(&economy.world, &first);
            let halfway = Calibration::new(&world, base_policy(&world), &economy.calibration.theta).unwrap();
            let second = halfway.solve(raise(&halfway.base, 1.1), &options).unwrap();
            prop_assert!(relative_gap(&product(&first.wage_hat, &second.wage_hat), &one.wage_hat) < 1e-10);
            prop_assert!(relative_gap(&product(&first.price_hat, &second.price_hat), &one.price_hat) < 1e-10);
            prop_assert!(relative_gap(&second.income_musd, &one.income_musd) < 1e-10);
            prop_assert!(relative_gap(&second.trade_musd, &one.trade_musd) < 1e-9);
        }
    }

    /// The model's own history does not matter: back to the base policy from a
    /// calibration of the shocked flows is back to the base year.
    #[test]
    fn a_policy_undone_restores_the_base_year(shape in shape()) {
        let economy = Economy::new(shape);
        let options = tight(Deficits::Held);
        let there = economy.solve(&economy.policy, &options);
        let world = read_back(&economy.world, &there);
        let base = PolicyState { iceberg_hat: vec![1.0; world.tariff.len()], ..economy.policy.clone() };
        let shocked = Calibration::new(&world, base, &economy.calibration.theta).unwrap();
        let mut undo = economy.calibration.base.clone();
        undo.iceberg_hat.iter_mut().zip(&economy.policy.iceberg_hat).for_each(|(undo, d)| *undo /= d);
        let back = shocked.solve(undo, &options).unwrap();
        prop_assert!(relative_gap(&back.trade_musd, &economy.world.trade_musd) < 1e-9);
        prop_assert!(relative_gap(&product(&there.price_hat, &back.price_hat), &vec![1.0; back.price_hat.len()]) < 1e-10);
    }

    /// Lerner: a tariff on all imports of one region, or the same tax on all
    /// its exports. Trade is balanced and the region has no other tariffs.
    #[test]
    fn a_tax_on_all_exports_is_a_tariff_on_all_imports(shape in shape(), rate in 0.02..0.6f64) {
        let mut world = random::world(shape.0, shape.1, shape.2);
        let n = world.region_count();
        let actor = shape.2 as usize % n;
        let others = world.tariff.clone();
        world = untaxed(world);
        for cell in 0..others.len() {
            if cell / n % n != actor {
                // Tariffs of others only add to their final demand.
                world.tariff[cell] = others[cell];
            }
        }
        let calibration = calibrate(&world);
        let [mut tariff, mut export_tax] = [calibration.base.clone(), calibration.base.clone()];
        for cell in 0..others.len() {
            match (cell / n % n == actor, cell % n == actor) {
                (true, false) => tariff.tariff[cell] = rate,
                (false, true) => export_tax.export_tax[cell] = rate,
                _ => {}
            }
        }
        let options = tight(Deficits::Zero);
        let before = calibration.solve(calibration.base.clone(), &options).unwrap();
        let [tariff, export_tax] = [tariff, export_tax].map(|policy| calibration.solve(policy, &options).unwrap());
        let [a, b] = [&tariff, &export_tax].map(|after| Change::between(&calibration, &before, after));
        prop_assert!(real_gap(&a, &b) < 1e-10, "{:e}", real_gap(&a, &b));
        // Quantities of every flow, not only of output.
        let quantities = |e: &Equilibrium| -> Vec<f64> {
            e.trade_musd.iter().enumerate().map(|(cell, value)| {
                value / (1.0 + e.policy.export_tax[cell]) / e.cost_hat[cell / (n * n) * n + cell % n]
            }).collect()
        };
        prop_assert!(relative_gap(&quantities(&tariff), &quantities(&export_tax)) < 1e-9);
    }

    #[test]
    fn the_order_of_regions_and_sectors_does_not_matter(shape in shape()) {
        let economy = Economy::new(shape);
        let (n, j) = (economy.world.region_count(), economy.world.sector_count());
        let mut draw = Draw(shape.2);
        let (regions, sectors) = (draw.order(n), draw.order(j));
        let trade_shaped = |values: &[f64]| -> Vec<f64> {
            (0..j * n * n).map(|cell| {
                let (s, m, i) = (sectors[cell / (n * n)], regions[cell / n % n], regions[cell % n]);
                values[(s * n + m) * n + i]
            }).collect()
        };
        let by_sector = |values: &[f64]| -> Vec<f64> {
            (0..j * n).map(|cell| values[sectors[cell / n] * n + regions[cell % n]]).collect()
        };
        let by_region = |values: &[f64]| -> Vec<f64> { regions.iter().map(|r| values[*r]).collect() };
        let reorder = |policy: &PolicyState| PolicyState {
            date: policy.date,
            tariff: trade_shaped(&policy.tariff),
            export_tax: trade_shaped(&policy.export_tax),
            iceberg_hat: trade_shaped(&policy.iceberg_hat),
            ..policy.clone()
        };
        let mut world = economy.world.clone();
        world.trade_musd = trade_shaped(&world.trade_musd);
        world.tariff = trade_shaped(&world.tariff);
        world.input_share = (0..n * j * j).map(|cell| {
            let (r, k, s) = (regions[cell / (j * j)], sectors[cell / j % j], sectors[cell % j]);
            economy.world.input_share[(r * j + k) * j + s]
        }).collect();
        let theta: Vec<f64> = sectors.iter().map(|s| economy.calibration.theta[*s]).collect();
        let calibration = Calibration::new(&world, reorder(&economy.calibration.base), &theta).unwrap();
        let shuffled = Economy { world, calibration, policy: reorder(&economy.policy) };
        let ((_, after, change), (_, other, other_change)) =
            (economy.run(&tight(Deficits::Held)), shuffled.run(&tight(Deficits::Held)));
        prop_assert!(gap(&by_region(&change.welfare_exact), &other_change.welfare_exact) < 1e-11);
        prop_assert!(gap(&by_region(&change.welfare_linear), &other_change.welfare_linear) < 1e-10);
        prop_assert!(relative_gap(&by_sector(&after.price_hat), &other.price_hat) < 1e-11);
        prop_assert!(relative_gap(&trade_shaped(&after.trade_musd), &other.trade_musd) < 1e-10);
    }

    #[test]
    fn anderson_and_newton_agree(shape in shape()) {
        let economy = Economy::new(shape);
        for deficits in [Deficits::Zero, Deficits::Held] {
            let by = |method| economy.solve(&economy.policy, &Options { method, ..tight(deficits) });
            let (anderson, newton) = (by(Method::Anderson), by(Method::Newton));
            prop_assert!(equilibrium_gap(&anderson, &newton) < 1e-9);
        }
    }

    #[test]
    fn a_warm_start_finds_what_a_cold_start_finds(shape in shape()) {
        let economy = Economy::new(shape);
        let neighbour = random::shock(&economy.policy, economy.world.region_count(), !shape.2);
        let options = tight(Deficits::Held);
        let (cold, start) = (economy.solve(&economy.policy, &options), economy.solve(&neighbour, &options));
        for method in [Method::Anderson, Method::Newton] {
            let options = Options { method, ..options };
            let warm = economy.calibration.solve_from(Some(&start), economy.policy.clone(), &options).unwrap();
            prop_assert!(equilibrium_gap(&warm, &cold) < 1e-9);
        }
        let again = economy.calibration.solve_from(Some(&cold), economy.policy.clone(), &options).unwrap();
        prop_assert!(again.evaluations <= cold.evaluations);
    }

    /// ACR with inputs: as `P[j,n]^−θ = π_nn c[j,n]^−θ / π′_nn`, every price is
    /// tied to home costs, whatever the policy at the border:
    ///
    /// ```text
    /// ln P̂[j,n] = β ln ŵ[n] + Σ_k γ[n,k,j] ln P̂[k,n] + (1/θ) ln π̂[j,n,n]
    /// ```
    #[test]
    fn home_shares_tell_what_trade_is_worth(shape in shape()) {
        let economy = Economy::new(shape);
        let calibration = &economy.calibration;
        let (n, j) = (calibration.region_count(), calibration.sector_count());
        let after = economy.solve(&economy.policy, &tight(Deficits::Held));
        for sector in 0..j {
            for region in 0..n {
                let cell = economy.world.cell(sector, region, region);
                if calibration.trade_share[cell] == 0.0 {
                    continue;
                }
                let share = after.trade_musd[cell] / after.expenditure_musd[sector * n + region];
                let mut log_price = (share / calibration.trade_share[cell]).ln() / calibration.theta[sector]
                    + calibration.value_added_share[region * j + sector] * after.wage_hat[region].ln();
                for input in 0..j {
                    log_price += calibration.input_share[(region * j + input) * j + sector]
                        * after.price_hat[input * n + region].ln();
                }
                prop_assert!((log_price - after.price_hat[sector * n + region].ln()).abs() < 1e-11);
            }
        }
    }

    /// One sector, no inputs, no tariffs, balanced trade: `Ŵ = π̂_nn^(−1/θ)`
    /// (Arkolakis, Costinot and Rodríguez-Clare 2012).
    #[test]
    fn one_sector_gains_are_the_home_share_alone(n in 3..=12usize, seed in any::<u64>(), theta in 1.5..12.0f64) {
        let mut world = untaxed(random::world(n, 1, seed));
        world.input_share.fill(0.0);
        world.elasticities[0].theta = vec![theta];
        let calibration = calibrate(&world);
        let mut draw = Draw(seed);
        let mut policy = calibration.base.clone();
        for cell in 0..n * n {
            if cell / n != cell % n {
                policy.iceberg_hat[cell] = draw.between(0.8, 1.5);
            }
        }
        let options = tight(Deficits::Zero);
        let [before, after] =
            [calibration.base.clone(), policy].map(|policy| calibration.solve(policy, &options).unwrap());
        let change = Change::between(&calibration, &before, &after);
        for region in 0..n {
            let share = |e: &Equilibrium| e.trade_musd[region * n + region] / e.expenditure_musd[region];
            let formula = (share(&after) / share(&before)).powf(-1.0 / theta) - 1.0;
            prop_assert!((change.welfare_exact[region] - formula).abs() < 1e-11);
        }
    }
}

proptest! {
    #![proptest_config(cases(12))]

    /// Summed over a path of `K` steps, the linear formula at each step's start
    /// comes to `ln Ŵ` with an error like 1/K; the mean of the formula forward and
    /// backward, with an error like 1/K². Tariffs, export taxes, icebergs and
    /// deficits (in a numeraire that makes them move) are all on the path.
    #[test]
    fn the_linear_formula_integrates_to_exact_welfare(
        n in 3..=6usize, j in 2..=5usize, seed in any::<u64>(), share in any::<bool>(),
    ) {
        let economy = Economy::new((n, j, seed));
        let (calibration, base) = (&economy.calibration, &economy.calibration.base);
        let closure = if share {
            Closure { deficits: Deficits::Share, numeraire: Numeraire::Wage(0) }
        } else {
            Closure::default()
        };
        let options = Options { closure, ..tight(Deficits::Held) };
        let along = |from: &[f64], to: &[f64], t: f64| -> Vec<f64> {
            from.iter().zip(to).map(|(a, b)| a + t * (b - a)).collect()
        };
        let solved: Vec<Equilibrium> = (0..=32).map(|step| {
            let t = f64::from(step) / 32.0;
            economy.solve(&PolicyState {
                date: base.date,
                tariff: along(&base.tariff, &economy.policy.tariff, t),
                export_tax: along(&base.export_tax, &economy.policy.export_tax, t),
                iceberg_hat: along(&base.iceberg_hat, &economy.policy.iceberg_hat, t),
                ..economy.policy.clone()
            }, &options)
        }).collect();
        let exact = Change::between(calibration, &solved[0], &solved[32]).welfare_exact;
        let errors = |steps: usize| {
            let (mut forward, mut mean) = (vec![0.0; n], vec![0.0; n]);
            let stride = 32 / steps;
            for k in 0..steps {
                let (a, b) = (&solved[k * stride], &solved[(k + 1) * stride]);
                let there = Change::between(calibration, a, b).welfare_linear;
                let back = Change::between(calibration, b, a).welfare_linear;
                for region in 0..n {
                    forward[region] += there[region];
                    mean[region] += (there[region] - back[region]) / 2.0;
                }
            }
            let logs: Vec<f64> = exact.iter().map(|w| w.ln_1p()).collect();
            (gap(&forward, &logs), gap(&mean, &logs))
        };
        let ((coarse, coarse_mean), (fine, fine_mean)) = (errors(16), errors(32));
        prop_assert!(fine < 0.55 * coarse + 1e-11, "{:e} {:e}", coarse, fine);
        prop_assert!(fine_mean < 0.26 * coarse_mean + 1e-11, "{:e} {:e}", coarse_mean, fine_mean);
    }
}

/// Four policies, twice in a row and on one and two threads: every bit agrees,
/// in both arithmetics and by both methods.
#[test]
fn runs_and_thread_counts_change_no_bit() {
    let economy = Economy::new((9, 8, 99));
    let policies: Vec<Arc<PolicyState>> =
        (0..4).map(|k| Arc::new(random::shock(&economy.calibration.base, 9, k))).collect();
    for (method, arithmetic) in [
        (Method::Automatic, Arithmetic::Native),
        (Method::Automatic, Arithmetic::Reproducible),
        (Method::Newton, Arithmetic::Native),
    ] {
        let options = Options { method, arithmetic, ..Options::default() };
        let on = |threads: usize| -> Vec<Equilibrium> {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let solve =
                |policy: &Arc<PolicyState>| economy.calibration.solve(policy.clone(), &options).unwrap();
            pool.install(|| policies.par_iter().map(solve).collect())
        };
        let bits = |runs: Vec<Equilibrium>| -> Vec<u64> {
            runs.iter()
                .flat_map(|run| [&run.wage_hat, &run.price_hat, &run.trade_musd, &run.income_musd])
                .flatten()
                .map(|value| value.to_bits())
                .collect()
        };
        let first = bits(on(1));
        assert!(first == bits(on(1)), "a second run differs: {method:?}, {arithmetic:?}");
        assert!(first == bits(on(2)), "two threads differ: {method:?}, {arithmetic:?}");
    }
}

#[test]
fn identical_regions_move_alike() {
    let world = test_worlds::identical(5, &[3.0, 6.0, 9.0]);
    let calibration = calibrate(&world);
    let mut policy = calibration.base.clone();
    for cell in (0..policy.tariff.len()).filter(|cell| cell / 5 % 5 != cell % 5) {
        policy.tariff[cell] = 0.4;
        policy.export_tax[cell] = 0.1;
        policy.iceberg_hat[cell] = 1.05;
    }
    let after = calibration.solve(policy, &tight(Deficits::Held)).unwrap();
    assert!(gap(&after.wage_hat, &[1.0; 5]) < 1e-13);
    for hats in [&after.price_hat, &after.cost_hat] {
        for sector in hats.chunks_exact(5) {
            assert!(sector.iter().all(|hat| (hat - sector[0]).abs() < 1e-13), "{sector:?}");
            assert!((sector[0] - 1.0).abs() > 1e-3);
        }
    }
}

/// `PolicyState` of a world whose only change is a tariff in these cells.
fn tariff_on(calibration: &Calibration, cells: &[usize], rate: f64) -> PolicyState {
    let mut policy = calibration.base.clone();
    cells.iter().for_each(|cell| policy.tariff[*cell] = rate);
    policy
}

/// The change from the base year under `policy`, trade balanced.
fn change(calibration: &Calibration, policy: PolicyState) -> (Equilibrium, Change) {
    let options = tight(Deficits::Zero);
    let before = calibration.solve(calibration.base.clone(), &options).unwrap();
    let after = calibration.solve(policy, &options).unwrap();
    let change = Change::between(calibration, &before, &after);
    (after, change)
}

#[test]
fn the_symmetric_pair_has_a_closed_form() {
    for (share, theta, rate) in [(0.2, 4.0, 0.1), (0.4, 1.0, 1.0), (0.3, 20.0, 0.25), (0.2, 4.0, -0.2)] {
        let calibration = calibrate(&test_worlds::symmetric_pair(share, theta));
        let (after, change) = change(&calibration, tariff_on(&calibration, &[1, 2], rate));
        let want = test_worlds::symmetric_pair_welfare(share, theta, rate);
        assert!(gap(&after.wage_hat, &[1.0; 2]) < 1e-14);
        assert!(gap(&change.welfare_exact, &[want; 2]) < 1e-13, "{:?} {want}", change.welfare_exact);
    }
}

/// Halving a small tariff quarters the loss, and the loss is the triangle
/// `½ (1+θ) s (1−s) t²`; what is left falls with the cube.
#[test]
fn small_tariffs_cost_harberger_s_triangle() {
    let (share, theta) = (0.3, 40.0);
    let calibration = calibrate(&test_worlds::symmetric_pair(share, theta));
    let loss =
        |rate: f64| -change(&calibration, tariff_on(&calibration, &[1, 2], rate)).1.welfare_exact[0].ln_1p();
    let triangle = |rate: f64| 0.5 * (1.0 + theta) * share * (1.0 - share) * rate * rate;
    assert!((loss(1e-4) / triangle(1e-4) - 1.0).abs() < 5e-3);
    let error = |rate: f64| (loss(rate) - triangle(rate)).abs();
    let order = (error(2e-3) / error(1e-3)).log2();
    assert!((order - 3.0).abs() < 0.1, "order {order}");
}

/// The welfare of a country of a millionth of the world, around its best
/// tariff: 1/θ beats a twentieth more and a twentieth less, and nobody notices.
#[test]
fn the_best_tariff_of_a_small_country_is_one_over_theta() {
    for theta in [2.0, 4.0, 8.0] {
        let calibration = calibrate(&test_worlds::small_open_economy(1e-6, 0.4, theta));
        let at = |rate: f64| change(&calibration, tariff_on(&calibration, &[1], rate));
        let welfare = |rate: f64| at(rate).1.welfare_exact[0];
        let (best, step) = (1.0 / theta, 0.05 / theta);
        let (low, middle, high) = (welfare(best - step), welfare(best), welfare(best + step));
        assert!(middle > 0.0 && middle > low && middle > high, "{low} {middle} {high}");
        // The top of the parabola through the three points.
        let top = best + 0.5 * step * (high - low) / (2.0 * middle - low - high);
        assert!((top / best - 1.0).abs() < 2e-3, "{top} for {best}");
        let (after, change) = at(best);
        assert!((after.wage_hat[1] - 1.0).abs() < 1e-6 && change.welfare_exact[1].abs() < 1e-6);
    }
}

#[test]
fn no_border_matters_in_autarky() {
    let calibration = calibrate(&test_worlds::autarky());
    let mut policy = calibration.base.clone();
    for cell in (0..policy.tariff.len()).filter(|cell| cell / 3 % 3 != cell % 3) {
        (policy.tariff[cell], policy.export_tax[cell], policy.iceberg_hat[cell]) = (f64::INFINITY, 0.5, 2.0);
    }
    let after = calibration.solve(policy, &Options::default()).unwrap();
    for hats in [&after.wage_hat, &after.price_hat, &after.cost_hat] {
        assert!(hats.iter().all(|hat| (hat - 1.0).abs() < 1e-14));
    }
}

/// θ = 4, a fifth of spending imported: closing the border costs each region
/// `1 − 0.8^(1/4)` of its welfare.
#[test]
fn going_to_autarky_costs_the_home_share_to_one_over_theta() {
    let calibration = calibrate(&test_worlds::symmetric_pair(0.2, 4.0));
    let (after, change) = change(&calibration, tariff_on(&calibration, &[1, 2], f64::INFINITY));
    assert_eq!((after.trade_musd[1], after.trade_musd[2]), (0.0, 0.0));
    assert!(gap(&change.welfare_exact, &[0.8_f64.powf(0.25) - 1.0; 2]) < 1e-14);
}

#[test]
fn armington_by_hand_is_found() {
    let calibration = calibrate(&test_worlds::armington_by_hand());
    let (after, change) = change(&calibration, tariff_on(&calibration, &[1], 2.0));
    assert!(gap(&after.wage_hat, &[4.0 / 3.0, 2.0 / 3.0]) < 1e-12);
    assert!(gap(&change.welfare_exact, &[1.0 / 15.0, -1.0 / 6.0]) < 1e-12);
    // 3/5 each way and X₀ = 36/5 where w₁ = 1; here w₁ = 2/3.
    assert!(gap(&after.trade_musd[1..3], &[0.4; 2]) < 1e-12);
    assert!((after.expenditure_musd[0] - 4.8).abs() < 1e-12);
}

#[test]
fn a_chain_passes_costs_on_and_collects_its_duty() {
    for theta in [1.0, 5.0, 30.0] {
        let calibration = calibrate(&test_worlds::chain(theta));
        let cell = 5; // S1, bought by R0 from R1
        let mut iceberg = calibration.base.clone();
        iceberg.iceberg_hat[cell] = 4.0;
        let (after, dearer) = change(&calibration, iceberg);
        assert!(gap(&after.wage_hat, &[1.0; 2]) < 1e-12);
        assert!((after.price_hat[2] - 4.0).abs() < 1e-11 && (after.price_hat[0] - 2.0).abs() < 1e-11);
        assert!(gap(&dearer.welfare_exact, &[-0.5; 2]) < 1e-12);
        let (after, taxed) = change(&calibration, tariff_on(&calibration, &[cell], 1.0));
        assert!(gap(&after.wage_hat, &[4.0 / 3.0, 2.0 / 3.0]) < 1e-11);
        assert!((after.tariff_revenue_musd[0] - 100.0 / 3.0).abs() < 1e-9);
        assert!(gap(&taxed.welfare_exact, &[0.5, -0.5]) < 1e-11, "{:?}", taxed.welfare_exact);
    }
}
