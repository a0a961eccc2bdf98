//! Laws of the one-sector model, and the published numbers it reproduces.

mod test_worlds;

use detente::equilibrium::one_sector::{
    Case, Change, Economy, Numeraire, Outcome, Parameters, Revenue, pass_through,
};
use detente::equilibrium::{
    Calibration, Change as LongRunChange, Deficits, EquilibriumError, Method, Options,
};
use detente::replicate::liberation2025::{self, CASES, Experiments};
use detente::world::World;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use test_worlds::random::{self, Draw};
use test_worlds::{base_policy, symmetric_pair, symmetric_pair_welfare, tight};

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

fn codes(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("R{i}")).collect()
}

/// Labour in fixed supply, constant returns, no distribution: Eaton and Kortum.
fn plain(n: usize, trade_elasticity: f64) -> Parameters {
    Parameters {
        trade_elasticity,
        labour_supply: 0.0,
        scale: 0.0,
        value_added_share: 1.0,
        distribution: vec![0.0; n],
        pass_through: vec![1.0; n],
    }
}

fn tight_options() -> Options {
    Options { tolerance: 1e-12, ..Options::default() }
}

/// A random economy with every margin of the model, and tariffs on half of its flows.
///
/// Transfers stay below a fifth of wages: a country that must send much abroad
/// while hours, scale and cheap inputs go with its income soon has no equilibrium.
struct Draws {
    economy: Economy,
    case: Case,
}

fn trade(n: usize, draw: &mut Draw) -> Vec<f64> {
    let size: Vec<f64> = (0..n).map(|_| draw.between(-1.5, 1.5).exp() * 1000.0).collect();
    let total: f64 = size.iter().sum();
    let mut trade = vec![0.0; n * n];
    for cell in 0..n * n {
        let (importer, exporter) = (cell / n, cell % n);
        trade[cell] = if importer == exporter {
            size[importer] * draw.between(0.5, 0.9)
        } else if draw.chance(0.9) || exporter == (importer + 1) % n {
            size[importer] * size[exporter] / total * draw.between(0.1, 0.5)
        } else {
            0.0
        };
    }
    trade
}

/// The largest imbalance of trade relative to what a country sells.
fn imbalance(trade: &[f64], n: usize) -> f64 {
    let bought = |i: usize| trade[i * n..(i + 1) * n].iter().sum::<f64>();
    let sold = |i: usize| (0..n).map(|j| trade[j * n + i]).sum::<f64>();
    (0..n).map(|i| (bought(i) / sold(i) - 1.0).abs()).fold(0.0, f64::max)
}

impl Draws {
    fn new(n: usize, seed: u64) -> Self {
        let mut draw = Draw(seed);
        let mut flows = trade(n, &mut draw);
        while imbalance(&flows, n) > 0.15 {
            flows = trade(n, &mut draw);
        }
        let scale = draw.between(0.0, 0.15);
        let distribution: Vec<f64> = (0..n).map(|_| draw.between(0.0, 0.3)).collect();
        let parameters = Parameters {
            trade_elasticity: draw.between(2.0, 6.0),
            labour_supply: draw.between(0.1, 0.5),
            scale,
            value_added_share: if draw.chance(0.5) { 1.0 } else { draw.between(0.7, 1.0) },
            pass_through: distribution.iter().map(|nu| pass_through(*nu, scale)).collect(),
            distribution,
        };
        let economy = Economy::new(codes(n), flows, parameters).unwrap();
        let mut case = Case::base(&economy);
        for cell in (0..n * n).filter(|cell| cell / n != cell % n) {
            case.tariff[cell] = if draw.chance(0.5) { draw.between(0.0, 0.3) } else { 0.0 };
        }
        if draw.chance(0.5) {
            case.revenue = Revenue::LumpSum;
        }
        if draw.chance(0.5) {
            case.numeraire = Numeraire::Wages;
        }
        Self { economy, case }
    }

    fn solve(&self) -> Outcome {
        self.economy.solve(&self.case, &tight_options()).unwrap()
    }

    fn change(&self, outcome: &Outcome) -> Change {
        Change::of(&self.economy, &self.case, outcome).unwrap()
    }
}

/// Largest difference.
fn gap(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, |x, y| if x >= y { x } else { y })
}

