//! `detente.ario`: a table after a shock, by the rules of ARIO.
//!
//! Industries are numbered region by region: `region · sectors + sector`.

use std::collections::BTreeMap;

use detente::network::Graph;
use detente::network::ario::{
    Ario, Capital, Curve, Damage, Event, Model, Orders, Overproduction, PerGroup, Recovery, Rules,
};
use numpy::PyUntypedArrayMethods;
use pyo3::prelude::*;

use crate::array::{Array, Given, numbers, owned};
use crate::error::wrong_input;

/// Something that happens to industries on a day and goes away later.
///
/// Made by `ArioEvent.capacity`, `ArioEvent.capital` or `ArioEvent.rebuilding`. Industries
/// are numbered ``region * sectors + sector``.
///
/// Examples
/// --------
/// >>> import detente
/// >>> detente.ArioEvent.capacity({3: 0.4}, day=5, duration=30, recovery="linear", recovery_days=45)
/// <detente.ArioEvent on day 5: 1 industry loses capacity>
#[pyclass(frozen, module = "detente")]
pub struct ArioEvent {
    event: Event,
}

fn curve(name: &str, days: f64) -> PyResult<Recovery> {
    let curve = match name {
        "linear" => Curve::Linear,
        "convex" => Curve::Convex,
        "convex-unscaled" => Curve::ConvexUnscaled,
        "concave" => Curve::Concave,
        _ => {
            return Err(wrong_input(format!(
                "recovery {name}: write linear, convex, convex-unscaled or concave"
            )));
        }
    };
    Ok(Recovery { curve, days })
}

#[pymethods]
impl ArioEvent {
    /// Industries lose a share of their capacity, and have it back later.
    ///
    /// Parameters
    /// ----------
    /// loss : dict of int to float
    ///     The share from 0 to 1 that each industry loses.
    /// day : int
    ///     The day on which it happens, 1 or later.
    /// duration : int
    ///     Days until recovery begins, 1 or more.
    /// recovery : {"linear", "convex", "convex-unscaled", "concave"}
    ///     How it comes back.
    /// recovery_days : float
    ///     The length of the recovery, 1 or more.
    #[staticmethod]
    #[pyo3(signature = (loss, *, day, duration, recovery = "linear", recovery_days))]
    fn capacity(
        loss: BTreeMap<usize, f64>,
        day: u32,
        duration: u32,
        recovery: &str,
        recovery_days: f64,
    ) -> PyResult<Self> {
        let loss = loss.into_iter().collect();
        let damage = Damage::Capacity { loss, recovery: curve(recovery, recovery_days)? };
        Ok(Self { event: Event { occurrence: day, duration, damage } })
    }

    /// Capital of industries is destroyed, and comes back without anybody's work.
    ///
    /// Parameters
    /// ----------
    /// destroyed : dict of int to float
    ///     The value that each industry loses, in the table's unit.
    /// day, duration, recovery, recovery_days
    ///     As for `capacity`.
    #[staticmethod]
    #[pyo3(signature = (destroyed, *, day, duration, recovery = "linear", recovery_days))]
    fn capital(
        destroyed: BTreeMap<usize, f64>,
        day: u32,
        duration: u32,
        recovery: &str,
        recovery_days: f64,
    ) -> PyResult<Self> {
        let destroyed = destroyed.into_iter().collect();
        let damage = Damage::Capital { destroyed, recovery: curve(recovery, recovery_days)? };
        Ok(Self { event: Event { occurrence: day, duration, damage } })
    }

