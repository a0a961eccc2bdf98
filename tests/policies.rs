//! What governments could do besides a best tariff: limits on exports, published
//! formulas, bargains of every two; and what fits the tariffs that they have.

use detente::equilibrium::{Calibration, Closure, Deficits, Equilibrium, Numeraire, Options};
use detente::ledger::{Cap, PolicyState};
use detente::numerics::linear::Arithmetic;
use detente::numerics::streams::Streams;
use detente::strategy::formula::{Formula, follow};
use detente::strategy::leverage::{Bundle, cut_off};
use detente::strategy::nash::{Search, search};
use detente::strategy::nash_in_nash::bargain;
use detente::strategy::no_inputs::{Competition, NoInputs};
use detente::strategy::play::{Pace, play};
use detente::strategy::player::{Lever, Player};
use detente::strategy::reply::{STARTS, best_reply};
use detente::strategy::standing::fit;
use detente::strategy::talks::{Rule, Talks};
use detente::strategy::{CaliendoParro, Economy, Objective, Policy, StrategyError};
use detente::world::World;

/// A balanced world of made-up flows with free trade: `(regions, sectors)`, wage shares.
fn made_up((n, sectors): (usize, usize), wage_share: &[f64], seed: u64) -> NoInputs {
    let mut stream = Streams::new(seed).stream(0);
    let cells = n * n * sectors;
    let trade: Vec<f64> = (0..cells)
        .map(|cell| (0.2 + stream.uniform()) * if cell / n % n == cell % n { 8.0 } else { 1.0 })
        .collect();
    let theta: Vec<f64> = (0..sectors).map(|_| 1.5 + 4.0 * stream.uniform()).collect();
    let codes = |what: &str, count: usize| (0..count).map(|i| format!("{what}{i}")).collect::<Vec<_>>();
    let base = Policy { tariff: vec![0.0; cells], export_tax: vec![0.0; cells] };
    let labels = (codes("R", n), codes("S", sectors));
    NoInputs::from_flows(labels, &trade, base, &theta, wage_share.to_vec()).unwrap().balanced().unwrap()
}

fn governments(economy: &NoInputs) -> Vec<Player> {
    let (n, sectors) = (economy.region_count(), economy.theta().len());
    (0..n).map(|j| Player::government(j, &economy.regions()[j], n, sectors)).collect()
}

fn gain(economy: &NoInputs, formula: Formula) -> f64 {
    follow(economy, economy.wage_share(), 0, formula, Arithmetic::default()).unwrap().outcome.real_income[0]
}

/// Two countries, one sector, no markups: the export tax of the formula and the
/// tariff of the formula are the best ones, and do the same (Lerner).
#[test]
fn formulas_are_exact_where_they_should_be() {
    let economy = made_up((2, 1), &[1.0], 1);
    let wide = Player::government(0, "R0", 2, 1).with_tariffs(|lever| lever.between(-0.5, 5.0));
    let best = best_reply(&economy, &wide, economy.base(), None, &STARTS, &Pace::default()).unwrap();
    for formula in [Formula::First, Formula::Second, Formula::Third] {
        let gain = gain(&economy, formula);
        assert!((gain - best.value).abs() < 1e-9, "{formula}: {gain} {}", best.value);
    }
    let third = follow(&economy, &[1.0], 0, Formula::Third, Arithmetic::default()).unwrap();
    assert!((third.policy.tariff[1] - best.rest.policy.tariff[1]).abs() < 1e-7);
}

/// Without markups, or with the same one everywhere, there is nothing to correct at
/// home: the second best is the first, a subsidy of all sales apart.
#[test]
fn equal_markups_leave_nothing_to_correct() {
    for wage_share in [1.0, 0.75] {
        let economy = made_up((3, 4), &[wage_share; 4], 2);
        let [first, second, third] =
            [Formula::First, Formula::Second, Formula::Third].map(|f| gain(&economy, f));
        assert!((first - second).abs() < 1e-9, "{first} {second}");
        assert!(first > third && third > 0.0);
        let found =
            follow(&economy, economy.wage_share(), 0, Formula::Second, Arithmetic::default()).unwrap();
        assert!(found.policy.tariff.iter().all(|t| t.abs() < 1e-12) && found.residual < 1e-9);
    }
}

