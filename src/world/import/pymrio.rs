//! A folder saved by the Python package pymrio (`save_all`, `save`).
//!
//! `file_parameters.json` names the files of `Z` (intermediate use) and `Y`
//! (final use); both are tab-separated text with two header rows
//! (region and sector, region and category) and two index columns, or Parquet
//! whose columns are called `('region', 'sector')`. Values are taken as million
//! USD; pymrio keeps no factor payments in these two, so value added is what
//! inputs leave of output. Every sector is a good unless the options name
//! services: the codes say nothing.

use std::path::Path;

use super::inter_country::{InterCountry, Origin, Totals};
use super::{ImportOptions, Imported, base_date, name};
use crate::world::Source;
use crate::world::error::{CellProblem, WorldError};
use crate::world::labels::{BadLabel, Labels};
use crate::world::store::read_if_there;
use crate::world::table::{Layout, Table};

const PARAMETERS: &str = "file_parameters.json";
const PARQUET: Layout<'_> =
    Layout { text: &["region", "sector"], number: &[], optional_text: &[], optional_number: &["*"] };

/// A table with two labels a row and two a column.
struct Block {
    file: String,
    rows: Vec<(String, String)>,
    columns: Vec<(String, String)>,
    /// `[row, column]`.
    values: Vec<f64>,
}

/// Imports a folder.
///
/// # Errors
/// A missing file, another layout, every cell that is no number,
/// [`WorldError::CannotBalance`].
pub fn import(folder: &Path, options: &ImportOptions) -> Result<Imported, WorldError> {
    let base_date = base_date(folder, options)?;
    let uses = block(folder, "Z")?;
    let finals = block(folder, "Y")?;
    let description = |file: &str, reason: String| WorldError::Description { file: file.to_owned(), reason };
    if uses.rows != uses.columns {
        return Err(description(&uses.file, "its rows and columns are not the same industries".to_owned()));
    }
    if finals.rows != uses.rows {
        return Err(description(&finals.file, format!("its rows are not the industries of `{}`", uses.file)));
    }
    let distinct = |labels: Vec<&String>| -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for label in labels {
            if !found.contains(label) {
                found.push(label.clone());
            }
        }
        found
    };
    let regions = distinct(uses.rows.iter().map(|(region, _)| region).collect());
    let sectors = distinct(uses.rows.iter().map(|(_, sector)| sector).collect());
    let twice = |e: BadLabel| description(&uses.file, e.to_string());
    let recoded = regions.iter().chain(&sectors).any(|label| code(label) != *label);
    let coded = |found: Vec<String>| Labels::new(found.into_iter().map(|label| (code(&label), label)));
    let mut table = InterCountry::new(coded(regions).map_err(twice)?, coded(sectors).map_err(twice)?);
    let place = |(region, sector): &(String, String)| -> Result<(usize, usize), WorldError> {
        let unknown = |e: crate::world::labels::UnknownLabel| description(&uses.file, e.to_string());
        Ok((
            table.regions().find(&code(region)).map_err(unknown)?,
            table.sectors().find(&code(sector)).map_err(unknown)?,
        ))
    };
    let nodes: Vec<(usize, usize)> = uses.rows.iter().map(place).collect::<Result<_, _>>()?;
    let buyers: Vec<usize> = finals
        .columns
        .iter()
        .map(|(region, _)| {
            table.regions().find(&code(region)).map_err(|e| description(&finals.file, e.to_string()))
        })
        .collect::<Result<_, _>>()?;
    for (row, (exporter, good)) in nodes.iter().enumerate() {
        for (column, (importer, sector)) in nodes.iter().enumerate() {
            let value = uses.values[row * nodes.len() + column];
            table.add_use(*exporter, *good, *importer, *sector, value);
        }
        for (column, importer) in buyers.iter().enumerate() {
            table.add_final(*exporter, *good, *importer, finals.values[row * buyers.len() + column]);
        }
    }
    let j = table.sectors().len();
    let name = name(folder, options);
    let origin = Origin {
        title: format!("{name}, from a pymrio folder"),
        name,
        file: folder.display().to_string(),
        base_date,
        source: Source {
            of: "trade flows and input shares".to_owned(),
            citation: "the data set that the pymrio folder was made from: name it here".to_owned(),
            terms: "those of that data set".to_owned(),
        },
        goods: vec![true; j],
        notes: vec![
            "Values are taken as million USD; a table in another currency must be converted first."
                .to_owned(),
            "Final-use categories are summed. Value added is output less inputs.".to_owned(),
        ]
        .into_iter()
        .chain(recoded.then(|| {
            "Codes are the labels of the folder without commas and double quotes; the labels are the names."
                .to_owned()
        }))
        .collect(),
    };
    table.into_world(origin, &Totals::default(), options)
}

/// A label of the folder as a code: databases write whole sentences (`Vegetables, fruit, nuts`).
fn code(label: &str) -> String {
    let kept: String = label.chars().filter(|c| !matches!(c, ',' | '"') && !c.is_control()).collect();
    match kept.trim() {
        others if others.eq_ignore_ascii_case("others") => format!("{others}_"),
        code => code.to_owned(),
    }
}