    /// Capital of industries is destroyed, and rebuilt with goods that others must make.
    ///
    /// Parameters
    /// ----------
    /// destroyed : dict of int to float
    ///     The value that each industry loses, in the table's unit.
    /// parts : dict of int to float
    ///     Which sectors rebuild, by number; the parts sum to 1.
    /// day, duration
    ///     As for `capacity`.
    /// rebuild_days : float
    ///     Days over which what is left is asked for, 1 or more.
    /// factor : float
    ///     Value of goods that rebuild a value of 1.
    /// households : dict of int to float, optional
    ///     What households want again of an industry, in the table's unit.
    #[staticmethod]
    #[pyo3(signature = (destroyed, parts, *, day, duration, rebuild_days, factor = 1.0, households = None))]
    fn rebuilding(
        destroyed: BTreeMap<usize, f64>,
        parts: BTreeMap<usize, f64>,
        day: u32,
        duration: u32,
        rebuild_days: f64,
        factor: f64,
        households: Option<BTreeMap<usize, f64>>,
    ) -> Self {
        let damage = Damage::Rebuilding {
            destroyed: destroyed.into_iter().collect(),
            parts: parts.into_iter().collect(),
            factor,
            days: rebuild_days,
            households: households.unwrap_or_default().into_iter().collect(),
        };
        Self { event: Event { occurrence: day, duration, damage } }
    }

    fn __repr__(&self) -> String {
        let (count, one, many) = match &self.event.damage {
            Damage::Capacity { loss, .. } => (loss.len(), "loses capacity", "lose capacity"),
            Damage::Capital { destroyed, .. } => (destroyed.len(), "loses capital", "lose capital"),
            Damage::Rebuilding { destroyed, .. } => (destroyed.len(), "must be rebuilt", "must be rebuilt"),
        };
        let (noun, verb) = if count == 1 { ("industry", one) } else { ("industries", many) };
        format!("<detente.ArioEvent on day {}: {count} {noun} {verb}>", self.event.occurrence)
    }
}

/// A number for all, or one for each.
pub enum Each {
    /// The same for all.
    All(f64),
    /// One for each.
    Each(Vec<f64>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Each {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(value) = object.extract::<f64>() {
            return Ok(Self::All(value));
        }
        match object.extract::<Vec<f64>>() {
            Ok(values) => Ok(Self::Each(values)),
            Err(_) => Err(wrong_input(format!(
                "{} is neither a number nor a list of numbers, one for each",
                object.repr()?
            ))),
        }
    }
}

impl From<Each> for PerGroup {
    fn from(each: Each) -> Self {
        match each {
            Each::All(value) => Self::All(value),
            Each::Each(values) => Self::Each(values),
        }
    }
}

/// Output of every industry on every day after a shock, when stocks, capacity and demand
/// ration it and prices do not move: the rules of ARIO as BoARIO runs them.
///
/// Parameters
/// ----------
/// intermediate_use : array of float, shape (industries, industries)
///     What a supplier sells to a buyer in a year, ``[supplier, buyer]``; industries lie
///     region by region, ``region * sectors + sector``.
/// final_demand : array of float, shape (industries,)
///     What a supplier sells to final users in a year.
/// sectors : int
///     Sectors of a region: industries of different regions with one sector make one good.
/// events : sequence of ArioEvent
///     What happens.
/// days : int
///     Days to compute.
/// model : {"psi", "base"}
///     How stocks bind: when they are below `psi` times their target, a gap being ordered
///     over `restoration_days`; or at once, a gap being ordered in a day.
/// psi : float
///     Share of the target below which a stock binds, 0 to 1.
/// restoration_days : float or sequence of float
///     Days over which a gap is ordered: one number, or one an input sector; default 60.
/// inventory_days : float or sequence of float
///     Days of use that are held of an input, ``inf`` for one that never binds: one number,
///     or one an input sector; default 90.
/// orders : {"alt", "noalt"}
///     Whether buyers turn to suppliers that can deliver, or keep the table's proportions.
/// overproduction : (float, float, float)
///     Capacity over normal: where it starts, its limit, and the days to get there;
///     default 1, 1.25 and 365.
/// capital : float or sequence of float
///     Productive capital: years of value added, or the value of each industry; default 4.
/// monetary_factor : float
///     Currency units in the table's unit; decides to how many digits capital is rounded.
///
/// Returns
/// -------
/// array of float, shape (days, industries)
///     Output a day, in the table's unit; undisturbed it is a year's sales over 365.
///
/// Raises
/// ------
/// InputError
///     If the table, a rule or an event cannot be: the message says what to write.
///
/// Notes
/// -----
/// Hallegatte (2014), Risk Analysis 34(1); the book's page on ARIO has the equations.
///
/// Examples
/// --------
/// >>> import detente, numpy as np
/// >>> use = np.array([[20.0, 10.0], [5.0, 30.0]])
/// >>> strike = detente.ArioEvent.capacity({0: 0.5}, day=3, duration=5, recovery_days=10)
/// >>> path = detente.ario(use, np.array([70.0, 65.0]), 2, [strike], 30)
/// >>> path.shape
/// (30, 2)
#[pyfunction]
#[pyo3(signature = (intermediate_use, final_demand, sectors, events, days, *, model = "psi", psi = None,
    restoration_days = None, inventory_days = Each::All(90.0), orders = "alt",
    overproduction = (1.0, 1.25, 365.0), capital = Each::All(4.0), monetary_factor = 1e6))]
