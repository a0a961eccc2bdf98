//! `detente.World`: who trades what with whom in a base year.

use std::path::PathBuf;
use std::sync::Arc;

use detente::scenario::Shelf;
use detente::world::check::check;
use detente::world::labels::Labels;
use detente::world::store::{Existing, save};
use detente::world::{self, ElasticitySet};
use jiff::civil::Date;
use numpy::PyUntypedArrayMethods;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::array::{Array, Given, numbers, owned, view};
use crate::day::Day;
use crate::error::{failed, wrong_input};
use crate::table::{Table, numbers as numbers_column, texts, truths};

/// Who trades what with whom in a base year.
///
/// A world comes from `World.open` (a name that ships, or a folder), or from arrays of your
/// own. It never changes; its arrays are read-only views of the engine's memory.
///
/// Parameters
/// ----------
/// name : str
///     Short name.
/// regions, sectors : sequence of str or (str, str)
///     Codes, or pairs of code and name.
/// trade_musd : array_like of float, shape (sectors, regions, regions)
///     Purchases by importer from exporter before the importer's tariff, million USD,
///     indexed ``[sector, importer, exporter]``; the diagonal is home sales.
/// elasticities : float, array, or dict of str to float or array
///     Trade elasticity, above 0 (sigma - 1 in Armington's reading): one number, or one a
///     sector; a dict has a name for each set, the first is the default.
/// tariff : array_like of float, same shape as `trade_musd`, optional
///     Ad valorem tariff already in the base year, 0.05 is 5 %; default 0.
/// input_share : array_like of float, shape (regions, sectors, sectors), optional
///     Cost share of an input in a sector's gross output, ``[region, input sector,
///     sector]``; default 0: value added is all of the cost.
/// final_share : array_like of float, shape (regions, sectors), optional
///     Share of a sector in final spending; default: what expenditure leaves after inputs.
/// markup : array_like of float, shape (sectors,), optional
///     Net markup of price over cost, 0.25 is 25 %.
/// goods : sequence of str, optional
///     Codes of the sectors that cross a customs border; default: all.
/// base_date : date or str, optional
///     Middle of the base year; default 2022-07-01.
/// title : str, optional
///     One line that says what it is.
///
/// Raises
/// ------
/// InputError
///     With everything that is wrong with the arrays, the cells named by their codes.
///
/// Examples
/// --------
/// >>> import detente, numpy as np
/// >>> world = detente.World("two", ["A", "B"], ["G"], np.array([[[8.0, 2.0], [2.0, 8.0]]]), 4.0)
/// >>> world
/// <detente.World two: 2 regions, 1 sector, base 2022-07-01>
#[pyclass(frozen, module = "detente")]
pub struct World {
    /// The engine's world.
    pub world: Arc<world::World>,
}

/// A code, or a code with a name.
#[derive(FromPyObject)]
enum Label {
    Code(String),
    Named(String, String),
}

/// One trade elasticity, or one a sector.
#[derive(FromPyObject)]
enum Theta<'py> {
    Number(f64),
    Numbers(Given<'py>),
}

impl Theta<'_> {
    fn of(&self, name: &str, sectors: usize) -> PyResult<Vec<f64>> {
        match self {
            Self::Number(theta) => Ok(vec![*theta; sectors]),
            Self::Numbers(array) if array.shape() == [sectors] => {
                Ok(array.as_array().iter().copied().collect())
            }
            Self::Numbers(array) => {
                let name = if name.is_empty() { String::new() } else { format!(" {name}") };
                Err(wrong_input(format!(
                    "elasticities{name}: one number, or {sectors}, one a sector; there are {:?}",
                    array.shape()
                )))
            }
        }
    }
}

impl World {
    /// The trade elasticities that are asked for: a set of this world, one number, or one a
    /// sector; none is the default set.
    pub fn theta(&self, asked: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<f64>> {
        let world = &self.world;
        let Some(asked) = asked.filter(|asked| !asked.is_none()) else {
            return Ok(world.elasticities[0].theta.clone());
        };
        if let Ok(name) = asked.extract::<&str>() {
            let found = world.elasticities_wanted(Some(name));
            return found.map(|(_, theta)| theta).map_err(|e| wrong_input(format!("elasticities {e}")));
        }
        let theta = asked.extract::<Theta>().map_err(|_| {
            wrong_input("elasticities: write the name of a set, a number, or one number a sector")
        })?;
        let theta = theta.of("", world.sector_count())?;
        match theta.iter().find(|theta| !(theta.is_finite() && **theta > 0.0)) {
            Some(bad) => {
                Err(wrong_input(format!("elasticities {bad}: a trade elasticity is a positive number")))
            }
            None => Ok(theta),
        }
    }

    /// The position of a region.
    pub fn region(&self, of: &str, code: &str) -> PyResult<usize> {
        let unknown = |e| wrong_input(format!("{of}: {e} (world {})", self.world.name));
        self.world.regions.find(code).map_err(unknown)
    }

    fn sizes(&self) -> (usize, usize) {
        (self.world.region_count(), self.world.sector_count())
    }

    fn flows<'py>(slf: &Bound<'py, Self>, of: impl FnOnce(&world::World) -> &[f64]) -> Array<'py> {
        let (n, j) = slf.get().sizes();
        view(slf, &[j, n, n], |world| of(&world.world))
    }
}

