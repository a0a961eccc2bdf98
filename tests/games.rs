//! Tariffs as moves of a game: derivatives, best replies, equilibria, deals.

use detente::equilibrium::EquilibriumError;
use detente::numerics::streams::Streams;
use detente::replicate::ossa2014;
use detente::strategy::nash::{NASH_STARTS, certify, nash};
use detente::strategy::no_inputs::{Competition, NoInputs};
use detente::strategy::play::{Pace, play};
use detente::strategy::player::{Lever, Player};
use detente::strategy::reply::{STARTS, best_reply};
use detente::strategy::talks::{Rule, Talks, concessions};
use detente::strategy::target::gradient;
use detente::strategy::weights::fit_weights;
use detente::strategy::{Economy, Objective, Policy, StrategyError};
use detente::world::World;

/// A world of made-up flows: `(regions, sectors)`, tariffs and export taxes up to a rate.
fn made_up((n, sectors): (usize, usize), rate: f64, wage_share: f64, seed: u64) -> NoInputs {
    let mut stream = Streams::new(seed).stream(0);
    let cells = n * n * sectors;
    let mut trade = vec![0.0; cells];
    let mut base = Policy { tariff: vec![0.0; cells], export_tax: vec![0.0; cells] };
    for cell in 0..cells {
        let home = cell / n % n == cell % n;
        trade[cell] = (0.2 + stream.uniform()) * if home { 8.0 } else { 1.0 };
        let (t, e) = (stream.uniform(), stream.uniform());
        if !home {
            (base.tariff[cell], base.export_tax[cell]) = (rate * t, 0.5 * rate * e);
        }
    }
    let theta: Vec<f64> = (0..sectors).map(|_| 1.5 + 4.0 * stream.uniform()).collect();
    let codes = |what: &str, count: usize| (0..count).map(|i| format!("{what}{i}")).collect::<Vec<_>>();
    NoInputs::from_flows(
        (codes("R", n), codes("S", sectors)),
        &trade,
        base,
        &theta,
        vec![wage_share; sectors],
    )
    .unwrap()
}

fn governments(economy: &NoInputs) -> Vec<Player> {
    let (n, sectors) = (economy.region_count(), economy.theta().len());
    (0..n).map(|j| Player::government(j, &economy.regions()[j], n, sectors)).collect()
}

/// Political weights between 0.5 and 1.5.
fn weights(economy: &NoInputs, seed: u64) -> Vec<f64> {
    let mut stream = Streams::new(seed).stream(1);
    economy.weights().iter().map(|_| 0.5 + stream.uniform()).collect()
}

fn moved(economy: &NoInputs, seed: u64) -> Policy {
    let n = economy.region_count();
    let mut stream = Streams::new(seed).stream(2);
    let mut policy = economy.base().clone();
    for cell in 0..policy.tariff.len() {
        let home = cell / n % n == cell % n;
        let (t, e) = (0.4 * stream.uniform(), 0.3 * stream.uniform());
        policy.export_tax[cell] = e;
        policy.tariff[cell] = if home { 0.0 } else { t };
    }
    policy
}

/// Derivatives in every tax by the adjoint against central differences, whose
/// error falls with the square of the step: with export taxes, a tax on home
/// sales, political weights, profits, and deficits held or absent.
#[test]
fn shadow_values_give_the_derivatives() {
    for (seed, balanced, lobbying) in [(1, true, false), (2, false, false), (3, true, true), (4, false, true)]
    {
        let mut economy = made_up((4, 3), 0.2, 0.75, seed);
        if balanced {
            economy = economy.balanced().unwrap();
        }
        if lobbying {
            let weights = weights(&economy, seed);
            economy = economy.with_weights(&weights).unwrap();
        }
        let policy = moved(&economy, seed);
        let outcome = economy.solve(&policy, None).unwrap();
        let objectives = [
            Objective::of(1, 4),
            Objective::against(0, 2, 0.7, 4),
            Objective { weights: vec![0.3, 0.1, 0.4, 0.2] },
        ];
        let shadows = economy.shadows(&policy, &outcome, &objectives, &[], 1e-12).unwrap();
        for (objective, shadow) in objectives.iter().zip(&shadows) {
            let (tariff, export) = gradient(&economy, &policy, &outcome, shadow);
            for cell in (0..policy.tariff.len()).step_by(5) {
                for (is_export, exact) in [(false, tariff[cell]), (true, export[cell])] {
                    if !is_export && cell / 4 % 4 == cell % 4 {
                        continue;
                    }
                    let value = |step: f64| {
                        let mut policy = policy.clone();
                        let rates = if is_export { &mut policy.export_tax } else { &mut policy.tariff };
                        rates[cell] = (1.0 + rates[cell]) * step.exp() - 1.0;
                        objective.value(&economy.solve(&policy, Some(&outcome)).unwrap())
                    };
                    let error = |h: f64| ((value(h) - value(-h)) / (2.0 * h) - exact).abs();
                    let (wide, narrow) = (error(0.02), error(0.01));
                    assert!(
                        narrow < wide / 3.5 + 1e-10 && narrow < 1e-4 * (1.0 + exact.abs()),
                        "seed {seed}, cell {cell}, export {is_export}: {wide:e} {narrow:e} of {exact:e}"
                    );
                }
            }
        }
    }
}

