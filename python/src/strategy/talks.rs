//! `detente.strategy.talks`: which deal could be struck, and what would each gain?

use std::sync::Arc;

use detente::strategy::game::{Agreement, Shared, Terms};
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::point::{Point, fractions};
use super::question::{About, List, Question, wrong};
use crate::array::{Array, owned};
use crate::ledger::Ledger;
use crate::table::{Table, numbers, some_numbers, texts};
use crate::world::World;

/// An efficient deal between the players, or deals of every two, and what each gains. The
/// same as ``detente strategy talks``.
///
/// Parameters
/// ----------
/// world : World
/// ledger : Ledger, optional
///     Read for that world; default: no measures.
/// players : sequence of str
///     Codes of two or more; everybody else keeps today's taxes.
/// from_ : {"today", "nash"}
///     What happens without a deal: today's taxes, or the players' trade war.
/// rule : {"equal-gains", "nash-bargaining", "kalai-smorodinsky", "nash-in-nash"}
///     How gains are shared; with nash-in-nash every two players bargain for themselves.
/// frontier : int
///     Points of the frontier of two players: 2 to 201, or 0.
/// concessions : int, optional
///     Concessions to price for each of two players; default 5.
/// threads : int
///     Threads; 0 is one a processor. Results do not depend on it.
/// progress : callable, optional
///     Called now and then with what is done, the equilibria so far, and 0.
/// **levers
///     What is played and which taxes are set: see `detente.strategy.Levers`.
///
/// Returns
/// -------
/// Deal
///
/// Raises
/// ------
/// InputError
///     If something that is named is not there, or an argument would do nothing.
/// NoEquilibrium
///     If there is no deal from which everybody gains, or no war.
/// KeyboardInterrupt
///     On Ctrl-C, soon.
///
/// Examples
/// --------
/// >>> import detente
/// >>> world = detente.World.open("ossa2014")
/// >>> deal = detente.strategy.talks(world, players=["USA", "CHN"], bounds=(-50, 500))
/// >>> bool(abs(deal.gains[0] - deal.gains[1]) < 1e-8)
/// True
#[pyfunction]
#[pyo3(signature = (world, ledger = None, *, players, from_ = "today", rule = "equal-gains", frontier = 0,
    concessions = None, threads = 0, progress = None, **levers))]
#[allow(clippy::too_many_arguments)]
pub fn talks(
    py: Python<'_>,
    world: &World,
    ledger: Option<&Ledger>,
    players: List,
    from_: &str,
    rule: &str,
    frontier: usize,
    concessions: Option<usize>,
    threads: usize,
    progress: Option<&Bound<'_, PyAny>>,
    levers: Option<&Bound<'_, PyDict>>,
) -> PyResult<Deal> {
    let question = Question::read("talks", (world, ledger), players, levers, true)?;
    let (from, rule) = (from_.parse().map_err(wrong)?, rule.parse().map_err(wrong)?);
    let terms = Terms { from, rule, frontier, concessions };
    let (found, about) = question.ask(py, (threads, progress), |game, levers| game.talks(levers, &terms))?;
    let Agreement { gains, shared, rest, frontier, offers } = found;
    let point = Point::new(py, rest, &about)?;
    let offers = offers.into_iter().flat_map(|offer| {
        let (giver, receiver) = (offer.giver, offer.receiver);
        offer.concessions.into_iter().map(move |concession| Concession {
            giver,
            receiver,
            sector: concession.sector,
            cost: concession.giver,
            gain: -concession.receiver,
            rate: (!concession.is_free()).then(|| concession.rate()),
        })
    });
    Ok(Deal { gains, shared, frontier, offers: offers.collect(), point, about })
}

/// One tariff that a player could lower.
struct Concession {
    giver: usize,
    receiver: usize,
    sector: usize,
    cost: f64,
    gain: f64,
    rate: Option<f64>,
}

