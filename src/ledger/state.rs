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
    /// Largest quantity relative to the base year's, infinite without a limit,
    /// `[sector, importer, exporter]`.
    pub quantity_cap: Vec<f64>,
    /// Share of export-licence applications that is approved, 1 where no
    /// licence is needed, `[sector, importer, exporter]`.
    pub approval: Vec<f64>,
    /// How long an export licence takes, weeks, 0 where none is needed,
    /// `[sector, importer, exporter]`.
    pub licence_wait_weeks: Vec<f64>,
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
            quantity_cap: vec![f64::INFINITY; cells],
            approval: vec![1.0; cells],
            licence_wait_weeks: vec![0.0; cells],
        }
    }
}