/// Two countries, one sector, no profits: the best tariff is one over the
/// trade elasticity times the partner's share of home goods (Gros 1987).
#[test]
fn two_countries_choose_the_inverse_elasticity() {
    let economy = made_up((2, 1), 0.0, 1.0, 5).balanced().unwrap();
    let player = &governments(&economy)[0];
    let reply = best_reply(&economy, player, economy.base(), None, &STARTS, &Pace::default()).unwrap();
    let partner_at_home = reply.rest.outcome.share[3];
    let expected = 1.0 / (economy.theta()[0] * partner_at_home);
    assert!(
        (reply.rest.policy.tariff[1] - expected).abs() < 1e-8,
        "{} {expected}",
        reply.rest.policy.tariff[1]
    );
    assert!(reply.value > 0.0 && reply.others.is_empty() && reply.failed.is_empty());
}

/// No profits, no weights, no inputs: one tariff for all sectors, another for every partner.
#[test]
fn without_profits_the_best_tariff_is_the_same_in_all_sectors() {
    let economy = made_up((4, 5), 0.1, 1.0, 6).balanced().unwrap();
    let mut start = economy.base().clone();
    start.export_tax.fill(0.0);
    let player = &governments(&economy)[2];
    let rest = best_reply(&economy, player, &start, None, &STARTS, &Pace::default()).unwrap().rest;
    let mut seen = Vec::new();
    for partner in [0, 1, 3] {
        let rates: Vec<f64> = (0..5).map(|s| rest.policy.tariff[(s * 4 + 2) * 4 + partner]).collect();
        assert!(rates.iter().all(|rate| (rate - rates[0]).abs() < 1e-7), "{rates:?}");
        seen.push(rates[0]);
    }
    assert!((seen[0] - seen[1]).abs() > 1e-4, "partners differ: {seen:?}");
}

#[test]
fn twins_choose_the_same_and_names_do_not_matter() {
    // Two regions that are each other's image, and a third.
    let n = 3;
    let flows = [9.0, 1.5, 1.0, 1.5, 9.0, 1.0, 1.2, 1.2, 20.0, 6.0, 2.5, 0.5, 2.5, 6.0, 0.5, 0.7, 0.7, 11.0];
    let build = |order: [usize; 3]| {
        let mut trade = vec![0.0; 18];
        for cell in 0..18 {
            let (s, j, i) = (cell / 9, cell / n % n, cell % n);
            trade[(s * n + order[j]) * n + order[i]] = flows[cell];
        }
        let none = Policy { tariff: vec![0.0; 18], export_tax: vec![0.0; 18] };
        let codes = ((0..3).map(|i| format!("R{i}")).collect(), vec!["A".to_owned(), "B".to_owned()]);
        NoInputs::from_flows(codes, &trade, none, &[4.0, 2.5], vec![0.8, 0.7]).unwrap().balanced().unwrap()
    };
    let war =
        |economy: &NoInputs| play(economy, &governments(economy), economy.base(), &Pace::default()).unwrap();
    let (first, second) = (war(&build([0, 1, 2])), war(&build([2, 0, 1])));
    let order = [2, 0, 1];
    for s in 0..2 {
        for j in 0..n {
            for i in 0..n {
                let rate = first.policy.tariff[(s * n + j) * n + i];
                let other = second.policy.tariff[(s * n + order[j]) * n + order[i]];
                assert!((rate - other).abs() < 1e-7, "{rate} {other}");
            }
        }
        let of = |j: usize, i: usize| first.policy.tariff[(s * n + j) * n + i];
        assert!((of(0, 1) - of(1, 0)).abs() < 1e-7 && (of(0, 2) - of(1, 2)).abs() < 1e-7);
    }
    assert!((first.outcome.welfare[0] - first.outcome.welfare[1]).abs() < 1e-8);
}

