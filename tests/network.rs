//! The short run: what stays undisturbed, what is conserved, and cases by hand.

use detente::network::made_up::firms;
use detente::network::{
    Batch, ByBucket, CapacityLoss, Class, Draws, Graph, InputLimit, Lags, Leakage, Lines, Link, LinkCap,
    Network, Orders, Overproduction, PairLag, Parameter, Range, Rationing, Record, Recovery, Run, Settings,
    Shape, Shocks, Stockpile, run, simulate,
};
use detente::world::World;
use proptest::prelude::*;

const FOREVER: f64 = f64::INFINITY;

/// Links with flows a day.
fn graph(groups: &[u32], final_demand: &[f64], links: &[(u32, u32, f64)]) -> Graph {
    let demand: Vec<f64> = final_demand.iter().map(|y| y * 365.0).collect();
    let links = links.iter().map(|(supplier, buyer, flow)| Link {
        supplier: *supplier,
        buyer: *buyer,
        flow: flow * 365.0,
    });
    Graph::of_links(groups.to_vec(), &demand, links).unwrap()
}

/// Daily steps, nothing adapts, target stocks of `cover` days.
fn plain(cover: f64) -> Settings {
    Settings {
        cover_days: ByBucket::Same(cover),
        overproduction: Overproduction { base: 1.0, max: 1.0, days: 365.0 },
        ..Settings::daily()
    }
}

fn ban(links: &[u32]) -> Shocks {
    Shocks { caps: vec![LinkCap::ban(links.to_vec(), 0.0, FOREVER)], ..Shocks::none() }
}

fn steps<'a>(network: &'a Network, settings: &Settings, shocks: &Shocks, count: usize) -> Run<'a> {
    let mut run = Run::new(network, settings.clone(), shocks.clone()).unwrap();
    (0..count).for_each(|_| run.advance().unwrap());
    run
}

fn near(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{a} is not {b}");
}

/// Small firm network in four regions, every bucket with a pool of its own.
fn small(seed: u64) -> Network {
    let graph = firms(40, 160, 5, seed).unwrap();
    let regions = (0..40).map(|node| node % 4).collect();
    Network::of_graph(graph, regions).unwrap()
}

fn variants() -> Vec<(&'static str, Settings)> {
    let base = Settings { cover_days: ByBucket::Same(20.0), ..Settings::daily() };
    let dependence = ByBucket::Group((0..40).map(|group| [1.0, 0.5, 0.0][group % 3]).collect());
    let lags = Lags {
        home_days: 0.0,
        abroad_days: 5.0,
        pairs: vec![PairLag { exporter: 0, importer: 1, days: 9.0 }],
    };
    let order = [Class::Home, Class::Abroad, Class::Final];
    let with = |change: &dyn Fn(&mut Settings)| {
        let mut settings = base.clone();
        change(&mut settings);
        settings
    };
    vec![
        ("leontief", base.clone()),
        ("psi", with(&|s| s.input_limit = InputLimit::Psi { psi: 0.8 })),
        (
            "partly binding",
            with(&|s| s.input_limit = InputLimit::PartlyBinding { dependence: dependence.clone() }),
        ),
        ("linear", with(&|s| s.input_limit = InputLimit::Linear)),
        (
            "ces",
            with(&|s| {
                s.input_limit = InputLimit::Ces { sigma: 0.3, sigma_material: 0.1, materials: vec![1] }
            }),
        ),
        ("parts", with(&|s| s.parts = ByBucket::Same(8.0))),
        ("lags", with(&|s| s.lags = lags.clone())),
        ("priority", with(&|s| (s.rationing, s.lags) = (Rationing::Priority(order), lags.clone()))),
        ("max-min", with(&|s| s.rationing = Rationing::MaxMin)),
        ("re-routing", with(&|s| s.orders = Orders { eta: 1.5, qualification_days: 30.0, panic: 0.5 })),
        ("re-routing, max-min", with(&|s| (s.orders.eta, s.rationing) = (1.0, Rationing::MaxMin))),
        ("re-routing, priority", with(&|s| (s.orders.eta, s.rationing) = (2.0, Rationing::Priority(order)))),
        ("patience", with(&|s| s.patience_days = 20.0)),
        (
            "lines",
            with(&|s| s.batch = Batch { lines: Lines::All, restart_cover_days: 5.0, restart_days: 3.0 }),
        ),
    ]
}