fn real_gap(a: &Change, b: &Change) -> f64 {
    [
        gap(&a.welfare, &b.welfare),
        gap(&a.employment, &b.employment),
        gap(&a.exports_to_gdp, &b.exports_to_gdp),
        gap(&a.imports_to_gdp, &b.imports_to_gdp),
    ]
    .into_iter()
    .fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn nothing_changes_without_tariffs(n in 2..=9usize, seed in any::<u64>()) {
        let mut draws = Draws::new(n, seed);
        draws.case.tariff.fill(0.0);
        let outcome = draws.solve();
        prop_assert_eq!(outcome.evaluations, 2, "one to see that it holds, one to report");
        for hats in [&outcome.wage_hat, &outcome.expenditure_hat, &outcome.employment_hat, &outcome.price_hat] {
            prop_assert!(hats.iter().all(|hat| (hat - 1.0).abs() < 1e-12), "{:?}", hats);
        }
        let change = draws.change(&outcome);
        prop_assert!(change.welfare.iter().all(|w| w.abs() < 1e-12) && change.world_trade_to_gdp.abs() < 1e-12);
        prop_assert!(gap(&outcome.trade, &draws.economy.trade()) < 1e-9);
    }

    /// The equations as the page has them, computed again from the outcome; the
    /// last market too, which by Walras follows from the rest.
    #[test]
    fn every_equation_holds(n in 2..=9usize, seed in any::<u64>()) {
        let draws = Draws::new(n, seed);
        let (Draws { economy, case }, o) = (&draws, draws.solve());
        let p = &economy.parameters;
        let (beta, psi, epsilon) = (p.value_added_share, p.scale, p.trade_elasticity);
        let cost: Vec<f64> = (0..n).map(|j| {
            let entry = (o.wage_hat[j] / o.price_hat[j]).powf(1.0 - beta) * o.employment_hat[j];
            o.wage_hat[j].powf(beta) * o.price_hat[j].powf(1.0 - beta) / entry.powf(psi)
        }).collect();
        let (mut sold, mut bought) = (vec![0.0; n], vec![0.0; n]);
        for i in 0..n {
            let row = i * n..(i + 1) * n;
            let weight = |j: usize| {
                let power = -epsilon * p.pass_through[i];
                economy.trade_share[i * n + j] * cost[j].powf(-epsilon) * (1.0 + case.tariff[i * n + j]).powf(power)
            };
            let sum: f64 = (0..n).map(weight).sum();
            let price = (o.expenditure_hat[i] / o.wage_hat[i]).powf(1.0 - p.pass_through[i]) * sum.powf(-1.0 / epsilon);
            prop_assert!((price / o.price_hat[i] - 1.0).abs() < 1e-10);
            prop_assert!((o.trade_share[row].iter().sum::<f64>() - 1.0).abs() < 1e-13);
            for j in 0..n {
                let spent = weight(j) / sum * o.expenditure_hat[i] * economy.expenditure[i];
                let border = spent / (1.0 + case.tariff[i * n + j]);
                prop_assert!((border - o.trade[i * n + j]).abs() < 1e-9 * economy.expenditure[i]);
                sold[j] += (1.0 - p.distribution[i]) * border;
                bought[i] += border;
            }
        }
        let world: f64 = economy.income.iter().sum();
        for i in 0..n {
            let income = o.wage_hat[i] * o.employment_hat[i] * economy.income[i];
            let market = beta * sold[i] + p.distribution[i] * bought[i] - income;
            prop_assert!(market.abs() < 1e-10 * world, "market of {i}: {market:e}");
            let revenue: f64 = (0..n).map(|j| case.tariff[i * n + j] * o.trade[i * n + j]).sum();
            let budget = revenue + income + (1.0 - beta) * sold[i] + case.transfer[i] * o.growth;
            prop_assert!((budget - o.expenditure_hat[i] * economy.expenditure[i]).abs() < 1e-10 * world);
            let relief = match case.revenue {
                Revenue::WageTax => 1.0 / (1.0 - revenue / income),
                Revenue::LumpSum => 1.0,
            };
            let hours = (relief * o.wage_hat[i] / o.price_hat[i]).powf(p.labour_supply);
            prop_assert!((hours / o.employment_hat[i] - 1.0).abs() < 1e-10);
        }
        let (level, weight) = match case.numeraire {
            Numeraire::PriceIndex => (&o.price_hat, &economy.expenditure),
            Numeraire::Wages => (&o.wage_hat, &economy.income),
        };
        let mean = level.iter().zip(weight).map(|(l, w)| l * w).sum::<f64>() / weight.iter().sum::<f64>();
        prop_assert!((mean - 1.0).abs() < 1e-11);
    }

    /// Dollars or cents, and the price of which basket is 1: nothing real moves.
    #[test]
    fn units_and_numeraire_change_nothing_real(n in 2..=9usize, seed in any::<u64>(), factor in 1e-3..1e3f64) {
        let draws = Draws::new(n, seed);
        let change = draws.change(&draws.solve());
        let trade = draws.economy.trade().iter().map(|value| value * factor).collect();
        let economy = Economy::new(codes(n), trade, draws.economy.parameters.clone()).unwrap();
        let case = Case { transfer: economy.transfer.clone(), ..draws.case.clone() };
        let scaled = Draws { economy, case };
        prop_assert!(real_gap(&change, &scaled.change(&scaled.solve())) < 1e-9);
        let other = match draws.case.numeraire {
            Numeraire::PriceIndex => Numeraire::Wages,
            Numeraire::Wages => Numeraire::PriceIndex,
        };
        let renamed = Draws { case: Case { numeraire: other, ..draws.case.clone() }, economy: draws.economy };
        prop_assert!(real_gap(&change, &renamed.change(&renamed.solve())) < 1e-9);
    }

    #[test]
    fn hours_are_fixed_without_an_elasticity_and_nearly_so_with_a_small_one(n in 2..=6usize, seed in any::<u64>()) {
        let draws = Draws::new(n, seed);
        let moved = |kappa: f64| {
            let mut economy = draws.economy.clone();
            economy.parameters.labour_supply = kappa;
            let outcome = economy.solve(&draws.case, &tight_options()).unwrap();
            gap(&outcome.employment_hat, &vec![1.0; n])
        };
        prop_assert_eq!(moved(0.0), 0.0);
        let (small, smaller) = (moved(1e-3), moved(1e-4));
        prop_assert!(smaller <= 0.11 * small, "{small:e} {smaller:e}");
    }

    /// Two iterations, one equilibrium; and from the base year or along a path.
    #[test]
    fn newton_finds_what_anderson_finds(n in 2..=9usize, seed in any::<u64>()) {
        let draws = Draws::new(n, seed);
        let by = |method| {
            let options = Options { method, ..tight_options() };
            draws.change(&draws.economy.solve(&draws.case, &options).unwrap())
        };
        prop_assert!(real_gap(&by(Method::Anderson), &by(Method::Newton)) < 1e-9);
    }

    /// Without hours, scale and distribution this is the multi-sector engine
    /// with one sector and deficits as shares of world value added.
    #[test]
    fn the_plain_case_is_the_multi_sector_engine_s(n in 3..=9usize, seed in any::<u64>()) {
        let mut world = random::world(n, 1, seed);
        world.tariff.fill(0.0);
        world.input_share.fill(0.0);
        let theta = world.elasticities[0].theta[0];
        let policy = random::shock(&base_policy(&world), n, seed);
        let mut policy = detente::ledger::PolicyState { tariff: policy.tariff, ..base_policy(&world) };
        for i in 0..n {
            policy.tariff[i * n + i] = 0.0;
        }
        agree(&world, theta, policy)?;
    }
}

