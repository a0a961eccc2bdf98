//! What is a player's best answer to the taxes of the others?
//!
//! A [resting point](super::play) of one player is a local optimum. Political
//! weights make several: a sector is worth a prohibitive tariff or an ordinary
//! one. So the search starts at several places and the best end counts:
//!
//! | start | the player's free rates |
//! |---|---|
//! | `current` | as they are |
//! | `tenth` | 10 % |
//! | `base` | as in the base year |
//! | `upper` | at their upper bounds |
//!
//! Sectors decide nearly by themselves whether to be shut, and no start gets all
//! of them right. So from the best end every sector that is not at its upper
//! bounds is put there in turn; if that pays, the search goes on from the one
//! that pays most.

use super::economy::{Economy, Outcome, Policy};
use super::error::StrategyError;
use super::play::{Pace, Rest, play_near};
use super::player::Player;

/// Ends whose objectives differ by less are one, in logarithms.
const SAME: f64 = 1e-9;

/// Rounds in which a sector is shut.
const SHUT_ROUNDS: usize = 12;

/// Where a search starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    /// The rates of the moment.
    Current,
    /// One rate everywhere.
    Rate(f64),
    /// The rates of the base year.
    Base,
    /// The upper bounds.
    Upper,
}

/// The four starts of the module.
pub const STARTS: [Start; 4] = [Start::Current, Start::Rate(0.1), Start::Base, Start::Upper];

impl Start {
    /// Name for reports.
    pub fn name(self) -> String {
        match self {
            Self::Current => "current".to_owned(),
            Self::Rate(rate) => format!("{:.0} per cent", 100.0 * rate),
            Self::Base => "base".to_owned(),
            Self::Upper => "upper".to_owned(),
        }
    }

    /// A policy with the free rates of the players at this start, cut to their bounds.
    pub fn policy(self, players: &[Player], now: &Policy, base: &Policy, regions: usize) -> Policy {
        let mut policy = now.clone();
        for player in players {
            let levers = player.tariffs.iter().map(|lever| (false, lever));
            for (export, lever) in levers.chain(player.export_taxes.iter().map(|lever| (true, lever))) {
                for at in (0..lever.free.len()).filter(|at| lever.free[*at]) {
                    let (s, partner) = (at / regions, at % regions);
                    let (rates, before, cell) = if export {
                        let cell = (s * regions + partner) * regions + lever.region;
                        (&mut policy.export_tax, &base.export_tax, cell)
                    } else {
                        let cell = (s * regions + lever.region) * regions + partner;
                        (&mut policy.tariff, &base.tariff, cell)
                    };
                    let rate = match self {
                        Self::Current => rates[cell],
                        Self::Rate(rate) => rate,
                        Self::Base => before[cell],
                        Self::Upper => lever.upper[at],
                    };
                    rates[cell] = rate.clamp(lever.lower[at], lever.upper[at]);
                }
            }
        }
        policy
    }
}

/// A best reply, and the local optima that are not.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The best end.
    pub rest: Rest,
    /// The player's objective there: a logarithm, 0 in the base.
    pub value: f64,
    /// The start that led to it.
    pub start: Start,
    /// Objectives of the other local optima that were found, best first.
    pub others: Vec<f64>,
    /// Starts that led nowhere.
    pub failed: Vec<(Start, StrategyError)>,
}

/// The best reply of a player to a policy of the others, from several starts, and
/// with every sector shut in turn.
///
/// # Errors
/// The error of the first start if none arrived.
pub fn best_reply<E: Economy + ?Sized>(
    economy: &E,
    player: &Player,
    policy: &Policy,
    near: Option<&Outcome>,
    starts: &[Start],
    pace: &Pace,
) -> Result<Reply, StrategyError> {
    let reply = best_reply_from(economy, player, policy, near, starts, pace)?;
    let (rest, value) = shut_sectors(economy, player, reply.rest, reply.value, pace)?;
    let mut others = reply.others;
    if value > reply.value + SAME {
        others.insert(0, reply.value);
    }
    Ok(Reply { rest, value, others, ..reply })
}