fn labels(what: &str, given: Vec<Label>) -> PyResult<Labels> {
    let pairs = given.into_iter().map(|label| match label {
        Label::Code(code) => (code.clone(), code),
        Label::Named(code, name) => (code, name),
    });
    Labels::new(pairs).map_err(|e| wrong_input(format!("{what}: {e}")))
}

fn elasticities(given: &Bound<'_, PyAny>, sectors: usize) -> PyResult<Vec<ElasticitySet>> {
    let set = |name: &str, theta: Theta<'_>| {
        let theta = theta.of(name, sectors)?;
        Ok(ElasticitySet { name: name.to_owned(), theta, source: "given by the user".to_owned() })
    };
    let refuse = |_| wrong_input("elasticities: write a number, one number a sector, or a dict of such");
    match given.cast::<PyDict>() {
        Ok(sets) => sets
            .iter()
            .map(|(name, theta)| set(&name.extract::<String>()?, theta.extract::<Theta>().map_err(refuse)?))
            .collect(),
        Err(_) => Ok(vec![set("own", given.extract::<Theta>().map_err(refuse)?)?]),
    }
}

#[pymethods]
impl World {
    #[new]
    #[pyo3(signature = (name, regions, sectors, trade_musd, elasticities, *, tariff=None, input_share=None,
        final_share=None, markup=None, goods=None, base_date=None, title=None))]
    #[allow(clippy::too_many_arguments)]
    fn new(
        name: String,
        regions: Vec<Label>,
        sectors: Vec<Label>,
        trade_musd: Given<'_>,
        elasticities: &Bound<'_, PyAny>,
        tariff: Option<Given<'_>>,
        input_share: Option<Given<'_>>,
        final_share: Option<Given<'_>>,
        markup: Option<Given<'_>>,
        goods: Option<Vec<String>>,
        base_date: Option<Day>,
        title: Option<String>,
    ) -> PyResult<Self> {
        let (regions, sectors) = (labels("regions", regions)?, labels("sectors", sectors)?);
        let (n, j) = (regions.len(), sectors.len());
        let flows = "[sector, importer, exporter]";
        let optional = |name: &str, array: Option<Given<'_>>, shape: &[usize], axes: &str| {
            array.map(|array| numbers(name, &array, shape, axes)).transpose()
        };
        let goods = match goods {
            None => vec![true; j],
            Some(codes) => {
                let mut goods = vec![false; j];
                for code in codes {
                    goods[sectors.find(&code).map_err(|e| wrong_input(format!("goods: {e}")))?] = true;
                }
                goods
            }
        };
        let world = world::World {
            title: title.unwrap_or_else(|| name.clone()),
            name,
            base_date: base_date.map_or(jiff::civil::date(2022, 7, 1), |day| day.0),
            goods,
            trade_musd: numbers("trade_musd", &trade_musd, &[j, n, n], flows)?,
            tariff: optional("tariff", tariff, &[j, n, n], flows)?.unwrap_or_else(|| vec![0.0; j * n * n]),
            input_share: optional("input_share", input_share, &[n, j, j], "[region, input sector, sector]")?
                .unwrap_or_else(|| vec![0.0; n * j * j]),
            final_share: optional("final_share", final_share, &[n, j], "[region, sector]")?,
            elasticities: self::elasticities(elasticities, j)?,
            markup: optional("markup", markup, &[j], "[sector]")?,
            population: None,
            households: None,
            sources: Vec::new(),
            notes: Vec::new(),
            carved: Vec::new(),
            regions,
            sectors,
        };
        Ok(Self { world: Arc::new(world.checked().map_err(failed)?) })
    }

    /// Opens a world: a name that ships, or a folder.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If there is none, or a table of it is wrong: with every bad cell.
    #[staticmethod]
    fn open(py: Python<'_>, name: PathBuf) -> PyResult<Self> {
        let name = name.to_string_lossy().into_owned();
        let opened = py.detach(|| Shelf::Files(None).world(&name)).map_err(failed)?;
        Ok(Self { world: Arc::new(opened.world) })
    }

    /// Names of the worlds that ship.
    #[staticmethod]
    fn shipped() -> Vec<&'static str> {
        world::shipped_names()
    }

    /// The world with materials carved out of its sectors, every total kept: names that
    /// ship, or files.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If a material is not there, or does not fit into its sector.
    #[pyo3(signature = (*materials))]
    fn carve(&self, py: Python<'_>, materials: Vec<String>) -> PyResult<Self> {
        let mut world = (*self.world).clone();
        for name in &materials {
            py.detach(|| Shelf::Files(None).carve(name, &mut world)).map_err(failed)?;
        }
        Ok(Self { world: Arc::new(world) })
    }

    /// Writes the world as a folder that `World.open` and the command line read.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If something is there already and `replace` is false, or the disk refuses; what
    ///     was there is then as it was.
    #[pyo3(signature = (folder, *, replace = false))]
    fn save(&self, py: Python<'_>, folder: PathBuf, replace: bool) -> PyResult<()> {
        let existing = if replace { Existing::Replace } else { Existing::Keep };
        py.detach(|| save(&self.world, &folder, existing, &[])).map_err(failed)
    }

    /// Whether the world adds up: a row an identity, with the largest gap.
    fn check(&self, py: Python<'_>) -> PyResult<Table> {
        let found = py.detach(|| check(&self.world));
        Table::of(vec![
            ("identity", texts(found.iter().map(|identity| identity.name))),
            ("statement", texts(found.iter().map(|identity| &identity.statement))),
            ("largest_gap_musd", numbers_column(found.iter().map(|identity| identity.absolute))),
            ("relative_gap", numbers_column(found.iter().map(|identity| identity.relative))),
            ("holds", truths(found.iter().map(|identity| identity.ok))),
            ("worst", texts(found.iter().map(|identity| &identity.worst))),
        ])
    }

    /// Short name.
    #[getter]
    fn name(&self) -> &str {
        &self.world.name
    }

    /// One line that says what it is.
    #[getter]
    fn title(&self) -> &str {
        &self.world.title
    }

    /// Middle of the base year.
    #[getter]
    fn base_date(&self) -> Date {
        self.world.base_date
    }

    /// Codes of the regions.
    #[getter]
    pub fn regions(&self) -> Vec<String> {
        self.world.regions.codes().to_vec()
    }

    /// Names of the regions.
    #[getter]
    fn region_names(&self) -> Vec<String> {
        (0..self.world.region_count()).map(|region| self.world.regions.name(region).to_owned()).collect()
    }

    /// Codes of the sectors.
    #[getter]
    pub fn sectors(&self) -> Vec<String> {
        self.world.sectors.codes().to_vec()
    }

    /// Names of the sectors.
    #[getter]
    fn sector_names(&self) -> Vec<String> {
        (0..self.world.sector_count()).map(|sector| self.world.sectors.name(sector).to_owned()).collect()
    }

    /// Codes of the sectors whose products cross a customs border.
    #[getter]
    fn goods(&self) -> Vec<String> {
        let codes = self.world.sectors.codes().iter().zip(&self.world.goods);
        codes.filter(|(_, good)| **good).map(|(code, _)| code.clone()).collect()
    }

    /// Purchases before the importer's tariff, million USD, ``[sector, importer, exporter]``.
    #[getter]
    fn trade_musd<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::flows(slf, |world| &world.trade_musd)
    }

    /// Tariff of the base year, fraction, ``[sector, importer, exporter]``.
    #[getter]
    fn tariff<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::flows(slf, |world| &world.tariff)
    }

    /// Cost share of inputs, ``[region, input sector, sector]``.
    #[getter]
    fn input_share<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        let (n, j) = slf.get().sizes();
        view(slf, &[n, j, j], |world| &world.world.input_share)
    }

    /// Trade elasticities by set, each ``[sector]``; the first set is the default.
    #[getter]
    fn elasticities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let sets = PyDict::new(py);
        for set in &self.world.elasticities {
            sets.set_item(&set.name, owned(py, set.theta.clone(), &[set.theta.len()])?)?;
        }
        Ok(sets)
    }

    /// Sources: what for, who made it, on what terms.
    #[getter]
    fn sources(&self) -> PyResult<Table> {
        let sources = &self.world.sources;
        Table::of(vec![
            ("of", texts(sources.iter().map(|source| &source.of))),
            ("citation", texts(sources.iter().map(|source| &source.citation))),
            ("terms", texts(sources.iter().map(|source| &source.terms))),
        ])
    }

    /// What a reader must know: conventions, gaps, what balancing changed.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.world.notes.clone()
    }

    /// Gross output, million USD, ``[sector, region]``.
    fn gross_output_musd<'py>(&self, py: Python<'py>) -> Array<'py> {
        let (n, j) = self.sizes();
        owned(py, self.world.gross_output_musd(), &[j, n])
    }

    /// Value added, million USD, ``[region]``.
    fn value_added_musd<'py>(&self, py: Python<'py>) -> Array<'py> {
        owned(py, self.world.value_added_musd(), &[self.world.region_count()])
    }

    fn __repr__(&self) -> String {
        let (n, j) = self.sizes();
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        format!(
            "<detente.World {}: {n} region{}, {j} sector{}, base {}>",
            self.world.name,
            plural(n),
            plural(j),
            self.world.base_date
        )
    }
}