/// The best taxes gain at least what the formulas do, and little more; with taxes on
/// exports they gain more than with tariffs alone.
#[test]
fn no_formula_beats_the_optimum() {
    let economy = made_up((4, 3), &[0.9, 0.7, 0.8], 3);
    let wide = |lever: Lever| lever.between(-0.8, 20.0);
    let tariffs = Player::government(0, "R0", 4, 3).with_tariffs(wide);
    let mut both = tariffs.clone().and_export_taxes(wide(Lever::new(0, 4, 3)));
    both.level = Some((0, 1));
    let best = |player: &Player| {
        best_reply(&economy, player, economy.base(), None, &STARTS, &Pace::default()).unwrap().value
    };
    let (with, without) = (best(&both), best(&tariffs));
    let [first, second, third] = [Formula::First, Formula::Second, Formula::Third].map(|f| gain(&economy, f));
    assert!(with >= second && with - second < 0.1 * with, "{with} {second}");
    assert!(without >= third && without - third < 0.3 * without, "{without} {third}");
    assert!(with > without && first > second);
    // Everybody taxes exports: worse for the one who began than acting alone.
    assert!(gain(&economy, Formula::Retaliation) < first);
    let text = |wage_share: &[f64]| follow(&economy, wage_share, 9, Formula::First, Arithmetic::default());
    assert!(matches!(text(&[0.5; 3]), Err(StrategyError::Input(_))));
}

/// The published data: the optimum over tariffs gains at least what the formula does.
#[test]
fn formulas_on_the_published_data() {
    let world = World::shipped("ll2014").unwrap();
    let economy = NoInputs::new(&world, &world.elasticities[0].theta, Competition::Markups).unwrap();
    let (n, sectors) = (economy.region_count(), economy.theta().len());
    let home = world.regions.find("USA").unwrap();
    let at = |formula| {
        follow(&economy, economy.wage_share(), home, formula, Arithmetic::default())
            .unwrap()
            .outcome
            .real_income[home]
    };
    let [first, second, third] = [Formula::First, Formula::Second, Formula::Third].map(at);
    assert!(first > second && second > third && third > 0.0, "{first} {second} {third}");
    let player = Player::government(home, "USA", n, sectors)
        .with_tariffs(|lever| lever.between(-0.5, 5.0).most_favoured());
    let reply = play(&economy, &[player], economy.base(), &Pace::default()).unwrap();
    assert!(reply.outcome.real_income[home] >= third, "{}", reply.outcome.real_income[home]);
}

/// A region with inputs, balanced trade.
fn with_inputs(name: &str) -> (World, Calibration, Options) {
    let world = World::shipped(name).unwrap();
    let base = PolicyState::of_world(&world, world.base_date);
    let calibration = Calibration::new(&world, base, &world.elasticities[0].theta).unwrap();
    let closure = Closure { deficits: Deficits::Zero, numeraire: Numeraire::WorldValueAdded };
    (world, calibration, Options { closure, ..Options::default() })
}

/// A limit on a flow and a tariff on it: the tariff takes the exporter's rent, the
/// quantity stays, until no rent is left; beyond that the limit does not bind.
#[test]
fn a_tariff_on_a_capped_flow_takes_the_rent_first() {
    let (world, calibration, options) = with_inputs("icio-2019-g20");
    let [usa, chn] = ["USA", "CHN"].map(|code| world.regions.find(code).unwrap());
    let cell = world.cell((0..world.sector_count()).find(|s| world.goods[*s]).unwrap(), usa, chn);
    let at = |tariff: f64| -> Equilibrium {
        let mut policy = calibration.base.clone();
        policy.tariff[cell] += tariff;
        policy.caps = vec![Cap {
            measure: "limit".into(),
            flows: vec![(cell, 1.0)],
            quantity: 0.7,
            importer_rent: 0.0,
        }];
        calibration.solve(policy, &options).unwrap()
    };
    let found: Vec<Equilibrium> = [0.0, 0.01, 0.02].map(at).into();
    let tight = found[0].caps[0].wedge;
    assert!(tight > 0.03, "{tight}");
    for (found, tariff) in found.iter().zip([0.0, 0.01, 0.02]) {
        let base = calibration.base.tariff[cell];
        let (wedge, quantity) = (found.caps[0].wedge, found.caps[0].quantity);
        let together = (1.0 + wedge) * (1.0 + base + tariff) / (1.0 + base);
        assert!((quantity - 0.7).abs() < 1e-9 && (together - 1.0 - tight).abs() < 1e-3, "{together} {tight}");
    }
    assert!(
        found.windows(2).all(|two| two[1].caps[0].exporter_rent_musd < two[0].caps[0].exporter_rent_musd)
    );
    let slack = at(3.0 * tight + 1.0);
    assert!(slack.caps[0].wedge.abs() < 1e-9 && slack.caps[0].quantity < 0.7);
}

