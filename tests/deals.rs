//! The most cooperative deal that holds, and tariffs and licences in one deal.

use detente::numerics::streams::Streams;
use detente::strategy::cooperation::{Held, Road};
use detente::strategy::nash::Search;
use detente::strategy::no_inputs::NoInputs;
use detente::strategy::play::{Pace, play};
use detente::strategy::player::{Lever, Player};
use detente::strategy::reply::STARTS;
use detente::strategy::truce::{Payoffs, Verdict, slack, verdict};
use detente::strategy::two_issues::{Issues, issues, prices};
use detente::strategy::{Economy, Outcome, Policy, StrategyError};

/// Three regions, two sectors; with `twins` the first two are each other's image.
fn world(twins: bool, seed: u64) -> NoInputs {
    let flows = [9.0, 1.5, 1.0, 1.5, 9.0, 1.0, 1.2, 1.2, 20.0, 6.0, 2.5, 0.5, 2.5, 6.0, 0.5, 0.7, 0.7, 11.0];
    let mut stream = Streams::new(seed).stream(0);
    let trade: Vec<f64> =
        flows.iter().map(|flow| if twins { *flow } else { flow * (0.5 + stream.uniform()) }).collect();
    let none = Policy { tariff: vec![0.0; 18], export_tax: vec![0.0; 18] };
    let codes = ((0..3).map(|i| format!("R{i}")).collect(), vec!["A".to_owned(), "B".to_owned()]);
    NoInputs::from_flows(codes, &trade, none, &[4.0, 2.5], vec![0.9, 0.8]).unwrap().balanced().unwrap()
}

/// The first two, with tariffs on each other.
fn rivals() -> [Player; 2] {
    [(0, 1), (1, 0)].map(|(own, other)| {
        Player::government(own, &format!("R{own}"), 3, 2).with_tariffs(|lever| lever.on(&[other], 2))
    })
}

fn war(economy: &NoInputs, players: &[Player; 2]) -> (Policy, Outcome) {
    let rest = play(economy, players, economy.base(), &Pace::default()).unwrap();
    (rest.policy, rest.outcome)
}

#[test]
fn twins_go_equally_far_and_further_with_patience() {
    let (economy, players) = (world(true, 0), rivals());
    let fighting = war(&economy, &players);
    let road = Road::new(&economy, &players, fighting.clone(), [0.5, 0.5], &Pace::default()).unwrap();
    let mut last = -1.0;
    for delta in [0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0] {
        let held = road.most_cooperative(delta, [1.0; 2]).unwrap();
        assert!((held.shares[0] - held.shares[1]).abs() < 1e-6, "{:?}", held.shares);
        assert!(held.shares[0] >= last && held.slack().iter().all(|left| *left > -1e-7), "{held:?}");
        last = held.shares[0];
        // The patience that the truce card asks of these payoffs is the one at hand.
        if held.shares[0] > 0.01 && held.shares[0] < 1.0 {
            let Verdict::From(least) = verdict(&held.payoffs[0], None) else { panic!("{held:?}") };
            assert!((least - delta).abs() < 1e-3, "{least} {delta}");
        }
        let ends = [(0.0, 0.0), (1.0, 1.0)];
        if let Some((_, share)) = ends.iter().find(|(at, _)| *at == delta) {
            assert!((held.shares[0] - share).abs() < 1e-4 && (held.welfare_share - share).abs() < 1e-3);
        }
    }
    assert_eq!(road.policy([0.0; 2]).tariff, fighting.0.tariff);
    let ends = road.policy([1.0; 2]).tariff;
    assert!(ends.iter().zip(&road.efficient().0.tariff).all(|(a, b)| (a - b).abs() < 1e-12));
    // Who starts from the deal of a more patient pair ends at the same.
    let patient = road.most_cooperative(0.3, [1.0; 2]).unwrap();
    let [one, two] = [[1.0; 2], patient.shares].map(|from| road.most_cooperative(0.1, from).unwrap());
    assert!((one.shares[0] - two.shares[0]).abs() < 1e-3, "{:?} {:?}", one.shares, two.shares);
}

/// No point of a grid that holds lets either go further, or is worth more.
#[test]
fn no_deal_of_the_family_that_holds_is_better() {
    for seed in 1..5 {
        let (economy, players) = (world(false, seed), rivals());
        let weights = [economy.income_shares()[0], economy.income_shares()[1]];
        let road = Road::new(&economy, &players, war(&economy, &players), weights, &Pace::default()).unwrap();
        let grid: Vec<_> = (0..36).map(|k| [f64::from(k / 6) / 5.0, f64::from(k % 6) / 5.0]).collect();
        let payoffs: Vec<[Payoffs; 2]> = grid.iter().map(|s| road.payoffs(*s).unwrap()).collect();
        let worth = |of: &[Payoffs; 2]| weights[0] * of[0].deal + weights[1] * of[1].deal;
        for delta in [0.05, 0.2, 0.6] {
            let held = road.most_cooperative(delta, [1.0; 2]).unwrap();
            for (shares, of) in grid.iter().zip(&payoffs) {
                let holds = Held { delta, payoffs: *of, ..held.clone() }.slack().iter().all(|g| *g >= 0.0);
                let further = (0..2).any(|j| shares[j] > held.shares[j] + 1e-3);
                assert!(!(holds && further), "seed {seed}, {delta}: {shares:?} {:?}", held.shares);
                assert!(
                    !holds || worth(of) <= worth(&held.payoffs) + 1e-7,
                    "seed {seed}, {delta}: {shares:?}"
                );
            }
        }
    }
}

