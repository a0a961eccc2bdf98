//! What do the files of an answer hold?

use crate::strategy::{Outcome, Policy};
use crate::world::World;

/// What an outcome is worth to a region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IncomeRow<'a> {
    /// Code of the region.
    pub region: &'a str,
    /// `welfare_exact`: real income; `gov_welfare`: what the government counts.
    pub variable: &'static str,
    /// Per cent of today's.
    pub value: f64,
}

/// What is levied on one flow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaxRow<'a> {
    /// Code of the importer.
    pub importer: &'a str,
    /// Code of the exporter.
    pub exporter: &'a str,
    /// Code of the sector.
    pub sector: &'a str,
    /// Import tariff, fraction.
    pub tariff: f64,
    /// Export tax, fraction of the producer price.
    pub export_tax: f64,
}

/// Real income and the government's welfare, region by region.
pub fn income_rows<'a>(world: &'a World, outcome: &'a Outcome) -> impl Iterator<Item = IncomeRow<'a>> {
    world.regions.codes().iter().enumerate().flat_map(|(position, region)| {
        [("welfare_exact", &outcome.real_income), ("gov_welfare", &outcome.welfare)]
            .map(|(variable, log)| IncomeRow { region, variable, value: per_cent(log[position]) })
    })
}

/// Taxes on every flow of the base that a player, named by its position, buys or sells.
pub fn tax_rows<'a>(
    world: &'a World,
    players: &'a [usize],
    policy: &'a Policy,
) -> impl Iterator<Item = TaxRow<'a>> {
    let n = world.region_count();
    policy.tariff.iter().zip(&policy.export_tax).enumerate().filter_map(
        move |(cell, (tariff, export_tax))| {
            let (sector, importer, exporter) = (cell / (n * n), cell / n % n, cell % n);
            let plays = players.contains(&importer) || players.contains(&exporter);
            (plays && importer != exporter && world.trade_musd[cell] > 0.0).then(|| TaxRow {
                importer: world.regions.code(importer),
                exporter: world.regions.code(exporter),
                sector: world.sectors.code(sector),
                tariff: *tariff,
                export_tax: *export_tax,
            })
        },
    )
}

/// Logarithm to per cent.
pub fn per_cent(log: f64) -> f64 {
    100.0 * log.exp_m1()
}