/// Both engines under one policy, to 1e-9.
fn agree(world: &World, theta: f64, policy: detente::ledger::PolicyState) -> Result<(), TestCaseError> {
    let n = world.region_count();
    let calibration = Calibration::new(world, base_policy(world), &[theta]).unwrap();
    let options = tight(Deficits::Share);
    let before = calibration.solve(calibration.base.clone(), &options).unwrap();
    let tariff = policy.tariff.clone();
    let after = calibration.solve(policy, &options).unwrap();
    let change = LongRunChange::between(&calibration, &before, &after);

    let economy =
        Economy::new(world.regions.codes().to_vec(), world.trade_musd.clone(), plain(n, theta)).unwrap();
    let case = Case { tariff, numeraire: Numeraire::Wages, ..Case::base(&economy) };
    let outcome = economy.solve(&case, &tight_options()).unwrap();
    let own = Change::of(&economy, &case, &outcome).unwrap();
    prop_assert!(gap(&own.welfare, &change.welfare_exact) < 1e-9);
    prop_assert!(gap(&outcome.wage_hat, &after.wage_hat) < 1e-9);
    prop_assert!(gap(&outcome.price_hat, &after.price_hat) < 1e-9);
    for (a, b) in outcome.trade.iter().zip(&after.trade_musd) {
        prop_assert!((a - b).abs() <= 1e-8 * b.max(1e-3), "{a} {b}");
    }
    Ok(())
}

