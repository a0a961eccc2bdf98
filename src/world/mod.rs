//! The world: who trades what with whom in a base year.
//!
//! A [`World`] is immutable once loaded. All arrays are dense and row-major;
//! the last index of a shape is the fastest. Values are million US dollars at
//! basic prices of the base year, before the importer's tariff.
//!
//! | symbol | code            | meaning                                         | unit | shape                            |
//! |--------|-----------------|-------------------------------------------------|------|----------------------------------|
//! | `M`    | `trade_musd`    | purchases by `importer` from `exporter`; the diagonal is home sales | million USD | `[sector, importer, exporter]` |
//! | `t`    | `tariff`        | ad valorem tariff already in the base year (0.05 is 5 %) | 1 | `[sector, importer, exporter]` |
//! | `γ`    | `input_share`   | cost share of an input in a sector's gross output | 1 | `[region, input_sector, sector]` |
//! | `β`    | `value_added_share()` | `1 − Σ_k γ[n,k,j]`                        | 1    | `[region, sector]`               |
//! | `α`    | `final_share`   | share of a sector in final spending, where it is given | 1 | `[region, sector]`         |
//! | `μ`    | `markup`        | net markup, and elasticity of productivity to a sector's size, where given | 1 | `[sector]` |
//! | `θ`    | `elasticities`  | trade elasticity, `θ > 0` (σ − 1 in Armington's reading) | 1 | `[sector]`                |
//!
//! A world comes from [`World::open`] (a name that ships or a folder), from an
//! importer in [`import`], or from a builder in [`build`]. [`check::check`] says
//! whether it adds up, [`balance`](mod@balance) makes it, [`aggregate`](mod@aggregate)
//! makes it smaller, [`split`](mod@split) carves a [`material`] out of a sector,
//! [`store::save`] writes it.

mod accounting;
pub mod aggregate;
mod arrays;
pub mod balance;
pub mod build;
pub mod check;
pub mod elasticity;
pub mod error;
mod given;
pub mod import;
pub mod labels;
pub mod material;
pub mod shipped;
pub mod split;
pub mod store;
pub mod table;

pub use error::WorldError;
pub use shipped::shipped_names;

use jiff::civil::Date;
use labels::Labels;

/// One set of trade elasticities.
#[derive(Clone, Debug, PartialEq)]
pub struct ElasticitySet {
    /// Short name, as on the command line (`GYY`).
    pub name: String,
    /// Trade elasticity θ by sector, `[sector]`, positive.
    pub theta: Vec<f64>,
    /// The paper the numbers come from, and what was changed in them.
    pub source: String,
}

/// Where a table of the world comes from and on what terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What the source was used for ("trade flows").
    pub of: String,
    /// Who made it, with year and edition.
    pub citation: String,
    /// Licence or terms of use.
    pub terms: String,
}

/// A sector that was carved out of another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carved {
    /// Name of the material whose stage it is.
    pub material: String,
    /// Code of the sector.
    pub code: String,
    /// Code of the sector it was taken from.
    pub parent: String,
    /// Beginnings of the product codes (HS2022) that are this sector, no longer the parent.
    pub hs: Vec<String>,
}

/// Trade flows, tariffs, input shares and elasticities of a base year.
///
/// Build one with the importers or load one from a folder; both refuse arrays of
/// a wrong size, values of a wrong sign and shares that sum to more than one.
/// Whether the world adds up is said by [`check::check`], not by loading.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    /// Short name (`icio-2022`).
    pub name: String,
    /// One line that says what it is.
    pub title: String,
    /// Middle of the base year; the ledger's state on this day is in the data.
    pub base_date: Date,
    /// Regions `N`.
    pub regions: Labels,
    /// Sectors `J`.
    pub sectors: Labels,
    /// Sectors whose products cross a customs border, `[sector]`: what
    /// "all goods" means in a ledger.
    pub goods: Vec<bool>,
    /// Purchases before the importer's tariff, million USD, `[sector, importer, exporter]`.
    pub trade_musd: Vec<f64>,
    /// Base-year ad valorem tariff, fraction, `[sector, importer, exporter]`.
    pub tariff: Vec<f64>,
    /// Cost share of inputs γ, `[region, input_sector, sector]`.
    pub input_share: Vec<f64>,
    /// Share of each sector in final spending α, `[region, sector]`, where the
    /// source gives it. `None`: final demand is what expenditure leaves after
    /// intermediate use, so that the base year is an equilibrium.
    pub final_share: Option<Vec<f64>>,
    /// Elasticity sets; the first is the default. Never empty.
    pub elasticities: Vec<ElasticitySet>,
    /// Net markup of price over cost μ, `[sector]`, where the source gives it: 0.25
    /// is 25 %. In models of free entry it is the scale elasticity too.
    pub markup: Option<Vec<f64>>,
    /// Persons, `[region]`, 0 where not known.
    pub population: Option<Vec<f64>>,
    /// Private households, `[region]`, 0 where not known.
    pub households: Option<Vec<f64>>,
    /// Sources and terms.
    pub sources: Vec<Source>,
    /// What a reader must know: conventions, gaps, what balancing changed.
    pub notes: Vec<String>,
    /// Sectors that were carved out of others, a parent before its children.
    pub carved: Vec<Carved>,
}

