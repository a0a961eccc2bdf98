//! `detente.sweep`: a scenario over draws and over values of its fields; the plan and the
//! folder behind it, for those who spread it over a cluster.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use detente::numerics::linear::Arithmetic;
use detente::scenario::RunOptions;
use detente::scenario::open::read_text;
use detente::scenario::sweep as sweeps;
use detente::scenario::sweep::folder::Finished;
use detente::scenario::sweep::plan::USUAL_CHUNK;
use detente::scenario::sweep::selection::Codes;
use detente::scenario::sweep::{Asked, Parcel, Selection, Text};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::error::{failed, wrong_input};
use crate::long_work::watched;
use crate::scenario::{Scenario, ScenarioOrPath};
use crate::table::{Table, numbers, some_numbers, texts, whole};

// Python shows the number itself in signatures.
const _: () = assert!(USUAL_CHUNK == 50);

/// What a sweep asks, as it is written in Python.
#[derive(Clone, Debug, FromPyObject, IntoPyObject)]
#[pyo3(from_item_all)]
struct Question {
    draws: u32,
    seed: Option<u32>,
    chunk: usize,
    variables: Option<String>,
    regions: String,
    partners: String,
    sectors: String,
    reproducible: bool,
}

impl Question {
    fn asked(&self) -> PyResult<Asked> {
        let variables = self.variables.as_deref().map(Selection::variables).transpose();
        let variables = variables.map_err(|e| wrong_input(format!("variables: {e}")))?;
        let selection = Selection {
            variables: variables.unwrap_or_else(|| Selection::default().variables),
            regions: Codes::of(&self.regions),
            partners: Codes::of(&self.partners),
            sectors: Codes::of(&self.sectors),
        };
        let arithmetic = if self.reproducible { Arithmetic::Reproducible } else { Arithmetic::Native };
        let (draws, seed, chunk) = (self.draws as usize, self.seed, self.chunk);
        Ok(Asked { draws, seed, chunk, selection, arithmetic })
    }
}

/// Codes: a text with commas, or a sequence.
#[derive(FromPyObject)]
pub enum List {
    Text(String),
    Codes(Vec<String>),
}

impl List {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Codes(codes) => codes.join(","),
        }
    }
}

/// All cases of a sweep: every combination of the grids with every draw.
///
/// A plan can be pickled: it takes along the user's files that the scenario names, so that
/// another process makes the same plan and any chunk of it, with the same bits.
///
/// Parameters
/// ----------
/// scenario : Scenario or path
///     A scenario, its file, or a name that ships.
/// draws : int
///     Draws of elasticities, of the weeks and of drawn fields, in every combination.
/// over : path, optional
///     A file with the fields of the scenario that vary, with grids or distributions.
/// seed : int, optional
///     Another seed, other draws; default: the scenario's own seeds.
/// chunk : int
///     Cases that are computed and written at once.
/// variables : str or sequence of str, optional
///     What is kept of a case; default: the usual ones.
/// regions, partners, sectors : str or sequence of str
///     Codes that are kept, ``"all"`` or ``"none"``.
/// reproducible : bool
///     Plain arithmetic in a fixed order: the same bits on every x86-64 processor.
///
/// Raises
/// ------
/// InputError
///     With everything that is wrong with one of the files, or with what is asked.
#[pyclass(frozen, module = "detente._detente")]
pub struct Plan {
    plan: sweeps::Plan,
    question: Question,
    /// What it was made from, for another process; or why none can have it.
    parcel: Result<Parcel, String>,
}

