//! Shadow values: the gradient they give is that of the model solved again.

mod test_worlds;

use detente::equilibrium::{Calibration, Closure, Deficits, Numeraire, Options};
use detente::ledger::PolicyState;
use detente::strategy::gradient::Gradient;
use detente::strategy::{CaliendoParro, Economy, Objective, Outcome, Policy};
use test_worlds::random::{self, Draw};
use test_worlds::{base_policy, world};

/// As exact as the loops get.
const EXACT: f64 = 1e-14;

fn options(deficits: Deficits, numeraire: Numeraire) -> Options {
    Options { closure: Closure { deficits, numeraire }, tolerance: 1e-12, ..Options::default() }
}

/// A random world, θ from 0.6 to 65, taxes of 0 to 30 % on most flows, home
/// sales of one sector taxed, iceberg costs and a ban.
fn game(seed: u64, deficits: Deficits, numeraire: Numeraire) -> (CaliendoParro, Policy) {
    let mut draw = Draw(seed ^ 0xad10);
    let mut world = random::world(3 + draw.below(3), 2 + draw.below(3), seed);
    for theta in &mut world.elasticities[0].theta {
        *theta = draw.between(0.6_f64.ln(), 12.0_f64.ln()).exp();
    }
    if seed.is_multiple_of(4) {
        world.elasticities[0].theta[1] = 65.0;
    }
    let calibration =
        Calibration::new(&world, random::base(&world, seed), &world.elasticities[0].theta).unwrap();
    let mut frame = random::shock(&calibration.base, world.region_count(), seed);
    let n = world.region_count();
    for cell in 0..frame.tariff.len() {
        let home = cell / n % n == cell % n;
        frame.tariff[cell] = if home { 0.0 } else { draw.between(0.0, 0.3) };
        frame.export_tax[cell] = if draw.chance(0.4) && !home { draw.between(-0.1, 0.3) } else { 0.0 };
        frame.iceberg_hat[cell] = 1.0 + 0.1 * (frame.iceberg_hat[cell] - 1.0);
    }
    let game = CaliendoParro::within(calibration, frame, &options(deficits, numeraire)).unwrap();
    let policy = game.base().clone();
    (game, policy)
}

fn objectives(n: usize, draw: &mut Draw) -> Vec<Objective> {
    let weights = (0..n).map(|_| draw.between(-1.0, 1.0)).collect();
    vec![Objective::of(0, n), Objective::against(1, 2, 0.7, n), Objective { weights }]
}

/// Central differences of `values` in logarithmic steps of one tax.
fn differences(
    game: &CaliendoParro,
    moved: impl Fn(f64) -> (CaliendoParro, Policy),
    near: &Outcome,
) -> [Vec<f64>; 2] {
    [0.02, 0.01].map(|step| {
        let at = |step: f64| {
            let (other, policy) = moved(step);
            let outcome = other.solve(&policy, Some(near)).unwrap();
            outcome.real_income
        };
        let (up, down) = (at(step), at(-step));
        assert_eq!(up.len(), game.region_count());
        up.iter().zip(&down).map(|(up, down)| (up - down) / (2.0 * step)).collect()
    })
}

/// The two differences approach the derivative fourfold, and their extrapolation
/// is it. Returns the ratio of the errors where it can be told from rounding.
fn agrees(what: &str, derivative: f64, coarse: f64, fine: f64, scale: f64) -> Option<f64> {
    let extrapolated = (4.0 * fine - coarse) / 3.0;
    let (gap, bend) = ((extrapolated - derivative).abs(), (coarse - fine).abs());
    assert!(
        gap <= 0.1 * bend + 2e-9 * scale + 2e-11,
        "{what}: {derivative:e}, differences {coarse:e} {fine:e}"
    );
    let (far, near) = ((coarse - derivative).abs(), (fine - derivative).abs());
    (near > 1e-6 * scale + 1e-9).then(|| far / near)
}

const CLOSURES: [(Deficits, Numeraire); 5] = [
    (Deficits::Held, Numeraire::WorldValueAdded),
    (Deficits::Zero, Numeraire::WorldValueAdded),
    (Deficits::Share, Numeraire::WorldValueAdded),
    (Deficits::Income, Numeraire::WorldValueAdded),
    (Deficits::Held, Numeraire::Wage(1)),
];

