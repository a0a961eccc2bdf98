//! The ledger on one day, as arrays over a world's regions and sectors.
//!
//! This is the only thing that the engines see of policy.

use std::sync::Arc;

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
    /// Limits on quantities, in the order of the ledger.
    pub caps: Vec<Cap>,
    /// Share of export-licence applications that is approved, 1 where no
    /// licence is needed, `[sector, importer, exporter]`.
    pub approval: Vec<f64>,
    /// How long an export licence takes, weeks, 0 where none is needed,
    /// `[sector, importer, exporter]`.
    pub licence_wait_weeks: Vec<f64>,
    /// Licences that take time and of which no share is known to be refused, in the
    /// order of the ledger.
    pub waits: Vec<Wait>,
}

/// Exports that wait for a licence, and then flow.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// Id of the measure.
    pub measure: Arc<str>,
    /// The flows, as positions in the arrays of the state, each with the share
    /// of its goods that is covered, fraction above 0.
    pub flows: Vec<(usize, f64)>,
    /// First day of the licence: what is then applied for is the first to wait.
    pub since: Date,
    /// How long that takes, weeks.
    pub weeks: f64,
}

/// A limit on the quantity of one flow, or of several together.
#[derive(Clone, Debug, PartialEq)]
pub struct Cap {
    /// Id of the measure that sets it.
    pub measure: Arc<str>,
    /// The flows, as positions in the arrays of the state, each with the share
    /// of its goods that is covered, fraction above 0.
    pub flows: Vec<(usize, f64)>,
    /// Largest quantity of the covered goods relative to the base year's; 0 is a ban.
    pub quantity: f64,
    /// Share of the rent that importers get; exporters get the rest.
    pub importer_rent: f64,
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
            caps: Vec::new(),
            approval: vec![1.0; cells],
            licence_wait_weeks: vec![0.0; cells],
            waits: Vec::new(),
        }
    }
}
