//! `detente.strategy.ladder`: two players on the rungs of a ledger's days.

use std::sync::Arc;

use detente::strategy::game;
use jiff::civil::Date;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::question::{About, List, Question};
use crate::array::{Array, owned};
use crate::day::Day;
use crate::ledger::Ledger;
use crate::table::{Table, numbers, texts};
use crate::world::World;

/// Payoffs of two players on the rungs of a ledger's days. The same as ``detente strategy
/// ladder``.
///
/// Rung ``i`` of a player are its taxes on the other on day ``i``; everybody's other taxes are
/// those of the first day.
///
/// Parameters
/// ----------
/// world : World
/// ledger : Ledger
///     Read for that world.
/// players : sequence of str
///     Codes of the two.
/// rungs : sequence of date or str
///     Two days or more whose taxes are the rungs, lowest first.
/// threads : int
///     Threads; 0 is one a processor. Results do not depend on it.
/// progress : callable, optional
///     Called now and then with what is done, the equilibria so far, and 0.
/// **setting
///     What is played: see `detente.strategy.Setting`.
///
/// Returns
/// -------
/// Ladder
///
/// Raises
/// ------
/// InputError
///     If something that is named is not there.
/// NoEquilibrium
///     If a pair of rungs has none.
/// KeyboardInterrupt
///     On Ctrl-C, soon.
///
/// Examples
/// --------
/// >>> import detente
/// >>> world = detente.World.open("icio-2022")
/// >>> ledger = detente.Ledger.open("us-china", world)
/// >>> days = ["2025-01-19", "2025-04-12"]
/// >>> ladder = detente.strategy.ladder(world, ledger, players=["USA", "CHN"], rungs=days)
/// >>> ladder.stable
/// [(0, 0)]
#[pyfunction]
#[pyo3(signature = (world, ledger, *, players, rungs, threads = 0, progress = None, **setting))]
#[allow(clippy::too_many_arguments)]
pub fn ladder(
    py: Python<'_>,
    world: &World,
    ledger: &Ledger,
    players: List,
    rungs: Vec<Day>,
    threads: usize,
    progress: Option<&Bound<'_, PyAny>>,
    setting: Option<&Bound<'_, PyDict>>,
) -> PyResult<Ladder> {
    let question = Question::read("ladder", (world, Some(ledger)), players, setting, false)?;
    let days: Vec<Date> = rungs.iter().map(|day| day.0).collect();
    let (ladder, about) = question.ask(py, (threads, progress), |game, _| game.ladder(&days))?;
    Ok(Ladder { ladder, about })
}

/// Two players on every pair of rungs.
#[pyclass(frozen, module = "detente.strategy")]
pub struct Ladder {
    ladder: game::Ladder,
    about: Arc<About>,
}

impl Ladder {
    /// First rung, second rung and region of every number, in order.
    fn cells(&self) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        let (count, n) = (self.ladder.rungs.len(), self.about.world.region_count());
        (0..count * count * n).map(move |at| (at / (count * n), at / n % count, at % n))
    }
}

#[pymethods]
impl Ladder {
    /// The days, lowest first.
    #[getter]
    fn rungs(&self) -> Vec<Date> {
        self.ladder.rungs.clone()
    }

    /// Codes of the two players.
    #[getter]
    fn players(&self) -> [&str; 2] {
        self.ladder.players.map(|region| self.about.code(region))
    }

    /// Change of real income against both on the lowest rung, fraction, ``[first's rung,
    /// second's rung, region]``.
    #[getter]
    fn real_income<'py>(&self, py: Python<'py>) -> Array<'py> {
        let (count, n) = (self.ladder.rungs.len(), self.about.world.region_count());
        let income = |(first, second, region)| self.ladder.income(first, second, region) / 100.0;
        owned(py, self.cells().map(income).collect(), &[count, count, n])
    }

    /// The rung that is best for each player while the other stays on one: ``best[0][j]`` is
    /// the first player's answer to the second on rung ``j``.
    #[getter]
    fn best(&self) -> [Vec<usize>; 2] {
        [0, 1].map(|side| (0..self.ladder.rungs.len()).map(|other| self.ladder.best(side, other)).collect())
    }

    /// Pairs of rungs from which neither wants to move.
    #[getter]
    fn stable(&self) -> Vec<(usize, usize)> {
        self.ladder.stable().into_iter().map(|[first, second]| (first, second)).collect()
    }

    /// The table that the command line writes with ``--csv``: first_rung, second_rung, region,
    /// variable (``welfare_exact``), value in per cent of the lowest rungs.
    #[getter]
    fn table(&self) -> PyResult<Table> {
        let day = |rung: usize| self.ladder.rungs[rung].to_string();
        let income = |(first, second, region)| self.ladder.income(first, second, region);
        Table::of(vec![
            ("first_rung", texts(self.cells().map(|(first, _, _)| day(first)))),
            ("second_rung", texts(self.cells().map(|(_, second, _)| day(second)))),
            ("region", texts(self.cells().map(|(_, _, region)| self.about.code(region)))),
            ("variable", texts(self.cells().map(|_| "welfare_exact"))),
            ("value", numbers(self.cells().map(income))),
        ])
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
        let [first, second] = self.players();
        format!("<detente.strategy.Ladder of {first} and {second}: {} rungs>", self.ladder.rungs.len())
    }
}
