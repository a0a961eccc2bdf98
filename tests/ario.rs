//! The ARIO rules: against another program's paths, against numbers worked by
//! hand, and against what must always hold.
//!
//! The shared cases need tables that do not ship: `DETENTE_DATA` names the
//! folder with `targets/boario` and `data/wiod2013`.

use std::path::PathBuf;

use detente::network::ario::{
    Ario, ArioError, Capital, Curve, Damage, Event, Model, Orders, Overproduction, PerGroup, Recovery, Rules,
    made_up,
};
use detente::network::graph::DAYS;
use detente::network::{Graph, Link};
use detente::replicate::ario::{Case, TOLERANCE, compare, experiment, own_table, run};
use detente::world::World;

fn capacity(occurrence: u32, duration: u32, loss: &[(usize, f64)], curve: Curve, days: f64) -> Event {
    let damage = Damage::Capacity { loss: loss.to_vec(), recovery: Recovery { curve, days } };
    Event { occurrence, duration, damage }
}

/// The folder of the tables that do not ship.
fn data() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("DETENTE_DATA").map_or(beside, PathBuf::from);
    if !folder.join("targets/boario").is_dir() {
        eprintln!("SKIPPED: no cases of BoARIO; name the folder that has targets/boario in DETENTE_DATA");
        return None;
    }
    Some(folder)
}

#[test]
fn our_own_table_gives_the_reference_path() {
    let path = run(Case::Own, None).unwrap();
    let distances = compare(Case::Own, None, &path).unwrap();
    assert_eq!(distances.len(), 20);
    for d in &distances {
        assert_eq!(d.steps, 201);
        assert!(d.distance <= 1e-12, "{}|{}: {:e}", d.region, d.sector, d.distance);
    }
    assert!(distances.iter().any(|d| d.least < 0.75), "nothing happens in the case");
}

#[test]
fn the_shared_cases_give_their_reference_paths() {
    let Some(data) = data() else { return };
    for case in [Case::TestA, Case::TestB, Case::TestC, Case::Wiod2011] {
        let path = run(case, Some(&data)).unwrap();
        for d in compare(case, Some(&data), &path).unwrap() {
            assert!(d.distance <= TOLERANCE, "{}: {}|{}: {:e}", case.name(), d.region, d.sector, d.distance);
        }
        if case == Case::Wiod2011 {
            // Orders go round the lost capacity: Korea's electronics gain.
            let korea = path.labels.iter().position(|(r, s)| r == "KOR" && s == "c14").unwrap();
            let at = |step: usize| path.production[step * path.labels.len() + korea];
            assert!(at(40) > 1.001 * at(0), "{} {}", at(40), at(0));
        }
    }
}

/// One industry in each of two regions that sell one good; node 0 buys 73 a year
/// from node 1 and sells 365 to households, node 1 sells 292 to households.
/// A day: x0 = (1, 1), a = 0.2 for node 0, none for node 1.
///
/// Node 1 loses half its capacity on day 1, noticed on day 2: X = 0.5. Demand on
/// it is 1, so half of each order arrives: 0.1 of 0.2. Base model, stock of 10
/// days: S = 2 − 0.2 + 0.1 = 1.9 and the goal is 2: node 0 makes 0.95 on day 3.
/// It orders the gap of 0.1 and its use of 0.2, so demand on node 1 is 1.1.
#[test]
fn two_industries_by_hand() {
    let graph = Graph::of_table(1, &[0.0, 0.0, 73.0, 0.0], &[365.0, 292.0]).unwrap();
    let rules = Rules {
        model: Model::Base,
        orders: Orders::NoAlt,
        inventory_days: PerGroup::All(10.0),
        ..Rules::default()
    };
    let events = [capacity(1, 10, &[(1, 0.5)], Curve::Linear, 1.0)];
    let mut ario = Ario::new(&graph, &rules, &events).unwrap();
    for _ in 0..2 {
        ario.step().unwrap();
        assert_eq!(ario.production(), [1.0, 1.0]);
    }
    ario.step().unwrap();
    assert!((ario.production()[0] - 1.0).abs() < 1e-15 && (ario.production()[1] - 0.5).abs() < 1e-15);
    assert!((ario.stock()[0] - 1.9).abs() < 1e-14 && (ario.ordered()[0] - 0.3).abs() < 1e-14);
    assert!((ario.final_demand_unmet(1) - 0.4).abs() < 1e-14);
    ario.step().unwrap();
    assert!((ario.production()[0] - 0.95).abs() < 1e-14);
    assert!((ario.demand()[1] - 1.1).abs() < 1e-14);
    // q = (1.1 − 0.5) / 1.1 with today's demand and yesterday's output.
    let alpha = 1.0 + 0.25 * (0.6 / 1.1) / 365.0;
    assert!((ario.alpha()[1] - alpha).abs() < 1e-14);
    assert!((ario.production()[1] - 0.5 * alpha).abs() < 1e-14);
}