/// Free trade is efficient: at weights of income shares no tax helps.
#[test]
fn free_trade_is_what_a_planner_with_income_weights_chooses() {
    let economy = made_up((4, 3), 0.0, 1.0, 7).balanced().unwrap();
    let outcome = economy.solve(economy.base(), None).unwrap();
    let objective = Objective { weights: economy.income_shares() };
    let shadow = &economy.shadows(economy.base(), &outcome, &[objective], &[], 1e-12).unwrap()[0];
    let (tariff, export) = gradient(&economy, economy.base(), &outcome, shadow);
    assert!(tariff.iter().chain(&export).all(|slope| slope.abs() < 1e-13));
}

/// Rates at a bound want to go beyond it, the others want to stay.
#[test]
fn at_bounds_the_derivative_points_outside() {
    let economy = made_up((4, 4), 0.1, 0.7, 8).balanced().unwrap();
    let economy = economy.clone().with_weights(&weights(&economy, 8)).unwrap();
    let player = Player::government(0, "R0", 4, 4).with_tariffs(|lever| lever.between(0.35, 0.6));
    let rest = best_reply(&economy, &player, economy.base(), None, &STARTS, &Pace::default()).unwrap().rest;
    let (slope, _) = gradient(&economy, &rest.policy, &rest.outcome, &rest.shadows[0]);
    let mut bound = [0, 0, 0];
    for s in 0..4 {
        for i in 1..4 {
            let cell = s * 16 + i;
            let rate = rest.policy.tariff[cell];
            match rate {
                0.35 => assert!(slope[cell] < 0.0),
                0.6 => assert!(slope[cell] > 0.0),
                _ => assert!(slope[cell].abs() < 1e-9, "{rate}: {:e}", slope[cell]),
            }
            bound[usize::from(rate > 0.35) + usize::from(rate >= 0.6)] += 1;
        }
    }
    assert!(bound[0] + bound[2] > 0 && bound[1] > 0, "{bound:?}");
}

/// One rate for all partners gains less than one for each, and more than nothing.
#[test]
fn most_favoured_nation_tariffs_bind() {
    let economy = made_up((4, 3), 0.1, 0.8, 9).balanced().unwrap();
    let value = |player: &Player| {
        best_reply(&economy, player, economy.base(), None, &STARTS, &Pace::default()).unwrap()
    };
    let each = Player::government(1, "R1", 4, 3);
    let same = each.clone().with_tariffs(Lever::most_favoured);
    let one = each.clone().with_tariffs(|lever| lever.on(&[3], 3));
    let sector = each.clone().with_tariffs(|lever| lever.within(&[2], 3));
    let (each, same, one, sector) = (value(&each), value(&same), value(&one), value(&sector));
    assert!(each.value > same.value && same.value > 0.0);
    assert!(each.value > one.value && each.value > sector.value);
    for s in 0..3 {
        let rates = |i: usize| same.rest.policy.tariff[(s * 4 + 1) * 4 + i];
        assert!(rates(0) == rates(2) && rates(0) == rates(3));
        let now = one.rest.policy.tariff[(s * 4 + 1) * 4];
        assert_eq!(now, economy.base().tariff[(s * 4 + 1) * 4], "others stay");
    }
}

