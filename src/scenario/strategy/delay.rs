//! What does waiting cost each side, and when does it cost more than giving in?
//!
//! In a *standoff* both stay on the highest rung that is no embargo. Waiting costs what
//! the first deal would be worth more, a week:
//!
//! ```text
//! beyond[n]     = I[n] (payoff[deal] − payoff[standoff]) / 52            the long run
//! weekly[n,t]   = −(value added of week t against undisturbed) V[n] / 52  the short run, where there is one
//! concession[n] = I[n] (payoff[deal] − payoff[own lowest rung, other's standoff]) · term/364
//! share[n]      = cost of the other / (cost of both), costs in per cent of what each earns
//! pressure[n]   = first week in which what waiting has cost since the first reaches the concession
//! ```
//!
//! Weeks of the short run hold what the limits on quantities do, tariffs play no part in
//! them; beyond them the equilibrium of the standoff counts, which knows tariffs and has no
//! weeks. A side that would be better off alone on its lowest rung than in the deal
//! concedes nothing by going there.

use super::game::Game;
use super::{Ladder, Spread};
use crate::results::Variable;
use crate::scenario::ShortRun;
use crate::strategy::pressure::{shares, week_of_pressure};

/// Weeks of a year.
pub const WEEKS: f64 = 52.0;

/// Cost of delay of both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Delay {
    /// Name of the rung of the standoff.
    pub standoff: String,
    /// Name of the rung to which a side goes that gives in.
    pub lowest: String,
    /// Name of the deal.
    pub deal: String,
    /// Losses of each week of the short run, million USD, `[side][week]`; empty without one.
    pub weekly_musd: [Vec<Spread>; 2],
    /// Loss of a week beyond, million USD.
    pub beyond_musd: [Spread; 2],
    /// What giving in costs, million USD.
    pub concession_musd: [Spread; 2],
    /// Week of pressure: central, and earliest and latest over the ranges; `None`: never.
    pub pressure: [[Option<usize>; 3]; 2],
    /// Shares of the two in what a deal is worth, by costs of the short run's weeks and
    /// of the long run; `None` where a side loses nothing by waiting.
    pub shares: [Option<(f64, f64)>; 2],
}

/// What is known of the long run.
pub(super) struct Known<'a> {
    /// Logarithms of real income in the first deal, `[case][region]`.
    pub deal: &'a [Vec<f64>],
    /// In the standoff.
    pub standoff: &'a [Vec<f64>],
    /// With a side alone on its lowest rung, `[side][case][region]`.
    pub given_in: [&'a [Vec<f64>]; 2],
    /// Income of the status quo in the central case, million USD, `[region]`.
    pub income_musd: &'a [f64],
    /// Value added of the base, million USD, `[region]`.
    pub value_added_musd: &'a [f64],
    /// Position of the standoff among the rungs.
    pub rung: usize,
}

/// The highest rung that is no embargo, or the highest.
pub(super) fn standoff(ladder: &Ladder) -> usize {
    let rungs = &ladder.rungs;
    let is_open = |rung: &usize| rungs[*rung].tariffs.iter().any(Option::is_some);
    (1..rungs.len()).rev().find(is_open).unwrap_or(rungs.len() - 1)
}

/// Costs of delay.
pub(super) fn of(game: &Game<'_>, ladder: &Ladder, known: &Known<'_>, short_run: Option<&ShortRun>) -> Delay {
    let musd = |player: usize, from: &[Vec<f64>], to: &[Vec<f64>]| {
        let loss = |(from, to): (&Vec<f64>, &Vec<f64>)| {
            known.income_musd[player] * (from[player].exp() - to[player].exp())
        };
        Spread::of(from.iter().zip(to).map(loss))
    };
    let scaled = |spread: Spread, by: f64| Spread {
        value: spread.value * by,
        low: spread.low * by,
        high: spread.high * by,
    };
    let sides = [0, 1];
    let beyond = sides.map(|side| scaled(musd(game.players[side], known.deal, known.standoff), 1.0 / WEEKS));
    let term = game.question.term_days / (7.0 * WEEKS);
    let concession =
        sides.map(|side| scaled(musd(game.players[side], known.deal, known.given_in[side]), term));
    let weekly = sides.map(|side| short_run.map_or(Vec::new(), |found| weeks(game, known, side, found)));
    let pressure = sides.map(|side| {
        let path = |of: fn(&Spread) -> f64| weekly[side].iter().map(of).collect::<Vec<f64>>();
        let week = |path: Vec<f64>, beyond: f64, concession: f64| {
            if concession <= 0.0 { Some(0) } else { week_of_pressure(&path, beyond, concession) }
        };
        let (beyond, concession) = (beyond[side], concession[side]);
        [
            week(path(|w| w.value), beyond.value, concession.value),
            week(path(|w| w.high), beyond.high, concession.low),
            week(path(|w| w.low), beyond.low, concession.high),
        ]
    });
    let relative = |costs: [f64; 2]| {
        let [a, b] = sides.map(|side| costs[side] / known.income_musd[game.players[side]]);
        shares(a, b)
    };
    let mean = sides.map(|side| {
        weekly[side].iter().map(|week| week.value).sum::<f64>() / weekly[side].len().max(1) as f64
    });
    let of_weeks = if weekly[0].is_empty() { None } else { relative(mean) };
    Delay {
        standoff: ladder.rungs[known.rung].name.clone(),
        lowest: ladder.rungs[0].name.clone(),
        deal: game.deals.first().map_or(String::new(), |deal| game.sources[*deal].name.clone()),
        shares: [of_weeks, relative(beyond.map(|spread| spread.value))],
        weekly_musd: weekly,
        beyond_musd: beyond,
        concession_musd: concession,
        pressure,
    }
}

/// Losses of a side in the weeks of the short run, million USD.
fn weeks(game: &Game<'_>, known: &Known<'_>, side: usize, short_run: &ShortRun) -> Vec<Spread> {
    let code = game.question.players[side].as_str();
    let usual = known.value_added_musd[game.players[side]] / WEEKS / 100.0;
    let rows = short_run.results.rows.iter();
    let mut weeks: Vec<(u32, Spread)> = rows
        .filter(|row| row.variable == Variable::ValueAdded && &*row.region == code)
        .filter_map(|row| {
            let (low, high) = (row.low.unwrap_or(row.value), row.high.unwrap_or(row.value));
            // A low value added is a high loss.
            let loss = Spread { value: -row.value * usual, low: -high * usual, high: -low * usual };
            Some((row.week?, loss))
        })
        .collect();
    weeks.sort_by_key(|(week, _)| *week);
    weeks.into_iter().map(|(_, loss)| loss).collect()
}
