//! The ledger on one day, as arrays over a world's regions and sectors.
//!
//! This is the only thing that the engines see of policy.

use jiff::civil::Date;

use crate::world::World;

/// Everything in force on one day, in the shape of the world's trade flows.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyState {
    /// The day.
    pub date: Date,
    /// Ad valorem import tariff: the world's own plus every measure in force,
    /// fraction, `[sector, importer, exporter]`.
    pub tariff: Vec<f64>,
    /// Export tax levied by the exporter on the f.o.b. price, fraction,
    /// `[sector, importer, exporter]`.
    pub export_tax: Vec<f64>,
    /// Iceberg cost relative to the base year, 1 where nothing changed,
    /// `[sector, importer, exporter]`.
    pub iceberg_hat: Vec<f64>,
}

impl PolicyState {
    /// The world's own base-year tariffs and nothing else.
    pub fn of_world(world: &World, date: Date) -> Self {
        let cells = world.trade_musd.len();
        Self {
            date,
            tariff: world.tariff.clone(),
            export_tax: vec![0.0; cells],
            iceberg_hat: vec![1.0; cells],
        }
    }
}