#[allow(clippy::too_many_arguments)]
pub fn ario<'py>(
    py: Python<'py>,
    intermediate_use: Given<'py>,
    final_demand: Given<'py>,
    sectors: usize,
    events: Vec<PyRef<'py, ArioEvent>>,
    days: u32,
    model: &str,
    psi: Option<f64>,
    restoration_days: Option<Each>,
    inventory_days: Each,
    orders: &str,
    overproduction: (f64, f64, f64),
    capital: Each,
    monetary_factor: f64,
) -> Array<'py> {
    for (name, value) in [("sectors", sectors), ("days", days as usize)] {
        if value == 0 {
            return Err(wrong_input(format!("{name}: write 1 or more")));
        }
    }
    let industries = final_demand.len();
    let sales = numbers("final_demand", &final_demand, &[industries], "[supplier]")?;
    let flows =
        numbers("intermediate_use", &intermediate_use, &[industries, industries], "[supplier, buyer]")?;
    let (base, max, over_days) = overproduction;
    let rules = Rules {
        model: match model {
            "psi" => Model::Psi {
                psi: psi.unwrap_or(0.8),
                restoration_days: restoration_days.unwrap_or(Each::All(60.0)).into(),
            },
            "base" if psi.is_some() || restoration_days.is_some() => {
                return Err(wrong_input("psi, restoration_days: rules of the model psi, and base has none"));
            }
            "base" => Model::Base,
            _ => return Err(wrong_input(format!("model {model}: write psi or base"))),
        },
        orders: match orders {
            "alt" => Orders::Alt,
            "noalt" => Orders::NoAlt,
            _ => return Err(wrong_input(format!("orders {orders}: write alt or noalt"))),
        },
        inventory_days: inventory_days.into(),
        overproduction: Overproduction { base, max, days: over_days },
        capital: match capital {
            Each::All(years) => Capital::OfValueAdded(years),
            Each::Each(values) => Capital::Each(values),
        },
        monetary_factor,
    };
    let events: Vec<Event> = events.iter().map(|event| event.event.clone()).collect();
    for (number, event) in events.iter().enumerate() {
        if let Damage::Rebuilding { parts, .. } = &event.damage
            && let Some((sector, _)) = parts.iter().find(|(sector, _)| *sector >= sectors)
        {
            return Err(wrong_input(format!(
                "event {number}: there is no sector {sector} to rebuild: write 0 to {}",
                sectors - 1
            )));
        }
    }
    let graph =
        py.detach(|| Graph::of_table(sectors, &flows, &sales)).map_err(|e| wrong_input(e.to_string()))?;
    drop(flows);
    let mut run = Ario::new(&graph, &rules, &events).map_err(|e| wrong_input(e.to_string()))?;
    let mut path = Vec::new();
    for _ in 0..days {
        // A day is short: Ctrl-C ends the run between two.
        py.check_signals()?;
        py.detach(|| run.step()).map_err(|e| wrong_input(e.to_string()))?;
        path.extend_from_slice(run.production());
    }
    owned(py, path, &[days as usize, industries])
}