#[pymethods]
impl Plan {
    #[new]
    #[pyo3(signature = (scenario, draws, *, over = None, seed = None, chunk = 50, variables = None,
        regions = None, partners = None, sectors = None, reproducible = false))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        scenario: ScenarioOrPath<'_>,
        draws: u32,
        over: Option<PathBuf>,
        seed: Option<u32>,
        chunk: usize,
        variables: Option<List>,
        regions: Option<List>,
        partners: Option<List>,
        sectors: Option<List>,
        reproducible: bool,
    ) -> PyResult<Self> {
        let codes = |given: Option<List>, usual: &str| given.map_or(usual.to_owned(), List::text);
        let question = Question {
            draws,
            seed,
            chunk,
            variables: variables.map(List::text),
            regions: codes(regions, "all"),
            partners: codes(partners, "none"),
            sectors: codes(sectors, "none"),
            reproducible,
        };
        let over = over
            .map(|path| {
                let shown = path.display().to_string();
                let text = read_text(&shown, &path, "over-file", &[])?;
                Ok(Text { shown, text })
            })
            .transpose()
            .map_err(|e: detente::scenario::OpenError| failed(e))?;
        let scenario = scenario.open(py)?;
        let Scenario { name, shown, text, shelf, .. } = scenario.get();
        let scenario = Text { shown: shown.clone(), text: text.clone() };
        let asked = question.asked()?;
        let plan = py.detach(|| sweeps::Plan::read(name, &scenario, shelf.clone(), over.as_ref(), asked));
        let plan = plan.map_err(failed)?;
        // Now: files may be others when somebody sends the plan.
        let parcel = py.detach(|| plan.parcel()).map_err(|e| e.to_string());
        Ok(Self { plan, question, parcel })
    }

    /// Number of cases.
    #[getter]
    fn cases(&self) -> usize {
        self.plan.cases()
    }

    /// Number of chunks.
    #[getter]
    fn chunks(&self) -> usize {
        self.plan.chunks()
    }

    /// Computes a chunk, on one thread unless told otherwise: the bytes of its Parquet part.
    ///
    /// Raises
    /// ------
    /// ValueError
    ///     If there is no such chunk.
    #[pyo3(signature = (number, *, threads = 1))]
    fn part<'py>(&self, py: Python<'py>, number: usize, threads: usize) -> PyResult<Bound<'py, PyBytes>> {
        if number >= self.plan.chunks() {
            let chunks = self.plan.chunks();
            return Err(PyValueError::new_err(format!("there is no chunk {number}: there are {chunks}")));
        }
        let options = RunOptions::default();
        let progress = options.progress.clone();
        let bytes = watched(py, threads, &progress, None, || {
            let chunk = self.plan.chunk(number, &options).map_err(sweeps::SweepError::from)?;
            Ok::<_, sweeps::SweepError>(chunk.to_parquet(&self.plan.over))
        })?;
        let bytes = bytes.map_err(failed)?.map_err(|e| wrong_input(format!("chunk {number}: {e}")))?;
        Ok(PyBytes::new(py, &bytes))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let parcel = self.parcel.clone().map_err(wrong_input)?;
        let files: Vec<(String, Bound<'py, PyBytes>)> =
            parcel.files.iter().map(|(name, bytes)| (name.clone(), PyBytes::new(py, bytes))).collect();
        let text = |text: &Text| (text.shown.clone(), text.text.clone());
        let over = parcel.over.as_ref().map(text);
        let question = self.question.clone();
        let state = (
            parcel.name,
            text(&parcel.scenario),
            over,
            files,
            parcel.place,
            question,
            crate::command::version(),
        );
        Ok((py.get_type::<Self>().getattr("_unpacked")?, PyTuple::new(py, [state.into_pyobject(py)?])?))
    }

    /// The plan of another process.
    #[staticmethod]
    fn _unpacked(py: Python<'_>, state: Packed) -> PyResult<Self> {
        let Packed(name, scenario, over, files, place, question, version) = state;
        if version != crate::command::version() {
            return Err(wrong_input(format!(
                "the plan is of version {version} of detente, this process has {}: install the same everywhere",
                crate::command::version()
            )));
        }
        let text = |(shown, text): (String, String)| Text { shown, text };
        let parcel = Parcel { name, scenario: text(scenario), over: over.map(text), files, place };
        let asked = question.asked()?;
        let folder = py.import("tempfile")?.call_method0("TemporaryDirectory")?;
        let path: PathBuf = folder.getattr("name")?.extract()?;
        let plan = py.detach(|| parcel.unpacked(&path, asked));
        folder.call_method0("cleanup")?;
        Ok(Self { plan: plan.map_err(failed)?, question, parcel: Ok(parcel) })
    }

    fn __repr__(&self) -> String {
        let (cases, chunks) = (self.plan.cases(), self.plan.chunks());
        format!("<detente.Plan of {}: {cases} cases in {chunks} chunks>", self.plan.name)
    }
}

