//! ARIO as BoARIO 0.7.2 runs it: five cases, every industry, every day.
//!
//! | case | table | event |
//! |---|---|---|
//! | `own` | 4 regions × 5 sectors, by the formula of [`own_table`] | two capacities lost, then capital to rebuild |
//! | `test_A` | pymrio's test table, 6 × 8 | (reg1, food) loses 60 % of its capacity |
//! | `test_B` | the same | 40 % of the capital of (reg1, food) is destroyed and rebuilt |
//! | `test_C` | the same, base model | as `test_A`, concave recovery |
//! | `wiod2011` | WIOD, release of 2013, year 2011, 41 × 35 | China's c12 and c14 lose 40 % of their capacity |
//!
//! The own case ships with its path; the others need tables that do not, in a
//! folder with `targets/boario` and `data/wiod2013`. A path agrees where
//! `|x − x_ref| / x0 ≤ 1e-9` on every day for every industry of the reference.
//!
//! References are outputs of BoARIO 0.7.2 (S. Juhel, GPL-3); this
//! implementation is independent of it.

use std::path::Path as FilePath;

use crate::network::ario::{
    Ario, ArioError, Curve, Damage, Event, Model, Orders, Overproduction, PerGroup, Recovery, Rules,
};
use crate::network::graph::DAYS;
use crate::network::{Graph, GraphError};
use crate::world::error::WorldError;
use crate::world::table::{Layout, Table as Cells};

/// Largest allowed distance from the reference, as a share of undisturbed output.
pub const TOLERANCE: f64 = 1e-9;

/// Reference of the own case: outputs of BoARIO.
const OWN_REFERENCE: &str = include_str!("../../data/replications/ario-own/reference.csv");

/// Which case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Our own small table.
    Own,
    /// A capacity lost, stocks of a week.
    TestA,
    /// Capital destroyed and rebuilt.
    TestB,
    /// The base model with fixed orders.
    TestC,
    /// WIOD 2011.
    Wiod2011,
}

impl Case {
    /// All cases.
    pub const ALL: [Self; 5] = [Self::Own, Self::TestA, Self::TestB, Self::TestC, Self::Wiod2011];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::TestA => "test_A",
            Self::TestB => "test_B",
            Self::TestC => "test_C",
            Self::Wiod2011 => "wiod2011",
        }
    }
}

