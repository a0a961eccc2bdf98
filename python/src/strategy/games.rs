//! `detente.strategy.optimal` and `nash`: what one would do, and where a trade war ends.

use std::sync::Arc;

use detente::strategy::StrategyError;
use detente::strategy::game::War as Ends;
use detente::strategy::nash as wars;
use detente::strategy::reply;
use detente::strategy::reply::Start;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::point::{Point, fractions};
use super::question::{About, List, Question};
use crate::ledger::Ledger;
use crate::table::{Table, numbers, texts};
use crate::world::World;

/// The best reply of each player to what everybody does today. The same as ``detente
/// strategy optimal``.
///
/// Parameters
/// ----------
/// world : World
/// ledger : Ledger, optional
///     Read for that world; default: no measures.
/// players : sequence of str
///     Codes of those who reply, each alone; everybody else keeps today's taxes.
/// threads : int
///     Threads; 0 is one a processor. Results do not depend on it.
/// progress : callable, optional
///     Called now and then with what is done, the equilibria so far, and 0.
/// **levers
///     What is played and which taxes are set: see `detente.strategy.Levers`.
///
/// Returns
/// -------
/// list of Reply
///     One a player.
///
/// Raises
/// ------
/// InputError
///     If something that is named is not there, or an argument would do nothing.
/// NoEquilibrium
///     If no start leads to a best reply.
/// KeyboardInterrupt
///     On Ctrl-C, soon.
///
/// Notes
/// -----
/// The closed form of the best taxes at the shadow values of the moment, iterated to rest
/// from four starts. The book's page on strategy has the equations.
///
/// Examples
/// --------
/// >>> import detente
/// >>> world = detente.World.open("ossa2014")
/// >>> [reply] = detente.strategy.optimal(world, players=["USA"])
/// >>> reply
/// <detente.strategy.Reply of USA: +2.32 %>
#[pyfunction]
#[pyo3(signature = (world, ledger = None, *, players, threads = 0, progress = None, **levers))]
pub fn optimal(
    py: Python<'_>,
    world: &World,
    ledger: Option<&Ledger>,
    players: List,
    threads: usize,
    progress: Option<&Bound<'_, PyAny>>,
    levers: Option<&Bound<'_, PyDict>>,
) -> PyResult<Vec<Reply>> {
    let question = Question::read("optimal", (world, ledger), players, levers, true)?;
    let (found, about) = question.ask(py, (threads, progress), |game, levers| {
        let players = levers.players(game)?;
        players.iter().map(|player| Ok((player.name.clone(), game.best_reply(player)?))).collect()
    })?;
    let found: Vec<(String, reply::Reply)> = found;
    found.into_iter().map(|(player, reply)| Reply::new(py, player, reply, &about)).collect()
}

/// A player's best reply to today's taxes of everybody else.
#[pyclass(frozen, module = "detente.strategy")]
pub struct Reply {
    player: String,
    value: f64,
    start: Start,
    others: Vec<f64>,
    failed: Vec<String>,
    point: Py<Point>,
    about: Arc<About>,
}

impl Reply {
    fn new(py: Python<'_>, player: String, reply: reply::Reply, about: &Arc<About>) -> PyResult<Self> {
        let reply::Reply { rest, value, start, others, failed } = reply;
        let point = Point::new(py, rest, about)?;
        let fraction = |log: &f64| log.exp_m1();
        Ok(Self {
            player,
            value: fraction(&value),
            start,
            others: others.iter().map(fraction).collect(),
            failed: problems(&failed),
            point,
            about: about.clone(),
        })
    }
}

/// Starts that led nowhere, in words.
fn problems(failed: &[(Start, StrategyError)]) -> Vec<String> {
    failed.iter().map(|(start, problem)| format!("from {}: {problem}", start.name())).collect()
}

#[pymethods]
impl Reply {
    /// Code of the player.
    #[getter]
    fn player(&self) -> &str {
        &self.player
    }