fn block(folder: &Path, table: &str) -> Result<Block, WorldError> {
    let missing = |file: &str, help: &str| WorldError::MissingFile {
        place: folder.display().to_string(),
        file: file.to_owned(),
        help: help.to_owned(),
    };
    let parameters = folder.join(PARAMETERS);
    let text =
        read_if_there(&parameters)?.ok_or_else(|| missing(PARAMETERS, "a folder saved by pymrio has it"))?;
    let wrong = |reason: String| WorldError::Description { file: parameters.display().to_string(), reason };
    let known: serde_json::Value = serde_json::from_slice(&text).map_err(|e| wrong(e.to_string()))?;
    let entry = &known["files"][table];
    let file = entry["name"].as_str().ok_or_else(|| {
        wrong(format!("names no file for `{table}`; save the system with Z and Y (not only coefficients)"))
    })?;
    // pymrio writes the numbers of header rows and index columns as text.
    for (key, want) in [("nr_header", 2), ("nr_index_col", 2)] {
        let found = entry[key].as_str().map_or_else(|| entry[key].as_u64(), |text| text.parse().ok());
        if found.is_some_and(|found| found != want) {
            return Err(wrong(format!("`{key}` of `{table}` is {}, expected {want}", entry[key])));
        }
    }
    let content = read_if_there(&folder.join(file))?.ok_or_else(|| missing(file, ""))?;
    let block = if file.ends_with(".parquet") {
        from_parquet(&Table::read(file, content, &PARQUET)?)
    } else {
        from_text(file, &content)
    }?;
    if block.rows.is_empty() || block.columns.is_empty() {
        return Err(WorldError::Description {
            file: file.to_owned(),
            reason: "holds no table: expected two header rows, two index columns and numbers".to_owned(),
        });
    }
    Ok(block)
}

/// `('reg1', 'food')` as two labels.
fn pair(name: &str) -> Option<(String, String)> {
    let inner = name.strip_prefix('(')?.strip_suffix(')')?;
    let quote = inner.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let (first, rest) = inner[1..].split_once(quote)?;
    let second = rest.trim_start_matches(',').trim();
    let second = second.strip_prefix(['\'', '"'])?.strip_suffix(['\'', '"'])?;
    Some((first.to_owned(), second.to_owned()))
}

fn from_parquet(table: &Table) -> Result<Block, WorldError> {
    let names: Vec<&str> =
        table.column_names().filter(|name| !matches!(*name, "region" | "sector")).collect();
    let columns = names
        .iter()
        .map(|name| {
            pair(name).ok_or_else(|| WorldError::Header {
                file: table.file().to_owned(),
                expected: "`region`, `sector` and columns like `('reg1', 'food')`".to_owned(),
                found: format!("`{name}`"),
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let rows = match (table.text("region"), table.text("sector")) {
        (Some(regions), Some(sectors)) => {
            (0..table.rows()).map(|row| (regions.get(row).to_owned(), sectors.get(row).to_owned())).collect()
        }
        _ => Vec::new(),
    };
    let arrays: Vec<&[f64]> = names.iter().filter_map(|name| table.number(name)).collect();
    let values = (0..table.rows()).flat_map(|row| arrays.iter().map(move |array| array[row])).collect();
    Ok(Block { file: table.file().to_owned(), rows, columns, values })
}

fn from_text(file: &str, content: &[u8]) -> Result<Block, WorldError> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b'\t').has_headers(false).flexible(true).from_reader(content);
    let broken = |e: csv::Error| WorldError::Csv { file: file.to_owned(), reason: e.to_string() };
    let mut header: Vec<csv::StringRecord> = Vec::new();
    let mut block =
        Block { file: file.to_owned(), rows: Vec::new(), columns: Vec::new(), values: Vec::new() };
    let mut problems = Vec::new();
    for (line, record) in reader.records().enumerate() {
        let record = record.map_err(broken)?;
        if header.len() < 2 {
            header.push(record);
            if let [regions, codes] = &header[..] {
                block.columns = regions
                    .iter()
                    .zip(codes)
                    .skip(2)
                    .map(|(region, code)| (region.to_owned(), code.to_owned()))
                    .collect();
            }
            continue;
        }
        // A third header row may hold the names of the index columns only.
        if block.rows.is_empty() && record.iter().skip(2).all(str::is_empty) {
            continue;
        }
        let mut problem = |column: String, what: String| {
            problems.push(CellProblem { row: line + 1, column, what });
        };
        if record.len() != block.columns.len() + 2 {
            problem(
                String::new(),
                format!("has {} cells, expected {}", record.len(), block.columns.len() + 2),
            );
            continue;
        }
        block.rows.push((record[0].to_owned(), record[1].to_owned()));
        for (position, cell) in record.iter().skip(2).enumerate() {
            let value = cell.trim().parse::<f64>().ok().filter(|x| x.is_finite());
            if value.is_none() {
                let (region, code) = &block.columns[position];
                problem(format!("{region}, {code}"), format!("`{cell}` is not a number"));
            }
            block.values.push(value.unwrap_or_default());
        }
    }
    if problems.is_empty() { Ok(block) } else { Err(WorldError::Table { file: file.to_owned(), problems }) }
}
