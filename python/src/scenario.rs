//! `detente.Scenario` and `detente.run`: everything that a scenario asks; `detente.Answer`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use detente::cli::Finished;
use detente::numerics::linear::Arithmetic;
use detente::numerics::progress::Progress;
use detente::results::{Row, Variable};
use detente::scenario::draws::MOST_DRAWS;
use detente::scenario::open::read_text;
use detente::scenario::tornado::Factor;
use detente::scenario::{Asked, Question, RunOptions, Shelf, shipped};
use pyo3::prelude::*;

use crate::account::Reading;
use crate::error::{failed, wrong_input};
use crate::ledger::Ledger;
use crate::long_work::watched;
use crate::table::{Table, numbers, texts, unusable};
use crate::world::World;

/// A question: a world, a ledger, days, and what is asked of them.
///
/// Made by `Scenario.open` (a file, or a name that ships) or from a text.
///
/// Parameters
/// ----------
/// text : str
///     The scenario in the format of scenario files.
/// name : str
///     Short name; messages call it ``name.toml``.
/// folder : path, optional
///     Where files that it names are looked for; default: the working directory.
///
/// Raises
/// ------
/// InputError
///     With everything that is wrong with the text or with what it names, pointing into it.
///
/// Examples
/// --------
/// >>> import detente
/// >>> scenario = detente.Scenario.open("truce-2025")
/// >>> scenario.actors
/// ['USA', 'CHN']
#[pyclass(frozen, module = "detente")]
pub struct Scenario {
    /// What messages call it, and how it is named for a manifest.
    pub shown: String,
    /// Short name.
    pub name: String,
    /// What it says.
    pub text: String,
    /// Where what it names is looked for.
    pub shelf: Shelf,
    title: String,
    names: [String; 2],
    actors: Vec<String>,
    phases: Vec<String>,
}

impl Scenario {
    fn read(py: Python<'_>, name: &str, shown: &str, text: &str, shelf: Shelf) -> PyResult<Self> {
        let question = py.detach(|| Question::read(name, shown, text, &shelf, &Asked::default()));
        let scenario = question.map_err(failed)?.scenario;
        Ok(Self {
            shown: shown.to_owned(),
            name: name.to_owned(),
            text: text.to_owned(),
            shelf,
            title: scenario.title,
            names: [scenario.world, scenario.ledger],
            actors: scenario.actors,
            phases: scenario.phases.into_iter().map(|phase| phase.name).collect(),
        })
    }

    /// A file, or a name that ships where there is no such file.
    pub fn at(py: Python<'_>, path: &Path) -> PyResult<Self> {
        let shown = path.display().to_string();
        let names: Vec<&str> = shipped::names().collect();
        if let Some(text) = shipped::scenario(&shown).filter(|_| !path.is_file()) {
            return Self::read(py, &shown, &shown, text, Shelf::Shipped);
        }
        let name = path.file_stem().map_or_else(|| shown.clone(), |stem| stem.to_string_lossy().into_owned());
        let text = read_text(&shown, path, "scenario", &names).map_err(failed)?;
        Self::read(py, &name, &shown, &text, Shelf::beside(path))
    }
}

/// A scenario, or what names one.
#[derive(FromPyObject)]
pub enum ScenarioOrPath<'py> {
    /// A scenario.
    Scenario(Bound<'py, Scenario>),
    /// A file, or a name that ships.
    Path(PathBuf),
}

impl<'py> ScenarioOrPath<'py> {
    /// The scenario, opened.
    pub fn open(self, py: Python<'py>) -> PyResult<Bound<'py, Scenario>> {
        match self {
            Self::Scenario(scenario) => Ok(scenario),
            Self::Path(path) => Bound::new(py, Scenario::at(py, &path)?),
        }
    }
}

#[pymethods]
impl Scenario {
    #[new]
    #[pyo3(signature = (text, *, name = "scenario", folder = None))]
    fn new(py: Python<'_>, text: &str, name: &str, folder: Option<PathBuf>) -> PyResult<Self> {
        Self::read(py, name, &format!("{name}.toml"), text, Shelf::Files(folder))
    }

    /// Opens a scenario: a file, or a name that ships.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If there is none; or everything that is wrong with it, pointing into the file.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        Self::at(py, &path)
    }

