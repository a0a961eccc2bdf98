//! The worlds inside the program, and how a name or a path becomes a world.

use std::path::Path;

use super::World;
use super::arrays;
use super::error::{WorldError, nearest_name};
use super::store::{self, Folder, TableKind};
use super::table::Layout;

type Files = &'static [(&'static str, &'static [u8])];

macro_rules! files {
    ($folder:literal: $($file:literal),+ $(,)?) => {
        &[$(($file, include_bytes!(concat!("../../data/", $folder, "/", $file)) as &[u8])),+]
    };
}

const WORLDS: [(&str, Files); 6] = [
    (
        "icio-2022",
        files!("worlds/icio-2022": "world.toml", "regions.parquet", "sectors.parquet",
            "flows.parquet", "tariffs.parquet", "io.parquet"),
    ),
    (
        "icio-2019-g20",
        files!("worlds/icio-2019-g20": "world.toml", "regions.parquet", "sectors.parquet",
            "flows.parquet", "io.parquet"),
    ),
    (
        "cp2015",
        files!("replications/cp2015": "world.toml", "regions.parquet", "sectors.parquet",
            "flows.parquet", "tariffs.parquet", "io.parquet", "final.parquet",
            "tariffs_2005.parquet"),
    ),
    (
        "liberation2025",
        files!("replications/liberation2025": "world.toml", "regions.parquet", "sectors.parquet",
            "flows.parquet", "countries.parquet", "us_tariffs.parquet"),
    ),
    (
        "ll2014",
        files!("replications/ll2014": "world.toml", "regions.parquet", "sectors.parquet",
            "flows.parquet", "tariffs.parquet", "flows_raw.parquet"),
    ),
    (
        "ossa2014",
        files!("replications/ossa2014": "world.toml", "regions.parquet", "sectors.parquet",
            "flows.parquet", "tariffs.parquet", "flows_raw.parquet", "political.parquet"),
    ),
];

/// Names of the worlds that ship; the first is the default.
pub fn shipped_names() -> Vec<&'static str> {
    WORLDS.iter().map(|(name, _)| *name).collect()
}

fn embedded(name: &str) -> Option<Folder> {
    WORLDS.iter().find(|(known, _)| *known == name).map(|(name, files)| Folder::Embedded { name, files })
}

fn unknown(name: &str) -> WorldError {
    WorldError::UnknownWorld {
        asked: name.to_owned(),
        nearest: nearest_name(name, &shipped_names()),
        shipped: shipped_names().join(", "),
    }
}

impl World {
    /// A world that ships.
    ///
    /// # Errors
    /// [`WorldError::UnknownWorld`] with the names that exist.
    pub fn shipped(name: &str) -> Result<Self, WorldError> {
        store::load(&embedded(name).ok_or_else(|| unknown(name))?)
    }

    /// A world in a folder.
    ///
    /// # Errors
    /// Every [`WorldError`] of reading.
    pub fn load(folder: &Path) -> Result<Self, WorldError> {
        store::load(&Folder::Disk(folder.to_owned()))
    }

    /// A shipped world by its name, or else the world in the folder of that path.
    ///
    /// # Errors
    /// [`WorldError::UnknownWorld`] if it is neither; every error of reading.
    pub fn open(name_or_path: &str) -> Result<Self, WorldError> {
        match embedded(name_or_path) {
            Some(folder) => store::load(&folder),
            None if Path::new(name_or_path).is_dir() => Self::load(Path::new(name_or_path)),
            None => Err(unknown(name_or_path)),
        }
    }

    /// Another tariff table of a shipped world, `[sector, importer, exporter]`.
    ///
    /// `cp2015` has `tariffs_2005`, `liberation2025` has `us_tariffs`.
    ///
    /// # Errors
    /// [`WorldError::UnknownWorld`] or [`WorldError::MissingTable`].
    pub fn shipped_tariffs(name: &str, table: &str) -> Result<Vec<f64>, WorldError> {
        let folder = embedded(name).ok_or_else(|| unknown(name))?;
        store::load(&folder)?.tariffs_in(&folder, table)
    }

