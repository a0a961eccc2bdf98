//! `detente.solve`: the long run of one day against another.

use pyo3::prelude::*;

use crate::change::Change;
use crate::day::Day;
use crate::equilibrium::{Model, numeraire, options};
use crate::ledger::{Ledger, State};
use crate::world::World;

/// The long run of one day against another under one ledger.
///
/// Parameters
/// ----------
/// world : World
/// ledger : Ledger
///     Read for that world.
/// date : date or str
///     The day whose measures are in force.
/// against : date or str, optional
///     The day to compare with; default: the world's base date.
/// reading : str, optional
///     Whose account of the measures: a reading of the ledger.
/// elasticities : str, float or array, optional
///     A set of the world, one number, or one a sector; default: the world's first set.
/// deficits : {"held", "zero", "share", "income"}
///     What happens to trade deficits.
/// variant : str
///     Production and demand other than the base model's; see `Model.solve`.
/// numeraire : str, optional
///     The region whose wage is the unit of nominal results; default: world value added.
/// reproducible : bool
///     Plain arithmetic in a fixed order: the same bits on every x86-64 processor.
///
/// Returns
/// -------
/// Change
///     Real incomes, wages, prices and output of every region, as fractions.
///
/// Raises
/// ------
/// InputError
///     If something that is named is not there.
/// NoEquilibrium
///     If no equilibrium is found: the message names the market and what to try.
///
/// Notes
/// -----
/// Caliendo and Parro (2015), in hats: the same as ``detente solve``.
///
/// Examples
/// --------
/// >>> import detente
/// >>> world = detente.World.open("icio-2022")
/// >>> ledger = detente.Ledger.open("us-china", world)
/// >>> change = detente.solve(world, ledger, "2025-04-12", against="2025-01-19")
/// >>> change
/// <detente.Change of 2025-04-12 against 2025-01-19, world icio-2022>
#[pyfunction]
#[pyo3(signature = (world, ledger, date, *, against = None, reading = None, elasticities = None,
    deficits = "held", variant = "base", numeraire = None, reproducible = false))]
#[allow(clippy::too_many_arguments)]
pub fn solve(
    py: Python<'_>,
    world: &World,
    ledger: &Ledger,
    date: Day,
    against: Option<Day>,
    reading: Option<&str>,
    elasticities: Option<&Bound<'_, PyAny>>,
    deficits: &str,
    variant: &str,
    numeraire: Option<&str>,
    reproducible: bool,
) -> PyResult<Change> {
    let options = options(deficits, variant, self::numeraire(world, numeraire)?, reproducible)?;
    let model = Model::calibrate(py, world, Some(ledger), reading, elasticities)?;
    let read = ledger.read_by(reading)?;
    let state = |day| {
        let state = py.detach(|| read.state(&world.world, day));
        State { state: state.into(), world: world.world.clone() }
    };
    let before =
        model.find(py, &state(against.map_or(world.world.base_date, |day| day.0)), None, &options)?;
    let after = model.find(py, &state(date.0), Some(&before), &options)?;
    Ok(model.between(py, &before, &after))
}