/// What a pickle of a plan holds.
#[derive(FromPyObject)]
struct Packed(
    String,
    (String, String),
    Option<(String, String)>,
    Vec<(String, Vec<u8>)>,
    String,
    Question,
    String,
);

/// The folder of a sweep: parts that are whole, or not there.
///
/// A new or empty folder, or, with `resume`, one that the same sweep was begun in. One
/// process at a time works in a folder.
///
/// Raises
/// ------
/// InputError
///     If there is something in it, or it is of another sweep: with everything that differs.
#[pyclass(frozen, module = "detente._detente")]
pub struct Folder {
    /// None once it is closed.
    folder: Mutex<Option<sweeps::Folder>>,
    plan: Py<Plan>,
}

impl Folder {
    /// Nothing is left half-done by one who panicked: a part is kept when it is whole.
    fn lock(&self) -> MutexGuard<'_, Option<sweeps::Folder>> {
        self.folder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The folder, unless it is closed.
fn open(folder: &mut Option<sweeps::Folder>) -> Result<&mut sweeps::Folder, sweeps::SweepError> {
    folder.as_mut().ok_or_else(|| sweeps::SweepError::Folder("the folder is closed".to_owned()))
}

#[pymethods]
impl Folder {
    #[new]
    #[pyo3(signature = (plan, out, *, resume = false))]
    fn new(py: Python<'_>, plan: Py<Plan>, out: PathBuf, resume: bool) -> PyResult<Self> {
        let of = &plan.get().plan;
        let folder = py.detach(|| match resume {
            true => sweeps::Folder::resume(&out, of),
            false => sweeps::Folder::begin(&out, of),
        });
        Ok(Self { folder: Mutex::new(Some(folder.map_err(failed)?)), plan })
    }

    /// Numbers of the chunks that are not there, in order.
    fn missing(&self) -> PyResult<Vec<usize>> {
        open(&mut self.lock()).map(|folder| folder.missing()).map_err(failed)
    }

    /// Keeps the bytes of a part, which `Plan.part` gave here or elsewhere.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If the disk refuses, these bytes are no part of that number, or the part is there
    ///     already with other numbers.
    fn keep(&self, py: Python<'_>, number: usize, part: &[u8]) -> PyResult<()> {
        let plan = &self.plan.get().plan;
        py.detach(|| open(&mut self.lock())?.keep_bytes(plan, number, part)).map_err(failed)
    }

    /// Lets another process work in the folder; ``with`` does it at its end.
    fn close(&self) {
        *self.lock() = None;
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyTuple>) {
        self.close();
    }

    /// Completes the folder once no part is missing.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If a part is missing or cannot be read.
    fn finish(&self, py: Python<'_>) -> PyResult<Sweep> {
        let plan = &self.plan.get().plan;
        py.detach(|| {
            let mut folder = self.lock();
            let folder = open(&mut folder)?;
            if let [first, ..] = folder.missing()[..] {
                return Err(sweeps::SweepError::Folder(format!("chunk {first} is missing")));
            }
            let finished = folder.finish(plan)?;
            Ok(Sweep::new(folder, finished))
        })
        .map_err(failed)
    }
}

/// A scenario over draws and over values of its fields, as a Parquet data set on disk. The
/// same as ``detente sweep``, to the bit.
///
/// Parameters
/// ----------
/// scenario : Scenario or path
///     A scenario, its file, or a name that ships.
/// draws : int
///     Draws of elasticities, of the weeks and of drawn fields, in every combination.
/// out : path
///     The folder of the table; empty or missing, unless `resume`.
/// over : path, optional
///     A file with the fields of the scenario that vary, with grids or distributions.
/// resume : bool
///     Go on in the folder of an interrupted sweep.
/// seed, chunk, variables, regions, partners, sectors, reproducible
///     See `Plan`.
/// threads : int
///     Threads; 0 is one a processor. Results do not depend on it.
/// progress : callable, optional
///     Called now and then with the stage, the steps that are done, and the steps in all.
///
/// Returns
/// -------
/// Sweep
///
/// Raises
/// ------
/// InputError
///     With everything that is wrong with one of the files, or with what is asked.
/// KeyboardInterrupt
///     On Ctrl-C: what is in the folder is whole, and `resume` goes on from it.
#[pyfunction]
#[pyo3(signature = (scenario, draws, out, *, over = None, resume = false, seed = None, chunk = 50,
    variables = None, regions = None, partners = None, sectors = None, reproducible = false, threads = 0,
    progress = None))]
