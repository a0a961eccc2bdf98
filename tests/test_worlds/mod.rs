//! Worlds with known answers, random admissible worlds, and a second solver:
//! shared by the tests of every engine.
//!
//! Each named world is one function; its documentation states the answer.

// Every test binary compiles this tree and uses a part of it.
#![allow(dead_code)]

pub mod plain_solver;
pub mod random;

use detente::equilibrium::{Calibration, Closure, Deficits, Options};
use detente::ledger::PolicyState;
use detente::world::labels::Labels;
use detente::world::{ElasticitySet, World};

/// A world of `n` regions `R0…` and `theta.len()` sectors `S0…` without base tariffs.
pub fn world(name: &str, n: usize, theta: &[f64], trade_musd: Vec<f64>, input_share: Vec<f64>) -> World {
    let j = theta.len();
    let labels = |letter: char, count: usize| {
        Labels::new((0..count).map(|i| (format!("{letter}{i}"), String::new()))).expect("unique codes")
    };
    World {
        name: name.into(),
        title: name.into(),
        base_date: jiff::civil::date(2020, 7, 1),
        regions: labels('R', n),
        sectors: labels('S', j),
        goods: vec![true; j],
        tariff: vec![0.0; trade_musd.len()],
        trade_musd,
        input_share,
        final_share: None,
        elasticities: vec![ElasticitySet {
            name: "test".into(),
            theta: theta.to_vec(),
            source: "made up".into(),
        }],
        sources: vec![],
        notes: vec![],
        markup: None,
        population: None,
        households: None,
        carved: vec![],
    }
}

/// The world's own tariffs on its base date.
pub fn base_policy(world: &World) -> PolicyState {
    PolicyState::of_world(world, world.base_date)
}

/// Calibrates with the world's own tariffs and first elasticities.
pub fn calibrate(world: &World) -> Calibration {
    Calibration::new(world, base_policy(world), &world.elasticities[0].theta).expect("an admissible world")
}

/// A hundred times tighter than the default, for tests that compare solutions.
pub fn tight(deficits: Deficits) -> Options {
    Options { closure: Closure { deficits, ..Closure::default() }, tolerance: 1e-12, ..Options::default() }
}

/// Two equal regions, one sector, no inputs; each imports `share` of what it buys.
///
/// If both put the tariff `t` on each other, wages stay 1 by symmetry, and with
/// `m = s (1+t)^−θ / (1 − s + s (1+t)^−θ)` the share of imports in spending,
///
/// ```text
/// P = (1 − s + s (1+t)^−θ)^(−1/θ),   I = 1 / (1 − m t/(1+t)),   W = I / P
/// ln W = −½ (1+θ) s (1−s) t² + O(t³)               Harberger's triangle
/// ```
///
/// [`symmetric_pair_welfare`] is `W − 1`.
pub fn symmetric_pair(share: f64, theta: f64) -> World {
    let (home, abroad) = (100.0 * (1.0 - share), 100.0 * share);
    world("symmetric pair", 2, &[theta], vec![home, abroad, abroad, home], vec![0.0; 2])
}

/// The closed form of [`symmetric_pair`].
pub fn symmetric_pair_welfare(share: f64, theta: f64, tariff: f64) -> f64 {
    let imported = share * (1.0 + tariff).powf(-theta);
    let sum = 1.0 - share + imported;
    let income = 1.0 / (1.0 - imported / sum * tariff / (1.0 + tariff));
    income * sum.powf(1.0 / theta) - 1.0
}

/// `R0`, a `size`-th of the world's spending, buys and sells `share` of its
/// spending abroad; one sector, no inputs.
///
/// As `size → 0`, its best tariff is `1/θ` (the rest of the world's demand for
/// its good has elasticity `1 + θ`, so the best export tax, and by Lerner's
/// symmetry the best tariff, is `1/θ`), and nothing it does moves a price abroad.
pub fn small_open_economy(size: f64, share: f64, theta: f64) -> World {
    let traded = share * size;
    world("small open economy", 2, &[theta], vec![size - traded, traded, traded, 1.0 - traded], vec![0.0; 2])
}