    /// A number of every region from a table beside those of a shipped world,
    /// `[region]`; 0 for a region without a row.
    ///
    /// `liberation2025` has `countries` with `gdp_musd`, `distribution_share` and
    /// `european_union`.
    ///
    /// # Errors
    /// [`WorldError::UnknownWorld`], [`WorldError::MissingTable`],
    /// [`WorldError::Header`], or a region that is not in the world.
    pub fn shipped_column(name: &str, table: &str, column: &str) -> Result<Vec<f64>, WorldError> {
        let folder = embedded(name).ok_or_else(|| unknown(name))?;
        let layout =
            Layout { text: &["region"], number: &[column], optional_text: &[], optional_number: &["*"] };
        let found = folder
            .table(table, &layout)?
            .ok_or_else(|| WorldError::MissingTable { place: name.to_owned(), table: table.to_owned() })?;
        arrays::by_region(&found, &store::load(&folder)?.regions, column)
    }

    /// A number of every sector of every region from a table beside those of a
    /// shipped world, `[sector, region]`; 0 for a pair without a row.
    ///
    /// `ossa2014` has `political` with `weight` and `target_tariff`.
    ///
    /// # Errors
    /// [`WorldError::UnknownWorld`], [`WorldError::MissingTable`],
    /// [`WorldError::Header`], or a code that is not in the world.
    pub fn shipped_sectors(name: &str, table: &str, column: &str) -> Result<Vec<f64>, WorldError> {
        let folder = embedded(name).ok_or_else(|| unknown(name))?;
        let layout = Layout {
            text: &["sector", "region"],
            number: &[column],
            optional_text: &[],
            optional_number: &["*"],
        };
        let found = folder
            .table(table, &layout)?
            .ok_or_else(|| WorldError::MissingTable { place: name.to_owned(), table: table.to_owned() })?;
        let world = store::load(&folder)?;
        arrays::by_sector(&found, &world.sectors, &world.regions, column)
    }

    /// Other flows of a shipped world, million USD before tariffs,
    /// `[sector, importer, exporter]`.
    ///
    /// `ll2014` and `ossa2014` have `flows_raw`, before trade imbalances were purged.
    ///
    /// # Errors
    /// [`WorldError::UnknownWorld`], [`WorldError::MissingTable`], or what is
    /// wrong in the table.
    pub fn shipped_flows(name: &str, table: &str) -> Result<Vec<f64>, WorldError> {
        let folder = embedded(name).ok_or_else(|| unknown(name))?;
        let world = store::load(&folder)?;
        let found = folder
            .table(table, TableKind::Flows.layout())?
            .ok_or_else(|| WorldError::MissingTable { place: name.to_owned(), table: table.to_owned() })?;
        arrays::flows(&found, &world.sectors, &world.regions)
    }

    /// A tariff table beside the tables of this world, `[sector, importer, exporter]`.
    ///
    /// # Errors
    /// [`WorldError::MissingTable`], or what is wrong in the table.
    pub fn tariffs_in(&self, folder: &Folder, table: &str) -> Result<Vec<f64>, WorldError> {
        let found = folder
            .table(table, TableKind::Tariffs.layout())?
            .ok_or_else(|| WorldError::MissingTable { place: self.name.clone(), table: table.to_owned() })?;
        arrays::tariffs(&found, &self.sectors, &self.regions)
    }

    /// A tariff table in a file of its own, CSV or Parquet, with the columns of `tariffs`.
    ///
    /// # Errors
    /// What is wrong in the table, cell by cell.
    pub fn read_tariffs(&self, file: &Path) -> Result<Vec<f64>, WorldError> {
        let table = store::read_named(file, TableKind::Tariffs)?;
        arrays::tariffs(&table, &self.sectors, &self.regions)
    }
}
