//! `detente.Ledger`: the dated measures of governments; `detente.State`: one day of it.

use std::path::PathBuf;
use std::sync::Arc;

use detente::ledger::measure::Status;
use detente::ledger::{self, Kind, PolicyState, average_tariff};
use detente::scenario::Shelf;
use detente::world;
use jiff::civil::Date;
use pyo3::prelude::*;

use crate::array::{self, Array, Given, view};
use crate::day::Day;
use crate::error::{failed, wrong_input};
use crate::table::{Table, numbers, some_numbers, some_texts, texts};
use crate::world::World;

/// The dated measures of governments, read for one world.
///
/// Made by `Ledger.open` (a name that ships, or a file) or `Ledger.parse` (a text).
///
/// Examples
/// --------
/// >>> import detente
/// >>> world = detente.World.open("icio-2022")
/// >>> ledger = detente.Ledger.open("us-china", world)
/// >>> round(100 * ledger.average_tariff("USA", "CHN", "2025-04-12"), 0) > 100
/// True
#[pyclass(frozen, module = "detente")]
pub struct Ledger {
    /// The engine's ledger.
    pub ledger: Arc<ledger::Ledger>,
    /// The world that it was read for.
    pub world: Arc<world::World>,
}

impl Ledger {
    /// The ledger as one side reads it; none is the ledger as it is.
    pub fn read_by(&self, reading: Option<&str>) -> PyResult<Arc<ledger::Ledger>> {
        let Some(id) = reading else { return Ok(self.ledger.clone()) };
        let known = self.ledger.readings();
        match known.contains(&id) {
            true => Ok(Arc::new(self.ledger.as_read_by(id))),
            false => {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                Err(wrong_input(format!("reading: the ledger has no reading `{id}`; it has {known}")))
            }
        }
    }

    /// Refuses a world that the ledger was not read for.
    pub fn fits(&self, world: &World) -> PyResult<()> {
        let same = Arc::ptr_eq(&self.world, &world.world)
            || (self.world.regions == world.world.regions && self.world.sectors == world.world.sectors);
        match same {
            true => Ok(()),
            false => Err(wrong_input(format!(
                "ledger: it was read for the world {}, not for {}; open it again with this world",
                self.world.name, world.world.name
            ))),
        }
    }
}

#[pymethods]
impl Ledger {
    /// Opens a ledger for a world: a name that ships, or a file. Its evidence is compared
    /// with the accounts that it names.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     With every problem of the file, pointing into it.
    #[staticmethod]
    fn open(py: Python<'_>, name: PathBuf, world: &World) -> PyResult<Self> {
        let name = name.to_string_lossy().into_owned();
        let opened = py.detach(|| Shelf::Files(None).ledger(&name, &world.world)).map_err(failed)?;
        Ok(Self { ledger: Arc::new(opened.ledger), world: world.world.clone() })
    }

    /// Reads a ledger from a text in the format of ledger files; `name` is what messages
    /// call it.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     With every problem of the text, pointing into it.
    #[staticmethod]
    #[pyo3(signature = (text, world, *, name = "ledger.toml"))]
    fn parse(py: Python<'_>, text: &str, world: &World, name: &str) -> PyResult<Self> {
        let read = py.detach(|| ledger::Ledger::parse(name, text, &world.world));
        let (ledger, _) = read.map_err(failed)?;
        Ok(Self { ledger: Arc::new(ledger), world: world.world.clone() })
    }

