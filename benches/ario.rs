//! The ARIO rules: a year of WIOD's size, and a year of a dense table.
//!
//! Budgets for 365 days: 0.7 s for 41 x 35 industries with a fifth of all links,
//! 10 s for 45 x 77 with all. `detente bench` prints both.

use detente::network::Graph;
use detente::network::ario::{Ario, Curve, Damage, Event, PerGroup, Recovery, Rules, made_up};
use divan::Bencher;

fn main() {
    divan::main();
}

/// A fifth of the first industry's capacity lost for a month.
fn shock() -> Event {
    let recovery = Recovery { curve: Curve::Linear, days: 60.0 };
    Event { occurrence: 2, duration: 30, damage: Damage::Capacity { loss: vec![(0, 0.2)], recovery } }
}

fn run(graph: &Graph, days: u32) -> f64 {
    let rules = Rules { inventory_days: PerGroup::All(30.0), ..Rules::default() };
    let mut ario = Ario::new(graph, &rules, &[shock()]).unwrap();
    for _ in 0..days {
        ario.step().unwrap();
    }
    ario.production().iter().sum()
}

/// 1,435 industries, a fifth of the links, a year.
#[divan::bench(sample_count = 5)]
fn wiod_size(bencher: Bencher) {
    let graph = made_up::graph(41, 35, 0.2).unwrap();
    bencher.bench_local(|| run(&graph, 365));
}

/// 3,465 industries, all links, a year.
#[divan::bench(sample_count = 3)]
fn dense(bencher: Bencher) {
    let graph = made_up::graph(45, 77, 1.0).unwrap();
    bencher.bench_local(|| run(&graph, 365));
}

/// The graph of a table of WIOD's size.
#[divan::bench(sample_count = 10)]
fn graph(bencher: Bencher) {
    bencher.bench_local(|| made_up::graph(41, 35, 0.2).unwrap());
}