/// A deal, and what it gives to whom.
#[pyclass(frozen, module = "detente.strategy")]
pub struct Deal {
    gains: Vec<f64>,
    shared: Shared,
    frontier: Vec<[f64; 2]>,
    offers: Vec<Concession>,
    point: Py<Point>,
    about: Arc<About>,
}

#[pymethods]
impl Deal {
    /// Codes of the players.
    #[getter]
    fn players(&self) -> Vec<&str> {
        self.about.players.iter().map(|region| self.about.code(*region)).collect()
    }

    /// Gains over what happens without a deal, fraction, ``[player]``.
    #[getter]
    fn gains<'py>(&self, py: Python<'py>) -> Array<'py> {
        fractions(py, &self.gains, &[self.gains.len()])
    }

    /// The planner's weights, ``[player]``, their sum 1; None for deals of every two.
    #[getter]
    fn weights<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match &self.shared {
            Shared::Together { weights, .. } => {
                owned(py, weights.clone(), &[weights.len()]).map(|array| Some(array.into_any()))
            }
            Shared::Pairs { .. } => Ok(None),
        }
    }

    /// The most that each could gain, fraction, ``[player]``; only for kalai-smorodinsky.
    #[getter]
    fn most<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match &self.shared {
            Shared::Together { most: Some(most), .. } => {
                fractions(py, most, &[most.len()]).map(|array| Some(array.into_any()))
            }
            _ => Ok(None),
        }
    }

    /// Of deals of every two, a row a pair: first, second, first_gain, second_gain (fractions,
    /// over their own taxes without a deal, the other deals given; missing for a pair that
    /// found nothing to gain). Without rows for one deal of all.
    #[getter]
    fn pairs(&self) -> PyResult<Table> {
        let pairs = match &self.shared {
            Shared::Pairs { pairs, .. } => pairs.as_slice(),
            Shared::Together { .. } => &[],
        };
        let code = |place: usize| self.about.code(self.about.players[place]);
        let gains = |side: usize| pairs.iter().map(move |(_, gains)| gains.map(|both| both[side].exp_m1()));
        Table::of(vec![
            ("first", texts(pairs.iter().map(|(pair, _)| code(pair[0])))),
            ("second", texts(pairs.iter().map(|(pair, _)| code(pair[1])))),
            ("first_gain", some_numbers(gains(0))),
            ("second_gain", some_numbers(gains(1))),
        ])
    }

    /// Gains of two players along the frontier, fraction, ``[point, player]``, from the second's
    /// best to the first's; without points unless they were asked for.
    #[getter]
    fn frontier<'py>(&self, py: Python<'py>) -> Array<'py> {
        fractions(py, self.frontier.as_flattened(), &[self.frontier.len(), 2])
    }

    /// What two players could offer each other, a row a tariff: giver, receiver, sector, cost
    /// and gain (of the giver and of the receiver, change of ln welfare for a fall of
    /// ``ln(1 + tariff)`` by 1), rate (gain for a unit of cost; missing where it costs nothing).
    #[getter]
    fn concessions(&self) -> PyResult<Table> {
        let (offers, sectors) = (&self.offers, &self.about.world.sectors);
        Table::of(vec![
            ("giver", texts(offers.iter().map(|offer| self.about.code(offer.giver)))),
            ("receiver", texts(offers.iter().map(|offer| self.about.code(offer.receiver)))),
            ("sector", texts(offers.iter().map(|offer| sectors.code(offer.sector)))),
            ("cost", numbers(offers.iter().map(|offer| offer.cost))),
            ("gain", numbers(offers.iter().map(|offer| offer.gain))),
            ("rate", some_numbers(offers.iter().map(|offer| offer.rate))),
        ])
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
        let gain = |(region, log): (&usize, &f64)| {
            format!("{} {:+.3} %", self.about.code(*region), 100.0 * log.exp_m1())
        };
        let gains: Vec<String> = self.about.players.iter().zip(&self.gains).take(4).map(gain).collect();
        let more = if self.gains.len() > gains.len() { ", …" } else { "" };
        format!("<detente.strategy.Deal: {}{more}>", gains.join(", "))
    }
}
