//! Where does a trade war end if everybody answers everybody?
//!
//! A Nash equilibrium is a point that nobody wants to leave alone. Candidates are
//! [resting points](super::play) of all players from several starts; ends that
//! agree in everybody's welfare are one. Each gets a certificate of two numbers:
//!
//! ```text
//! kkt = max | ln(1+t) − ln(1+best(t)) |                    over all free rates of all players
//! gap = max_j 100 ( exp(best reply of j) − exp(Ω_j) )      percentage points, four starts a player
//! ```
//!
//! A small `kkt` says that no small step pays, `gap` that no large one was found
//! to pay either. How widely replies are searched is a choice ([`Search`]): with many
//! players one start away from the point is a check, and the four of
//! [`reply`](super::reply) with every sector shut in turn are a thorough one. With political weights the first can hold and the second fail:
//! such points are listed as rejected.
//!
//! Without upper bounds autarky is a Nash equilibrium too: nobody's tariff moves
//! anything when everybody else's shut all trade. It is listed beside the others,
//! for economies that know what it is.
//!
//! Source of the test for multiple equilibria and of the term: Ossa (2014),
//! *American Economic Review* 104(12).

use rayon::prelude::*;

use super::economy::{Economy, Policy};
use super::error::StrategyError;
use super::play::{Pace, Rest, play};
use super::player::{Player, check};
use super::reply::{STARTS, Start, best_reply, best_reply_from};

/// Gap above which a candidate is rejected, percentage points.
pub const LARGEST_GAP: f64 = 1e-6;
/// Ends are one equilibrium if nobody's welfare differs by more, in logarithms.
const SAME: f64 = 1e-7;

/// Residual of a quick search, in `ln(1+t)`.
const QUICK: f64 = 1e-8;
/// Residual of its replies.
const REPLY: f64 = 1e-3;

/// Starts of the search: eight of them.
pub const NASH_STARTS: [Start; 8] = [
    Start::Base,
    Start::Rate(0.0),
    Start::Rate(0.1),
    Start::Rate(0.3),
    Start::Rate(0.6),
    Start::Rate(1.0),
    Start::Rate(2.0),
    Start::Upper,
];

/// How widely a search looks for equilibria, and for what somebody could gain by leaving.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Where the search for equilibria starts.
    pub starts: Vec<Start>,
    /// Where the search for each player's best reply starts.
    pub replies: Vec<Start>,
    /// Whether a best reply also tries to shut every sector in turn.
    pub shut: bool,
    /// How far equilibria are solved.
    pub pace: Pace,
    /// How far best replies are solved. What a reply is worth is off by the square of
    /// its residual; one that comes back to the point is known to be worth no more.
    pub reply_pace: Pace,
}

impl Search {
    /// From `starts`, every reply from the four starts with sectors shut in turn.
    pub fn thorough(starts: &[Start], pace: &Pace) -> Self {
        Self { starts: starts.to_vec(), replies: STARTS.to_vec(), shut: true, pace: *pace, reply_pace: *pace }
    }

    /// From the taxes of the moment; every reply from one start only, 10 per cent on
    /// everything, until it is back at the point or known to go elsewhere.
    pub fn quick(pace: &Pace) -> Self {
        Self {
            starts: vec![Start::Current],
            replies: vec![Start::Rate(0.1)],
            shut: false,
            pace: Pace { target: QUICK, tolerance: 10.0 * QUICK, ..*pace },
            reply_pace: Pace { target: REPLY, tolerance: REPLY, damping: 1.0, ..*pace },
        }
    }
}

/// What one player could gain by leaving.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// The player's name.
    pub player: String,
    /// Gain of the best reply over staying, percentage points of its objective; 0
    /// or, by rounding, just below if it stays.
    pub points: f64,
    /// The start that led to the best reply.
    pub start: Start,
    /// Largest distance of the reply from the player's taxes at the point, in `ln(1+t)`,
    /// over flows with trade.
    pub distance: f64,
}

/// A candidate with its certificate.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The point.
    pub rest: Rest,
    /// Starts that led to it.
    pub starts: Vec<Start>,
    /// One a player.
    pub gaps: Vec<Gap>,
}

impl Candidate {
    /// Residual of the conditions of first order, in `ln(1+t)`.
    pub fn kkt(&self) -> f64 {
        self.rest.residual
    }

    /// The largest gap, percentage points.
    pub fn gap(&self) -> f64 {
        // `f64::max` forgets what is no number; a certificate must not.
        let points = || self.gaps.iter().map(|gap| gap.points);
        if points().any(f64::is_nan) { f64::NAN } else { points().fold(0.0, f64::max) }
    }

    /// How far the replies are from the point, in `ln(1+t)`: that of the player whose
    /// reply is furthest.
    pub fn distance(&self) -> f64 {
        self.gaps.iter().map(|gap| gap.distance).fold(0.0, f64::max)
    }

    /// True if nobody was found to gain more than [`LARGEST_GAP`] by leaving, and all
    /// numbers of the certificate are numbers.
    pub fn is_nash(&self) -> bool {
        self.kkt().is_finite() && self.gaps.iter().all(|gap| gap.points <= LARGEST_GAP)
    }
}