#[test]
fn the_plain_case_is_the_multi_sector_engine_s_on_194_countries() {
    let experiments = Experiments::load().unwrap();
    let world = &experiments.world;
    let mut policy = base_policy(world);
    let n = world.region_count();
    let usa = world.regions.find("USA").unwrap();
    policy.tariff[usa * n..(usa + 1) * n].copy_from_slice(&experiments.announced);
    agree(world, 4.0, policy).unwrap();
}

#[test]
fn the_symmetric_pair_has_a_closed_form() {
    for (share, theta, rate) in [(0.2, 4.0, 0.1), (0.4, 1.0, 1.0), (0.3, 20.0, 0.25)] {
        let world = symmetric_pair(share, theta);
        let economy = Economy::new(codes(2), world.trade_musd.clone(), plain(2, theta)).unwrap();
        let case = Case { tariff: vec![0.0, rate, rate, 0.0], ..Case::base(&economy) };
        let outcome = economy.solve(&case, &tight_options()).unwrap();
        let change = Change::of(&economy, &case, &outcome).unwrap();
        let want = symmetric_pair_welfare(share, theta, rate);
        assert!(gap(&change.welfare, &[want; 2]) < 1e-12, "{:?} {want}", change.welfare);
    }
}

/// By hand. With `S = 1 − s + s (1+t)^(−ε)` and `r = s (1+t)^(−ε)/S · t/(1+t)` the
/// share of spending that is revenue, both countries alike:
///
/// ```text
/// w/P = L^ψ S^(1/ε),   R/Y = r/(1−r),   L = (τ w/P)^κ  ⟹  L = (τ S^(1/ε))^(κ/(1−ψκ))
/// ```
#[test]
fn hours_and_scale_in_the_symmetric_pair_by_hand() {
    let (share, epsilon, kappa, psi, rate): (f64, f64, f64, f64, f64) = (0.3, 4.0, 0.5, 0.1675, 0.25);
    let world = symmetric_pair(share, epsilon);
    let parameters = Parameters { labour_supply: kappa, scale: psi, ..plain(2, epsilon) };
    let economy = Economy::new(codes(2), world.trade_musd.clone(), parameters).unwrap();
    let imported = share * (1.0 + rate).powf(-epsilon);
    let sum = 1.0 - share + imported;
    let part = imported / sum * rate / (1.0 + rate);
    for (revenue, relief) in [(Revenue::LumpSum, 1.0), (Revenue::WageTax, 1.0 / (1.0 - part / (1.0 - part)))]
    {
        let case = Case { tariff: vec![0.0, rate, rate, 0.0], revenue, ..Case::base(&economy) };
        let outcome = economy.solve(&case, &tight_options()).unwrap();
        let hours = (relief * sum.powf(1.0 / epsilon)).powf(kappa / (1.0 - psi * kappa));
        assert!(gap(&outcome.employment_hat, &[hours; 2]) < 1e-12);
        let real_wage = hours.powf(psi) * sum.powf(1.0 / epsilon);
        assert!((outcome.wage_hat[0] / outcome.price_hat[0] - real_wage).abs() < 1e-12);
        assert!((outcome.revenue[0] / outcome.income[0] - part / (1.0 - part)).abs() < 1e-12);
    }
}

/// Transfers that sum to 5: the row of the absorber, and no other, is 5 short.
#[test]
fn transfers_that_do_not_add_up_fall_on_the_absorber() {
    let mut draws = Draws::new(5, 11);
    draws.economy.parameters.value_added_share = 1.0;
    let trade = draws.economy.trade();
    draws.economy = Economy::new(codes(5), trade, draws.economy.parameters.clone()).unwrap();
    for absorber in [0, 3] {
        let mut case = Case { absorber, ..draws.case.clone() };
        case.transfer = draws.economy.transfer.clone();
        case.transfer[1] += 5.0;
        let o = draws.economy.solve(&case, &tight_options()).unwrap();
        let nu = &draws.economy.parameters.distribution;
        for i in 0..5 {
            let sold: f64 = (0..5).map(|n| (1.0 - nu[n]) * o.trade[n * 5 + i]).sum();
            let bought: f64 = o.trade[i * 5..(i + 1) * 5].iter().sum();
            let short = if i == absorber { 5.0 * o.growth } else { 0.0 };
            assert!((sold + nu[i] * bought - o.income[i] - short).abs() < 1e-8);
        }
    }
}