#[test]
fn deals_that_cannot_be_looked_for_are_named() {
    let (economy, players) = (world(true, 0), rivals());
    let fighting = war(&economy, &players);
    let text = |found: Result<(), StrategyError>| found.unwrap_err().to_string();
    let road = |weights| Road::new(&economy, &players, fighting.clone(), weights, &Pace::default());
    assert!(text(road([1.0, 0.0]).map(|_| ())).contains("weights are positive numbers"));
    let patient = road([0.5; 2]).unwrap().most_cooperative(1.1, [1.0; 2]);
    assert_eq!(text(patient.map(|_| ())), "a discount factor of 1.1: it lies between 0 and 1");
    let alone = issues(&economy, &players, economy.base(), &Search::thorough(&STARTS, &Pace::default()));
    assert!(text(alone.map(|_| ())).contains("R0: two issues are linked"));
}

/// δ = ½: a war for ever deters its loss once. Tariffs have 0.03 − 0.01 to spare,
/// licences lack 0.02 − 0.01; linked, 0.04 − 0.025, over one war 0.035 − 0.025.
#[test]
fn linkage_by_hand() {
    let of = |breach, war| Payoffs { deal: 0.0, breach, war };
    let both = Issues { tariffs: of(0.01, -0.03), licences: of(0.02, -0.01), both: of(0.025, -0.035) };
    for (found, by_hand) in both.slacks(0.5, None).into_iter().zip([0.02, -0.01, 0.015, 0.01]) {
        assert!((found - by_hand).abs() < 1e-15, "{found} {by_hand}");
    }
    assert!((both.moved(0.5, None) - 0.01).abs() < 1e-15 && (both.overlap() - 0.005).abs() < 1e-15);
    // With δ = 0.9 neither needs the other.
    assert_eq!(both.moved(0.9, None), 0.0);
}

/// Tariffs and export taxes of the first two on each other, none below today's.
fn armed(economy: &NoInputs) -> [Player; 2] {
    let players = rivals();
    [(0, 1), (1, 0)].map(|(own, other)| {
        let licences = Lever::new(own, 3, 2).on(&[other], 2).not_below_export_taxes(economy.base(), 2);
        players[own].clone().with_tariffs(|l| l.not_below(economy.base(), 2)).and_export_taxes(licences)
    })
}

#[test]
fn linked_deals_obey_their_laws() {
    for seed in 1..5 {
        let economy = world(false, seed);
        let players = armed(&economy);
        let pace = Pace { damping: 0.5, ..Pace::default() };
        for of in issues(&economy, &players, economy.base(), &Search::thorough(&STARTS, &pace)).unwrap() {
            let most = of.tariffs.temptation().max(of.licences.temptation());
            assert!(of.both.temptation() >= most - 1e-12 && most > 0.0);
            assert!(of.tariffs.deal == of.both.deal && of.licences.deal == of.both.deal);
            for delta in [0.1, 0.3, 0.5, 0.8] {
                let [tariffs, licences, linked, _] = of.slacks(delta, None);
                assert!((linked - tariffs - licences - of.overlap()).abs() < 1e-12);
                assert!(of.overlap() >= 0.0, "a tariff and an export tax do the same in part: {of:?}");
                assert!(tariffs.min(licences) < 0.0 || linked >= 0.0);
                let lent = of.moved(delta, None);
                assert!(
                    lent >= 0.0 && (tariffs + lent).min(licences + lent) >= -1e-15
                        || lent <= tariffs.max(licences).max(0.0)
                );
            }
            assert!(slack(&of.both, 0.5, None).is_finite());
        }
    }
}

/// Prices are what small changes of all taxes of a kind do.
#[test]
fn licences_are_priced_in_tariffs() {
    let mut economy = world(false, 7);
    let players = armed(&economy);
    let mut policy = economy.base().clone();
    for s in 0..2 {
        (policy.tariff[s * 9 + 1], policy.export_tax[s * 9 + 1]) = (0.05, 0.03);
    }
    economy = economy.balanced().unwrap();
    let found = prices(&economy, &players, &policy).unwrap();
    // Licences of the second on exports to the first, cells importer 0, exporter 1.
    let welfare = |export: bool, step: f64| {
        let mut moved = policy.clone();
        for s in 0..2 {
            let rates = if export { &mut moved.export_tax } else { &mut moved.tariff };
            rates[s * 9 + 1] = (1.0 + rates[s * 9 + 1]) * f64::exp(step) - 1.0;
        }
        economy.solve(&moved, None).unwrap().welfare
    };
    let slope =
        |export: bool, region: usize| (welfare(export, 1e-4)[region] - welfare(export, -1e-4)[region]) / 2e-4;
    let price = found[1];
    for (exact, export, region) in [
        (price.licence[0], true, 1),
        (price.licence[1], true, 0),
        (price.tariff[0], false, 1),
        (price.tariff[1], false, 0),
    ] {
        let by_steps = slope(export, region);
        assert!((exact - by_steps).abs() < 1e-6 * exact.abs().max(1e-3), "{exact:e} {by_steps:e}");
    }
    assert!((price.ask() + slope(true, 1) / slope(false, 1)).abs() < 1e-4);
    assert!((price.bid() + slope(true, 0) / slope(false, 0)).abs() < 1e-4);
    assert!(price.ask() > 0.0 && price.bid() > 0.0);
}