/// Tariffs, export taxes, iceberg costs and productivity, own and others', under
/// every closure: inputs, taxes everywhere, missing flows, sectors without output.
#[test]
fn differences_converge_to_the_gradient_at_order_two() {
    let (mut ratios, mut empty, mut unbalanced) = (Vec::new(), 0, 0);
    for seed in 0..20 {
        let (deficits, numeraire) = CLOSURES[seed as usize % CLOSURES.len()];
        let (game, policy) = game(seed, deficits, numeraire);
        let (n, mut draw) = (game.region_count(), Draw(seed ^ 0x9add));
        let outcome = game.solve(&policy, None).unwrap();
        let objectives = objectives(n, &mut draw);
        let shadows = game.shadows(&policy, &outcome, &objectives, &[], EXACT).unwrap();
        let gradients: Vec<Gradient> =
            shadows.iter().map(|s| Gradient::new(game.theta(), &policy, &outcome, s)).collect();
        empty += game.calibration().output.iter().filter(|y| **y == 0.0).count();
        unbalanced += usize::from(game.calibration().deficit.iter().any(|d| d.abs() > 1e-3));
        let traded: Vec<usize> =
            (0..outcome.trade.len()).filter(|c| outcome.trade[*c] > 0.0 && c / n % n != c % n).collect();
        for _ in 0..3 {
            let cell = traded[draw.below(traded.len())];
            let tariff = |step: f64| {
                let mut moved = policy.clone();
                moved.tariff[cell] = (1.0 + moved.tariff[cell]) * step.exp() - 1.0;
                (game.clone(), moved)
            };
            let tax = |step: f64| {
                let mut moved = policy.clone();
                moved.export_tax[cell] = (1.0 + moved.export_tax[cell]) * step.exp() - 1.0;
                (game.clone(), moved)
            };
            let by_tariff = differences(&game, tariff, &outcome);
            let by_tax = differences(&game, tax, &outcome);
            for (objective, gradient) in objectives.iter().zip(&gradients) {
                let value = |incomes: &[f64]| -> f64 {
                    objective.weights.iter().zip(incomes).map(|(w, i)| w * i).sum()
                };
                for (what, derivative, found) in [
                    ("tariff", gradient.tariff_at(cell), &by_tariff),
                    ("export tax", gradient.export_tax_at(cell), &by_tax),
                ] {
                    let scale = outcome.share[cell];
                    let name = format!("seed {seed}, {what} on {cell}, {deficits:?} {numeraire:?}");
                    ratios.extend(agrees(&name, derivative, value(&found[0]), value(&found[1]), scale));
                }
            }
        }
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios[ratios.len() / 2];
    println!("{} ratios, {} .. {median} .. {}", ratios.len(), ratios[0], ratios[ratios.len() - 1]);
    assert!(ratios.len() > 100 && (median - 4.0).abs() < 0.1, "{} ratios, median {median}", ratios.len());
    assert!(empty > 10 && unbalanced > 10, "{empty} sectors without output, {unbalanced} unbalanced worlds");
}

/// Iceberg costs and productivities move the frame, not the policy.
#[test]
fn trade_costs_and_productivity_have_gradients_too() {
    for seed in 40..46 {
        let (deficits, numeraire) = CLOSURES[seed as usize % CLOSURES.len()];
        let (game, policy) = game(seed, deficits, numeraire);
        let (n, mut draw) = (game.region_count(), Draw(seed));
        let outcome = game.solve(&policy, None).unwrap();
        let base = game.base().clone();
        let objective = Objective::of(draw.below(n), n);
        let shadow =
            &game.shadows(&policy, &outcome, std::slice::from_ref(&objective), &[], EXACT).unwrap()[0];
        let gradient = Gradient::new(game.theta(), &policy, &outcome, shadow);
        let traded: Vec<usize> = (0..outcome.trade.len()).filter(|c| outcome.trade[*c] > 0.0).collect();
        let cell = traded[draw.below(traded.len())];
        let region = draw.below(n);
        let changed = |by: &dyn Fn(&mut PolicyState, f64), step: f64| {
            let mut frame = game.policy_state(&base);
            by(&mut frame, step);
            let found = game.calibration().solve(frame, game.options()).unwrap();
            let real = found.income_musd.iter().zip(&found.consumption_price_hat).map(|(i, p)| (i / p).ln());
            objective.weights.iter().zip(real).map(|(w, r)| w * r).sum::<f64>()
        };
        let iceberg = |frame: &mut PolicyState, step: f64| frame.iceberg_hat[cell] *= step.exp();
        let productivity = |frame: &mut PolicyState, step: f64| {
            frame.iceberg_hat.iter_mut().skip(region).step_by(n).for_each(|d| *d *= (-step).exp());
        };
        type Change<'a> = &'a dyn Fn(&mut PolicyState, f64);
        let cases: [(&str, f64, Change); 2] = [
            ("iceberg", gradient.iceberg_at(cell), &iceberg),
            ("productivity", gradient.productivities()[region], &productivity),
        ];
        for (what, derivative, by) in cases {
            let found = [0.01, 0.005].map(|h| (changed(by, h) - changed(by, -h)) / (2.0 * h));
            agrees(&format!("seed {seed}, {what}"), derivative, found[0], found[1], 1.0);
        }
    }
}

/// A limit is worth what its quantity is: both sides from equilibria solved again,
/// the quantity along the export tax that holds it.
#[test]
fn a_limit_is_worth_what_its_quantity_moves() {
    for seed in 60..66 {
        let (deficits, numeraire) = CLOSURES[seed as usize % CLOSURES.len()];
        let (game, policy) = game(seed, deficits, numeraire);
        let (n, mut draw) = (game.region_count(), Draw(seed));
        let outcome = game.solve(&policy, None).unwrap();
        let traded: Vec<usize> =
            (0..outcome.trade.len()).filter(|c| outcome.trade[*c] > 0.0 && c / n % n != c % n).collect();
        let cell = traded[draw.below(traded.len())];
        let objective = Objective::of(cell % n, n);
        let worth = game
            .limit_gradient(&policy, &outcome, std::slice::from_ref(&objective), cell, EXACT)
            .unwrap()
            .unwrap()[0];
        let found = [0.02, 0.01].map(|step: f64| {
            let at = |step: f64| {
                let mut moved = policy.clone();
                moved.export_tax[cell] = (1.0 + moved.export_tax[cell]) * step.exp() - 1.0;
                let state = game.policy_state(&moved);
                let tax = state.export_tax[cell];
                let found = game.calibration().solve(state, game.options()).unwrap();
                let cost = found.cost_hat[cell / (n * n) * n + cell % n];
                let quantity = (found.trade_musd[cell] / (1.0 + tax) / cost).ln();
                let real = (found.income_musd[cell % n] / found.consumption_price_hat[cell % n]).ln();
                (real, quantity)
            };
            let (up, down) = (at(step), at(-step));
            (up.0 - down.0) / (up.1 - down.1)
        });
        agrees(&format!("seed {seed}"), worth, found[0], found[1], outcome.share[cell].max(1e-3));
        assert!(game.limit_gradient(&policy, &outcome, &[objective], usize::MAX, EXACT).unwrap().is_none());
    }
}

/// Two regions, one sector, no inputs, free trade, balanced, both of income 1 and
/// imports `s` (the symmetric pair). A small tariff of `R0` moves its terms of
/// trade: with `ε = 1 + 2θ(1−s)` the elasticity of the relative wage's excess
/// demand, `d ln w₀/d ln(1+t) − d ln w₁ = (1 + θ(1−s)) … ` from balanced trade
/// `s₀₁ X₀/(1+t) = s₁₀ X₁`, where `d ln s₀₁ = −θ(1−s)(τ − ω)`, `d ln s₁₀ = −θ(1−s)ω`,
/// `d ln X₀ = w₀ + s τ`, `ω = w₀ − w₁`:
///
/// ```text
/// −θ(1−s)(τ − ω) + w₀ + s τ − τ = −θ(1−s) ω + w₁   ⟹   ω (2θ(1−s) + 1) = τ (1−s)(θ + 1)
/// d ln W₀ = w₀ + s τ − (1−s) w₀ − s (w₁ + τ) = s ω,    d ln W₁ = −s ω
/// ```
#[test]
fn two_regions_by_hand() {
    for (share, theta) in [(0.2, 4.0), (0.35, 1.3)] {
        let world = test_worlds::symmetric_pair(share, theta);
        let calibration = Calibration::new(&world, base_policy(&world), &[theta]).unwrap();
        let game =
            CaliendoParro::new(calibration, &options(Deficits::Held, Numeraire::WorldValueAdded)).unwrap();
        let policy = game.base().clone();
        let outcome = game.solve(&policy, None).unwrap();
        let shadows =
            game.shadows(&policy, &outcome, &[Objective::of(0, 2), Objective::of(1, 2)], &[], EXACT).unwrap();
        let wage = (1.0 - share) * (theta + 1.0) / (2.0 * theta * (1.0 - share) + 1.0);
        for (shadow, sign) in shadows.iter().zip([1.0, -1.0]) {
            let found = Gradient::new(game.theta(), &policy, &outcome, shadow).tariff_at(1);
            assert!((found - sign * share * wage).abs() < 1e-12, "{found} {}", sign * share * wage);
        }
    }
}

/// Shadow values are linear in the weights; the tolerance bounds their error; a
/// start nearby changes nothing but the time.
#[test]
fn shadow_values_are_linear_and_as_good_as_asked() {
    let (game, policy) = game(7, Deficits::Held, Numeraire::WorldValueAdded);
    let n = game.region_count();
    let outcome = game.solve(&policy, None).unwrap();
    let (a, b) = (Objective::of(0, n), Objective::of(1, n));
    let sum = Objective::against(0, 1, -2.5, n);
    let three = [a, b, sum];
    let exact = game.shadows(&policy, &outcome, &three, &[], EXACT).unwrap();
    let gradient = |shadows: &[detente::strategy::Shadow], k: usize| {
        Gradient::new(game.theta(), &policy, &outcome, &shadows[k]).tariffs()
    };
    let (a, b, sum) = (gradient(&exact, 0), gradient(&exact, 1), gradient(&exact, 2));
    let size = sum.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
    for cell in 0..sum.len() {
        assert!((a[cell] + 2.5 * b[cell] - sum[cell]).abs() < 1e-11 * size);
    }
    for tolerance in [1e-4, 1e-6, 1e-8, 1e-10] {
        let rough = game.shadows(&policy, &outcome, &three, &[], tolerance).unwrap();
        let near = game.shadows(&policy, &outcome, &three, &rough, tolerance * 1e-2).unwrap();
        for (found, bound) in [(rough, 20.0 * tolerance), (near, 0.2 * tolerance)] {
            let gap = gradient(&found, 2).iter().zip(&sum).fold(0.0_f64, |m, (f, s)| m.max((f - s).abs()));
            assert!(gap < bound * size, "{tolerance}: {gap} of {size}");
        }
    }
}

/// One objective alone takes another way and comes to the same, also from nearby.
#[test]
fn one_objective_is_as_good_as_several() {
    for seed in 0..20 {
        let (deficits, numeraire) = CLOSURES[seed as usize % CLOSURES.len()];
        let (game, policy) = game(seed, deficits, numeraire);
        let n = game.region_count();
        let outcome = game.solve(&policy, None).unwrap();
        let objectives = [Objective::against(1, 2, 0.7, n), Objective::of(0, n)];
        let both = game.shadows(&policy, &outcome, &objectives, &[], EXACT).unwrap();
        let gradient = |shadow: &detente::strategy::Shadow| {
            Gradient::new(game.theta(), &policy, &outcome, shadow).export_taxes()
        };
        let want = gradient(&both[0]);
        let size = want.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
        let mut near = Vec::new();
        for tolerance in [1e-4, 1e-6, 1e-9] {
            let one = game.shadows(&policy, &outcome, &objectives[..1], &near, tolerance).unwrap();
            let found = gradient(&one[0]);
            let gap = found.iter().zip(&want).fold(0.0_f64, |m, (f, w)| m.max((f - w).abs()));
            assert!(gap < 30.0 * tolerance * size, "seed {seed}, {tolerance}: {gap:e} of {size:e}");
            near = one;
        }
    }
}

/// A planner who weighs everybody by income has nothing to gain from free trade:
/// balanced, without markups, whatever the inputs.
#[test]
fn a_planner_leaves_free_trade_alone() {
    for seed in 0..6 {
        let mut world = random::world(4, 3, seed);
        world.tariff.fill(0.0);
        // Without tariffs less is spent, so that less is left for inputs.
        world.input_share.iter_mut().for_each(|share| *share *= 0.5);
        let calibration =
            Calibration::new(&world, base_policy(&world), &world.elasticities[0].theta).unwrap();
        let game =
            CaliendoParro::new(calibration, &options(Deficits::Zero, Numeraire::WorldValueAdded)).unwrap();
        let policy = game.base().clone();
        let outcome = game.solve(&policy, None).unwrap();
        let n = game.region_count();
        // Balanced and untaxed: income is wages.
        let weights: Vec<f64> =
            (0..n).map(|i| game.calibration().value_added[i] * outcome.state[i].exp()).collect();
        let shadow = &game.shadows(&policy, &outcome, &[Objective { weights }], &[], EXACT).unwrap()[0];
        let gradient = Gradient::new(game.theta(), &policy, &outcome, shadow);
        for values in [gradient.tariffs(), gradient.export_taxes()] {
            let largest = values.iter().fold(0.0_f64, |m, g| m.max(g.abs()));
            assert!(largest < 1e-12, "seed {seed}: {largest:e}");
        }
    }
}

/// One thread or three: the same bits, in either arithmetic; both agree.
#[test]
fn threads_change_no_bit() {
    use detente::numerics::linear::Arithmetic;
    let world = random::world(9, 4, 3);
    let calibration = Calibration::new(&world, base_policy(&world), &world.elasticities[0].theta).unwrap();
    let found = [Arithmetic::Native, Arithmetic::Reproducible].map(|arithmetic| {
        let options = Options { arithmetic, ..Options::default() };
        let game = CaliendoParro::new(calibration.clone(), &options).unwrap();
        let policy = game.base().clone();
        let outcome = game.solve(&policy, None).unwrap();
        let objectives: Vec<Objective> = (0..9).map(|i| Objective::of(i, 9)).collect();
        let [one, three] = [1, 3].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| game.shadows(&policy, &outcome, &objectives, &[], 1e-12).unwrap())
        });
        assert_eq!(one, three);
        one
    });
    for (native, reproducible) in found[0].iter().zip(&found[1]) {
        for (a, b) in native.sales.iter().zip(&reproducible.sales) {
            assert!((a - b).abs() < 1e-9 * native.sales.iter().fold(0.0_f64, |m, v| m.max(v.abs())));
        }
    }
}