    /// Names of the ledgers that ship.
    #[staticmethod]
    fn shipped() -> Vec<&'static str> {
        ledger::shipped::names()
    }

    /// One line that says what it holds.
    #[getter]
    fn title(&self) -> &str {
        self.ledger.title()
    }

    /// A row a measure: id, kind, who acts, on whom (codes, separated by blanks), how sure it
    /// is (announced, claimed, confirmed, disputed), the first and the last day on which
    /// something changes, the source, and a note.
    #[getter]
    fn measures(&self) -> PyResult<Table> {
        let measures = &self.ledger.measures;
        let codes = |regions: &[usize]| {
            let codes: Vec<&str> = regions.iter().map(|region| self.world.regions.code(*region)).collect();
            codes.join(" ")
        };
        let first = |measure: &ledger::Measure| measure.change_dates().first().map(Date::to_string);
        let last = |measure: &ledger::Measure| measure.change_dates().last().map(Date::to_string);
        let status = |measure: &ledger::Measure| {
            let known = Status::ALL.iter().find(|(_, status)| *status == measure.status);
            known.map_or("", |(name, _)| name)
        };
        Table::of(vec![
            ("id", texts(measures.iter().map(|measure| &measure.id))),
            ("kind", texts(measures.iter().map(|measure| Kind::name(measure.kind)))),
            ("by", texts(measures.iter().map(|measure| codes(&measure.by)))),
            ("on", texts(measures.iter().map(|measure| codes(&measure.on)))),
            ("status", texts(measures.iter().map(status))),
            ("first_change", some_texts(measures.iter().map(first))),
            ("last_change", some_texts(measures.iter().map(last))),
            ("source", some_texts(measures.iter().map(|measure| measure.source.as_ref()))),
            ("note", some_texts(measures.iter().map(|measure| measure.note.as_ref()))),
        ])
    }

    /// Ids of the readings: whose accounts of the measures it holds.
    #[getter]
    fn readings(&self) -> Vec<&str> {
        self.ledger.readings()
    }

    /// Every day on which a measure changes, earliest first.
    #[getter]
    fn change_dates(&self) -> Vec<Date> {
        self.ledger.change_dates()
    }

    /// What changed on which day, earliest first: a row a change of a measure, with what it
    /// is, the value before and after (a rate or share as a fraction, empty where it is no
    /// number), and a note.
    #[getter]
    fn changes(&self) -> PyResult<Table> {
        let all = self.ledger.changes();
        let measure = |change: &ledger::timeline::Change| &self.ledger.measures[change.measure];
        Table::of(vec![
            ("date", texts(all.iter().map(|change| change.date.to_string()))),
            ("measure", texts(all.iter().map(|change| &measure(change).id))),
            ("what", texts(all.iter().map(|change| change.what.name()))),
            ("before", some_numbers(all.iter().map(|change| change.before))),
            ("after", some_numbers(all.iter().map(|change| change.after))),
            ("in_words", texts(all.iter().map(|change| change.in_words(measure(change))))),
            ("note", some_texts(all.iter().map(|change| change.note.as_ref()))),
        ])
    }

    /// The ledger as one side reads it.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If it has no such reading.
    fn as_read_by(&self, reading: &str) -> PyResult<Self> {
        Ok(Self { ledger: self.read_by(Some(reading))?, world: self.world.clone() })
    }

    /// Everything in force on a day, as arrays.
    fn state(&self, py: Python<'_>, date: Day) -> State {
        let state = py.detach(|| self.ledger.state(&self.world, date.0));
        State { state: Arc::new(state), world: self.world.clone() }
    }

    /// Average tariff of an importer on an exporter over all goods on a day, fraction.
    ///
    /// Parameters
    /// ----------
    /// weights : {"imports", "simple"}
    ///     Base-year imports of the world, or every sector with trade counting the same.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If the world has no such region, or nothing is traded.
    #[pyo3(signature = (importer, exporter, date, *, weights = "imports"))]
    fn average_tariff(&self, importer: &str, exporter: &str, date: Day, weights: &str) -> PyResult<f64> {
        let world = World { world: self.world.clone() };
        let pair = [world.region("importer", importer)?, world.region("exporter", exporter)?];
        let state = self.ledger.state(&self.world, date.0);
        let Some(average) = average_tariff(&self.world, &state, pair[0], pair[1]) else {
            return Err(wrong_input(format!("{importer} buys no goods from {exporter}")));
        };
        match weights {
            "imports" => Ok(average.weighted),
            "simple" => Ok(average.simple),
            other => Err(wrong_input(format!("weights: `{other}` is not known; write imports or simple"))),
        }
    }

    fn __repr__(&self) -> String {
        let count = self.ledger.measures.len();
        format!("<detente.Ledger {}: {count} measures, world {}>", self.ledger.title(), self.world.name)
    }
}