    /// Change of what the player wants against today, fraction.
    #[getter]
    fn value(&self) -> f64 {
        self.value
    }

    /// The start of the search that led to it.
    #[getter]
    fn start(&self) -> String {
        self.start.name()
    }

    /// What other local optima give, fractions, the best first.
    #[getter]
    fn others(&self) -> Vec<f64> {
        self.others.clone()
    }

    /// Starts that led nowhere, and why.
    #[getter]
    fn failed(&self) -> Vec<String> {
        self.failed.clone()
    }

    /// Taxes and incomes.
    #[getter]
    fn point(&self, py: Python<'_>) -> Py<Point> {
        self.point.clone_ref(py)
    }

    /// What was played, in a line.
    #[getter]
    fn heading(&self) -> &str {
        &self.about.heading
    }

    /// What became of limits on quantities, and what instruments mean.
    #[getter]
    fn remarks(&self) -> Vec<String> {
        self.about.remarks.clone()
    }

    fn __repr__(&self) -> String {
        format!("<detente.strategy.Reply of {}: {:+.2} %>", self.player, 100.0 * self.value)
    }
}

/// Where a trade war among the players ends, with certificates. The same as ``detente
/// strategy nash``.
///
/// Parameters
/// ----------
/// world : World
/// ledger : Ledger, optional
///     Read for that world; default: no measures.
/// players : sequence of str, or "all"
///     Codes of two or more; everybody else keeps today's taxes.
/// starts : int, optional
///     Starts of the search and of every player's best reply, 1 to 8; 1 is a quick search,
///     and the default for more than eight players, else 4.
/// threads : int
///     Threads; 0 is one a processor. Results do not depend on it.
/// progress : callable, optional
///     Called now and then with what is done, the equilibria so far, and 0.
/// **levers
///     What is played and which taxes are set: see `detente.strategy.Levers`.
///
/// Returns
/// -------
/// War
///
/// Raises
/// ------
/// InputError
///     If something that is named is not there, or an argument would do nothing.
/// NoEquilibrium
///     If no start leads anywhere.
/// KeyboardInterrupt
///     On Ctrl-C, soon.
///
/// Examples
/// --------
/// >>> import detente
/// >>> world = detente.World.open("ossa2014")
/// >>> war = detente.strategy.nash(world, players=["USA", "CHN"], on=["USA", "CHN"])
/// >>> war.equilibria[0].gap < 1e-6
/// True
#[pyfunction]
#[pyo3(signature = (world, ledger = None, *, players, starts = None, threads = 0, progress = None, **levers))]
#[allow(clippy::too_many_arguments)]
pub fn nash(
    py: Python<'_>,
    world: &World,
    ledger: Option<&Ledger>,
    players: List,
    starts: Option<usize>,
    threads: usize,
    progress: Option<&Bound<'_, PyAny>>,
    levers: Option<&Bound<'_, PyDict>>,
) -> PyResult<War> {
    let question = Question::read("nash", (world, ledger), players, levers, true)?;
    let (Ends { search, found }, about) = question
        .ask(py, (threads, progress), |game, levers| game.trade_war(&levers.players(game)?, starts))?;
    let candidates = |ends: Vec<wars::Candidate>| -> PyResult<Vec<Py<Candidate>>> {
        ends.into_iter().map(|end| Candidate::new(py, end, &about)).collect()
    };
    Ok(War {
        equilibria: candidates(found.equilibria)?,
        rejected: candidates(found.rejected)?,
        failed: problems(&found.failed),
        autarky: found.autarky,
        starts: search.starts.len(),
        about,
    })
}

/// Where a trade war ends.
#[pyclass(frozen, module = "detente.strategy")]
pub struct War {
    equilibria: Vec<Py<Candidate>>,
    rejected: Vec<Py<Candidate>>,
    failed: Vec<String>,
    autarky: Option<Vec<f64>>,
    starts: usize,
    about: Arc<About>,
}

