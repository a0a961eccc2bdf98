//! `icio-2019-g20`: 20 economies, 20 sectors, a complete OECD table of 2019.
//!
//! Row and column numbers of the source are `country · 20 + sector`; columns
//! from 400 on are final uses, three a country, and are summed. Net taxes on
//! products that industries pay are part of value added; those on final uses
//! are left out. Goods are the sections A, B and C: electricity (D) crosses
//! borders by wire and carries no customs duty.

use std::path::Path;

use jiff::civil::date;

use super::names::{ECONOMIES, SECTIONS};
use super::{Built, labels, positions, source, texts, values};
use crate::world::Source;
use crate::world::error::WorldError;
use crate::world::import::ImportOptions;
use crate::world::import::inter_country::{InterCountry, Origin, Totals};

const COUNTRIES: usize = 20;
const SECTORS: usize = 20;
const NODES: usize = COUNTRIES * SECTORS;
const USES: usize = 3;

/// Builds the world.
///
/// # Errors
/// A source that is missing, has another layout or does not add up.
pub fn build(from: &Path) -> Result<Built, WorldError> {
    let nodes = source(from, "icio2019_g20/nodes.parquet", &["country", "sector"], &["idx", "output_musd"])?;
    let (country, sector) = (texts(&nodes, "country")?, texts(&nodes, "sector")?);
    if nodes.rows() != NODES {
        return Err(WorldError::Description {
            file: nodes.file().to_owned(),
            reason: format!("has {} rows, expected {NODES} (20 economies x 20 sectors)", nodes.rows()),
        });
    }
    let regions: Vec<&str> = country.iter().step_by(SECTORS).copied().collect();
    let mut table = InterCountry::new(
        labels(&nodes, &regions, &ECONOMIES)?,
        labels(&nodes, &sector[..SECTORS], &SECTIONS)?,
    );
    let cells = source(from, "icio2019_g20/icio_2019.parquet", &[], &["row", "col", "value_musd"])?;
    let rows = positions(&cells, "row", NODES)?;
    let columns = positions(&cells, "col", NODES + COUNTRIES * USES)?;
    for ((row, column), value) in rows.iter().zip(&columns).zip(values(&cells, "value_musd")?) {
        let (exporter, good) = (row / SECTORS, row % SECTORS);
        if *column < NODES {
            table.add_use(exporter, good, column / SECTORS, column % SECTORS, *value);
        } else {
            table.add_final(exporter, good, (column - NODES) / USES, *value);
        }
    }
    let extra = source(from, "icio2019_g20/extra_rows.parquet", &[], &["idx", "row400", "row401", "row402"])?;
    let mut other_payments = vec![0.0; NODES];
    for (row, column) in positions(&extra, "idx", NODES + COUNTRIES * USES)?.into_iter().enumerate() {
        if column < NODES {
            for payment in ["row400", "row401", "row402"] {
                other_payments[column] += values(&extra, payment)?[row];
            }
        }
    }
    let totals = Totals {
        output: Some(values(&nodes, "output_musd")?.to_vec()),
        other_payments: Some(other_payments),
    };
    let origin = Origin {
        file: cells.file().to_owned(),
        name: "icio-2019-g20".to_owned(),
        title: "20 economies and 20 sectors in 2019: the G20 and the rest of the world, from the OECD tables"
            .to_owned(),
        base_date: date(2019, 7, 1),
        source: Source {
            of: "trade flows, input shares and value added".to_owned(),
            citation: "OECD (2023), OECD Inter-Country Input-Output Tables, 2023 edition, http://oe.cd/icio, \
                       2019_SML.csv, aggregated to 20 economies and ISIC rev. 4 sections in the PyPI package \
                       puremacro 5.7.1; an adaptation that does not represent the official views of the OECD"
                .to_owned(),
            terms: "OECD Terms and Conditions: data may be copied, adapted and shared with credit".to_owned(),
        },
        goods: sector[..SECTORS].iter().map(|code| matches!(*code, "A" | "B" | "C")).collect(),
        notes: vec![
            "Manufacturing is one sector.".to_owned(),
            "The three final uses of the source are summed for each country.".to_owned(),
            "Net taxes on products in the columns of industries count as value added; those on final uses are \
             left out."
                .to_owned(),
            "Goods are sections A, B and C; electricity and gas supply (D) crosses borders without customs duty."
                .to_owned(),
            "One elasticity set, theta = 4 in every sector.".to_owned(),
        ],
    };
    let imported = table.into_world(origin, &totals, &ImportOptions::default())?;
    let page = imported.balance.to_markdown(&imported.world);
    Ok(Built {
        world: imported.world,
        balance: imported.balance,
        more: vec![("BALANCE.md".to_owned(), page.into_bytes())],
    })
}