/// Export taxes do what tariffs do (Lerner): with both, one level is fixed, all
/// derivatives vanish, and the gain is at least that of tariffs alone.
#[test]
fn tariffs_and_export_taxes_together() {
    let economy = made_up((3, 3), 0.0, 0.75, 10).balanced().unwrap();
    let wide = |lever: Lever| lever.between(-0.9, 5.0);
    let alone = Player::government(0, "R0", 3, 3).with_tariffs(wide);
    let taxes = Player { tariffs: Vec::new(), ..alone.clone() }.and_export_taxes(wide(Lever::new(0, 3, 3)));
    let mut both = alone.clone().and_export_taxes(wide(Lever::new(0, 3, 3)));
    both.level = Some((0, 1));
    let pace = Pace { damping: 0.4, ..Pace::default() };
    let reply = |player: &Player| best_reply(&economy, player, economy.base(), None, &STARTS, &pace).unwrap();
    let (alone, taxes, both) = (reply(&alone), reply(&taxes), reply(&both));
    assert!(alone.value > 0.0 && taxes.value > 0.0);
    assert!(both.value >= alone.value - 1e-9 && both.value >= taxes.value - 1e-9);
    let (tariff, export) = gradient(&economy, &both.rest.policy, &both.rest.outcome, &both.rest.shadows[0]);
    for s in 0..3 {
        for i in 1..3 {
            assert!(tariff[s * 9 + i].abs() < 1e-7, "{:e}", tariff[s * 9 + i]);
            assert!(export[s * 9 + i * 3].abs() < 1e-7, "{:e}", export[s * 9 + i * 3]);
        }
    }
    assert!(both.rest.policy.export_tax[3].abs() < 1e-12, "the level is fixed");
}

/// Tariffs above the best that cannot be lowered: nobody moves, nobody gains.
#[test]
fn nobody_deviates_from_tariffs_that_are_too_high_already() {
    let economy = made_up((3, 2), 0.0, 0.8, 11).balanced().unwrap();
    let mut high = economy.base().clone();
    (0..18).filter(|cell| cell / 3 % 3 != cell % 3).for_each(|cell| high.tariff[cell] = 4.0);
    let players: Vec<Player> = governments(&economy)
        .into_iter()
        .map(|p| p.with_tariffs(|lever| lever.not_below(&high, 2)))
        .collect();
    let rest = play(&economy, &players, &high, &Pace::default()).unwrap();
    assert_eq!(rest.policy, high);
    let gaps = certify(&economy, &players, &rest, &Pace::default()).unwrap();
    assert!(gaps.iter().all(|gap| gap.points.abs() < 1e-9), "{gaps:?}");
}

/// Japan's rice and oil seeds count so much that no tariff on them is high enough.
#[test]
fn a_prohibitive_tariff_stays_at_its_bound() {
    let experiments = ossa2014::Experiments::load().unwrap();
    let (economy, sectors) = (experiments.economy(true), &experiments.world.sectors);
    let japan = experiments.world.regions.find("JPN").unwrap();
    let player = Player::government(japan, "JPN", 7, 33);
    let rest = best_reply(economy, &player, economy.base(), None, &STARTS, &Pace::default()).unwrap().rest;
    let rates = |code: &str| {
        let row = sectors.find(code).unwrap() * 7 + japan;
        (0..7).filter(|i| *i != japan).map(|i| rest.policy.tariff[row * 7 + i]).collect::<Vec<f64>>()
    };
    assert_eq!(rates("ric"), [5.0; 6]);
    assert_eq!(rates("osd"), [5.0; 6]);
    assert!(rates("tex").iter().all(|rate| *rate > 0.0 && *rate < 2.0));
}

/// Cut off, a region consumes what it makes; a war costs less than that.
#[test]
fn autarky_is_listed_and_is_the_limit_of_high_tariffs() {
    let economy = made_up((2, 2), 0.0, 0.8, 13).balanced().unwrap();
    let found =
        nash(&economy, &governments(&economy), economy.base(), &NASH_STARTS, &Pace::default()).unwrap();
    let autarky = found.autarky.clone().unwrap();
    assert_eq!((found.equilibria.len(), found.rejected.len(), found.failed.len()), (1, 0, 0));
    assert!(found.equilibria[0].gap() < 1e-6 && found.equilibria[0].kkt() < 1e-8);
    let mut high = economy.base().clone();
    (0..8).filter(|cell| cell / 2 % 2 != cell % 2).for_each(|cell| high.tariff[cell] = 1e5);
    let shut = economy.solve(&high, None).unwrap();
    for j in 0..2 {
        assert!((shut.welfare[j] - autarky[j]).abs() < 1e-4, "{} {}", shut.welfare[j], autarky[j]);
        assert!(autarky[j] < found.equilibria[0].rest.outcome.welfare[j]);
    }
}