/// What a game cannot take is an error in words.
#[test]
fn what_cannot_be_played_is_refused() {
    use detente::equilibrium::Variant;
    use detente::ledger::Cap;
    use detente::strategy::StrategyError;
    let world = world("pair", 2, &[4.0], vec![80.0, 20.0, 20.0, 80.0], vec![0.0; 2]);
    let calibration = Calibration::new(&world, base_policy(&world), &[4.0]).unwrap();
    let options = Options::default();
    let variant = Options { variant: Variant { consumption: 0.5, ..Variant::default() }, ..options };
    assert!(matches!(CaliendoParro::new(calibration.clone(), &variant), Err(StrategyError::Input(_))));
    let mut frame = base_policy(&world);
    frame.caps.push(Cap {
        measure: "quota".into(),
        flows: vec![(1, 1.0)],
        quantity: 0.5,
        importer_rent: 0.0,
    });
    let refused = CaliendoParro::within(calibration.clone(), frame, &options).unwrap_err();
    assert!(refused.to_string().contains("`quota` limits a quantity"), "{refused}");
    let game = CaliendoParro::new(calibration, &options).unwrap();
    let policy = game.base().clone();
    let outcome = game.solve(&policy, None).unwrap();
    let wrong = game.shadows(&policy, &outcome, &[Objective::of(0, 3)], &[], 1e-6).unwrap_err();
    assert_eq!(wrong.to_string(), "an objective has 3 weights for 2 regions");
    let short = Policy { tariff: vec![0.0; 3], export_tax: vec![0.0; 4] };
    assert!(matches!(game.solve(&short, None), Err(StrategyError::Input(_))));
}