/// Everything in force on one day, in the shape of a world's trade flows.
#[pyclass(frozen, module = "detente")]
pub struct State {
    /// The engine's state.
    pub state: Arc<PolicyState>,
    /// The world.
    pub world: Arc<world::World>,
}

impl State {
    fn flows<'py>(slf: &Bound<'py, Self>, of: impl FnOnce(&PolicyState) -> &[f64]) -> Array<'py> {
        let (n, j) = (slf.get().world.region_count(), slf.get().world.sector_count());
        view(slf, &[j, n, n], |state| of(&state.state))
    }
}

#[pymethods]
impl State {
    /// The day.
    #[getter]
    fn date(&self) -> Date {
        self.state.date
    }

    /// Import tariff, the world's own included, fraction, ``[sector, importer, exporter]``.
    #[getter]
    fn tariff<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::flows(slf, |state| &state.tariff)
    }

    /// Export tax, fraction of the f.o.b. price, ``[sector, importer, exporter]``.
    #[getter]
    fn export_tax<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::flows(slf, |state| &state.export_tax)
    }

    /// Iceberg cost relative to the base year, ``[sector, importer, exporter]``.
    #[getter]
    fn iceberg_hat<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::flows(slf, |state| &state.iceberg_hat)
    }

    /// Share of export-licence applications that is approved, ``[sector, importer, exporter]``.
    #[getter]
    fn approval<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::flows(slf, |state| &state.approval)
    }

    /// Limits on quantities, a row a flow: measure, sector, importer, exporter, the share of
    /// the flow's goods that is covered, and the largest quantity against the base year's.
    #[getter]
    fn caps(&self) -> PyResult<Table> {
        let (world, n) = (&self.world, self.world.region_count());
        let flows: Vec<_> =
            self.state.caps.iter().flat_map(|cap| cap.flows.iter().map(move |flow| (cap, *flow))).collect();
        let cells = || flows.iter().map(|(_, (cell, _))| *cell);
        Table::of(vec![
            ("measure", texts(flows.iter().map(|(cap, _)| &*cap.measure))),
            ("sector", texts(cells().map(|cell| world.sectors.code(cell / (n * n))))),
            ("importer", texts(cells().map(|cell| world.regions.code(cell / n % n)))),
            ("exporter", texts(cells().map(|cell| world.regions.code(cell % n)))),
            ("covered", numbers(flows.iter().map(|(_, (_, covered))| *covered))),
            ("quantity", numbers(flows.iter().map(|(cap, _)| cap.quantity))),
        ])
    }

    /// The same day with other taxes: arrays ``[sector, importer, exporter]``, fractions,
    /// in place of the ledger's. Limits on quantities stay.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If an array has another shape, or a tax is not above -1.
    #[pyo3(signature = (*, tariff = None, export_tax = None))]
    fn with_taxes(&self, tariff: Option<Given<'_>>, export_tax: Option<Given<'_>>) -> PyResult<Self> {
        let (n, j) = (self.world.region_count(), self.world.sector_count());
        let mut state = (*self.state).clone();
        for (name, given, taxes) in
            [("tariff", tariff, &mut state.tariff), ("export_tax", export_tax, &mut state.export_tax)]
        {
            let Some(given) = given else { continue };
            *taxes = array::numbers(name, &given, &[j, n, n], "[sector, importer, exporter]")?;
            if let Some(bad) = taxes.iter().find(|tax| !(tax.is_finite() && **tax > -1.0)) {
                return Err(wrong_input(format!("{name}: {bad} is no tax: a tax is a number above -1")));
            }
        }
        Ok(Self { state: Arc::new(state), world: self.world.clone() })
    }

    fn __repr__(&self) -> String {
        format!("<detente.State of {}, world {}>", self.state.date, self.world.name)
    }
}
