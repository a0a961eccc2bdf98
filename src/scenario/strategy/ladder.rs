//! What is every pair of rungs worth to both, and how far would each side climb?
//!
//! ```text
//! payoff[i,j]   = 100 ( (I/P)[first on i, second on j] / (I/P)[status quo] − 1 )
//! aim           = ln payoff of a side − ω ln payoff of the other
//! reply to j    = the rung i with the largest aim, the lower one of equals
//! equilibrium   = a pair of rungs, each the reply to the other
//! jump-off      = the first rung i from which a side would rather go down to i − 1,
//!                 the other staying on i; it climbs to i − 1
//! ```
//!
//! Gains below [`NOISE`] are none.

use super::Spread;
use super::game::Game;
use crate::strategy::truce::NOISE;

/// How many phases stand on a ladder that nobody wrote.
const CHOSEN: usize = 3;

/// What both sides do on a rung.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// Short name.
    pub name: String,
    /// Average tariff of each side on the other, per cent; `None` under an embargo.
    pub tariffs: [Option<f64>; 2],
    /// Measures of each side that limit trade with the other.
    pub limits: [usize; 2],
}

/// The ladder, and what its rungs are worth.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    /// Lowest first.
    pub rungs: Vec<Rung>,
    /// Real income of both sides, per cent of the status quo, `[first's rung][second's rung][side]`.
    pub payoffs: Vec<Vec<[Spread; 2]>>,
    /// The reply of a side to each rung of the other, `[side][rung of the other]`.
    pub replies: [Vec<usize>; 2],
    /// Cases in which the reply is the same, `[side][rung of the other]`.
    pub agreeing: [Vec<usize>; 2],
    /// Number of cases.
    pub cases: usize,
    /// Pairs of rungs that nobody wants to leave.
    pub equilibria: Vec<[usize; 2]>,
    /// Cases in which each of them is one.
    pub lasting: Vec<usize>,
    /// The last rung that each side climbs willingly.
    pub climbs_to: [usize; 2],
    /// Real income of every region with both sides on one rung, per cent, `[rung][region]`.
    pub regions: Vec<Vec<Spread>>,
}

/// The phases with the lowest, the middle and the highest tariffs of both on each other.
pub(super) fn default_rungs(game: &Game<'_>, phases: &[usize]) -> Vec<usize> {
    let height = |source: &usize| -> f64 {
        [0, 1].map(|side| game.average(*source, side).unwrap_or(0.0)).iter().sum()
    };
    let mut rungs = phases.to_vec();
    rungs.sort_by(|a, b| height(a).total_cmp(&height(b)));
    rungs.dedup();
    if rungs.len() > CHOSEN {
        rungs = vec![rungs[0], rungs[rungs.len() / 2], rungs[rungs.len() - 1]];
    }
    rungs
}

/// Logarithmic payoffs of all regions by pair of rungs and case, and the ladder they make.
pub(super) struct Pairs<'a> {
    /// `[pair][case][region]`, pairs with the second side's rung fastest.
    pub logs: Vec<&'a Vec<Vec<f64>>>,
}

impl Pairs<'_> {
    fn at(&self, count: usize, first: usize, second: usize) -> &Vec<Vec<f64>> {
        self.logs[first * count + second]
    }
}

/// What a side wants, given the logarithms of real income.
pub(super) fn aim(game: &Game<'_>, side: usize, logs: &[f64]) -> f64 {
    logs[game.players[side]] - game.question.standing * logs[game.players[1 - side]]
}

/// The ladder of a game.
pub(super) fn of(game: &Game<'_>, pairs: &Pairs<'_>) -> Ladder {
    let count = game.rungs.len();
    let cases = game.cases.len();
    let percent = |log: f64| 100.0 * log.exp_m1();
    let rung = |(source, name): (&usize, &String)| Rung {
        name: name.clone(),
        tariffs: [0, 1].map(|side| game.average(*source, side).map(|average| 100.0 * average)),
        limits: [0, 1].map(|side| game.limits(*source, side)),
    };
    let payoffs = (0..count).map(|first| {
        let of_pair = |second: usize| {
            let logs = pairs.at(count, first, second);
            game.players.map(|region| Spread::of(logs.iter().map(|of_case| percent(of_case[region]))))
        };
        (0..count).map(of_pair).collect()
    });
    // Of a side on its rung against the other's.
    let value = |side: usize, own: usize, other: usize, case: usize| {
        let (first, second) = if side == 0 { (own, other) } else { (other, own) };
        aim(game, side, &pairs.at(count, first, second)[case])
    };
    let reply = |side: usize, other: usize, case: usize| {
        (1..count).fold(0, |best, own| {
            if value(side, own, other, case) > value(side, best, other, case) + NOISE { own } else { best }
        })
    };
    let replies = [0, 1].map(|side| (0..count).map(|other| reply(side, other, 0)).collect::<Vec<_>>());
    let agreeing = [0, 1].map(|side| {
        let same = |other: usize| {
            (0..cases).filter(|case| reply(side, other, *case) == replies[side][other]).count()
        };
        (0..count).map(same).collect()
    });
    let is_stable = |[first, second]: [usize; 2], case: usize| {
        reply(0, second, case) == first && reply(1, first, case) == second
    };
    let all = (0..count).flat_map(|first| (0..count).map(move |second| [first, second]));
    let equilibria: Vec<[usize; 2]> = all.filter(|pair| is_stable(*pair, 0)).collect();
    let lasting =
        equilibria.iter().map(|pair| (0..cases).filter(|case| is_stable(*pair, *case)).count()).collect();
    let climbs_to = [0, 1].map(|side| {
        let stops = |rung: &usize| value(side, rung - 1, *rung, 0) > value(side, *rung, *rung, 0) + NOISE;
        (1..count).find(stops).map_or(count - 1, |rung| rung - 1)
    });
    let regions = (0..count).map(|rung| {
        let logs = pairs.at(count, rung, rung);
        let of = |region: usize| Spread::of(logs.iter().map(|of_case| percent(of_case[region])));
        (0..game.world.region_count()).map(of).collect()
    });
    Ladder {
        rungs: game.rungs.iter().zip(&game.rung_names).map(rung).collect(),
        payoffs: payoffs.collect(),
        replies,
        agreeing,
        cases,
        equilibria,
        lasting,
        climbs_to,
        regions: regions.collect(),
    }
}