fn stays(name: &str, network: &Network, settings: &Settings, shocks: &Shocks, count: usize) {
    let mut run = Run::new(network, settings.clone(), shocks.clone()).unwrap();
    let graph = &network.graph;
    let state = |run: &Run<'_>| -> Vec<f64> {
        let nodes = (0..graph.node_count()).map(|node| run.output(node));
        let buckets = (0..graph.bucket_count()).flat_map(|b| [run.stock(b), run.transit(b), run.order(b)]);
        nodes.chain(buckets).collect()
    };
    let before = state(&run);
    for _ in 0..count {
        run.advance().unwrap();
    }
    for (at, (after, before)) in state(&run).iter().zip(&before).enumerate() {
        assert!(
            (after - before).abs() <= 1e-12 * before.abs().max(1e-3),
            "{name}, {at}: {after} was {before}"
        );
    }
}

#[test]
fn without_a_shock_nothing_changes_in_ten_years() {
    let network = small(7);
    for (name, settings) in variants() {
        stays(name, &network, &settings, &Shocks::none(), 3650);
        // A limit that does not bind, and one that is not there yet.
        let caps = vec![LinkCap::at(vec![0, 5, 9], 1.5, 0.0, FOREVER), LinkCap::ban(vec![3], 1e6, FOREVER)];
        stays(name, &network, &settings, &Shocks { caps, ..Shocks::none() }, 365);
    }
}

#[test]
fn a_world_with_shared_pools_stays_what_it_is() {
    let world = World::shipped("icio-2019-g20").unwrap();
    let network = Network::of_world(&world);
    let split = network.by_origin(8, &[8, 28]);
    stays("world", &network, &Settings { step_days: 7.0, ..Settings::weekly() }, &Shocks::none(), 3650);
    for (name, settings) in variants() {
        let settings = Settings { step_days: 7.0, ..settings };
        stays(name, &split, &settings, &Shocks::none(), 60);
    }
}

/// Goods are neither made nor lost, at any node and bucket, in any step.
fn conserves(network: &Network, settings: &Settings, shocks: &Shocks, count: usize) {
    let graph = &network.graph;
    let mut run = Run::new(network, settings.clone(), shocks.clone()).unwrap();
    let buckets = graph.bucket_count();
    for step in 0..count {
        let held: Vec<f64> = (0..buckets).map(|b| run.stock(b) + run.transit(b) + run.reserve(b)).collect();
        let orders: Vec<f64> = (0..buckets).map(|b| run.order(b)).collect();
        let stock: Vec<f64> = (0..buckets).map(|b| run.stock(b) + run.reserve(b)).collect();
        run.advance().unwrap();
        let mut sold: Vec<f64> = (0..graph.node_count()).map(|node| run.final_delivered(node)).collect();
        for pool in 0..graph.pool_count() {
            let mut on_links = 0.0;
            for link in graph.links(pool) {
                sold[graph.supplier[link] as usize] += run.delivery(link);
                on_links += run.delivery(link);
            }
            let mut got = run.pool_final_fill(pool) * run.pool_final_wanted(pool);
            for bucket in (0..buckets).filter(|b| graph.bucket_pool[*b] as usize == pool) {
                got += orders[bucket] * run.shipped_share(pool);
            }
            assert!(
                (got - on_links).abs() <= 1e-10 * got.max(1.0),
                "pool {pool}, step {step}: {got} {on_links}"
            );
        }
        for node in 0..graph.node_count() {
            let made = run.output(node);
            assert!(
                (made - sold[node]).abs() <= 1e-10 * made.max(1.0),
                "node {node}, step {step}: {made} {}",
                sold[node]
            );
            for bucket in graph.buckets(node) {
                let shipped = orders[bucket] * run.shipped_share(graph.bucket_pool[bucket] as usize);
                let used = (graph.input_share[bucket] * made).min(stock[bucket]);
                let now = run.stock(bucket) + run.transit(bucket) + run.reserve(bucket);
                let gap = held[bucket] + shipped - used - now;
                assert!(gap.abs() <= 1e-9 * now.max(1.0), "bucket {bucket}, step {step}: {gap}");
                assert!(run.stock(bucket) >= 0.0);
            }
        }
    }
}