/// Three regions of different size, two sectors linked by inputs, no trade.
///
/// No border barrier changes anything: every hat is 1.
pub fn autarky() -> World {
    let mut trade = vec![0.0; 18];
    for (region, size) in [100.0, 20.0, 3.0].into_iter().enumerate() {
        trade[region * 4] = size;
        trade[9 + region * 4] = 2.0 * size;
    }
    world("autarky", 3, &[4.0, 7.0], trade, [0.2, 0.1, 0.1, 0.3].repeat(3))
}

/// Two equal regions, one sector, no inputs, θ = 1; each buys 1 of 3 abroad.
///
/// `R0` puts a tariff of 200 % on imports. With `w = w₀/w₁` and `τ = 3`,
/// balanced trade is `a w³ + (1−a) w² − (1−a) w − τ² a = 0`, `a = 2/3`; its root
/// is `w = 2`: `16/3 + 4/3 − 2/3 − 6 = 0`. Then, with `w₁ = 1`:
///
/// ```text
/// P₀ = 1 / (2/3 · 1/2 + 1/3 · 1/3) = 9/4      P₁ = 1 / (2/3 + 1/3 · 1/2) = 6/5
/// π₀₁ = 1/9 · 9/4 = 1/4                       π₁₀ = 1/6 · 6/5 = 1/5
/// X₀ = 6 / (1 − 2/3 · 1/4) = 36/5             X₁ = 3
/// W₀ = (36/5 / 3) / (9/4) = 16/15             W₁ = 5/6
/// imports = 1/4 · 36/5 / 3 = 3/5 = 1/5 · 3 = exports
/// ```
///
/// With world value added as numeraire the wages are 4/3 and 2/3.
pub fn armington_by_hand() -> World {
    world("Armington by hand", 2, &[1.0], vec![2.0, 1.0, 1.0, 2.0], vec![0.0; 2])
}

/// `R1` mines `S1` and sells all of it, 50, to `R0`, which makes `S0` of half
/// value added and half `S1`; each region buys 50 of `S0`. Every market has
/// one supplier, so spending shares never move, whatever θ is.
///
/// *Iceberg cost of 4 on `S1`*: no income changes; `P[S1] = 4`, `P[S0] = 4^½ = 2`
/// and welfare is halved in both.
///
/// *Tariff of 100 % on `S1`*, with `Y` the output of `S0`: of the `Y/2` spent on
/// inputs `Y/4` reaches `R1` and `Y/4` is revenue. World value added
/// `Y/2 + Y/4 = 100` gives `Y = 400/3`, wages 4/3 and 2/3. `P[S1] = 2 · 2/3 = 4/3`,
/// so `P[S0] = 4/3`. Incomes 100 and 100/3, both before 50: welfare is
/// `2 / (4/3) = 3/2` in `R0` and `(2/3) / (4/3) = 1/2` in `R1`.
pub fn chain(theta: f64) -> World {
    let trade = vec![50.0, 0.0, 50.0, 0.0, 0.0, 50.0, 0.0, 0.0];
    world("chain", 2, &[theta, theta], trade, vec![0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0])
}

/// `n` regions with the same flows, inputs and tariffs in `theta.len()` sectors.
///
/// Any policy that treats all regions alike moves them alike: all wages stay 1,
/// and the prices and costs of a sector move equally everywhere.
pub fn identical(n: usize, theta: &[f64]) -> World {
    let j = theta.len();
    let trade = (0..j * n * n).map(|cell| {
        let home = cell / n % n == cell % n;
        (1.0 + (cell / (n * n)) as f64) * if home { 20.0 } else { 1.5 }
    });
    let inputs = (0..j * j).map(|cell| 0.3 / j as f64 + 0.01 * (cell % 3) as f64).collect::<Vec<_>>();
    let mut world = world("identical", n, theta, trade.collect(), inputs.repeat(n));
    for cell in 0..world.tariff.len() {
        if cell / n % n != cell % n {
            world.tariff[cell] = 0.05;
        }
    }
    world
}
