//! `detente.replicate`: published tables beside computed ones.

use std::path::PathBuf;

use detente::cli::Failure;
use detente::equilibrium::Options;
use detente::replicate::{Comparison, ario, cp2015, liberation2025, ossa2014};
use pyo3::prelude::*;

use crate::error::{failed, wrong_input};
use crate::table::{Table, numbers, some_numbers, texts, truths};

/// Lays published tables beside computed ones. The same as ``detente replicate``.
///
/// Parameters
/// ----------
/// study : {"cp2015", "liberation2025", "ossa2014", "ario"}
///     Caliendo and Parro (2015); Ignatenko et al. (2025); Ossa (2014); the rules of ARIO
///     beside the paths of BoARIO.
/// case : str, optional
///     Of ossa2014, default all; of ario, default ``own``.
/// data : path, optional
///     Folder with the data of the cases of ario other than ``own``.
///
/// Returns
/// -------
/// Replication
///
/// Raises
/// ------
/// InputError
///     If there is no such study or case.
///
/// Examples
/// --------
/// >>> import detente
/// >>> detente.replicate("cp2015").holds
/// True
#[pyfunction]
#[pyo3(signature = (study, *, case = None, data = None))]
pub fn replicate(
    py: Python<'_>,
    study: &str,
    case: Option<&str>,
    data: Option<PathBuf>,
) -> PyResult<Replication> {
    let misplaced = match study {
        "ario" => None,
        "ossa2014" => data.is_some().then_some("data belongs to ario"),
        "cp2015" | "liberation2025" if case.is_some() => Some("case belongs to ario and ossa2014"),
        "cp2015" | "liberation2025" => data.is_some().then_some("data belongs to ario"),
        _ => Some("write cp2015, liberation2025, ossa2014 or ario"),
    };
    if let Some(help) = misplaced {
        return Err(wrong_input(format!("replicate {study}: {help}")));
    }
    let found = py.detach(|| match study {
        "ario" => paths(case, data),
        "ossa2014" => wars(case),
        "cp2015" => Ok(rows(&cp2015::compare(&cp2015::numbers()?))),
        _ => Ok(rows(&liberation2025::compare(&liberation2025::results(&Options::default())?)?)),
    });
    Ok(Replication { study: study.to_owned(), rows: found.map_err(failed)? })
}

/// One number beside its reference.
struct Line {
    experiment: String,
    convention: &'static str,
    region: String,
    sector: String,
    variable: &'static str,
    printed: &'static str,
    published: Option<f64>,
    reference: f64,
    computed: f64,
    tolerance: f64,
    holds: bool,
}

fn rows(comparisons: &[Comparison]) -> Vec<Line> {
    let line = |c: &Comparison| Line {
        experiment: c.experiment.to_owned(),
        convention: c.convention,
        region: c.region.to_owned(),
        sector: String::new(),
        variable: c.variable,
        printed: c.table,
        published: c.published,
        reference: c.reference,
        computed: c.computed,
        tolerance: c.tolerance,
        holds: c.holds(),
    };
    comparisons.iter().map(line).collect()
}

fn wars(case: Option<&str>) -> Result<Vec<Line>, Failure> {
    let experiments = ossa2014::Experiments::load()?;
    let cases = case.map_or_else(|| ossa2014::CASES.to_vec(), |name| vec![name]);
    let results = cases.into_iter().map(|case| experiments.run(case)).collect::<Result<Vec<_>, _>>()?;
    Ok(rows(&ossa2014::compare(&results)))
}

fn paths(case: Option<&str>, data: Option<PathBuf>) -> Result<Vec<Line>, Failure> {
    let name = case.unwrap_or("own");
    let case = ario::Case::ALL.into_iter().find(|case| case.name() == name);
    let case = case.ok_or_else(|| {
        Failure::Input(format!("`{name}` is no case of ario: own, test_A, test_B, test_C, wiod2011"))
    })?;
    let path = ario::run(case, data.as_deref())?;
    let distances = ario::compare(case, data.as_deref(), &path)?;
    let line = |d: ario::Distance| Line {
        experiment: case.name().to_owned(),
        convention: "",
        holds: d.holds(),
        variable: "distance_from_boario",
        region: d.region,
        sector: d.sector,
        printed: "",
        published: None,
        reference: 0.0,
        computed: d.distance,
        tolerance: ario::TOLERANCE,
    };
    Ok(distances.into_iter().map(line).collect())
}

/// Published numbers beside computed ones.
#[pyclass(frozen, module = "detente")]
pub struct Replication {
    study: String,
    rows: Vec<Line>,
}

#[pymethods]
impl Replication {
    /// A row a number: experiment, convention, region, sector, variable, where it is printed,
    /// the number as published (to the digits that are printed, where it is printed right),
    /// the reference to more digits, the computed one, the largest allowed distance, and
    /// whether it holds. Of ario, the distance of each industry's path from BoARIO's, as a
    /// share of its output.
    #[getter]
    fn table(&self) -> PyResult<Table> {
        let rows = &self.rows;
        Table::of(vec![
            ("experiment", texts(rows.iter().map(|line| &line.experiment))),
            ("convention", texts(rows.iter().map(|line| line.convention))),
            ("region", texts(rows.iter().map(|line| &line.region))),
            ("sector", texts(rows.iter().map(|line| &line.sector))),
            ("variable", texts(rows.iter().map(|line| line.variable))),
            ("printed", texts(rows.iter().map(|line| line.printed))),
            ("published", some_numbers(rows.iter().map(|line| line.published))),
            ("reference", numbers(rows.iter().map(|line| line.reference))),
            ("computed", numbers(rows.iter().map(|line| line.computed))),
            ("tolerance", numbers(rows.iter().map(|line| line.tolerance))),
            ("holds", truths(rows.iter().map(|line| line.holds))),
        ])
    }

    /// True if every number is within its tolerance and rounds to what is printed.
    #[getter]
    fn holds(&self) -> bool {
        self.rows.iter().all(|line| line.holds)
    }

    fn __len__(&self) -> usize {
        self.rows.len()
    }

    fn __repr__(&self) -> String {
        let holding = self.rows.iter().filter(|line| line.holds).count();
        format!("<detente.Replication of {}: {holding} of {} numbers hold>", self.study, self.rows.len())
    }
}