/// Welfare of the first of two countries at a uniform tariff, and what the
/// formula says at the flows of that tariff.
fn at(economy: &Economy, rate: f64) -> (f64, f64) {
    let case = Case { tariff: vec![0.0, rate, 0.0, 0.0], ..Case::base(economy) };
    let outcome = economy.solve(&case, &tight_options()).unwrap();
    let formula = economy.optimal_tariff(0, &outcome.trade, &outcome.trade_share, outcome.trade[1]);
    (Change::of(economy, &case, &outcome).unwrap().welfare[0], formula)
}

/// The tariff that the formula gives at its own flows beats all others, within
/// what a grid and a parabola through its top can tell.
#[test]
fn the_optimal_tariff_formula_maximises_welfare_in_a_world_of_two() {
    for (share, epsilon) in [(0.2, 4.0), (0.35, 2.5), (0.1, 6.0)] {
        let world = symmetric_pair(share, epsilon);
        let economy = Economy::new(codes(2), world.trade_musd.clone(), plain(2, epsilon)).unwrap();
        let mut best = 1.0 / epsilon;
        for _ in 0..60 {
            best = at(&economy, best).1;
        }
        let top = at(&economy, best).0;
        for step in 1..=40 {
            let rate = 0.025 * f64::from(step);
            assert!(at(&economy, rate).0 <= top + 1e-13, "{rate} beats {best}");
        }
        let h = 0.01;
        let (low, high) = (at(&economy, best - h).0, at(&economy, best + h).0);
        let parabola = best + 0.5 * h * (high - low) / (2.0 * top - low - high);
        assert!((parabola - best).abs() < 2e-4, "{parabola} for {best}");
    }
}

#[test]
fn a_prohibitive_tariff_stops_trade_and_a_huge_one_nearly() {
    let world = symmetric_pair(0.2, 4.0);
    let economy = Economy::new(codes(2), world.trade_musd.clone(), plain(2, 4.0)).unwrap();
    let wall = |rate| {
        let case = Case { tariff: vec![0.0, rate, rate, 0.0], ..Case::base(&economy) };
        let outcome = economy.solve(&case, &tight_options()).unwrap();
        (Change::of(&economy, &case, &outcome).unwrap(), outcome)
    };
    let (change, outcome) = wall(f64::INFINITY);
    assert_eq!((outcome.trade[1], outcome.revenue[0]), (0.0, 0.0));
    assert!(gap(&change.welfare, &[0.8_f64.powf(0.25) - 1.0; 2]) < 1e-13);
    assert!((change.exports_to_gdp[0] + 1.0).abs() < 1e-15 && change.deficit[0] == 0.0);
    assert!(wall(20.0).0.exports_to_gdp[0] < -0.99);
}

#[test]
fn what_cannot_be_solved_names_the_country() {
    let trade = vec![80.0, 20.0, 20.0, 80.0];
    let of = |parameters, trade| Economy::new(codes(2), trade, parameters);
    let told = |e: EquilibriumError| e.to_string();
    let wrong = Parameters { distribution: vec![0.1, 1.0], ..plain(2, 4.0) };
    assert!(told(of(wrong, trade.clone()).unwrap_err()).contains("R1"));
    let wrong = Parameters { scale: f64::NAN, ..plain(2, 4.0) };
    assert!(told(of(wrong, trade.clone()).unwrap_err()).contains("scale"));
    assert!(told(of(plain(2, 4.0), vec![1.0; 3]).unwrap_err()).contains("`trade` has 3 elements"));
    assert!(told(of(plain(2, 4.0), vec![1.0, -1.0, 1.0, 1.0]).unwrap_err()).contains("R0 from R1"));
    assert!(told(of(plain(2, 4.0), vec![1.0, 0.0, 1.0, 0.0]).unwrap_err()).contains("R1"));
    let thin = Parameters { labour_supply: 2.0, ..plain(2, 4.0) };
    assert!(told(of(thin, vec![10.0, 0.0, 60.0, 80.0]).unwrap_err()).contains("what R0 consumes"));

    let economy = of(plain(2, 4.0), trade).unwrap();
    let with = |tariff: Vec<f64>| {
        let case = Case { tariff, ..Case::base(&economy) };
        told(economy.solve(&case, &Options::default()).unwrap_err())
    };
    assert!(with(vec![0.0; 2]).contains("`tariff` has 2 elements"));
    assert!(with(vec![0.0, f64::NAN, 0.0, 0.0]).contains("the tariff of R0 on R1"));
    assert!(with(vec![f64::INFINITY, f64::INFINITY, 0.0, 0.0]).contains("R0 needs goods"));
    let mut case = Case::base(&economy);
    case.transfer = vec![300.0, -300.0];
    let error = economy.solve(&case, &Options::default()).unwrap_err();
    assert!(told(error.clone()).contains("R1"), "{error}");
}