/// The best end from several starts.
///
/// # Errors
/// As [`best_reply`].
pub fn best_reply_from<E: Economy + ?Sized>(
    economy: &E,
    player: &Player,
    policy: &Policy,
    near: Option<&Outcome>,
    starts: &[Start],
    pace: &Pace,
) -> Result<Reply, StrategyError> {
    let players = std::slice::from_ref(player);
    super::player::check(players, economy.region_count(), economy.theta().len())?;
    let mut found: Vec<(Start, Rest, f64)> = Vec::new();
    let mut failed = Vec::new();
    for start in starts {
        let from = start.policy(players, policy, economy.base(), economy.region_count());
        match play_near(economy, players, &from, near, pace) {
            Ok(rest) => {
                let value = player.objective.value(&rest.outcome);
                match value.is_finite() && rest.residual.is_finite() {
                    true => found.push((*start, rest, value)),
                    false => failed.push((*start, nowhere(&player.name, &rest))),
                }
            }
            Err(problem) => failed.push((*start, problem)),
        }
    }
    // Stable, so that the first start wins a tie.
    let first =
        found.iter().enumerate().fold(None, |best: Option<(usize, f64)>, (at, (.., value))| match best {
            Some((_, most)) if *value <= most + SAME => best,
            _ => Some((at, *value)),
        });
    let Some((at, value)) = first else {
        return Err(failed.into_iter().next().map_or_else(
            || StrategyError::Input(format!("{}: a best reply needs a start", player.name)),
            |(_, problem)| problem,
        ));
    };
    let (start, rest, _) = found.swap_remove(at);
    let mut others: Vec<f64> = found.iter().map(|(.., v)| *v).filter(|v| *v < value - SAME).collect();
    others.sort_by(|a, b| b.total_cmp(a));
    others.dedup_by(|a, b| (*a - *b).abs() < SAME);
    Ok(Reply { rest, value, start, others, failed })
}

/// An end whose objective or residual is no number is no reply.
fn nowhere(name: &str, rest: &Rest) -> StrategyError {
    StrategyError::NoConvergence {
        what: format!("the best taxes of {name}: an objective that is no number"),
        residual: rest.residual,
        rounds: rest.rounds,
        advice: "Narrow the bounds, or use smaller weights",
    }
}

/// Puts sectors at their upper bounds, one at a time, as long as that pays.
fn shut_sectors<E: Economy + ?Sized>(
    economy: &E,
    player: &Player,
    mut rest: Rest,
    mut value: f64,
    pace: &Pace,
) -> Result<(Rest, f64), StrategyError> {
    let n = economy.region_count();
    for _ in 0..SHUT_ROUNDS {
        let mut best: Option<(f64, Policy)> = None;
        for lever in &player.tariffs {
            for s in 0..economy.theta().len() {
                let mut policy = rest.policy.clone();
                let mut moved = false;
                for partner in (0..n).filter(|partner| lever.free[s * n + partner]) {
                    let rate = &mut policy.tariff[(s * n + lever.region) * n + partner];
                    let upper = lever.upper[s * n + partner];
                    moved |= *rate < upper;
                    *rate = upper;
                }
                if !moved {
                    continue;
                }
                let there = player.objective.value(&economy.solve(&policy, Some(&rest.outcome))?);
                if there > best.as_ref().map_or(value + SAME, |(most, _)| *most) {
                    best = Some((there, policy));
                }
            }
        }
        let Some((_, policy)) = best else { break };
        let there = play_near(economy, std::slice::from_ref(player), &policy, Some(&rest.outcome), pace)?;
        let then = player.objective.value(&there.outcome);
        if then <= value + SAME {
            break;
        }
        (rest, value) = (there, then);
    }
    Ok((rest, value))
}