/// Alternative orders: node 2 buys one good from nodes 0 and 1 alike; node 0 has
/// lost half of its capacity, so it gets a third of the order instead of a half.
#[test]
fn orders_follow_capacity() {
    let links = [(0, 2, 36.5), (1, 2, 36.5)];
    let links = links.map(|(supplier, buyer, flow)| Link { supplier, buyer, flow });
    let graph = Graph::of_links(vec![0, 0, 1], &[36.5, 36.5, 365.0], links).unwrap();
    let events = [capacity(1, 50, &[(0, 0.5)], Curve::Linear, 1.0)];
    let at = |orders| {
        let mut ario = Ario::new(&graph, &Rules { orders, ..Rules::default() }, &events).unwrap();
        (0..4).for_each(|_| ario.step().unwrap());
        (ario.demand()[0] - 0.1, ario.demand()[1] - 0.1)
    };
    let (lost, kept) = at(Orders::Alt);
    assert!((kept / lost - 2.0).abs() < 1e-12, "{kept} {lost}");
    let (lost, kept) = at(Orders::NoAlt);
    assert!((kept / lost - 1.0).abs() < 1e-12, "{kept} {lost}");
}

/// A loss of day 3 acts on day 4; a day of recovery, from the night of day 6 on,
/// is noticed the next morning and acts the day after. Six digits.
#[test]
fn a_capacity_comes_back_along_its_curve() {
    let table = own_table().unwrap();
    let losses = |curve, days| {
        let events = [capacity(3, 3, &[(3, 0.3)], curve, days)];
        let mut ario = Ario::new(&table.graph, &Rules::default(), &events).unwrap();
        (0..13).map(move |_| {
            ario.step().unwrap();
            ario.capacity_loss()[3]
        })
    };
    let linear: Vec<f64> = losses(Curve::Linear, 4.0).collect();
    assert_eq!(linear, [0.0, 0.0, 0.0, 0.0, 0.3, 0.3, 0.3, 0.3, 0.3, 0.225, 0.15, 0.075, 0.0]);
    let convex: Vec<f64> = losses(Curve::ConvexUnscaled, 4.0).collect();
    assert_eq!(convex[9..], [0.225, 0.16875, 0.126562, 0.094922]);
    let scaled: Vec<f64> = losses(Curve::Convex, 4.0).collect();
    assert_eq!(scaled[9..], [0.094922, 0.030034, 0.009503, 0.003007]);
}

/// Destroyed capital acts at once and comes back without demand.
#[test]
fn capital_recovers_without_demand() {
    let table = own_table().unwrap();
    let capital: Vec<f64> = table.graph.output.iter().map(|_| 1000.0).collect();
    let recovery = Recovery { curve: Curve::Linear, days: 2.0 };
    let damage = Damage::Capital { destroyed: vec![(3, 250.0)], recovery };
    let event = Event { occurrence: 2, duration: 1, damage };
    let rules = Rules { capital: Capital::Each(capital), ..Rules::default() };
    let mut ario = Ario::new(&table.graph, &rules, &[event]).unwrap();
    let losses: Vec<f64> = (0..7)
        .map(|_| {
            ario.step().unwrap();
            ario.capacity_loss()[3]
        })
        .collect();
    assert_eq!(losses, [0.0, 0.0, 0.25, 0.25, 0.25, 0.125, 0.0]);
}