#[test]
fn players_that_cannot_be_played_are_named() {
    let economy = made_up((3, 2), 0.0, 0.8, 14);
    let player = Player::government(0, "R0", 3, 2);
    let twice = [player.clone(), Player { name: "home".into(), ..player.clone() }];
    let text = |players: &[Player]| match play(&economy, players, economy.base(), &Pace::default()) {
        Err(StrategyError::Input(text)) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        text(&twice),
        "home and R0 both set the tariffs of one region: every region is one player, named once"
    );
    assert_eq!(text(&[]), "a game needs a player: name a region");
    let empty = player.clone().with_tariffs(|lever| lever.between(0.5, 0.1));
    assert_eq!(text(&[empty]), "R0: tariffs between 0.5 and 0.1 leave nothing to choose");
    assert!(text(&[Player::government(0, "R0", 4, 2)]).contains("4 welfare weights for 3 regions"));
    let mut policy = economy.base().clone();
    policy.tariff[1] = -1.0;
    assert!(matches!(
        economy.solve(&policy, None),
        Err(StrategyError::Equilibrium(EquilibriumError::Unusable { .. }))
    ));
}

/// Every rule shares an efficient deal: equal gains, the Nash product, shares of the most.
#[test]
fn deals_share_what_the_war_destroys() {
    let economy = made_up((2, 3), 0.0, 0.75, 15).balanced().unwrap();
    let war = play(&economy, &governments(&economy), economy.base(), &Pace::default()).unwrap();
    let talks = Talks::of_all(3, &war.outcome.welfare);
    let pace = Pace { target: 1e-12, ..Pace::default() };
    let weights = economy.income_shares();
    let deal = |rule: &Rule| talks.deal(&economy, rule, &weights, (&war.policy, &STARTS), &pace).unwrap();
    let equal = deal(&Rule::EqualGains);
    assert!((equal.gains[0] - equal.gains[1]).abs() < 1e-8 && equal.gains[0] > 0.0);
    let nash = deal(&Rule::NashBargaining { power: vec![1.0, 1.0] });
    let product = |gains: &[f64]| gains.iter().map(|g| g.exp_m1()).product::<f64>();
    let real = |gains: &[f64]| {
        let level: Vec<f64> = (0..2).map(|j| war.outcome.welfare[j].exp()).collect();
        product(gains) * level[0] * level[1]
    };
    assert!(real(&nash.gains) >= real(&equal.gains) - 1e-12);
    let frontier = talks.frontier(&economy, (9, 1.5), &war.policy, &pace).unwrap();
    assert!(frontier.iter().all(|gains| real(gains) <= real(&nash.gains) + 1e-9), "{frontier:?}");
    assert!(
        frontier.windows(2).all(|pair| pair[1][0] >= pair[0][0] - 1e-9 && pair[1][1] <= pair[0][1] + 1e-9)
    );
    let most = vec![war.outcome.welfare[0] + 0.1, war.outcome.welfare[1] + 0.05];
    let shares = deal(&Rule::KalaiSmorodinsky { most });
    let ratio = shares.gains[0].exp_m1() / shares.gains[1].exp_m1();
    assert!((ratio - 0.1_f64.exp_m1() / 0.05_f64.exp_m1()).abs() < 1e-6, "{ratio}");
}

/// Weights are found again from the tariffs that they make best.
#[test]
fn weights_are_read_off_tariffs() {
    let economy = made_up((3, 5), 0.1, 0.75, 16).balanced().unwrap();
    let economy = economy.clone().with_weights(&weights(&economy, 16)).unwrap();
    let player =
        Player::government(1, "R1", 3, 5).with_tariffs(|lever| lever.between(-0.5, 5.0).most_favoured());
    let rest = best_reply(&economy, &player, economy.base(), None, &STARTS, &Pace::default()).unwrap().rest;
    let tariff: Vec<f64> = (0..5).map(|s| rest.policy.tariff[(s * 3 + 1) * 3]).collect();
    let fit = fit_weights(&economy, 1, &tariff).unwrap();
    let truth: Vec<f64> = (0..5).map(|s| economy.weights()[s * 3 + 1]).collect();
    let mean = truth.iter().sum::<f64>() / 5.0;
    for (found, truth) in fit.weights.iter().zip(&truth) {
        assert!((found - truth / mean).abs() < 1e-6, "{found} {}", truth / mean);
    }
    assert!(fit.unexplained.is_empty());
    assert!(matches!(fit_weights(&economy, 9, &tariff), Err(StrategyError::Input(_))));
}

