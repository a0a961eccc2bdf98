//! Threats and power: first order against worlds solved again.

mod test_worlds;

use detente::equilibrium::{Calibration, Closure, Deficits, Options};
use detente::strategy::leverage::{self, Bundle, Instrument};
use detente::strategy::{CaliendoParro, Economy, Objective};
use test_worlds::random::{self, Draw};
use test_worlds::{base_policy, world};

fn game(seed: u64) -> CaliendoParro {
    let world = random::world(4, 3, seed);
    let calibration = Calibration::new(&world, base_policy(&world), &world.elasticities[0].theta).unwrap();
    let closure = Closure { deficits: Deficits::Zero, ..Closure::default() };
    CaliendoParro::new(calibration, &Options { closure, tolerance: 1e-12, ..Options::default() }).unwrap()
}

/// Small steps do what the table says; the table is ranked; every tax of the
/// government on its own trade is in it once.
#[test]
fn the_table_is_what_small_steps_do() {
    for seed in 0..4 {
        let game = game(seed);
        let (n, policy) = (game.region_count(), game.base().clone());
        let outcome = game.solve(&policy, None).unwrap();
        let (own, rival) = (Objective::of(0, n), Objective::of(1, n));
        let shadows = game.shadows(&policy, &outcome, &[own.clone(), rival.clone()], &[], 1e-12).unwrap();
        let table = leverage::threats(0, game.theta(), &policy, &outcome, &shadows[0], &shadows[1]);
        let trades = |cell: &usize| outcome.trade[*cell] > 0.0 && cell / n % n != cell % n;
        let mine = |cell: &usize| (cell / n).is_multiple_of(n) || cell.is_multiple_of(n);
        assert_eq!(table.len(), (0..outcome.trade.len()).filter(|c| trades(c) && mine(c)).count());
        assert!(table.windows(2).all(|pair| pair[0].leverage() >= pair[1].leverage()));
        let some = [table[0], table[table.len() / 2], table[table.len() - 1]];
        let step = 1e-4_f64;
        let up = leverage::carry_out(&game, &policy, &outcome, &some, [&own, &rival], step.exp()).unwrap();
        let down =
            leverage::carry_out(&game, &policy, &outcome, &some, [&own, &rival], (-step).exp()).unwrap();
        for ((slope, up), down) in some.iter().zip(&up).zip(&down) {
            assert_eq!(slope.instrument, up.instrument);
            for (slope, up, down) in [(slope.harm, up.harm, down.harm), (slope.cost, up.cost, down.cost)] {
                assert!(((up - down) / (2.0 * step) - slope).abs() < 1e-6 * slope.abs() + 1e-8);
            }
        }
    }
}

/// One region's rise in productivity, solved again; the whole world's, with all
/// costs of delivery alike, lifts everybody as everybody's own would.
#[test]
fn friends_and_enemies_are_those_of_a_world_solved_again() {
    let game = game(5);
    let (n, policy) = (game.region_count(), game.base().clone());
    let outcome = game.solve(&policy, None).unwrap();
    let exposure = leverage::exposure(&game, &policy, &outcome, 1e-12).unwrap();
    let (cause, step) = (Draw(5).below(n), 1e-4_f64);
    let after = |step: f64, abroad_only: bool| {
        let mut frame = game.policy_state(&policy);
        for (cell, iceberg) in frame.iceberg_hat.iter_mut().enumerate() {
            if cell % n == cause && !(abroad_only && cell / n % n == cause) {
                *iceberg *= step.exp();
            }
        }
        let found = game.calibration().solve(frame, game.options()).unwrap();
        let real = found.income_musd.iter().zip(&found.consumption_price_hat);
        real.map(|(income, price)| (income / price).ln()).collect::<Vec<f64>>()
    };
    for (abroad_only, matrix, sign) in
        [(false, &exposure.productivity, -1.0), (true, &exposure.delivery, 1.0)]
    {
        let (up, down) = (after(step, abroad_only), after(-step, abroad_only));
        for region in 0..n {
            let slope = sign * (up[region] - down[region]) / (2.0 * step);
            assert!((matrix[region * n + cause] - slope).abs() < 1e-7, "{region}");
        }
    }
}

/// `R0` buys a good from two equal suppliers and from itself, a third each, and
/// trade in it is a hundredth of a per cent of what all do: the closed form is
/// exact to first order in that size, and two cuts at once cost more than the two.
#[test]
fn power_by_hand() {
    let (theta, small) = (2.0, 1e-4);
    let mut trade = vec![0.0; 2 * 9];
    for region in 0..3 {
        trade[region * 4] = 1.0;
    }
    for exporter in 1..3 {
        // A third of the good each, and as much of the other, in which trade balances.
        trade[9 + exporter] = small;
        trade[exporter] = small;
        trade[exporter * 3] = 2.0 * small;
        trade[9 + exporter * 4] = small;
        // What the others can buy from and sell to each other besides.
        trade[exporter * 3 + 3 - exporter] = small;
    }
    trade[9] = small;
    let world = world("two suppliers", 3, &[4.0, theta], trade, vec![0.0; 12]);
    let calibration = Calibration::new(&world, base_policy(&world), &[4.0, theta]).unwrap();
    let options = Options { tolerance: 1e-13, ..Options::default() };
    let game = CaliendoParro::new(calibration, &options).unwrap();
    let policy = game.base().clone();
    let outcome = game.solve(&policy, None).unwrap();
    let shadow = &game.shadows(&policy, &outcome, &[Objective::of(0, 3)], &[], 1e-13).unwrap()[0];
    let [one, two] = [1, 2].map(|by| Bundle::sales(3, 0, &[by], &[1]));
    let both = one.union(&two);
    // Spending on the good is 3 small of about 1; cuts of 1/3 and 2/3.
    let share = 3.0 * small / (1.0 + 3.0 * small);
    let closed = |bundle: &Bundle| leverage::loss_of(bundle, 0, game.theta(), &outcome, shadow);
    assert!((closed(&one) - share * 1.5_f64.ln() / theta).abs() < 1e-3 * share);
    assert!((closed(&both) - share * 3.0_f64.ln() / theta).abs() < 1e-3 * share);
    let synergy = leverage::synergy(&game, &policy, &outcome, 0, [&one, &two]).unwrap();
    let by_hand = share * (3.0_f64.ln() - 2.0 * 1.5_f64.ln()) / theta;
    assert!(synergy > 0.0 && (synergy / by_hand - 1.0).abs() < 0.5, "{synergy:e} {by_hand:e}");
    let solved = leverage::power(&game, &policy, &outcome, 0, &both).unwrap();
    assert!((solved / closed(&both) - 1.0).abs() < 0.5, "{solved:e} {:e}", closed(&both));
    let nothing = leverage::power(&game, &policy, &outcome, 0, &Bundle::default()).unwrap();
    assert!(nothing.abs() < 1e-12);
    assert!(leverage::power(&game, &policy, &outcome, 0, &Bundle::new([99])).is_err());
    // Without its own supply too there is nobody left.
    let all = both.union(&Bundle::sales(3, 0, &[0], &[1]));
    assert!(leverage::power(&game, &policy, &outcome, 0, &all).is_err());
    assert_eq!(Instrument::Tariff(3).cell(), 3);
}
