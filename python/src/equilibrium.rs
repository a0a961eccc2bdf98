//! `detente.Model`: a world that is calibrated once and solved often; `detente.Equilibrium`.

use std::sync::Arc;
use std::time::Instant;

use detente::equilibrium::{self, Calibration, Closure, Deficits, Numeraire, Options, Variant};
use detente::numerics::linear::Arithmetic;
use detente::world;
use pyo3::prelude::*;

use crate::array::{Array, view};
use crate::change::Change;
use crate::error::{failed, wrong_input};
use crate::ledger::{Ledger, State};
use crate::table::{Table, numbers, texts};
use crate::world::World;

/// A world whose model is calibrated, to be solved for many states.
///
/// Parameters
/// ----------
/// world : World
/// ledger : Ledger, optional
///     Its state on the world's base date is what the data contain; default: no measures.
/// elasticities : str, float or array, optional
///     A set of the world, one number, or one a sector; default: the world's first set.
///
/// Raises
/// ------
/// InputError
///     If the elasticities are not, or the ledger was read for another world.
///
/// Examples
/// --------
/// >>> import detente
/// >>> world = detente.World.open("icio-2022")
/// >>> ledger = detente.Ledger.open("us-china", world)
/// >>> model = detente.Model(world, ledger)
/// >>> before = model.solve(ledger.state("2025-01-19"))
/// >>> after = model.solve(ledger.state("2025-04-12"), near=before)
/// >>> change = model.change(before, after)
/// >>> bool(change.welfare_exact[world.regions.index("CHN")] < 0)
/// True
#[pyclass(frozen, module = "detente")]
pub struct Model {
    calibration: Arc<Calibration>,
    world: Arc<world::World>,
}

impl Model {
    /// Calibrates a world with the ledger's state on its base date.
    pub fn calibrate(
        py: Python<'_>,
        world: &World,
        ledger: Option<&Ledger>,
        reading: Option<&str>,
        elasticities: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let theta = world.theta(elasticities)?;
        let measures = match ledger {
            Some(ledger) => {
                ledger.fits(world)?;
                ledger.read_by(reading)?
            }
            None => Arc::new(detente::ledger::Ledger::empty()),
        };
        let calibration = py.detach(|| {
            let base = measures.state(&world.world, world.world.base_date);
            Calibration::new(&world.world, base, &theta)
        });
        let calibration = Arc::new(calibration.map_err(failed)?);
        Ok(Self { calibration, world: world.world.clone() })
    }

    /// Solves for a state, outside of the interpreter's lock.
    pub fn find(
        &self,
        py: Python<'_>,
        state: &State,
        near: Option<&Equilibrium>,
        options: &Options,
    ) -> PyResult<Equilibrium> {
        let (own, other) = (&self.world, &state.world);
        let alike = Arc::ptr_eq(own, other)
            || (own.regions == other.regions && own.sectors == other.sectors && own.tariff == other.tariff);
        if !alike {
            return Err(wrong_input(format!(
                "state: it is of the world {}, not of {}",
                state.world.name, self.world.name
            )));
        }
        let from = near.map(|near| &near.equilibrium);
        let (found, seconds) = py.detach(|| {
            let started = Instant::now();
            let found = self.calibration.solve_from(from, state.state.clone(), options);
            (found, started.elapsed().as_secs_f64())
        });
        let (world, calibration) = (self.world.clone(), self.calibration.clone());
        let assumed = (options.closure, options.variant);
        Ok(Equilibrium { equilibrium: found.map_err(failed)?, world, calibration, assumed, seconds })
    }

    /// What differs between two equilibria.
    pub fn between(&self, py: Python<'_>, before: &Equilibrium, after: &Equilibrium) -> Change {
        let (first, second) = (&before.equilibrium, &after.equilibrium);
        let change = py.detach(|| equilibrium::Change::between(&self.calibration, first, second));
        let days = [second.policy.date, first.policy.date];
        Change { change, world: self.world.clone(), days }
    }
}

