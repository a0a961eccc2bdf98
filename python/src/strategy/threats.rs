//! `detente.strategy.leverage`: which tax hurts the other most for what it costs?

use std::sync::Arc;

use detente::strategy::game;
use detente::strategy::leverage::{Instrument, Threat};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::question::{About, List, Question};
use crate::error::wrong_input;
use crate::ledger::Ledger;
use crate::table::{Table, numbers, texts};
use crate::world::World;

/// Most taxes that are raised and solved again for each player.
const MOST: usize = 1000;

/// Who of two players can hurt whom at what cost, tax by tax. The same as ``detente strategy
/// leverage``.
///
/// Parameters
/// ----------
/// world : World
/// ledger : Ledger, optional
///     Read for that world; default: no measures.
/// players : sequence of str
///     Codes of the two.
/// top : int
///     Taxes of each player to raise and solve again, those that hurt most; 1 to 1000.
/// step : float
///     By how much ``1 + tax`` of these is multiplied up, per cent.
/// threads : int
///     Threads; 0 is one a processor. Results do not depend on it.
/// progress : callable, optional
///     Called now and then with what is done, the equilibria so far, and 0.
/// **setting
///     What is played: see `detente.strategy.Setting`.
///
/// Returns
/// -------
/// Leverage
///
/// Raises
/// ------
/// InputError
///     If something that is named is not there, or a number is out of range.
/// KeyboardInterrupt
///     On Ctrl-C, soon.
///
/// Examples
/// --------
/// >>> import detente
/// >>> world = detente.World.open("ossa2014")
/// >>> found = detente.strategy.leverage(world, players=["USA", "CHN"], top=3)
/// >>> len(found.carried_out)
/// 6
#[pyfunction]
#[pyo3(signature = (world, ledger = None, *, players, top = 8, step = 10.0, threads = 0, progress = None, **setting))]
#[allow(clippy::too_many_arguments)]
pub fn leverage(
    py: Python<'_>,
    world: &World,
    ledger: Option<&Ledger>,
    players: List,
    top: usize,
    step: f64,
    threads: usize,
    progress: Option<&Bound<'_, PyAny>>,
    setting: Option<&Bound<'_, PyDict>>,
) -> PyResult<Leverage> {
    let question = Question::read("leverage", (world, ledger), players, setting, false)?;
    if !(1..=MOST).contains(&top) {
        return Err(wrong_input(format!("top {top}: write a number from 1 to {MOST}")));
    }
    let (sides, about) = question.ask(py, (threads, progress), |game, _| game.leverage(top, step))?;
    Ok(Leverage { sides, about })
}

/// What two players can do to each other.
#[pyclass(frozen, module = "detente.strategy")]
pub struct Leverage {
    sides: [game::Leverage; 2],
    about: Arc<About>,
}

impl Leverage {
    fn rows(&self, of: impl Fn(&game::Leverage) -> &[Threat]) -> PyResult<Table> {
        let rows: Vec<(&game::Leverage, &Threat)> =
            self.sides.iter().flat_map(|side| of(side).iter().map(move |threat| (side, threat))).collect();
        let (about, n) = (&self.about, self.about.world.region_count());
        let instrument = |threat: &Threat| match threat.instrument {
            Instrument::Tariff(_) => "tariff",
            Instrument::ExportTax(_) => "export tax",
        };
        let sector = |threat: &Threat| about.world.sectors.code(threat.instrument.cell() / (n * n));
        Table::of(vec![
            ("player", texts(rows.iter().map(|(side, _)| about.code(side.own)))),
            ("rival", texts(rows.iter().map(|(side, _)| about.code(side.rival)))),
            ("instrument", texts(rows.iter().map(|(_, threat)| instrument(threat)))),
            ("sector", texts(rows.iter().map(|(_, threat)| sector(threat)))),
            ("harm", numbers(rows.iter().map(|(_, threat)| threat.harm))),
            ("cost", numbers(rows.iter().map(|(_, threat)| threat.cost))),
        ])
    }
}

#[pymethods]
impl Leverage {
    /// Every tax on trade in goods between the two that hurts the other, the best first, as the
    /// command line writes it with ``--csv``: player, rival, instrument, sector, harm and cost
    /// (losses of the rival and of the player, ln welfare for a rise of ``ln(1 + tax)`` by 1).
    #[getter]
    fn table(&self) -> PyResult<Table> {
        self.rows(|side| &side.all)
    }

    /// The taxes that hurt most, raised by the step and solved again, the best first: the same
    /// columns, losses of ln welfare by that step.
    #[getter]
    fn carried_out(&self) -> PyResult<Table> {
        self.rows(|side| &side.carried_out)
    }

    /// What was played, in a line.
    #[getter]
    fn heading(&self) -> &str {
        &self.about.heading
    }

    /// What became of limits on quantities.
    #[getter]
    fn remarks(&self) -> Vec<String> {
        self.about.remarks.clone()
    }

    fn __repr__(&self) -> String {
        let [first, second] = self.sides.each_ref();
        let (a, b) = (self.about.code(first.own), self.about.code(first.rival));
        let (own, other) = (first.all.len(), second.all.len());
        format!("<detente.strategy.Leverage: {own} taxes of {a}, {other} of {b}>")
    }
}