/// 20 and 30 % of one capital, three days apart, each back after 4 days in 4: the
/// path of `δ` that BoARIO gives for these two events. Capacities take the larger loss.
#[test]
fn destroyed_capital_adds_up_and_lost_capacities_do_not() {
    let table = own_table().unwrap();
    let capital = Capital::Each(vec![1000.0; table.graph.node_count()]);
    let rules = Rules { capital, ..Rules::default() };
    let recovery = Recovery { curve: Curve::Linear, days: 4.0 };
    let capital = |occurrence, value| Event {
        occurrence,
        duration: 4,
        damage: Damage::Capital { destroyed: vec![(3, value)], recovery },
    };
    let losses = |events: &[Event]| -> Vec<f64> {
        let mut ario = Ario::new(&table.graph, &rules, events).unwrap();
        let day = |_| {
            ario.step().unwrap();
            (ario.capacity_loss()[3] * 1e5).round() / 1e5
        };
        (0..16).map(day).collect()
    };
    assert_eq!(
        losses(&[capital(3, 200.0), capital(6, 300.0)]),
        [0.0, 0.0, 0.0, 0.2, 0.2, 0.2, 0.5, 0.5, 0.5, 0.45, 0.4, 0.35, 0.225, 0.15, 0.075, 0.0]
    );
    let loss = |occurrence, loss| capacity(occurrence, 4, &[(3, loss)], Curve::Linear, 1.0);
    let both = losses(&[loss(3, 0.2), loss(6, 0.3)]);
    assert_eq!(both[3..8], [0.0, 0.2, 0.2, 0.2, 0.3]);
    let error = Ario::new(&table.graph, &rules, &[capital(3, 700.0), capital(6, 700.0)])
        .unwrap()
        .path(10)
        .unwrap_err();
    assert!(error.to_string().contains("event 1, row 0: 1400 of the capital of industry 3"), "{error}");
}

/// Without a shock nothing moves in ten years, on a table and on a world whose
/// buyers share their pools.
#[test]
fn nothing_moves_without_a_shock() {
    let world = World::shipped("icio-2019-g20").unwrap();
    let own = own_table().unwrap().graph;
    for graph in [own, Graph::of_world(&world), made_up::graph(4, 6, 0.5).unwrap()] {
        let rules = Rules { inventory_days: PerGroup::All(20.0), ..Rules::default() };
        let mut ario = Ario::new(&graph, &rules, &[]).unwrap();
        for _ in 0..3650 {
            ario.step().unwrap();
        }
        for (node, (x, x0)) in ario.production().iter().zip(&graph.output).enumerate() {
            assert!((x - x0).abs() <= 1e-12 * x0, "node {node}: {x} instead of {x0}");
        }
        let stock = |bucket: usize| graph.input_share[bucket] * 20.0;
        for node in 0..graph.node_count() {
            for bucket in graph.buckets(node) {
                let still = stock(bucket) * graph.output[node];
                assert!((ario.stock()[bucket] - still).abs() <= 1e-12 * still);
            }
        }
    }
}

/// Every pool of a world, bucket by bucket, as a dense table.
fn expanded(graph: &Graph, sectors: usize) -> Graph {
    let n = graph.node_count();
    let (mut table, mut sales) = (vec![0.0; n * n], graph.final_demand.clone());
    for buyer in 0..n {
        for bucket in graph.buckets(buyer) {
            for link in graph.links(graph.bucket_pool[bucket] as usize) {
                let supplier = graph.supplier[link] as usize;
                table[supplier * n + buyer] += graph.purchases[bucket] * graph.link_share[link] * DAYS;
            }
        }
    }
    for pool in 0..graph.pool_count() {
        for link in graph.links(pool) {
            sales[graph.supplier[link] as usize] += graph.pool_final[pool] * graph.link_share[link];
        }
    }
    let sales: Vec<f64> = sales.iter().map(|value| value * DAYS).collect();
    Graph::of_table(sectors, &table, &sales).unwrap()
}