/// The assumptions of a solution, as they are written in Python.
pub fn options(deficits: &str, variant: &str, numeraire: Numeraire, reproducible: bool) -> PyResult<Options> {
    let deficits = match deficits {
        "zero" => Deficits::Zero,
        "held" => Deficits::Held,
        "share" => Deficits::Share,
        "income" => Deficits::Income,
        other => {
            let known = "write held, zero, share or income";
            return Err(wrong_input(format!("deficits: `{other}` is not known; {known}")));
        }
    };
    let variant: Variant = variant.parse().map_err(|e| wrong_input(format!("variant: {e}")))?;
    let arithmetic = if reproducible { Arithmetic::Reproducible } else { Arithmetic::Native };
    Ok(Options { closure: Closure { deficits, numeraire }, variant, arithmetic, ..Options::default() })
}

/// The region whose wage is the unit of nominal results, or world value added.
pub fn numeraire(world: &World, code: Option<&str>) -> PyResult<Numeraire> {
    code.map_or(Ok(Numeraire::WorldValueAdded), |code| world.region("numeraire", code).map(Numeraire::Wage))
}

#[pymethods]
impl Model {
    #[new]
    #[pyo3(signature = (world, ledger = None, *, elasticities = None))]
    fn new(
        py: Python<'_>,
        world: &World,
        ledger: Option<&Ledger>,
        elasticities: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        Self::calibrate(py, world, ledger, None, elasticities)
    }

    /// The equilibrium under the measures of a day.
    ///
    /// Parameters
    /// ----------
    /// state : State
    ///     From `Ledger.state`.
    /// near : Equilibrium, optional
    ///     Where to look first: an equilibrium of a similar state saves time.
    /// deficits : {"held", "zero", "share", "income"}
    ///     What happens to trade deficits.
    /// variant : str
    ///     Production and demand other than the base model's: ``base``, ``short-run``,
    ///     ``specific-factors``, ``scale``, ``markups``, or blocks such as
    ///     ``inputs=0.5,mobility=0``.
    /// numeraire : str, optional
    ///     The region whose wage is the unit of nominal results; default: world value added.
    /// reproducible : bool
    ///     Plain arithmetic in a fixed order: the same bits on every x86-64 processor.
    ///
    /// Raises
    /// ------
    /// NoEquilibrium
    ///     If none is found: the message names the market and what to try.
    /// InputError
    ///     If an option is not known, or the state is of another world.
    #[pyo3(signature = (state, *, near = None, deficits = "held", variant = "base", numeraire = None,
        reproducible = false))]
    #[allow(clippy::too_many_arguments)]
    fn solve(
        &self,
        py: Python<'_>,
        state: &State,
        near: Option<&Equilibrium>,
        deficits: &str,
        variant: &str,
        numeraire: Option<&str>,
        reproducible: bool,
    ) -> PyResult<Equilibrium> {
        let numeraire = self::numeraire(&World { world: self.world.clone() }, numeraire)?;
        self.find(py, state, near, &options(deficits, variant, numeraire, reproducible)?)
    }

    /// What differs between two equilibria of this model.
    ///
    /// Raises
    /// ------
    /// InputError
    ///     If one is of another model, or they rest on other assumptions.
    fn change(&self, py: Python<'_>, before: &Equilibrium, after: &Equilibrium) -> PyResult<Change> {
        if [before, after].iter().any(|found| !Arc::ptr_eq(&found.calibration, &self.calibration)) {
            return Err(wrong_input("change: both equilibria must be of this model"));
        }
        if before.assumed != after.assumed {
            return Err(wrong_input(
                "change: both equilibria must have the same deficits, variant and numeraire",
            ));
        }
        Ok(self.between(py, before, after))
    }

    fn __repr__(&self) -> String {
        format!("<detente.Model of world {}>", self.world.name)
    }
}

/// The world economy under one state of policy. Hats are relative to the base year; levels
/// are million US dollars with the numeraire's price at 1.
#[pyclass(frozen, module = "detente")]
pub struct Equilibrium {
    equilibrium: equilibrium::Equilibrium,
    world: Arc<world::World>,
    /// Of the model that found it.
    calibration: Arc<Calibration>,
    assumed: (Closure, Variant),
    seconds: f64,
}