/// Everything that a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Nash equilibria, by mean welfare of all regions, the lowest first.
    pub equilibria: Vec<Candidate>,
    /// Resting points that somebody wants to leave.
    pub rejected: Vec<Candidate>,
    /// Starts that led nowhere.
    pub failed: Vec<(Start, StrategyError)>,
    /// Welfare of every region in autarky, logarithms relative to the base, if
    /// the economy knows it.
    pub autarky: Option<Vec<f64>>,
}

/// What every player could gain by leaving a resting point, searched thoroughly.
///
/// # Errors
/// If a player has no best reply from any start.
pub fn certify<E: Economy + ?Sized>(
    economy: &E,
    players: &[Player],
    rest: &Rest,
    pace: &Pace,
) -> Result<Vec<Gap>, StrategyError> {
    gaps(economy, players, rest, &Search::thorough(&[], pace))
}

fn gaps<E: Economy + ?Sized>(
    economy: &E,
    players: &[Player],
    rest: &Rest,
    search: &Search,
) -> Result<Vec<Gap>, StrategyError> {
    players
        .par_iter()
        .map(|player| {
            let (replies, pace) = (&search.replies, &search.reply_pace);
            let near = Some(&rest.outcome);
            let reply = match search.shut {
                true => best_reply(economy, player, &rest.policy, near, replies, pace)?,
                false => best_reply_from(economy, player, &rest.policy, near, replies, pace)?,
            };
            let stays = player.objective.value(&rest.outcome);
            let points = 100.0 * (reply.value.exp() - stays.exp());
            let distance = distance(&rest.policy, &reply.rest.policy, &rest.outcome.trade);
            Ok(Gap { player: player.name.clone(), points, start: reply.start, distance })
        })
        .collect()
}

/// Largest distance of two policies on flows with trade, in `ln(1 + tax)`.
fn distance(a: &Policy, b: &Policy, trade: &[f64]) -> f64 {
    let mut most = 0.0_f64;
    for (cell, _) in trade.iter().enumerate().filter(|(_, trade)| **trade > 0.0) {
        for (a, b) in [(a.tariff[cell], b.tariff[cell]), (a.export_tax[cell], b.export_tax[cell])] {
            if a != b {
                most = most.max(((1.0 + a) / (1.0 + b)).ln().abs());
            }
        }
    }
    most
}

/// Nash equilibria among the players, the others' taxes being those of `policy`,
/// each with a thorough certificate.
///
/// # Errors
/// [`StrategyError::Input`] if the players cannot be played; the first problem if
/// no start led anywhere; a problem of a certificate.
pub fn nash<E: Economy + ?Sized>(
    economy: &E,
    players: &[Player],
    policy: &Policy,
    starts: &[Start],
    pace: &Pace,
) -> Result<Found, StrategyError> {
    search(economy, players, policy, &Search::thorough(starts, pace))
}

/// Nash equilibria among the players, the others' taxes being those of `policy`.
///
/// # Errors
/// As [`nash`].
pub fn search<E: Economy + ?Sized>(
    economy: &E,
    players: &[Player],
    policy: &Policy,
    search: &Search,
) -> Result<Found, StrategyError> {
    check(players, economy.region_count(), economy.theta().len())?;
    let from = |start: &Start| {
        let from = start.policy(players, policy, economy.base(), economy.region_count());
        (*start, play(economy, players, &from, &search.pace))
    };
    let ends: Vec<(Start, Result<Rest, StrategyError>)> = search.starts.par_iter().map(from).collect();
    let mut clusters: Vec<(Rest, Vec<Start>)> = Vec::new();
    let mut failed = Vec::new();
    for (start, end) in ends {
        let rest = match end {
            Ok(rest) => rest,
            Err(problem) => {
                failed.push((start, problem));
                continue;
            }
        };
        let same = |other: &Rest| {
            rest.outcome.welfare.iter().zip(&other.outcome.welfare).all(|(a, b)| (a - b).abs() < SAME)
        };
        match clusters.iter_mut().find(|(other, _)| same(other)) {
            Some((_, starts)) => starts.push(start),
            None => clusters.push((rest, vec![start])),
        }
    }
    if clusters.is_empty() {
        return Err(failed.into_iter().next().map_or_else(
            || StrategyError::Input("a search for equilibria needs a start".to_owned()),
            |(_, problem)| problem,
        ));
    }
    let (mut equilibria, mut rejected) = (Vec::new(), Vec::new());
    for (rest, starts) in clusters {
        let gaps = gaps(economy, players, &rest, search)?;
        let candidate = Candidate { rest, starts, gaps };
        if candidate.is_nash() { equilibria.push(candidate) } else { rejected.push(candidate) }
    }
    let mean = |c: &Candidate| c.rest.outcome.welfare.iter().sum::<f64>();
    equilibria.sort_by(|a, b| mean(a).total_cmp(&mean(b)));
    rejected.sort_by(|a, b| mean(a).total_cmp(&mean(b)));
    Ok(Found { equilibria, rejected, failed, autarky: economy.autarky() })
}
