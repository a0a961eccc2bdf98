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

mod table;

use std::path::Path as FilePath;

pub use table::{LabelledTable, own_table, table};
use table::{labelled, read, split};

use crate::network::GraphError;
use crate::network::ario::{
    Ario, ArioError, Curve, Damage, Event, Model, Orders, Overproduction, PerGroup, Recovery, Rules,
};
use crate::network::graph::DAYS;
use crate::world::error::WorldError;

/// Largest allowed distance from the reference, as a share of undisturbed output.
pub const TOLERANCE: f64 = 1e-9;

/// Reference of the own case: outputs of BoARIO.
const OWN_REFERENCE: &str = include_str!("../../../data/replications/ario-own/reference.csv");

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
