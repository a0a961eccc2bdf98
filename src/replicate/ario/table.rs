//! Tables of the cases: ours by a formula, the others from files.
//!
//! WIOD: the five final uses of a country are summed, negative sums set to zero;
//! output is the sum of the row. Labels are the files' own, region-major.

use std::path::Path as FilePath;

use super::{Case, CaseError};
use crate::network::Graph;
use crate::world::table::{Layout, Table as Cells};

/// A table with its labels, region-major.
pub struct LabelledTable {
    /// Region and sector of each industry, `[node]`.
    pub labels: Vec<(String, String)>,
    /// The table as a graph.
    pub graph: Graph,
}

impl LabelledTable {
    /// Position of an industry.
    ///
    /// # Errors
    /// [`CaseError::Industry`].
    pub fn find(&self, region: &str, sector: &str) -> Result<usize, CaseError> {
        let found = self.labels.iter().position(|(r, s)| r == region && s == sector);
        found.ok_or_else(|| {
            let known = self.labels.iter().any(|(r, _)| r == region);
            let names: Vec<&str> = match known {
                true => self.labels.iter().filter(|(r, _)| r == region).map(|(_, s)| s.as_str()).collect(),
                false => self.regions(),
            };
            let what = if known { "sectors of the region" } else { "regions" };
            let (region, sector) = (region.to_owned(), sector.to_owned());
            CaseError::Industry { region, sector, hint: format!("{what}: {}", names.join(", ")) }
        })
    }

    fn regions(&self) -> Vec<&str> {
        let mut regions: Vec<&str> = self.labels.iter().map(|(region, _)| region.as_str()).collect();
        regions.dedup();
        regions
    }

    /// Group of a sector.
    pub(super) fn group(&self, sector: &str) -> Result<usize, CaseError> {
        let region = self.labels.first().map_or("", |label| label.0.as_str());
        Ok(self.graph.group[self.find(region, sector)?] as usize)
    }
}

/// The small table that ships, 4 regions × 5 sectors, millions a year:
///
/// ```text
/// Z[i,j] = ((7 i + 11 j + i j) mod 13) · (8 if in one region, else 1)
/// Y[i]   = 200 + 10 (5 i mod 17)
/// ```
///
/// Industry 18 (Dland, metals) neither sells nor buys.
///
/// # Errors
/// None: the flows are finite.
pub fn own_table() -> Result<LabelledTable, CaseError> {
    const REGIONS: [&str; 4] = ["Aland", "Bland", "Cland", "Dland"];
    const SECTORS: [&str; 5] = ["energy", "food", "goods", "metals", "services"];
    const IDLE: usize = 18;
    let labels: Vec<(String, String)> = REGIONS
        .iter()
        .flat_map(|region| SECTORS.iter().map(|sector| ((*region).to_owned(), (*sector).to_owned())))
        .collect();
    let n = labels.len();
    let cell = |i: usize, j: usize| match i == IDLE || j == IDLE {
        true => 0.0,
        false => ((7 * i + 11 * j + i * j) % 13 * if i / 5 == j / 5 { 8 } else { 1 }) as f64,
    };
    let use_: Vec<f64> = (0..n * n).map(|at| cell(at / n, at % n)).collect();
    let sales: Vec<f64> =
        (0..n).map(|i| if i == IDLE { 0.0 } else { (200 + 10 * (5 * i % 17)) as f64 }).collect();
    Ok(LabelledTable { labels, graph: Graph::of_table(SECTORS.len(), &use_, &sales)? })
}

/// Table of a case; `data` is the folder of `--data`.
///
/// # Errors
/// [`CaseError`] says which file is missing or wrong.
pub fn table(case: Case, data: Option<&FilePath>) -> Result<LabelledTable, CaseError> {
    let data = || data.ok_or(CaseError::NoData { case: case.name() });
    match case {
        Case::Own => own_table(),
        Case::TestA | Case::TestB | Case::TestC => test_table(case, data()?),
        Case::Wiod2011 => wiod_table(case, data()?),
    }
}

pub(super) fn read(case: Case, file: &FilePath) -> Result<Vec<u8>, CaseError> {
    std::fs::read(file).map_err(|problem| CaseError::File {
        case: case.name(),
        file: file.display().to_string(),
        problem: problem.to_string(),
    })
}

/// Rows of a CSV with a header of labels and a label before each row.
pub(super) struct Labelled {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<(String, Vec<f64>)>,
}