#[pymethods]
impl War {
    /// Nash equilibria, the one with the lowest mean welfare first; empty if somebody leaves
    /// every resting point.
    #[getter]
    fn equilibria(&self, py: Python<'_>) -> Vec<Py<Candidate>> {
        self.equilibria.iter().map(|end| end.clone_ref(py)).collect()
    }

    /// Resting points that meet the conditions of first order and that somebody leaves.
    #[getter]
    fn rejected(&self, py: Python<'_>) -> Vec<Py<Candidate>> {
        self.rejected.iter().map(|end| end.clone_ref(py)).collect()
    }

    /// Starts that led nowhere, and why.
    #[getter]
    fn failed(&self) -> Vec<String> {
        self.failed.clone()
    }

    /// Welfare without any trade against today's, fraction, ``[region]``: an equilibrium too,
    /// if nothing bounds tariffs; None where the model cannot tell.
    #[getter]
    fn autarky<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let array = |logs: &Vec<f64>| fractions(py, logs, &[logs.len()]).map(Bound::into_any);
        self.autarky.as_ref().map(array).transpose()
    }

    /// Number of starts of the search.
    #[getter]
    fn starts(&self) -> usize {
        self.starts
    }

    /// What was played, in a line.
    #[getter]
    fn heading(&self) -> &str {
        &self.about.heading
    }

    /// What became of limits on quantities, and what instruments mean.
    #[getter]
    fn remarks(&self) -> Vec<String> {
        self.about.remarks.clone()
    }

    fn __repr__(&self) -> String {
        let (count, players) = (self.equilibria.len(), self.about.players.len());
        let ends = if count == 1 { "equilibrium" } else { "equilibria" };
        format!("<detente.strategy.War of {players} players: {count} {ends}>")
    }
}

/// A resting point of a trade war with its certificate.
#[pyclass(frozen, module = "detente.strategy")]
pub struct Candidate {
    kkt: f64,
    gap: f64,
    starts: Vec<Start>,
    gaps: Vec<wars::Gap>,
    point: Py<Point>,
}

impl Candidate {
    fn new(py: Python<'_>, end: wars::Candidate, about: &Arc<About>) -> PyResult<Py<Self>> {
        let (kkt, gap) = (end.kkt(), end.gap());
        let wars::Candidate { rest, starts, gaps } = end;
        Py::new(py, Self { kkt, gap, starts, gaps, point: Point::new(py, rest, about)? })
    }
}

#[pymethods]
impl Candidate {
    /// Residual of the conditions of first order, in ``ln(1 + tax)``.
    #[getter]
    fn kkt(&self) -> f64 {
        self.kkt
    }

    /// Most that was found to be gained by leaving, percentage points.
    #[getter]
    fn gap(&self) -> f64 {
        self.gap
    }

    /// Starts that led to it.
    #[getter]
    fn starts(&self) -> Vec<String> {
        self.starts.iter().map(|start| start.name()).collect()
    }

    /// A row a player: player, points (what it would gain by leaving, percentage points),
    /// start (which led to that reply), distance (of the reply from the point, in
    /// ``ln(1 + tax)``).
    #[getter]
    fn gaps(&self) -> PyResult<Table> {
        let gaps = &self.gaps;
        Table::of(vec![
            ("player", texts(gaps.iter().map(|gap| &gap.player))),
            ("points", numbers(gaps.iter().map(|gap| gap.points))),
            ("start", texts(gaps.iter().map(|gap| gap.start.name()))),
            ("distance", numbers(gaps.iter().map(|gap| gap.distance))),
        ])
    }

    /// Taxes and incomes.
    #[getter]
    fn point(&self, py: Python<'_>) -> Py<Point> {
        self.point.clone_ref(py)
    }

    fn __repr__(&self) -> String {
        format!("<detente.strategy.Candidate: gap {:.1e} points, residual {:.0e}>", self.gap, self.kkt)
    }
}