    /// Names of the scenarios that ship.
    #[staticmethod]
    fn shipped() -> Vec<&'static str> {
        shipped::names().collect()
    }

    /// Short name.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// One line that says what is asked.
    #[getter]
    fn title(&self) -> &str {
        &self.title
    }

    /// The world that it names.
    #[getter]
    fn world(&self) -> &str {
        &self.names[0]
    }

    /// The ledger that it names.
    #[getter]
    fn ledger(&self) -> &str {
        &self.names[1]
    }

    /// What its file says.
    #[getter]
    fn text(&self) -> &str {
        &self.text
    }

    /// Codes of the regions in the foreground.
    #[getter]
    fn actors(&self) -> Vec<String> {
        self.actors.clone()
    }

    /// Names of the phases: ``run`` in the table of results.
    #[getter]
    fn phases(&self) -> Vec<String> {
        self.phases.clone()
    }

    /// Computes everything that the scenario asks; see `detente.run`.
    #[pyo3(signature = (*, draws = None, seed = None, tornado = false, weeks = true, weeks_draws = None,
        strategy = true, reproducible = false, threads = 0, progress = None))]
    #[allow(clippy::too_many_arguments)]
    fn run(
        slf: &Bound<'_, Self>,
        draws: Option<u32>,
        seed: Option<u32>,
        tornado: bool,
        weeks: bool,
        weeks_draws: Option<usize>,
        strategy: bool,
        reproducible: bool,
        threads: usize,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Answer> {
        let asked = Asked { draws, seed, tornado, weeks, weeks_draws, strategy };
        answer(slf, asked, reproducible, threads, progress)
    }

    fn __repr__(&self) -> String {
        format!("<detente.Scenario {}: {}>", self.name, self.title)
    }
}

/// More draws of the weeks than this are refused, as everywhere.
const MOST_PATHS: usize = 20_000;

fn answer(
    scenario: &Bound<'_, Scenario>,
    asked: Asked,
    reproducible: bool,
    threads: usize,
    told: Option<&Bound<'_, PyAny>>,
) -> PyResult<Answer> {
    let (py, scenario) = (scenario.py(), scenario.get());
    let limits = [
        ("draws", asked.draws.map(|draws| draws as usize), 2, MOST_DRAWS),
        ("weeks_draws", asked.weeks_draws, 1, MOST_PATHS),
    ];
    for (name, number, least, most) in limits {
        if let Some(number) = number.filter(|number| !(least..=most).contains(number)) {
            return Err(wrong_input(format!("{name}: {number} is not a number from {least} to {most}")));
        }
    }
    let started = Instant::now();
    let progress = Progress::default();
    let arithmetic = if reproducible { Arithmetic::Reproducible } else { Arithmetic::Native };
    let options = RunOptions { arithmetic, progress: progress.clone(), ..RunOptions::default() };
    let Scenario { name, shown, text, shelf, .. } = scenario;
    let found = watched(py, threads, &progress, told, || {
        Question::read(name, shown, text, shelf, &asked)?.answer(&asked, &options)
    })?;
    let finished = Finished { answer: found.map_err(failed)?, asked, reproducible };
    let world = finished.answer.question.world.world.clone().into();
    Ok(Answer { finished, world, named: shown.clone(), seconds: started.elapsed().as_secs_f64() })
}

/// Computes everything that a scenario asks: the long run, the weeks, the strategy and the
/// accounts, each where its file has them. The same as ``detente run``.
///
/// Parameters
/// ----------
/// scenario : Scenario or path
///     A scenario, its file, or a name that ships.
/// draws : int, optional
///     Draw elasticities this often: ranges are then 5 to 95 % of the draws.
/// seed : int, optional
///     Another seed, other draws.
/// tornado : bool
///     Show what matters most: each uncertain thing moved alone.
/// weeks, strategy : bool
///     Whether to compute these, where the scenario has them.
/// weeks_draws : int, optional
///     Draws of the weeks, in place of the scenario's.
/// reproducible : bool
///     Plain arithmetic in a fixed order: the same bits on every x86-64 processor.
/// threads : int
///     Threads; 0 is one a processor. Results do not depend on it.
/// progress : callable, optional
///     Called now and then with the stage, the steps that are done, and the steps in all
///     (0 if nobody knows).
///
/// Returns
/// -------
/// Answer
///
/// Raises
/// ------
/// InputError
///     With everything that is wrong with the scenario or with what it names, pointing into
///     the file.
/// NoEquilibrium
///     If a phase has no equilibrium: the message names the market and what to try.
/// KeyboardInterrupt
///     On Ctrl-C, soon; nothing is left behind.
#[pyfunction]
#[pyo3(signature = (scenario, *, draws = None, seed = None, tornado = false, weeks = true, weeks_draws = None,
    strategy = true, reproducible = false, threads = 0, progress = None))]
