//! A small world to read ledgers for.

use detente::world::labels::Labels;
use detente::world::{ElasticitySet, World};
use jiff::civil::date;

/// Six regions, four goods sectors and services; every tariff is 5 %, every
/// flow 1 million USD, but the United States buy 3 of machinery from China.
pub fn small_world() -> World {
    let regions = Labels::new([
        ("USA", "United States"),
        ("CHN", "China"),
        ("HKG", "Hong Kong"),
        ("DEU", "Germany"),
        ("MEX", "Mexico"),
        ("ROW", "Rest of the world"),
    ])
    .unwrap();
    let sectors = Labels::new([
        ("A01", "Agriculture"),
        ("C26", "Electronics"),
        ("C27", "Electrical equipment"),
        ("C28", "Machinery"),
        ("SVC", "Services"),
    ])
    .unwrap();
    let (n, j) = (regions.len(), sectors.len());
    let mut world = World {
        name: "small".into(),
        title: "A world for tests".into(),
        base_date: date(2022, 7, 1),
        goods: vec![true, true, true, true, false],
        trade_musd: vec![1.0; j * n * n],
        tariff: vec![0.0; j * n * n],
        input_share: vec![0.1; n * j * j],
        final_share: None,
        elasticities: vec![ElasticitySet { name: "4".into(), theta: vec![4.0; j], source: "made up".into() }],
        sources: vec![],
        notes: vec![],
        markup: None,
        population: None,
        households: None,
        carved: vec![],
        regions,
        sectors,
    };
    for sector in 0..4 {
        for importer in 0..n {
            for exporter in (0..n).filter(|exporter| *exporter != importer) {
                let cell = world.cell(sector, importer, exporter);
                world.tariff[cell] = 0.05;
            }
        }
    }
    let machinery = world.cell(3, 0, 1);
    world.trade_musd[machinery] = 3.0;
    world
}
