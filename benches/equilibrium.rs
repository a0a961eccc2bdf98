//! The long run: a replication and the shipped worlds, cold and warm.
//!
//! `cargo bench` prints medians; `detente bench` lays them beside the budgets.

use std::sync::Arc;

use detente::equilibrium::{Calibration, Deficits, Method, Options};
use detente::ledger::{Ledger, PolicyState, shipped};
use detente::replicate::{cp2015, liberation2025};
use detente::world::World;
use divan::Bencher;

fn main() {
    divan::main();
}

/// A calibrated world and 50 points between the USA and China on all goods.
fn trade_war(name: &str) -> (Calibration, Arc<PolicyState>) {
    let world = World::shipped(name).unwrap();
    let base = Ledger::empty().state(&world, world.base_date);
    let calibration = Calibration::new(&world, base.clone(), &world.elasticities[0].theta).unwrap();
    let mut policy = base;
    let (usa, chn) = (world.regions.find("USA").unwrap(), world.regions.find("CHN").unwrap());
    for sector in (0..world.sector_count()).filter(|sector| world.goods[*sector]) {
        policy.tariff[world.cell(sector, usa, chn)] += 0.5;
        policy.tariff[world.cell(sector, chn, usa)] += 0.5;
    }
    (calibration, Arc::new(policy))
}

#[divan::bench(args = [Method::Anderson, Method::Newton])]
fn cp2015_nafta(bencher: Bencher, method: &Method) {
    let experiments = cp2015::Experiments::load().unwrap();
    let calibration = experiments.calibrate().unwrap();
    let options = Options { method: *method, ..cp2015::options(Deficits::Held) };
    bencher.bench_local(|| calibration.solve(experiments.after[0].1.clone(), &options).unwrap());
}

#[divan::bench(args = ["icio-2019-g20", "icio-2022"])]
fn trade_war_cold(bencher: Bencher, world: &str) {
    let (calibration, policy) = trade_war(world);
    bencher.bench_local(|| calibration.solve(policy.clone(), &Options::default()).unwrap());
}

/// 194 countries, one sector with labour supply and scale; the second has inputs.
#[divan::bench(args = ["liberation_recip_retal", "io_liberation_recip_retal"])]
fn liberation2025(bencher: Bencher, name: &'static str) {
    let experiment = liberation2025::Experiments::load().unwrap().experiment(name).unwrap().unwrap();
    bencher.bench_local(|| experiment.run(name, &Options::default()).unwrap());
}

/// From the equilibrium two points of tariff away.
#[divan::bench(args = ["icio-2019-g20", "icio-2022"])]
fn trade_war_warm(bencher: Bencher, world: &str) {
    let (calibration, policy) = trade_war(world);
    let start = calibration.solve(policy.clone(), &Options::default()).unwrap();
    let mut near = (*policy).clone();
    for (tariff, base) in near.tariff.iter_mut().zip(&calibration.base.tariff) {
        *tariff += if *tariff > *base { 0.02 } else { 0.0 };
    }
    let near = Arc::new(near);
    bencher.bench_local(|| calibration.solve_from(Some(&start), near.clone(), &Options::default()).unwrap());
}

#[divan::bench]
fn calibrate_icio_2022(bencher: Bencher) {
    let world = World::shipped("icio-2022").unwrap();
    let base = PolicyState::of_world(&world, world.base_date);
    bencher.bench_local(|| Calibration::new(&world, base.clone(), &world.elasticities[0].theta).unwrap());
}

#[divan::bench]
fn load_icio_2022(bencher: Bencher) {
    bencher.bench_local(|| World::shipped("icio-2022").unwrap());
}

#[divan::bench]
fn read_ledger(bencher: Bencher) {
    let world = World::shipped("icio-2022").unwrap();
    let text = shipped::text("us-china").unwrap();
    bencher.bench_local(|| Ledger::parse("us-china", text, &world).unwrap());
}