#[allow(clippy::too_many_arguments)]
pub fn run(
    py: Python<'_>,
    scenario: ScenarioOrPath<'_>,
    draws: Option<u32>,
    seed: Option<u32>,
    tornado: bool,
    weeks: bool,
    weeks_draws: Option<usize>,
    strategy: bool,
    reproducible: bool,
    threads: usize,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Answer> {
    let asked = Asked { draws, seed, tornado, weeks, weeks_draws, strategy };
    answer(&scenario.open(py)?, asked, reproducible, threads, progress)
}

/// A scenario and its answer.
#[pyclass(frozen, module = "detente")]
pub struct Answer {
    finished: Finished,
    world: Arc<detente::world::World>,
    named: String,
    seconds: f64,
}

impl Answer {
    fn rows(&self) -> &[Row] {
        &self.finished.answer.results().rows
    }
}

#[pymethods]
impl Answer {
    /// The world of the long run, materials carved out.
    #[getter]
    fn world(&self) -> World {
        World { world: self.world.clone() }
    }

    /// The ledger, read for that world.
    #[getter]
    fn ledger(&self) -> Ledger {
        let question = &self.finished.answer.question;
        Ledger { ledger: question.ledger.ledger.clone().into(), world: self.world.clone() }
    }

    /// Every number of the run in one long table: run, scenario, reading, date, week,
    /// region, partner, sector, variable, unit, value, low, high. A column that does not
    /// apply to a row is empty.
    #[getter]
    fn results(&self, py: Python<'_>) -> PyResult<Table> {
        py.detach(|| self.finished.answer.results().to_batch()).map(Table::new).map_err(unusable)
    }

    /// One number with its range: ``(value, low, high)``; low and high are None where there
    /// is no range.
    ///
    /// Parameters
    /// ----------
    /// variable : str
    ///     Its name, as in `results`.
    /// region : str
    ///     Code of the region; empty for the world.
    /// run : str
    ///     Name of the phase.
    /// partner, sector, reading : str
    ///     Empty where they do not apply.
    /// week : int, optional
    ///     Week of the short run.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If there is no such row, or no such variable.
    #[pyo3(signature = (variable, region, run, *, partner = "", sector = "", reading = "", week = None))]
    #[allow(clippy::too_many_arguments)]
    fn find(
        &self,
        variable: &str,
        region: &str,
        run: &str,
        partner: &str,
        sector: &str,
        reading: &str,
        week: Option<u32>,
    ) -> PyResult<(f64, Option<f64>, Option<f64>)> {
        let Some(known) = Variable::ALL.into_iter().find(|known| known.name() == variable) else {
            return Err(wrong_input(format!(
                "there is no variable `{variable}`; the book lists them under Results"
            )));
        };
        let fits = |row: &&Row| {
            row.variable == known
                && (&*row.region, &*row.run, &*row.partner, &*row.sector, &*row.reading)
                    == (region, run, partner, sector, reading)
                && row.week == week
        };
        match self.rows().iter().find(fits) {
            Some(row) => Ok((row.value, row.low, row.high)),
            None => {
                let week = week.map_or(String::new(), |week| format!(", week {week}"));
                let more: Vec<&str> =
                    [partner, sector, reading].into_iter().filter(|of| !of.is_empty()).collect();
                let more = if more.is_empty() { String::new() } else { format!(", {}", more.join(", ")) };
                Err(wrong_input(format!(
                    "the results have no {variable} of `{region}` in the run `{run}`{more}{week}; look at `results` \
                     for what there is"
                )))
            }
        }
    }

    /// The answer as a page for a terminal: `width` in characters.
    #[pyo3(signature = (width = 100))]
    fn summary(&self, width: u16) -> String {
        self.finished.summary(Some(width))
    }

    /// The report: one page of HTML that opens without a network.
    fn report(&self, py: Python<'_>) -> PyResult<String> {
        let now = jiff::Timestamp::now().to_string();
        py.detach(|| self.finished.report(&self.named, &now)).map_err(failed)
    }

    /// Writes results.csv, results.parquet, report.html and manifest.json, and what else was
    /// asked, to a folder: all of them or none. Returns the names of the files.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If a file cannot be written; nothing is left behind.
    fn save(&self, py: Python<'_>, folder: PathBuf) -> PyResult<Vec<String>> {
        let written = py.detach(|| self.finished.write(&folder, &self.named, || self.seconds));
        let names = written.map_err(failed)?;
        Ok(names.into_iter().chain(["manifest.json"]).map(str::to_owned).collect())
    }

    /// What matters most, a row a bar: run, reading, region, factor, sector, and real income
    /// with everything central and at the two ends, per cent; None unless it was asked.
    #[getter]
    fn tornado(&self) -> PyResult<Option<Table>> {
        let Some(tornado) = &self.finished.answer.tornado else { return Ok(None) };
        let world = &self.finished.answer.question.world.world;
        let bars = &tornado.bars;
        let factor = |of: Factor| match of {
            Factor::AllElasticities => ("elasticities", ""),
            Factor::Elasticity(sector) => ("elasticity", world.sectors.code(sector)),
            Factor::ElasticitySet => ("elasticity_set", ""),
            Factor::Deficits => ("deficits", ""),
            Factor::Variant => ("variant", ""),
        };
        Table::of(vec![
            ("run", texts(bars.iter().map(|bar| &*bar.run))),
            ("reading", texts(bars.iter().map(|bar| &*bar.reading))),
            ("region", texts(bars.iter().map(|bar| &*bar.region))),
            ("factor", texts(bars.iter().map(|bar| factor(bar.factor).0))),
            ("sector", texts(bars.iter().map(|bar| factor(bar.factor).1))),
            ("central", numbers(bars.iter().map(|bar| bar.central))),
            ("low", numbers(bars.iter().map(|bar| bar.ends[0].1))),
            ("low_at", texts(bars.iter().map(|bar| &*bar.ends[0].0))),
            ("high", numbers(bars.iter().map(|bar| bar.ends[1].1))),
            ("high_at", texts(bars.iter().map(|bar| &*bar.ends[1].0))),
        ])
        .map(Some)
    }

    /// The stops of lines that are on record, a row a region of the study that the weeks
    /// follow: the window that the stop lies in, days after the measure, what was reported,
    /// and where; None unless the scenario has weeks with a study.
    #[getter]
    fn stops_on_record(&self) -> PyResult<Option<Table>> {
        let weeks = self.finished.answer.short_run.as_ref();
        let Some((study, _)) = weeks.and_then(|weeks| weeks.study.as_ref()) else { return Ok(None) };
        let on_record =
            || study.regions.iter().filter_map(|region| Some((region, region.observed.as_ref()?)));
        Table::of(vec![
            ("region", texts(on_record().map(|(region, _)| &region.code))),
            ("name", texts(on_record().map(|(region, _)| &region.name))),
            ("from_day", numbers(on_record().map(|(_, stop)| stop.from as f64))),
            ("to_day", numbers(on_record().map(|(_, stop)| stop.to as f64))),
            ("report", texts(on_record().map(|(_, stop)| &stop.report))),
            ("source", texts(on_record().map(|(_, stop)| &stop.source))),
        ])
        .map(Some)
    }

    /// What the accounts that the scenario names say; None if it names none.
    #[getter]
    fn accounts(&self) -> Option<Reading> {
        let told = &self.finished.answer.question.accounts.as_ref()?.told;
        Some(Reading { reading: told.reading.clone(), lexicon: told.lexicon.clone() })
    }

    /// What is worth a word: warnings about the files, what was left out.
    #[getter]
    fn remarks(&self) -> Vec<String> {
        let remarks = &self.finished.answer.question.remarks;
        remarks.iter().map(|remark| remark.render(false).trim_end().to_owned()).collect()
    }

    /// SHA-256 of every input, by what it is.
    #[getter]
    fn inputs(&self) -> BTreeMap<String, String> {
        self.finished.answer.inputs()
    }

    /// The command line that gives the same, where the scenario is a file or ships; None if
    /// `weeks`, `strategy` or `weeks_draws` was set, which it cannot.
    #[getter]
    fn command(&self) -> Option<String> {
        self.finished.command(&self.named)
    }

    /// How long everything took, seconds.
    #[getter]
    fn seconds(&self) -> f64 {
        self.seconds
    }

    fn __repr__(&self) -> String {
        let scenario = &self.finished.answer.question.scenario;
        format!("<detente.Answer to {}: {} rows, {:.1} s>", scenario.name, self.rows().len(), self.seconds)
    }

    fn __str__(&self) -> String {
        self.summary(100)
    }
}
