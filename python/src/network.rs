//! `detente.network`: the weeks after a day.

use detente::numerics::progress::Progress;
use detente::scenario::ShortRunQuestion;
use detente::scenario::open::Shelf;
use detente::scenario::short_run::{ShortRun, Span, run};
use pyo3::prelude::*;

use crate::day::Day;
use crate::error::{failed, wrong_input};
use crate::ledger::Ledger;
use crate::long_work::watched;
use crate::table::{Table, numbers, texts, unusable};
use crate::world::World;

/// One number, or the two ends of a range.
#[derive(FromPyObject)]
pub enum Ends {
    Both(f64),
    Two(f64, f64),
}

impl Ends {
    fn span(&self, name: &str, least: f64, most: f64) -> PyResult<Span> {
        let (low, high) = match self {
            Self::Both(both) => (*both, *both),
            Self::Two(low, high) => (*low, *high),
        };
        let within = (least..=most).contains(&low) && (least..=most).contains(&high) && low <= high;
        match within {
            true => Ok(Span { low, high }),
            false if most.is_finite() => Err(wrong_input(format!(
                "{name}: {low} to {high}: write one number from {least} to {most}, or two, the lower first"
            ))),
            false => Err(wrong_input(format!(
                "{name}: {low} to {high}: write one number from {least} on, or two, the lower first"
            ))),
        }
    }
}

/// The weeks after a day: what stops where, and what it costs. The same as
/// ``detente network``.
///
/// Parameters
/// ----------
/// world : World
/// ledger : Ledger
///     Read for that world: what it limits from the first day on is the disturbance.
/// start : date or str
///     First day.
/// weeks : int
///     Weeks to follow, 1 to 104.
/// actors : sequence of str
///     Codes of the regions in the foreground.
/// daily : bool
///     Steps of a day, not of a week.
/// reading : str, optional
///     Whose account of the measures: a reading of the ledger.
/// sender : str, optional
///     The region whose measures these are; default: the study's, else the first actor that
///     limits a flow.
/// study : str, optional
///     A study of chains that says which lines stand: a name that ships, or a file.
/// cover : float or (float, float)
///     Stocks of inputs, days; two numbers hold 5 to 95 % of the draws.
/// leak : float or (float, float)
///     Share of blocked flows that leaks in the end, fraction.
/// draws, seed : int
///     Draws from the ranges.
/// threads : int
///     Threads; 0 is one a processor. Results do not depend on it.
/// progress : callable, optional
///     Called now and then with the stage, the steps that are done, and the steps in all.
///
/// Returns
/// -------
/// Weeks
///
/// Raises
/// ------
/// InputError
///     If something that is named is not there.
/// KeyboardInterrupt
///     On Ctrl-C, soon.
///
/// Notes
/// -----
/// Stocks, orders, goods at sea and lines that stand, week by week; rules after Hallegatte
/// (2008) and Guan et al. (2020). The book's page on the short run has the equations.
#[pyfunction]
#[pyo3(signature = (world, ledger, start, *, weeks = 26, actors = None, daily = false, reading = None,
    sender = None, study = None, cover = None, leak = None, draws = 200, seed = 1, threads = 0, progress = None))]
#[allow(clippy::too_many_arguments)]
pub fn network(
    py: Python<'_>,
    world: &World,
    ledger: &Ledger,
    start: Day,
    weeks: usize,
    actors: Option<Vec<String>>,
    daily: bool,
    reading: Option<&str>,
    sender: Option<String>,
    study: Option<&str>,
    cover: Option<Ends>,
    leak: Option<Ends>,
    draws: usize,
    seed: u64,
    threads: usize,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Weeks> {
    ledger.fits(world)?;
    for (name, number, most) in [("weeks", weeks, 104), ("draws", draws, 20_000)] {
        if !(1..=most).contains(&number) {
            return Err(wrong_input(format!("{name}: {number} is not a number from 1 to {most}")));
        }
    }
    let mut question = ShortRunQuestion::new(start.0, weeks);
    question.step_days = if daily { 1.0 } else { 7.0 };
    (question.sender, question.draws, question.seed) = (sender, draws, seed);
    if let Some(cover) = cover {
        question.cover = cover.span("cover", question.step_days, f64::INFINITY)?;
        let Span { low, high } = question.cover;
        question.restore = Span { low: low.max(1.0), high: high.max(1.0) };
    }
    if let Some(leak) = leak {
        question.leak = leak.span("leak", 0.0, 1.0)?;
    }
    let actors = actors.unwrap_or_else(|| vec!["USA".to_owned(), "CHN".to_owned()]);
    let actors: Vec<usize> =
        actors.iter().map(|code| world.region("actors", code)).collect::<PyResult<_>>()?;
    let study = study.map(|name| Shelf::Files(None).study(name)).transpose().map_err(failed)?;
    let study = study.as_ref().map(|study| &study.study);
    let measures = ledger.read_by(reading)?;
    let steps = Progress::default();
    let found = watched(py, threads, &steps, progress, || {
        run::weeks(&question, &world.world, &measures, study, &actors, &steps)
    })?;
    Ok(Weeks { short_run: found.map_err(failed)? })
}

/// The weeks after a day.
#[pyclass(frozen, module = "detente")]
pub struct Weeks {
    short_run: ShortRun,
}

#[pymethods]
impl Weeks {
    /// Every number, in the shape of the table of results; medians, with 5 to 95 % of the
    /// draws as low and high.
    #[getter]
    fn results(&self) -> PyResult<Table> {
        self.short_run.results.to_batch().map(Table::new).map_err(unusable)
    }

    /// The region whose measures are weighed.
    #[getter]
    fn sender(&self) -> &str {
        &self.short_run.sender
    }

    /// Ids of the measures that limit flows.
    #[getter]
    fn measures(&self) -> Vec<String> {
        self.short_run.measures.clone()
    }

    /// Number of flows that are limited in some week.
    #[getter]
    fn limited_flows(&self) -> usize {
        self.short_run.limited_flows
    }

    /// Industries that hang most on the limited flows: region, sector, and output a year,
    /// million USD, that a percentage point more of them gives back.
    #[getter]
    fn exposed(&self) -> PyResult<Table> {
        let exposed = &self.short_run.exposed;
        Table::of(vec![
            ("region", texts(exposed.iter().map(|(region, _, _)| region))),
            ("sector", texts(exposed.iter().map(|(_, sector, _)| sector))),
            ("output_musd", numbers(exposed.iter().map(|(_, _, output)| *output))),
        ])
    }

    fn __repr__(&self) -> String {
        let question = &self.short_run.question;
        format!(
            "<detente.Weeks: {} weeks from {}, {} draws, measures of {}>",
            question.weeks, question.from, question.draws, self.short_run.sender
        )
    }
}