pub(super) fn labelled(file: &str, text: &str) -> Result<Labelled, CaseError> {
    let wrong = |line: usize, problem: String| CaseError::Line { file: file.to_owned(), line, problem };
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let header = lines.next().map_or("", |(_, line)| line);
    let columns: Vec<String> = header.split(',').skip(1).map(|name| name.trim().to_owned()).collect();
    let mut rows = Vec::new();
    for (at, line) in lines {
        let mut cells = line.split(',').map(str::trim);
        let label = cells.next().unwrap_or_default().to_owned();
        let values: Result<Vec<f64>, CaseError> = cells
            .map(|cell| match cell.parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(value),
                _ => Err(wrong(at + 1, format!("`{cell}` is not a number"))),
            })
            .collect();
        let values = values?;
        if values.len() != columns.len() {
            let problem = format!("{} numbers under {} columns", values.len(), columns.len());
            return Err(wrong(at + 1, problem));
        }
        rows.push((label, values));
    }
    Ok(Labelled { columns, rows })
}

/// `region|sector`.
pub(super) fn split(file: &str, line: usize, label: &str) -> Result<(String, String), CaseError> {
    match label.split_once('|') {
        Some((region, sector)) => Ok((region.to_owned(), sector.to_owned())),
        None => Err(CaseError::Line {
            file: file.to_owned(),
            line,
            problem: format!("`{label}` is not a label: write region|sector"),
        }),
    }
}

fn test_table(case: Case, data: &FilePath) -> Result<LabelledTable, CaseError> {
    let folder = data.join("targets/boario/inputs");
    let open = |name: &str| -> Result<(String, Labelled), CaseError> {
        let file = folder.join(name);
        let text = String::from_utf8_lossy(&read(case, &file)?).into_owned();
        let name = file.display().to_string();
        Ok((name.clone(), labelled(&name, &text)?))
    };
    let (file, flows) = open("pymrio_test_Z.csv")?;
    let (final_file, finals) = open("pymrio_test_Y.csv")?;
    let labels: Vec<(String, String)> = flows
        .rows
        .iter()
        .enumerate()
        .map(|(at, (label, _))| split(&file, at + 2, label))
        .collect::<Result<_, _>>()?;
    for (at, (label, _)) in flows.rows.iter().enumerate() {
        let (column, end) = (flows.columns.get(at), finals.rows.get(at).map(|row| &row.0));
        if column != Some(label) || end != Some(label) || flows.columns.len() != labels.len() {
            let file = if column == Some(label) { &final_file } else { &file };
            let problem = format!("row {label} has not its place among rows and columns");
            return Err(CaseError::Line { file: file.clone(), line: at + 2, problem });
        }
    }
    let sectors = labels.iter().filter(|label| label.0 == labels[0].0).count();
    let use_: Vec<f64> = flows.rows.into_iter().flat_map(|row| row.1).collect();
    let sales: Vec<f64> = finals.rows.iter().map(|row| row.1.iter().sum()).collect();
    Ok(LabelledTable { graph: Graph::of_table(sectors, &use_, &sales)?, labels })
}

/// Uses of a country in the final columns of WIOD.
const FINAL_USES: usize = 5;

fn wiod_table(case: Case, data: &FilePath) -> Result<LabelledTable, CaseError> {
    let folder = data.join("data/wiod2013");
    let open = |name: &str, layout: &Layout<'_>| -> Result<Cells, CaseError> {
        let file = folder.join(name);
        Ok(Cells::read(&file.display().to_string(), read(case, &file)?.into(), layout)?)
    };
    let none = Layout { text: &[], number: &[], optional_text: &[], optional_number: &[] };
    let names =
        Layout { text: &["country", "industry"], number: &["idx"], optional_number: &["output_*"], ..none };
    let names = open("output.parquet", &names)?;
    let cells = open("wiot_2011.parquet", &Layout { number: &["row", "col", "value"], ..none })?;
    // `read` has checked that these columns are there.
    let text = |name| names.text(name).into_iter().flat_map(|t| (0..names.rows()).map(|row| t.get(row)));
    let labels: Vec<(String, String)> =
        text("country").zip(text("industry")).map(|(r, s)| (r.to_owned(), s.to_owned())).collect();
    let n = labels.len();
    let sectors = labels.iter().filter(|label| label.0 == labels[0].0).count();
    let regions = n / sectors.max(1);
    let number = |name| cells.number(name).unwrap_or_default();
    let (mut use_, mut finals) = (vec![0.0; n * n], vec![0.0; n * regions]);
    for (line, ((row, col), value)) in
        number("row").iter().zip(number("col")).zip(number("value")).enumerate()
    {
        let (row, col) = (*row as usize, *col as usize);
        if row >= n || col >= n + regions * FINAL_USES {
            let file = folder.join("wiot_2011.parquet").display().to_string();
            let problem = format!("cell {row}, {col} lies outside a table of {n} industries");
            return Err(CaseError::Line { file, line: line + 1, problem });
        }
        match col.checked_sub(n) {
            None => use_[row * n + col] += value,
            Some(column) => finals[row * regions + column / FINAL_USES] += value,
        }
    }
    let sales: Vec<f64> =
        finals.chunks(regions).map(|row| row.iter().map(|cell| cell.max(0.0)).sum()).collect();
    Ok(LabelledTable { graph: Graph::of_table(sectors, &use_, &sales)?, labels })
}
