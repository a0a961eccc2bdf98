//! `detente.strategy.truce`: would today's deal between two players hold?

use std::sync::Arc;

use detente::strategy::game::{self, Seen, TruceTerms};
use detente::strategy::truce::{Payoffs, Verdict};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::question::{About, List, Question};
use crate::ledger::Ledger;
use crate::table::{Table, numbers, texts};
use crate::world::World;

/// Whether today's deal between two players would hold. The same as ``detente strategy
/// truce``.
///
/// Parameters
/// ----------
/// world : World
/// ledger : Ledger, optional
///     Read for that world; default: no measures.
/// players : sequence of str
///     Codes of the two; everybody else keeps today's taxes.
/// rate : float
///     Discount rate, per cent a year.
/// lag : float
///     From a breach to the answer, days.
/// not_renewed : float
///     Probability, per cent, that the deal is not renewed when it is reviewed.
/// review : float
///     Between reviews, days.
/// punishment : int, optional
///     Periods that a punishment lasts; default: for ever.
/// noise : float, optional
///     Noise of what each side sees of the other's compliance, as a share of what cheating
///     would take from it.
/// threads : int
///     Threads; 0 is one a processor. Results do not depend on it.
/// progress : callable, optional
///     Called now and then with what is done, the equilibria so far, and 0.
/// **levers
///     What is played and which taxes are set: see `detente.strategy.Levers`.
///
/// Returns
/// -------
/// Truce
///
/// Raises
/// ------
/// InputError
///     If something that is named is not there, or a number is out of range.
/// NoEquilibrium
///     If the war or a best reply is not found.
/// KeyboardInterrupt
///     On Ctrl-C, soon.
///
/// Notes
/// -----
/// The deal are today's taxes; a breach is the best higher taxes on the partner, the war the
/// Nash equilibrium of both. Friedman (1971): it holds if the next period counts at least
/// (breach - deal) / (breach - war).
///
/// Examples
/// --------
/// >>> import detente
/// >>> world = detente.World.open("ossa2014")
/// >>> truce = detente.strategy.truce(world, players=["EU", "CHN"])
/// >>> [side.verdict for side in truce.sides]
/// ['holds', 'holds']
#[pyfunction]
#[pyo3(signature = (world, ledger = None, *, players, rate = 4.0, lag = 90.0, not_renewed = 0.0, review = 90.0,
    punishment = None, noise = None, threads = 0, progress = None, **levers))]
#[allow(clippy::too_many_arguments)]
pub fn truce(
    py: Python<'_>,
    world: &World,
    ledger: Option<&Ledger>,
    players: List,
    rate: f64,
    lag: f64,
    not_renewed: f64,
    review: f64,
    punishment: Option<u32>,
    noise: Option<f64>,
    threads: usize,
    progress: Option<&Bound<'_, PyAny>>,
    levers: Option<&Bound<'_, PyDict>>,
) -> PyResult<Truce> {
    let question = Question::read("truce", (world, ledger), players, levers, true)?;
    let terms = TruceTerms { rate, lag, not_renewed, review, punishment, noise };
    let (truce, about) = question.ask(py, (threads, progress), |game, levers| game.truce(levers, &terms))?;
    Ok(Truce { truce, about })
}

/// Whether a deal holds.
#[pyclass(frozen, module = "detente.strategy")]
pub struct Truce {
    truce: game::Truce,
    about: Arc<About>,
}

impl Truce {
    fn side(&self, side: &game::Side) -> Side {
        let holds = side.verdict.holds_at(self.truce.patience.delta());
        Side { side: side.clone(), words: self.truce.words(side), holds }
    }
}

#[pymethods]
impl Truce {
    /// Both players.
    #[getter]
    fn sides(&self) -> Vec<Side> {
        self.truce.sides.iter().map(|side| self.side(side)).collect()
    }

    /// True if the deal holds for both.
    #[getter]
    fn holds(&self) -> bool {
        self.truce.sides.iter().all(|side| self.side(side).holds)
    }

    /// What the next period counts, a period being as long as the lag.
    #[getter]
    fn delta(&self) -> f64 {
        self.truce.patience.delta()
    }

    /// Code of the player that the deal hangs on.
    #[getter]
    fn weakest(&self) -> Option<&str> {
        self.truce.weakest().map(|(side, _)| self.truce.sides[side].name.as_str())
    }

