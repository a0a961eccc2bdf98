//! The short run: draws on a world, and a firm network of a million nodes.
//!
//! `cargo bench --bench network -- draws` or `-- firms`: wall time of each, once.

use std::time::Instant;

use detente::ledger::products::Products;
use detente::network::made_up::firms;
use detente::network::{
    ByBucket, Draws, InputLimit, LinkCap, Network, Parameter, Range, Record, Settings, Shape, Shocks, run,
    simulate,
};
use detente::world::World;
use detente::world::material::{Material, shipped_text};
use detente::world::split::split;

type Any = Box<dyn std::error::Error>;

fn main() -> Result<(), Any> {
    // `cargo test` builds benchmarks and starts them without this.
    if !std::env::args().any(|word| word == "--bench") {
        return Ok(());
    }
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    if asked("draws") {
        draws()?;
    }
    if asked("firms") {
        million_firms()?;
    }
    Ok(())
}

/// 2,000 draws of 52 weeks: `icio-2022` with rare earths carved out, a licence on
/// China's exports of them.
fn draws() -> Result<(), Any> {
    let world = World::shipped("icio-2022")?;
    let products = Products::shipped()?;
    let text = shipped_text("rare-earths").ok_or("rare earths ship")?;
    let material = Material::parse("rare-earths", text, &world, &|code| products.sectors_of(code))?;
    let (world, _) = split(&world, &material)?;
    let china = world.regions.find("CHN")?;
    let mut network = Network::of_world(&world);
    let carved: Vec<usize> =
        world.carved.iter().filter_map(|carved| world.sectors.find(&carved.code).ok()).collect();
    for sector in &carved {
        network = network.by_origin(*sector as u32, &[(china * world.sector_count() + sector) as u32]);
    }
    let links = carved.iter().flat_map(|sector| {
        let buyers = (0..world.region_count()).filter(|buyer| *buyer != china);
        buyers
            .flat_map(|buyer| network.links_between(*sector as u32, buyer as u32, china as u32))
            .collect::<Vec<_>>()
    });
    let shocks =
        Shocks { caps: vec![LinkCap::at(links.collect(), 0.25, 0.0, f64::INFINITY)], ..Shocks::none() };
    let settings = Settings { input_limit: InputLimit::Psi { psi: 0.8 }, ..Settings::weekly() };
    let sets: Vec<Vec<u32>> = ["USA", "DEU", "JPN", "CHN"]
        .iter()
        .map(|code| {
            let region = world.regions.find(code).map_or(0, |region| region);
            (0..world.sector_count()).map(|sector| (region * world.sector_count() + sector) as u32).collect()
        })
        .collect();
    let record = Record::sets(&network, &sets);
    let range = |parameter, shape| Range { parameter, shape };
    let fixed = vec![
        range(Parameter::Cover, Shape::LogNormal { low: 20.0, high: 90.0 }),
        range(Parameter::CoverSpread, Shape::Uniform { low: 0.2, high: 0.6 }),
        range(Parameter::Restore, Shape::Uniform { low: 20.0, high: 90.0 }),
        range(Parameter::LeakMax, Shape::Uniform { low: 0.0, high: 0.3 }),
        range(Parameter::Psi, Shape::Uniform { low: 0.3, high: 0.9 }),
    ];
    let moving = [
        range(Parameter::Eta, Shape::Uniform { low: 0.5, high: 2.0 }),
        range(Parameter::Qualification, Shape::Uniform { low: 30.0, high: 180.0 }),
    ];
    let graph = &network.graph;
    println!(
        "draws: {} nodes, {} buckets, {} pools, {} links",
        graph.node_count(),
        graph.bucket_count(),
        graph.pool_count(),
        graph.supplier.len()
    );
    for (name, ranges) in
        [("fixed orders", fixed.clone()), ("orders that move", [&fixed[..], &moving].concat())]
    {
        let draws = Draws { count: 2000, seed: 1, ranges };
        let start = Instant::now();
        let ensemble = simulate(&network, &settings, &shocks, 52, &record, &draws)?;
        let last = &ensemble.output[(ensemble.steps - 1) * ensemble.rows * 3..];
        println!(
            "  {name}: {:.1} s; output of the first region after a year {:.3?}",
            start.elapsed().as_secs_f64(),
            &last[..3]
        );
    }
    Ok(())
}

/// 365 daily steps of 1,000,000 firms with 5,000,000 links; a hundred stand still.
fn million_firms() -> Result<(), Any> {
    let start = Instant::now();
    let network = Network::in_one_region(firms(1_000_000, 5_000_000, 60, 1)?);
    println!(
        "firms: {} links, {} buckets, made in {:.1} s",
        network.graph.supplier.len(),
        network.graph.bucket_count(),
        start.elapsed().as_secs_f64()
    );
    let settings = Settings { cover_days: ByBucket::Same(15.0), ..Settings::daily() };
    let loss = detente::network::CapacityLoss {
        nodes: (0..100).collect(),
        from_day: 0.0,
        until_day: 60.0,
        loss: 1.0,
        recovery: detente::network::Recovery::Linear(30.0),
    };
    let shocks = Shocks { losses: vec![loss], ..Shocks::none() };
    let start = Instant::now();
    let path = run(&network, &settings, &shocks, 365, &Record::totals(&network))?;
    let stopped = path.first_stop.iter().filter(|step| **step != u32::MAX).count();
    println!(
        "  365 days in {:.1} s: {stopped} firms stopped, {:.3} % of value added lost",
        start.elapsed().as_secs_f64(),
        100.0 * path.lost_until(0, 52.0) / path.value_added_until(0, 52.0)
    );
    Ok(())
}
