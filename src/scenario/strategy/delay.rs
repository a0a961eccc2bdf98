//! What does waiting cost each side, and when does it cost more than giving in?
//!
//! In a *standoff* both stay on the highest rung that is no embargo. Waiting costs what
//! the first deal would be worth more, a week:
//!
//! ```text
//! beyond[n]     = I[n] (payoff[deal] − payoff[standoff]) / 52            the long run
//! weekly[n,t]   = −(value added of week t against undisturbed) V[n] / 52  the short run, where there is one
//! lost[n,T]     = value added lost less caught up by week T                     at the horizons
//! concession[n] = I[n] (payoff[deal] − payoff[own lowest rung, other's standoff]) · term/364
//! share[n]      = cost of the other / (cost of both), costs in per cent of what each earns
//! pressure[n]   = first week T in which lost[n,T] reaches the concession
//! ```
//!
//! Medians of single weeks do not add up: every draw has its bad weeks at another time. So
//! what waiting has cost is taken from the losses that the short run has cumulated draw by
//! draw, with a straight line between its horizons; weeks after the last horizon are added
//! one by one, and then `beyond`. A range takes the most lost with the least caught up.
//!
//! Weeks of the short run hold what the limits on quantities do, tariffs play no part in
//! them; beyond them the equilibrium of the standoff counts, which knows tariffs and has no
//! weeks. A side that would be better off alone on its lowest rung than in the deal
//! concedes nothing by going there.

use super::game::Game;
use super::threats::spread_of;
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
    /// Lost by the end of each week of the short run, less what was made up for, million
    /// USD, `[side][week]`; empty without one.
    pub lost_musd: [Vec<Spread>; 2],
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
    let lost =
        sides.map(|side| short_run.map_or(Vec::new(), |found| cumulated(game, side, &weekly[side], found)));
    let pressure = sides.map(|side| {
        let path = |of: fn(&Spread) -> f64| increments(lost[side].iter().map(of));
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
    // Both by the same week.
    let all: Vec<f64> = lost.iter().filter_map(|lost| Some(lost.last()?.value)).collect();
    let of_weeks = <[f64; 2]>::try_from(all).ok().and_then(relative);
    Delay {
        standoff: ladder.rungs[known.rung].name.clone(),
        lowest: ladder.rungs[0].name.clone(),
        deal: game.deals.first().map_or(String::new(), |deal| game.sources[*deal].name.clone()),
        shares: [of_weeks, relative(beyond.map(|spread| spread.value))],
        weekly_musd: weekly,
        lost_musd: lost,
        beyond_musd: beyond,
        concession_musd: concession,
        pressure,
    }
}

/// What a side has lost by the end of each week of the short run, million USD.
fn cumulated(game: &Game<'_>, side: usize, weekly: &[Spread], short_run: &ShortRun) -> Vec<Spread> {
    let code = game.question.players[side].as_str();
    let of = |variable: Variable| {
        let rows = short_run.results.rows.iter();
        rows.filter(move |row| row.variable == variable && &*row.region == code)
    };
    let net = of(Variable::ValueAddedLost).filter_map(|lost| {
        let made = of(Variable::CaughtUp).find(|made| made.week == lost.week).map(spread_of)?;
        let (week, lost) = (lost.week? as usize, spread_of(lost));
        let net =
            Spread { value: lost.value - made.value, low: lost.low - made.high, high: lost.high - made.low };
        Some((week, net))
    });
    let mut known: Vec<(usize, Spread)> = net.collect();
    known.sort_by_key(|(week, _)| *week);
    along(&known, weekly)
}

/// Cumulated losses of every week: lines from 0 through the `known` weeks, then those of
/// single weeks added.
fn along(known: &[(usize, Spread)], weekly: &[Spread]) -> Vec<Spread> {
    let mixed = |a: Spread, b: Spread, [x, y]: [f64; 2]| Spread {
        value: x * a.value + y * b.value,
        low: x * a.low + y * b.low,
        high: x * a.high + y * b.high,
    };
    let mut from = (0, Spread { value: 0.0, low: 0.0, high: 0.0 });
    let mut path: Vec<Spread> = Vec::with_capacity(weekly.len());
    for (week, loss) in known.iter().filter(|(week, _)| *week <= weekly.len()) {
        let length = (week - from.0) as f64;
        path.extend((from.0 + 1..=*week).map(|at| {
            let part = (at - from.0) as f64 / length;
            mixed(from.1, *loss, [1.0 - part, part])
        }));
        from = (*week, *loss);
    }
    for loss in &weekly[from.0..] {
        from.1 = mixed(from.1, *loss, [1.0, 1.0]);
        path.push(from.1);
    }
    path
}

/// What each of cumulated losses adds.
fn increments(path: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut before = 0.0;
    path.map(|now| now - std::mem::replace(&mut before, now)).collect()
}

/// Losses of a side in the weeks of the short run, million USD.
fn weeks(game: &Game<'_>, known: &Known<'_>, side: usize, short_run: &ShortRun) -> Vec<Spread> {
    let code = game.question.players[side].as_str();
    let usual = known.value_added_musd[game.players[side]] / WEEKS / 100.0;
    let rows = short_run.results.rows.iter();
    let mut weeks: Vec<(u32, Spread)> = rows
        .filter(|row| row.variable == Variable::ValueAdded && &*row.region == code)
        .filter_map(|row| {
            let of = spread_of(row);
            // A low value added is a high loss.
            let loss = Spread { value: -of.value * usual, low: -of.high * usual, high: -of.low * usual };
            Some((row.week?, loss))
        })
        .collect();
    weeks.sort_by_key(|(week, _)| *week);
    weeks.into_iter().map(|(_, loss)| loss).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure(value: f64) -> Spread {
        Spread { value, low: value, high: value }
    }

    /// 8 lost by week 4 are 2 a week, 12 by week 6 two more; weeks 7 and 8 add 5 each.
    #[test]
    fn losses_cumulate_through_the_horizons() {
        let path = along(&[(4, sure(8.0)), (6, sure(12.0))], &[sure(5.0); 8]);
        let values: Vec<f64> = path.iter().map(|of| of.value).collect();
        assert_eq!(values, [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 17.0, 22.0]);
        assert_eq!(increments(values.into_iter()), [2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 5.0, 5.0]);
        assert_eq!(along(&[], &[sure(1.0); 2]), [sure(1.0), sure(2.0)]);
        assert!(along(&[(4, sure(8.0))], &[]).is_empty());
    }

    /// A range whose lower end is a gain in the first weeks is one of the whole.
    #[test]
    fn ranges_cumulate_with_their_ends() {
        let loss = Spread { value: 4.0, low: -2.0, high: 10.0 };
        let path = along(&[(2, loss)], &[sure(0.0); 2]);
        assert_eq!(path, [Spread { value: 2.0, low: -1.0, high: 5.0 }, loss]);
    }
}
