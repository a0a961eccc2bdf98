//! Games on the largest shipped world: shadow values of one government and of all, the
//! trade war of all against all.

use detente::equilibrium::{Calibration, Options};
use detente::ledger::PolicyState;
use detente::strategy::gradient::Gradient;
use detente::strategy::nash::{Search, search};
use detente::strategy::no_inputs::{Competition, NoInputs};
use detente::strategy::play::Pace;
use detente::strategy::player::Player;
use detente::strategy::{CaliendoParro, Economy, Objective, Outcome, Policy, Shadow};
use detente::world::World;
use divan::Bencher;

fn main() {
    divan::main();
}

/// The trade war of all against all in goods, with a best reply of each: 1.5 s without
/// inputs and 5 s with them is what it may take on two processors.
#[divan::bench(sample_count = 3, args = [false, true])]
fn war_of_all(bencher: Bencher, inputs: bool) {
    let world = World::shipped("icio-2022").unwrap();
    let (theta, n, sectors) = (&world.elasticities[0].theta, world.region_count(), world.sector_count());
    let economy: Box<dyn Economy> = if inputs {
        let base = PolicyState::of_world(&world, world.base_date);
        let calibration = Calibration::new(&world, base, theta).unwrap();
        Box::new(CaliendoParro::new(calibration, &Options::default()).unwrap())
    } else {
        Box::new(NoInputs::new(&world, theta, Competition::Armington).unwrap())
    };
    let goods: Vec<usize> = (0..sectors).filter(|s| world.goods[*s]).collect();
    let player = |j| {
        Player::government(j, world.regions.code(j), n, sectors)
            .with_tariffs(|lever| lever.within(&goods, sectors))
    };
    let players: Vec<Player> = (0..n).map(player).collect();
    let quick = Search::quick(&Pace::default());
    bencher.bench_local(|| search(&*economy, &players, economy.base(), &quick).unwrap());
}

/// The world under ten points more on everything.
fn play() -> (CaliendoParro, Policy, Outcome) {
    let world = World::shipped("icio-2022").unwrap();
    let base = PolicyState::of_world(&world, world.base_date);
    let calibration = Calibration::new(&world, base, &world.elasticities[0].theta).unwrap();
    let game = CaliendoParro::new(calibration, &Options::default()).unwrap();
    let (mut policy, n) = (game.base().clone(), game.region_count());
    for (cell, tariff) in policy.tariff.iter_mut().enumerate() {
        *tariff += if cell / n % n == cell % n { 0.0 } else { 0.1 };
    }
    let outcome = game.solve(&policy, None).unwrap();
    (game, policy, outcome)
}

fn governments(n: usize) -> Vec<Objective> {
    (0..n).map(|region| Objective::of(region, n)).collect()
}

#[divan::bench(sample_count = 10)]
fn solve_cold(bencher: Bencher) {
    let (game, policy, _) = play();
    bencher.bench_local(|| game.solve(&policy, None).unwrap());
}

/// From the equilibrium two points away.
#[divan::bench(sample_count = 10)]
fn solve_warm(bencher: Bencher) {
    let (game, mut policy, outcome) = play();
    let n = game.region_count();
    for (cell, tariff) in policy.tariff.iter_mut().enumerate() {
        *tariff += if cell / n % n == cell % n { 0.0 } else { 0.02 };
    }
    bencher.bench_local(|| game.solve(&policy, Some(&outcome)).unwrap());
}

#[divan::bench(sample_count = 10, args = [1e-6, 1e-10])]
fn one_government(bencher: Bencher, tolerance: f64) {
    let (game, policy, outcome) = play();
    let objective = [Objective::of(game.calibration().regions.find("USA").unwrap(), game.region_count())];
    bencher.bench_local(|| {
        let shadow = &game.shadows(&policy, &outcome, &objective, &[], tolerance).unwrap()[0];
        Gradient::new(game.theta(), &policy, &outcome, shadow).tariffs()
    });
}

#[divan::bench(sample_count = 10, args = [1e-4, 1e-6, 1e-10])]
fn all_governments(bencher: Bencher, tolerance: f64) {
    let (game, policy, outcome) = play();
    let objectives = governments(game.region_count());
    bencher.bench_local(|| game.shadows(&policy, &outcome, &objectives, &[], tolerance).unwrap());
}

/// From the shadow values a tenth of a point of every tariff away.
#[divan::bench(sample_count = 10)]
fn all_governments_warm(bencher: Bencher) {
    let (game, mut policy, outcome) = play();
    let objectives = governments(game.region_count());
    let near: Vec<Shadow> = game.shadows(&policy, &outcome, &objectives, &[], 1e-6).unwrap();
    policy.tariff.iter_mut().filter(|t| **t > 0.0).for_each(|tariff| *tariff += 0.001);
    let outcome = game.solve(&policy, Some(&outcome)).unwrap();
    bencher.bench_local(|| game.shadows(&policy, &outcome, &objectives, &near, 1e-6).unwrap());
}

#[divan::bench(sample_count = 10)]
fn gradient_in_all_tariffs(bencher: Bencher) {
    let (game, policy, outcome) = play();
    let shadow =
        &game.shadows(&policy, &outcome, &governments(game.region_count())[..1], &[], 1e-6).unwrap()[0];
    bencher.bench_local(|| Gradient::new(game.theta(), &policy, &outcome, shadow).tariffs());
}