/// In a game the limit is the export tax that holds it, and today's tax its floor: a
/// limit and a tariff on one flow come to rest, nobody leaves, and both bite.
#[test]
fn a_cap_and_a_tariff_on_one_flow_come_to_rest() {
    let economy = made_up((3, 2), &[1.0; 2], 4);
    let importer = Player::government(0, "R0", 3, 2).with_tariffs(|lever| lever.on(&[1], 2).within(&[0], 2));
    let limit = Lever::new(1, 3, 2).on(&[0], 2).within(&[0], 2).not_below_export_taxes(economy.base(), 2);
    let mut exporter = Player::government(1, "R1", 3, 2).and_export_taxes(limit.clone());
    exporter.tariffs.clear();
    let players = [importer, exporter];
    let found =
        search(&economy, &players, economy.base(), &Search::thorough(&STARTS, &Pace::default())).unwrap();
    assert_eq!((found.equilibria.len(), found.rejected.len()), (1, 0));
    let point = &found.equilibria[0];
    assert!(point.gap() < 1e-7 && point.kkt() < 1e-8 && point.distance() < 1e-4);
    let (tariff, wedge) = (point.rest.policy.tariff[1], point.rest.policy.export_tax[1]);
    assert!(tariff > 0.05 && wedge > 0.01, "{tariff} {wedge}");
    // Rent at the importer: its duty is a tariff that the exporter would not choose.
    let mut duty = Player::government(1, "R1", 3, 2);
    duty.tariffs = vec![Lever::new(0, 3, 2).on(&[1], 2).within(&[0], 2).not_below(economy.base(), 2)];
    let alone = best_reply(&economy, &duty, economy.base(), None, &STARTS, &Pace::default()).unwrap();
    let kept = Player { tariffs: Vec::new(), ..duty.clone() }.and_export_taxes(limit);
    let kept = best_reply(&economy, &kept, economy.base(), None, &STARTS, &Pace::default()).unwrap();
    assert!(alone.rest.policy.tariff[1] == 0.0 && kept.value > alone.value);
    // One flow has one hand on its tariff; other flows of the same importer may have another.
    let both = [Player::government(0, "R0", 3, 2), duty.clone()];
    assert!(matches!(play(&economy, &both, economy.base(), &Pace::default()), Err(StrategyError::Input(_))));
    let apart = [Player::government(0, "R0", 3, 2).with_tariffs(|lever| lever.on(&[2], 2)), duty];
    assert!(play(&economy, &apart, economy.base(), &Pace::default()).is_ok());
}

/// A quick search with inputs finds what a thorough one does, and its replies come back.
#[test]
fn a_quick_certificate_agrees_with_a_thorough_one() {
    let (world, calibration, options) = with_inputs("icio-2019-g20");
    let economy = CaliendoParro::new(calibration, &options).unwrap();
    let (n, sectors) = (world.region_count(), world.sector_count());
    let goods: Vec<usize> = (0..sectors).filter(|s| world.goods[*s]).collect();
    let all: Vec<Player> = (0..n)
        .map(|j| Player::government(j, world.regions.code(j), n, sectors))
        .map(|player| player.with_tariffs(|lever| lever.within(&goods, sectors)))
        .collect();
    let quick = search(&economy, &all, economy.base(), &Search::quick(&Pace::default())).unwrap();
    let point = &quick.equilibria[0];
    assert!(point.kkt() <= 1e-7 && point.gap() <= 1e-6 && point.distance() <= 5e-3, "{}", point.distance());
    let thorough = Search { replies: STARTS.to_vec(), ..Search::quick(&Pace::default()) };
    let thorough = Search { reply_pace: Pace::default(), ..thorough };
    let again = search(&economy, &all, economy.base(), &thorough).unwrap();
    assert!(again.equilibria[0].gap() <= 1e-6 && again.equilibria[0].distance() <= 1e-5);
    assert_eq!(again.equilibria[0].rest.policy, point.rest.policy);
}

/// Ideal points: one party gets the most and nobody else loses; the deal's gains are in
/// proportion to them.
#[test]
fn kalai_and_smorodinsky_share_by_ideal_points() {
    let economy = made_up((3, 2), &[0.8; 2], 5);
    let war = play(&economy, &governments(&economy), economy.base(), &Pace::default()).unwrap();
    let talks = Talks::of_all(2, &war.outcome.welfare);
    let (weights, pace) = (economy.income_shares(), Pace { target: 1e-12, ..Pace::default() });
    let start = (&war.policy, [].as_slice());
    let rule = talks.kalai_smorodinsky(&economy, &weights, start, &pace).unwrap();
    let Rule::KalaiSmorodinsky { most } = &rule else { panic!("{rule:?}") };
    let deal = talks.deal(&economy, &rule, &weights, start, &pace).unwrap();
    let share = |j: usize| deal.gains[j].exp_m1() / (most[j] - war.outcome.welfare[j]).exp_m1();
    assert!((share(0) - share(1)).abs() < 1e-7 && (share(0) - share(2)).abs() < 1e-7);
    assert!(share(0) > 0.0 && share(0) < 1.0);
    let equal = talks.deal(&economy, &Rule::EqualGains, &weights, start, &pace).unwrap();
    for j in 0..3 {
        assert!(most[j] > war.outcome.welfare[j] + equal.gains[j], "{j}");
    }
}

