//! World Input-Output Database, 2016 release: `WIOT2014_Nov16_ROW.xlsb` and its like.
//!
//! The first sheet has four header rows (industry code, description, country,
//! column number `c1`, `c2` …) and four header columns (code, description,
//! country, row number `r1`, `r2` …). Columns whose code is no industry are
//! final uses. Rows and columns of the country `TOT` are totals: `II_fob` is
//! the sum of inputs, `GO` is output, the rows between them are taxes,
//! adjustments, value added and transport margins.

use std::path::Path;

use calamine::{Data, Range, Reader, open_workbook_auto};

use super::inter_country::{InterCountry, Origin, Totals};
use super::{ImportOptions, Imported, base_date, name};
use crate::world::Source;
use crate::world::error::{CellProblem, WorldError};
use crate::world::labels::{BadLabel, Labels};

const TOTAL: &str = "TOT";
const OUTPUT: &str = "GO";
const INPUTS: &str = "II_fob";
/// The header is in the first rows.
const HEADER_ROWS: u32 = 12;

/// Imports a workbook.
///
/// # Errors
/// [`WorldError::Workbook`] for another layout, every cell that is no number,
/// [`WorldError::DoesNotAddUp`], [`WorldError::CannotBalance`].
pub fn import(path: &Path, options: &ImportOptions) -> Result<Imported, WorldError> {
    let file = path.display().to_string();
    let base_date = base_date(path, options)?;
    let unreadable = |reason: String| WorldError::Workbook { file: file.clone(), reason };
    let mut book = open_workbook_auto(path).map_err(|e| unreadable(e.to_string()))?;
    let sheet = book
        .worksheet_range_at(0)
        .ok_or_else(|| unreadable("it has no sheet".to_owned()))?
        .map_err(|e| unreadable(e.to_string()))?;
    let (top, left) = corner(&sheet).ok_or_else(|| {
        unreadable(
            "expected the layout of the 2016 release: column numbers `c1`, `c2` … in the fourth header row and row \
             numbers `r1`, `r2` … in the fourth column"
                .to_owned(),
        )
    })?;
    let (bottom, right) = sheet.end().unwrap_or_default();
    let text = |row: u32, column: u32| -> String {
        sheet.get_value((row, column)).map(|cell| cell.to_string().trim().to_owned()).unwrap_or_default()
    };
    // Four header rows end at `top`, four header columns at `left`.
    let row_label = |row: u32| (text(row, left - 3), text(row, left - 1));
    let column_label = |column: u32| (text(top - 3, column), text(top - 1, column));

    let mut regions: Vec<String> = Vec::new();
    let mut industries: Vec<(String, String)> = Vec::new();
    for row in top + 1..=bottom {
        let (code, country) = row_label(row);
        if country.is_empty() || country == TOTAL {
            continue;
        }
        if !regions.contains(&country) {
            regions.push(country);
        }
        if !industries.iter().any(|(known, _)| *known == code) {
            industries.push((code, text(row, left - 2)));
        }
    }
    let twice = |e: BadLabel| unreadable(e.to_string());
    let goods = industries.iter().map(|(code, _)| code.starts_with(['A', 'B', 'C'])).collect();
    let mut table = InterCountry::new(
        Labels::new(regions.iter().map(|code| (code.as_str(), ""))).map_err(twice)?,
        Labels::new(industries).map_err(twice)?,
    );
    let j = table.sectors().len();
    let mut output = vec![0.0; regions.len() * j];
    let mut other_payments = vec![0.0; regions.len() * j];
    let mut problems = Vec::new();
    let columns: Vec<(u32, usize, Option<usize>)> = (left + 1..=right)
        .filter_map(|column| {
            let (code, country) = column_label(column);
            let region = table.regions().find(&country).ok()?;
            Some((column, region, table.sectors().find(&code).ok()))
        })
        .collect();
    for row in top + 1..=bottom {
        let (code, country) = row_label(row);
        if country.is_empty() {
            continue;
        }
        let origin = table.regions().find(&country).ok().zip(table.sectors().find(&code).ok());
        for (column, region, sector) in &columns {
            let value = match number(sheet.get_value((row, *column))) {
                Ok(value) => value,
                Err(what) => {
                    let column = text(top, *column);
                    problems.push(CellProblem { row: row as usize + 1, column, what });
                    continue;
                }
            };
            match (origin, sector) {
                (Some((exporter, input)), Some(sector)) => {
                    table.add_use(exporter, input, *region, *sector, value);
                }
                (Some((exporter, good)), None) => table.add_final(exporter, good, *region, value),
                (None, Some(sector)) if code == OUTPUT => output[region * j + sector] += value,
                (None, Some(sector)) if code != INPUTS => other_payments[region * j + sector] += value,
                _ => {}
            }
        }
    }
    if !problems.is_empty() {
        return Err(WorldError::Table { file, problems });
    }
    let name = name(path, options);
    let origin = Origin {
        title: format!("{name}, from the World Input-Output Database, 2016 release"),
        name,
        file: file.clone(),
        base_date,
        source: Source {
            of: "trade flows, input shares and value added".to_owned(),
            citation: "M. Timmer, E. Dietzenbacher, B. Los, R. Stehrer and G. de Vries (2015), An Illustrated User \
                       Guide to the World Input-Output Database, Review of International Economics 23, 575-605; \
                       2016 release"
                .to_owned(),
            terms: "Creative Commons Attribution 4.0, as stated by the GGDC for the WIOD releases; check the page \
                    you took the file from"
                .to_owned(),
        },
        goods,
        notes: vec![format!(
            "Read {} regions and {j} industries. Taxes, adjustments and transport margins paid by industries count as \
             value added. Final uses are summed.",
            regions.len()
        )],
    };
    let totals = Totals { output: Some(output), other_payments: Some(other_payments) };
    table.into_world(origin, &totals, options)
}

/// Row of the column numbers and column of the row numbers.
fn corner(sheet: &Range<Data>) -> Option<(u32, u32)> {
    let (bottom, right) = sheet.end()?;
    let is = |row, column, text: &str| {
        sheet.get_value((row, column)).is_some_and(|cell| cell.to_string().trim() == text)
    };
    for row in 3..=HEADER_ROWS.min(bottom) {
        for column in 4..=HEADER_ROWS.min(right) {
            if is(row, column, "c1") && (row + 1..=row + 3).any(|below| is(below, column - 1, "r1")) {
                return Some((row, column - 1));
            }
        }
    }
    None
}

fn number(cell: Option<&Data>) -> Result<f64, String> {
    match cell {
        None | Some(Data::Empty) => Ok(0.0),
        Some(Data::Float(value)) if value.is_finite() => Ok(*value),
        Some(Data::Int(value)) => Ok(*value as f64),
        Some(other) => Err(format!("`{other}` is not a number")),
    }
}