/// A country that sends a third of its wages abroad and buys inputs: its hours
/// fall with its exports, and the transfer does not.
#[test]
fn a_transfer_that_cannot_be_paid_names_the_country() {
    let scale = 0.12;
    let distribution = vec![0.28, 0.08];
    let parameters = Parameters {
        trade_elasticity: 4.4,
        labour_supply: 0.64,
        scale,
        value_added_share: 0.53,
        pass_through: distribution.iter().map(|nu| pass_through(*nu, scale)).collect(),
        distribution,
    };
    let economy = Economy::new(codes(2), vec![560.0, 50.0, 215.0, 2900.0], parameters).unwrap();
    let solve = |rate: f64| {
        let case = Case { tariff: vec![0.0, 0.0, rate, 0.0], ..Case::base(&economy) };
        economy.solve(&case, &Options::default())
    };
    assert!(solve(0.02).is_ok());
    let error = solve(0.6).unwrap_err();
    assert!(!error.is_about_input() && error.to_string().contains("R0"), "{error}");
}

/// The United States' formula and the shares of distribution, from the data.
#[test]
fn the_parameters_follow_from_the_data() {
    let experiments = Experiments::load().unwrap();
    let world = &experiments.world;
    let n = world.region_count();
    let usa = world.regions.find("USA").unwrap();
    let rate = |name| {
        let made = experiments.experiment(name).unwrap().unwrap();
        made.case.tariff[usa * n]
    };
    assert!((rate("optimal_noretal") - 0.21798821501283).abs() < 1e-10);
    assert!((rate("optimal_opt_retal") - 0.18543206789632).abs() < 1e-10);
    assert_eq!(rate("liberation_noretal"), 0.1);

    // Two regions, the USA and all others: 26 and 12 % of what is sold from home
    // and from abroad is distribution.
    let nu = [experiments.distribution[(usa + 1) % n], experiments.distribution[usa]];
    let flow = |from_usa: bool, to_usa: bool| -> f64 {
        (0..n * n)
            .filter(|cell| cell / n != cell % n)
            .filter(|cell| (cell / n == usa) == to_usa && (cell % n == usa) == from_usa)
            .map(|cell| world.trade_musd[cell])
            .sum()
    };
    let (sold, bought, among) = (flow(true, false), flow(false, true), flow(false, false));
    let gdp_usa = experiments.gdp_musd[usa];
    let gdp_others: f64 = experiments.gdp_musd.iter().sum::<f64>() - gdp_usa;
    let others = gdp_others + (1.0 - nu[0]) * (sold + among - (1.0 - nu[1]) * bought - (1.0 - nu[0]) * among);
    let own = gdp_usa + (1.0 - nu[1]) * (bought - (1.0 - nu[0]) * sold);
    let r_others = (others - sold) / (others - sold + bought);
    let r_usa = (own - bought) / (own - bought + sold);
    assert!(((1.0 - r_others) * nu[1] + r_others * nu[0] - 0.12).abs() < 1e-9);
    assert!((r_usa * nu[1] + (1.0 - r_usa) * nu[0] - 0.26).abs() < 1e-9);
}

/// Every row of the published tables, with the number of the table.
#[test]
fn the_tariffs_of_april_2025_are_reproduced() {
    let results = liberation2025::results(&Options::default()).unwrap();
    assert_eq!(results.iter().map(|r| r.name).collect::<Vec<_>>(), CASES);
    assert!(results.iter().all(|r| r.residual <= 1e-10));
    let rows = liberation2025::compare(&results).unwrap();
    for row in &rows {
        assert!(row.holds(), "{row:?}");
    }
    assert_eq!(rows.iter().filter(|row| row.published.is_some()).count(), 18);
    let numbers = liberation2025::numbers(&results).unwrap();
    assert_eq!(numbers.len(), 17 * 194 * 7);
    assert!(numbers.iter().all(|n| n.value.is_finite()));
}

#[test]
fn a_case_that_does_not_exist_is_none() {
    assert!(Experiments::load().unwrap().experiment("liberation").unwrap().is_none());
}