#[test]
fn shared_pools_give_the_path_of_own_pools() {
    let world = World::shipped("icio-2019-g20").unwrap();
    let shared = Graph::of_world(&world);
    let own = expanded(&shared, world.sector_count());
    assert!(own.pool_count() > 5 * shared.pool_count());
    let node = world.regions.find("CHN").unwrap() * world.sector_count() + 5;
    for orders in [Orders::Alt, Orders::NoAlt] {
        let rules = Rules {
            model: Model::Psi { psi: 0.8, restoration_days: PerGroup::All(15.0) },
            inventory_days: PerGroup::All(15.0),
            orders,
            ..Rules::default()
        };
        let parts = vec![(4, 0.5), (7, 0.5)];
        let destroyed = vec![(node + 1, 0.1 * 4.0 * DAYS * shared.value_added[node + 1])];
        let damage = Damage::Rebuilding { destroyed, parts, factor: 1.0, days: 40.0, households: vec![] };
        let events = [
            capacity(5, 30, &[(node, 0.5)], Curve::Concave, 30.0),
            Event { occurrence: 12, duration: 5, damage },
        ];
        let a = Ario::new(&shared, &rules, &events).unwrap().path(200).unwrap();
        let b = Ario::new(&own, &rules, &events).unwrap().path(200).unwrap();
        let n = shared.node_count();
        let least = a.iter().zip(shared.output.iter().cycle()).map(|(x, x0)| x / x0).fold(1.0, f64::min);
        assert!(least < 0.6, "the shock moves something: {least}");
        for (at, (a, b)) in a.iter().zip(&b).enumerate() {
            let x0 = shared.output[at % n];
            assert!((a - b).abs() <= 1e-12 * x0, "day {}, node {}: {a} {b}", at / n, at % n);
        }
    }
}

/// Deliveries and what is not met are demand, and what suppliers of a good make
/// is what buckets, households and rebuilding get.
#[test]
fn deliveries_add_up() {
    let table = own_table().unwrap();
    let (rules, events, days) = experiment(Case::Own, &table).unwrap();
    let graph = &table.graph;
    let mut ario = Ario::new(graph, &rules, &events).unwrap();
    let mut ordered = ario.ordered().to_vec();
    for _ in 0..days {
        let mut rebuilding = vec![0.0; graph.node_count()];
        ario.step().unwrap();
        let (mut asked, mut got) = (vec![0.0; 5], vec![0.0; 5]);
        for bucket in 0..graph.bucket_count() {
            asked[graph.bucket_group[bucket] as usize] += ordered[bucket];
            got[graph.bucket_group[bucket] as usize] += ario.delivered()[bucket];
        }
        let (mut demand, mut made) = (vec![0.0; 5], vec![0.0; 5]);
        for node in 0..graph.node_count() {
            let group = graph.group[node] as usize;
            let (d, x, s) = (ario.demand()[node], ario.production()[node], ario.share()[node]);
            let unmet = ario.rebuilding_unmet()[node];
            rebuilding[node] = if s < 1.0 { unmet / (1.0 - s) } else { 0.0 };
            assert!(x <= d * (1.0 + 1e-15) && x <= ario.capacity()[node] * (1.0 + 1e-15));
            assert!((d * s + d * (1.0 - s) - d).abs() <= 1e-12 * d && (d * s - x).abs() <= 1e-12 * d);
            asked[group] += ario.final_demand()[node];
            got[group] += ario.final_demand()[node] - ario.final_demand_unmet(node);
            demand[group] += d;
            made[group] += x;
        }
        for group in 0..5 {
            // What is asked for beyond stocks and households is rebuilding: for goods and metals alone.
            let (extra, extra_got) = (demand[group] - asked[group], made[group] - got[group]);
            let rebuilds = group == 2 || group == 3;
            assert!(rebuilds || extra.abs() <= 1e-11 * demand[group], "{extra}");
            assert!(extra >= -1e-11 * demand[group] && extra_got >= -1e-11 * demand[group]);
            assert!(extra_got <= extra + 1e-11 * demand[group]);
        }
        ordered.copy_from_slice(ario.ordered());
    }
}