#[allow(clippy::too_many_arguments)]
pub fn sweep(
    py: Python<'_>,
    scenario: ScenarioOrPath<'_>,
    draws: u32,
    out: PathBuf,
    over: Option<PathBuf>,
    resume: bool,
    seed: Option<u32>,
    chunk: usize,
    variables: Option<List>,
    regions: Option<List>,
    partners: Option<List>,
    sectors: Option<List>,
    reproducible: bool,
    threads: usize,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Sweep> {
    let plan = Plan::new(
        py,
        scenario,
        draws,
        over,
        seed,
        chunk,
        variables,
        regions,
        partners,
        sectors,
        reproducible,
    )?;
    let plan = Py::new(py, plan)?;
    let folder = Folder::new(py, plan.clone_ref(py), out, resume)?;
    let options = RunOptions::default();
    let steps = options.progress.clone();
    let of = &plan.get().plan;
    let finished = watched(py, threads, &steps, progress, || {
        let mut folder = folder.lock();
        let folder = open(&mut folder)?;
        let finished = sweeps::sweep(of, folder, &options)?;
        Ok::<_, sweeps::SweepError>(Sweep::new(folder, finished))
    })?;
    finished.map_err(failed)
}

/// A sweep of which everything is there.
#[pyclass(frozen, module = "detente")]
pub struct Sweep {
    folder: PathBuf,
    parts: Vec<PathBuf>,
    finished: Finished,
}

impl Sweep {
    fn new(folder: &sweeps::Folder, finished: Finished) -> Self {
        Self { folder: folder.path().to_owned(), parts: folder.paths().collect(), finished }
    }
}

#[pymethods]
impl Sweep {
    /// The folder.
    #[getter]
    fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    /// The Parquet files, in the order of the cases: pandas, polars and DuckDB read the list.
    #[getter]
    fn parts(&self) -> Vec<PathBuf> {
        self.parts.clone()
    }

    /// Number of rows.
    #[getter]
    fn rows(&self) -> usize {
        self.finished.record.table.as_ref().map_or(0, |table| table.rows)
    }

    /// Number of cases.
    #[getter]
    fn cases(&self) -> usize {
        self.finished.record.cases
    }

    /// SHA-256 of the rows by case, whatever the parts.
    #[getter]
    fn sha256(&self) -> &str {
        self.finished.record.table.as_ref().map_or("", |table| &table.sha256)
    }

    /// Cases without an answer, and why.
    #[getter]
    fn problems(&self) -> PyResult<Table> {
        let problems = &self.finished.problems;
        Table::of(vec![
            ("case", whole(problems.iter().map(|(case, _)| *case))),
            ("problem", texts(problems.iter().map(|(_, problem)| problem))),
        ])
    }

    /// What the draws say of the actors, a row a number of a combination: median, 5 and 95 %.
    #[getter]
    fn quantiles(&self) -> PyResult<Table> {
        let all = &self.finished.quantiles;
        Table::of(vec![
            ("variable", texts(all.iter().map(|line| line.of.variable.name()))),
            ("unit", texts(all.iter().map(|line| line.of.variable.unit()))),
            ("combination", whole(all.iter().map(|line| line.of.combination))),
            ("reading", texts(all.iter().map(|line| &line.of.reading))),
            ("region", texts(all.iter().map(|line| &line.of.region))),
            ("run", texts(all.iter().map(|line| &line.of.run))),
            ("week", some_numbers(all.iter().map(|line| line.of.week.map(f64::from)))),
            ("median", numbers(all.iter().map(|line| line.median))),
            ("low", numbers(all.iter().map(|line| line.low))),
            ("high", numbers(all.iter().map(|line| line.high))),
        ])
    }

    fn __repr__(&self) -> String {
        let failed = self.finished.problems.len();
        let failed = if failed > 0 { format!(", {failed} without an answer") } else { String::new() };
        format!(
            "<detente.Sweep: {} cases, {} rows{failed}, in {}>",
            self.cases(),
            self.rows(),
            self.folder.display()
        )
    }
}