impl World {
    /// Number of regions `N`.
    pub fn region_count(&self) -> usize {
        self.regions.len()
    }

    /// Number of sectors `J`.
    pub fn sector_count(&self) -> usize {
        self.sectors.len()
    }

    /// Position of `(sector, importer, exporter)` in a trade-shaped array.
    pub fn cell(&self, sector: usize, importer: usize, exporter: usize) -> usize {
        (sector * self.regions.len() + importer) * self.regions.len() + exporter
    }

    /// Gross output, million USD, `[sector, region]`: the sum of an exporter's
    /// sales to every importer, itself included.
    pub fn gross_output_musd(&self) -> Vec<f64> {
        let n = self.regions.len();
        let mut output = vec![0.0; self.sectors.len() * n];
        for (row, sales) in self.trade_musd.chunks_exact(n.max(1)).enumerate() {
            let sector = row / n;
            for (exporter, value) in sales.iter().enumerate() {
                output[sector * n + exporter] += value;
            }
        }
        output
    }

    /// Value-added share of gross output β, `[region, sector]`.
    pub fn value_added_share(&self) -> Vec<f64> {
        let j = self.sectors.len();
        let mut share = vec![1.0; self.regions.len() * j];
        for (row, inputs) in self.input_share.chunks_exact(j.max(1)).enumerate() {
            let region = row / j;
            for (sector, gamma) in inputs.iter().enumerate() {
                share[region * j + sector] -= gamma;
            }
        }
        share
    }

    /// Positions of the carved sectors that the world has, each with its parent's;
    /// a parent comes before its children.
    pub(crate) fn carved_positions(&self) -> impl Iterator<Item = (usize, usize, &Carved)> {
        self.carved.iter().filter_map(|carved| {
            let child = self.sectors.find(&carved.code).ok()?;
            Some((child, self.sectors.find(&carved.parent).ok()?, carved))
        })
    }

    /// The elasticity set of a name.
    pub fn elasticity_set(&self, name: &str) -> Option<&ElasticitySet> {
        self.elasticities.iter().find(|set| set.name == name)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Three regions, two sectors, with inputs, tariffs, deficits and a missing flow.
    pub(crate) fn small() -> World {
        let mut tariff = vec![0.0; 18];
        (tariff[1], tariff[5], tariff[12]) = (0.10, 0.05, 0.25);
        let inputs = [0.2, 0.1, 0.1, 0.3, 0.25, 0.2, 0.05, 0.2, 0.1, 0.0, 0.2, 0.4];
        World {
            name: "small".into(),
            title: "Three regions, two sectors".into(),
            base_date: jiff::civil::date(2020, 7, 1),
            regions: Labels::new([("AAA", "Alpha"), ("BBB", "Beta"), ("CCC", "Gamma")]).unwrap(),
            sectors: Labels::new([("G1", "Goods"), ("S1", "Services")]).unwrap(),
            goods: vec![true, false],
            trade_musd: vec![
                80.0, 12.0, 6.0, 9.0, 60.0, 5.0, 4.0, 7.0, 90.0, // goods
                150.0, 3.0, 1.0, 4.0, 120.0, 2.0, 2.0, 0.0, 160.0, // services
            ],
            tariff,
            input_share: inputs.to_vec(),
            final_share: None,
            elasticities: vec![ElasticitySet {
                name: "U4".into(),
                theta: vec![4.0, 4.0],
                source: "4 everywhere".into(),
            }],
            markup: None,
            population: None,
            households: None,
            sources: vec![],
            notes: vec![],
            carved: vec![],
        }
    }
}
