//! The engine against a second, independent solution of the same model.

mod test_worlds;

use detente::equilibrium::{Calibration, Change, Deficits};
use detente::ledger::Ledger;
use detente::world::World;
use test_worlds::{base_policy, plain_solver, random, tight};

/// Compares engine and plain solver under `tariff`, to `tolerance` as a fraction.
fn agree(world: &World, theta: &[f64], tariff: &[f64], tolerance: f64) {
    let calibration = Calibration::new(world, base_policy(world), theta).unwrap();
    let mut policy = calibration.base.clone();
    policy.tariff.copy_from_slice(tariff);
    let options = tight(Deficits::Held);
    let before = calibration.solve(calibration.base.clone(), &options).unwrap();
    let after = calibration.solve(policy, &options).unwrap();
    let change = Change::between(&calibration, &before, &after);
    let plain = plain_solver::solve(world, theta, tariff);
    let mut moved: f64 = 0.0;
    for (name, engine, second) in [
        ("welfare_exact", &change.welfare_exact, &plain.welfare_exact),
        ("real_wage", &change.real_wage, &plain.real_wage),
        ("price_index", &change.price_index, &plain.price_index),
        ("wage", &change.wage, &plain.wage),
    ] {
        for (region, (engine, second)) in engine.iter().zip(second).enumerate() {
            assert!(
                (engine - second).abs() < tolerance,
                "{name} of {}: engine {engine:.12}, plain solver {second:.12}",
                world.regions.code(region)
            );
            moved = moved.max(engine.abs());
        }
    }
    assert!(moved > 1e-4, "the shock moves nothing: {moved:e}");
}

/// The world's tariffs, with 50 points added between two regions in some sectors.
fn mutual(world: &World, pair: [usize; 2], sectors: &[usize]) -> Vec<f64> {
    let mut tariff = world.tariff.clone();
    for &sector in sectors {
        tariff[world.cell(sector, pair[0], pair[1])] += 0.5;
        tariff[world.cell(sector, pair[1], pair[0])] += 0.5;
    }
    tariff
}

#[test]
fn five_regions_with_base_tariffs_and_deficits() {
    let world = random::world(5, 4, 7);
    agree(&world, &world.elasticities[0].theta, &mutual(&world, [0, 3], &[0, 2]), 1e-11);
}

#[test]
fn a_tariff_war_of_all_against_all() {
    let world = random::world(5, 4, 8);
    let tariff: Vec<f64> = (0..world.tariff.len())
        .map(|cell| world.tariff[cell] + if cell / 5 % 5 == cell % 5 { 0.0 } else { 0.3 })
        .collect();
    agree(&world, &world.elasticities[0].theta, &tariff, 1e-11);
}

#[test]
fn twenty_regions_and_twenty_sectors_with_fifty_points_between_two() {
    let world = random::world(20, 20, 20);
    agree(&world, &[5.0; 20], &mutual(&world, [2, 11], &[0, 4, 9]), 1e-11);
}

/// Real data, through the ledger: 50 points between the USA and China on
/// agriculture, mining and manufacturing, elasticity 5.
#[test]
fn the_shipped_table_of_2019_under_a_ledger() {
    let world = World::shipped("icio-2019-g20").unwrap();
    let text = r#"
ledger = { title = "Fifty points on goods" }
[[measure]]
id = "usa"
kind = "import-tariff"
by = "USA"
on = "CHN"
sectors = ["A", "B", "C"]
rate = { 2020-01-01 = "50%" }
source = "a thought experiment"
[[measure]]
id = "chn"
kind = "import-tariff"
by = "CHN"
on = "USA"
sectors = ["A", "B", "C"]
rate = { 2020-01-01 = "50%" }
source = "a thought experiment"
"#;
    let (ledger, _) = Ledger::parse("fifty.toml", text, &world).unwrap();
    assert_eq!(ledger.state(&world, world.base_date).tariff, world.tariff);
    let state = ledger.state(&world, jiff::civil::date(2020, 6, 1));
    agree(&world, &[5.0; 20], &state.tariff, 1e-11);
}
