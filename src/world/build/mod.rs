//! The shipped worlds, made from their sources.
//!
//! `from` is a folder with `data/` in it, which holds the source tables as
//! Parquet or CSV; `DATA-LICENSES.md` says where each comes from. Building twice gives
//! the same bytes.

pub mod cp2015;
pub mod icio_2019_g20;
pub mod icio_2022;
pub mod liberation2025;
pub mod ll2014;
mod names;
pub mod ossa2014;
mod people;

pub use names::ECONOMIES;

use std::path::Path;

use super::World;
use super::balance::BalanceReport;
use super::error::{CellProblem, WorldError, nearest_name};
use super::store::{self, Existing, read_if_there};
use super::table::{Layout, Table};

/// A world made from its sources.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    /// The world.
    pub world: World,
    /// What balancing changed.
    pub balance: BalanceReport,
    /// Files beside those of the world: `BALANCE.md`, further tariff tables.
    pub more: Vec<(String, Vec<u8>)>,
}

impl Built {
    /// All files of the world's folder: names and contents.
    ///
    /// # Errors
    /// If a table cannot be encoded.
    pub fn files(&self) -> Result<Vec<(String, Vec<u8>)>, WorldError> {
        let mut files = store::encode(&self.world)?;
        files.extend(self.more.iter().cloned());
        Ok(files)
    }

    /// Writes the folder, all or nothing.
    ///
    /// # Errors
    /// Every error of [`store::save`].
    pub fn save(&self, folder: &Path, existing: Existing) -> Result<(), WorldError> {
        store::save(&self.world, folder, existing, &self.more)
    }
}

/// Builds a world that ships, by its name.
///
/// # Errors
/// [`WorldError::UnknownName`], a source that is missing or has another layout.
pub fn build(name: &str, from: &Path) -> Result<Built, WorldError> {
    match name {
        "icio-2022" => icio_2022::build(from),
        "icio-2019-g20" => icio_2019_g20::build(from),
        "cp2015" => cp2015::build(from),
        "liberation2025" => liberation2025::build(from),
        "ll2014" => ll2014::build(from),
        "ossa2014" => ossa2014::build(from),
        other => Err(WorldError::UnknownName {
            what: "world to build",
            asked: other.to_owned(),
            nearest: nearest_name(other, &super::shipped_names()),
            known: super::shipped_names().join(", "),
        }),
    }
}

/// Reads a source table below `from/data`.
fn source(from: &Path, file: &str, text: &[&str], number: &[&str]) -> Result<Table, WorldError> {
    let path = from.join("data").join(file);
    let content = read_if_there(&path)?.ok_or_else(|| WorldError::MissingFile {
        place: from.display().to_string(),
        file: format!("data/{file}"),
        help: "name the folder that has `data/` with the source tables in it".to_owned(),
    })?;
    let (required, optional): (Vec<&str>, Vec<&str>) = number.iter().partition(|name| !name.ends_with('*'));
    let layout = Layout { text, number: &required, optional_text: &[], optional_number: &optional };
    Table::read(&path.display().to_string(), content, &layout)
}

/// A number column.
fn values<'a>(table: &'a Table, column: &str) -> Result<&'a [f64], WorldError> {
    table.number(column).ok_or_else(|| missing(table, column))
}

/// A text column, row by row.
fn texts<'a>(table: &'a Table, column: &str) -> Result<Vec<&'a str>, WorldError> {
    let text = table.text(column).ok_or_else(|| missing(table, column))?;
    Ok((0..table.rows()).map(|row| text.get(row)).collect())
}

/// A number column of positions below `len`.
fn positions(table: &Table, column: &str, len: usize) -> Result<Vec<usize>, WorldError> {
    let mut problems = Vec::new();
    let found = values(table, column)?
        .iter()
        .enumerate()
        .map(|(row, value)| {
            if value.fract() != 0.0 || *value < 0.0 || *value >= len as f64 {
                problems.push(CellProblem {
                    row: table.row_number(row),
                    column: column.to_owned(),
                    what: format!("`{value}` is not a position below {len}"),
                });
            }
            *value as usize
        })
        .collect();
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(WorldError::Table { file: table.file().to_owned(), problems })
    }
}

fn missing(table: &Table, column: &str) -> WorldError {
    WorldError::Header {
        file: table.file().to_owned(),
        expected: format!("`{column}`"),
        found: table.column_names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}

/// Labels from codes and a list of names.
fn labels(file: &Table, codes: &[&str], names: &[(&str, &str)]) -> Result<super::labels::Labels, WorldError> {
    let name = |code: &str| names.iter().find(|(c, _)| *c == code).map_or("", |(_, name)| name);
    super::labels::Labels::new(codes.iter().map(|code| (*code, name(code))))
        .map_err(|e| WorldError::Description { file: file.file().to_owned(), reason: e.to_string() })
}