/// Why a case could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// A case whose table does not ship.
    #[error(
        "case {case} needs tables that do not ship: give the folder that holds `targets/boario` and \
         `data/wiod2013` with --data (case own needs none)"
    )]
    NoData {
        /// Its name.
        case: &'static str,
    },
    /// A file that is not there or cannot be read.
    #[error(
        "case {case} needs `{file}`, which cannot be read: {problem}. --data names the folder that holds \
         `targets/boario` and `data/wiod2013`"
    )]
    File {
        /// Name of the case.
        case: &'static str,
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// A file with a line that cannot be understood.
    #[error("{file}, line {line}: {problem}")]
    Line {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// An industry that the table does not have.
    #[error("the table has no industry {region}|{sector}: {hint}")]
    Industry {
        /// Region of the industry.
        region: String,
        /// Its sector.
        sector: String,
        /// What there is.
        hint: String,
    },
    /// A table that could not be read.
    #[error(transparent)]
    World(#[from] WorldError),
    /// A table that is no graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A run that could not begin or go on.
    #[error(transparent)]
    Ario(#[from] ArioError),
}

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
    fn group(&self, sector: &str) -> Result<usize, CaseError> {
        let region = self.labels.first().map_or("", |label| label.0.as_str());
        Ok(self.graph.group[self.find(region, sector)?] as usize)
    }
}

/// Output of a case.
pub struct Path {
    /// Region and sector of each industry, `[node]`.
    pub labels: Vec<(String, String)>,
    /// Undisturbed output, value a day, `[node]`.
    pub undisturbed: Vec<f64>,
    /// Output, value a day, `[step, node]`.
    pub production: Vec<f64>,
}

/// One industry beside its reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Distance {
    /// Its region.
    pub region: String,
    /// Its sector.
    pub sector: String,
    /// Steps compared.
    pub steps: usize,
    /// Smallest output over undisturbed output, in the reference.
    pub least: f64,
    /// Largest distance as a share of undisturbed output.
    pub distance: f64,
}

impl Distance {
    /// True if the path agrees.
    pub fn holds(&self) -> bool {
        self.distance <= TOLERANCE
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

fn read(case: Case, file: &FilePath) -> Result<Vec<u8>, CaseError> {
    std::fs::read(file).map_err(|problem| CaseError::File {
        case: case.name(),
        file: file.display().to_string(),
        problem: problem.to_string(),
    })
}

/// Rows of a CSV with a header of labels and a label before each row.
struct Labelled {
    columns: Vec<String>,
    rows: Vec<(String, Vec<f64>)>,
}

fn labelled(file: &str, text: &str) -> Result<Labelled, CaseError> {
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
fn split(file: &str, line: usize, label: &str) -> Result<(String, String), CaseError> {
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

/// Rules, events and days of a case.
///
/// # Errors
/// [`CaseError::Industry`] if the table lacks an industry of the event.
pub fn experiment(case: Case, table: &LabelledTable) -> Result<(Rules, Vec<Event>, u32), CaseError> {
    let psi = |days: f64, restoration: f64| Rules {
        model: Model::Psi { psi: 0.8, restoration_days: PerGroup::All(restoration) },
        inventory_days: PerGroup::All(days),
        ..Rules::default()
    };
    let capacity = |occurrence, duration, loss, curve, days| Event {
        occurrence,
        duration,
        damage: Damage::Capacity { loss, recovery: Recovery { curve, days } },
    };
    let food = || table.find("reg1", "food");
    Ok(match case {
        Case::Own => own_experiment(table)?,
        Case::TestA => {
            (psi(7.0, 10.0), vec![capacity(5, 30, vec![(food()?, 0.6)], Curve::Linear, 45.0)], 365)
        }
        Case::TestB => {
            let food = food()?;
            let parts = vec![(table.group("construction")?, 0.7), (table.group("manufactoring")?, 0.3)];
            let destroyed = vec![(food, 0.4 * 4.0 * DAYS * table.graph.value_added[food])];
            let damage =
                Damage::Rebuilding { destroyed, parts, factor: 1.0, days: 60.0, households: Vec::new() };
            (psi(30.0, 60.0), vec![Event { occurrence: 5, duration: 20, damage }], 365)
        }
        Case::TestC => {
            let rules = Rules {
                model: Model::Base,
                orders: Orders::NoAlt,
                inventory_days: PerGroup::All(7.0),
                overproduction: Overproduction { base: 1.0, max: 1.5, days: 60.0 },
                ..Rules::default()
            };
            (rules, vec![capacity(5, 30, vec![(food()?, 0.6)], Curve::Concave, 45.0)], 365)
        }
        Case::Wiod2011 => {
            let loss = vec![(table.find("CHN", "c12")?, 0.4), (table.find("CHN", "c14")?, 0.4)];
            (psi(30.0, 30.0), vec![capacity(7, 60, loss, Curve::Linear, 60.0)], 365)
        }
    })
}

/// Two losses of capacity, and later capital to rebuild.
fn own_experiment(table: &LabelledTable) -> Result<(Rules, Vec<Event>, u32), CaseError> {
    // Energy, food, goods, metals, services.
    let rules = Rules {
        model: Model::Psi { psi: 0.8, restoration_days: PerGroup::Each(vec![5.0, 10.0, 20.0, 30.0, 60.0]) },
        inventory_days: PerGroup::Each(vec![15.0, 30.0, 60.0, 45.0, f64::INFINITY]),
        overproduction: Overproduction { base: 1.0, max: 1.25, days: 60.0 },
        ..Rules::default()
    };
    let capacity = Event {
        occurrence: 5,
        duration: 20,
        damage: Damage::Capacity {
            loss: vec![(table.find("Aland", "metals")?, 0.3), (table.find("Bland", "energy")?, 0.2)],
            recovery: Recovery { curve: Curve::Linear, days: 15.0 },
        },
    };
    let rebuilding = Event {
        occurrence: 50,
        duration: 10,
        damage: Damage::Rebuilding {
            destroyed: vec![(table.find("Cland", "goods")?, 300.0)],
            parts: vec![(table.group("goods")?, 0.6), (table.group("metals")?, 0.4)],
            factor: 1.0,
            days: 30.0,
            households: Vec::new(),
        },
    };
    Ok((rules, vec![capacity, rebuilding], 200))
}

/// Runs a case.
///
/// # Errors
/// [`CaseError`].
pub fn run(case: Case, data: Option<&FilePath>) -> Result<Path, CaseError> {
    let table = table(case, data)?;
    let (rules, events, days) = experiment(case, &table)?;
    let production = Ario::new(&table.graph, &rules, &events)?.path(days)?;
    let undisturbed = table.graph.output.clone();
    Ok(Path { labels: table.labels, undisturbed, production })
}

/// A path as `step,region,sector,production`; step -1 is the undisturbed output.
pub fn csv(path: &Path) -> String {
    use std::fmt::Write;
    let mut text = String::from("step,region,sector,production\n");
    let days =
        std::iter::once(path.undisturbed.as_slice()).chain(path.production.chunks(path.labels.len().max(1)));
    for (day, values) in days.enumerate() {
        for ((region, sector), value) in path.labels.iter().zip(values) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{},{region},{sector},{value}", day as i64 - 1);
        }
    }
    text
}

/// Every industry of the reference beside the path.
///
/// # Errors
/// [`CaseError`] if the reference cannot be read or names other industries.
pub fn compare(case: Case, data: Option<&FilePath>, path: &Path) -> Result<Vec<Distance>, CaseError> {
    let (file, text) = match (case, data) {
        (Case::Own, _) => ("reference.csv".to_owned(), OWN_REFERENCE.to_owned()),
        (_, None) => return Err(CaseError::NoData { case: case.name() }),
        (_, Some(data)) => {
            let file = data.join(format!("targets/boario/{}_production_subset.csv", case.name()));
            (file.display().to_string(), String::from_utf8_lossy(&read(case, &file)?).into_owned())
        }
    };
    let reference = labelled(&file, &text)?;
    let n = path.labels.len();
    let mut distances = Vec::new();
    for (column, name) in reference.columns.iter().enumerate() {
        let (region, sector) = split(&file, 1, name)?;
        let Some(node) = path.labels.iter().position(|(r, s)| *r == region && *s == sector) else {
            let problem = format!("the table has no industry {name}");
            return Err(CaseError::Line { file, line: 1, problem });
        };
        let normal = path.undisturbed[node];
        let share = |difference: f64| match (normal > 0.0, difference == 0.0) {
            (true, _) => difference / normal,
            (false, true) => 0.0,
            (false, false) => f64::INFINITY,
        };
        let (mut least, mut distance, mut steps) = (1.0f64, 0.0f64, 0);
        for (at, (label, values)) in reference.rows.iter().enumerate() {
            let computed = match label.parse::<usize>() {
                Ok(step) => path.production.get(step * n + node),
                Err(_) => path.undisturbed.get(node),
            };
            let Some(computed) = computed else {
                let problem = format!("step {label} was not computed");
                return Err(CaseError::Line { file, line: at + 2, problem });
            };
            least = least.min(if normal > 0.0 { values[column] / normal } else { 1.0 });
            distance = distance.max(share((computed - values[column]).abs()));
            steps += 1;
        }
        distances.push(Distance { region, sector, steps, least, distance });
    }
    Ok(distances)
}
