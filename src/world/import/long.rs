//! Tidy tables: one row a cell, the columns of `store.rs`.
//!
//! Takes a folder with the tables `flows`, `sectors` and, if wanted, `tariffs`,
//! `io`, `regions`, `final`, or the files one by
//! one: the file's stem, or the part of it after the last `_` or `-`, says which table
//! it is (`my_flows.csv`). Tables that the options name replace those of the folder. The data are taken as they are: nothing is balanced.

use std::path::PathBuf;

use super::{ImportOptions, Imported, base_date, name};
use crate::world::arrays::{About, Border, Tables, assemble};
use crate::world::balance::BalanceReport;
use crate::world::error::WorldError;
use crate::world::store::{self, Folder, Given, TableKind};
use crate::world::table::Table;

/// Imports a folder or a list of files.
///
/// # Errors
/// A missing table, a wrong header, every bad cell.
pub fn import(paths: &[PathBuf], options: &ImportOptions) -> Result<Imported, WorldError> {
    let read = |path: &Option<PathBuf>, kind| path.as_ref().map(|p| store::read_named(p, kind)).transpose();
    let given = Given {
        sectors: read(&options.sectors, TableKind::Sectors)?,
        tariffs: read(&options.tariffs, TableKind::Tariffs)?,
    };
    let (first, tables) = match paths {
        [folder] if folder.is_dir() => {
            if folder.join("world.toml").is_file() {
                return Err(WorldError::Description {
                    file: folder.display().to_string(),
                    reason: "it is a world already (it has `world.toml`): use it as it is".to_owned(),
                });
            }
            (folder, store::read_tables(&Folder::Disk(folder.clone()), given)?)
        }
        [] => {
            return Err(WorldError::MissingTable { place: "import long".into(), table: "flows".into() });
        }
        [first, ..] => (first, by_name(paths, given)?),
    };
    let name = name(first, options);
    let about = About {
        title: format!("{name}, imported from long tables"),
        name,
        base_date: base_date(first, options)?,
        border: options.services.clone().map(Border::Services),
        default_elasticities: None,
        negative_inputs: false,
        elasticity_sources: Vec::new(),
        sources: Vec::new(),
        notes: vec!["Imported as given; nothing was balanced.".to_owned()],
        carved: Vec::new(),
    };
    Ok(Imported { world: assemble(about, &tables)?, totals: Vec::new(), balance: BalanceReport::default() })
}

fn by_name(paths: &[PathBuf], given: Given) -> Result<Tables, WorldError> {
    let kinds = [
        ("flows", TableKind::Flows),
        ("tariffs", TableKind::Tariffs),
        ("io", TableKind::Io),
        ("sectors", TableKind::Sectors),
        ("regions", TableKind::Regions),
        ("final", TableKind::Final),
    ];
    let mut found: [Option<Table>; 6] = Default::default();
    for path in paths {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let last = stem.rsplit(['_', '-']).next().unwrap_or_default();
        let Some(at) = kinds.iter().position(|(table, _)| *table == last) else {
            return Err(WorldError::UnknownName {
                what: "table",
                asked: stem.clone(),
                nearest: None,
                known: "flows, tariffs, io, sectors, regions, final".to_owned(),
            });
        };
        if found[at].is_some() {
            return Err(WorldError::TableTwice {
                place: "import long".to_owned(),
                table: kinds[at].0.to_owned(),
            });
        }
        found[at] = Some(store::read_named(path, kinds[at].1)?);
    }
    let [flows, tariffs, io, sectors, regions, shares] = found;
    let needed = |table: Option<Table>, name: &str| {
        table.ok_or_else(|| WorldError::MissingTable {
            place: "import long".to_owned(),
            table: name.to_owned(),
        })
    };
    Ok(Tables {
        flows: needed(flows, "flows")?,
        tariffs: given.tariffs.or(tariffs),
        io,
        sectors: needed(given.sectors.or(sectors), "sectors")?,
        regions,
        shares,
    })
}