/// At a trade war a lower tariff costs the giver nothing at first and helps the other.
#[test]
fn concessions_have_a_price() {
    let economy = made_up((3, 2), 0.0, 0.8, 17).balanced().unwrap();
    let war = play(&economy, &governments(&economy), economy.base(), &Pace::default()).unwrap();
    for concession in concessions(&economy, &war.policy, 0, 1).unwrap() {
        assert!(concession.giver.abs() < 1e-9 && concession.receiver < 0.0, "{concession:?}");
    }
    for concession in concessions(&economy, economy.base(), 0, 1).unwrap() {
        assert!(concession.rate() > 0.0, "{concession:?}");
    }
    assert!(matches!(concessions(&economy, economy.base(), 1, 1), Err(StrategyError::Input(_))));
}

/// The flows that Ossa's model leaves when imbalances are purged.
#[test]
fn raw_flows_become_the_balanced_ones() {
    let world = World::shipped("ossa2014").unwrap();
    let raw = World { trade_musd: World::shipped_flows("ossa2014", "flows_raw").unwrap(), ..world.clone() };
    let economy = NoInputs::new(&raw, &world.elasticities[0].theta, Competition::Krugman).unwrap();
    let mut without = economy.balanced().unwrap();
    let again = without.solve(economy.base(), None).unwrap();
    assert!(again.welfare.iter().all(|w| w.abs() < 1e-10), "the base is an equilibrium");
    let mut largest = 0.0_f64;
    for (cell, value) in again.trade.iter().enumerate() {
        let published = world.trade_musd[cell];
        if published > 0.0 {
            largest = largest.max((value * without.unit_musd() / published - 1.0).abs());
        } else {
            assert_eq!(*value, 0.0);
        }
    }
    // The published flows are 3.2e-10 from an equilibrium that is exact to 1e-13: their
    // trade is balanced to 1.5e-10, this one to rounding.
    assert!(largest < 3.3e-10, "{largest:e}");
    let imbalance = |flows: &[f64]| {
        let of = |j: usize| {
            let cells = (0..flows.len()).filter(|cell| cell / 7 % 7 != cell % 7);
            let (bought, sold): (Vec<usize>, Vec<usize>) =
                cells.filter(|cell| cell / 7 % 7 == j || cell % 7 == j).partition(|cell| cell / 7 % 7 == j);
            let sum = |cells: &[usize]| cells.iter().map(|cell| flows[*cell]).sum::<f64>();
            (sum(&sold) / sum(&bought) - 1.0).abs()
        };
        (0..7).map(of).fold(0.0, f64::max)
    };
    assert!(imbalance(&world.trade_musd) > 1e-10 && imbalance(&again.trade) < 1e-13);
    without = without.with_weights(&vec![2.0; 7 * 33]).unwrap();
    assert!(without.solve(economy.base(), None).unwrap().welfare.iter().all(|w| w.abs() < 1e-10));
}

/// Every printed number and every reference of the article.
#[test]
fn ossa_is_replicated() {
    let experiments = ossa2014::Experiments::load().unwrap();
    let results: Vec<_> = ossa2014::CASES.iter().map(|case| experiments.run(case).unwrap()).collect();
    let comparisons = ossa2014::compare(&results);
    assert_eq!(comparisons.len(), 90);
    let off: Vec<_> = comparisons.iter().filter(|c| !c.holds()).collect();
    assert!(off.is_empty(), "{off:#?}");
    for result in results.iter().filter(|result| result.case.starts_with("nash")) {
        let gap =
            result.numbers.iter().find(|(_, name, _)| *name == "largest_gain_by_leaving_pct").unwrap().2;
        assert!(gap < 1e-6, "{}: {gap:e}", result.case);
    }
    for (lobbying, most_favoured) in [(false, false), (true, false), (false, true), (true, true)] {
        let remarks = experiments.war(lobbying, most_favoured).unwrap().1;
        assert!(remarks.iter().all(|remark| !remark.starts_with("from ")), "all starts arrive: {remarks:#?}");
    }
    assert!(matches!(experiments.run("nash"), Err(detente::replicate::ReplicationError::Strategy(_))));
}