impl Equilibrium {
    fn by_region<'py>(
        slf: &Bound<'py, Self>,
        of: impl FnOnce(&equilibrium::Equilibrium) -> &[f64],
    ) -> Array<'py> {
        let n = slf.get().world.region_count();
        view(slf, &[n], |found| of(&found.equilibrium))
    }

    fn by_sector<'py>(
        slf: &Bound<'py, Self>,
        of: impl FnOnce(&equilibrium::Equilibrium) -> &[f64],
    ) -> Array<'py> {
        let (n, j) = (slf.get().world.region_count(), slf.get().world.sector_count());
        view(slf, &[j, n], |found| of(&found.equilibrium))
    }
}

#[pymethods]
impl Equilibrium {
    /// Wage, hat, ``[region]``.
    #[getter]
    fn wage_hat<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |found| &found.wage_hat)
    }

    /// Price of final spending, hat, ``[region]``.
    #[getter]
    fn consumption_price_hat<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |found| &found.consumption_price_hat)
    }

    /// Income: value added, revenue, rent and deficit, million USD, ``[region]``.
    #[getter]
    fn income_musd<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |found| &found.income_musd)
    }

    /// Value added, million USD, ``[region]``.
    #[getter]
    fn value_added_musd<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |found| &found.value_added_musd)
    }

    /// Tariff revenue, million USD, ``[region]``.
    #[getter]
    fn tariff_revenue_musd<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |found| &found.tariff_revenue_musd)
    }

    /// Imports less exports, million USD, ``[region]``.
    #[getter]
    fn deficit_musd<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_region(slf, |found| &found.deficit_musd)
    }

    /// Price index, hat, ``[sector, region]``.
    #[getter]
    fn price_hat<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_sector(slf, |found| &found.price_hat)
    }

    /// Unit cost, hat, ``[sector, region]``.
    #[getter]
    fn cost_hat<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_sector(slf, |found| &found.cost_hat)
    }

    /// Gross output at producer prices, million USD, ``[sector, region]``.
    #[getter]
    fn output_musd<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_sector(slf, |found| &found.output_musd)
    }

    /// Expenditure, tariff included, million USD, ``[sector, region]``.
    #[getter]
    fn expenditure_musd<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        Self::by_sector(slf, |found| &found.expenditure_musd)
    }

    /// Purchases at the border, before the importer's tariff, million USD,
    /// ``[sector, importer, exporter]``.
    #[getter]
    fn trade_musd<'py>(slf: &Bound<'py, Self>) -> Array<'py> {
        let (n, j) = (slf.get().world.region_count(), slf.get().world.sector_count());
        view(slf, &[j, n, n], |found| &found.equilibrium.trade_musd)
    }

    /// Limits on quantities that some flow meets: measure, and the wedge between the price
    /// of who buys and of who sells, fraction; 0 where the limit does not bind.
    #[getter]
    fn caps(&self) -> PyResult<Table> {
        let found = &self.equilibrium;
        let measure = |cap: usize| found.policy.caps.get(cap).map_or("", |cap| &*cap.measure);
        Table::of(vec![
            ("measure", texts(found.caps.iter().map(|outcome| measure(outcome.cap)))),
            ("wedge", numbers(found.caps.iter().map(|outcome| outcome.wedge))),
        ])
    }

    /// Largest residual of the solution: gaps of log prices, expenditures and wages.
    #[getter]
    fn residual(&self) -> f64 {
        self.equilibrium.residual
    }

    /// Evaluations of the model.
    #[getter]
    fn evaluations(&self) -> usize {
        self.equilibrium.evaluations
    }

    /// How long the engine took, seconds: what a call takes beyond it is the way there and back.
    #[getter]
    fn seconds(&self) -> f64 {
        self.seconds
    }

    fn __repr__(&self) -> String {
        let found = &self.equilibrium;
        format!(
            "<detente.Equilibrium of {}, world {}: residual {:.1e}>",
            found.policy.date, self.world.name, found.residual
        )
    }
}
