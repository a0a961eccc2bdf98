//! How much could both gain, and where do the war and the proposals lie?
//!
//! The frontier is what planners reach with the tariffs of the two on each other's goods,
//! for weights of the first side from `1/(1+k)` to `k/(1+k)`:
//!
//! ```text
//! max  a ln W[first] + (1 − a) ln W[second]      within the bounds of tariffs
//! ```
//!
//! Beside it the trade war, from which neither wants to move, and the deals. Gains are
//! per cent of real income against the status quo, in the central case.

use super::StrategyRunError;
use super::game::Game;
use super::truce::{pace, players};
use crate::numerics::linear::Arithmetic;
use crate::strategy::play::{Pace, play_near};
use crate::strategy::talks::Talks;
use crate::strategy::{CaliendoParro, Economy, Policy};

/// Points of the frontier.
const POINTS: usize = 7;
/// Largest ratio of the weights.
const RATIO: f64 = 20.0;

/// The frontier and what is marked beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Frontier {
    /// Gains of both, from the second's best to the first's.
    pub points: Vec<[f64; 2]>,
    /// The status quo, the trade war and the deals, by name, with gains of both.
    pub marks: Vec<(String, [f64; 2])>,
    /// Average tariff of each side on the other in the trade war, per cent.
    pub war_tariffs: [f64; 2],
    /// Largest distance of a tariff of the war from its best, `ln(1+t)`.
    pub residual: f64,
}

/// The name of the trade war among the marks.
pub const WAR: &str = "trade war";

/// The frontier; `deals` are logarithms of real income of every region.
pub(super) fn of(
    game: &Game<'_>,
    economy: &CaliendoParro,
    deals: &[&[f64]],
    arithmetic: Arithmetic,
) -> Result<Frontier, StrategyRunError> {
    let pace = pace(arithmetic);
    // In a war each side's gain hangs on the other's tariffs, to first order.
    let careful = Pace { target: 1e-5, tolerance: 1e-4, ..pace };
    let start = economy.base().clone();
    let status_quo = economy.solve(&start, None).map_err(game.failed("the status quo", 0))?;
    let both = players(game, 0.0, None);
    let war = || {
        play_near(economy, &both, &start, Some(&status_quo), &careful)
            .map_err(game.failed("the trade war", 0))
    };
    let plan = || {
        let mut table = both[0].clone();
        "the planner".clone_into(&mut table.name);
        table.tariffs.extend(both[1].tariffs.iter().cloned());
        let talks = Talks { parties: game.players.to_vec(), table, disagreement: status_quo.welfare.clone() };
        talks.frontier(economy, (POINTS, RATIO), &start, &pace).map_err(game.failed("the frontier", 0))
    };
    let (war, points) = rayon::join(war, plan);
    let war = war?;
    let percent = |log: f64| 100.0 * log.exp_m1();
    let of_logs = |logs: &[f64]| game.players.map(|player| percent(logs[player]));
    let fought = game.players.map(|player| percent(war.outcome.welfare[player] - status_quo.welfare[player]));
    let mut marks = vec![("status quo".to_owned(), [0.0; 2]), (WAR.to_owned(), fought)];
    for (deal, logs) in game.deals.iter().zip(deals) {
        if *deal != game.status_quo {
            marks.push((game.sources[*deal].name.clone(), of_logs(logs)));
        }
    }
    Ok(Frontier {
        points: points?.into_iter().map(|gains| gains.map(percent)).collect(),
        marks,
        war_tariffs: [0, 1].map(|side| average(game, side, &war.policy)),
        residual: war.residual,
    })
}

/// Average tariff on the other's goods by trade of the base, per cent.
fn average(game: &Game<'_>, side: usize, policy: &Policy) -> f64 {
    let world = game.world;
    let (mut duty, mut trade) = (0.0, 0.0);
    for sector in (0..world.sector_count()).filter(|sector| world.goods[*sector]) {
        let cell = world.cell(sector, game.players[side], game.players[1 - side]);
        duty += world.trade_musd[cell] * policy.tariff[cell];
        trade += world.trade_musd[cell];
    }
    if trade > 0.0 { 100.0 * duty / trade } else { 0.0 }
}