/// A buyer that sells nothing has orders on the first day and no use for them.
#[test]
fn a_buyer_that_sells_nothing_orders_once() {
    let links = [(0, 1, 36.5)].map(|(supplier, buyer, flow)| Link { supplier, buyer, flow });
    let graph = Graph::of_links(vec![0, 1], &[328.5, 0.0], links).unwrap();
    let mut ario = Ario::new(&graph, &Rules::default(), &[]).unwrap();
    ario.step().unwrap();
    assert!((ario.production()[0] - 1.0).abs() < 1e-15);
    ario.step().unwrap();
    assert!((ario.production()[0] - 0.9).abs() < 1e-15 && ario.production()[1] == 0.0);
}

#[test]
fn wrong_input_is_named() {
    let table = own_table().unwrap();
    let graph = &table.graph;
    let says = |rules: &Rules, event: Option<Event>, parts: &[&str]| {
        let events: Vec<Event> = event.into_iter().collect();
        let error = Ario::new(graph, rules, &events).unwrap_err().to_string();
        for part in parts {
            assert!(error.contains(part), "{part} is missing in: {error}");
        }
    };
    let rules = Rules::default();
    let event = |loss| Some(capacity(5, 1, loss, Curve::Linear, 4.0));
    says(&rules, event(&[(0, 0.1), (3, 1.4)]), &["event 0, row 1", "industry 3", "1.4", "from 0 to 1"]);
    says(&rules, event(&[(0, f64::NAN)]), &["row 0", "NaN"]);
    says(&rules, event(&[(20, 0.1)]), &["no industry 20", "0 to 19"]);
    says(&rules, Some(capacity(0, 1, &[], Curve::Linear, 4.0)), &["occurrence", "1 or a later day"]);
    says(&rules, Some(capacity(1, 0, &[], Curve::Linear, 4.0)), &["duration"]);
    says(&rules, Some(capacity(1, 1, &[], Curve::Linear, 0.0)), &["length of the recovery is 0"]);
    let recovery = Recovery { curve: Curve::Linear, days: 3.0 };
    let damage = Damage::Capital { destroyed: vec![(18, 1.0)], recovery };
    says(&rules, Some(Event { occurrence: 1, duration: 1, damage }), &["industry 18", "which has 0"]);
    let damage = Damage::Rebuilding {
        destroyed: vec![(2, 1.0)],
        parts: vec![(0, 0.5)],
        factor: 1.0,
        days: 2.0,
        households: vec![],
    };
    says(&rules, Some(Event { occurrence: 1, duration: 1, damage }), &["parts", "0.5", "sum to 1"]);
    let with = |days| Rules { inventory_days: days, ..Rules::default() };
    says(&with(PerGroup::All(-3.0)), None, &["`inventory_days` of input group 0 is -3"]);
    says(&with(PerGroup::Each(vec![3.0; 4])), None, &["has 4 numbers", "write 5"]);
    let psi = Model::Psi { psi: 1.2, restoration_days: PerGroup::All(3.0) };
    says(&Rules { model: psi, ..Rules::default() }, None, &["`psi` is 1.2", "0 to 1"]);
    let slow = Overproduction { base: 1.0, max: 0.5, days: 3.0 };
    says(&Rules { overproduction: slow, ..Rules::default() }, None, &["overproduction.max"]);
    let error = Ario::new(graph, &rules, &[]).unwrap().path(0).unwrap_err();
    assert_eq!(error, ArioError::Horizon);
}

/// Two days of stock of which a tenth is enough to go on: more is used than there is.
#[test]
fn a_stock_below_zero_is_an_error() {
    let graph = Graph::of_table(1, &[0.0, 0.0, 73.0, 0.0], &[365.0, 292.0]).unwrap();
    let rules = Rules {
        model: Model::Psi { psi: 0.1, restoration_days: PerGroup::All(60.0) },
        inventory_days: PerGroup::All(2.0),
        ..Rules::default()
    };
    let events = [capacity(1, 50, &[(1, 1.0)], Curve::Linear, 1.0)];
    let error = Ario::new(&graph, &rules, &events).unwrap().path(60).unwrap_err();
    assert!(matches!(error, ArioError::Stock { node: 0, group: 0, .. }), "{error}");
    assert!(error.to_string().contains("industry 0 has used up more of input group 0"), "{error}");
}