    /// What noise does to it: ``nobody is tempted``, ``somebody prefers the war``, ``no trigger
    /// deters`` or ``a trigger deters``; None unless noise was given.
    #[getter]
    fn watched(&self) -> Option<&'static str> {
        Some(match self.truce.seen.as_ref()? {
            Seen::Idle => "nobody is tempted",
            Seen::Hopeless => "somebody prefers the war",
            Seen::Watched { regime: None, .. } => "no trigger deters",
            Seen::Watched { regime: Some(_), .. } => "a trigger deters",
        })
    }

    /// False alarms a year under the best trigger; None without one.
    #[getter]
    fn false_alarms(&self) -> Option<f64> {
        match &self.truce.seen {
            Some(Seen::Watched { regime: Some(regime), .. }) => {
                Some(regime.false_alarms_a_year(self.truce.patience.lag))
            }
            _ => None,
        }
    }

    /// Months a year at war in the long run under the best trigger; None without one, or if
    /// its first war does not end.
    #[getter]
    fn months_at_war(&self) -> Option<f64> {
        match &self.truce.seen {
            Some(Seen::Watched { regime: Some(regime), .. }) => regime.war.map(|_| regime.months_at_war()),
            _ => None,
        }
    }

    /// Most noise that a trigger bears, as a share of what cheating takes away; None if none
    /// does, or nothing is to be watched.
    #[getter]
    fn most_noise(&self) -> Option<f64> {
        match &self.truce.seen {
            Some(Seen::Watched { most_noise, .. }) => *most_noise,
            _ => None,
        }
    }

    /// The table that the command line writes with ``--csv``: region, variable
    /// (``temptation`` and ``punishment_loss`` in per cent a year, ``critical_discount``,
    /// ``longest_lag`` in days), value; what has no number has no row.
    #[getter]
    fn table(&self) -> PyResult<Table> {
        let rows = self.truce.rows();
        Table::of(vec![
            ("region", texts(rows.iter().map(|(region, _, _)| region))),
            ("variable", texts(rows.iter().map(|(_, variable, _)| variable))),
            ("value", numbers(rows.iter().map(|(_, _, value)| *value))),
        ])
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
        let told = |side: &game::Side| format!("{} {}", side.name, self.truce.words(side));
        let [first, second] = &self.truce.sides;
        format!("<detente.strategy.Truce: {}, {}>", told(first), told(second))
    }
}

/// One player under a deal.
#[pyclass(frozen, module = "detente.strategy")]
pub struct Side {
    side: game::Side,
    words: &'static str,
    holds: bool,
}

#[pymethods]
impl Side {
    /// Code of the player.
    #[getter]
    fn player(&self) -> &str {
        &self.side.name
    }

    /// Deal, breach and war: what the player wants, change of ln welfare against today.
    #[getter]
    fn payoffs(&self) -> (f64, f64, f64) {
        let Payoffs { deal, breach, war } = self.side.payoffs;
        (deal, breach, war)
    }

    /// Breach less deal, percentage points of a year's welfare.
    #[getter]
    fn temptation(&self) -> f64 {
        100.0 * self.side.payoffs.temptation()
    }

    /// Deal less war, percentage points of a year's welfare.
    #[getter]
    fn punishment_loss(&self) -> f64 {
        100.0 * self.side.payoffs.loss()
    }

    /// At the lag that was given: ``holds``, ``breaks``, ``not tempted at these taxes``,
    /// ``prefers the war`` or ``punishment too short``.
    #[getter]
    fn verdict(&self) -> &'static str {
        self.words
    }

    /// True if the deal holds for this player.
    #[getter]
    fn holds(&self) -> bool {
        self.holds
    }

    /// The least that the next period has to count; None where there is no such number.
    #[getter]
    fn critical_discount(&self) -> Option<f64> {
        match self.side.verdict {
            Verdict::From(least) => Some(least),
            _ => None,
        }
    }

    /// Longest time from a breach to the answer at which it holds, days: infinite if any
    /// does, None if none.
    #[getter]
    fn longest_lag(&self) -> Option<f64> {
        self.side.longest_lag
    }

    /// What a reputation elsewhere has to be worth for the deal to hold, per cent of a year's
    /// income, once; None if it holds without.
    #[getter]
    fn reputation(&self) -> Option<f64> {
        self.side.reputation
    }

    fn __repr__(&self) -> String {
        format!("<detente.strategy.Side {}: {}>", self.side.name, self.words)
    }
}