fn shocks(links: &[usize], share: f64, node: u32, loss: f64) -> Shocks {
    let links = links.iter().map(|link| *link as u32).collect();
    let recovery = Recovery::Exponential(10.0);
    Shocks {
        caps: vec![LinkCap::at(links, share, 3.5, 40.0)],
        losses: vec![CapacityLoss {
            nodes: vec![node, (node + 7) % 40],
            from_day: 2.0,
            until_day: 20.0,
            loss,
            recovery,
        }],
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn goods_are_conserved(
        seed in 0..1000u64,
        links in proptest::collection::vec(0..120usize, 1..30),
        share in 0.0..1.5f64,
        node in 0..40u32,
        loss in 0.0..1.0f64,
        variant in 0..14usize,
    ) {
        let (_, mut settings) = variants().swap_remove(variant);
        settings.leakage = Leakage { max: 0.4, days: 20.0 };
        settings.stockpiles = vec![Stockpile { region: 1, group: 2, amount_days: 10.0, rate: 0.5, trigger_days: 12.0 }];
        conserves(&small(seed), &settings, &shocks(&links, share, node, loss), 60);
    }
}

#[test]
fn goods_are_conserved_in_shared_pools() {
    let network = Network::of_world(&World::shipped("icio-2019-g20").unwrap());
    let links: Vec<u32> = (0..20).flat_map(|importer| network.links_between(8, importer, 3)).collect();
    let shocks = Shocks { caps: vec![LinkCap::at(links, 0.2, 0.0, FOREVER)], ..Shocks::none() };
    for (_, settings) in variants() {
        conserves(&network, &settings, &shocks, 8);
    }
}

/// A chain of stages, the first without inputs; stock of `n[k]` days in stage `k`.
fn chain(stages: usize) -> Network {
    let groups: Vec<u32> = (0..=stages as u32).collect();
    let mut demand = vec![0.0; stages + 1];
    demand[stages] = 100.0;
    let links: Vec<(u32, u32, f64)> = (0..stages as u32).map(|stage| (stage, stage + 1, 100.0)).collect();
    Network::in_one_region(graph(&groups, &demand, &links))
}

/// `T = Σ_k n[k] / (1 − f)` if the remaining inflow `f` is below `φ`.
#[test]
fn a_chain_stops_when_its_stocks_are_used_up() {
    let cover = [6.0, 14.0, 9.0];
    let network = chain(3);
    for inflow in [0.0, 0.1, 0.25] {
        let mut settings = plain(1.0);
        settings.cover_days = ByBucket::Bucket(cover.to_vec());
        settings.stop_share = 0.3;
        let shocks = Shocks { caps: vec![LinkCap::at(vec![0], inflow, 0.0, FOREVER)], ..Shocks::none() };
        let path = run(&network, &settings, &shocks, 120, &Record::every_node(&network)).unwrap();
        let stops = path.stops(3).unwrap() as f64;
        let closed_form = cover.iter().sum::<f64>() / (1.0 - inflow);
        assert!((stops - closed_form).abs() <= 1.0, "{inflow}: {stops}, closed form {closed_form}");
    }
    let enough = Shocks { caps: vec![LinkCap::at(vec![0], 0.5, 0.0, FOREVER)], ..Shocks::none() };
    let path = run(&network, &plain(10.0), &enough, 300, &Record::totals(&network)).unwrap();
    assert_eq!(path.stops(3), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Along a chain with fixed orders, a tighter limit never stops a stage later
    /// and never lets it make more in sum.
    #[test]
    fn a_tighter_limit_never_delays_a_stop_along_a_chain(
        cover in proptest::collection::vec(1.0..20.0f64, 4),
        loose in 0.0..1.0f64,
        tighter in 0.0..1.0f64,
    ) {
        let network = chain(4);
        let mut settings = plain(1.0);
        settings.cover_days = ByBucket::Bucket(cover);
        let path = |share: f64| {
            let shocks = Shocks { caps: vec![LinkCap::at(vec![0], share, 0.0, FOREVER)], ..Shocks::none() };
            run(&network, &settings, &shocks, 150, &Record::every_node(&network)).unwrap()
        };
        let (a, b) = (path(loose), path(loose * tighter));
        for node in 1..5 {
            prop_assert!(b.first_stop[node] <= a.first_stop[node]);
            prop_assert!(b.lost_by_node[node] >= a.lost_by_node[node] - 1e-9);
        }
    }

    /// In any network the buyer behind a limited link gets no more on it.
    #[test]
    fn a_limit_holds(seed in 0..1000u64, link in 0..100usize, share in 0.0..1.0f64, variant in 0..14usize) {
        let network = small(seed);
        let (_, settings) = variants().swap_remove(variant);
        let shocks = Shocks { caps: vec![LinkCap::at(vec![link as u32], share, 0.0, FOREVER)], ..Shocks::none() };
        let mut run = Run::new(&network, settings, shocks).unwrap();
        let free = steps(&network, &variants().swap_remove(variant).1, &Shocks::none(), 1).delivery(link);
        for _ in 0..40 {
            run.advance().unwrap();
            prop_assert!(run.delivery(link) <= share * free * (1.0 + 1e-9));
        }
    }
}

/// In a network it can be otherwise: what one buyer may not have is offered to
/// the other. A supplier at half capacity, two buyers of 50 each: limiting the
/// first to nothing gives the second all it orders, and its stop never comes.
#[test]
fn a_tighter_limit_can_save_a_rival() {
    let network =
        Network::in_one_region(graph(&[0, 1, 2], &[0.0, 100.0, 100.0], &[(0, 1, 50.0), (0, 2, 50.0)]));
    let loss = CapacityLoss {
        nodes: vec![0],
        from_day: 0.0,
        until_day: FOREVER,
        loss: 0.8,
        recovery: Recovery::AtOnce,
    };
    let stop = |caps: Vec<LinkCap>| {
        let shocks = Shocks { caps, losses: vec![loss.clone()] };
        run(&network, &plain(5.0), &shocks, 100, &Record::totals(&network)).unwrap().stops(2)
    };
    assert!(stop(vec![]).is_some());
    assert_eq!(stop(vec![LinkCap::ban(vec![0], 0.0, FOREVER)]), None);
}

/// Mine 10 a day for a factory of 100; half of the mine is lost. Target 10 days,
/// a fifth of the gap ordered a day, psi 0.8. The stock falls by 50 a day; the
/// limit is stock / 8, below 100 from day 5 on: 750 / 8 = 93.75, then
/// (750 − 93.75 + 50) / 8.
#[test]
fn the_psi_rule_by_hand() {
    let network = Network::in_one_region(graph(&[0, 1], &[0.0, 100.0], &[(0, 1, 10.0)]));
    let settings = Settings { restore_days: 5.0, input_limit: InputLimit::Psi { psi: 0.8 }, ..plain(10.0) };
    let loss = CapacityLoss {
        nodes: vec![0],
        from_day: 0.0,
        until_day: FOREVER,
        loss: 0.5,
        recovery: Recovery::AtOnce,
    };
    let mut run = Run::new(&network, settings, Shocks { losses: vec![loss], ..Shocks::none() }).unwrap();
    run.advance().unwrap();
    near(run.order(0), 11.0);
    for _ in 0..4 {
        near(run.output(1), 100.0);
        run.advance().unwrap();
    }
    near(run.output(1), 100.0);
    near(run.stock(0), 75.0);
    run.advance().unwrap();
    near(run.output(1), 93.75);
    run.advance().unwrap();
    near(run.output(1), 706.25 / 8.0);
}

/// 60 to give: a home buyer and a foreign one order 40 each, final demand 20.
#[test]
fn who_comes_first() {
    let build = graph(&[0, 1, 2], &[20.0, 100.0, 100.0], &[(0, 1, 40.0), (0, 2, 40.0)]);
    let network = Network::of_graph(build, vec![0, 0, 1]).unwrap();
    let loss = CapacityLoss {
        nodes: vec![0],
        from_day: 0.0,
        until_day: FOREVER,
        loss: 0.4,
        recovery: Recovery::AtOnce,
    };
    let shocks = Shocks { losses: vec![loss], ..Shocks::none() };
    let given = |rationing: Rationing, caps: Vec<LinkCap>| {
        let shocks = Shocks { caps, ..shocks.clone() };
        let run = steps(&network, &Settings { rationing, ..plain(10.0) }, &shocks, 1);
        [run.delivery(0), run.delivery(1), run.final_delivered(0)]
    };
    let check = |found: [f64; 3], want: [f64; 3]| (0..3).for_each(|at| near(found[at], want[at]));
    use Class::{Abroad, Final, Home};
    check(given(Rationing::Proportional, vec![]), [24.0, 24.0, 12.0]);
    check(given(Rationing::MaxMin, vec![]), [24.0, 24.0, 12.0]);
    check(given(Rationing::Priority([Home, Abroad, Final]), vec![]), [40.0, 20.0, 0.0]);
    check(given(Rationing::Priority([Final, Abroad, Home]), vec![]), [0.0, 40.0, 20.0]);
    // Ten at most for the foreign buyer: its surplus goes to the others.
    let cap = || vec![LinkCap::at(vec![1], 0.25, 0.0, FOREVER)];
    check(given(Rationing::Proportional, cap()), [50.0 * 2.0 / 3.0, 10.0, 50.0 / 3.0]);
    check(given(Rationing::MaxMin, cap()), [50.0 * 2.0 / 3.0, 10.0, 50.0 / 3.0]);
    check(given(Rationing::Priority([Abroad, Home, Final]), cap()), [40.0, 10.0, 10.0]);
}

/// Max-min serves the smaller order share in full: after a day without
/// deliveries the first buyer orders 40 + 4, and 82.4 are there for both.
#[test]
fn the_smallest_order_share_comes_first() {
    let network =
        Network::in_one_region(graph(&[0, 1, 2], &[0.0, 100.0, 100.0], &[(0, 1, 40.0), (0, 2, 40.0)]));
    let caps = vec![LinkCap::ban(vec![0], 0.0, 1.0)];
    let overproduction = Overproduction { base: 1.03, max: 1.03, days: 1.0 };
    let settings =
        Settings { rationing: Rationing::MaxMin, restore_days: 10.0, overproduction, ..plain(10.0) };
    let run = steps(&network, &settings, &Shocks { caps, ..Shocks::none() }, 2);
    near(run.delivery(1), 40.0);
    near(run.delivery(0), 82.4 - 40.0);
}

/// Three days at sea: a ban of one day is felt on the fourth, for one day.
#[test]
fn goods_at_sea_arrive() {
    let build = graph(&[0, 1], &[0.0, 100.0], &[(0, 1, 10.0)]);
    let network = Network::of_graph(build, vec![0, 1]).unwrap();
    let mut settings = Settings { restore_days: FOREVER, ..plain(5.0) };
    settings.lags.abroad_days = 3.0;
    let caps = vec![LinkCap::ban(vec![0], 0.0, 1.0)];
    let mut run = Run::new(&network, settings, Shocks { caps, ..Shocks::none() }).unwrap();
    near(run.transit(0), 30.0);
    for (stock, transit) in [(50.0, 20.0), (50.0, 20.0), (50.0, 20.0), (40.0, 30.0), (40.0, 30.0)] {
        run.advance().unwrap();
        near(run.stock(0), stock);
        near(run.transit(0), transit);
    }
}

/// A reserve of 4 days, half a day's use a day, below 8 days of cover. The ban
/// takes the stock from 10 days to 7 in three steps; then 0.5 a day comes back.
#[test]
fn a_reserve_is_released_below_its_trigger() {
    let network = chain(1);
    let mut settings = plain(10.0);
    settings.stockpiles =
        vec![Stockpile { region: 0, group: 0, amount_days: 4.0, rate: 0.5, trigger_days: 8.0 }];
    let mut run = Run::new(&network, settings, ban(&[0])).unwrap();
    for (stock, reserve) in [(900.0, 400.0), (800.0, 400.0), (700.0, 400.0), (650.0, 350.0), (600.0, 300.0)] {
        run.advance().unwrap();
        near(run.stock(0), stock);
        near(run.reserve(0), reserve);
    }
}

/// Everything leaks in the end, with a time constant of 10 days.
#[test]
fn a_blocked_flow_finds_a_way() {
    let network = chain(1);
    let settings = Settings { leakage: Leakage { max: 0.5, days: 10.0 }, ..plain(1000.0) };
    let mut run = Run::new(&network, settings, ban(&[0])).unwrap();
    for day in 0..30 {
        run.advance().unwrap();
        near(run.delivery(0), 100.0 * 0.5 * (1.0 - (-f64::from(day) / 10.0).exp()));
    }
}

/// One day without output; overproduction makes up for it if buyers wait, and
/// nothing is made up for if they do not.
#[test]
fn final_buyers_wait_or_go() {
    let network = Network::in_one_region(graph(&[0], &[100.0], &[]));
    let loss =
        CapacityLoss { nodes: vec![0], from_day: 0.0, until_day: 1.0, loss: 1.0, recovery: Recovery::AtOnce };
    let shocks = Shocks { losses: vec![loss], ..Shocks::none() };
    let path = |patience_days: f64| {
        let overproduction = Overproduction { base: 1.0, max: 1.5, days: 1.0 };
        let settings = Settings { patience_days, overproduction, ..plain(10.0) };
        run(&network, &settings, &shocks, 60, &Record::every_node(&network)).unwrap()
    };
    let (waits, goes) = (path(FOREVER), path(0.0));
    near(waits.caught_up_by_node[0], 100.0);
    near(goes.caught_up_by_node[0], 0.0);
    near(goes.final_fill(0, 0), 0.0);
    near(goes.final_fill(1, 0), 1.0);
    let some = path(1.0);
    assert!(some.caught_up_by_node[0] > 1.0 && some.caught_up_by_node[0] < 99.0);
}

/// Two suppliers of 50; one is banned. With fixed orders half of the inflow is
/// lost; orders that move at once are all with the other, who has no more than
/// its capacity; with qualification they move day by day.
#[test]
fn orders_move_to_who_can_deliver() {
    let network =
        Network::in_one_region(graph(&[0, 0, 1], &[0.0, 50.0, 200.0], &[(0, 2, 50.0), (1, 2, 50.0)]));
    let with = |eta: f64, qualification_days: f64, steps_made: usize| {
        let mut settings = Settings { restore_days: FOREVER, ..plain(20.0) };
        settings.orders = Orders { eta, qualification_days, panic: 0.0 };
        let run = steps(&network, &settings, &ban(&[0]), steps_made);
        (run.delivery(0), run.delivery(1))
    };
    assert_eq!(with(0.0, 0.0, 3), (0.0, 50.0));
    // Orders of 100 and of 50 for a capacity of 100.
    let (banned, other) = with(1.0, 0.0, 3);
    assert_eq!(banned, 0.0);
    near(other, 100.0 * 100.0 / 150.0);
    // After 3 of 10 days: 50 · 0.7 + 100 · 0.3 = 65 against 50.
    near(with(1.0, 10.0, 3).1, 100.0 * 65.0 / 115.0);
}

/// A line stands below 30 %, and starts again with 4 days of cover and 2 days of
/// waiting.
#[test]
fn a_line_stands_until_it_is_covered() {
    let network = chain(1);
    let mut settings = Settings { restore_days: 1.0, ..plain(5.0) };
    settings.batch = Batch { lines: Lines::Of(vec![1]), restart_cover_days: 4.0, restart_days: 2.0 };
    let caps = vec![LinkCap::at(vec![0], 0.2, 0.0, 20.0)];
    let path =
        run(&network, &settings, &Shocks { caps, ..Shocks::none() }, 60, &Record::every_node(&network))
            .unwrap();
    let stopped = path.stops(1).unwrap();
    let stands: Vec<usize> = (0..60).filter(|step| path.output_share(*step, 1) == 0.0).collect();
    assert_eq!(stands[0], stopped);
    assert_eq!(stands.len(), stands.last().unwrap() - stopped + 1, "it stands in one piece: {stands:?}");
    assert!(path.output_share(59, 1) > 0.99);
}

fn ensemble(network: &Network, threads: usize) -> detente::network::Ensemble {
    let range = |parameter, shape| Range { parameter, shape };
    let draws = Draws {
        count: 64,
        seed: 3,
        ranges: vec![
            range(Parameter::Cover, Shape::LogNormal { low: 10.0, high: 60.0 }),
            range(Parameter::CoverSpread, Shape::Uniform { low: 0.1, high: 0.6 }),
            range(Parameter::Restore, Shape::Uniform { low: 10.0, high: 60.0 }),
            range(Parameter::Eta, Shape::Uniform { low: 0.5, high: 2.0 }),
            range(Parameter::Qualification, Shape::Uniform { low: 10.0, high: 90.0 }),
            range(Parameter::LeakMax, Shape::Uniform { low: 0.0, high: 0.5 }),
        ],
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let record = Record::by_region_and_group(network);
    pool.install(|| simulate(network, &Settings::daily(), &ban(&[0, 1, 2]), 60, &record, &draws)).unwrap()
}

#[test]
fn draws_have_the_same_bits_on_any_number_of_threads() {
    let network = small(11);
    let (one, three) = (ensemble(&network, 1), ensemble(&network, 3));
    assert_eq!(one, three);
    assert!(one.output.chunks_exact(3).all(|q| q[0] <= q[1] && q[1] <= q[2]));
    assert!(one.stopped.iter().all(|share| (0.0..=1.0).contains(share)));
    assert!(one.lost.iter().any(|lost| *lost > 0.0));
}

#[test]
fn everything_wrong_is_named_at_once() {
    let network = small(1);
    let mut settings = Settings::daily();
    settings.cover_days = ByBucket::Same(0.0);
    let shocks = Shocks {
        caps: vec![LinkCap::at(vec![9999], -1.0, 0.0, 10.0)],
        losses: vec![CapacityLoss {
            nodes: vec![40],
            from_day: 5.0,
            until_day: 1.0,
            loss: 2.0,
            recovery: Recovery::AtOnce,
        }],
    };
    let error =
        run(&network, &settings, &shocks, 0, &Record::sets(&network, &[vec![77]])).unwrap_err().to_string();
    for part in [
        "8 problems",
        "cover_days, all buckets: 0",
        "no link 9999",
        "a limit of -1",
        "no node 40",
        "a loss of 2",
        "it ends on day 1, before day 5",
        "no node 77",
        "horizon of 0 steps",
    ] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

fn loss_of(nodes: Vec<u32>) -> Shocks {
    let recovery = Recovery::Linear(20.0);
    let loss = CapacityLoss { nodes, from_day: 3.0, until_day: 30.0, loss: 0.9, recovery };
    Shocks { losses: vec![loss], ..Shocks::none() }
}

/// A path of a network whose buckets have pools of their own reads links once;
/// a run that can be looked at does not. They agree, under every rule: where
/// orders are made again from the stock, and where panic or a reserve forbids it.
#[test]
fn the_short_way_and_the_long_way_agree() {
    let regions = |nodes: u32| (0..nodes).map(|node| node % 4).collect();
    let large = Network::of_graph(firms(400, 1600, 9, 2).unwrap(), regions(400)).unwrap();
    let mut cases = variants();
    let base = Settings { cover_days: ByBucket::Same(8.0), patience_days: 5.0, ..Settings::daily() };
    let panic = Orders { panic: 0.5, ..base.orders };
    let pile = |group| Stockpile { region: 1, group, amount_days: 9.0, rate: 0.7, trigger_days: 6.0 };
    cases.push(("panic", Settings { orders: panic, ..base.clone() }));
    cases.push(("reserve", Settings { stockpiles: (0..9).map(pile).collect(), ..base.clone() }));
    cases.push(("each of its own cover", {
        let cover = (0..large.graph.bucket_count()).map(|bucket| 4.0 + (bucket % 7) as f64).collect();
        Settings { cover_days: ByBucket::Bucket(cover), ..base }
    }));
    let shocks = loss_of(vec![1, 8, 17, 230]);
    for (name, settings) in cases {
        let path = run(&large, &settings, &shocks, 90, &Record::every_node(&large)).unwrap();
        let mut long = Run::new(&large, settings, shocks.clone()).unwrap();
        for step in 0..90 {
            long.advance().unwrap();
            for node in 0..400 {
                let (short, long) = (path.output[step * 400 + node], long.output(node));
                assert!((short - long).abs() <= 1e-9 * long.max(1.0), "{name}: {short} is not {long}");
            }
        }
        assert!(path.lost_until(0, 13.0) > 0.0, "{name}");
    }
}

#[test]
fn a_path_has_the_same_bits_on_any_number_of_threads() {
    let network = Network::in_one_region(firms(3000, 15_000, 12, 4).unwrap());
    let settings = Settings { cover_days: ByBucket::Same(8.0), ..Settings::daily() };
    let path = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let shocks = loss_of((0..30).collect());
        pool.install(|| run(&network, &settings, &shocks, 60, &Record::every_node(&network))).unwrap()
    };
    assert_eq!(path(1), path(3));
}
