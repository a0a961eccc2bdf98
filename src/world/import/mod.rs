//! Worlds from the original files of others.
//!
//! | importer   | reads                                                        |
//! |------------|--------------------------------------------------------------|
//! | [`long`]   | the tables of `store.rs`, without `world.toml`               |
//! | [`icio`]   | OECD inter-country input-output CSV, editions 2021, 2023, 2025 |
//! | [`wiod`]   | WIOD 2016 release workbooks, `.xlsb` or `.xlsx`              |
//! | [`pymrio`] | a folder saved by the Python package pymrio                  |
//!
//! The last three hold intermediate use by origin; what a world keeps of it is
//! said in [`inter_country`].

pub mod icio;
pub mod inter_country;
pub mod long;
pub mod pymrio;
pub mod wiod;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::World;
use super::balance::BalanceReport;
use super::check::Identity;
use super::error::{WorldError, nearest_name};

/// What a file does not say about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Short name of the world; the file's stem if not given.
    pub name: Option<String>,
    /// Base year; read from the file's name if not given.
    pub year: Option<i16>,
    /// A `tariffs` table (CSV or Parquet); no tariffs if not given.
    pub tariffs: Option<PathBuf>,
    /// A `sectors` table with elasticities; theta = 4 everywhere if not given.
    pub sectors: Option<PathBuf>,
    /// Codes of services; by the codes of the classification if not given.
    pub services: Option<Vec<String>>,
}

/// A world and what was done to make it one.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The world.
    pub world: World,
    /// The file's own totals against its cells.
    pub totals: Vec<Identity>,
    /// What netting and scaling changed.
    pub balance: BalanceReport,
}

/// Formats that [`import`] knows.
pub const FORMATS: [&str; 4] = ["icio", "wiod", "long", "pymrio"];

/// Base years that an import accepts; anything else is a slip of the pen.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Imports by the name of a format.
///
/// `long` takes a folder, or the files of its tables; the others one path.
///
/// # Errors
/// [`WorldError::UnknownName`] for another format; every error of the importer.
pub fn import(format: &str, paths: &[PathBuf], options: &ImportOptions) -> Result<Imported, WorldError> {
    let one = || match paths {
        [path] => Ok(path.as_path()),
        _ => Err(WorldError::Description {
            file: format!("import {format}"),
            reason: format!("takes one path, got {}", paths.len()),
        }),
    };
    match format {
        "icio" => icio::import(one()?, options),
        "wiod" => wiod::import(one()?, options),
        "pymrio" => pymrio::import(one()?, options),
        "long" => long::import(paths, options),
        other => Err(WorldError::UnknownName {
            what: "import format",
            asked: other.to_owned(),
            nearest: nearest_name(other, &FORMATS),
            known: FORMATS.join(", "),
        }),
    }
}

/// The name of a world: what was asked for, or the stem of the path.
fn name(path: &Path, options: &ImportOptions) -> String {
    options.name.clone().unwrap_or_else(|| {
        path.file_stem().map_or_else(|| "world".to_owned(), |stem| stem.to_string_lossy().into_owned())
    })
}

/// The middle of the base year: what was asked for, or the last year in the file's name.
fn base_date(path: &Path, options: &ImportOptions) -> Result<Date, WorldError> {
    let wrong = |reason: String| WorldError::Description { file: path.display().to_string(), reason };
    if let Some(year) = options.year.filter(|year| !YEARS.contains(year)) {
        let (first, last) = YEARS.into_inner();
        return Err(wrong(format!("the base year {year} is not between {first} and {last}")));
    }
    let stem = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let in_name = || {
        stem.split(|c: char| !c.is_ascii_digit())
            .filter(|digits| digits.len() == 4)
            .filter_map(|digits| digits.parse::<i16>().ok())
            .rfind(|year| (1960..2100).contains(year))
    };
    options
        .year
        .or_else(in_name)
        .and_then(|year| Date::new(year, 7, 1).ok())
        .ok_or_else(|| wrong("the name does not say the year: give the base year".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_is_the_last_in_the_name() {
        let year = |name: &str| base_date(Path::new(name), &ImportOptions::default()).unwrap().year();
        assert_eq!(year("ICIO2021_2018.csv"), 2018);
        assert_eq!(year("2019_SML.csv"), 2019);
        assert_eq!(year("WIOT2014_Nov16_ROW.xlsb"), 2014);
        assert_eq!(
            base_date(Path::new("table.csv"), &ImportOptions::default()).unwrap_err().to_string(),
            "`table.csv`: the name does not say the year: give the base year"
        );
        for year in [-5, 1899, 2101, 20000] {
            let options = ImportOptions { year: Some(year), ..ImportOptions::default() };
            assert_eq!(
                base_date(Path::new("2018.csv"), &options).unwrap_err().to_string(),
                format!("`2018.csv`: the base year {year} is not between 1900 and 2100")
            );
        }
    }
}