/// Of two players the bargain is Nash's; of three, no pair would change its own.
#[test]
fn pairs_bargain_until_nothing_moves() {
    let pace = Pace { target: 1e-12, ..Pace::default() };
    let two = made_up((2, 2), &[0.8; 2], 6);
    let players = governments(&two);
    let war = play(&two, &players, two.base(), &Pace::default()).unwrap();
    let found = bargain(&two, &players, 0.5, &war.policy, &pace).unwrap();
    let rule = Rule::NashBargaining { power: vec![0.5, 0.5] };
    let talks = Talks::of_all(2, &war.outcome.welfare);
    let deal = talks.deal(&two, &rule, &two.income_shares(), (&war.policy, &[]), &pace).unwrap();
    for j in 0..2 {
        assert!((found.pairs[0].1.unwrap()[j] - deal.gains[j]).abs() < 1e-8);
    }
    let three = made_up((3, 2), &[0.8; 2], 7);
    let players = governments(&three);
    let war = play(&three, &players, three.base(), &Pace::default()).unwrap();
    let found = bargain(&three, &players, 0.5, &war.policy, &pace).unwrap();
    assert!(found.pairs.iter().all(|(_, gains)| gains.is_some_and(|g| g[0] > 0.0 && g[1] > 0.0)));
    let again = bargain(&three, &players, 0.5, &war.policy, &pace).unwrap();
    assert_eq!(found, again);
    for j in 0..3 {
        assert!(found.rest.outcome.welfare[j] > war.outcome.welfare[j]);
    }
    assert!(matches!(bargain(&three, &players[..1], 0.5, &war.policy, &pace), Err(StrategyError::Input(_))));
    assert!(matches!(bargain(&three, &players, 1.0, &war.policy, &pace), Err(StrategyError::Input(_))));
}

/// Tariffs that are a best reply at some weight of the rival give the weight back.
#[test]
fn the_weight_of_a_rival_is_read_off_tariffs() {
    let economy = made_up((3, 3), &[1.0; 3], 8);
    let player = Player::government(0, "R0", 3, 3).with_tariffs(|lever| lever.on(&[1], 3));
    let rival = Player { objective: Objective::against(0, 1, 0.7, 3), ..player.clone() };
    let observed = play(&economy, &[rival], economy.base(), &Pace::default()).unwrap().policy;
    let flows = economy.solve(economy.base(), None).unwrap().trade;
    let found = fit(&economy, (&player, 0, 1), &observed, &flows, 3.0, &Pace::default()).unwrap();
    assert!((found.best.omega - 0.7).abs() < 0.01 && found.best.distance < 1e-3, "{found:?}");
    assert!(found.alone.distance > 0.01 && found.observed > found.alone.mean);
    // What real income alone explains has weight 0.
    let own = play(&economy, std::slice::from_ref(&player), economy.base(), &Pace::default()).unwrap().policy;
    let found = fit(&economy, (&player, 0, 1), &own, &flows, 3.0, &Pace::default()).unwrap();
    assert_eq!(found.best.omega, 0.0);
    let nothing = player.with_tariffs(|lever| lever.within(&[], 3));
    let wrong = fit(&economy, (&nothing, 0, 1), &own, &flows, 3.0, &Pace::default());
    assert!(matches!(wrong, Err(StrategyError::Input(_))));
}

/// Cut off from one supplier a region loses; where flows cannot be infinite taxes they
/// are as good as gone.
#[test]
fn flows_stop_with_and_without_inputs() {
    let economy = made_up((3, 2), &[1.0; 2], 9);
    let before = economy.solve(economy.base(), None).unwrap();
    let bundle = Bundle::sales(3, 0, &[1], &[0, 1]);
    let after = cut_off(&economy, economy.base(), &before, &bundle).unwrap();
    assert!(bundle.cells().iter().all(|cell| after.trade[*cell] < 1e-30));
    assert!(after.welfare[0] < before.welfare[0] && after.welfare[1] < before.welfare[1]);
}
